// What a modem's lane knows of its serial side, as ages: the lane's clock is not the wall's.
import type { ErrorCode } from '../../wire/errors';

export interface SerialSide {
  readonly heardAgoMs: number | undefined;
  readonly answeredAgoMs: number | undefined;
  readonly failed: { readonly agoMs: number; readonly code: ErrorCode } | undefined;
}
