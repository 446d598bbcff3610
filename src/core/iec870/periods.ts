// Totals and curves of an interval: in blocks where the meter knows them, one by one where it does not, and on behind
// the last good period where a read broke off. Both ends of the interval count, whatever the meter makes of them.
import type { Reading } from '../meter/reading';
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { expect } from '../wire/dialogue';
import { ReadError } from '../wire/errors';
import { CAUSE, TYPE } from './asdu';
import { Interval } from './interval';
import { decodeTotalBlocks, decodeTotals, encodeIntervalBody, type Period } from './objects';
import type { Iec870Plan } from './options';
import { BLOCK_OBJECT, exchangesLeft, periodMinutes } from './predict';
import { PeriodProgress } from './progress';
import type { RequestForm, Iec870Session } from './session';
import type { TimeTag } from './time-tag';

/** Records of the interval asked for, and the word about others that came. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly leftOut: readonly Reading[];
}

/** `interval` is only asked for where no broken read has one. */
export function* readPeriods(
  plan: Iec870Plan,
  register: number,
  session: Iec870Session,
  memory: LineMemory,
  interval: () => Dialogue<readonly [TimeTag, TimeTag]>,
): Dialogue<Found<Period>> {
  const progress = PeriodProgress.recall(memory, plan, register);
  const [from, to] = progress.interval ?? (yield* interval());
  const asked = new Interval(from, to, plan.standardOffset);
  const talk = new PeriodTalk(plan, register, session, memory);
  yield* talk.ask(
    () => progress.resumeAt ?? from,
    to,
    (found) => progress.take(asked.keep(found, spanOf), from, to),
  );
  // Recorded of an Actaris SL761, asked from 00:00 to 00:00: its first record was that of 01:00, the last of 00:00. So
  // the record of `from`, where just this one is missing, is asked for from the period before on; what comes of that is
  // not ours.
  const earlier = asked.periodBefore(progress.times, periodMinutes(register));
  if (earlier)
    yield* unlessRefused(
      talk.ask(
        () => earlier,
        from,
        (found) => progress.take(asked.keep(found, spanOf, 'silently'), from, to, 'first'),
      ),
    );
  const found = progress.finish();
  return { found, leftOut: asked.leftOut(register, found.length) };
}

class PeriodTalk {
  private readonly isAbsolute: boolean;
  /** Of each block request by itself: many meters know 190 and not 189. */
  private readonly blocks: { isRefused: boolean };

  constructor(
    private readonly plan: Iec870Plan,
    private readonly register: number,
    private readonly session: Iec870Session,
    memory: LineMemory,
  ) {
    this.isAbsolute = plan.request === 'totals';
    this.blocks = memory.recall(
      `iec870/${plan.link}/${plan.point}/blocks/${this.isAbsolute ? TYPE.C_CB_NT_2 : TYPE.C_CB_UN_2}`,
      () => ({ isRefused: false }),
    );
  }

  /** `from` is asked for each request: it moves on with what was heard. */
  *ask(from: () => TimeTag, to: TimeTag, take: (found: readonly Period[]) => void): Dialogue<void> {
    if (this.plan.request !== 'increments' && !this.blocks.isRefused && (yield* this.askBlocks(from, to, take))) return;
    const request = this.isAbsolute ? TYPE.C_CI_NT_2 : TYPE.C_CI_NU_2;
    const singles = this.request(request, this.isAbsolute ? TYPE.M_IT_TG_2 : TYPE.M_IT_TK_2, decodeTotals, () =>
      encodeIntervalBody(ALL_TOTALS, from(), to),
    );
    yield* expect(exchangesLeft({ ...this.plan, from: from(), to }, false));
    const outcome = yield* this.session.ask(singles, take);
    if (outcome.kind === 'refused') throw this.session.refusal(request, outcome.cause);
    if (this.plan.request !== 'increments') this.blocks.isRefused = true;
  }

  /** False = this meter does not know blocks, and nothing of the interval is lost. */
  private *askBlocks(from: () => TimeTag, to: TimeTag, take: (found: readonly Period[]) => void): Dialogue<boolean> {
    const request = this.isAbsolute ? TYPE.C_CB_NT_2 : TYPE.C_CB_UN_2;
    const blocks = this.request(request, this.isAbsolute ? TYPE.M_IB_TG_2 : TYPE.M_IB_TK_2, decodeTotalBlocks, () =>
      encodeIntervalBody([BLOCK_OBJECT], from(), to),
    );
    let hasHeard = false;
    yield* expect(exchangesLeft({ ...this.plan, from: from(), to }, true));
    try {
      const outcome = yield* this.session.ask(blocks, (found) => {
        hasHeard = true;
        take(found);
      });
      if (outcome.kind !== 'refused') return true;
      if (outcome.cause !== CAUSE.typeNotAvailable && outcome.cause !== CAUSE.objectNotAvailable)
        throw this.session.refusal(request, outcome.cause);
    } catch (thrown) {
      // A meter may also pass over a type it does not know: it confirms nothing, or says NACK each time.
      if (!(thrown instanceof ReadError) || thrown.code !== 'METER_BUSY' || hasHeard) throw thrown;
    }
    return false;
  }

  private request(
    type: number,
    answerType: number,
    decode: RequestForm<readonly Period[]>['decode'],
    body: () => Uint8Array,
  ): RequestForm<readonly Period[]> {
    return { type, register: this.register, answerType, count: 1, body, decode, isInterval: true };
  }
}

/** What was read stands, whatever the meter makes of a question for more. */
function* unlessRefused(more: Dialogue<void>): Dialogue<void> {
  try {
    yield* more;
  } catch (thrown) {
    if (!(thrown instanceof ReadError) || (thrown.code !== 'REQUEST_REFUSED' && thrown.code !== 'METER_BUSY'))
      throw thrown;
  }
}

function spanOf({ time }: Period): { readonly start: TimeTag; readonly end: TimeTag } {
  return { start: time, end: time };
}

/** First and last address of the range: what the meter lacks comes back invalid, or not at all. */
const ALL_TOTALS: readonly number[] = [1, 8];
