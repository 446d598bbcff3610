// A meter that speaks IEC 62056-21, mode C, by its address.
import { addressesOf, type MeterKind } from '../meter-kind';
import { demoIec62056Model } from './demo';
import { Iec62056Meter } from './meter';

export const iec62056Kinds = {
  iec62056: (wish) =>
    addressesOf(wish, '12345678').map(
      (address) =>
        new Iec62056Meter({
          model: demoIec62056Model(wish.clock, address, wish.line, wish.password),
          now: () => wish.clock.now(),
        }),
    ),
} as const satisfies Record<string, MeterKind>;
