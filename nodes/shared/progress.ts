// How far a read has come, for the badge. Where its exchanges are predicted: how long it will take, then the share done
// and what is still to come, by the pace of this very read. Else the bytes heard so far, and a percentage where the
// same read was done before.
import { BoundedMap, type JobProgress, type TraceEvent } from '../../src/core/index';
import type { Badge } from './badge';

/** What a read will take, known before it begins. */
export interface Predicted {
  readonly exchanges: number;
  readonly ms: number;
}

export class BadgeProgress {
  private bytes = 0;
  private sent = 0;
  private since = 0;
  /** Exchanges still to come: as predicted, until the talk itself knows better. */
  private left = 0;

  constructor(
    private readonly badge: Pick<Badge, 'progress' | 'heard' | 'left'>,
    private readonly usualBytes: number | undefined,
    private readonly predicted: Predicted | undefined,
  ) {}

  progress(progress: JobProgress): void {
    if (progress.at === 'running') {
      this.bytes = this.sent = 0;
      this.left = this.predicted?.exchanges ?? 0;
    }
    this.badge.progress(progress, this.predicted && durationText(this.predicted.ms));
  }

  trace(event: TraceEvent): void {
    if (event.kind === 'expected') this.left = event.exchanges;
    if (event.kind === 'sent') {
      if (this.sent === 0) this.since = event.at;
      this.sent += 1;
      this.left = Math.max(1, this.left - 1);
    }
    if (event.kind !== 'heard') return;
    this.bytes += event.bytes.length;
    if (this.predicted) this.tellLeft(event.at);
    else if (this.bytes >= WORTH_SHOWING)
      this.badge.heard(
        `${sizeText(this.bytes)}${this.usualBytes === undefined ? '' : ` ${percentOf(this.bytes / this.usualBytes)} %`}`,
      );
  }

  /** The prediction stands until there is enough to measure a pace by. */
  private tellLeft(now: number): void {
    if (this.sent < ENOUGH_TO_MEASURE) return;
    this.badge.left(
      percentOf(this.sent / (this.sent + this.left)),
      durationText((this.left * (now - this.since)) / this.sent),
    );
  }
}

/** What reads brought the last time, by modem and read. Bounded: the oldest go first. */
export class UsualBytes {
  private readonly sizes = new BoundedMap<string, number>(MAX_KEPT);

  of(imei: string, key: string | undefined): number | undefined {
    return key === undefined ? undefined : this.sizes.get(`${imei} ${key}`);
  }

  keep(imei: string, key: string | undefined, bytes: number): void {
    if (key === undefined) return;
    this.sizes.set(`${imei} ${key}`, bytes);
  }
}

function percentOf(share: number): number {
  return Math.min(99, Math.round(100 * share));
}

/** In the one unit that says enough: `45 s`, `12 min`, `3 h`. */
function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  return seconds < 100 * 60 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function sizeText(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}

const WORTH_SHOWING = 100;
const ENOUGH_TO_MEASURE = 8;
const MAX_KEPT = 1000;
