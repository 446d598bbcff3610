// What can be read from a DLMS meter, as the caller says it.
import type { Moment } from '../../meter/moment';

/** One attribute to read. */
export interface WantedAttribute {
  readonly name?: string;
  readonly obis: Uint8Array;
  /** Left out: found by the code and by asking. */
  readonly classId?: number;
  /** Left out: the value, with its scaler, unit and capture time. */
  readonly attribute?: number;
  /** Where a meter's own scaler or unit is known to be wrong. */
  readonly scaler?: number;
  readonly unit?: string;
}

/** Rows of a profile to read: a range, the newest ones, or all. */
export interface WantedProfile {
  readonly obis: Uint8Array;
  readonly from?: Moment;
  readonly to?: Moment;
  /** The newest so many rows, instead of a range. */
  readonly entries?: number;
  /** Only these columns, by code; the clock comes along. */
  readonly columns?: readonly Uint8Array[];
}

/** What one read asks for. */
export type DlmsRequest =
  | { readonly kind: 'attributes'; readonly items: readonly WantedAttribute[] }
  | { readonly kind: 'profile'; readonly profile: WantedProfile }
  | { readonly kind: 'objects' };
