// A platform and simulated modems in virtual time over a broker in memory: what the device manager does, without MQTT.
import type { Clock } from '../../src/core/transport/clock';
import type { Link, Message, OnMessage, OnState } from '../../src/core/transport/link';
import type { ModemProfile } from '../../src/core/transport/profile';
import { Registry } from '../../src/core/transport/registry';
import { imeiFromTopic, matchesFilter } from '../../src/core/transport/topics';
import { Signs } from '../../src/core/fleet/channel';
import { MemoryBroker, modemSpec, seededRandom, VirtualClock, type ModemCore, type ModemOptions } from '../../src/simulator';

export const PROFILE: ModemProfile = {
  topics: { rx: '[IMEI]/rx', tx: '[IMEI]/tx', at: '[IMEI]/AT', atr: '[IMEI]/ATR', status: '[IMEI]/dns', broadcast: 'all/AT' },
  qos: 0,
  latencyMs: 1_000,
  queueLimit: 100,
  attempts: 3,
  line: { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 },
  port: 0,
  isCrAppended: false,
  isFleet: true,
};

/** The platform's link over the broker in memory. */
export class MemoryLink implements Link {
  readonly state = 'online';
  readonly failure = undefined;
  /** Every message that the platform published, in order. */
  readonly published: { readonly at: number; readonly topic: string; readonly text: string }[] = [];
  private readonly exact = new Map<string, Set<OnMessage>>();
  private readonly filters = new Map<string, Set<OnMessage>>();

  constructor(
    private readonly broker: MemoryBroker,
    private readonly clock: Clock,
  ) {
    broker.listen((topic, payload) => {
      const message: Message = { topic, payload, isRetained: false, isDuplicate: false };
      for (const on of this.exact.get(topic) ?? []) on(message);
      for (const [filter, ons] of this.filters) if (matchesFilter(filter, topic)) for (const on of ons) on(message);
    });
  }

  async publish(topic: string, payload: Uint8Array): Promise<void> {
    this.published.push({ at: this.clock.now(), topic, text: Buffer.from(payload).toString('latin1') });
    this.broker.publish(topic, payload);
  }

  subscribe(topic: string, on: OnMessage): Promise<() => void> {
    return Promise.resolve(add(this.exact, topic, on));
  }

  observe(filter: string, on: OnMessage): Promise<() => void> {
    return Promise.resolve(add(this.filters, filter, on));
  }

  onState(on: OnState): () => void {
    on('online', undefined);
    return () => undefined;
  }

  /** AT commands that the platform sent to a modem. */
  commandsTo(imei: string): readonly string[] {
    return this.published.filter(({ topic }) => topic === `${imei}/AT`).map(({ text }) => text);
  }
}

function add(map: Map<string, Set<OnMessage>>, key: string, on: OnMessage): () => void {
  const set = map.get(key) ?? new Set();
  map.set(key, set.add(on));
  return () => void set.delete(on);
}

export class FleetWorld {
  readonly clock = new VirtualClock(Date.UTC(2026, 5, 1));
  readonly broker = new MemoryBroker({ clock: this.clock, seed: 1, latencyMsMin: 50, latencyMsMax: 200 });
  readonly link = new MemoryLink(this.broker, this.clock);
  readonly modems = new Map<string, ModemCore>();
  registry = this.newRegistry();
  readonly signs = new Signs(this.clock);

  constructor() {
    void this.link.observe('+/dns', ({ topic }) => {
      const imei = imeiFromTopic('[IMEI]/dns', topic);
      if (imei !== undefined) this.signs.note(imei);
    });
  }

  /** What a restarted platform begins with. */
  newRegistry(): Registry {
    return (this.registry = new Registry({ link: this.link, clock: this.clock, random: seededRandom(2) }));
  }

  add(options: ModemOptions): ModemCore {
    const modem = this.broker.modem(modemSpec(options, this.clock));
    this.modems.set(options.imei, modem);
    return modem;
  }
}
