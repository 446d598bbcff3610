// The shape of a rollout: plain data that can be stored at any moment and gone on with after a restart. Times are UTC
// wall time in ms, for a monotonic clock begins anew with each start of the platform.
import type { WorkJournal, WorkOutcome } from './outcome';

export interface RolloutPlan {
  readonly id: string;
  /** So many modems have to be changed well before the others are touched; 0 = none. */
  readonly canary: number;
  /** Modems per wave after the canaries; 0 = one wave. */
  readonly wave: number;
  /** Modems worked on at the same time. */
  readonly concurrency: number;
  /** Above this share of failures (0 to 1) no further modem is touched. */
  readonly abortShare: number;
  /** Whose change is kept only if the meters behind them still answer. */
  readonly gate: 'none' | 'canary' | 'all';
  readonly gateMs: number;
  /** What one modem may take from its turn on. */
  readonly targetMs: number;
  /** Silent modems are waited for so long from the start; 0 = not at all. */
  readonly deadlineMs: number;
  /** How often a silent modem is tried by the clock, and the first wait in between; the next waits double. */
  readonly attempts: number;
  readonly retryMs: number;
}

export const FINAL_STATES = [
  'changed',
  'same',
  'differs',
  'read',
  'done',
  'failed',
  'lost',
  'rolledBack',
  'silent',
  'unknown',
  'skipped',
  'notReached',
  'cancelled',
] as const;
export const OPEN_STATES = ['waiting', 'running', 'gating', 'gateFailed', 'restoring', 'away'] as const;
export type FinalState = (typeof FINAL_STATES)[number];
export type OpenState = (typeof OPEN_STATES)[number];
export type TargetState = FinalState | OpenState;

export interface RolloutTarget {
  readonly imei: string;
  readonly state: TargetState;
  readonly isCanary: boolean;
  /** It is in the line of those to be worked on next. */
  readonly isQueued: boolean;
  /** It was told to stop; its outcome is awaited for a little while. */
  readonly isStopped: boolean;
  readonly attempts: number;
  /** When something is due: the end of its time, of its gate, or its next try. */
  readonly dueAt: number | null;
  /** When its change was complete. */
  readonly changedAt: number | null;
  readonly outcome: WorkOutcome | null;
  readonly journal: WorkJournal;
}

export interface RolloutHead {
  readonly plan: RolloutPlan;
  readonly mode: 'running' | 'paused' | 'cancelled' | 'aborted';
  readonly phase: 'canary' | 'waves';
  readonly isFinished: boolean;
  /** Index of the first modem in the order that was not looked at yet. */
  readonly next: number;
  /** Modems whose turn is before those in the order. */
  readonly queue: readonly string[];
  /** Modems whose old values are to be put back. */
  readonly restores: readonly string[];
  readonly waveLeft: number;
  readonly canariesKept: number;
  readonly canariesOpen: number;
  readonly counts: Readonly<Partial<Record<TargetState, number>>>;
  readonly total: number;
  readonly startedAt: number;
  readonly deadlineAt: number | null;
  readonly wakeAt: number | null;
  /** Targets whose end the last event brought: stored, and told after that. */
  readonly untold: readonly string[];
  readonly isSummaryUntold: boolean;
}

export type RolloutEvent =
  | { readonly on: 'start'; readonly at: number }
  | { readonly on: 'restarted'; readonly at: number }
  | { readonly on: 'outcome'; readonly at: number; readonly imei: string; readonly outcome: WorkOutcome }
  | { readonly on: 'gate'; readonly at: number; readonly imei: string; readonly isOk: boolean }
  | { readonly on: 'back'; readonly at: number; readonly imei: string }
  | { readonly on: 'gone'; readonly at: number; readonly imei: string }
  | { readonly on: 'tick' | 'pause' | 'resume' | 'cancel'; readonly at: number }
  | { readonly on: 'retry'; readonly at: number; readonly states: readonly FinalState[] };

export type RolloutCommand =
  | { readonly do: 'work' | 'restore' | 'stop' | 'tell'; readonly imei: string }
  | { readonly do: 'gate'; readonly imei: string; readonly since: number }
  | { readonly do: 'wake'; readonly at: number }
  | { readonly do: 'summarise' };

/** A rollout as it is stored: its head, its order, and each target. */
export interface RolloutView {
  readonly order: readonly string[];
  find(imei: string): RolloutTarget | undefined;
}

export interface RolloutStep {
  readonly head: RolloutHead;
  /** Targets that changed. */
  readonly targets: readonly RolloutTarget[];
  readonly commands: readonly RolloutCommand[];
}

/** The figures of a rollout; the same at any moment while it runs. */
export interface RolloutProgress {
  readonly rollout: string;
  readonly phase: RolloutHead['phase'];
  readonly mode: RolloutHead['mode'];
  readonly isFinished: boolean;
  readonly total: number;
  readonly ok: number;
  readonly failed: number;
  readonly silent: number;
  readonly open: number;
  /** How many are in each state. */
  readonly states: Readonly<Partial<Record<TargetState, number>>>;
}

/** How far a rollout is, from its head alone. */
export function progressOf(head: RolloutHead): RolloutProgress {
  const sum = (states: readonly TargetState[]): number =>
    states.reduce((total, state) => total + (head.counts[state] ?? 0), 0);
  const { plan, phase, mode, isFinished, total } = head;
  const states = Object.fromEntries(Object.entries(head.counts).filter(([, count]) => count > 0));
  return {
    rollout: plan.id,
    phase,
    mode,
    isFinished,
    total,
    ok: sum(GOOD_STATES),
    failed: sum([...BAD_STATES, 'skipped']),
    silent: sum(['silent']),
    open: sum(OPEN_STATES),
    states,
  };
}

export const GOOD_STATES: readonly FinalState[] = ['changed', 'same', 'differs', 'read', 'done'];
/** What counts against the share that aborts. */
export const BAD_STATES: readonly FinalState[] = ['failed', 'lost', 'rolledBack', 'unknown'];
