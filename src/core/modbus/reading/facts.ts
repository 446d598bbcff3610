// What a device taught us: by its refusals, what it does not have; by its answers, what it has. Kept per line and unit. A
// refusal is believed for ten seconds at first and longer each time it is heard again, for it may have had another cause.
import { Answered } from './answered';
import { Ledger } from './ledger';
import type { Hole, Item, ReadFunction } from './lengths';
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

/** What was refused although asked for alone, and how: an exception code, or 0 for silence. */
export interface Refusal {
  readonly item: Item;
  readonly exception: number;
}

export class UnitFacts {
  /** What an earlier life of the platform asked is answered, as far as an answer of the unit tells. */
  isPastOver = false;
  /** Until then an answer to an earlier life may come all the same: a second copy, or because the answer was one itself. */
  hauntedUntil = -Infinity;
  /** It echoes diagnostics; a mere refusal of them says nothing of its request. */
  isEchoing = true;
  /** When it last said anything. */
  heardAt = -Infinity;
  readonly answered = new Answered();
  private lessons: Learned[] = [];

  learn(lesson: Lesson, now: number): void {
    const before = this.lessons.find((known) => isSameLesson(known, lesson));
    const step = before === undefined ? 0 : before.until > now ? before.step : before.step + 1;
    const until = now + (isRefusal(lesson) ? (BELIEF_MS[Math.min(step, BELIEF_MS.length - 1)] ?? DAY_MS) : DAY_MS);
    this.lessons = this.lessons.filter((known) => known !== before && known.until + DAY_MS > now).slice(-MAX_LESSONS);
    this.lessons.push({ ...lesson, learnedAt: now, until, step });
    if (lesson.kind === 'refused') this.answered.forget(lesson.item);
  }

  /** These addresses answered: no refusal of them stands any longer, nor those beside one that proves untrue by it. */
  noteAnswer(fn: ReadFunction, address: number, quantity: number): void {
    this.answered.note(fn, address, quantity);
    const last = address + quantity;
    const near = (lesson: Lesson, reach: number): boolean => {
      const span = spanOf(lesson);
      return span?.function === fn && span.start < last + reach && span.end > address - reach;
    };
    const isUntrue = (lesson: Lesson): boolean => {
      const span = spanOf(lesson);
      return (
        span?.function === fn &&
        address <= span.start &&
        last >= span.end &&
        (span.start < span.end || (address < span.start && last > span.end))
      );
    };
    const isRevived = this.lessons.some((lesson) => lesson.kind === 'refused' && isUntrue(lesson));
    const forgotten = (lesson: Lesson): boolean => isUntrue(lesson) || (isRevived && near(lesson, NEAR));
    if (this.lessons.some(forgotten)) this.lessons = this.lessons.filter((lesson) => !forgotten(lesson));
  }

  holes(now: number): readonly Hole[] {
    return this.of('hole', now).map(({ hole }) => hole);
  }

  /** What was refused although asked for alone, as long as it is believed. */
  refused(now: number): readonly Refusal[] {
    return this.of('refused', now);
  }

  refusalOf(item: Item, now: number): Refusal | undefined {
    return this.refused(now).find((other) => isSameItem(other.item, item));
  }

  /** What was refused once and is to be tried again: alone, so that it spoils nothing else. */
  suspects(now: number): readonly Item[] {
    return this.lessons.flatMap((lesson) => (lesson.kind === 'refused' && lesson.until <= now ? [lesson.item] : []));
  }

  maxRegisters(now: number): number {
    return this.of('limit', now).reduce((least, l) => Math.min(least, l.maxRegisters), Infinity);
  }

  /** Addresses were to blame, not a length. */
  forgetLimits(since: number): void {
    this.lessons = this.lessons.filter((lesson) => lesson.kind !== 'limit' || lesson.learnedAt < since);
  }

  /** An odd length was refused where an even one was not: perhaps for being odd. */
  isEvenGrowth(now: number): boolean {
    return this.of('even-growth', now).length > 0;
  }

  /** It passes over diagnostics requests: lately twice in silence, which may be the line's, and never answered one. */
  isFenceless(now: number): boolean {
    return this.of('fence', now).length === 0 && this.lately('silent-fence', now) >= 2;
  }

  /** Lately it was searched in vain for what it answers. */
  isMute(now: number): boolean {
    return this.lately('mute', now) > 0;
  }

  /** It was silent twice before, asked for alone. */
  wasSilent(item: Item, now: number): boolean {
    return this.of('silent', now).some((l) => isSameItem(l.item, item) && l.learnedAt + SILENCE_MS > now);
  }

  private lately(kind: 'silent-fence' | 'mute', now: number): number {
    return this.of(kind, now).filter(({ learnedAt }) => learnedAt + SILENCE_MS > now).length;
  }

  private of<K extends Lesson['kind']>(kind: K, now: number): readonly (Extract<Lesson, { kind: K }> & Learned)[] {
    if (this.lessons.length === 0) return [];
    return this.lessons.filter((l): l is Extract<Lesson, { kind: K }> & Learned => l.kind === kind && l.until > now);
  }
}

export type Lesson =
  | { readonly kind: 'hole'; readonly hole: Hole }
  | ({ readonly kind: 'refused' } & Refusal)
  | { readonly kind: 'silent'; readonly item: Item }
  | { readonly kind: 'limit'; readonly maxRegisters: number }
  | { readonly kind: 'even-growth' | 'fence' | 'silent-fence' | 'mute' };

type Learned = Lesson & { readonly learnedAt: number; readonly until: number; readonly step: number };

function isRefusal(lesson: Lesson): boolean {
  return lesson.kind === 'hole' || lesson.kind === 'refused';
}

/** The addresses that a lesson is about. */
function spanOf(lesson: Lesson): Item | undefined {
  if (lesson.kind === 'refused') return lesson.item;
  if (lesson.kind !== 'hole') return undefined;
  return { function: lesson.hole.function, start: lesson.hole.from, end: lesson.hole.to };
}

function isSameLesson(a: Lesson, b: Lesson): boolean {
  if (a.kind === 'hole' && b.kind === 'hole')
    return a.hole.function === b.hole.function && a.hole.from === b.hole.from && a.hole.to === b.hole.to;
  if (a.kind === 'refused' && b.kind === 'refused') return isSameItem(a.item, b.item);
  if (a.kind === 'silent' && b.kind === 'silent') return isSameItem(a.item, b.item);
  return a.kind === b.kind && a.kind !== 'silent-fence';
}

function isSameItem(a: Item, b: Item): boolean {
  return a.function === b.function && a.start === b.start && a.end === b.end;
}

const DAY_MS = 24 * 3600 * 1000;
/** How long a refusal is believed, by how often it was heard. */
const BELIEF_MS: readonly number[] = [10_000, 60_000, 600_000, 3_600_000, DAY_MS];
const SILENCE_MS = 600_000;
const MAX_LESSONS = 500;
/** What one read can span: refused together, given back together. */
const NEAR = 125;
