// The words of `mtx-sim`, parsed and checked: every mistake is a RangeError with one sentence that says what to write.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { LineSettings } from '../../core/wire/dialogue';
import { DEFAULT_CHOICES, parseChoices, type Choices } from '../modem/choices';
import { documentedName } from '../modem/config';
import { parseFaults, type Faults } from '../faults/fault-text';
import { imeiRow } from '../modem/imei';
import { METER_KINDS, type MeterKind } from '../meters/meter-kinds';
import { builtInProfiles, type ModbusProfile } from '../meters/modbus/profiles';
import { parseRecording, type Chunking, type Exchange } from '../sources/replay';
import { REPLY_STYLES } from '../modem/reply-style';

export interface CliOptions {
  readonly broker: string;
  readonly modems: number;
  readonly firstImei: string;
  readonly kinds: readonly MeterKind[];
  readonly profiles: readonly ModbusProfile[];
  readonly units: readonly string[];
  readonly meterPassword: string;
  readonly meterLine: LineSettings;
  readonly framing: 'rtu' | 'ascii';
  readonly source:
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
    | { readonly kind: 'device'; readonly path: string }
    | undefined;
  readonly recording: readonly Exchange[] | undefined;
  readonly chunking: Chunking;
  readonly choices: Partial<Choices>;
  readonly isLocked: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly faults: Faults;
  readonly seed: number;
  readonly timeFactor: number;
  readonly protocolVersion: 3 | 4 | 5;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly isServerChecked: boolean;
  readonly isVerbose: boolean;
}

/** undefined = --help was asked for. */
export function parseCli(args: readonly string[]): CliOptions | undefined {
  const { values } = parsed(args);
  if (values.help === true) return undefined;
  const modems = whole('--modems', values.modems ?? '1', 1, 100_000);
  const firstImei = values.imei ?? '353234028103206';
  imeiRow(firstImei, modems);
  const source = values.source === undefined ? undefined : parseSource(values.source);
  if (source && modems > 1) throw new RangeError('--source is one port: use it with one modem');
  if (source && values.replay !== undefined) throw new RangeError('--source and --replay exclude each other');
  const timeFactor = Number(values['time-factor'] ?? '1');
  if (!(timeFactor > 0)) throw new RangeError('--time-factor is a number above 0');
  return {
    broker: brokerOf(values.broker),
    modems,
    firstImei,
    kinds: (values.meter ?? ['modbus']).map((name) => oneOf('--meter', name, METER_KINDS)),
    profiles: (values.profile ?? []).map((id) =>
      oneOf('--profile', id, Object.fromEntries(builtInProfiles().map((profile) => [profile.id, profile]))),
    ),
    units: (values.unit ?? []).flatMap((text) => text.split(',')).map((text) => text.trim()),
    meterPassword: values['meter-password'] ?? '',
    meterLine: lineOf(
      '--meter-baud',
      values['meter-baud'] ?? values.baud,
      '--meter-format',
      values['meter-format'] ?? values.format,
    ),
    framing: oneOf('--framing', values.framing ?? 'rtu', { rtu: 'rtu', ascii: 'ascii' } as const),
    source,
    recording: values.replay === undefined ? undefined : parseRecording(fileText('--replay', values.replay)),
    chunking: oneOf('--chunks', values.chunks ?? 'whole', { whole: 'whole', bytes: 'bytes', odd: 'odd' } as const),
    choices: choicesOf(values),
    isLocked: values.locked === true,
    config: configOf(values),
    faults: parseFaults(values.fault ?? []),
    seed: whole('--seed', values.seed ?? '1', 0, 0xffffffff),
    timeFactor,
    protocolVersion: oneOf('--mqtt', values.mqtt ?? '3.1.1', { '3.1': 3, '3.1.1': 4, '5': 5 } as const),
    ca: values.ca === undefined ? undefined : fileText('--ca', values.ca),
    cert: values.cert === undefined ? undefined : fileText('--cert', values.cert),
    key: values.key === undefined ? undefined : fileText('--key', values.key),
    isServerChecked: values.insecure !== true,
    isVerbose: values.verbose === true,
  };
}

export const HELP = `mtx-sim: simulated MTX-Tunnel modems with meters behind them

  --broker URL          mqtt://host:1883, mqtts://host:8883 (needed)
  --user, --password    broker login of all modems; [IMEI] is replaced
  --ca, --cert, --key   PEM files; --insecure takes any server certificate
  --mqtt 3.1|3.1.1|5    protocol version (3.1.1)
  --modems N            how many (1)
  --imei START          first IMEI, the others follow (353234028103206)
  --meter KIND          ${Object.keys(METER_KINDS).join(', ')}; several: in turn (modbus)
  --profile ID          Modbus device profile; several: in turn (none: register a of unit u holds 4096 u + a)
  --unit 1,2,7          unit ids or meter addresses on each bus (1)
  --meter-password TEXT password of the meters, where they have one
  --framing rtu|ascii   of Modbus meters (rtu)
  --source WHERE        instead: tcp://host:port or /dev/ttyX, a foreign meter behind one modem
  --replay FILE         instead: recorded bytes ("> request hex", "< answer hex", "*" any request)
  --chunks whole|bytes|odd   how a recording is cut
  --baud N, --format 8N1     of the modem's port (9600, 8N1)
  --meter-baud N, --meter-format 7E1   of the meters, where it differs
  --rs485               meters on COM2 (MTX_invertedCom: on)
  --status-period S     DNS_period (300)
  --set NAME=VALUE      any parameter of config.txt; several
  --style STYLE         look of AT replies: ${REPLY_STYLES.join(', ')} (echo)
  --fault NAME=N,N      behind the port, or tx:NAME, rx:NAME on MQTT messages; several
  --choice NAME=VALUE   any behaviour that the vendor's pages leave open; several:
                        ${Object.keys(DEFAULT_CHOICES)
                          .join(', ')
                          .replace(/(.{60,75}), /g, '$1,\n                        ')}
  --locked              the modems refuse END and batch files
  --seed N              of all chance (1)
  --boot-ms N           time to boot (10 to 40 s)
  --time-factor N       runs all waits of the modems faster (1)
  --verbose             one line for each event
`;

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{
      broker: text,
      user: text,
      password: text,
      ca: text,
      cert: text,
      key: text,
      insecure: flag,
      mqtt: text,
      modems: text,
      imei: text,
    },
    ...{
      meter: texts,
      profile: texts,
      unit: texts,
      'meter-password': text,
      framing: text,
      source: text,
      replay: text,
      chunks: text,
      baud: text,
      format: text,
      'meter-baud': text,
      'meter-format': text,
    },
    ...{
      rs485: flag,
      'status-period': text,
      set: texts,
      style: text,
      choice: texts,
      locked: flag,
      fault: texts,
      seed: text,
      'boot-ms': text,
      'time-factor': text,
      verbose: flag,
      help: flag,
    },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true });
  } catch (thrown) {
    throw new RangeError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function configOf(values: ReturnType<typeof parsed>['values']): Readonly<Record<string, string>> {
  const line = lineOf('--baud', values.baud, '--format', values.format);
  const config: Record<string, string> = {
    MQTT_server: brokerOf(values.broker),
    MQTT_login: values.user ?? '',
    MQTT_password: values.password ?? '',
    COMM_baudrate: String(line.baud),
    COMM_bitsperchar: String(line.dataBits),
    COMM_parity: line.parity,
    COMM_stopbits: String(line.stopBits),
    DNS_period: String(whole('--status-period', values['status-period'] ?? '300', 1, 86_400)),
    MTX_invertedCom: values.rs485 === true ? 'on' : 'off',
  };
  for (const setting of values.set ?? []) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (documentedName(name) === undefined)
      throw new RangeError(
        `--set ${setting}: a parameter of config.txt and its value are needed, like MTX_msToSend=200`,
      );
    config[name] = value;
  }
  return config;
}

function lineOf(baudName: string, baud = '9600', formatName: string, format = '8N1'): LineSettings {
  const [, bits, parity = 'N', stop] = /^([78])([NEO])([12])$/i.exec(format) ?? [];
  if (bits === undefined)
    throw new RangeError(`${formatName} is data bits, parity and stop bits, like 8N1 or 7E1, not ${format}`);
  const parities = { N: 'none', E: 'even', O: 'odd' } as const;
  return {
    baud: whole(baudName, baud, 50, 1_000_000),
    dataBits: bits === '7' ? 7 : 8,
    parity: oneOf(formatName, parity.toUpperCase(), parities),
    stopBits: stop === '2' ? 2 : 1,
  };
}

function choicesOf(values: ReturnType<typeof parsed>['values']): Partial<Choices> {
  const bootMs = values['boot-ms'] === undefined ? undefined : whole('--boot-ms', values['boot-ms'], 0, 3_600_000);
  return {
    ...parseChoices(values.choice ?? []),
    replyStyle: oneOf(
      '--style',
      values.style ?? 'echo',
      Object.fromEntries(REPLY_STYLES.map((style) => [style, style])),
    ),
    ...(bootMs !== undefined && { bootMsMin: bootMs, bootMsMax: bootMs }),
  };
}

function parseSource(text: string): NonNullable<CliOptions['source']> {
  const tcp = /^tcp:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(text);
  if (tcp)
    return {
      kind: 'tcp',
      host: (tcp[1] ?? '').replace(/^\[|\]$/g, ''),
      port: whole('port of --source', tcp[2] ?? '', 1, 65_535),
    };
  if (text.startsWith('/')) return { kind: 'device', path: text };
  throw new RangeError(`--source is tcp://host:port or the path of a serial device, not ${text}`);
}

function brokerOf(text: string | undefined): string {
  if (text === undefined)
    throw new RangeError('--broker is missing: the URL of the MQTT broker, like mqtt://localhost:1883');
  if (!/^(mqtts?|tcp|ssl|tls|wss?):\/\/[^/\s]+/i.test(text))
    throw new RangeError(`--broker ${text} is no URL of an MQTT broker, like mqtt://localhost:1883`);
  return text;
}

function whole(what: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high)
    throw new RangeError(`${what} is a whole number from ${low} to ${high}, not ${text}`);
  return value;
}

function oneOf<T>(what: string, name: string, table: Readonly<Record<string, T>>): T {
  const found = Object.entries(table).find(([known]) => known === name);
  if (!found)
    throw new RangeError(`${what} ${name} is not known; known are ${Object.keys(table).join(', ') || 'none'}`);
  return found[1];
}

function fileText(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new RangeError(`${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
