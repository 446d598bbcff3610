// What a meter of this name and unit would show at a moment: voltages drift around 230 V, loads follow the day,
// energies only grow. A pure function of seed and time, so that a test can ask twice, and ask what the answer must have
// been.
import { seededRandom, seedOf } from '../ground/random';

export interface Quantity {
  readonly name: string;
  readonly unit: string;
}

/** The value in the quantity's own unit at `ms` since 1970. */
export function plausibleValue(quantity: Quantity, seed: number, ms: number): number {
  const random = seededRandom(seedOf(seed, quantity.name));
  const [level, phase, speed] = [random(), random(), random()];
  const wave = (periodMs: number): number => Math.sin(2 * Math.PI * (ms / periodMs + phase));
  const load = 0.55 + 0.3 * wave(DAY_MS) + 0.1 * wave(420_000 + 300_000 * speed);
  const [size, base] = prefixed(quantity.unit);
  const name = quantity.name.toLowerCase();
  switch (base) {
    case 'V':
      return ((isBetweenLines(name) ? 398.4 : 230) + 4 * wave(HOUR_MS) + 1.5 * wave(97_000)) / size;
    case 'A':
      return (/neutral|_n$/.test(name) ? 0.6 * load : 12 * load * (0.6 + 0.4 * level)) / size;
    case 'W':
      return ((isTotal(name) ? 7200 : 2400) * load * (0.7 + 0.3 * level)) / size;
    case 'VA':
      return ((isTotal(name) ? 7700 : 2570) * load * (0.7 + 0.3 * level)) / size;
    case 'var':
      return ((isTotal(name) ? 1500 : 500) * load * (0.7 + 0.3 * level)) / size;
    case 'Hz':
      return (50 + 0.02 * wave(61_000)) / size;
    case 'Wh':
    case 'varh':
    case 'VAh':
    case 'Ah':
      return (
        energy(
          ms,
          (1 + 80 * level) * 1e6,
          (/export|reactive|capacitive/.test(name) || base === 'varh' ? 120 : 1800) * (0.5 + level),
          phase,
        ) / size
      );
    case '%':
      return 2 + level + 0.5 * wave(HOUR_MS);
    case 'Pct':
      return 93 + 5 * wave(HOUR_MS);
    case 'deg':
      return 120 + 2 * wave(HOUR_MS);
    case '°C':
    case 'degC':
      return 24 + 5 * wave(DAY_MS);
    case 'h':
      return Math.floor((ms - EPOCH_2024) / HOUR_MS);
    default:
      return /pf|power_?factor|cos/.test(name) ? 0.93 + 0.05 * wave(HOUR_MS) : Math.floor(level * 10);
  }
}

/** Grows all the time: half its average speed at night, one and a half times by day. `watts` is that average. */
function energy(ms: number, start: number, watts: number, phase: number): number {
  const since = ms - EPOCH_2024;
  const swing = (DAY_MS / (2 * Math.PI)) * 0.5 * Math.sin(2 * Math.PI * (since / DAY_MS + phase));
  return start + (watts * (since + swing + DAY_MS)) / HOUR_MS;
}

/** kWh is 1000 Wh: the size of the unit and its bare form. */
function prefixed(unit: string): readonly [number, string] {
  const bare = unit.replace(/^(k|M|m)(?=(W|VA|var|Wh|varh|VAh|V|A)$)/i, '');
  const prefix = unit.length > bare.length ? unit.charAt(0) : '';
  const base = BASES.find((known) => known.toLowerCase() === bare.toLowerCase()) ?? bare;
  return [prefix === 'k' || prefix === 'K' ? 1e3 : prefix === 'M' ? 1e6 : prefix === 'm' ? 1e-3 : 1, base];
}

function isBetweenLines(name: string): boolean {
  return /l[123]_?l[123]|line|ll|ph?v?ph?[abc]{2}|ab$|bc$|ca$|[123]_?[123]$/.test(name);
}

function isTotal(name: string): boolean {
  return /total|sum|sys|^w$|^va$|^var$|^power$|three/.test(name);
}

const BASES: readonly string[] = ['V', 'A', 'W', 'VA', 'var', 'Hz', 'Wh', 'varh', 'VAh', 'Ah'];
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const EPOCH_2024 = Date.UTC(2024, 0, 1);
