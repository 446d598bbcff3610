// The way of a program to its meters, without Node-RED: one connection to the broker, the modems on it, and a read by a
// meter's properties, which are those of the nodes' dialogs. Law: one queue a modem, whoever asks, so a program has one
// platform for a broker.
import type { Readout } from '../meter/reading';
import { systemClock, systemRandom } from '../transport/lane/clock';
import type { Done, Job, JobFigures, JobProgress } from '../transport/lane/job';
import { Registry } from '../transport/modem/registry';
import { Broker } from '../transport/mqtt/broker';
import type { BrokerOptions } from '../transport/mqtt/connect-options';
import type { LinkState } from '../transport/mqtt/mqtt-link';
import { dlmsJob, objectCache } from './dlms';
import { dlmsMeterOf, parseDlms } from './dlms-query';
import { DLMS_SECRETS } from './dlms-secrets';
import { Fields } from './fields';
import { iec62056Job, parseIec62056 } from './iec62056';
import { iec870Job, parseIec870 } from './iec870';
import { parseImei } from './imei';
import { InvocationCounters, type CounterStorage } from './invocation-counters';
import { modbusJob, parseModbus } from './modbus';
import { modemProfile } from './modem-profile';

/** The broker, and where secured DLMS meters' invocation counters are kept. */
export interface PlatformOptions extends BrokerOptions {
  /**
   * Lasting storage for invocation counters: no value may be used twice under one key, over restarts too. Without it they
   * live as long as the process, which is enough only for meters that are read without encryption.
   */
  readonly counters?: CounterStorage;
}

/** Properties of a modem or meter, under the names that the nodes' dialogs have: `{ baudrate: 9600, parity: 'even' }`. */
export type Properties = Readonly<Record<string, unknown>>;

/** A meter's properties: those of its reader node, passwords and keys among them, and which protocol it speaks. */
export interface MeterProperties extends Properties {
  readonly protocol: 'modbus' | 'dlms' | 'iec62056-21' | 'iec60870-5-102';
}

/** What one read may have for itself. */
export interface ReadOptions {
  /** Ends the read, with the error CANCELLED. */
  readonly signal?: AbortSignal;
  /** How often it is tried in all; the modem's own `attempts` (3) if absent. */
  readonly attempts?: number;
  /** How long it may wait for its turn and for the broker, in ms; one minute if absent. */
  readonly queueMs?: number;
  /** Higher first; 0 if absent. */
  readonly priority?: number;
  /** Where the read is. */
  onProgress?(progress: JobProgress): void;
}

/** What a meter answered: its readings, or rows under columns, and what the talk cost. */
export interface MeterReport extends Readout {
  readonly imei: string;
  readonly protocol: string;
  /** The meter's address as text: unit, server address, device address, link address. */
  readonly meter: string;
  /** When the answer was complete: ISO text in UTC. */
  readonly time: string;
  readonly link: JobFigures;
}

/** One connection to a broker and the modems on it. Connects at once, and again for ever until it is closed. */
export class Platform {
  private readonly broker: Broker;
  private readonly registry: Registry;
  private readonly memory: Memory;

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

/** One modem, and the meters behind it. */
export class PlatformModem {
  private readonly profile;

  constructor(
    readonly imei: string,
    fields: Fields,
    private readonly registry: Registry,
    private readonly memory: Memory,
  ) {
    this.profile = modemProfile(fields, false);
  }

  /**
   * Reads a meter, when its turn on the modem's line comes. Rejects with a ReadError; a reading that is missing while
   * others were read is no failure: it stands in the report with its `error`.
   */
  async read(properties: MeterProperties, options: ReadOptions = {}): Promise<MeterReport> {
    const { imei, registry } = this;
    const { protocol, meter, job } = this.jobOf(new Fields(properties));
    const port = registry.acquire(imei, this.profile).ports[0];
    try {
      const { value, link }: Done<Readout> = await port.run<Readout>({
        label: `${protocol} ${meter}`,
        meter: `${protocol} ${meter}`,
        attempts: this.profile.attempts,
        queueMs: QUEUE_MS,
        ...options,
        ...job,
      });
      return { imei, protocol, meter, time: systemClock.date().toISOString(), ...value, link };
    } finally {
      registry.release(imei);
    }
  }

  private jobOf(fields: Fields): { readonly protocol: string; readonly meter: string; readonly job: MeterJob } {
    const protocol = fields.choice('protocol', PROTOCOLS, 'modbus');
    switch (protocol) {
      case 'modbus': {
        const query = parseModbus(fields);
        return { protocol, meter: String(query.unit), job: modbusJob(query) };
      }
      case 'dlms': {
        const secrets = Object.fromEntries(DLMS_SECRETS.map((name) => [name, fields.text(name)]));
        const query = parseDlms(fields, secrets);
        const { counters, storage, objects } = this.memory;
        const place = { objects, ...(storage && { counterOf: counters.of.bind(counters, storage, this.imei) }) };
        return { protocol, meter: dlmsMeterOf(query), job: dlmsJob(query, place) };
      }
      case 'iec62056-21': {
        const options = parseIec62056(fields, fields.text('password'));
        return { protocol, meter: options.address, job: iec62056Job(options) };
      }
      case 'iec60870-5-102': {
        const options = parseIec870(fields, fields.text('password'));
        return { protocol, meter: String(options.link), job: iec870Job(options) };
      }
    }
  }
}

/** What a protocol says of a read; `attempts` is 1 where a read changes the meter, whatever the caller wants. */
type MeterJob = Pick<Job<Readout>, 'start' | 'key' | 'quietMs'> & Partial<Pick<Job<Readout>, 'attempts'>>;

interface Memory {
  readonly counters: InvocationCounters;
  readonly storage: CounterStorage | undefined;
  readonly objects: ReturnType<typeof objectCache>;
}

const PROTOCOLS = ['modbus', 'dlms', 'iec62056-21', 'iec60870-5-102'] as const;
const QUEUE_MS = 60_000;
