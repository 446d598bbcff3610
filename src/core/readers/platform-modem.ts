// One modem for a program: reads of the meters behind it, what they send by themselves, and commands to the modem
// itself.
import type { AtReply } from '../at/at';
import { dangerOf } from '../at/danger';
import { decodeValues } from '../at/values';
import type { Readout, Value } from '../meter/reading';
import { systemClock } from '../transport/lane/clock';
import type { Done, JobFigures, JobProgress } from '../transport/lane/job';
import { atJob } from '../transport/modem/at-job';
import type { Modem } from '../transport/modem/modem';
import type { Registry } from '../transport/modem/registry';
import { failure, type ReadError } from '../wire/errors';
import { Fields } from './fields';
import { meterJob, meterPush, type MeterMemory, type Protocol } from './meter-job';
import { modemProfile } from './modem-profile';
import { hearUnasked } from './unasked';

/**
 * Properties of a modem or meter, under the names that the nodes' dialogs have: `{ baudrate: 9600, parity: 'even' }`.
 */
export type Properties = Readonly<Record<string, unknown>>;

/** A meter's properties: those of its reader node, passwords and keys among them, and which protocol it speaks. */
export interface MeterProperties extends Properties {
  readonly protocol: Protocol;
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

/** What one command may have for itself. */
export interface CommandWish {
  /** How long the modem may take to answer, in ms; 15 s if absent. */
  readonly timeoutMs?: number;
  /** Consent: without it a command that can cut the modem off is refused. */
  readonly isConfirmed?: boolean;
  /** Ends the wait, with the error CANCELLED. */
  readonly signal?: AbortSignal;
}

/** A modem's reply: `OK` or another result, the lines before it, and their values where they are known. */
export interface CommandReport extends AtReply {
  readonly imei: string;
  readonly values: Readonly<Record<string, Value>>;
  readonly link: JobFigures;
}

/** One modem, and the meters behind it. */
export class PlatformModem {
  private readonly profile;

  constructor(
    readonly imei: string,
    fields: Fields,
    private readonly registry: Registry,
    private readonly memory: MeterMemory,
  ) {
    this.profile = modemProfile(fields, false);
  }

  /**
   * Reads a meter, when its turn on the modem's line comes. Rejects with a ReadError; a reading that is missing while
   * others were read is no failure: it stands in the report with its `error`.
   */
  async read(properties: MeterProperties, options: ReadOptions = {}): Promise<MeterReport> {
    const { imei, profile } = this;
    const { protocol, meter, job } = meterJob(new Fields(properties), { imei, line: profile.line }, this.memory);
    const name = `${protocol} ${meter}`;
    const common = { label: name, meter: name, attempts: profile.attempts, queueMs: PROGRAM_QUEUE_MS };
    return this.with(async ({ ports }) => {
      const { value, link }: Done<Readout> = await ports[0].run<Readout>({ ...common, ...options, ...job });
      return { imei, protocol, meter, time: systemClock.date().toISOString(), ...value, link };
    });
  }

  /**
   * Hears a meter that sends by itself (`request: 'push'`, IEC 62056-21 mode D and DLMS): each of its telegrams is a
   * report; what cannot be read is an error, octets that make no telegram at most hourly. Returns the way to stop.
   */
  listen(properties: MeterProperties, on: (heard: MeterReport | ReadError) => void): () => void {
    const { imei, registry } = this;
    const source = meterPush(new Fields(properties));
    const stop = hearUnasked(registry.acquire(imei, this.profile), source, systemClock, on);
    return () => {
      stop();
      registry.release(imei);
    };
  }

  /**
   * Sends one AT command to the modem, once. ERROR is a reply (`isOk: false`); silence rejects with NO_REPLY. A command
   * that can cut the modem off rejects with CONFIG_INVALID unless it is confirmed.
   */
  async command(
    text: string,
    { timeoutMs = 15_000, isConfirmed = false, signal }: CommandWish = {},
  ): Promise<CommandReport> {
    const { imei } = this;
    const why = isConfirmed ? undefined : dangerOf(text);
    if (why) throw failure('fleet.mayCutOff', { command: text.slice(0, 60), why }, 'configure');
    return this.with(async (modem) => {
      const job = atJob(text, { timeoutMs, isCrAppended: this.profile.isCrAppended });
      const { value, link } = await modem.at.run({ ...job, ...(signal && { signal }) });
      return { imei, ...value, values: decodeValues(text, value), link };
    });
  }

  private async with<R>(work: (modem: Modem) => Promise<R>): Promise<R> {
    const { imei, registry } = this;
    const modem = registry.acquire(imei, this.profile);
    try {
      return await work(modem);
    } finally {
      registry.release(imei);
    }
  }
}

/** A program waits for an answer itself: a minute in the queue is long. */
const PROGRAM_QUEUE_MS = 60_000;
