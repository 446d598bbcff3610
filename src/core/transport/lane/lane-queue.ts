// The order of waiting jobs: higher priority first, first come first served within one priority.
import type { WaitingJob } from './waiting-job';

export class LaneQueue {
  private readonly entries: WaitingJob[] = [];

  get length(): number {
    return this.entries.length;
  }

  push(entry: WaitingJob): void {
    this.entries.splice(this.endOf(entry.priority), 0, entry);
  }

  /**
   * A retry lets other meters go first, so that a silent one costs its neighbours one time-out at a time, but stays
   * ahead of the jobs that came later for the same meter.
   */
  pushRetry(entry: WaitingJob): void {
    const own = this.entries.findIndex((e) => e.priority === entry.priority && e.job.meter === entry.job.meter);
    this.entries.splice(own < 0 ? this.endOf(entry.priority) : own, 0, entry);
  }

  /** Somebody asked for a job that waits, and is in more of a hurry than who asked first. */
  raise(entry: WaitingJob, priority: number): void {
    if (priority <= entry.priority) return;
    this.remove(entry);
    entry.priority = priority;
    this.push(entry);
  }

  shift(): WaitingJob | undefined {
    return this.entries.shift();
  }

  remove(entry: WaitingJob): void {
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
  }

  indexOf(entry: WaitingJob): number {
    return this.entries.indexOf(entry);
  }

  find(key: string): WaitingJob | undefined {
    return this.entries.find((e) => e.job.key === key);
  }

  all(): readonly WaitingJob[] {
    return [...this.entries];
  }

  private endOf(priority: number): number {
    const at = this.entries.findIndex((e) => e.priority < priority);
    return at < 0 ? this.entries.length : at;
  }
}
