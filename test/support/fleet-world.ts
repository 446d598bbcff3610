// A platform and simulated modems in virtual time over a broker in memory: what the device manager does, without MQTT.
import type { ModemProfile } from '../../src/core/transport/modem/modem-profile';
import { Registry } from '../../src/core/transport/modem/registry';
import { imeiFromTopic } from '../../src/core/transport/mqtt/topics';
import { Signs } from '../../src/core/fleet/rollout/channel';
import {
  MemoryBroker,
  modemSpec,
  seededRandom,
  VirtualClock,
  type ModemCore,
  type ModemOptions,
} from '../../src/simulator';
import { MemoryLink } from './memory-link';

export const PROFILE: ModemProfile = {
  topics: {
    rx: '[IMEI]/rx',
    tx: '[IMEI]/tx',
    at: '[IMEI]/AT',
    atr: '[IMEI]/ATR',
    status: '[IMEI]/dns',
    broadcast: 'all/AT',
  },
  qos: 0,
  latencyMs: 1_000,
  queueLimit: 100,
  attempts: 3,
  line: { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 },
  port: 0,
  isCrAppended: false,
  isFleet: true,
};

export class FleetWorld {
  /** AT commands that the platform sent to a modem. */
  commandsTo(imei: string): readonly string[] {
    return this.published.filter(({ topic }) => topic === `${imei}/AT`).map(({ text }) => text);
  }

  readonly clock = new VirtualClock(Date.UTC(2026, 5, 1));
  readonly broker = new MemoryBroker({ clock: this.clock, seed: 1, latencyMsMin: 50, latencyMsMax: 200 });
  /** Every message that the platform published, in order. */
  readonly published: { readonly at: number; readonly topic: string; readonly text: string }[] = [];
  readonly link = new MemoryLink(this.broker, (topic, text) =>
    this.published.push({ at: this.clock.now(), topic, text }),
  );
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
