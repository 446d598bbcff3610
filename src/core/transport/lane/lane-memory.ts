// What a dialogue may know of its line beyond its own talk: time, chance, speed, and what earlier talks left.
import type { LineMemory } from '../../wire/dialogue';
import type { LaneOptions } from './lane-options';
import type { MeterBook } from './meter-book';
import type { PortSettings } from './port-settings';
import type { WirePath } from './wire-path';

/** Round trip and line settings are those of the moment at which they are asked for. */
export function laneMemory(
  { clock, random, knownSince }: LaneOptions,
  book: MeterBook,
  path: WirePath,
  settings: PortSettings,
): LineMemory {
  return {
    now: () => clock.now(),
    knownSince,
    random,
    ear: book.foreign,
    get roundTripMs() {
      return path.roundTrip.typicalMs;
    },
    get line() {
      return settings.current;
    },
    recall: (key, create) => book.recall(key, create),
  };
}
