// What stands on the serial bus behind a simulated modem. Faults are behaviours wrapped around this (behaviours.ts);
// pacing by baud rate and the clash of line settings are the line's work (line.ts).
import type { LineSettings } from '../../core/wire/dialogue';

export interface Reply {
  /** Milliseconds from the end of what was heard. */
  readonly afterMs: number;
  readonly bytes: Uint8Array;
  /** Dropped if the meter hears anything before it is due: time-outs, fall-backs, pushes. */
  readonly unlessHeard?: boolean;
}

export interface Meter {
  /** How this meter's own port is set at this moment; a mode C meter changes it while talking. */
  readonly line: LineSettings;
  /** Characters as the meter's UART gives them (a 7-bit meter: parity checked and stripped). `now` in ms. */
  hear(bytes: Uint8Array, now: number): readonly Reply[];
}
