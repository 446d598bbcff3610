// The values of `mtx-sim`'s options, each checked: a mistake is a RangeError with one sentence that says what to write.
import { readFileSync } from 'node:fs';
import type { LineSettings } from '../../core/wire/dialogue';

export interface TcpPlace {
  readonly host: string;
  readonly port: number;
}

export type Source = ({ readonly kind: 'tcp' } & TcpPlace) | { readonly kind: 'device'; readonly path: string };

export function lineOf(baudName: string, baud = '9600', formatName: string, format = '8N1'): LineSettings {
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

/** What may be said several times, or once with commas. */
export function listed(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(',')).map((text) => text.trim());
}

export function listenOf(text: string, buses: number): TcpPlace {
  const [, host, port] = TCP_URL.exec(text) ?? [];
  if (host === undefined || port === undefined) throw new RangeError(`--listen is tcp://127.0.0.1:PORT, not ${text}`);
  const first = whole('port of --listen', port, 0, 65_535);
  if (first > 0 && first + buses - 1 > 65_535) throw new RangeError('--listen: there are no ports above 65535');
  return { host: host.replace(/^\[|\]$/g, ''), port: first };
}

export function parseSource(text: string): Source {
  const tcp = TCP_URL.exec(text);
  if (tcp)
    return {
      kind: 'tcp',
      host: (tcp[1] ?? '').replace(/^\[|\]$/g, ''),
      port: whole('port of --source', tcp[2] ?? '', 1, 65_535),
    };
  if (text.startsWith('/')) return { kind: 'device', path: text };
  throw new RangeError(`--source is tcp://host:port or the path of a serial device, not ${text}`);
}

export function brokerOf(text: string | undefined): string {
  if (text === undefined)
    throw new RangeError('--broker is missing: the URL of the MQTT broker, like mqtt://localhost:1883');
  if (!/^(mqtts?|tcp|ssl|tls|wss?):\/\/[^/\s]+/i.test(text))
    throw new RangeError(`--broker ${text} is no URL of an MQTT broker, like mqtt://localhost:1883`);
  return text;
}

export function whole(what: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high)
    throw new RangeError(`${what} is a whole number from ${low} to ${high}, not ${text}`);
  return value;
}

export function oneOf<T>(what: string, name: string, table: Readonly<Record<string, T>>): T {
  const found = Object.entries(table).find(([known]) => known === name);
  if (!found)
    throw new RangeError(`${what} ${name} is not known; known are ${Object.keys(table).join(', ') || 'none'}`);
  return found[1];
}

export function fileText(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new RangeError(`${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

const TCP_URL = /^tcp:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/;
