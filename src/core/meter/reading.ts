// The one result shape of all protocols (docs: "A message out").
import type { ErrorFacts } from '../wire/errors';

/** A number where it is exact in one, else its decimal text; null = the meter says it has no value. */
export type Value = number | string | boolean | null | readonly Value[] | { readonly [field: string]: Value };

export interface Reading {
  readonly name: string;
  /** The standard's own address: `3:0` (function:address), `1-0:1.8.0*255` (OBIS). */
  readonly id: string;
  readonly value?: Value;
  readonly unit?: string;
  /** The meter's own text or hex, where it differs from the value. */
  readonly raw?: string;
  /** The meter's time of this value: ISO text, without zone when the meter told none. */
  readonly at?: string;
  /** Further values after the first one of the same code. */
  readonly more?: readonly Value[];
  /** Why this one is missing while others were read. */
  readonly error?: Partial<Omit<ErrorFacts, 'code'>> & { readonly code: string; readonly message?: string };
}

export interface Column {
  readonly id: string;
  readonly unit?: string;
  readonly name?: string;
}

export interface Row {
  readonly at: string;
  readonly status?: string;
  readonly values: readonly Value[];
}

/** What a protocol's read dialogue returns; the node adds imei, meter, time and link figures. */
export interface Readout {
  readonly readings: readonly Reading[];
  readonly rows?: readonly Row[];
  readonly columns?: readonly Column[];
  /** What the meter said of itself: manufacturer, id, baud ... */
  readonly identity?: { readonly [field: string]: Value };
}
