// What a lane is given: time, chance, how the port is set, and its way to the link.
import type { LineSettings } from '../../wire/dialogue';
import { type ReadError } from '../../wire/errors';
import type { Clock, Random } from './clock';
import type { MeterBook } from './meter-book';
import type { RoundTripLimits } from './round-trip';

export interface LaneOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly line: LineSettings;
  readonly roundTrip: RoundTripLimits;
  readonly queueLimit: number;
  /** From when on all is known that was asked of this port. */
  readonly knownSince: number;
  /** What an earlier lane of the same port knew; a new book if absent. */
  readonly book?: MeterBook;
  /** Hands bytes to the link; resolves when they are on their way. */
  transmit(bytes: Uint8Array): Promise<void>;
  /** Somebody is about to be asked on this line for the first time. */
  onFirstJob?(): unknown;
  /** What we send comes back to us, by `hearRequest`; absent = never. */
  isEchoed?(): boolean;
  /** 'online', or why not: a reason that is not retryable fails waiting jobs at once. */
  linkState(): 'online' | ReadError;
  /** Changes the speed of the port (AT lane); absent = this line cannot. */
  setBaud?(baud: number): Promise<void>;
}
