// Values of replies that are known (3GPP TS 27.007, MTX-Tunnel commands), by name. Unknown lines stay text.
import type { Value } from '../meter/reading';
import type { AtReply } from './at';

/** What the lines of a reply say, as far as it is known; empty when nothing is. */
export function decodeValues(command: string, reply: AtReply): Readonly<Record<string, Value>> {
  const values: Record<string, Value> = {};
  for (const line of reply.lines) {
    for (const { prefix, decode } of KNOWN_LINES) {
      if (prefix.test(line)) Object.assign(values, decode(line.replace(prefix, '').trim()));
    }
  }
  const parameter = /GETPARAM\s*,\s*([A-Za-z0-9_]+)/i.exec(command)?.[1];
  const single = reply.lines.length === 1 ? reply.lines[0] : undefined;
  if (parameter !== undefined && single !== undefined && Object.keys(values).length === 0) {
    values[parameter] = single.replace(new RegExp(`^${parameter}\\s*[:=,]\\s*`, 'i'), '');
  }
  if (/=\s*VERSION$/i.test(command) && single !== undefined) values['version'] = single;
  if (/=\s*GETCONFIG$/i.test(command)) Object.assign(values, decodeConfigLines(reply.lines));
  return values;
}

/**
 * Signal quality 0..31 in dBm (3GPP TS 27.007, 8.5); 99 and anything else is unknown. A negative value is dBm already.
 */
export function signalOf(csq: number): {
  readonly csq: number | null;
  readonly dbm: number | null;
  readonly bars: number | null;
} {
  const dbm = csq < 0 ? csq : csq <= 31 ? -113 + 2 * csq : null;
  if (dbm === null || !Number.isInteger(csq)) return { csq: null, dbm: null, bars: null };
  const bars = BAR_LIMITS.filter((limit) => dbm >= limit).length;
  return { csq: csq < 0 ? null : csq, dbm, bars };
}

function decodeConfigLines(lines: readonly string[]): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const line of lines) {
    const pair = /^([A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+)\s*:\s?(.*)$/.exec(line);
    // a name that comes twice: the last wins, as in the modem
    if (pair?.[1] !== undefined) values[pair[1]] = (pair[2] ?? '').trim();
  }
  return values;
}

const KNOWN_LINES: readonly { readonly prefix: RegExp; decode(rest: string): Record<string, Value> }[] = [
  {
    prefix: /^\+CSQ:/i,
    decode: (rest) => {
      const [rssi = '', ber = ''] = rest.split(',').map((part) => part.trim());
      if (!/^\d+$/.test(rssi)) return {};
      return { ...signalOf(Number(rssi)), ber: /^\d+$/.test(ber) && Number(ber) !== 99 ? Number(ber) : null };
    },
  },
  {
    prefix: /^\+CREG:/i,
    decode: (rest) => {
      const state =
        rest
          .split(',')
          .map((part) => part.trim())
          .at(rest.includes(',') ? 1 : 0) ?? '';
      return /^\d$/.test(state) ? { registration: Number(state), isRegistered: state === '1' || state === '5' } : {};
    },
  },
  { prefix: /^\^SMONI:/i, decode: (rest) => ({ technology: rest.split(',')[0]?.trim() ?? '', cell: rest }) },
];

/** dBm from which one more of five bars is shown. */
const BAR_LIMITS: readonly number[] = [-109, -101, -93, -85, -73];
