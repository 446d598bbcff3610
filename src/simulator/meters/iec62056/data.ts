// What a simulated IEC 62056-21 meter holds: its texts, and a load profile and log that follow from the time alone, so
// that a test knows every row without asking the meter.
import { fromLatin1 } from '../../../core/wire/bytes';
import type { LineSettings } from '../../../core/wire/dialogue';

export interface Iec62056Model {
  /** Between `/` and the line end: maker, Z, escapes, id. */
  readonly identification: string;
  /** Device address; leading zeros do not count. A request without address is always answered. */
  readonly address: string;
  readonly mode: 'A' | 'B' | 'C';
  /** The port before any change of speed. */
  readonly line: LineSettings;
  /** False: the port has one speed, whatever is agreed (RS485 meters). */
  readonly switches: boolean;
  /** Lines of the readout: `address(value*unit)`. Each can also be read alone. */
  readonly readout: readonly string[];
  readonly lineEnd: '\r\n' | '\n';
  readonly framing: 'full' | 'no-check' | 'bare';
  readonly bcc: 'xor' | 'sum';
  /** What a missing option select leads to after its time. */
  readonly fallback: 'readout' | 'silence';
  readonly operand: string;
  readonly passwords: { readonly P1?: string; readonly P2?: string };
  readonly needsPassword: boolean;
  readonly refusal: 'nak' | 'break' | 'bell' | 'silence' | 'error';
  readonly commands: readonly string[];
  /** The answer to a read command it does not have. */
  readonly unknownCommand: 'ack' | 'nak' | 'error';
  readonly repeatsAddress: boolean;
  /** R6 answers in blocks of about so many characters. */
  readonly blockBytes: number;
  /** A session ends after this silence. */
  readonly sessionMs: number;
  readonly profile?: LoadProfileModel;
  readonly log?: LogModel;
}

/** Each serves so many times as it says. */
export interface Iec62056Faults {
  /** So many blocks go out with a wrong BCC. */
  damagedBlocks?: number;
  /** So many commands are answered by NAK although they were right. */
  naks?: number;
  /** So many option select messages are not heard. */
  lostOptions?: number;
  /** Requests that are not heard. */
  lostRequests?: number;
  /** Sends the break instead of the answer to the n-th read command. */
  breakAtRead?: number;
  /** Falls silent from the n-th read command on. */
  silentFromRead?: number;
  /** An ACK of nobody's asking before each identification. */
  strayAck?: boolean;
  /** Everything heard is sent back first. */
  echo?: boolean;
}

export interface LoadProfileModel {
  readonly code: string;
  readonly periodMinutes: number;
  readonly channels: readonly (readonly [code: string, unit: string])[];
  /** UTC; the meter's clock shows central European time. */
  readonly first: string;
  readonly last: string;
  /** Status words that are not all zero, by the UTC end of their period. */
  readonly status: Readonly<Record<string, string>>;
  /** Periods that the meter never measured: from, to in UTC. */
  readonly gaps: readonly (readonly [from: string, to: string])[];
  readonly statusDigits: 2 | 8;
  /** The same value in every row and channel: a meter that measures nothing. */
  readonly constant?: string;
}

export interface LogModel {
  readonly code: string;
  readonly entries: readonly {
    readonly at: string;
    readonly status: string;
    readonly values: readonly (readonly [code: string, value: string])[];
  }[];
}

export interface ModelRow {
  readonly utc: number;
  readonly status: string;
  readonly values: readonly string[];
}

/** The rows of a profile whose period ends in the interval (UTC milliseconds, both ends included). */
export function profileRows(profile: LoadProfileModel, from: number, to: number): readonly ModelRow[] {
  const step = profile.periodMinutes * 60_000;
  const [first, last] = [Date.parse(profile.first), Date.parse(profile.last)];
  const rows: ModelRow[] = [];
  for (
    let utc = Math.max(first, first + Math.ceil((from - first) / step) * step);
    utc <= Math.min(to, last);
    utc += step
  ) {
    if (profile.gaps.some(([begin, end]) => utc > Date.parse(begin) && utc <= Date.parse(end))) continue;
    const status = profile.status[new Date(utc).toISOString().slice(0, 16)] ?? '0'.repeat(profile.statusDigits);
    rows.push({
      utc,
      status,
      values: profile.channels.map((_, channel) => profile.constant ?? valueAt(utc / step, channel)),
    });
  }
  return rows;
}

/** The answer to a profile request: a header at each begin, change of status, gap and change of the clock. */
export function profileText(profile: LoadProfileModel, from: number, to: number, lineEnd: string): string {
  const channels = profile.channels.map(([code, unit]) => `(${code})(${unit})`).join('');
  let before: ModelRow | undefined;
  let text = '';
  for (const row of profileRows(profile, from, to)) {
    const follows =
      before &&
      before.status === row.status &&
      row.utc - before.utc === profile.periodMinutes * 60_000 &&
      isSummer(before.utc) === isSummer(row.utc);
    if (!follows)
      text += `${profile.code}(${stampOf(row.utc)})(${row.status})(${profile.periodMinutes})(${profile.channels.length})${channels}${lineEnd}`;
    text += `${row.values.map((value) => `(${value})`).join('')}${lineEnd}`;
    before = row;
  }
  return text || `${profile.code}(ERROR)`;
}

export function logText(log: LogModel, from: number, to: number, lineEnd: string): string {
  const entries = log.entries.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to);
  const lines = entries.map(({ at, status, values }) => {
    const lists = values.map(([code]) => `(${code})()`).join('') + values.map(([, value]) => `(${value})`).join('');
    return `${log.code}(${stampOf(Date.parse(at))})(${status})()(${values.length})${lists}${lineEnd}`;
  });
  return lines.join('') || `${log.code}(ERROR)`;
}

/** Season digit and YYMMDDhhmmss of the meter's clock. */
export function stampOf(utc: number): string {
  return (isSummer(utc) ? '1' : '0') + wallOf(utc).replace(/\D/g, '').slice(2, 14);
}

/** What the meter's clock shows: central European time. */
export function wallOf(utc: number): string {
  return new Date(utc + (isSummer(utc) ? 120 : 60) * 60_000).toISOString().slice(0, 19);
}

/** A time of a request; its season digit is taken at its word. undefined = an open end. */
export function utcOf(text: string): number | undefined {
  const digits = /^\d\d-/.test(text) ? `0${text.replace(/\D/g, '')}` : text;
  const parts = /^([012])(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits);
  if (!parts) return undefined;
  const [, season, year, month, day, hour, minute] = parts;
  const offset = season === '1' ? 120 : season === '0' ? 60 : 0;
  return Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:00Z`) - offset * 60_000;
}

/** European Union: summer time from 01:00 UTC on the last Sunday of March to that of October. */
export function isSummer(utc: number): boolean {
  const year = new Date(utc).getUTCFullYear();
  const lastSunday = (month: number): number => {
    const end = new Date(Date.UTC(year, month + 1, 0, 1));
    return end.getTime() - end.getUTCDay() * 86_400_000;
  };
  return utc >= lastSunday(2) && utc < lastSunday(9);
}

/** A mode D push (6.4.5): what a meter sends by itself; with the CRC of DSMR meters if wanted. */
export function pushTelegram(
  model: Pick<Iec62056Model, 'identification' | 'readout' | 'lineEnd'>,
  hasCrc: boolean,
): Uint8Array {
  const body = `/${model.identification}\r\n\r\n${model.readout.join('\r\n')}\r\n!`;
  if (!hasCrc) return fromLatin1(`${body}\r\n`);
  let crc = 0;
  for (const byte of fromLatin1(body)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return fromLatin1(`${body}${crc.toString(16).toUpperCase().padStart(4, '0')}\r\n`);
}

function valueAt(index: number, channel: number): string {
  return (((index * 7919 + channel * 104_729) % 99_991) / 10_000).toFixed(5);
}

/** A commercial meter of the VDEW kind: R5, status words of eight digits, six channels. */
export const VDEW_MODEL: Iec62056Model = {
  identification: 'EMH5\\@D4EM4TIIW001--',
  address: '03878504',
  mode: 'C',
  line: { baud: 300, dataBits: 7, parity: 'even', stopBits: 1 },
  switches: true,
  readout: [
    'F.F(00000000)',
    '0.0.0(03878504)',
    '0.9.1(083000)',
    '0.9.2(261122)',
    '0.1.0(12)',
    '0.1.2*12(2611010000)',
    '1.6.1(0.50262*kW)(2611120730)',
    '1.6.1*12(0.39912*kW)(2610130900)',
    '1.8.0(0001234.5*kWh)',
    '1.8.1(0000834.5*kWh)',
    '1.8.2(0000400.0*kWh)',
    '1.8.0*12(0001134.1*kWh)',
    '2.8.0(0000000.0*kWh)',
    '5.8.0(0000049.1*kvarh)',
    '32.7.0(230.1*V)',
    '31.7.0(4.25*A)',
    '13.7.0(0.98)',
    '0.2.0(V2.13)',
  ],
  lineEnd: '\r\n',
  framing: 'full',
  bcc: 'xor',
  fallback: 'readout',
  operand: '',
  passwords: { P1: '00000000' },
  needsPassword: false,
  refusal: 'break',
  commands: ['R5', 'R6'],
  unknownCommand: 'ack',
  repeatsAddress: true,
  blockBytes: 256,
  sessionMs: 60_000,
  profile: {
    code: 'P.01',
    periodMinutes: 15,
    channels: [
      ['1.5', 'kW'],
      ['2.5', 'kW'],
      ['5.5', 'kvar'],
      ['6.5', 'kvar'],
      ['7.5', 'kvar'],
      ['8.5', 'kvar'],
    ],
    first: '2026-01-01T00:00:00Z',
    last: '2026-11-22T07:00:00Z',
    status: { '2026-11-20T10:15': '00000080', '2026-11-20T10:45': '00000040' },
    gaps: [['2026-11-20T10:15:00Z', '2026-11-20T10:30:00Z']],
    statusDigits: 8,
  },
  log: {
    code: 'P.98',
    entries: [
      {
        at: '2026-08-26T21:56:46Z',
        status: '00008020',
        values: [
          ['0.9.1', '1235703'],
          ['0.9.2', '1260826'],
        ],
      },
      { at: '2026-11-20T10:05:00Z', status: '00000080', values: [] },
      { at: '2026-11-20T10:35:00Z', status: '00000040', values: [] },
    ],
  },
};
