// mtx-status: what every modem says of itself, whether it is there, what changed and what is wrong; and answers about
// the whole fleet to a message in.
import type { NodeAPI } from 'node-red';
import {
  type Fact,
  asReadError,
  failure,
  Fields,
  FleetRegistry,
  FleetWatch,
  systemClock,
  type EventName,
  type FleetEvent,
  type SerialSide,
  type ReadError,
} from '../../src/core/index';
import { askingNode, type Ask, type Asker, type Host } from '../shared/asking-node';
import { explain, saidOf } from '../shared/explain';
import type { ModemNode, Msg } from '../shared/palette';
import { answerTo } from './answer';
import { parseSettings, type StatusSettings } from './settings';
import { contextStore } from './store';

function init(RED: NodeAPI): void {
  askingNode(RED, { type: TYPE, make: (host) => new StatusAsker(host) });
}

class StatusAsker implements Asker {
  private watch: FleetWatch | undefined;
  private broken: ReadError | undefined;
  /** What the badge says of the fleet. */
  private shown = '';

  constructor(private readonly host: Host) {
    try {
      const modemNode = host.modem();
      this.watch = this.begin(modemNode, parseSettings(new Fields(host.config), modemNode));
    } catch (thrown) {
      this.broken = asReadError(thrown, 'configure');
      host.failUnasked(this.broken, host.node.name ?? '');
    }
  }

  imeiOf(): string {
    return '';
  }

  async ask({ msg, send, about }: Ask): Promise<string> {
    about('', this.host.node.name ?? '');
    if (!this.watch) throw this.broken ?? failure('wire.defect', { where: TYPE });
    const { topic } = msg;
    await answerTo(this.watch, msg.payload, pause, ({ query, payload, total, page }) => {
      const told = { payload, query, topic: topic ?? query, ...(total !== undefined && { total }) };
      if (!page) return send(Object.assign(msg, told));
      send({ ...msg, ...told, parts: { id: msg._msgid, type: 'array', ...page, len: PARTS } } as Msg);
    });
    return this.shown === '' ? `${TYPE}.status.ready` : this.shown;
  }

  close(): Promise<void> | undefined {
    return this.watch?.close();
  }

  /** Loads what was known, listens, and sends the events that the user wants. */
  private begin(modemNode: ModemNode, settings: StatusSettings): FleetWatch {
    const { RED, node } = this.host;
    const wanted: ReadonlySet<EventName> = new Set(settings.events);
    const fleet = new FleetRegistry(settings.fleet, {
      clock: systemClock,
      onEvent: (event: FleetEvent) => {
        if (wanted.has(event.event))
          node.send({ topic: event.imei, imei: event.imei, payload: event } as unknown as Msg);
      },
      onFull: (max) =>
        this.host.failUnasked(failure('fleet.tooManyModems', { max }, 'configure'), modemNode.imei || modemNode.name),
      lineOf: (imei) => lineOf(RED, modemNode, imei),
    });
    const watch = new FleetWatch(fleet, {
      link: modemNode.link,
      clock: systemClock,
      topics: modemNode.profile.topics,
      imei: modemNode.imei,
      ...(settings.will && { will: settings.will }),
      store: contextStore(RED, node, settings.store),
      saveMs: settings.saveMs,
      onTrouble: (error) => node.warn(explain(RED, TYPE, error, modemNode.imei || modemNode.name).message),
      onTick: () => this.showFleet(fleet, settings),
    });
    watch.start().then(
      () => {
        for (const { imei, place } of settings.places) fleet.setPlace(imei, place);
      },
      (thrown: unknown) => node.error(explain(RED, TYPE, thrown, modemNode.imei).message),
    );
    return watch;
  }

  /** How many are on line; of a single modem how it stands. Only when it changed. */
  private showFleet(fleet: FleetRegistry, { fleet: { imei } }: StatusSettings): void {
    const { RED, badge } = this.host;
    const { total, states } = fleet.counts;
    const modem = imei === '' ? undefined : fleet.modem(imei);
    const text = modem
      ? [RED._(`${TYPE}.state.${modem.state}`), ...(modem.signal.dbm === null ? [] : [`${modem.signal.dbm} dBm`])].join(
          ', ',
        )
      : RED._(`${TYPE}.status.fleet`, { online: String(states.online), total: String(total) });
    if (text === this.shown || total === 0) return;
    this.shown = text;
    badge.stands(text);
  }
}

/** Others have their turn. */
function pause(): Promise<void> {
  return systemClock.sleep(0);
}

function lineOf(RED: NodeAPI, modemNode: ModemNode, imei: string): SerialSide | undefined {
  const port = modemNode.registry.find(imei)?.ports[0];
  if (!port) return undefined;
  const { facts } = port;
  const second = port.book.foreign.sight;
  const ago = (at: number | undefined): number | undefined => (at === undefined ? undefined : systemClock.now() - at);
  return {
    heardAgoMs: ago(facts.heardAt),
    answeredAgoMs: ago(facts.answeredAt),
    ...(second && {
      second: {
        agoMs: systemClock.date().getTime() - second.since.getTime(),
        asked: saidFact(RED, second.asked),
      },
    }),
    failed: facts.failed && { agoMs: systemClock.now() - facts.failed.at, code: facts.failed.code },
  };
}

/** What another master asked: octets, or words of a protocol. */
function saidFact(RED: NodeAPI, asked: Fact | undefined): string {
  if (typeof asked === 'object' && 'reason' in asked) return saidOf(RED, TYPE, asked);
  return asked === undefined ? '' : String(asked);
}

const TYPE = 'mtx-status';
/** More than 1 tells a join node to put arrays together, not into one another. */
const PARTS = 2;

export = init;
