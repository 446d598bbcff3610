// What a modem's lane knows of its serial side, as ages: the lane's clock is not the wall's.
import type { ErrorCode } from '../../wire/errors';

export interface SerialSide {
  readonly heardAgoMs: number | undefined;
  readonly answeredAgoMs: number | undefined;
  /** Another platform or master asks there too: since when, and what it asked last, in words. */
  readonly second?: { readonly agoMs: number; readonly asked: string } | undefined;
  readonly failed: { readonly agoMs: number; readonly code: ErrorCode } | undefined;
}
