// OBIS codes (IEC 62056-61, Blue Book 7): text forms, and names of the common ones composed from the tables of the value groups.
import { ReadError } from '../../wire/errors';
import {
  DISTORTION,
  HARMONIC,
  HARMONIC_PROCESSINGS,
  HARMONIC_QUANTITIES,
  OBIS_FIXED,
  QUANTITIES,
  PROCESSINGS,
  PHASES,
  TARIFF,
  type Language,
  type Name,
} from './obis-names';

/** `1-0:1.8.0*255`, `1-0:1.8.0`, `1.0.1.8.0.255` or the short `1.8.0` (electricity, channel 0) as six octets. */
export function parseObis(text: string): Uint8Array {
  const full = /^(\d{1,3})-(\d{1,3}):(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[*&](\d{1,3}))?$/.exec(text.trim());
  const dotted = /^\d{1,3}(\.\d{1,3}){5}$/.test(text.trim()) ? text.trim().split('.') : undefined;
  const short = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[*&](\d{1,3}))?$/.exec(text.trim());
  const groups =
    dotted ??
    (full
      ? [full[1], full[2], full[3], full[4], full[5] ?? '255', full[6] ?? '255']
      : short
        ? ['1', '0', short[1], short[2], short[3] ?? '255', short[4] ?? '255']
        : undefined);
  const numbers = groups?.map(Number);
  if (!numbers || numbers.some((group) => group > 255))
    throw new ReadError('CONFIG_INVALID', `"${text.slice(0, 40)}" is no OBIS code; write it as 1-0:1.8.0*255`);
  return Uint8Array.from(numbers);
}

export function obisText(code: Uint8Array): string {
  const [a, b, c, d, e, f] = code;
  return code.length === 6 ? `${a}-${b}:${c}.${d}.${e}*${f}` : Buffer.from(code).toString('hex');
}

/** A name for people, or undefined when the tables have none. */
export function obisName(code: Uint8Array, language: Language): string | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = code;
  const fixed = OBIS_FIXED.find(([pattern]) => pattern.every((group, i) => group === null || group === code[i]));
  if (fixed) return fixed[1][language];
  if (a !== 1) return undefined;
  const phase = PHASES.find(({ from }) => c >= from && c < from + 20);
  const total = phase ? c - phase.from + 1 : c;
  const quantity: Name | undefined = QUANTITIES[total];
  const processing = PROCESSINGS[d];
  if (!quantity || !processing) return undefined;
  const what = processing.isEnergy ? quantity.energy?.[language] : quantity.power[language];
  if (what === undefined) return undefined;
  const parts = [
    what,
    phase?.name[language],
    processing.name[language],
    ofGroupE(total, d, e, language),
    f < 100 ? `(${f})` : undefined,
    b > 0 ? `#${b}` : undefined,
  ];
  return parts.filter((part) => part).join(' ');
}

function ofGroupE(quantity: number, processing: number, e: number, language: Language): string | undefined {
  if (!HARMONIC_QUANTITIES.has(quantity) || !HARMONIC_PROCESSINGS.has(processing))
    return e > 0 && e < 64 ? `${TARIFF[language]} ${e}` : undefined;
  if (e === 124) return DISTORTION[language];
  return e > 0 && e <= 120 ? `${HARMONIC[language]} ${e}` : undefined;
}
