// The way of a program to its meters, without Node-RED: one connection to the broker, the modems on it, and a read by a
// meter's properties, which are those of the nodes' dialogs. Law: one queue a modem, whoever asks, so a program has one
// platform for a broker.
import { systemClock, systemRandom } from '../transport/lane/clock';
import { Registry } from '../transport/modem/registry';
import { Broker } from '../transport/mqtt/broker';
import type { BrokerOptions } from '../transport/mqtt/connect-options';
import type { LinkState } from '../transport/mqtt/mqtt-link';
import { objectCache } from './dlms';
import { Fields } from './fields';
import { parseImei } from './imei';
import { InvocationCounters, type CounterStorage } from './invocation-counters';
import type { MeterMemory } from './meter-job';
import { PlatformModem, type Properties } from './platform-modem';

/** The broker, and where secured DLMS meters' invocation counters are kept. */
export interface PlatformOptions extends BrokerOptions {
  /**
   * Lasting storage for invocation counters: no value may be used twice under one key, over restarts too. Without it
   * they live as long as the process, which is enough only for meters that are read without encryption.
   */
  readonly counters?: CounterStorage;
}

/** One connection to a broker and the modems on it. Connects at once, and again for ever until it is closed. */
export class Platform {
  private readonly broker: Broker;
  private readonly registry: Registry;
  private readonly memory: MeterMemory;

  /** Throws CONFIG_INVALID where the options could never work; a broker that is away is no error. */
  constructor(options: PlatformOptions) {
    this.broker = new Broker(options);
    this.registry = new Registry({ link: this.broker, clock: systemClock, random: systemRandom });
    this.memory = { counters: new InvocationCounters(), objects: objectCache(), storage: options.counters };
  }

  /** How the connection is. */
  get state(): LinkState {
    return this.broker.state;
  }

  /** The modem of this IMEI, set up as its `config.txt` says. Throws CONFIG_INVALID with the name of the property. */
  modem(imei: string, properties: Properties = {}): PlatformModem {
    return new PlatformModem(parseImei(imei), new Fields(properties), this.registry, this.memory);
  }

  /** Ends all reads with goodbyes to the meters, then the connection, within fourteen seconds. */
  async close(): Promise<void> {
    await this.registry.close();
    await this.broker.close();
  }
}
