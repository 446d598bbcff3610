// What a rollout tells whoever shows it, as plain data: results, progress, summary.
import type { Phrase, ReadError } from '../../wire/errors';
import type { AuditEvent } from './audit';
import type { WorkOutcome } from './outcome';
import type { ConfigRequest } from './request';
import { GOOD_STATES, type FinalState, type RolloutProgress, type TargetState } from './rollout-state';

export interface Running<M> {
  readonly id: string;
  readonly request: ConfigRequest;
  /** What began it, in its asker's own words; a bare one after a restart. */
  readonly asked: M;
  readonly isResumed: boolean;
}

/** What came of one modem. */
export interface TargetTold extends Omit<WorkOutcome, 'result'> {
  readonly imei: string;
  readonly action: string;
  readonly rollout: string;
  readonly state: TargetState;
  readonly ok: boolean;
  readonly time: string;
}

export interface SummaryTold extends RolloutProgress {
  readonly action: string;
  readonly targets: readonly {
    readonly imei: string;
    readonly ok: boolean;
    readonly state: TargetState;
    readonly why?: Phrase;
  }[];
}

export interface Told<M> {
  result(running: Running<M>, target: TargetTold): void;
  progress(running: Running<M>, progress: RolloutProgress): void;
  /** Somebody may vouch for the meters behind it until then. */
  gate(running: Running<M>, imei: string, until: Date): void;
  summary(running: Running<M>, summary: SummaryTold): void;
  audit(user: string, event: AuditEvent): void;
  warn(what: ReadError | Phrase): void;
}

export function isGood(state: TargetState): boolean {
  return GOOD_STATES.some((good) => good === state);
}

export function summaryOf(
  { action }: ConfigRequest,
  progress: RolloutProgress,
  targets: readonly (readonly [imei: string, state: TargetState, outcome: WorkOutcome | null])[],
): SummaryTold {
  return {
    ...progress,
    action,
    targets: targets.map(([imei, state, outcome]) => ({
      imei,
      ok: isGood(state),
      state,
      ...(outcome?.why && { why: outcome.why }),
    })),
  };
}

/** The progress of what was done in one go. */
export function progressOfAll(rollout: string, states: readonly FinalState[]): RolloutProgress {
  const counts: Partial<Record<TargetState, number>> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  const ok = states.filter(isGood).length;
  const silent = counts.silent ?? 0;
  return {
    rollout,
    phase: 'waves',
    mode: 'running',
    isFinished: true,
    total: states.length,
    ok,
    failed: states.length - ok - silent,
    silent,
    open: 0,
    states: counts,
  };
}
