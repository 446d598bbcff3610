// DLMS meters by serial number: open ones, and ones that only answer with authentication and encryption.
import type { Meter } from '../../serial/meter';
import { addressesOf, type MeterKind, type MeterWish } from '../meter-kind';
import { demoDlmsMeter } from './demo';

export const dlmsKinds = {
  dlms: (wish) => dlms(wish, false),
  'dlms-secured': (wish) => dlms(wish, true),
} as const satisfies Record<string, MeterKind>;

function dlms(wish: MeterWish, isSecured: boolean): readonly Meter[] {
  const { clock, line, password } = wish;
  return addressesOf(wish, '1').map((serial) => demoDlmsMeter({ clock, line, serial, password, isSecured }));
}
