// The rollouts of one mtx-config node: started by messages, gone on with after a restart, told as messages.
import type { Node } from 'node-red';
import {
  asReadError,
  auditLine,
  auditRecord,
  broadcastWork,
  fleetWork,
  GOOD_STATES,
  ReadError,
  rollbackBySms,
  RolloutRun,
  Signs,
  systemClock,
  type AuditEvent,
  type FinalState,
  type Outcome,
  type Rollback,
  type RolloutEvent,
  type RolloutHost,
  type RolloutProgress,
  type Target,
  type TargetState,
} from '../../src/core/index';
import type { ModemNode, Msg, SmsNode } from '../shared/palette';
import type { AuditFile } from './audit-file';
import { orderFor, type ConfigRequest, type Wanted } from './request';
import { ContextStore, type ContextKeys } from './store';

/** What a rollout tells; the node makes messages of it. */
export interface Told {
  result(running: Running, payload: ResultPayload): void;
  progress(running: Running, progress: RolloutProgress): void;
  gate(running: Running, imei: string, until: Date): void;
  summary(running: Running, payload: SummaryPayload): void;
  audit(record: ReturnType<typeof auditRecord>): void;
}

/** `msg.payload` of one modem. */
export interface ResultPayload extends Omit<Outcome, 'result' | 'code' | 'detail'> {
  readonly imei: string;
  readonly action: string;
  readonly rollout: string;
  readonly state: TargetState;
  readonly ok: boolean;
  readonly time: string;
  readonly detail?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface SummaryPayload extends RolloutProgress {
  readonly action: string;
  /** State by IMEI. */
  readonly byImei: Readonly<Record<string, { readonly ok: boolean; readonly state: string; readonly detail?: string }>>;
}

export interface Running {
  readonly id: string;
  readonly request: ConfigRequest;
  /** The message that began it; a bare one after a restart. */
  readonly msg: Msg;
  readonly isResumed: boolean;
}

interface Entry extends Running {
  readonly run: RolloutRun;
  readonly store: ContextStore;
}

export class Rollouts {
  readonly signs = new Signs(systemClock);
  private readonly entries = new Map<string, Entry>();
  /** Which rollout is at work on a modem. */
  private readonly busy = new Map<string, string>();
  private readonly stop = new AbortController();
  private lastId = 0;

  constructor(
    private readonly node: Node,
    private readonly modemNode: ModemNode,
    private readonly keys: ContextKeys,
    private readonly file: AuditFile,
    private readonly smsNode: () => SmsNode | ReadError,
    private readonly told: Told,
  ) {}

  newId(): string {
    this.lastId = Math.max(this.lastId + 1, systemClock.date().getTime());
    return this.lastId.toString(36);
  }

  /** What an earlier life of the platform left under way; again after a failure of the store, which throws. */
  async resume(): Promise<void> {
    try {
      await this.resumeAll(((await this.keys.read(INDEX)) ?? []) as readonly string[]);
    } catch (thrown) {
      throw new ReadError(
        'CONFIG_INVALID',
        `which rollouts are under way could not be read from the context store: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        'configure',
      );
    }
    await this.saveIndex();
  }

  private async resumeAll(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.entries.has(id)) continue;
      const store = new ContextStore(this.keys, id);
      const [request, stored] = [(await store.request()) as ConfigRequest | undefined, await store.load()];
      if (!request || !stored) {
        this.node.warn(`rollout ${id} was under way, but what was stored of it cannot be read; check those modems`);
        continue;
      }
      if (this.stop.signal.aborted) return;
      if (request.target === 'all') {
        this.audit(request, {
          imei: '',
          action: request.action,
          rollout: id,
          result: 'unknown',
          detail: 'the message to all modems was interrupted by a restart and not sent again',
        });
        continue;
      }
      const entry = this.entry(id, request, { _msgid: id } as Msg, true, store);
      await entry.run.resume(stored);
    }
  }

  async start({ request, plan, targets }: Wanted, msg: Msg): Promise<void> {
    await this.forgetFinished();
    const store = new ContextStore(this.keys, plan.id);
    const entry = this.entry(plan.id, request, msg, false, store);
    try {
      await store.saveRequest(request);
      await this.putIndex();
      await entry.run.start(plan, targets);
    } catch (thrown) {
      this.entries.delete(plan.id); // what could not be stored was not begun
      entry.run.close();
      throw new ReadError(
        'CONFIG_INVALID',
        `the rollout was not begun, for it could not be written to the context store: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        'configure',
      );
    }
  }

  /** One publish to all modems that share the topic. */
  async broadcast({ request, plan, targets }: Wanted, msg: Msg): Promise<SummaryPayload> {
    const running: Running = { id: plan.id, request, msg, isResumed: false };
    const { link, registry, profile } = this.modemNode;
    const bad = targets.filter(({ fault }) => fault !== undefined);
    const imeis = targets.filter(({ fault }) => fault === undefined).map(({ imei }) => imei);
    const store = new ContextStore(this.keys, plan.id);
    await this.keys.put({ [INDEX]: [...this.entries.keys(), plan.id] });
    await store.saveRequest(request);
    try {
      const host = {
        signal: this.stop.signal,
        audit: (event: Omit<AuditEvent, 'imei' | 'action' | 'rollout'>) =>
          this.audit(request, { ...event, imei: '', action: request.action, rollout: plan.id }),
      };
      const place = { link, registry, clock: systemClock, signs: this.signs, profile };
      const outcomes = await broadcastWork(place, orderFor(request, imeis[0] ?? ANY_IMEI), imeis, host);
      const all: (readonly [string, FinalState, Outcome])[] = [...outcomes].map(
        ([imei, outcome]) => [imei, outcome.result, outcome] as const,
      );
      all.push(
        ...bad.map(
          ({ imei, fault = '' }) =>
            [imei, 'skipped', { result: 'failed', code: 'CONFIG_INVALID', detail: fault }] as const,
        ),
      );
      for (const [imei, state, outcome] of all) this.tellResult(running, imei, state, outcome);
      const summary = summaryOf(
        request,
        progressOfAll(
          plan.id,
          all.map(([, state]) => state),
        ),
        all,
      );
      this.told.summary(running, summary);
      return summary;
    } finally {
      await store.clear();
      await this.saveIndex();
    }
  }

  /** Events for the rollouts: those that know the modem, or all. */
  async tell(make: (at: number) => RolloutEvent, id: string): Promise<number> {
    const meant = [...this.entries.values()].filter((entry) => id === '' || entry.id === id);
    const event = make(systemClock.date().getTime());
    await Promise.all(meant.map((entry) => entry.run.tell(event)));
    return meant.length;
  }

  progress(): readonly RolloutProgress[] {
    return [...this.entries.values()].flatMap(({ run }) => run.progress ?? []);
  }

  /** A status message: the modem lives, and one that was away is worth another try. */
  sign(imei: string): void {
    this.signs.note(imei);
    for (const { run } of this.entries.values()) {
      if (run.find(imei)?.state === 'away') void run.tell({ on: 'back', at: systemClock.date().getTime(), imei });
    }
  }

  audit(request: Pick<ConfigRequest, 'user'>, event: AuditEvent): void {
    const record = auditRecord(
      systemClock.date(),
      { node: this.node.name ?? this.node.id, flow: this.node.z ?? '', user: request.user },
      event,
    );
    this.file.append(auditLine(record));
    this.told.audit(record);
  }

  /** `isRemoved`: the node is deleted, and its rollouts with it. */
  async close(isRemoved: boolean): Promise<void> {
    this.stop.abort();
    for (const { run } of this.entries.values()) run.close();
    if (isRemoved) {
      for (const { store } of this.entries.values()) await store.clear();
      await this.keys.put({ [INDEX]: undefined });
    }
    await this.file.close();
  }

  private entry(id: string, request: ConfigRequest, msg: Msg, isResumed: boolean, store: ContextStore): Entry {
    const running: Running = { id, request, msg, isResumed };
    const entry: Entry = { ...running, store, run: new RolloutRun(this.host(running), store, systemClock) };
    this.entries.set(id, entry);
    return entry;
  }

  private host(running: Running): RolloutHost {
    const { id, request } = running;
    const { modemNode } = this;
    const texted = async (imei: string, commands: readonly string[]): Promise<Rollback> => {
      const node = this.smsNode();
      if (node instanceof ReadError)
        return {
          imei,
          ok: false,
          steps: commands.slice(0, 1).map((command) => ({ command, state: 'not-sent', error: node })),
        };
      return rollbackBySms(node.sms, imei, commands, this.stop.signal);
    };
    const bySms = async (imei: string, texts: readonly string[]): Promise<boolean> => {
      const { ok } = await texted(
        imei,
        texts.map((text) => text.replace(/^MTXTUNNEL /, '')),
      );
      return ok !== false; // what was sent and not answered may still bring the modem back: its sign of life decides
    };
    const done = fleetWork({
      clock: systemClock,
      signs: this.signs,
      acquire: (imei) => modemNode.acquire(imei),
      release: (imei) => modemNode.release(imei),
      orderOf: (imei) => orderFor(request, imei),
      audit: (imei, event) => this.audit(request, { ...event, imei, action: request.action, rollout: id }),
      rollbackBySms: bySms,
      ...(typeof request.smsAfterMs === 'number' && { text: { afterMs: request.smsAfterMs, send: texted } }),
    });
    const alone = async (imei: string, work: () => Promise<Outcome>): Promise<Outcome> => {
      if (this.busy.has(imei))
        return {
          result: 'silent',
          code: 'QUEUE_FULL',
          detail: `rollout ${this.busy.get(imei) ?? ''} is at work on this modem`,
        };
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
        const gateMs = this.entries.get(id)?.run.find(imei)?.dueAt ?? since;
        this.told.gate(running, imei, new Date(gateMs));
        return done.gate(imei, since, signal);
      },
      onResult: (target) => this.tellResult(running, target.imei, target.state, target.outcome),
      onProgress: (progress) => this.told.progress(running, progress),
      onTrouble: ({ detail }) => this.node.warn(detail),
      onFinished: (progress, targets) => this.finished(running, progress, targets),
    };
  }

  private tellResult(running: Running, imei: string, state: TargetState, outcome: Outcome | null): void {
    const { request, id } = running;
    const { result: _result, code, detail, ...facts } = outcome ?? { result: 'failed' as const };
    const ok = GOOD_STATES.some((good) => good === state);
    const why = detail ?? state;
    this.audit(request, {
      imei,
      action: request.action,
      rollout: id,
      result: state,
      ...(detail !== undefined && { detail }),
    });
    this.told.result(running, {
      imei,
      action: request.action,
      rollout: id,
      state,
      ok,
      time: systemClock.date().toISOString(),
      ...facts,
      ...(detail !== undefined && { detail }),
      ...(!ok && { error: { code: code ?? 'CANCELLED', message: why } }),
    });
  }

  private finished(running: Running, progress: RolloutProgress, targets: ReadonlyMap<string, Target>): void {
    const { request, id } = running;
    if (request.target !== 'modem')
      this.audit(request, {
        imei: '',
        action: request.action,
        rollout: id,
        result: progress.mode === 'running' ? 'finished' : progress.mode,
        detail: `${progress.ok} of ${progress.total} well`,
      });
    this.told.summary(
      running,
      summaryOf(
        request,
        progress,
        [...targets.values()].map(({ imei, state, outcome }) => [imei, state, outcome] as const),
      ),
    );
    if (request.target === 'modem') void this.forgetFinished();
    else void this.saveIndex();
  }

  /** Finished ones stay until the next begins, so that their silent ones can be retried. */
  private async forgetFinished(): Promise<void> {
    for (const [id, { run, store }] of [...this.entries]) {
      if (run.progress?.isFinished !== true) continue;
      this.entries.delete(id);
      run.close();
      await store.clear().catch((thrown: unknown) => this.node.warn(asReadError(thrown).detail));
    }
    await this.saveIndex();
  }

  private putIndex(): Promise<void> {
    return this.keys.put({ [INDEX]: [...this.entries.keys()] });
  }

  private async saveIndex(): Promise<void> {
    await this.putIndex().catch((thrown: unknown) => this.node.warn(asReadError(thrown).detail));
  }
}

function summaryOf(
  request: ConfigRequest,
  progress: RolloutProgress,
  targets: readonly (readonly [imei: string, state: TargetState, outcome: Outcome | null])[],
): SummaryPayload {
  const byImei = Object.fromEntries(
    targets.map(([imei, state, outcome]) => [
      imei,
      {
        ok: GOOD_STATES.some((good) => good === state),
        state,
        ...(outcome?.detail !== undefined && { detail: outcome.detail }),
      },
    ]),
  );
  return { ...progress, action: request.action, byImei };
}

function progressOfAll(rollout: string, states: readonly FinalState[]): RolloutProgress {
  const counts: Partial<Record<TargetState, number>> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  const ok = states.filter((state) => GOOD_STATES.includes(state)).length;
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

export function unknownRollout(id: string): ReadError {
  return new ReadError(
    'CONFIG_INVALID',
    id === '' ? 'no rollout is under way in this node' : `there is no rollout "${id.slice(0, 40)}" in this node`,
    'configure',
  );
}

const INDEX = 'rollouts';
/** Stands for any modem where the order is the same for all. */
const ANY_IMEI = '000000000000000';
