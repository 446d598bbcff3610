// What a lane knows of the two sides behind it, for whoever shows or judges a modem.
import { type ErrorCode } from '../../wire/errors';

/** Times in ms of the lane's clock; undefined = not since it exists. */
export interface LaneHistory {
  /** Bytes came from the serial side, asked for or not. */
  readonly heardAt: number | undefined;
  /** A meter was read with success. */
  readonly answeredAt: number | undefined;
  /** A meter was asked, the request left, and it failed on the line or at the device. */
  readonly failed: { readonly at: number; readonly code: ErrorCode } | undefined;
}
