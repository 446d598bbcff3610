// What a device taught us by its refusals: shorter reads, addresses that do not exist. Kept per line and unit for a
// day, so that each lesson costs one round trip and a changed device is learned anew.
import { Ledger } from './ledger';
import type { Hole, Item } from './lengths';
import { SecondMaster } from './second-master';

/** All that outlives one dialogue on this line. */
export class ModbusLine {
  readonly ledger: Ledger;
  private readonly units = new Map<number, UnitFacts>();
  private readonly others = new Map<'rtu' | 'ascii', SecondMaster>();

  constructor(random: () => number) {
    this.ledger = new Ledger(random);
  }

  /** Whoever else asks here, in this framing. */
  secondMaster(framing: 'rtu' | 'ascii'): SecondMaster {
    const known = this.others.get(framing) ?? new SecondMaster(this.ledger, framing);
    this.others.set(framing, known);
    return known;
  }

  unit(unit: number): UnitFacts {
    const known = this.units.get(unit) ?? new UnitFacts();
    this.units.set(unit, known);
    return known;
  }
}

export class UnitFacts {
  /** What an earlier life of the platform asked is answered, as far as an answer of the unit tells. */
  isPastOver = false;
  /** Until then an answer to an earlier life may come all the same: a second copy, or because the answer was one itself. */
  hauntedUntil = -Infinity;
  private lessons: (Lesson & { readonly learnedAt: number })[] = [];

  learn(lesson: Lesson, now: number): void {
    this.lessons = this.lessons
      .filter((l) => l.learnedAt + LESSON_MS > now && !isSameLesson(l, lesson))
      .slice(-MAX_LESSONS);
    this.lessons.push({ ...lesson, learnedAt: now });
  }

  holes(now: number): readonly Hole[] {
    return this.of('hole', now).map(({ hole }) => hole);
  }

  /** What was refused although asked for alone. */
  refused(now: number): readonly Item[] {
    return this.of('refused', now).map(({ item }) => item);
  }

  isRefused(item: Item, now: number): boolean {
    return this.refused(now).some((other) => isSameItem(other, item));
  }

  maxRegisters(now: number): number {
    return this.of('limit', now).reduce((least, l) => Math.min(least, l.maxRegisters), Infinity);
  }

  /** An odd length was refused where an even one was not: perhaps for being odd. */
  isEvenGrowth(now: number): boolean {
    return this.of('even-growth', now).length > 0;
  }

  /** It passes over diagnostics requests: lately twice in silence, which may be the line's, and never answered one. */
  isFenceless(now: number): boolean {
    return (
      this.of('fence', now).length === 0 &&
      this.of('silent-fence', now).filter(({ learnedAt }) => learnedAt + SILENCE_MS > now).length >= 2
    );
  }

  private of<K extends Lesson['kind']>(
    kind: K,
    now: number,
  ): readonly (Extract<Lesson, { kind: K }> & { readonly learnedAt: number })[] {
    if (this.lessons.length === 0) return [];
    return this.lessons.filter(
      (l): l is Extract<Lesson, { kind: K }> & { readonly learnedAt: number } =>
        l.kind === kind && l.learnedAt + LESSON_MS > now,
    );
  }
}

export type Lesson =
  | { readonly kind: 'hole'; readonly hole: Hole }
  | { readonly kind: 'refused'; readonly item: Item }
  | { readonly kind: 'limit'; readonly maxRegisters: number }
  | { readonly kind: 'even-growth' | 'fence' | 'silent-fence' };

function isSameLesson(a: Lesson, b: Lesson): boolean {
  if (a.kind === 'hole' && b.kind === 'hole')
    return a.hole.function === b.hole.function && a.hole.from === b.hole.from && a.hole.to === b.hole.to;
  if (a.kind === 'refused' && b.kind === 'refused') return isSameItem(a.item, b.item);
  return a.kind === b.kind && a.kind !== 'silent-fence';
}

function isSameItem(a: Item, b: Item): boolean {
  return a.function === b.function && a.start === b.start && a.end === b.end;
}

const LESSON_MS = 24 * 3600 * 1000;
const SILENCE_MS = 600_000;
const MAX_LESSONS = 500;
