// A job: one dialogue asked of one line, and how it is to be treated while it waits and when it fails.
import type { Dialogue, LineMemory, LineSettings } from '../../wire/dialogue';
import type { Trace } from './line';

export interface Job<R> {
  /** For traces and errors; no secrets. */
  readonly label: string;
  /** How the port has to be set; as it is configured if absent. */
  readonly line?: LineSettings;
  /** A factory: each attempt is a fresh talk. */
  start(memory: LineMemory): Dialogue<R>;
  /** 1 for everything that changes the world (writes, AT commands): then only what never left is sent again. */
  readonly attempts: number;
  /** How long it may wait for its turn, retries included. */
  readonly queueMs: number;
  /** Higher first; 0 by default. */
  readonly priority?: number;
  /** Jobs of equal key become one. The key includes credentials and line settings (as a digest). */
  readonly key?: string;
  /** The meter's address on the bus, for the breaker. */
  readonly meter?: string;
  /**
   * The silence this job demands after an earlier failure on the line, in ms. The default is the link's worst latency;
   * a protocol that tells late answers apart by itself asks for less. 0: it asks nothing and only listens, so that a
   * line on which a meter sends by itself all the time is no noisy one.
   */
  readonly quietMs?: number;
  /** Silence is an expected answer (bus scan): it neither stretches deadlines nor rests the meter. */
  readonly isProbe?: boolean;
  readonly signal?: AbortSignal;
  readonly trace?: Trace;
  /** Where the job is: for the status badge. */
  onProgress?(progress: JobProgress): void;
}

/** How long a job may wait for its turn where nothing else is said, retries included, in ms. */
export const QUEUE_MS = 600_000;

export type JobProgress =
  | { readonly at: 'queued'; readonly ahead: number }
  | { readonly at: 'waiting-for-broker' }
  | { readonly at: 'running'; readonly attempt: number };

/** Whoever looks on cannot stop the lane by a defect of its own. */
export function onlookerOf(job: Pick<Job<unknown>, 'onProgress'>): (progress: JobProgress) => void {
  return (progress) => {
    try {
      job.onProgress?.(progress);
    } catch {
      // Nothing of the talk depends on it.
    }
  };
}

/** What the talk cost: `report.link` of a message. */
export interface JobFigures {
  readonly exchanges: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly attempts: number;
  readonly queuedMs: number;
  readonly ms: number;
}

export interface Done<R> {
  readonly value: R;
  readonly link: JobFigures;
}
