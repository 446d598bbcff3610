// The rollouts of one asker: started, gone on with after a restart, told. How modems are reached, where it is kept and
// who is told are ports.
import { asReadError, failure, phrase, type ReadError } from '../../wire/errors';
import { filterOfTemplate } from '../../transport/mqtt/topics';
import { Signs } from './channel';
import { KeptRollout } from './kept-rollout';
import { outcomeCause, whyOf, type WorkOutcome } from './outcome';
import type { ConfigRequest, Wanted } from './request';
import { broadcastRollout } from './rollout-broadcast';
import { targetWork } from './rollout-targets';
import type { RolloutPorts } from './rollout-ports';
import { RolloutRun, type RolloutHost } from './rollout-run';
import type { RolloutEvent, RolloutProgress, RolloutTarget, TargetState } from './rollout-state';
import { speakerOf } from './sign-of-life';
import { isGood, summaryOf, type Running, type SummaryTold } from './told';

interface Entry<M> extends Running<M> {
  readonly run: RolloutRun;
  readonly kept: KeptRollout;
}

export class Rollouts<M> {
  readonly signs: Signs;
  private readonly entries = new Map<string, Entry<M>>();
  /** Which rollout is at work on a modem. */
  private readonly busy = new Map<string, string>();
  private readonly stop = new AbortController();
  private lastId = 0;

  constructor(private readonly ports: RolloutPorts<M>) {
    this.signs = new Signs(ports.clock);
  }

  /** Hears the modems' status topic for signs of life; resolves when it is subscribed. */
  async listen(): Promise<void> {
    const { link, profile } = this.ports;
    const { status } = profile.topics;
    const stop = await link.observe(filterOfTemplate(status), ({ topic, payload, isRetained }) => {
      const imei = isRetained ? undefined : speakerOf(status, topic, payload);
      if (imei !== undefined) this.sign(imei);
    });
    if (this.stop.signal.aborted) stop();
    else this.stop.signal.addEventListener('abort', stop, { once: true });
  }

  newId(): string {
    this.lastId = Math.max(this.lastId + 1, this.wall());
    return this.lastId.toString(36);
  }

  /** What an earlier life of the platform left under way; again after a failure of the store, which throws. */
  async resume(): Promise<void> {
    try {
      await this.resumeAll(((await this.ports.keys.read(INDEX)) ?? []) as readonly string[]);
    } catch (thrown) {
      throw failure('fleet.storeUnread', { why: whyOf(thrown) }, 'configure');
    }
    await this.saveIndex();
  }

  private async resumeAll(ids: readonly string[]): Promise<void> {
    const { keys, told, bare } = this.ports;
    for (const id of ids) {
      if (this.entries.has(id)) continue;
      const kept = new KeptRollout(keys, id);
      const [request, stored] = [(await kept.request()) as ConfigRequest | undefined, await kept.load()];
      if (this.stop.signal.aborted) return;
      if (request?.target === 'all') {
        const why = phrase('fleet.broadcastInterrupted', {});
        told.audit(request.user, { imei: '', action: request.action, rollout: id, result: 'unknown', why });
      } else if (!request || !stored) told.warn(phrase('fleet.rolloutUnreadable', { id }));
      else await this.entry({ id, request, asked: bare(id), isResumed: true }, kept).run.resume(stored);
    }
  }

  async start({ request, plan, targets }: Wanted, asked: M): Promise<void> {
    await this.forgetFinished();
    const kept = new KeptRollout(this.ports.keys, plan.id);
    const entry = this.entry({ id: plan.id, request, asked, isResumed: false }, kept);
    try {
      await kept.saveRequest(request);
      await this.putIndex();
      await entry.run.start(plan, targets);
    } catch (thrown) {
      this.entries.delete(plan.id); // what could not be stored was not begun
      entry.run.close();
      throw failure('fleet.storeNotBegun', { why: whyOf(thrown) }, 'configure');
    }
  }

  /** One publish to all modems that share the topic. */
  async broadcast(wanted: Wanted, asked: M): Promise<SummaryTold> {
    const { request, plan } = wanted;
    const running: Running<M> = { id: plan.id, request, asked, isResumed: false };
    const kept = new KeptRollout(this.ports.keys, plan.id);
    await this.ports.keys.put({ [INDEX]: [...this.entries.keys(), plan.id] });
    await kept.saveRequest(request);
    try {
      const { summary, all } = await broadcastRollout(this.ports, this.signs, wanted, this.stop.signal);
      for (const [imei, state, outcome] of all) this.tellResult(running, imei, state, outcome);
      this.ports.told.summary(running, summary);
      return summary;
    } finally {
      await kept.clear();
      await this.saveIndex();
    }
  }

  /** An event for the rollout of this id, or for all; returns how many heard it. */
  async tell(make: (at: number) => RolloutEvent, id: string): Promise<number> {
    const meant = [...this.entries.values()].filter((entry) => id === '' || entry.id === id);
    const event = make(this.wall());
    await Promise.all(meant.map((entry) => entry.run.tell(event)));
    return meant.length;
  }

  progress(): readonly RolloutProgress[] {
    return [...this.entries.values()].flatMap(({ run }) => run.progress ?? []);
  }

  /** A status message: the modem lives, and one that was away is worth another try. */
  sign(imei: string): void {
    this.signs.note(imei);
    for (const { run } of this.entries.values())
      if (run.find(imei)?.state === 'away') void run.tell({ on: 'back', at: this.wall(), imei });
  }

  /** `isRemoved`: the asker is gone for good, and its rollouts with it. */
  async close(isRemoved: boolean): Promise<void> {
    this.stop.abort();
    for (const { run } of this.entries.values()) run.close();
    if (!isRemoved) return;
    for (const { kept } of this.entries.values()) await kept.clear();
    await this.ports.keys.put({ [INDEX]: undefined });
  }

  private entry(running: Running<M>, kept: KeptRollout): Entry<M> {
    const entry: Entry<M> = { ...running, kept, run: new RolloutRun(this.host(running), kept, this.ports.clock) };
    this.entries.set(running.id, entry);
    return entry;
  }

  private host(running: Running<M>): RolloutHost {
    const { id } = running;
    const { told } = this.ports;
    const done = targetWork(this.ports, this.signs, running, this.stop.signal);
    const alone = async (imei: string, work: () => Promise<WorkOutcome>): Promise<WorkOutcome> => {
      const other = this.busy.get(imei);
      if (other !== undefined) return { result: 'silent', ...outcomeCause(failure('fleet.busy', { rollout: other })) };
      this.busy.set(imei, id);
      try {
        return await work();
      } finally {
        this.busy.delete(imei);
      }
    };
    return {
      work: (job) => alone(job.target.imei, () => done.work(job)),
      restore: (job) => alone(job.target.imei, () => done.restore(job)),
      gate: (imei, since, signal) => {
        told.gate(running, imei, new Date(this.entries.get(id)?.run.find(imei)?.dueAt ?? since));
        return done.gate(imei, since, signal);
      },
      onResult: (target) => this.tellResult(running, target.imei, target.state, target.outcome),
      onProgress: (progress) => told.progress(running, progress),
      onTrouble: (error) => told.warn(error),
      onFinished: (progress, targets) => this.finished(running, progress, targets),
    };
  }

  private tellResult(running: Running<M>, imei: string, state: TargetState, outcome: WorkOutcome | null): void {
    const { request, id: rollout } = running;
    const { action } = request;
    const { result: _result, ...facts } = outcome ?? { result: 'failed' as const };
    const why = outcome?.why && { why: outcome.why };
    this.ports.told.audit(request.user, { imei, action, rollout, result: state, ...why });
    const time = this.ports.clock.date().toISOString();
    this.ports.told.result(running, { imei, action, rollout, state, ok: isGood(state), time, ...facts });
  }

  private finished(running: Running<M>, progress: RolloutProgress, targets: ReadonlyMap<string, RolloutTarget>): void {
    const { request, id: rollout } = running;
    const { action } = request;
    const result = progress.mode === 'running' ? 'finished' : progress.mode;
    const why = phrase('fleet.wellOf', { ok: progress.ok, total: progress.total });
    if (request.target !== 'modem') this.ports.told.audit(request.user, { imei: '', action, rollout, result, why });
    const all = [...targets.values()].map(({ imei, state, outcome }) => [imei, state, outcome] as const);
    this.ports.told.summary(running, summaryOf(request, progress, all));
    void (request.target === 'modem' ? this.forgetFinished() : this.saveIndex());
  }

  /** Finished ones stay until the next begins, so that their silent ones can be retried. */
  private async forgetFinished(): Promise<void> {
    for (const [id, { run, kept }] of [...this.entries]) {
      if (run.progress?.isFinished !== true) continue;
      this.entries.delete(id);
      run.close();
      await kept.clear().catch((thrown: unknown) => this.warn(thrown));
    }
    await this.saveIndex();
  }

  private putIndex(): Promise<void> {
    return this.ports.keys.put({ [INDEX]: [...this.entries.keys()] });
  }

  private async saveIndex(): Promise<void> {
    await this.putIndex().catch((thrown: unknown) => this.warn(thrown));
  }

  private warn(thrown: unknown): void {
    this.ports.told.warn(asReadError(thrown));
  }

  private wall(): number {
    return this.ports.clock.date().getTime();
  }
}

export function unknownRollout(id: string): ReadError {
  return id === ''
    ? failure('fleet.noRollout', {}, 'configure')
    : failure('fleet.unknownRollout', { id: id.slice(0, 40) }, 'configure');
}

const INDEX = 'rollouts';
