// mtx-status: what every modem says of itself, whether it is there, what changed and what is wrong; and answers about the
// whole fleet to a message in.
import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  asReadError,
  failure as wordless,
  FleetRegistry,
  FleetWatch,
  ReadError,
  systemClock,
  type EventName,
  type FleetEvent,
  type LineFacts,
  Fields,
} from '../../src/core/index';
import { Badge } from '../shared/badge';
import { explain } from '../shared/explain';
import { migrate } from '../shared/migrate';
import { modemNodeOf, type DoneCallback, type ModemNode, type Msg, type Send } from '../shared/palette';
import { answerTo } from './answer';
import { parseSettings, type StatusSettings } from './settings';
import { contextStore } from './store';

function init(RED: NodeAPI): void {
  function MtxStatus(this: Node, definition: NodeDef & { modem?: string }): void {
    RED.nodes.createNode(this, definition);
    const badge = new Badge(RED, this, 'mtx-status');
    const closed = new AbortController();
    let watch: FleetWatch | undefined;
    let failure: ReadError | undefined;
    let stopLink: (() => void) | undefined;
    try {
      const modemNode = modemNodeOf(RED, definition.modem);
      if (modemNode instanceof ReadError) throw modemNode;
      const settings = parseSettings(new Fields(migrate({ ...definition }, [])), modemNode);
      watch = begin(RED, this, modemNode, settings);
      stopLink = modemNode.link.onState((state, why) => badge.link(state, why));
      void keepBadge(RED, badge, watch.fleet, settings, closed.signal);
    } catch (thrown) {
      failure = asReadError(thrown, 'configure');
      badge.begin();
      badge.failed(failure);
      this.error(explain(RED, 'mtx-status', failure, definition.name).message);
    }

    this.on('input', (input, send, done) => {
      try {
        if (!watch) throw failure ?? wordless('wire.defect', { where: 'mtx-status' });
        answer(watch.fleet, input as Msg, send, done);
      } catch (thrown) {
        done(explain(RED, 'mtx-status', thrown, definition.name));
      }
    });
    this.on('close', (_removed: boolean, done: () => void) => {
      closed.abort();
      stopLink?.();
      badge.clear();
      (watch?.close() ?? Promise.resolve()).then(done, done);
    });
  }
  RED.nodes.registerType('mtx-status', MtxStatus);
}

function answer(fleet: FleetRegistry, msg: Msg, send: Send, done: DoneCallback): void {
  const { query, payload, total } = answerTo(fleet, msg.payload);
  send(Object.assign(msg, { payload, query, topic: msg.topic ?? query, ...(total !== undefined && { total }) }));
  done();
}

/** Loads what was known, listens, and sends the events that the user wants. */
function begin(RED: NodeAPI, node: Node, modemNode: ModemNode, settings: StatusSettings): FleetWatch {
  const wanted: ReadonlySet<EventName> = new Set(settings.events);
  const fleet = new FleetRegistry(settings.fleet, {
    clock: systemClock,
    onEvent: (event: FleetEvent) => {
      if (wanted.has(event.event)) node.send({ topic: event.imei, imei: event.imei, payload: event } as unknown as Msg);
    },
    lineOf: (imei) => lineOf(modemNode, imei),
  });
  const watch = new FleetWatch(fleet, {
    link: modemNode.link,
    clock: systemClock,
    topics: modemNode.profile.topics,
    imei: modemNode.imei,
    ...(settings.will && { will: settings.will }),
    store: contextStore(RED, node, settings.store),
    saveMs: settings.saveMs,
    onTrouble: (error) => node.warn(explain(RED, 'mtx-status', error, modemNode.imei || modemNode.name).message),
  });
  watch.start().then(
    () => {
      for (const { imei, place } of settings.places) fleet.setPlace(imei, place);
    },
    (thrown: unknown) => node.error(explain(RED, 'mtx-status', thrown, modemNode.imei).message),
  );
  return watch;
}

function lineOf(modemNode: ModemNode, imei: string): LineFacts | undefined {
  const facts = modemNode.registry.find(imei)?.ports[0].facts;
  if (!facts) return undefined;
  const ago = (at: number | undefined): number | undefined => (at === undefined ? undefined : systemClock.now() - at);
  return {
    heardAgoMs: ago(facts.heardAt),
    answeredAgoMs: ago(facts.answeredAt),
    failed: facts.failed && { agoMs: systemClock.now() - facts.failed.at, code: facts.failed.code },
  };
}

/** How many are on line; of a single modem how it stands. Once a second at most, and only when it changed. */
async function keepBadge(
  RED: NodeAPI,
  badge: Badge,
  fleet: FleetRegistry,
  settings: StatusSettings,
  signal: AbortSignal,
): Promise<void> {
  let shown = '';
  while (!signal.aborted) {
    await systemClock.sleep(BADGE_MS, signal);
    const { total, states } = fleet.counts;
    const modem = settings.fleet.imei === '' ? undefined : fleet.modem(settings.fleet.imei);
    const text = modem
      ? [
          RED._(`mtx-status.state.${modem.state}`),
          ...(modem.signal.dbm === null ? [] : [`${modem.signal.dbm} dBm`]),
        ].join(', ')
      : RED._('mtx-status.status.fleet', { online: String(states.online), total: String(total) });
    if (signal.aborted || text === shown || total === 0) continue;
    shown = text;
    badge.begin();
    badge.ended(text);
  }
}

const BADGE_MS = 1_000;

export = init;
