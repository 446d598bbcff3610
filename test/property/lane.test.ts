// A model of the lane in virtual time: users ask, cancel and leave, the link drops and comes back, answers come, come
// late, come twice, or not at all, and bytes of a publish that failed may have left all the same.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Lane } from '../../src/core/transport/lane/lane';
import type { JobProgress } from '../../src/core/transport/lane/job';
import type { Dialogue } from '../../src/core/wire/dialogue';
import { ReadError, type ErrorCode } from '../../src/core/wire/errors';
import { VirtualClock } from '../../src/simulator/ground/virtual-clock';
import { LINE } from '../support/lane-world';

type Answer =
  { readonly kind: 'ok' | 'late'; readonly share: number; readonly isDoubled: boolean } | { readonly kind: 'lost' };
interface Ask {
  readonly do: 'run';
  readonly priority: number;
  readonly key: number | undefined;
  readonly meter: string | undefined;
  readonly attempts: number;
  readonly queueMs: number;
  readonly isDenied: boolean;
  readonly answers: readonly Answer[];
}
type Act =
  | Ask
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'link'; readonly to: 'up' | 'down' | 'refused' }
  | { readonly do: 'close' };

const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ok' as const), share, isDoubled: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('late' as const), share, isDoubled: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'lost' as const }) },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      priority: fc.integer({ min: 0, max: 2 }),
      key: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      meter: fc.option(fc.constantFrom('1', '2'), { nil: undefined }),
      attempts: fc.integer({ min: 1, max: 3 }),
      queueMs: fc.constantFrom(3_000, 30_000, 600_000),
      isDenied: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      answers: fc.array(answer, { minLength: 3, maxLength: 3 }),
    }),
  },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4_000 }) }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(30) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('link' as const),
      to: fc.constantFrom('up', 'up', 'down', 'refused' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'close' as const }) },
);

/** One life of a lane; throws at the first law it breaks. */
class Life {
  private readonly clock = new VirtualClock();
  private readonly lane: Lane;
  private failure: ReadError | undefined;
  /**
   * What the laws found broken; thrown at the end, because a throw inside the lane would be taken for a failed talk.
   */
  private readonly broken: string[] = [];
  private readonly results: Promise<void>[] = [];
  private readonly stops: AbortController[] = [];
  private readonly waiting = new Map<number, Ask>();
  private talking = 0;
  private settled = 0;
  private readonly answerOf = new Map<string, Answer>();

  constructor() {
    this.lane = new Lane({
      knownSince: this.clock.now(),
      clock: this.clock,
      random: () => 0.5,
      line: LINE,
      roundTrip: { guessMs: 1_000, floorMs: FLOOR_MS, ceilingMs: 30_000 },
      queueLimit: QUEUE_LIMIT,
      linkState: () => this.failure ?? 'online',
      transmit: (bytes) => this.transmit(Buffer.from(bytes).toString()),
    });
  }

  async live(acts: readonly Act[]): Promise<void> {
    for (const each of acts) {
      await this.perform(each);
      if (this.lane.depth > QUEUE_LIMIT + 1) this.broken.push(`depth ${this.lane.depth}`);
    }
    this.link('up');
    await this.clock.advance(30_000);
    await this.clock.runUntil(this.lane.close());
    await this.clock.advance(0);
    assert.equal(this.settled, this.results.length, 'a promise that never settles');
    assert.deepEqual(this.broken, []);
  }

  private async perform(each: Act): Promise<void> {
    if (each.do === 'run') this.ask(each);
    else if (each.do === 'wait') await this.clock.advance(each.ms);
    else if (each.do === 'cancel') this.stops[each.which]?.abort();
    else if (each.do === 'link') this.link(each.to);
    else void this.lane.close();
  }

  private ask(wish: Ask): void {
    const id = this.results.length;
    const stop = new AbortController();
    this.stops.push(stop);
    this.waiting.set(id, wish);
    let attempt = 0;
    const { priority, meter, attempts, queueMs } = wish;
    const job = {
      label: String(id),
      priority,
      attempts,
      queueMs,
      signal: stop.signal,
      ...(wish.key !== undefined && { key: `key ${wish.key}` }),
      ...(meter !== undefined && { meter }),
      onProgress: (progress: JobProgress) => {
        if (progress.at === 'running' && progress.attempt === 1 && attempt === 0 && wish.key === undefined)
          this.checkOrder(id, wish);
      },
      start: () => {
        attempt += 1;
        const text = `${id}.${attempt}`;
        this.answerOf.set(text, wish.answers[attempt - 1] ?? { kind: 'lost' });
        return this.talk(text, wish.isDenied);
      },
    };
    let count = 0;
    const settle = (outcome: { value: string } | ErrorCode): void => {
      count += 1;
      this.settled += 1;
      this.waiting.delete(id);
      if (count > 1) this.broken.push(`${id} settled twice`);
      // an equal key may have made it another's job; its value is then that one's, and right if that one's is
      if (typeof outcome === 'object' && outcome.value.startsWith('wrong')) this.broken.push(`${id}: ${outcome.value}`);
      if (outcome === 'INTERNAL') this.broken.push(`${id}: INTERNAL`);
    };
    this.results.push(this.lane.run(job).then(settle, (error: ReadError) => settle(error.code)));
  }

  /** Takes the first bytes as its answer, as a protocol without any numbering must. */
  private *talk(text: string, isDenied: boolean): Dialogue<{ value: string }['value']> {
    this.talking += 1;
    if (this.talking > 1) this.broken.push(`${text} talks beside another`);
    try {
      yield { do: 'send', bytes: Buffer.from(text) };
      const heard = yield { do: 'receive', ms: DEVICE_MS };
      if (!heard) throw new ReadError('NO_REPLY', 'silence');
      if (isDenied) throw new ReadError('ACCESS_DENIED', 'no');
      const answered = Buffer.from(heard).toString();
      return answered === text ? text : `wrong: ${text} got the answer to ${answered}`;
    } finally {
      this.talking -= 1;
    }
  }

  /** First come, first served within a priority, among those that begin for the first time. */
  private checkOrder(id: number, wish: Ask): void {
    this.waiting.delete(id);
    for (const [other, { priority, key }] of this.waiting) {
      if (key === undefined && (priority > wish.priority || (priority === wish.priority && other < id)))
        this.broken.push(`${id} began before ${other}`);
    }
  }

  private async transmit(text: string): Promise<void> {
    if (this.failure) this.broken.push(`${text} was sent while offline`);
    await this.clock.sleep(5);
    this.deliver(text);
    // the bytes are gone, and nobody can say whether they arrived
    if (this.failure) throw new ReadError('BROKER_OFFLINE', 'the connection ended before it confirmed', 'publish');
  }

  private deliver(text: string): void {
    const plan = this.answerOf.get(text) ?? { kind: 'lost' };
    if (plan.kind === 'lost') return;
    const deadline = DEVICE_MS + this.lane.latencyMs;
    const delay = plan.kind === 'ok' ? 10 + plan.share * (deadline - 20) : deadline + 10 + plan.share * (FLOOR_MS - 20);
    // unconfirmed, its deadline unknown: only what the quiet window spans
    if (this.failure && delay >= FLOOR_MS) return;
    void this.clock.sleep(delay).then(() => {
      if (this.failure) return; // what a broker has for a client that is gone is lost
      this.lane.hear(Buffer.from(text));
      if (plan.isDoubled) this.lane.hear(Buffer.from(text));
    });
  }

  private link(to: 'up' | 'down' | 'refused'): void {
    this.failure = to === 'up' ? undefined : new ReadError(to === 'down' ? 'BROKER_OFFLINE' : 'BROKER_REFUSED', 'gone');
    this.lane.linkChanged();
  }
}

describe('lane, whatever happens', () => {
  it('has one job on the wire, keeps the order, settles every promise, sends nothing offline, and mixes no answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 40 }) as fc.Arbitrary<readonly Act[]>, (acts) =>
        new Life().live(acts),
      ),
      { numRuns: 1_000, seed: 20261122, examples: [[RETRY_INTO_FULL_QUEUE]] },
    );
  });
});

const denied: Ask = {
  do: 'run',
  priority: 0,
  key: undefined,
  meter: undefined,
  attempts: 1,
  queueMs: 3_000,
  isDenied: true,
  answers: [],
};
/**
 * The link drops under a job that is to be tried again, and the queue fills in the same moment: it was counted twice.
 */
const RETRY_INTO_FULL_QUEUE: readonly Act[] = [
  { ...denied, attempts: 2 },
  { do: 'wait', ms: 1_005 },
  { do: 'link', to: 'down' },
  denied,
  { do: 'cancel', which: 2 },
  denied,
  denied,
  denied,
  denied,
  { do: 'cancel', which: 6 },
];
const QUEUE_LIMIT = 5;
const DEVICE_MS = 500;
const FLOOR_MS = 1_000;
