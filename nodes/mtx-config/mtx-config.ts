// mtx-config: desired against reported configuration of one modem, or rolled out over many; ready actions; audit.
import { isAbsolute, join } from 'node:path';
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import {
  asReadError,
  auditLine,
  auditRecord,
  failure,
  phrase,
  Rollouts,
  unknownRollout,
  type AuditEvent,
  type Phrase,
  type Running,
  type SummaryTold,
  type TargetTold,
  type Told,
  FINAL_STATES,
  filterOfTemplate,
  parameterRows,
  ReadError,
  systemClock,
  type FinalState,
  type RolloutEvent,
  Fields,
  parseImei,
} from '../../src/core/index';
import { Badge } from '../shared/badge';
import { explain } from '../shared/explain';
import { modemNodeOf, smsNodeOf, type DoneCallback, type ModemNode, type Msg } from '../shared/palette';
import { configAdmin } from './admin';
import { AuditFile } from './audit-file';
import { parseWanted } from './request';
import { errorOf, resultPayload, saidOf, summaryPayload, withDetail, type ResultPayload } from './payloads';
import { Seal } from './seal';
import { speakerOf } from './speaker';
import { ContextKeys } from './store';

type Outputs = (out: readonly [NodeMessageInFlow | null, NodeMessageInFlow | null]) => void;

function init(RED: NodeAPI): void {
  function MtxConfig(this: Node, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const node = new ConfigNode(RED, this, { ...definition });
    this.on('input', (msg, _send, done) => void node.input(msg as Msg, done));
    this.on('close', (removed: boolean, done: () => void) => void node.close(removed === true).then(done, done));
  }
  RED.nodes.registerType('mtx-config', MtxConfig, {
    credentials: Object.fromEntries(
      [...secretNames(), 'stateKey'].map((name) => [name, { type: 'password' as const }]),
    ),
  });
  configAdmin(RED);
}

class ConfigNode {
  private readonly badge: Badge;
  private readonly modemNode: ModemNode | ReadError;
  private readonly rollouts: Rollouts<Msg> | undefined;
  private file: AuditFile | undefined;
  private readonly fields: Fields;
  private readonly stops: (() => void)[] = [];
  private readonly closing = new AbortController();
  /** Who is told when a rollout ends. */
  private readonly waiting = new Map<
    string,
    { readonly done: DoneCallback; result: { target: TargetTold; payload: ResultPayload } | undefined }
  >();
  /** What was under way goes on; undefined when that could not be read. */
  private ready: Promise<void> | undefined;
  private progressAt = -Infinity;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly config: Readonly<Record<string, unknown>>,
  ) {
    this.badge = new Badge(RED, node, 'mtx-config');
    this.fields = new Fields(config);
    this.modemNode = modemNodeOf(RED, config['modem']);
    if (this.modemNode instanceof ReadError) return;
    try {
      this.rollouts = this.setUp(this.modemNode);
    } catch (thrown) {
      this.modemNode = asReadError(thrown, 'configure');
    }
  }

  async input(msg: Msg, done: DoneCallback): Promise<void> {
    const subject = typeof msg['imei'] === 'string' ? msg['imei'] : this.fields.text('name', 'mtx-config');
    this.badge.begin();
    try {
      if (this.modemNode instanceof ReadError) throw this.modemNode;
      const { rollouts, modemNode } = this;
      if (!rollouts) throw failure('wire.defect', { where: 'mtx-config' });
      await (this.ready ?? this.resume(rollouts));
      if (await this.control(rollouts, msg)) {
        this.badge.ended('mtx-config.status.ready');
        return done();
      }
      const secrets = (this.node.credentials ?? {}) as Record<string, string>;
      const wanted = parseWanted(new Fields(overridden(this.config, msg)), msg, modemNode, secrets, rollouts.newId());
      this.audit(wanted.request.user, {
        imei: wanted.request.target === 'modem' ? (wanted.targets[0]?.imei ?? '') : '',
        action: wanted.request.action,
        rollout: wanted.plan.id,
        result: 'started',
        why: phrase('fleet.startedWith', { count: wanted.targets.length }),
      });
      if (wanted.request.target === 'all') {
        const { ok, total } = await rollouts.broadcast(wanted, msg);
        this.badge.ended(`${ok}/${total} OK`);
        return done();
      }
      this.waiting.set(wanted.plan.id, { done, result: undefined });
      await rollouts.start(wanted, msg).catch((thrown: unknown) => {
        this.waiting.delete(wanted.plan.id);
        throw thrown;
      });
    } catch (thrown) {
      this.fail(asReadError(thrown), subject, done);
    }
  }

  private resume(rollouts: Rollouts<Msg>): Promise<void> {
    const ready = rollouts.resume();
    this.ready = ready;
    ready.catch(() => (this.ready = undefined));
    return ready;
  }

  async close(isRemoved: boolean): Promise<void> {
    this.closing.abort();
    for (const stop of this.stops.splice(0)) stop();
    await this.rollouts?.close(isRemoved);
    await this.file?.close();
    for (const { done } of this.waiting.values()) done(); // it goes on from the context store
    this.badge.clear();
  }

  private setUp(modemNode: ModemNode): Rollouts<Msg> {
    const { fields, node, RED } = this;
    const path = fields.text('auditPath');
    const full = path === '' || isAbsolute(path) ? path : join(String(RED.settings.userDir ?? '.'), path);
    this.file = new AuditFile(
      full,
      fields.integer('auditSize', { min: 1, max: 1_000_000, fallback: 1_024 }) * 1024,
      fields.integer('auditFiles', { min: 1, max: 1_000, fallback: 5 }),
      (detail) => node.warn(RED._('mtx-config.warning.audit', { path: full, detail })),
    );
    const seal = new Seal(String((node.credentials as Record<string, unknown> | undefined)?.['stateKey'] ?? ''));
    const { link, registry, profile } = modemNode;
    const rollouts = new Rollouts<Msg>({
      clock: systemClock,
      link,
      registry,
      profile,
      acquire: (imei) => modemNode.acquire(imei),
      release: (imei) => modemNode.release(imei),
      sms: () => {
        const found = smsNodeOf(RED, fields.text('sms'));
        return found instanceof ReadError ? found : found.sms;
      },
      keys: new ContextKeys(node, fields.text('store'), seal),
      told: this.told(),
      bare: (id) => ({ _msgid: id }) as Msg,
    });
    this.stops.push(modemNode.link.onState((state, failure) => this.badge.link(state, failure)));
    const { status } = modemNode.profile.topics;
    void modemNode.link
      .observe(filterOfTemplate(status), ({ topic, payload, isRetained }) => {
        const imei = isRetained ? undefined : speakerOf(status, topic, payload);
        if (imei !== undefined) rollouts.sign(imei);
      })
      .then(
        (stop) => (this.closing.signal.aborted ? stop() : void this.stops.push(stop)),
        (thrown: unknown) => this.warn(asReadError(thrown)),
      );
    this.resume(rollouts).catch((thrown: unknown) => this.warn(asReadError(thrown)));
    return rollouts;
  }

  /** Messages about rollouts that are under way, not for a new one. */
  private async control(rollouts: Rollouts<Msg>, msg: Msg): Promise<boolean> {
    const id = typeof msg['rolloutId'] === 'string' ? msg['rolloutId'] : '';
    const gate = msg['gate'];
    if (isObject(gate)) {
      const imei = parseImei(String(gate['imei'] ?? msg['imei'] ?? '').trim());
      rollouts.signs.note(imei); // whoever vouches for its meters has seen it alive
      await rollouts.tell((at) => ({ on: 'gate', at, imei, isOk: gate['ok'] === true }), id);
      return true;
    }
    const word = msg['cancel'] === true ? 'cancel' : msg['rollout'];
    if (typeof word !== 'string' || word === '') return false;
    if (word === 'progress') {
      this.send({ ...msg, payload: rollouts.progress(), isProgress: true } as Msg);
      return true;
    }
    const events = controlEvents(word, msg);
    let count = 0;
    for (const make of events) count = await rollouts.tell(make, id);
    if (count === 0) throw unknownRollout(id);
    const user = typeof msg['user'] === 'string' ? msg['user'] : '';
    this.audit(user, { imei: '', action: word, rollout: id, result: 'OK' });
    return true;
  }

  private told(): Told<Msg> {
    return {
      result: (running, target) => this.result(running, target),
      progress: (running, progress) => {
        if (running.request.target === 'modem') return;
        this.badge.working(`${progress.total - progress.open}/${progress.total}`);
        const now = systemClock.now();
        if (progress.isFinished || now - this.progressAt < PROGRESS_MS) return;
        this.progressAt = now;
        this.send({
          ...running.asked,
          payload: { ...progress, action: running.request.action },
          isProgress: true,
        } as Msg);
      },
      gate: (running, imei, until) =>
        this.send({
          ...running.asked,
          imei,
          topic: imei,
          payload: { imei, rollout: running.id, until: until.toISOString() },
          isGate: true,
        } as Msg),
      summary: (running, summary) => this.summary(running, summary),
      audit: (user, event) => this.audit(user, event),
      warn: (what) => this.warn(what),
    };
  }

  private result(running: Running<Msg>, target: TargetTold): void {
    const waiting = this.waiting.get(running.id);
    const isOne = running.request.target === 'modem';
    const payload = resultPayload(this.RED, target);
    if (waiting && isOne) waiting.result = { target, payload };
    if (waiting && isOne && !payload.ok) return; // told by done(error)
    this.send({
      ...running.asked,
      imei: payload.imei,
      topic: isOne ? (running.asked.topic ?? payload.imei) : payload.imei,
      payload,
    } as Msg);
  }

  private summary(running: Running<Msg>, summary: SummaryTold): void {
    const waiting = this.waiting.get(running.id);
    this.waiting.delete(running.id);
    if (running.request.target !== 'modem') {
      this.send({ ...running.asked, payload: summaryPayload(this.RED, summary), isSummary: true } as Msg);
      this.badge.ended(`${summary.ok}/${summary.total} OK`);
      return waiting?.done();
    }
    if (!waiting) return;
    const { target, payload } = waiting.result ?? {};
    if (target && payload?.error) return this.fail(errorOf(target), target.imei, waiting.done, target.sms);
    this.badge.ended(`mtx-config.state.${target?.state ?? 'done'}`);
    waiting.done();
  }

  /** Kept in the file and sent on; the sentence is made here, the file keeps reason and facts beside it. */
  private audit(user: string, event: AuditEvent): void {
    const who = { node: this.node.name ?? this.node.id, flow: this.node.z ?? '', user };
    const record = withDetail(this.RED, auditRecord(systemClock.date(), who, event));
    this.file?.append(auditLine(record));
    this.emit([null, { topic: record.imei, payload: record } as unknown as NodeMessageInFlow]);
  }

  private warn(what: ReadError | Phrase): void {
    this.node.warn(saidOf(this.RED, what));
  }

  private fail(error: ReadError, subject: string, done: DoneCallback, sms: readonly string[] = []): void {
    this.badge.failed(error);
    const explained = explain(this.RED, 'mtx-config', error, subject);
    if (sms.length > 0) explained.message += `: ${sms.join(' | ')}`;
    done(explained);
  }

  private send(msg: Msg): void {
    this.emit([msg, null]);
  }

  private emit(out: Parameters<Outputs>[0]): void {
    (this.node as unknown as { send: Outputs }).send(out);
  }
}

/** A message's own wishes over the node's properties: msg.config's fields, then msg.action, msg.target and rollout figures. */
function overridden(config: Readonly<Record<string, unknown>>, msg: Msg): Readonly<Record<string, unknown>> {
  const { config: own, rollout } = msg;
  for (const [name, value] of [
    ['msg.config', own],
    ['msg.rollout', rollout],
  ] as const) {
    if (value !== undefined && !isObject(value)) throw failure('fleet.notProperties', { where: name }, 'configure');
  }
  const direct = Object.fromEntries(
    ['action', 'target'].filter((key) => msg[key] !== undefined).map((key) => [key, msg[key]]),
  );
  const list =
    msg['imeis'] !== undefined && msg['target'] === undefined && (config['target'] ?? 'modem') === 'modem'
      ? { target: 'list' }
      : {};
  return { ...config, ...(own as object | undefined), ...(rollout as object | undefined), ...list, ...direct };
}

function controlEvents(word: string, msg: Msg): readonly ((at: number) => RolloutEvent)[] {
  switch (word) {
    case 'pause':
    case 'resume':
    case 'cancel':
      return [(at) => ({ on: word, at })];
    case 'retry': {
      const states = Array.isArray(msg['states'])
        ? msg['states'].filter((state): state is FinalState => FINAL_STATES.some((known) => known === state))
        : (['silent'] as const);
      return [(at) => ({ on: 'retry', at, states })];
    }
    case 'remove':
      return (Array.isArray(msg['imeis']) ? msg['imeis'] : [msg['imei']]).map((imei: unknown) => (at: number) => ({
        on: 'gone',
        at,
        imei: String(imei),
      }));
    default:
      throw failure('fleet.controlWord', { shown: word.slice(0, 40) }, 'configure');
  }
}

function secretNames(): readonly string[] {
  return parameterRows.filter((row) => row.isSecret === true).map(({ name }) => name);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const PROGRESS_MS = 2_000;

export = init;
