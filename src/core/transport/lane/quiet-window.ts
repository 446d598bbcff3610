// The silence a line owes before its next request. A reply that comes after its deadline would be taken by the next
// job: another meter's reading under this meter's name. So after a failure nothing is sent until the line has been
// quiet for as long as an answer can be late; a line that never falls quiet ends as an error, not as a hang.
import type { Clock, StopSignal } from './clock';
import { failure } from '../../wire/errors';

export class QuietWindow {
  /**
   * Silence is asked for from here on: the last failure, or the last byte nobody had asked for after it. A new line
   * begins unsettled unless the platform has been at work for a while: what its earlier life asked for may still be
   * answered.
   */
  private unsettledSince: number | undefined;
  private isFresh: boolean;
  /** A request that was broken off (cancelled, or the link fell) may be answered as if it had not been, until then. */
  private answerableUntil = 0;

  constructor(
    private readonly clock: Clock,
    knownSince: number,
  ) {
    this.isFresh = clock.now() - knownSince < FORGET_FAILURE_MS;
    this.unsettledSince = this.isFresh ? clock.now() : undefined;
  }

  /** From now on silence is due. */
  unsettle(): void {
    this.unsettledSince = this.clock.now();
  }

  /** Bytes came between two jobs: where silence is due, it begins anew. */
  disturb(): void {
    if (this.unsettledSince !== undefined) this.unsettle();
  }

  /** The answer to what was sent may come until then, though nobody waits for it any more. */
  mayAnswerUntil(at: number): void {
    this.answerableUntil = Math.max(this.answerableUntil, at);
  }

  /** The port was another line's: what that one asked for may still be answered. */
  succeed({ answerableUntil }: QuietWindow): void {
    this.answerableUntil = answerableUntil;
    this.unsettle();
  }

  /**
   * Waits until the silence is over that a job wants: `quietMs`, by default the link's latency; 0 = none. `take` hears
   * the line meanwhile.
   */
  async pass(
    quietMs: number | undefined,
    latencyMs: number,
    take: (ms: number) => Promise<Uint8Array | undefined>,
    signal: StopSignal,
  ): Promise<void> {
    if (quietMs === 0) return;
    // a job that tells late answers apart by itself need not wait for the deadline of one that was broken off
    if (quietMs === undefined && this.unsettledSince !== undefined)
      this.unsettledSince = Math.max(this.unsettledSince, this.answerableUntil);
    if (this.isFresh && quietMs !== undefined) await this.hearFirst(latencyMs, take, signal);
    await this.silence(quietMs ?? latencyMs, take, signal);
    this.isFresh = false;
  }

  /**
   * On a new line a job that tells late answers apart lets those of an earlier life come first, but does not ask for
   * more silence than its own: where another master speaks it would never be.
   */
  private async hearFirst(
    ms: number,
    take: (ms: number) => Promise<Uint8Array | undefined>,
    signal: StopSignal,
  ): Promise<void> {
    const { clock } = this;
    const until = (this.unsettledSince ?? clock.now()) + ms;
    while (clock.now() < until && !signal.aborted)
      if (await take(until - clock.now())) this.unsettledSince = clock.now();
  }

  private async silence(
    ms: number,
    take: (ms: number) => Promise<Uint8Array | undefined>,
    signal: StopSignal,
  ): Promise<void> {
    const { clock } = this;
    const giveUpAt = Math.max(clock.now(), this.unsettledSince ?? 0) + 3 * ms + QUIET_SPARE_MS;
    while (this.unsettledSince !== undefined) {
      const wait = this.unsettledSince + ms - clock.now();
      if (wait <= 0) break;
      if (clock.now() >= giveUpAt) throw failure('lane.noisy', {}, 'connect');
      const heard = await take(Math.min(wait, giveUpAt - clock.now()));
      if (signal.aborted) throw failure('lane.cancelled', {}, 'queue');
      if (heard) this.unsettledSince = Math.max(this.unsettledSince, clock.now());
    }
    if (this.unsettledSince !== undefined && clock.now() - this.unsettledSince > FORGET_FAILURE_MS)
      this.unsettledSince = undefined;
  }
}

const QUIET_SPARE_MS = 5_000;
/** Older failures cannot have answers under way any more. */
const FORGET_FAILURE_MS = 60_000;
