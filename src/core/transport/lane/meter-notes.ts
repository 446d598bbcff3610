// When each meter of a line last answered, for whoever has to know whether a change upset them. Bounded: the meter that
// answered longest ago goes first.

export class MeterNotes {
  private readonly answers = new Map<string, number>();

  /** `at`: on the clock of the lane. */
  answered(meter: string, at: number): void {
    this.answers.delete(meter);
    this.answers.set(meter, at);
    const oldest = this.answers.keys().next();
    if (this.answers.size > MAX_METERS && !oldest.done) this.answers.delete(oldest.value);
  }

  /** Whether at least one meter has answered after `since`, and so have all that did in the day before it. */
  haveAnsweredSince(since: number): boolean {
    const times = [...this.answers.values()];
    return times.some((at) => at > since) && times.every((at) => at > since || at < since - RECENT_MS);
  }
}

const MAX_METERS = 512;
const RECENT_MS = 86_400_000;
