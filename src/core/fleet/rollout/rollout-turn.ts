// One event's worth of change of a rollout, gathered: the head, the targets that changed, what is to be done. What
// every event has in common stands here: a target changes in one way, ends in one way, and too many failures stop the
// rest.
import type { WorkOutcome } from './outcome';
import {
  BAD_STATES,
  GOOD_STATES,
  type FinalState,
  type RolloutCommand,
  type RolloutHead,
  type RolloutStep,
  type RolloutView,
  type RolloutTarget,
  type TargetState,
} from './rollout-state';

export class RolloutTurn {
  private readonly changed = new Map<string, RolloutTarget>();
  private readonly commands: RolloutCommand[] = [];

  constructor(
    public head: RolloutHead,
    readonly view: RolloutView,
    readonly at: number,
  ) {}

  end(): RolloutStep {
    const told = this.commands.flatMap((command) => (command.do === 'tell' ? [command.imei] : []));
    const isSummaryUntold = this.commands.some((command) => command.do === 'summarise');
    const head = { ...this.head, untold: told, isSummaryUntold };
    return { head, targets: [...this.changed.values()], commands: this.commands };
  }

  set(more: Partial<RolloutHead>): void {
    this.head = { ...this.head, ...more };
  }

  command(command: RolloutCommand): void {
    this.commands.push(command);
  }

  put(target: RolloutTarget, more: Partial<RolloutTarget>): void {
    const known = this.find(target.imei) ?? target;
    const next = { ...known, ...more };
    if (next.state !== known.state) {
      const { counts } = this.head;
      const [left = 0, entered = 0] = [counts[known.state], counts[next.state]];
      this.set({ counts: { ...counts, [known.state]: left - 1, [next.state]: entered + 1 } });
    }
    this.changed.set(target.imei, next);
  }

  /** The one end of a target: told, counted, and weighed against what may go wrong. */
  finish(target: RolloutTarget, state: FinalState, outcome: WorkOutcome | null): void {
    const isKept = target.isCanary && (state === 'changed' || state === 'done');
    this.leaveCanary(target);
    if (isKept) this.set({ canariesKept: this.head.canariesKept + 1 });
    this.put(target, {
      state,
      outcome,
      dueAt: null,
      isQueued: false,
      journal: state === 'silent' || state === 'lost' || state === 'unknown' ? target.journal : {},
    });
    this.command({ do: 'tell', imei: target.imei });
    if (BAD_STATES.includes(state) && this.head.mode !== 'aborted' && this.isAbove()) this.stopAll('aborted');
  }

  /** No further modem is touched; those at work come to their end. */
  stopAll(mode: 'cancelled' | 'aborted'): void {
    if (this.head.isFinished || this.head.mode === 'aborted' || this.head.mode === 'cancelled') return;
    this.set({ mode, queue: [] });
    for (const target of this.all()) {
      if (target.state === 'waiting') this.finish(target, mode === 'cancelled' ? 'cancelled' : 'notReached', null);
      else if (target.state === 'away') this.finish(target, 'silent', target.outcome);
    }
  }

  leaveCanary(target: RolloutTarget): void {
    if (target.isCanary && AT_WORK.has(target.state)) this.set({ canariesOpen: this.head.canariesOpen - 1 });
  }

  wakeBy(at: number): void {
    if (this.head.wakeAt !== null && this.head.wakeAt <= at) return;
    this.set({ wakeAt: at });
    this.command({ do: 'wake', at });
  }

  find(imei: string): RolloutTarget | undefined {
    return this.changed.get(imei) ?? this.view.find(imei);
  }

  *all(): Iterable<RolloutTarget> {
    for (const imei of this.view.order) {
      const target = this.find(imei);
      if (target) yield target;
    }
  }

  count(...states: readonly TargetState[]): number {
    return states.reduce((total, state) => total + (this.head.counts[state] ?? 0), 0);
  }

  /**
   * Early failures weigh against a sample of ten (or all canaries), so that one of the first two does not stop a
   * thousand.
   */
  private isAbove(): boolean {
    const { plan, phase, total } = this.head;
    const bad = this.count(...BAD_STATES);
    const sample = phase === 'canary' ? plan.canary : Math.min(total, SAMPLE);
    return bad / Math.max(1, bad + this.count(...GOOD_STATES), sample) > plan.abortShare;
  }
}

const AT_WORK: ReadonlySet<TargetState> = new Set<TargetState>(['running', 'gating', 'gateFailed', 'restoring']);
const SAMPLE = 10;
