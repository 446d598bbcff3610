// The one life of every node that asks: begin, cancel, fail, done, badge, end. A node's own file says what is asked
// (Asker) and what a message may set in place of the node's own properties.
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { asReadError, failure, Fields, ReadError } from '../../src/core/index';
import { Badge } from './badge';
import { explain } from './explain';
import { migrate, type Config, type Migration } from './migrate';
import { modemNodeOf, type DoneCallback, type ModemNode, type Msg, type Secrets, type Send } from './palette';

export interface AskingSpec {
  readonly type: string;
  /** Names of the credentials and how the editor treats them. */
  readonly credentials?: Readonly<Record<string, { type: 'text' | 'password' }>>;
  readonly migrations?: readonly Migration[];
  readonly overrides?: Overrides;
  /** Called once for each node. */
  make(host: Host): Asker;
}

/**
 * What a message may set for itself alone: these properties under their own names, and any of them in these objects.
 */
export interface Overrides {
  readonly fields: readonly string[];
  readonly objects?: readonly string[];
}

/** What a node's own part may use. */
export interface Host {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly config: Config;
  readonly badge: Badge;
  /** The modem node that is chosen; throws where it is missing or could not be set up. */
  modem(): ModemNode;
  /** Resolves when all nodes of the flows are there to hear what is sent; to be asked for while the node is made. */
  started(): Promise<void>;
  /** An error that no message asked for, so that a Catch node hears of it. */
  failUnasked(thrown: unknown, subject: string): void;
}

/** One message and what belongs to it. */
export interface Ask {
  readonly msg: Msg;
  readonly send: Send;
  readonly fields: Fields;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
  /** Who this is about: the modem, for a later cancel, and the subject of an error. */
  about(imei: string, subject?: string): void;
}

export interface Asker {
  /** Carries one message out; returns the badge's text. */
  ask(ask: Ask): Promise<string>;
  /** The modem that a message names; '' = all that this node asks. */
  imeiOf(msg: Msg): string;
  /** A message about what is under way, not a new request; true if it was one and is done with. */
  control?(msg: Msg, send: Send): Promise<boolean>;
  /** More to end than the requests under way. */
  cancel?(imei: string): void;
  /** Whether the badge follows the broker; true if it is not said. */
  readonly followsLink?: boolean;
  close?(isRemoved: boolean): void | Promise<void>;
}

export function askingNode(RED: NodeAPI, spec: AskingSpec): void {
  function Asking(this: Node, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const life = new Life(RED, this, spec, migrate({ ...definition }, spec.migrations ?? []));
    this.on('input', (msg, send, done) => void life.input(msg as Msg, send, done));
    this.on('close', (removed: boolean, done: () => void) => void life.close(removed).then(done, done));
  }
  RED.nodes.registerType(spec.type, Asking, spec.credentials ? { credentials: spec.credentials } : {});
}

class Life implements Host {
  readonly badge: Badge;
  private readonly asker: Asker;
  private readonly stopLink: (() => void) | undefined;
  private readonly modemNode: ModemNode | undefined;
  /** Requests under way, and the modem that each is about. */
  private readonly running = new Map<AbortController, string>();
  private readonly unhear: (() => void)[] = [];

  constructor(
    readonly RED: NodeAPI,
    readonly node: Node,
    private readonly spec: AskingSpec,
    readonly config: Config,
  ) {
    this.badge = new Badge(RED, node, spec.type);
    this.asker = spec.make(this);
    const modem = modemNodeOf(RED, config['modem']);
    if (modem instanceof ReadError) return;
    this.modemNode = modem;
    if (this.asker.followsLink === false) return;
    this.stopLink = modem.link.onState((state, lost) => this.badge.link(state, lost));
  }

  modem(): ModemNode {
    const found = modemNodeOf(this.RED, this.config['modem']);
    if (found instanceof ReadError) throw found;
    return found;
  }

  async input(msg: Msg, send: Send, done: DoneCallback): Promise<void> {
    const stop = new AbortController();
    let subject = '';
    this.badge.begin();
    try {
      if (await this.control(msg, send)) {
        this.badge.ended(`${this.spec.type}.status.ready`);
        return done();
      }
      const fields = new Fields(overridden(this.config, msg, this.spec.overrides));
      const secrets = secretsOf(this.node, fields, Object.keys(this.spec.credentials ?? {}));
      const about = (imei: string, who = imei): void => {
        subject = who;
        this.running.set(stop, imei);
      };
      this.badge.ended(await this.asker.ask({ msg, send, fields, secrets, signal: stop.signal, about }));
      done();
    } catch (thrown) {
      const error = asReadError(thrown);
      this.badge.failed(error);
      done(explain(this.RED, this.spec.type, error, subject));
    } finally {
      this.running.delete(stop);
    }
  }

  started(): Promise<void> {
    const { events } = this.RED;
    return new Promise((resolve) => {
      events.once('flows:started', resolve);
      this.unhear.push(() => events.off('flows:started', resolve));
    });
  }

  failUnasked(thrown: unknown, subject: string): void {
    this.badge.begin();
    this.badge.failed(asReadError(thrown));
    this.node.error(explain(this.RED, this.spec.type, thrown, subject), { _msgid: this.RED.util.generateId() });
  }

  async close(isRemoved: boolean): Promise<void> {
    this.stopLink?.();
    this.tellCutShort();
    for (const stop of this.unhear) stop();
    for (const stop of this.running.keys()) stop.abort();
    await this.asker.close?.(isRemoved);
    this.badge.clear();
  }

  /** Node-RED drops `done` while it stops: the log and the broker node say what was under way. */
  private tellCutShort(): void {
    const requests = this.running.size;
    if (requests === 0) return;
    const modems = [...new Set(this.running.values())].slice(0, MOST_NAMED).join(', ');
    const error = failure('settings.cutShort', { requests, modems }, 'read');
    this.node.warn(`CANCELLED: ${explain(this.RED, this.spec.type, error, this.node.name ?? '').message}`);
    this.modemNode?.cutShort(requests);
  }

  private async control(msg: Msg, send: Send): Promise<boolean> {
    if ((await this.asker.control?.(msg, send)) === true) return true;
    if (msg['cancel'] !== true) return false;
    const imei = this.asker.imeiOf(msg);
    for (const [stop, about] of this.running) if (imei === '' || about === '' || about === imei) stop.abort();
    this.asker.cancel?.(imei);
    return true;
  }
}

const MOST_NAMED = 10;

/** A message's own wishes over the node's properties: first what stands in its objects, then on the message itself. */
export function overridden(config: Config, msg: Msg, overrides: Overrides = { fields: [] }): Config {
  const whole = (overrides.objects ?? []).map((name) => {
    const object: unknown = msg[name];
    if (object === undefined) return {};
    if (typeof object === 'object' && object !== null && !Array.isArray(object)) return object as Config;
    throw failure('settings.notProperties', { where: `msg.${name}` }, 'configure');
  });
  const direct = overrides.fields.filter((key) => msg[key] !== undefined).map((key) => [key, msg[key]] as const);
  // A word of consent counts only where it stands by itself on this one message.
  const consent = ['confirm', msg['confirm'] === true] as const;
  return Object.fromEntries([...[config, ...whole].flatMap((object) => Object.entries(object)), ...direct, consent]);
}

/** Credentials of the node; a message may bring its own for its meter. They go no further than the dialogue. */
export function secretsOf(node: Node, fields: Fields, names: readonly string[]): Secrets {
  const stored = (node.credentials ?? {}) as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [name, fields.text(name, String(stored[name] ?? ''))]));
}
