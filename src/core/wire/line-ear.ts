// What a line carries beside this platform's own talk. More than one may speak on it: another platform that hears the
// same topics, or a second master on the bus; an answer to the other's request looks like one to ours.
import type { Fact } from './errors';

/** Bytes that no dialogue of ours was given. */
export interface Overheard {
  /** Counts up from 1. */
  readonly serial: number;
  /** In ms of the line's clock. */
  readonly at: number;
  /** `meter`: they came from the serial side; `platform`: another platform sent them to it, through the broker. */
  readonly from: 'meter' | 'platform';
  readonly bytes: Uint8Array;
}

export interface LineEar {
  /** What was overheard after this serial number (0: all that is still kept), oldest first. */
  overheard(after: number): readonly Overheard[];
  /** Lately another master was heard here. */
  readonly isShared: boolean;
  /** What others ask through the broker is not heard: the broker does not allow it. */
  readonly isDeaf: boolean;
  /** A protocol is certain that another master speaks here. `asked`: what for, where that was heard. */
  notice(asked: Fact | undefined): void;
}
