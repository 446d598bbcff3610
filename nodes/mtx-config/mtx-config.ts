// mtx-config: desired against reported configuration of one modem, or rolled out over many; ready actions; audit.
import { isAbsolute, join } from 'node:path';
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import {
  asReadError,
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
import { Rollouts, unknownRollout, type ResultPayload, type Running, type SummaryPayload, type Told } from './rollouts';
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
  private readonly rollouts: Rollouts | undefined;
  private readonly fields: Fields;
  private readonly stops: (() => void)[] = [];
  private readonly closing = new AbortController();
  /** Who is told when a rollout ends. */
  private readonly waiting = new Map<string, { readonly done: DoneCallback; result: ResultPayload | undefined }>();
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
      if (!rollouts) throw new ReadError('INTERNAL', 'the node was not set up');
      await (this.ready ?? this.resume(rollouts));
      if (await this.control(rollouts, msg)) {
        this.badge.ended('mtx-config.status.ready');
        return done();
      }
      const secrets = (this.node.credentials ?? {}) as Record<string, string>;
      const wanted = parseWanted(new Fields(overridden(this.config, msg)), msg, modemNode, secrets, rollouts.newId());
      rollouts.audit(wanted.request, {
        imei: wanted.request.target === 'modem' ? (wanted.targets[0]?.imei ?? '') : '',
        action: wanted.request.action,
        rollout: wanted.plan.id,
        result: 'started',
        detail: `${wanted.targets.length} modems`,
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

  private resume(rollouts: Rollouts): Promise<void> {
    const ready = rollouts.resume();
    this.ready = ready;
    ready.catch(() => (this.ready = undefined));
    return ready;
  }

  async close(isRemoved: boolean): Promise<void> {
    this.closing.abort();
    for (const stop of this.stops.splice(0)) stop();
    await this.rollouts?.close(isRemoved);
    for (const { done } of this.waiting.values()) done(); // it goes on from the context store
    this.badge.clear();
  }

  private setUp(modemNode: ModemNode): Rollouts {
    const { fields, node, RED } = this;
    const path = fields.text('auditPath');
    const full = path === '' || isAbsolute(path) ? path : join(String(RED.settings.userDir ?? '.'), path);
    const file = new AuditFile(
      full,
      fields.integer('auditSize', { min: 1, max: 1_000_000, fallback: 1_024 }) * 1024,
      fields.integer('auditFiles', { min: 1, max: 1_000, fallback: 5 }),
      (detail) => node.warn(RED._('mtx-config.warning.audit', { path: full, detail })),
    );
    const seal = new Seal(String((node.credentials as Record<string, unknown> | undefined)?.['stateKey'] ?? ''));
    const rollouts = new Rollouts(
      node,
      modemNode,
      new ContextKeys(node, fields.text('store'), seal),
      file,
      () => smsNodeOf(RED, fields.text('sms')),
      this.told(),
    );
    this.stops.push(modemNode.link.onState((state, failure) => this.badge.link(state, failure)));
    const { status } = modemNode.profile.topics;
    void modemNode.link
      .observe(filterOfTemplate(status), ({ topic, payload, isRetained }) => {
        const imei = isRetained ? undefined : speakerOf(status, topic, payload);
        if (imei !== undefined) rollouts.sign(imei);
      })
      .then(
        (stop) => (this.closing.signal.aborted ? stop() : void this.stops.push(stop)),
        (thrown: unknown) => node.warn(asReadError(thrown).detail),
      );
    this.resume(rollouts).catch((thrown: unknown) => node.warn(asReadError(thrown).detail));
    return rollouts;
  }

  /** Messages about rollouts that are under way, not for a new one. */
  private async control(rollouts: Rollouts, msg: Msg): Promise<boolean> {
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
    rollouts.audit(
      { user: typeof msg['user'] === 'string' ? msg['user'] : '' },
      { imei: '', action: word, rollout: id, result: 'OK' },
    );
    return true;
  }

  private told(): Told {
    return {
      result: (running, payload) => this.result(running, payload),
      progress: (running, progress) => {
        if (running.request.target === 'modem') return;
        this.badge.working(`${progress.total - progress.open}/${progress.total}`);
        const now = systemClock.now();
        if (progress.isFinished || now - this.progressAt < PROGRESS_MS) return;
        this.progressAt = now;
        this.send({
          ...running.msg,
          payload: { ...progress, action: running.request.action },
          isProgress: true,
        } as Msg);
      },
      gate: (running, imei, until) =>
        this.send({
          ...running.msg,
          imei,
          topic: imei,
          payload: { imei, rollout: running.id, until: until.toISOString() },
          isGate: true,
        } as Msg),
      summary: (running, payload) => this.summary(running, payload),
      audit: (record) => this.emit([null, { topic: record.imei, payload: record } as unknown as NodeMessageInFlow]),
    };
  }

  private result(running: Running, payload: ResultPayload): void {
    const waiting = this.waiting.get(running.id);
    if (waiting && running.request.target === 'modem') waiting.result = payload;
    const error = payload.error && {
      ...payload.error,
      message: explain(
        this.RED,
        'mtx-config',
        new ReadError(payload.error.code as ReadError['code'], payload.error.message),
        payload.imei,
      ).message,
    };
    if (waiting && running.request.target === 'modem' && !payload.ok) return; // told by done(error)
    this.send({
      ...running.msg,
      imei: payload.imei,
      topic: running.request.target === 'modem' ? (running.msg.topic ?? payload.imei) : payload.imei,
      payload: { ...payload, ...(error && { error }) },
    } as Msg);
  }

  private summary(running: Running, payload: SummaryPayload): void {
    const waiting = this.waiting.get(running.id);
    this.waiting.delete(running.id);
    if (running.request.target !== 'modem') {
      this.send({ ...running.msg, payload, isSummary: true } as Msg);
      this.badge.ended(`${payload.ok}/${payload.total} OK`);
      return waiting?.done();
    }
    const { result } = waiting ?? {};
    if (!waiting) return;
    if (result?.error) {
      const sms = result.sms && result.sms.length > 0 ? `: ${result.sms.join(' | ')}` : '';
      return this.fail(
        new ReadError(result.error.code as ReadError['code'], `${result.error.message}${sms}`, 'read'),
        result.imei,
        waiting.done,
      );
    }
    this.badge.ended(`mtx-config.state.${result?.state ?? 'done'}`);
    waiting.done();
  }

  private fail(error: ReadError, subject: string, done: DoneCallback): void {
    this.badge.failed(error);
    done(explain(this.RED, 'mtx-config', error, subject));
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
    if (value !== undefined && !isObject(value))
      throw new ReadError('CONFIG_INVALID', `${name} has to be an object with properties of this node`, 'configure');
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
      throw new ReadError(
        'CONFIG_INVALID',
        `msg.rollout is "${word.slice(0, 40)}", but has to be pause, resume, cancel, retry, remove or progress`,
        'configure',
      );
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
