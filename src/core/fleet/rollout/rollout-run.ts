// The driver of a rollout: feeds events to the machine one by one, stores what changed BEFORE it carries out what the
// machine commands, and turns the ends of that work into events again. It decides nothing. Law: what cannot be stored
// is not carried out; a store that fails or hangs makes the rollout wait for it, and is told.
import type { Clock } from '../../transport/lane/clock';
import { asReadError, failure, type ReadError } from '../../wire/errors';
import { inTime } from '../presence/in-time';
import { outcomeCause, whyOf, type WorkJournal, type WorkOutcome } from './outcome';
import { createRollout, stepRollout, type TargetWish } from './rollout';
import {
  progressOf,
  type RolloutCommand,
  type RolloutEvent,
  type RolloutHead,
  type RolloutPlan,
  type RolloutProgress,
  type RolloutStep,
  type RolloutTarget,
} from './rollout-state';

/**
 * Where a rollout survives a restart. A target is small and stored alone, so that a thousand cost no more than one
 * each.
 */
export interface RolloutStore {
  load(): Promise<StoredRollout | undefined>;
  saveOrder(order: readonly string[]): Promise<void>;
  saveHead(head: RolloutHead): Promise<void>;
  saveTargets(targets: readonly RolloutTarget[]): Promise<void>;
}

export interface StoredRollout {
  readonly head: RolloutHead;
  readonly order: readonly string[];
  readonly targets: readonly RolloutTarget[];
}

export interface TargetWork {
  readonly target: RolloutTarget;
  readonly signal: AbortSignal;
  /** Resolves when it is stored. */
  note(journal: WorkJournal): Promise<void>;
}

export interface RolloutHost {
  work(job: TargetWork): Promise<WorkOutcome>;
  restore(job: TargetWork): Promise<WorkOutcome>;
  /**
   * True once the meters behind the modem answer again; `since` is wall time in ms. Undefined leaves it to a gate event
   * or the end of its time.
   */
  gate(imei: string, since: number, signal: AbortSignal): Promise<boolean | undefined>;
  onResult(target: RolloutTarget): void;
  onProgress(progress: RolloutProgress): void;
  /** The store failed; told once until it works again. */
  onTrouble(error: ReadError): void;
  onFinished(progress: RolloutProgress, targets: ReadonlyMap<string, RolloutTarget>): void;
}

export class RolloutRun {
  private readonly targets = new Map<string, RolloutTarget>();
  private readonly stops = new Map<string, AbortController>();
  private readonly gates = new Map<string, AbortController>();
  private readonly closing = new AbortController();
  private order: readonly string[] = [];
  private head: RolloutHead | undefined;
  private wake = new AbortController();
  private turn: Promise<void> = Promise.resolve();
  private isTroubled = false;

  constructor(
    private readonly host: RolloutHost,
    private readonly store: RolloutStore,
    private readonly clock: Clock,
  ) {}

  get progress(): RolloutProgress | undefined {
    return this.head && progressOf(this.head);
  }

  async start(plan: RolloutPlan, wishes: readonly TargetWish[]): Promise<void> {
    const { head, targets } = createRollout(plan, wishes, this.wall());
    this.fill({ head, targets, order: targets.map(({ imei }) => imei) });
    await inTime(this.clock, STORE_MS, this.store.saveOrder(this.order));
    await inTime(this.clock, STORE_MS, this.store.saveTargets(targets));
    await this.tell({ on: 'start', at: this.wall() });
  }

  /** Goes on with what an earlier life of the platform left. */
  async resume(stored: StoredRollout): Promise<void> {
    this.fill(stored);
    await this.tell({ on: 'restarted', at: this.wall() });
  }

  /** Resolves when the event and what follows from it at once are stored. */
  tell(event: RolloutEvent): Promise<void> {
    const done = this.turn.then(() => this.handle(event));
    this.turn = done.catch(() => undefined);
    return done;
  }

  find(imei: string): RolloutTarget | undefined {
    return this.targets.get(imei);
  }

  /** Leaves everything as it is stored: nothing under way is judged any more. */
  close(): void {
    this.closing.abort();
    this.wake.abort();
    for (const stop of [...this.stops.values(), ...this.gates.values()]) stop.abort();
  }

  private fill({ head, order, targets }: StoredRollout): void {
    this.head = head;
    this.order = order;
    for (const target of targets) this.targets.set(target.imei, target);
  }

  private async handle(event: RolloutEvent): Promise<void> {
    if (!this.head || this.closing.signal.aborted) return;
    const step = stepRollout(this.head, { order: this.order, find: (imei) => this.targets.get(imei) }, event);
    this.head = step.head;
    for (const target of step.targets) {
      this.targets.set(target.imei, target);
      if (target.state !== 'gating') this.closeGate(target.imei);
    }
    await this.stored(() => this.saveStep(step), this.closing.signal);
    if (this.closing.signal.aborted) return;
    for (const command of step.commands) this.carryOut(command);
    if (step.head.untold.length > 0 || step.head.isSummaryUntold) this.noteTold(step.head);
    this.host.onProgress(progressOf(step.head));
  }

  /** Asked for together, so that a store which keeps what is asked for together keeps all of it or nothing. */
  private async saveStep({ head, targets }: RolloutStep): Promise<void> {
    const saved = [...(targets.length > 0 ? [this.store.saveTargets(targets)] : []), this.store.saveHead(head)];
    await Promise.all(saved);
  }

  /**
   * What the step told is told: in one go with what the telling stored. A failure here tells it again after a restart.
   */
  private noteTold(head: RolloutHead): void {
    this.head = { ...head, untold: [], isSummaryUntold: false };
    this.store.saveHead(this.head).catch(() => undefined);
  }

  /** Tries until it is stored; false when it was told to stop before. */
  private async stored(save: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      try {
        await inTime(this.clock, STORE_MS, save());
        this.isTroubled = false;
        return true;
      } catch (thrown) {
        if (!this.isTroubled) this.host.onTrouble(failure('fleet.storeWaits', { why: whyOf(thrown) }, 'configure'));
        this.isTroubled = true;
        await this.clock.sleep(STORE_RETRY_MS, signal);
      }
    }
    return false;
  }

  private carryOut(command: RolloutCommand): void {
    switch (command.do) {
      case 'work':
        return this.workOn(command.imei, (job) => this.host.work(job));
      case 'restore':
        return this.workOn(command.imei, (job) => this.host.restore(job));
      case 'stop':
        return this.stops.get(command.imei)?.abort();
      case 'gate':
        return void this.gate(command.imei, command.since);
      case 'wake':
        return this.wakeAt(command.at);
      case 'tell': {
        const target = this.targets.get(command.imei);
        return target && this.host.onResult(target);
      }
      case 'summarise':
        return this.head && this.host.onFinished(progressOf(this.head), this.targets);
      default:
        return command satisfies never;
    }
  }

  private workOn(imei: string, work: (job: TargetWork) => Promise<WorkOutcome>): void {
    const target = this.targets.get(imei);
    if (!target) return;
    const stop = new AbortController();
    this.stops.set(imei, stop);
    const note = async (journal: WorkJournal): Promise<void> => {
      const known = this.targets.get(imei);
      if (!known) return;
      this.targets.set(imei, { ...known, journal });
      const isStored = await this.stored(
        () => this.store.saveTargets([{ ...known, journal }]),
        AbortSignal.any([stop.signal, this.closing.signal]),
      );
      if (!isStored) throw failure('fleet.cancelledUnstored', {}, 'queue');
    };
    void work({ target, signal: stop.signal, note })
      .catch((thrown: unknown): WorkOutcome => ({ result: 'failed', ...outcomeCause(asReadError(thrown)) }))
      .then((outcome) => {
        if (this.stops.get(imei) === stop) this.stops.delete(imei);
        return this.tell({ on: 'outcome', at: this.wall(), imei, outcome });
      })
      .catch(() => undefined);
  }

  private async gate(imei: string, since: number): Promise<void> {
    const stop = new AbortController();
    this.gates.set(imei, stop);
    const isOk = await this.host.gate(imei, since, stop.signal).catch(() => undefined);
    if (isOk !== undefined && !stop.signal.aborted) await this.tell({ on: 'gate', at: this.wall(), imei, isOk });
  }

  private closeGate(imei: string): void {
    this.gates.get(imei)?.abort();
    this.gates.delete(imei);
  }

  private wakeAt(at: number): void {
    this.wake.abort();
    const wake = (this.wake = new AbortController());
    void this.clock.sleep(Math.max(0, at - this.wall()), wake.signal).then(() => {
      if (!wake.signal.aborted) return this.tell({ on: 'tick', at: Math.max(at, this.wall()) });
    });
  }

  private wall(): number {
    return this.clock.date().getTime();
  }
}

const STORE_MS = 30_000;
const STORE_RETRY_MS = 5_000;
