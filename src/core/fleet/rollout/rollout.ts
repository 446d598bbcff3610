// A rollout over many modems as a pure state machine: state and event in, state and commands out. Laws: never more modems
// at work than `concurrency`; no wave before the canaries are well; each target ends in exactly one state and none can
// hold up the others; old values are put back whatever the mode; a restart repeats nothing (journals tell what was done).
import { failure, phrase, type ReadError } from '../../wire/errors';
import { causeOf, type Outcome } from './outcome';
import { rebuiltHead } from './rollout-rebuild';
import {
  BAD_STATES,
  FINAL_STATES,
  GOOD_STATES,
  type FinalState,
  type RolloutCommand,
  type RolloutEvent,
  type RolloutHead,
  type RolloutPlan,
  type RolloutStep,
  type RolloutView,
  type Target,
  type TargetState,
} from './rollout-state';

/** A target that cannot be one is named with its fault and skipped. */
export interface TargetWish {
  readonly imei: string;
  readonly fault?: ReadError;
}

export function createRollout(
  plan: RolloutPlan,
  wishes: readonly TargetWish[],
  at: number,
): { readonly head: RolloutHead; readonly targets: readonly Target[] } {
  const unique = [...new Map(wishes.map((wish) => [wish.imei, wish])).values()];
  const targets = unique.map(({ imei, fault }): Target => ({
    imei,
    isCanary: false,
    isQueued: false,
    isStopped: false,
    attempts: 0,
    dueAt: null,
    changedAt: null,
    journal: {},
    state: fault === undefined ? 'waiting' : 'skipped',
    outcome: fault === undefined ? null : { result: 'failed', ...causeOf(fault) },
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
  };
  return { head, targets };
}

export function stepRollout(head: RolloutHead, view: RolloutView, event: RolloutEvent): RolloutStep {
  const turn = new Turn(head, view, event.at);
  turn.take(event);
  return turn.end();
}

/** One event's worth of change, gathered. */
class Turn {
  private readonly changed = new Map<string, Target>();
  private readonly commands: RolloutCommand[] = [];

  constructor(
    private head: RolloutHead,
    private readonly view: RolloutView,
    private readonly at: number,
  ) {}

  take(event: RolloutEvent): void {
    switch (event.on) {
      case 'start':
        for (const target of this.all())
          if (target.state === 'skipped') this.commands.push({ do: 'tell', imei: target.imei });
        if (this.head.deadlineAt !== null) this.wakeBy(this.head.deadlineAt);
        return;
      case 'restarted':
        return this.restarted();
      case 'outcome':
        return this.outcome(event.imei, event.outcome);
      case 'gate':
        return this.gated(event.imei, event.isOk);
      case 'back':
        return this.back(event.imei);
      case 'gone':
        return this.gone(event.imei);
      case 'tick':
        return this.tick();
      case 'pause':
        return this.mode('running', 'paused');
      case 'resume':
        return this.mode('paused', 'running');
      case 'cancel':
        return this.stopAll('cancelled');
      case 'retry':
        return this.retry(event.states);
      default:
        return event satisfies never;
    }
  }

  end(): RolloutStep {
    this.fill();
    if (!this.head.isFinished && this.count('waiting', 'running', 'gating', 'gateFailed', 'restoring', 'away') === 0) {
      this.head = { ...this.head, isFinished: true };
      this.commands.push({ do: 'summarise' });
    }
    return { head: this.head, targets: [...this.changed.values()], commands: this.commands };
  }

  /** Gives free places to old values that are to be put back, then to modems whose turn it is. */
  private fill(): void {
    while (this.count('running', 'restoring') < this.head.plan.concurrency) {
      const [restore, ...restores] = this.head.restores;
      if (restore !== undefined) {
        this.head = { ...this.head, restores };
        this.begin(restore, 'restoring');
        continue;
      }
      const imei = this.head.mode === 'running' && this.mayBegin() ? this.nextInLine() : undefined;
      if (imei === undefined) return;
      this.begin(imei, 'running');
    }
  }

  private mayBegin(): boolean {
    const { plan, phase, canariesKept, canariesOpen, waveLeft } = this.head;
    if (phase === 'canary' && canariesKept >= plan.canary)
      this.head = { ...this.head, phase: 'waves', waveLeft: plan.wave };
    if (this.head.phase === 'canary') return canariesKept + canariesOpen < plan.canary;
    if (plan.wave === 0 || this.head.waveLeft > 0) return true;
    if (waveLeft === 0 && this.count('running', 'gating', 'gateFailed', 'restoring') === 0)
      this.head = { ...this.head, waveLeft: plan.wave };
    return this.head.waveLeft > 0;
  }

  private nextInLine(): string | undefined {
    const [first, ...queue] = this.head.queue;
    if (first !== undefined) {
      this.head = { ...this.head, queue };
      return this.find(first)?.isQueued === true ? first : this.nextInLine();
    }
    for (let next = this.head.next; next < this.view.order.length; next++) {
      const imei = this.view.order[next] ?? '';
      const target = this.find(imei);
      if (target?.state !== 'waiting' || target.isQueued) continue;
      this.head = { ...this.head, next: next + 1 };
      return imei;
    }
    this.head = { ...this.head, next: this.view.order.length };
    return undefined;
  }

  private begin(imei: string, state: 'running' | 'restoring'): void {
    const target = this.find(imei);
    if (!target) return;
    const dueAt = this.at + this.head.plan.targetMs;
    this.wakeBy(dueAt);
    if (state === 'restoring') {
      this.put(target, {
        state,
        dueAt,
        isStopped: false,
        journal: { ...(target.journal.before && { before: target.journal.before }), isRestoring: true },
      });
      this.commands.push({ do: 'restore', imei });
      return;
    }
    const isCanary = this.head.phase === 'canary';
    this.head = {
      ...this.head,
      waveLeft: Math.max(0, this.head.waveLeft - (isCanary ? 0 : 1)),
      canariesOpen: this.head.canariesOpen + (isCanary ? 1 : 0),
    };
    this.put(target, { state, isCanary, isQueued: false, isStopped: false, attempts: target.attempts + 1, dueAt });
    this.commands.push({ do: 'work', imei });
  }

  private outcome(imei: string, outcome: Outcome): void {
    const target = this.find(imei);
    if (target?.state === 'restoring')
      return this.finish(target, restoredState(outcome), {
        ...outcome,
        why: phrase('fleet.metersSilentBack', { why: outcome.why ?? phrase('fleet.oldValuesBack', {}) }),
      });
    if (target?.state !== 'running') return; // late: it was given up
    const { plan } = this.head;
    if (outcome.result === 'silent') return this.silent(target, outcome);
    const isGated = plan.gate === 'all' || (plan.gate === 'canary' && target.isCanary);
    if (!isGated || (outcome.result !== 'changed' && outcome.result !== 'done'))
      return this.finish(target, outcome.result, outcome);
    this.put(target, { state: 'gating', outcome, changedAt: this.at, dueAt: this.at + plan.gateMs });
    this.wakeBy(this.at + plan.gateMs);
    this.commands.push({ do: 'gate', imei, since: this.at });
  }

  private silent(target: Target, outcome: Outcome): void {
    const { plan, deadlineAt, mode } = this.head;
    const hasTries = target.attempts < plan.attempts;
    const isWaitedFor = deadlineAt !== null && this.at < deadlineAt;
    if (mode === 'cancelled' || mode === 'aborted' || (!hasTries && !isWaitedFor))
      return this.finish(target, 'silent', outcome);
    const dueAt = hasTries ? this.at + plan.retryMs * 2 ** (target.attempts - 1) : null;
    this.leaveCanary(target);
    this.put(target, { state: 'away', outcome, dueAt, isCanary: false });
    if (dueAt !== null) this.wakeBy(dueAt);
  }

  private gated(imei: string, isOk: boolean): void {
    const target = this.find(imei);
    if (target?.state !== 'gating' || !target.outcome) return;
    if (isOk) return this.finish(target, target.outcome.result, target.outcome);
    if (target.journal.before === undefined)
      return this.finish(target, 'failed', {
        ...target.outcome,
        ...causeOf(failure('fleet.metersSilent', {})),
      });
    this.put(target, { state: 'gateFailed', dueAt: null });
    this.head = { ...this.head, restores: [...this.head.restores, imei] };
  }

  private back(imei: string): void {
    const target = this.find(imei);
    if (target?.state !== 'away' || target.isQueued) return;
    this.put(target, { isQueued: true, dueAt: null });
    this.head = { ...this.head, queue: [...this.head.queue, imei] };
  }

  private gone(imei: string): void {
    const target = this.find(imei);
    if (target?.state === 'running') this.commands.push({ do: 'stop', imei });
    else if (target?.state === 'waiting' || target?.state === 'away')
      this.finish(target, 'skipped', { result: 'failed', ...causeOf(failure('fleet.takenOut', {})) });
  }

  private tick(): void {
    this.head = { ...this.head, wakeAt: null };
    const { deadlineAt } = this.head;
    const isOver = deadlineAt !== null && deadlineAt <= this.at;
    if (deadlineAt !== null && !isOver) this.wakeBy(deadlineAt);
    for (const target of this.all()) {
      if (isOver && target.state === 'away') this.finish(target, 'silent', target.outcome);
      else if (isOver && target.state === 'waiting') this.finish(target, 'notReached', null);
      else if (target.dueAt === null) continue;
      else if (target.dueAt > this.at) this.wakeBy(target.dueAt);
      else this.due(target);
    }
  }

  private due(target: Target): void {
    if (target.state === 'gating') return this.gated(target.imei, false);
    if (target.state === 'away') return this.back(target.imei);
    if (target.state !== 'running' && target.state !== 'restoring') return;
    if (target.isStopped)
      return this.outcome(target.imei, { result: 'unknown', ...causeOf(failure('fleet.neverEnded', {})) });
    this.put(target, { isStopped: true, dueAt: this.at + GRACE_MS });
    this.wakeBy(this.at + GRACE_MS);
    this.commands.push({ do: 'stop', imei: target.imei });
  }

  private mode(from: RolloutHead['mode'], to: RolloutHead['mode']): void {
    if (this.head.mode === from && !this.head.isFinished) this.head = { ...this.head, mode: to };
  }

  /** No further modem is touched; those at work come to their end. */
  private stopAll(mode: 'cancelled' | 'aborted'): void {
    if (this.head.isFinished || this.head.mode === 'aborted' || this.head.mode === 'cancelled') return;
    this.head = { ...this.head, mode, queue: [] };
    for (const target of this.all()) {
      if (target.state === 'waiting') this.finish(target, mode === 'cancelled' ? 'cancelled' : 'notReached', null);
      else if (target.state === 'away') this.finish(target, 'silent', target.outcome);
    }
  }

  private retry(states: readonly FinalState[]): void {
    const again = [...this.all()].filter(
      ({ state }) => states.some((wanted) => wanted === state) && RETRIED.some((allowed) => allowed === state),
    );
    if (again.length === 0) return;
    const { plan, canariesKept } = this.head;
    this.head = {
      ...this.head,
      mode: 'running',
      isFinished: false,
      phase: canariesKept < plan.canary ? 'canary' : 'waves',
      waveLeft: plan.wave,
      deadlineAt: plan.deadlineMs > 0 ? this.at + plan.deadlineMs : null,
    };
    if (this.head.deadlineAt !== null) this.wakeBy(this.head.deadlineAt);
    for (const target of again) {
      // what a silent one holds of the change is still to be told from its old values; a refused one was set back
      this.put(target, {
        state: 'waiting',
        isQueued: true,
        attempts: 0,
        dueAt: null,
        isCanary: false,
        journal: target.state === 'silent' ? target.journal : {},
      });
      this.head = { ...this.head, queue: [...this.head.queue, target.imei] };
    }
  }

  /** Everything that was under way goes on from its journal. */
  private restarted(): void {
    this.head = { ...rebuiltHead(this.head, this.view), wakeAt: null };
    if (this.head.isFinished) return;
    if (this.head.deadlineAt !== null) this.wakeBy(this.head.deadlineAt);
    for (const target of this.all()) {
      if (target.state === 'running' || target.state === 'restoring') {
        this.put(target, { dueAt: this.at + this.head.plan.targetMs, isStopped: false });
        this.wakeBy(this.at + this.head.plan.targetMs);
        this.commands.push({ do: target.state === 'running' ? 'work' : 'restore', imei: target.imei });
      } else {
        if (target.dueAt !== null) this.wakeBy(Math.max(this.at, target.dueAt));
        if (target.state === 'gating')
          this.commands.push({ do: 'gate', imei: target.imei, since: target.changedAt ?? this.at });
      }
    }
  }

  private finish(target: Target, state: FinalState, outcome: Outcome | null): void {
    const isKept = target.isCanary && (state === 'changed' || state === 'done');
    this.leaveCanary(target);
    if (isKept) this.head = { ...this.head, canariesKept: this.head.canariesKept + 1 };
    this.put(target, {
      state,
      outcome,
      dueAt: null,
      isQueued: false,
      journal: state === 'silent' || state === 'lost' || state === 'unknown' ? target.journal : {},
    });
    this.commands.push({ do: 'tell', imei: target.imei });
    if (BAD_STATES.includes(state) && this.head.mode !== 'aborted' && this.isAbove()) this.stopAll('aborted');
  }

  private leaveCanary(target: Target): void {
    if (target.isCanary && isAtWork(target.state))
      this.head = { ...this.head, canariesOpen: this.head.canariesOpen - 1 };
  }

  /** Early failures weigh against a sample of ten (or all canaries), so that one of the first two does not stop a thousand. */
  private isAbove(): boolean {
    const { plan, phase, total } = this.head;
    const bad = this.count(...BAD_STATES);
    const sample = phase === 'canary' ? plan.canary : Math.min(total, SAMPLE);
    return bad / Math.max(1, bad + this.count(...GOOD_STATES), sample) > plan.abortShare;
  }

  private put(target: Target, more: Partial<Target>): void {
    const known = this.find(target.imei) ?? target;
    const next = { ...known, ...more };
    if (next.state !== known.state) {
      const { counts } = this.head;
      this.head = {
        ...this.head,
        counts: {
          ...counts,
          [known.state]: (counts[known.state] ?? 0) - 1,
          [next.state]: (counts[next.state] ?? 0) + 1,
        },
      };
    }
    this.changed.set(target.imei, next);
  }

  private find(imei: string): Target | undefined {
    return this.changed.get(imei) ?? this.view.find(imei);
  }

  private *all(): Iterable<Target> {
    for (const imei of this.view.order) {
      const target = this.find(imei);
      if (target) yield target;
    }
  }

  private count(...states: readonly TargetState[]): number {
    return states.reduce((total, state) => total + (this.head.counts[state] ?? 0), 0);
  }

  private wakeBy(at: number): void {
    if (this.head.wakeAt !== null && this.head.wakeAt <= at) return;
    this.head = { ...this.head, wakeAt: at };
    this.commands.push({ do: 'wake', at });
  }
}

export function isFinal(state: TargetState): state is FinalState {
  return FINAL_STATES.some((final) => final === state);
}

function isAtWork(state: TargetState): boolean {
  return state === 'running' || state === 'gating' || state === 'gateFailed' || state === 'restoring';
}

function restoredState({ result }: Outcome): FinalState {
  if (result === 'unknown' || result === 'failed') return result;
  return result === 'silent' || result === 'lost' ? 'lost' : 'rolledBack';
}

/** What ended so that it may be tried again. */
const RETRIED: readonly FinalState[] = ['silent', 'failed', 'notReached', 'cancelled'];
/** A modem that was told to stop has so long to say how far it came. */
const GRACE_MS = 30_000;
const SAMPLE = 10;
