// Status messages as this simulator invents them: the pages promise the content (address, coverage, technology, model,
// version, name) and print no key. So keys, types and length are switches, and a client must not depend on any of them.
import type { Choices } from './choices';

export interface StatusFacts {
  readonly imei: string;
  readonly name: string;
  readonly ip: string;
  readonly csq: number;
  readonly model: string;
  readonly version: string;
  /** The modem's own clock, seconds since 1970. */
  readonly seconds: number;
  readonly inputs: readonly number[];
  readonly adc: number;
}

export type StatusKind = 'short' | 'long' | 'io';

export function statusPayload(
  kind: StatusKind,
  facts: StatusFacts,
  choices: Pick<Choices, 'statusNumbers' | 'statusExtraKeys'>,
): string {
  const numeric = (value: number): string | number => (choices.statusNumbers === 'number' ? value : String(value));
  const inputs = Object.fromEntries(facts.inputs.map((value, i) => [`IO${i}`, numeric(value)]));
  const stamp = { TS: numeric(facts.seconds) };
  if (kind === 'io') return JSON.stringify({ IMEI: facts.imei, ...inputs, ...stamp });
  const short = {
    IMEI: facts.imei,
    P: facts.name,
    IP: facts.ip,
    CSQ: numeric(facts.csq),
    MOD: facts.model,
    VER: facts.version,
  };
  const long = {
    TECH: '4G',
    OP: '21407',
    LAC: '0F2A',
    CELL: '01A2B3C4',
    ...stamp,
    ...inputs,
    ADC0: numeric(facts.adc),
  };
  const extra = { uptime: numeric(facts.seconds % 100_000), Temp: 31.5, nested: { a: [1, null], b: 'x' } };
  return JSON.stringify({ ...short, ...(kind === 'long' ? long : {}), ...(choices.statusExtraKeys ? extra : {}) });
}
