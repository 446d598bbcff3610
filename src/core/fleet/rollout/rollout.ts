// A rollout over many modems as a pure state machine: state and event in, state and commands out. Laws: never more
// modems at work than `concurrency`; no wave before the canaries are well; each target ends in exactly one state and
// none can hold up the others; old values are put back whatever the mode; a restart repeats nothing (journals tell what
// was done).
import { failure, phrase, type ReadError } from '../../wire/errors';
import { outcomeCause, type WorkOutcome } from './outcome';
import { rebuiltHead } from './rollout-rebuild';
import { fillPlaces } from './rollout-line';
import {
  FINAL_STATES,
  OPEN_STATES,
  type FinalState,
  type RolloutEvent,
  type RolloutHead,
  type RolloutPlan,
  type RolloutStep,
  type RolloutView,
  type RolloutTarget,
  type TargetState,
} from './rollout-state';
import { RolloutTurn } from './rollout-turn';

/** A target that cannot be one is named with its fault and skipped. */
export interface TargetWish {
  readonly imei: string;
  readonly fault?: ReadError;
}

/** A rollout before its first event. `at`: UTC wall time in ms, as in every event. */
export function createRollout(
  plan: RolloutPlan,
  wishes: readonly TargetWish[],
  at: number,
): { readonly head: RolloutHead; readonly targets: readonly RolloutTarget[] } {
  const unique = [...new Map(wishes.map((wish) => [wish.imei, wish])).values()];
  const targets = unique.map(({ imei, fault }): RolloutTarget => ({
    imei,
    isCanary: false,
    isQueued: false,
    isStopped: false,
    attempts: 0,
    dueAt: null,
    changedAt: null,
    journal: {},
    state: fault === undefined ? 'waiting' : 'skipped',
    outcome: fault === undefined ? null : { result: 'failed', ...outcomeCause(fault) },
  }));
  const skipped = targets.filter(({ state }) => state === 'skipped').length;
  const head: RolloutHead = {
    plan,
    mode: 'running',
    phase: plan.canary > 0 ? 'canary' : 'waves',
    isFinished: false,
    next: 0,
    queue: [],
    restores: [],
    waveLeft: plan.wave,
    canariesKept: 0,
    canariesOpen: 0,
    counts: { waiting: targets.length - skipped, skipped },
    total: targets.length,
    startedAt: at,
    deadlineAt: plan.deadlineMs > 0 ? at + plan.deadlineMs : null,
    wakeAt: null,
    untold: [],
    isSummaryUntold: false,
  };
  return { head, targets };
}

/** What follows from one event: the next head, the targets that changed, and what is to be done, in this order. */
export function stepRollout(head: RolloutHead, view: RolloutView, event: RolloutEvent): RolloutStep {
  const turn = new RolloutTurn(head, view, event.at);
  take(turn, event);
  fillPlaces(turn);
  if (!turn.head.isFinished && turn.count(...OPEN_STATES) === 0) {
    turn.set({ isFinished: true });
    turn.command({ do: 'summarise' });
  }
  return turn.end();
}

function take(turn: RolloutTurn, event: RolloutEvent): void {
  switch (event.on) {
    case 'start':
      return started(turn);
    case 'restarted':
      return restarted(turn);
    case 'outcome':
      return ended(turn, event.imei, event.outcome);
    case 'gate':
      return gated(turn, event.imei, event.isOk);
    case 'back':
      return back(turn, event.imei);
    case 'gone':
      return gone(turn, event.imei);
    case 'tick':
      return tick(turn);
    case 'pause':
      return changeMode(turn, 'running', 'paused');
    case 'resume':
      return changeMode(turn, 'paused', 'running');
    case 'cancel':
      return turn.stopAll('cancelled');
    case 'retry':
      return retry(turn, event.states);
    default:
      return event satisfies never;
  }
}

function started(turn: RolloutTurn): void {
  for (const { imei, state } of turn.all()) if (state === 'skipped') turn.command({ do: 'tell', imei });
  if (turn.head.deadlineAt !== null) turn.wakeBy(turn.head.deadlineAt);
}

function ended(turn: RolloutTurn, imei: string, outcome: WorkOutcome): void {
  const target = turn.find(imei);
  if (target?.state === 'restoring')
    return turn.finish(target, restoredState(outcome), {
      ...outcome,
      why: phrase('fleet.metersSilentBack', { why: outcome.why ?? phrase('fleet.oldValuesBack', {}) }),
    });
  if (target?.state !== 'running') return; // late: it was given up
  const { plan } = turn.head;
  if (outcome.result === 'silent') return silent(turn, target, outcome);
  const isGated = plan.gate === 'all' || (plan.gate === 'canary' && target.isCanary);
  if (!isGated || (outcome.result !== 'changed' && outcome.result !== 'done'))
    return turn.finish(target, outcome.result, outcome);
  turn.put(target, { state: 'gating', outcome, changedAt: turn.at, dueAt: turn.at + plan.gateMs });
  turn.wakeBy(turn.at + plan.gateMs);
  turn.command({ do: 'gate', imei, since: turn.at });
}

function silent(turn: RolloutTurn, target: RolloutTarget, outcome: WorkOutcome): void {
  const { plan, deadlineAt, mode } = turn.head;
  const hasTries = target.attempts < plan.attempts;
  const isWaitedFor = deadlineAt !== null && turn.at < deadlineAt;
  if (mode === 'cancelled' || mode === 'aborted' || (!hasTries && !isWaitedFor))
    return turn.finish(target, 'silent', outcome);
  const dueAt = hasTries ? turn.at + plan.retryMs * 2 ** (target.attempts - 1) : null;
  turn.leaveCanary(target);
  turn.put(target, { state: 'away', outcome, dueAt, isCanary: false });
  if (dueAt !== null) turn.wakeBy(dueAt);
}

function gated(turn: RolloutTurn, imei: string, isOk: boolean): void {
  const target = turn.find(imei);
  if (target?.state !== 'gating' || !target.outcome) return;
  if (isOk) return turn.finish(target, target.outcome.result, target.outcome);
  if (target.journal.before === undefined)
    return turn.finish(target, 'failed', {
      ...target.outcome,
      ...outcomeCause(failure('fleet.metersSilent', {})),
    });
  turn.put(target, { state: 'gateFailed', dueAt: null });
  turn.set({ restores: [...turn.head.restores, imei] });
}

function back(turn: RolloutTurn, imei: string): void {
  const target = turn.find(imei);
  if (target?.state !== 'away' || target.isQueued) return;
  turn.put(target, { isQueued: true, dueAt: null });
  turn.set({ queue: [...turn.head.queue, imei] });
}

function gone(turn: RolloutTurn, imei: string): void {
  const target = turn.find(imei);
  if (target?.state === 'running') turn.command({ do: 'stop', imei });
  else if (target?.state === 'waiting' || target?.state === 'away')
    turn.finish(target, 'skipped', { result: 'failed', ...outcomeCause(failure('fleet.takenOut', {})) });
}

function tick(turn: RolloutTurn): void {
  turn.set({ wakeAt: null });
  const { deadlineAt } = turn.head;
  const isOver = deadlineAt !== null && deadlineAt <= turn.at;
  if (deadlineAt !== null && !isOver) turn.wakeBy(deadlineAt);
  for (const target of turn.all()) {
    if (isOver && target.state === 'away') turn.finish(target, 'silent', target.outcome);
    else if (isOver && target.state === 'waiting') turn.finish(target, 'notReached', null);
    else if (target.dueAt === null) continue;
    else if (target.dueAt > turn.at) turn.wakeBy(target.dueAt);
    else due(turn, target);
  }
}

function due(turn: RolloutTurn, target: RolloutTarget): void {
  if (target.state === 'gating') return gated(turn, target.imei, false);
  if (target.state === 'away') return back(turn, target.imei);
  if (target.state !== 'running' && target.state !== 'restoring') return;
  if (target.isStopped)
    return ended(turn, target.imei, { result: 'unknown', ...outcomeCause(failure('fleet.neverEnded', {})) });
  turn.put(target, { isStopped: true, dueAt: turn.at + GRACE_MS });
  turn.wakeBy(turn.at + GRACE_MS);
  turn.command({ do: 'stop', imei: target.imei });
}

function changeMode(turn: RolloutTurn, from: RolloutHead['mode'], to: RolloutHead['mode']): void {
  if (turn.head.mode === from && !turn.head.isFinished) turn.set({ mode: to });
}

function retry(turn: RolloutTurn, states: readonly FinalState[]): void {
  const again = [...turn.all()].filter(
    ({ state }) => states.some((wanted) => wanted === state) && RETRIED.some((allowed) => allowed === state),
  );
  if (again.length === 0) return;
  const { plan, canariesKept } = turn.head;
  turn.set({
    mode: 'running',
    isFinished: false,
    phase: canariesKept < plan.canary ? 'canary' : 'waves',
    waveLeft: plan.wave,
    deadlineAt: plan.deadlineMs > 0 ? turn.at + plan.deadlineMs : null,
    queue: [...turn.head.queue, ...again.map(({ imei }) => imei)],
  });
  if (turn.head.deadlineAt !== null) turn.wakeBy(turn.head.deadlineAt);
  for (const target of again) {
    // what a silent one holds of the change is still to be told from its old values; a refused one was set back
    turn.put(target, {
      state: 'waiting',
      isQueued: true,
      attempts: 0,
      dueAt: null,
      isCanary: false,
      journal: target.state === 'silent' ? target.journal : {},
    });
  }
}

/** Everything that was under way goes on from its journal, and what was stored but not told is told. */
function restarted(turn: RolloutTurn): void {
  turn.set({ ...rebuiltHead(turn.head, turn.view), wakeAt: null });
  // a rollout of an earlier release noted neither
  for (const imei of turn.head.untold ?? []) turn.command({ do: 'tell', imei });
  if (turn.head.isSummaryUntold) turn.command({ do: 'summarise' });
  if (turn.head.isFinished) return;
  if (turn.head.deadlineAt !== null) turn.wakeBy(turn.head.deadlineAt);
  for (const target of turn.all()) {
    if (target.state === 'running' || target.state === 'restoring') {
      turn.put(target, { dueAt: turn.at + turn.head.plan.targetMs, isStopped: false });
      turn.wakeBy(turn.at + turn.head.plan.targetMs);
      turn.command({ do: target.state === 'running' ? 'work' : 'restore', imei: target.imei });
    } else {
      if (target.dueAt !== null) turn.wakeBy(Math.max(turn.at, target.dueAt));
      if (target.state === 'gating')
        turn.command({ do: 'gate', imei: target.imei, since: target.changedAt ?? turn.at });
    }
  }
}

/** Whether nothing more comes of it. */
export function isFinal(state: TargetState): state is FinalState {
  return FINAL_STATES.some((final) => final === state);
}

function restoredState({ result }: WorkOutcome): FinalState {
  if (result === 'unknown' || result === 'failed') return result;
  return result === 'silent' || result === 'lost' ? 'lost' : 'rolledBack';
}

/** What ended so that it may be tried again. */
const RETRIED: readonly FinalState[] = ['silent', 'failed', 'notReached', 'cancelled'];
/** A modem that was told to stop has so long to say how far it came. */
const GRACE_MS = 30_000;
