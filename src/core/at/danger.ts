// Commands after which a modem may not come back: they need a word of their own from whoever sends them.

/** Why this command may cut the modem off, as a clause; undefined when it does not. */
export function dangerOf(command: string): string | undefined {
  const bare = command.replace(/["\s]+/g, '');
  const named = DANGEROUS_COMMANDS.find(({ pattern }) => pattern.test(bare));
  if (named) return named.why;
  const parameter = /\^MTXTUNNEL=SETPARAM,([^,]+)/i.exec(bare)?.[1];
  return parameter !== undefined && LIFELINE_PARAMETERS.test(parameter)
    ? `${parameter} decides whether the modem finds its way back to the broker`
    : undefined;
}

/** Looked for anywhere: V.250 (5.4.3) lets one line hold several commands, as `AT+CSQ;^SMSO` or `ATE0+CFUN=0`. */
const DANGEROUS_COMMANDS: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /\^MTXTUNNEL=END/i, why: 'it stops the program of the modem, which then drops off MQTT' },
  { pattern: /\^MTXTUNNEL=EXECUTE/i, why: 'a batch file may hold any command' },
  { pattern: /\^SMSO/i, why: 'it switches the modem off' },
  { pattern: /\+CFUN=[04]/i, why: 'it switches the radio off' },
  { pattern: /\+(CGDCONT|CGATT|CPIN|CLCK|CPWD|COPS)=/i, why: 'it changes how the modem registers with the network' },
  { pattern: /\^(SJAM|SJDL|SJOTAP)/i, why: 'it changes the program of the modem' },
  { pattern: /^AT[^+^=]*&F/i, why: 'it restores factory settings' },
];

/** Broker, APN, PIN, topics and mode (mtx configuration names, any case). */
const LIFELINE_PARAMETERS =
  /^(MQTT_(enabled|server|id|login|password|.*topic\d*)|GPRS_\w+|MTX_(pin|mode|model|ATLimited)|DNS_(enabled|mode|mqttTopic))$/i;
