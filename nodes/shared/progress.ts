// How far a read has come, for the badge: bytes heard so far, and a percentage where the whole is known - from the number
// of exchanges that were predicted, or from what the same read brought the last time.
import type { Progress, TraceEvent } from '../../src/core/index';
import type { Badge } from './badge';

export class Heard {
  private bytes = 0;
  private sent = 0;

  constructor(
    private readonly badge: Badge,
    private readonly usualBytes: number | undefined,
    private readonly exchanges: number | undefined,
  ) {}

  progress(progress: Progress): void {
    if (progress.at === 'running') this.bytes = this.sent = 0;
    this.badge.progress(progress);
  }

  trace(event: TraceEvent): void {
    if (event.kind === 'sent') this.sent += 1;
    if (event.kind !== 'heard') return;
    this.bytes += event.bytes.length;
    if (this.bytes >= WORTH_SHOWING) this.badge.heard(`${sizeText(this.bytes)}${this.percent()}`);
  }

  private percent(): string {
    const share = this.exchanges !== undefined ? this.sent / this.exchanges : this.usualBytes !== undefined ? this.bytes / this.usualBytes : undefined;
    return share === undefined ? '' : ` ${Math.min(99, Math.round(100 * share))} %`;
  }
}

/** What reads brought the last time, by modem and read. Bounded: the oldest go first. */
export class UsualBytes {
  private readonly sizes = new Map<string, number>();

  of(imei: string, key: string | undefined): number | undefined {
    return key === undefined ? undefined : this.sizes.get(`${imei} ${key}`);
  }

  keep(imei: string, key: string | undefined, bytes: number): void {
    if (key === undefined) return;
    this.sizes.delete(`${imei} ${key}`);
    this.sizes.set(`${imei} ${key}`, bytes);
    const oldest = this.sizes.keys().next();
    if (this.sizes.size > MAX_KEPT && !oldest.done) this.sizes.delete(oldest.value);
  }
}

function sizeText(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}

const WORTH_SHOWING = 100;
const MAX_KEPT = 1000;
