// Instantaneous values as readings. Powers are magnitudes with their direction in flag bits beside the power factor, as
// the published client of the REE profile has them (gisce/iec870ree, PR 45): exported active power and the reactive
// power of quadrants III and IV are negative here. What the meter marks invalid is null.
import type { Reading, Value } from '../meter/reading';
import { timeText } from './calendar';
import type { Instant, Power } from './instantaneous';
import { scaled, totalName, totalUnit } from './row-words';

type Part = readonly [name: string, value: Value, unit?: string | undefined];

/** Totals in kWh and kvarh, powers in kW and kvar, voltages in V, currents in A, each with the time of its object. */
export function instantReadings(instants: readonly Instant[], standardOffset: number): readonly Reading[] {
  return instants.flatMap((instant): readonly Reading[] => {
    const at = timeText(instant.time, standardOffset);
    return partsOf(instant).map(([name, value, unit], i) => ({
      name,
      id: `${instant.object}:${instant.object === 192 ? i + 1 : name}`,
      value,
      ...(unit ? { unit } : {}),
      ...(at ? { at } : {}),
    }));
  });
}

function partsOf(instant: Instant): readonly Part[] {
  switch (instant.object) {
    case 192:
      return instant.totals.map((value, i) => [totalName(i + 1), value, totalUnit(i + 1).unit]);
    case 193:
      return instant.powers.flatMap((power, i) => powerParts(power, i === 0 ? '' : `_l${i}`));
    case 194:
      return instant.phases.flatMap(({ deciAmperes, deciVolts }, i): readonly Part[] => [
        [`voltage_l${i + 1}`, deciVolts === null ? null : scaled(deciVolts, 0.1), 'V'],
        [`current_l${i + 1}`, scaled(deciAmperes, 0.1), 'A'],
      ]);
  }
}

function powerParts({ activeKw, reactiveKvar, factor, flags }: Power, phase: string): readonly Part[] {
  const isValid = (flags & FLAG_INVALID) === 0;
  const signed = (magnitude: number, isNegative: boolean): Value => {
    if (!isValid) return null;
    return isNegative && magnitude !== 0 ? -magnitude : magnitude;
  };
  return [
    [`active_power${phase}`, signed(activeKw, (flags & FLAG_EXPORT) !== 0), 'kW'],
    [`reactive_power${phase}`, signed(reactiveKvar, (flags & FLAG_LOWER_QUADRANTS) !== 0), 'kvar'],
    [`power_factor${phase}`, isValid && factor <= MAX_FACTOR ? scaled(factor, 0.001) : null],
  ];
}

/** Bits 10, 11 and 15 of the word that carries the power factor; 12 to 14 are not used. */
const FLAG_EXPORT = 0x01;
const FLAG_LOWER_QUADRANTS = 0x02;
const FLAG_INVALID = 0x20;
/** In thousandths: more than 1 is no factor. */
const MAX_FACTOR = 1000;
