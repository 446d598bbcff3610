// mtx-broker: one MQTT connection, shared by every modem that names it.
import type { NodeAPI, NodeDef } from 'node-red';
import {
  Admission,
  asReadError,
  Broker,
  PlatformPresence,
  Registry,
  systemClock,
  systemRandom,
  type ReadError,
  Fields,
} from '../../src/core/index';
import { explain } from '../shared/explain';
import type { BrokerNode } from '../shared/palette';
import { brokerAdmin } from './admin';
import { cutShort } from './cut-short';
import { brokerOptions } from './options';

function setUp(RED: NodeAPI, node: BrokerNode, fields: Fields, counts: Map<string, number>): void {
  const inFlight = fields.integer('inFlight', { min: 1, max: 100_000, fallback: 500 });
  const broker = new Broker(
    brokerOptions(RED, fields, (node.credentials ?? {}) as Record<string, string>),
    systemClock,
    systemRandom,
  );
  const onOther = (warning: ReadError): void =>
    node.warn(explain(RED, 'mtx-broker', warning, fields.text('url')).message);
  const context = { link: broker, clock: systemClock, random: systemRandom };
  const presence = fields.flag('presence', true) ? new PlatformPresence({ ...context, onOther }) : undefined;
  const registry = new Registry(context, undefined, presence);
  const admission = new Admission(systemClock, inFlight);
  const stopped = new AbortController();
  const note = cutShort(RED, node, counts, stopped.signal);
  Object.assign(node, { broker, registry, admission, cutShort: note });

  let told = '';
  const stop = broker.onState((state, failure) => {
    // once per cause, not once per attempt, and not as an error: that would reach every user node of this one
    const cause = failure ? `${failure.code} ${failure.detail}` : state;
    if (cause === told || state === 'connecting' || state === 'closed') return;
    told = cause;
    if (failure) node.warn(explain(RED, 'mtx-broker', failure, fields.text('url')).message);
    else if (state === 'online') node.log(RED._('mtx-broker.status.online'));
  });
  node.on('close', (_removed: boolean, done: () => void) => {
    stop();
    stopped.abort();
    void registry
      .close()
      .then(() => broker.close())
      .then(done, done);
  });
}

function init(RED: NodeAPI): void {
  const cutShortCounts = new Map<string, number>();
  function MtxBroker(this: BrokerNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const fields = new Fields({ ...definition });
    try {
      setUp(RED, this, fields, cutShortCounts);
    } catch (thrown) {
      // the node stays, so that each of its users can tell what is wrong with it
      const failure = asReadError(thrown, 'configure');
      Object.assign(this, { failure });
      this.error(explain(RED, 'mtx-broker', failure, fields.text('url')).message);
    }
  }
  RED.nodes.registerType<BrokerNode, NodeDef, object, object>('mtx-broker', MtxBroker, {
    credentials: { user: { type: 'text' }, password: { type: 'password' } },
  });
  brokerAdmin(RED);
}

export = init;
