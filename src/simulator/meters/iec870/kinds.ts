// A tariff meter that speaks IEC 60870-5-102, by its link address; measuring point 1, password 1.
import type { Meter } from '../../serial/meter';
import { addressesOf, whole, type MeterKind, type MeterWish } from '../meter-kind';
import { demoIec870Memory } from './demo';
import { iec870Meter } from './meter';

export const iec870Kinds = {
  iec870: (wish) =>
    addressesOf(wish, '1').map((link) =>
      iec870(
        wish,
        whole('a link address', link, 0xffff),
        whole('the password of such a meter', wish.password || '1', 0xffff_ffff),
      ),
    ),
} as const satisfies Record<string, MeterKind>;

function iec870({ clock, line }: MeterWish, link: number, password: number): Meter {
  const epoch = clock.date().getTime() - clock.now();
  return iec870Meter({ link, point: 1, password, line, memory: demoIec870Memory(epoch, () => clock.now()) });
}
