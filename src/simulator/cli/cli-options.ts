// The words of `mtx-sim`, parsed and checked: every mistake is a RangeError with one sentence that says what to write.
import type { LineSettings } from '../../core/wire/dialogue';
import { parseChoices, type Choices } from '../modem/choices';
import { documentedName } from '../modem/config';
import { parseFaults, type Faults } from '../faults/fault-text';
import { imeiRow } from '../modem/imei';
import type { MeterKind } from '../meters/meter-kind';
import { METER_KINDS } from '../meters/meter-kinds';
import { builtInProfiles } from '../meters/modbus/profiles';
import type { ModbusProfile } from '../meters/register-list';
import { parseRecording, type Chunking, type Exchange } from '../sources/replay';
import { REPLY_STYLES } from '../modem/reply-style';
import { parseWords, type Words } from './cli-help';
import {
  brokerOf,
  fileText,
  lineOf,
  listed,
  listenOf,
  oneOf,
  parseSource,
  whole,
  type Source,
  type TcpPlace,
} from './cli-values';

export interface CliOptions {
  /** '' = none: with `listen`, there are meters without modems. */
  readonly broker: string;
  readonly listen: TcpPlace | undefined;
  readonly modems: number;
  readonly firstImei: string;
  readonly kinds: readonly MeterKind[];
  readonly kindNames: readonly string[];
  readonly profiles: readonly ModbusProfile[];
  readonly units: readonly string[];
  readonly meterPassword: string;
  readonly meterLine: LineSettings;
  readonly framing: 'rtu' | 'ascii';
  readonly source: Source | undefined;
  readonly recording: readonly Exchange[] | undefined;
  readonly chunking: Chunking;
  readonly choices: Partial<Choices>;
  readonly isLocked: boolean;
  readonly config: Readonly<Record<string, string>>;
  /** Which of the modem's ports the meters are wired to; MTX_invertedCom may say another. */
  readonly bus: 'rs232' | 'rs485';
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
  const { values } = parseWords(args);
  if (values.help === true) return undefined;
  const modems = whole('--modems', values.modems ?? '1', 1, 100_000);
  const firstImei = values.imei ?? '353234028103206';
  imeiRow(firstImei, modems);
  const source = values.source === undefined ? undefined : parseSource(values.source);
  if (source && modems > 1) throw new RangeError('--source is one port: use it with one modem');
  if (source && values.replay !== undefined) throw new RangeError('--source and --replay exclude each other');
  const timeFactor = Number(values['time-factor'] ?? '1');
  if (!(timeFactor > 0)) throw new RangeError('--time-factor is a number above 0');
  const kindNames = listed(values.meter ?? ['modbus']);
  const listen = values.listen === undefined ? undefined : listenOf(values.listen, modems);
  if (listen && source) throw new RangeError('--listen serves simulated meters: --source has meters of its own');
  if (listen && values.broker !== undefined)
    throw new RangeError('--listen serves meters without modems: leave --broker away, or start a second mtx-sim');
  return {
    broker: listen ? '' : brokerOf(values.broker),
    listen,
    modems,
    firstImei,
    kindNames,
    kinds: kindNames.map((name) => oneOf('--meter', name, METER_KINDS)),
    profiles: listed(values.profile ?? []).map((id) =>
      oneOf('--profile', id, Object.fromEntries(builtInProfiles().map((profile) => [profile.id, profile]))),
    ),
    units: listed(values.unit ?? []),
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
    bus: values.rs485 === true ? 'rs485' : 'rs232',
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

function configOf(values: Words): Readonly<Record<string, string>> {
  const line = lineOf('--baud', values.baud, '--format', values.format);
  const config: Record<string, string> = {
    MQTT_server: values.broker ?? '',
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

function choicesOf(values: Words): Partial<Choices> {
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
