// A fleet that lives: hears the modems' topics, lets time pass, and keeps what is known. The only part of the fleet
// room that waits.
import { toLatin1 } from '../../wire/bytes';
import { asReadError, failure, type ReadError } from '../../wire/errors';
import type { Clock } from '../../transport/lane/clock';
import type { Link, Message, OnMessage } from '../../transport/mqtt/mqtt-link';
import type { TopicTemplates } from '../../transport/modem/modem-profile';
import { expandTemplate, filterOfTemplate, imeiFromTopic, isLiteralTemplate } from '../../transport/mqtt/topics';
import type { FleetRegistry } from './fleet-registry';
import type { FleetStore } from './fleet-store';
import { inTime } from './in-time';
import { StatusReader } from './status';

export interface WatchOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly topics: Pick<TopicTemplates, 'status' | 'tx' | 'atr'>;
  /** Empty: a fleet. */
  readonly imei: string;
  /** A last will: its topic template, and a text that its message contains. */
  readonly will?: { readonly topic: string; readonly text: string };
  readonly store?: FleetStore;
  readonly saveMs: number;
  /** A topic is refused, or the store fails: told, not thrown. */
  onTrouble(error: ReadError): void;
  /** After each second's look at the fleet: for what shows its counts. */
  onTick?(): void;
}

export class FleetWatch {
  private readonly stop = new AbortController();
  private readonly stops: (() => void)[] = [];
  private storedChunks = 0;
  private isLoaded = false;
  private isStoreTroubled = false;
  private saving: Promise<void> = Promise.resolve();
  /** Said in this life: what an earlier one said does not count any more. */
  private isAllowedSaid = false;

  constructor(
    readonly fleet: FleetRegistry,
    private readonly options: WatchOptions,
  ) {}

  /** Resolves when the past is loaded and the topics are asked for. */
  async start(): Promise<void> {
    const { link, topics, will } = this.options;
    await this.load();
    if (this.stop.signal.aborted) return;
    this.stops.push(link.onState((state) => this.fleet.setListening(state === 'online')));
    void this.live();
    void this.save();
    const willOn = will && (await this.willListener(will));
    await Promise.all([
      this.observe(topics.status, (message) => {
        if (will && willOn && will.topic === topics.status && willOn(message)) return;
        this.fleet.hearStatus(message);
      }),
      this.traffic(topics.tx, true),
      this.traffic(topics.atr, false),
      ...(will && willOn && will.topic !== topics.status
        ? [this.observe(will.topic, (message) => void willOn(message))]
        : []),
    ]);
  }

  /** Stops hearing, and writes what is not written yet. */
  async close(): Promise<void> {
    this.stop.abort();
    for (const stop of this.stops.splice(0)) stop();
    await this.saving;
    await this.write(Number.MAX_SAFE_INTEGER);
  }

  /** The only modems that get a place, kept over a restart; undefined lifts it. */
  async allowOnly(imeis: ReadonlySet<string> | undefined): Promise<void> {
    this.isAllowedSaid = true;
    this.fleet.allowOnly(imeis);
    const { store, onTrouble } = this.options;
    const text = imeis && [...imeis].join(' ');
    await store?.write(ALLOWED_KEY, text).catch((thrown: unknown) => {
      onTrouble(failure('fleet.allowedUnwritten', { why: textOf(thrown) }, 'configure'));
    });
  }

  private async observe(template: string, on: OnMessage): Promise<void> {
    const { link, imei, onTrouble } = this.options;
    const filter = imei === '' ? filterOfTemplate(template) : expandTemplate(template, imei);
    try {
      const stop =
        imei === '' && filter !== template ? await link.observe(filter, on) : await link.subscribe(filter, on);
      if (this.stop.signal.aborted) stop();
      else this.stops.push(stop);
    } catch (thrown) {
      onTrouble(asReadError(thrown, 'connect'));
    }
  }

  /** On a topic without IMEI it is not known whose traffic it is. */
  private async traffic(template: string, isSerial: boolean): Promise<void> {
    if (isLiteralTemplate(template) && this.options.imei === '') return;
    await this.observe(template, ({ topic, isRetained, payload }) => {
      const imei = this.options.imei === '' ? imeiFromTopic(template, topic) : this.options.imei;
      if (imei !== undefined && !isRetained && payload.length > 0) this.fleet.hearTraffic(imei, isSerial);
    });
  }

  /** Says whether a message was a last will. */
  private async willListener(will: {
    readonly topic: string;
    readonly text: string;
  }): Promise<(message: Message) => boolean> {
    const reader = new StatusReader();
    const text = will.text.toLowerCase();
    return ({ topic, payload, isRetained }) => {
      if (payload.length > MAX_WILL_BYTES || !toLatin1(payload).toLowerCase().includes(text)) return false;
      const status = reader.read(payload);
      const ownImei = this.options.imei !== '' && !isLiteralTemplate(will.topic) ? this.options.imei : undefined;
      const said = typeof status === 'string' ? undefined : status.imei;
      const imei = imeiFromTopic(will.topic, topic) ?? ownImei ?? said;
      if (imei !== undefined && !isRetained) this.fleet.hearWill(imei);
      return true;
    };
  }

  private async live(): Promise<void> {
    const { clock } = this.options;
    while (!this.stop.signal.aborted) {
      await clock.sleep(TICK_MS, this.stop.signal);
      if (this.stop.signal.aborted) return;
      this.fleet.tick();
      this.options.onTick?.();
    }
  }

  // The store

  /** Nothing is written over a past that was not read to its end: a store that fails now is read again later. */
  private async load(): Promise<void> {
    const { store } = this.options;
    if (!store) return;
    try {
      const allowed = await this.inTime(store.read(ALLOWED_KEY));
      if (typeof allowed === 'string' && !this.isAllowedSaid) this.fleet.allowOnly(new Set(allowed.split(' ')));
      const chunks = Number(await this.inTime(store.read(INDEX_KEY)));
      this.storedChunks = Number.isInteger(chunks) && chunks > 0 && chunks < MAX_CHUNKS ? chunks : 0;
      for (let i = 0; i < this.storedChunks && !this.stop.signal.aborted; i++)
        this.fleet.restore(await this.inTime(store.read(keyOf(i))));
      this.isLoaded = !this.stop.signal.aborted;
      this.isStoreTroubled = false;
    } catch (thrown) {
      this.tellStoreTrouble('fleet.presenceUnread', thrown);
    }
  }

  private async save(): Promise<void> {
    const { clock, saveMs } = this.options;
    while (!this.stop.signal.aborted) {
      await clock.sleep(saveMs, this.stop.signal);
      if (!this.isLoaded && !this.stop.signal.aborted) await this.load();
      if (this.stop.signal.aborted) return;
      this.saving = this.write(CHUNKS_A_TURN);
      await this.saving;
    }
  }

  /** Chunks that changed, oldest change first, at most `limit`. */
  private async write(limit: number): Promise<void> {
    const { store } = this.options;
    if (!store || !this.isLoaded) return;
    let taken: number | undefined;
    try {
      for (const chunk of [...this.fleet.changed].slice(0, limit)) {
        taken = chunk;
        await this.inTime(store.write(keyOf(chunk), this.fleet.takeChunk(chunk)));
      }
      taken = undefined;
      this.isStoreTroubled = false;
      const { chunks } = this.fleet;
      if (chunks === this.storedChunks) return;
      await this.inTime(store.write(INDEX_KEY, String(chunks)));
      this.storedChunks = chunks;
    } catch (thrown) {
      if (taken !== undefined) this.fleet.returnChunk(taken);
      this.tellStoreTrouble('fleet.presenceUnwritten', thrown);
    }
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return inTime(this.options.clock, STORE_MS, work);
  }

  /** Once, not at every turn. */
  private tellStoreTrouble(reason: 'fleet.presenceUnread' | 'fleet.presenceUnwritten', thrown: unknown): void {
    if (this.isStoreTroubled) return;
    this.isStoreTroubled = true;
    this.options.onTrouble(failure(reason, { why: textOf(thrown) }, 'configure'));
  }
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function keyOf(chunk: number): string {
  return `mtxFleet${chunk}`;
}

const INDEX_KEY = 'mtxFleet';
const ALLOWED_KEY = 'mtxFleetAllowed';
const TICK_MS = 1_000;
const STORE_MS = 5_000;
const CHUNKS_A_TURN = 40;
const MAX_CHUNKS = 4_096;
const MAX_WILL_BYTES = 4_096;
