// OBIS codes (IEC 62056-61, Blue Book 7): names of the common ones composed from the tables of the value groups.
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

/** The channel (value group B). */
export function channelOf(code: Uint8Array): number {
  return code[1] ?? 0;
}

/** Value group D says how the quantity was processed: 4 = the running average of a demand (Blue Book 7.5.2). */
export function isRunningAverage(code: Uint8Array): boolean {
  return code[3] === RUNNING_AVERAGE;
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

const RUNNING_AVERAGE = 4;
