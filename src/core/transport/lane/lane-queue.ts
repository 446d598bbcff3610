// The order of waiting jobs: higher priority first, first come first served within one priority.
import type { Job, LinkFigures, Progress } from './job';
import { type ReadError } from '../../wire/errors';

/** A job and what became of it so far; the value's type is known only to whoever asked for it. */
export interface Entry {
  readonly job: Job<unknown>;
  readonly since: number;
  /** The highest that anybody asked for it with. */
  priority: number;
  /** Everyone who asked for this same job. */
  readonly askers: Set<Asker>;
  /** Aborted when nobody wants it any more, or when the lane closes. */
  readonly stop: AbortController;
  attempt: number;
  state: 'waiting' | 'running' | 'settled';
}

export interface Asker {
  resolve(done: { value: unknown; link: LinkFigures }): void;
  reject(error: ReadError): void;
  onProgress(progress: Progress): void;
}

export class LaneQueue {
  private readonly entries: Entry[] = [];

  get length(): number {
    return this.entries.length;
  }

  push(entry: Entry): void {
    this.entries.splice(this.endOf(entry.priority), 0, entry);
  }

  /**
   * A retry lets other meters go first, so that a silent one costs its neighbours one time-out at a time, but stays
   * ahead of the jobs that came later for the same meter.
   */
  pushRetry(entry: Entry): void {
    const own = this.entries.findIndex((e) => e.priority === entry.priority && e.job.meter === entry.job.meter);
    this.entries.splice(own < 0 ? this.endOf(entry.priority) : own, 0, entry);
  }

  /** Somebody asked for a job that waits, and is in more of a hurry than who asked first. */
  raise(entry: Entry, priority: number): void {
    if (priority <= entry.priority) return;
    this.remove(entry);
    entry.priority = priority;
    this.push(entry);
  }

  shift(): Entry | undefined {
    return this.entries.shift();
  }

  remove(entry: Entry): void {
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
  }

  indexOf(entry: Entry): number {
    return this.entries.indexOf(entry);
  }

  find(key: string): Entry | undefined {
    return this.entries.find((e) => e.job.key === key);
  }

  all(): readonly Entry[] {
    return [...this.entries];
  }

  private endOf(priority: number): number {
    const at = this.entries.findIndex((e) => e.priority < priority);
    return at < 0 ? this.entries.length : at;
  }
}
