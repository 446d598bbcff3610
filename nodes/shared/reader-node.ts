// Everything Node-RED about a reader, beyond the life that all asking nodes share: the job on the modem's line, how far
// it is, and the shape of what comes out. A reader's own file says only what is read and how (ReaderSpec).
import type { Node, NodeAPI } from 'node-red';
import {
  Fields,
  QUEUE_MS,
  systemClock,
  type Done,
  type Job,
  type Lane,
  type LineSettings,
  ReadError,
  type Readout,
  type Unasked,
} from '../../src/core/index';
import { askingNode, secretsOf, type Ask, type Asker, type Host } from './asking-node';
import { worded, wordsOf } from './explain';
import { badgeText, messagesOf, OUTPUTS, subjectOf } from './messages';
import type { Migration } from './migrate';
import type { ModemNode, Msg, Secrets } from './palette';
import { BadgeProgress, UsualBytes, type Predicted } from './progress';
import { listenUnasked } from './unasked';

/** Where a read happens: for what is kept per modem, in the context of the node. */
export interface ReadPlace {
  readonly imei: string;
  readonly node: Node;
}

export interface ReaderSpec<Q> {
  readonly type: string;
  /** Names of the credentials and how the editor treats them. */
  readonly credentials?: Readonly<Record<string, { type: 'text' | 'password' }>>;
  readonly migrations: readonly Migration[];
  /** Properties that a message may set under their own names, beside all of them in `msg.meter`. */
  readonly overrides: readonly string[];
  /** Properties overridden by the message, typed; throws CONFIG_INVALID with the field. */
  parse(fields: Fields, secrets: Secrets, line: LineSettings): Q;
  protocol(q: Q): string;
  /** The meter's address as text: unit, address, link address, server SAP. */
  meter(q: Q): string;
  job(
    q: Q,
    place: ReadPlace,
  ): Pick<Job<Readout>, 'start' | 'quietMs' | 'key' | 'line'> & Partial<Pick<Job<Readout>, 'attempts'>>;
  /** Another way to the lane than a job of its own: for readers that share a talk. */
  run?(q: Q, job: Job<Readout>, port: Lane, place: ReadPlace): Promise<Done<Readout>>;
  /** The node asks no more, of this port or of any: what it keeps open ends. */
  leave?(node: Node, port?: Lane): void;
  /** How long the read will take, where that is known before: for the badge. */
  predicted?(q: Q, roundTripMs: number, line: LineSettings): Predicted | undefined;
  /** How the bytes of a meter that sends by itself become readouts; undefined = this node asks. */
  unasked?(fields: Fields, secrets: Secrets): Unasked | undefined;
}

export function readerNode<Q>(RED: NodeAPI, spec: ReaderSpec<Q>): void {
  askingNode(RED, {
    type: spec.type,
    ...(spec.credentials && { credentials: spec.credentials }),
    migrations: spec.migrations,
    overrides: { fields: spec.overrides, objects: ['meter'] },
    make: (host) => new Reader(host, spec),
  });
}

class Reader<Q> implements Asker {
  private readonly usual = new UsualBytes();
  private readonly stopUnasked: (() => void) | undefined;
  private unasked: Unasked | undefined;

  constructor(
    private readonly host: Host,
    private readonly spec: ReaderSpec<Q>,
  ) {
    this.stopUnasked = this.listen();
  }

  imeiOf(msg: Msg): string {
    return this.host.modem().imeiOf(msg);
  }

  async ask({ msg, send, fields, secrets, signal, about }: Ask): Promise<string> {
    const { spec, unasked } = this;
    if (unasked?.forgetCounters && msg['counter'] === 'reset') {
      unasked.forgetCounters();
      return `${spec.type}.status.ready`;
    }
    const modemNode = this.host.modem();
    const imei = modemNode.imeiOf(msg);
    about(imei);
    const q = spec.parse(fields, secrets, modemNode.profile.line);
    about(imei, subjectOf(imei, spec.meter(q)));
    const { value, link } = await this.read(modemNode, imei, q, msg, signal);
    const name = fields.text('name');
    const report = {
      imei,
      protocol: spec.protocol(q),
      meter: spec.meter(q),
      ...(name !== '' && { name }),
      time: systemClock.date().toISOString(),
      ...value,
      readings: worded(value.readings, wordsOf(this.host.RED, spec.type)),
      link,
    };
    for (const out of messagesOf(msg, report, fields.choice('output', OUTPUTS, 'report'))) send(out);
    return badgeText(value);
  }

  cancel(imei: string): void {
    const port = this.host.modem().registry.find(imei)?.ports[0];
    if (port) this.spec.leave?.(this.host.node, port);
  }

  close(): void {
    this.stopUnasked?.();
    this.spec.leave?.(this.host.node);
  }

  private async read(modemNode: ModemNode, imei: string, q: Q, msg: Msg, signal: AbortSignal): Promise<Done<Readout>> {
    const { admission, profile } = modemNode;
    const priority = new Fields(msg).integer('priority', { min: -1000, max: 1000, fallback: 0 });
    await admission.enter(imei, { priority, queueMs: QUEUE_MS, queueLimit: profile.queueLimit, signal });
    try {
      return await this.readNow(modemNode, imei, q, { priority, signal });
    } finally {
      admission.leave(imei);
    }
  }

  private async readNow(
    modemNode: ModemNode,
    imei: string,
    q: Q,
    asked: { readonly priority: number; readonly signal: AbortSignal },
  ): Promise<Done<Readout>> {
    const { spec, host } = this;
    const { attempts, line } = modemNode.profile;
    const modem = modemNode.acquire(imei);
    try {
      const place = { imei, node: host.node };
      const job = spec.job(q, place);
      const port = modem.ports[0];
      const predicted = spec.predicted?.(q, port.roundTripMs, line);
      const heard = new BadgeProgress(host.badge, this.usual.of(imei, job.key), predicted);
      const whole: Job<Readout> = {
        label: `${spec.type} ${spec.meter(q)}`,
        attempts,
        queueMs: QUEUE_MS,
        ...asked,
        meter: `${spec.protocol(q)} ${spec.meter(q)}`,
        onProgress: (progress) => heard.progress(progress),
        trace: (event) => heard.trace(event),
        ...job,
      };
      const done = await (spec.run?.(q, whole, port, place) ?? port.run(whole));
      this.usual.keep(imei, job.key, done.link.bytesIn);
      return done;
    } finally {
      modemNode.release(imei);
    }
  }

  /** A meter that sends by itself: each of its readouts is a message that nobody asked for. */
  private listen(): (() => void) | undefined {
    const { host, spec } = this;
    const fields = new Fields(host.config);
    let imei = '';
    try {
      const unasked = spec.unasked?.(fields, secretsOf(host.node, fields, Object.keys(spec.credentials ?? {})));
      if (!unasked) return undefined;
      this.unasked = unasked;
      const output = fields.choice('output', OUTPUTS, 'report');
      const named = fields.has('name') ? { name: fields.text('name') } : {};
      const modemNode = host.modem();
      imei = modemNode.imei;
      return listenUnasked(modemNode, unasked, (report) => {
        if (report instanceof ReadError) return host.failUnasked(report, imei);
        host.badge.begin();
        const msg = { _msgid: host.RED.util.generateId() };
        const readings = worded(report.readings, wordsOf(host.RED, spec.type));
        for (const out of messagesOf(msg, { ...report, ...named, readings }, output)) host.node.send(out);
        host.badge.ended(badgeText(report));
      });
    } catch (thrown) {
      host.failUnasked(thrown, imei);
      return undefined;
    }
  }
}
