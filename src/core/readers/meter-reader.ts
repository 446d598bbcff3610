// What a protocol is to whoever reads meters - a node, a program, a collector: from a meter's properties to a job.
import type { Readout } from '../meter/reading';
import type { Job } from '../transport/lane/job';
import type { LineSettings } from '../wire/dialogue';
import type { Fields } from './fields';
import type { Unasked } from './unasked';

/** Passwords and keys by name; they go no further than the dialogue. */
export type Secrets = Readonly<Record<string, string | undefined>>;

/** What a protocol knows of the job of one read. */
export type ReadJob = Pick<Job<Readout>, 'start'> &
  Partial<Pick<Job<Readout>, 'key' | 'line' | 'quietMs' | 'attempts'>>;

export interface Prediction {
  readonly exchanges: number;
  readonly ms: number;
}

/** `Q`: the properties, typed. `P`: what the surroundings keep for this protocol, over more than one read. */
export interface MeterReader<N extends string, Q, P = unknown> {
  /** The protocol's name in properties and reports. */
  readonly name: N;
  /** Names of the properties that are secrets. */
  readonly secrets: readonly string[];
  /** Throws CONFIG_INVALID with the name of the property; `line`: how the modem's port is set. */
  parse(fields: Fields, secrets: Secrets, line: LineSettings): Q;
  /** The meter's address as text. */
  meter(query: Q): string;
  job(query: Q, place: P): ReadJob;
  /** How long a read will take, where that is known before the first octet. */
  predicted?(query: Q, roundTripMs: number, line: LineSettings): Prediction | undefined;
  /** For a meter that is only listened to; undefined = these properties ask. */
  unasked?(fields: Fields, secrets: Secrets): Unasked | undefined;
}
