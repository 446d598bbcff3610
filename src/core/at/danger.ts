// What a command can cut off: one table for AT commands, configuration, text messages and dashboards. Law: what can cut
// a modem off needs a word of consent from whoever sends it, however it is spaced, quoted or put together: V.250
// (5.4.3) lets one line hold several commands, as `AT+CSQ;^SMSO` or `ATE0+CFUN=0`, so a command is looked for anywhere.
import type { Phrase } from '../wire/errors';
import type { PhraseReason } from '../wire/reasons';

/** What this command may cut off; undefined when it does not. */
export function dangerOf(command: string): Phrase | undefined {
  const bare = bareOf(command);
  const named = DANGEROUS_COMMANDS.find(({ pattern }) => pattern.test(bare));
  if (named) return { reason: named.why, facts: {} };
  for (const [, name = ''] of bare.matchAll(SET_PARAMETER)) {
    if (dangerOfParameter(name)) return dangerOfParameter(name, spellingOf(command, name));
  }
  return undefined;
}

/** What a value of this parameter (any case) may cut off. */
export function dangerOfParameter(name: string, shown = name): Phrase | undefined {
  const named = DANGEROUS_PARAMETERS.find(({ pattern }) => pattern.test(name));
  return named && { reason: named.why, facts: { name: shown } };
}

/**
 * Whether a wrong value of this parameter (any case) keeps the modem from the broker; what it hears by text is not
 * meant.
 */
export function isLifelineName(name: string): boolean {
  const danger = dangerOfParameter(name);
  return danger !== undefined && danger.reason !== 'fleet.dangerSmsParameter';
}

/** Whether the command restarts the modem: harmless for one, never without consent for a fleet. */
export function isRestart(command: string): boolean {
  return /\^MTXTUNNEL=REBOOT|\+CFUN=0*1,0*1(?!\d)|\^SMSO|\+CPWROFF/.test(bareOf(command));
}

/** Without blanks, quotes and control characters, in capitals. */
function bareOf(command: string): string {
  return command.replace(/[\s\p{Cc}\p{Cf}"'`´“”‘’«»]+/gu, '').toUpperCase();
}

/** The parameter as it was typed, if it can be found so. */
function spellingOf(command: string, upper: string): string {
  const at = command.toUpperCase().indexOf(upper);
  return at < 0 ? upper : command.slice(at, at + upper.length);
}

interface Danger {
  readonly pattern: RegExp;
  readonly why: PhraseReason;
}

const DANGEROUS_COMMANDS: readonly Danger[] = [
  { pattern: /\^MTXTUNNEL=END/, why: 'fleet.dangerStops' },
  { pattern: /\^MTXTUNNEL=EXECUTE/, why: 'fleet.dangerBatch' },
  { pattern: /\^MTXTUNNEL=LOCK/, why: 'fleet.dangerLocks' },
  { pattern: /\^SMSO|\+CPWROFF/, why: 'fleet.dangerOff' },
  // 3GPP TS 27.007, 8.2: 1 is full function (`1,1` restarts into it); Cinterion's 15 resets and 16 switches off
  { pattern: /\+CFUN=(?!\?|0*1(?!\d))/, why: 'fleet.dangerRadio' },
  // the test form of +COPS looks for networks for minutes, without data meanwhile
  { pattern: /\+COPS=/, why: 'fleet.dangerNetwork' },
  {
    pattern: /\+(CGDCONT|CGATT|CGACT|CGAUTH|CPIN2?|CLCK|CPWD|CPLS|CPOL|CPSMS|CEDRXS|CSIM|CRSM)=(?!\?)/,
    why: 'fleet.dangerNetwork',
  },
  { pattern: /\^(SXRAT|SGAUTH|SPIC|SLCK|SPOW|SRBW|SBTD)=(?!\?)/, why: 'fleet.dangerNetwork' },
  { pattern: /\^(SJAM|SJDL|SJOTAP|SJRA|SFDL|SNFOTA|SNFUPD)/, why: 'fleet.dangerProgram' },
  { pattern: /\^(SJMSEC|SBNW|SSECU[A-Z]?)=(?!\?)/, why: 'fleet.dangerCertificates' },
  // one parameter asks, a second one sets: autostart of the program, radio bands, power
  { pattern: /\^SCFG=[^,;]{0,100},/, why: 'fleet.dangerModule' },
  { pattern: /\^SFSA=(?!\?|LS|STAT|GSTAT)/, why: 'fleet.dangerFiles' },
  { pattern: /\+(IPR|ICF|CMUX)=(?!\?)/, why: 'fleet.dangerInterface' },
  { pattern: /\+(CSCA|CNMI|CPMS)=(?!\?)/, why: 'fleet.dangerTexts' },
  { pattern: /(?:^AT|;)[^+^=;]*&F/, why: 'fleet.dangerFactory' },
];

/** Broker, APN, PIN, topics, firewall; how and how long the modem is on line; and what text messages it obeys. */
const DANGEROUS_PARAMETERS: readonly Danger[] = [
  { pattern: /^(ULP_\w*|MTX_(MODE|MODEL|ATMUX|ATEMBEDDED)|GPRS_MODE)$/i, why: 'fleet.dangerModeParameter' },
  { pattern: /^MQTT_(ENABLED|SERVER|ID|LOGIN|PASSWORD|\w*TOPIC\d*)$/i, why: 'fleet.dangerParameter' },
  {
    pattern: /^(GPRS_\w+|MTX_(PIN|ATLIMITED)|DNS_(ENABLED|MODE|MQTTTOPIC)|FIREWALL_\w+)$/i,
    why: 'fleet.dangerParameter',
  },
  { pattern: /^SMS_(ATENABLED|ALLPHONES|VALIDPHONE\d*|TUNNELSTRING)$/i, why: 'fleet.dangerSmsParameter' },
];

const SET_PARAMETER = /\^MTXTUNNEL=SETPARAM,([^,;]{1,64})/g;
