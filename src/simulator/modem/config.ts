// config.txt of a modem: one `NAME: value` a line. Names are found in any case, for the vendor's own pages vary it, and
// are kept in the documented spelling. A configuration never changes; a changed one is a new one, so that a thousand
// modems share what they have in common.
import type { LineSettings, Parity } from '../../core/wire/dialogue';
import { FACTORY_CONFIG, PARAMETER_NAMES } from './config-names';

export type Config = ReadonlyMap<string, Parameter>;
export interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** Reads a config.txt. A name that stands twice: the last one wins, and is reported as repeated. */
export function parseConfig(text: string): {
  readonly config: Config;
  readonly repeated: readonly string[];
  readonly unknown: readonly string[];
} {
  const config = new Map<string, Parameter>();
  const repeated: string[] = [];
  const unknown: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const parts = /^([A-Za-z0-9]+_[A-Za-z0-9]+)\s*:(.*)$/.exec(line.trim());
    if (!parts) continue;
    const [, typed = '', value = ''] = parts.map((part) => part.trim());
    const name = documentedName(typed);
    if (name === undefined) unknown.push(typed);
    const key = typed.toLowerCase();
    if (config.has(key)) repeated.push(name ?? typed);
    config.set(key, { name: name ?? typed, value });
  }
  return { config, repeated, unknown };
}

export function formatConfig(config: Config): string {
  return [...config.values()].map(({ name, value }) => `${name}: ${value}\r\n`).join('');
}

export function factoryConfig(changes: Readonly<Record<string, string>> = {}): Config {
  return Object.entries(changes).reduce<Config>((config, [name, value]) => withParameter(config, name, value), FACTORY);
}

/** The stored text of a parameter, in any case of its name; undefined when it is not set. */
export function valueOf(config: Config, name: string): string | undefined {
  return config.get(name.toLowerCase())?.value;
}

export function withParameter(config: Config, name: string, value: string): Config {
  return new Map(config).set(name.toLowerCase(), { name: documentedName(name) ?? name, value });
}

/** The vendor's spelling of a name typed in any case; undefined for a name on none of its pages. */
export function documentedName(typed: string): string | undefined {
  const exact = DOCUMENTED.get(typed.toLowerCase());
  if (exact !== undefined) return exact;
  const stem = typed.replace(/(?<!\d)\d+$/, '');
  const numbered = stem === typed ? undefined : DOCUMENTED.get(`${stem.toLowerCase()}#`);
  return numbered === undefined ? undefined : `${numbered.slice(0, -1)}${typed.slice(stem.length)}`;
}

/** The modem itself puts its number where a value says [IMEI]. */
export function expanded(config: Config, name: string, imei: string): string {
  return (valueOf(config, name) ?? '').replace(/\[IMEI\]/gi, imei);
}

export function isOn(config: Config, name: string): boolean {
  return valueOf(config, name)?.toLowerCase() === 'on';
}

/** A parameter as a number, or `otherwise` when it is missing or no number: a modem falls back, it does not stop. */
export function numberOf(config: Config, name: string, otherwise: number): number {
  const text = valueOf(config, name);
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : otherwise;
}

/** Values of a numbered family that are set, in order: SMS_validPhone1, SMS_validPhone2 ... */
export function family(config: Config, name: string): readonly string[] {
  const pattern = new RegExp(`^${name}(\\d*)$`, 'i');
  return [...config.values()]
    .map((parameter) => ({ order: pattern.exec(parameter.name)?.[1], value: parameter.value }))
    .filter(({ order, value }) => order !== undefined && value !== '')
    .sort((a, b) => Number(a.order) - Number(b.order))
    .map(({ value }) => value);
}

/** How a serial port is set: COM1 by COMM_, COM2 by COMM2_; what is not set there is 9600 8N1. */
export function portSettings(config: Config, prefix: 'COMM' | 'COMM2'): LineSettings {
  const parity = valueOf(config, `${prefix}_parity`)?.toLowerCase();
  return {
    baud: numberOf(config, `${prefix}_baudrate`, 9600),
    dataBits: valueOf(config, `${prefix}_bitsperchar`) === '7' ? 7 : 8,
    parity: PARITIES.find((known) => known === parity) ?? 'none',
    stopBits: valueOf(config, `${prefix}_stopbits`) === '2' ? 2 : 1,
  };
}

const PARITIES: readonly Parity[] = ['none', 'even', 'odd'];
const DOCUMENTED: ReadonlyMap<string, string> = new Map(
  PARAMETER_NAMES.flatMap((name) =>
    (name.endsWith('#') ? [name, name.slice(0, -1)] : [name]).map((spelling) => [spelling.toLowerCase(), spelling]),
  ),
);
const FACTORY = parseConfig(FACTORY_CONFIG).config;
