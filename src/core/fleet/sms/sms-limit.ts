// Texts cost money: at most so many in any hour, whoever asks. The moments of sending outlive a restart (`sentAt` is
// stored by the node), or a flow that texts at its start would do so at every deploy.
import type { Clock } from '../../transport/lane/clock';
import { failure } from '../../wire/errors';

export class HourLimit {
  private sent: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly perHour: number,
    sentAt: readonly number[] = [],
    private readonly onChange: (sentAt: readonly number[]) => void = () => undefined,
  ) {
    this.remember(sentAt);
  }

  /** Moments of an earlier life, which a store may tell late. */
  remember(sentAt: readonly number[]): void {
    const now = this.wall();
    // a clock that was set back since must not block for longer than an hour
    const earlier = sentAt.filter((at) => Number.isFinite(at)).map((at) => Math.min(at, now));
    this.sent = [...earlier, ...this.sent];
  }

  /** Takes one place, or throws LIMIT_REACHED: then nothing may be sent. */
  take(): void {
    const now = this.wall();
    this.sent = this.sent.filter((at) => at > now - HOUR_MS).map((at) => Math.min(at, now));
    const oldest = this.sent[0];
    if (this.sent.length >= this.perHour) {
      const minutes = oldest === undefined ? 60 : Math.ceil((oldest + HOUR_MS - now) / 60_000);
      throw failure('fleet.hourLimit', { perHour: this.perHour, minutes }, 'queue');
    }
    this.sent.push(now);
    this.onChange(this.sent);
  }

  /** The one taken last was not sent after all. */
  giveBack(): void {
    this.sent.pop();
    this.onChange(this.sent);
  }

  get used(): number {
    const now = this.wall();
    return this.sent.filter((at) => at > now - HOUR_MS).length;
  }

  private wall(): number {
    return this.clock.date().getTime();
  }
}

const HOUR_MS = 3_600_000;
