// Everything Node-RED about a reader: lifecycle, status, errors, cancel, message shape. A reader's own file says only
// what is read and how (ReaderSpec).
import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  asReadError,
  failure,
  ReadError,
  systemClock,
  type Done,
  type Job,
  type Lane,
  type LineSettings,
  type Readout,
  Fields,
} from '../../src/core/index';
import { Badge } from './badge';
import { explain } from './explain';
import { badgeText, messagesOf, OUTPUTS, subjectOf } from './messages';
import { migrate, type Config, type Migration } from './migrate';
import { modemNodeOf, type DoneCallback, type ModemNode, type Msg, type Secrets, type Send } from './palette';
import { Heard, UsualBytes, type Predicted } from './progress';
import { listenUnasked, type Unasked } from './unasked';

/** Where a read happens: for what is kept per modem, in the context of the node. */
export interface Place {
  readonly imei: string;
  readonly node: Node;
}

export interface ReaderSpec<Q> {
  readonly type: string;
  /** Names of the credentials and how the editor treats them. */
  readonly credentials?: Readonly<Record<string, { type: 'text' | 'password' }>>;
  readonly migrations: readonly Migration[];
  /** Properties overridden by the message, typed; throws CONFIG_INVALID with the field. */
  parse(fields: Fields, secrets: Secrets, line: LineSettings): Q;
  protocol(q: Q): string;
  /** The meter's address as text: unit, address, link address, server SAP. */
  meter(q: Q): string;
  job(
    q: Q,
    place: Place,
  ): Pick<Job<Readout>, 'start' | 'quietMs' | 'key' | 'line'> & Partial<Pick<Job<Readout>, 'attempts'>>;
  /** Another way to the lane than a job of its own: for readers that share a talk. */
  run?(q: Q, job: Job<Readout>, port: Lane, place: Place): Promise<Done<Readout>>;
  /** The node asks no more, of this port or of any: what it keeps open ends. */
  leave?(node: Node, port?: Lane): void;
  /** How long the read will take, where that is known before: for the badge. */
  predicted?(q: Q, roundTripMs: number, line: LineSettings): Predicted | undefined;
  /** How the bytes of a meter that sends by itself become readouts; undefined = this node asks. */
  unasked?(fields: Fields, secrets: Secrets): Unasked | undefined;
}

export function readerNode<Q>(RED: NodeAPI, spec: ReaderSpec<Q>): void {
  function ReaderNode(this: Node, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const reader = new Reader(RED, this, spec, migrate({ ...definition }, spec.migrations));
    this.on('input', (msg, send, done) => void reader.input(msg as Msg, send, done));
    this.on('close', (_removed: boolean, done: () => void) => void reader.close().then(done, done));
  }
  RED.nodes.registerType(spec.type, ReaderNode, spec.credentials ? { credentials: spec.credentials } : {});
}

class Reader<Q> {
  private readonly badge: Badge;
  private readonly modemNode: ModemNode | ReadError;
  private readonly running = new Map<string, Set<AbortController>>();
  private readonly stopLink: (() => void) | undefined;
  private readonly stopUnasked: (() => void) | undefined;
  private readonly usual = new UsualBytes();

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly spec: ReaderSpec<Q>,
    private readonly config: Config,
  ) {
    this.badge = new Badge(RED, node, spec.type);
    this.modemNode = modemNodeOf(RED, config['modem']);
    this.stopLink =
      this.modemNode instanceof ReadError
        ? undefined
        : this.modemNode.link.onState((state, failure) => this.badge.link(state, failure));
    this.stopUnasked = this.listen();
  }

  async input(msg: Msg, send: Send, done: DoneCallback): Promise<void> {
    let subject = '';
    this.badge.begin();
    try {
      const modemNode = this.modemNode;
      if (modemNode instanceof ReadError) throw modemNode;
      const imei = modemNode.imeiOf(msg);
      subject = imei;
      if (msg['cancel'] === true) {
        for (const stop of this.running.get(imei) ?? []) stop.abort();
        const port = modemNode.registry.find(imei)?.ports[0];
        if (port) this.spec.leave?.(this.node, port);
        this.badge.ended(`${this.spec.type}.status.ready`);
        return done();
      }
      const fields = new Fields(overridden(this.config, msg));
      const q = this.spec.parse(
        fields,
        secretsOf(this.node, fields, Object.keys(this.spec.credentials ?? {})),
        modemNode.profile.line,
      );
      subject = subjectOf(imei, this.spec.meter(q));
      const { value, link } = await this.read(modemNode, imei, q, msg);
      const name = fields.text('name');
      const report = {
        imei,
        protocol: this.spec.protocol(q),
        meter: this.spec.meter(q),
        ...(name !== '' && { name }),
        time: systemClock.date().toISOString(),
        ...value,
        link,
      };
      for (const out of messagesOf(msg, report, fields.choice('output', OUTPUTS, 'report'))) send(out);
      this.badge.ended(badgeText(value));
      done();
    } catch (thrown) {
      const error = asReadError(thrown);
      this.badge.failed(error);
      done(explain(this.RED, this.spec.type, error, subject));
    }
  }

  async close(): Promise<void> {
    this.stopLink?.();
    this.stopUnasked?.();
    for (const stops of this.running.values()) for (const stop of stops) stop.abort();
    this.spec.leave?.(this.node);
    this.badge.clear();
  }

  private async read(modemNode: ModemNode, imei: string, q: Q, msg: Msg): Promise<Done<Readout>> {
    const stop = new AbortController();
    const stops = this.running.get(imei) ?? new Set();
    this.running.set(imei, stops.add(stop));
    const modem = modemNode.acquire(imei);
    const place = { imei, node: this.node };
    const job = this.spec.job(q, place);
    const port = modem.ports[0];
    const heard = new Heard(
      this.badge,
      this.usual.of(imei, job.key),
      this.spec.predicted?.(q, port.roundTripMs, modemNode.profile.line),
    );
    try {
      const whole: Job<Readout> = {
        label: `${this.spec.type} ${this.spec.meter(q)}`,
        attempts: modemNode.profile.attempts,
        queueMs: QUEUE_MS,
        priority: new Fields(msg).integer('priority', { min: -1000, max: 1000, fallback: 0 }),
        meter: `${this.spec.protocol(q)} ${this.spec.meter(q)}`,
        signal: stop.signal,
        onProgress: (progress) => heard.progress(progress),
        trace: (event) => heard.trace(event),
        ...job,
      };
      const done = await (this.spec.run?.(q, whole, port, place) ?? port.run(whole));
      this.usual.keep(imei, job.key, done.link.bytesIn);
      return done;
    } finally {
      modemNode.release(imei);
      stops.delete(stop);
      if (stops.size === 0) this.running.delete(imei);
    }
  }

  /** A meter that sends by itself: each of its readouts is a message that nobody asked for. */
  private listen(): (() => void) | undefined {
    const fields = new Fields(this.config);
    try {
      const unasked = this.spec.unasked?.(
        fields,
        secretsOf(this.node, fields, Object.keys(this.spec.credentials ?? {})),
      );
      if (!unasked) return undefined;
      const output = fields.choice('output', OUTPUTS, 'report');
      const named = fields.has('name') ? { name: fields.text('name') } : {};
      return listenUnasked(this.modemNode, unasked, (report) => {
        this.badge.begin();
        if (report instanceof ReadError) return this.failUnasked(report);
        for (const out of messagesOf({ _msgid: this.RED.util.generateId() }, { ...report, ...named }, output))
          this.node.send(out);
        this.badge.ended(badgeText(report));
      });
    } catch (thrown) {
      this.badge.begin();
      this.failUnasked(thrown);
      return undefined;
    }
  }

  /** With a message, so that a Catch node hears of it. */
  private failUnasked(thrown: unknown): void {
    this.badge.failed(asReadError(thrown));
    this.node.error(
      explain(this.RED, this.spec.type, thrown, this.modemNode instanceof ReadError ? '' : this.modemNode.imei),
      { _msgid: this.RED.util.generateId() },
    );
  }
}

/** A message's own wishes over the node's properties: msg.meter's fields, then the ones that stand on msg itself. */
function overridden(config: Config, msg: Msg): Config {
  const meter = msg['meter'];
  if (meter !== undefined && (typeof meter !== 'object' || meter === null || Array.isArray(meter))) {
    throw failure('settings.meterNoObject', {}, 'configure');
  }
  const direct = Object.fromEntries(
    ['from', 'to', 'items', 'registers'].filter((key) => msg[key] !== undefined).map((key) => [key, msg[key]]),
  );
  // A word of consent counts only where it stands by itself on this one message.
  return { ...config, ...(meter as Config | undefined), ...direct, confirm: msg['confirm'] === true };
}

/** Credentials of the node; a message may bring its own for its meter. They go no further than the dialogue. */
function secretsOf(node: Node, fields: Fields, names: readonly string[]): Secrets {
  const stored = (node.credentials ?? {}) as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [name, fields.text(name, String(stored[name] ?? ''))]));
}

/** How long a read may wait for its turn, retries included. */
const QUEUE_MS = 600_000;
