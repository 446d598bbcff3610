// Every modem of a fleet: what it last said, whether it is there, what changed, what is wrong. Laws: a message costs
// the same in a fleet of ten and of a hundred thousand (no walk, no timer per modem); memory per modem is bounded
// whatever is sent; what somebody else sent under a modem's name is refused and counted.
import { failure } from '../../wire/errors';
import type { Clock } from '../../transport/lane/clock';
import type { Message } from '../../transport/mqtt/mqtt-link';
import { judgeLine, judgeReport, type AlarmSettings } from './alarms';
import { applyFacts, applyLine } from './apply-facts';
import type { FleetEvent, FleetEventBody } from './events';
import type { FleetFilter } from './filter';
import { FleetRecords, type FleetNews } from './fleet-records';
import { decodeChunk, encodeModem, restoreInto } from './fleet-store';
import { hasCheckDigit, StatusIdentity } from './identity';
import { isLost, type PresenceSettings } from './presence';
import { listAtOnce, listInPages, type FleetPage, type ListedFleet } from './listing';
import { Texts, type ModemRecord, type ModemPlace } from './record';
import { Refusals } from './refusals';
import type { SerialSide } from './serial-side';
import { StatusReader, type Status, type StatusMapping } from './status';
import type { FleetCounts } from './tally';
import { isoOrNull, viewOf, type ModemDetail, type ModemView, type ViewContext } from './view';

export interface FleetSettings {
  /** Empty: a fleet; else this modem alone. */
  readonly imei: string;
  readonly statusTopic: string;
  readonly presence: PresenceSettings;
  readonly alarms: AlarmSettings;
  readonly mapping: StatusMapping;
  readonly maxModems: number;
}

export interface FleetContext {
  readonly clock: Clock;
  onEvent(event: FleetEvent): void;
  /** A newcomer found no free place: told once, until there is room again. */
  onFull?(max: number): void;
  /** What the modem's lane knows of the wire, if the modem is in use. */
  lineOf?(imei: string): SerialSide | undefined;
}

export class FleetRegistry {
  readonly refusals = new Refusals();
  private readonly records: FleetRecords;
  private readonly texts = new Texts();
  private readonly reader: StatusReader;
  private readonly identity: StatusIdentity;
  private readonly listed: ListedFleet = {
    find: (imei) => this.records.find(imei),
    all: () => this.records.all(),
    look: (record) => this.lookAtLine(record),
    viewContext: () => this.viewContext(),
  };
  /** The only modems that get a place, beside those that have a name; undefined: any. */
  private allowed: ReadonlySet<string> | undefined;

  constructor(
    private readonly settings: FleetSettings,
    private readonly context: FleetContext,
  ) {
    const { presence, alarms, maxModems, mapping, statusTopic, imei } = settings;
    const { clock, onEvent, onFull } = context;
    const rawOf = (record: ModemRecord): unknown => this.rawOf(record);
    this.records = new FleetRecords(presence, alarms.weakDbm, maxModems, {
      clock,
      onEvent: (event) => onEvent(event),
      onFull: (max) => onFull?.(max),
      rawOf,
    });
    this.reader = new StatusReader(mapping);
    this.identity = new StatusIdentity(statusTopic, imei);
  }

  get size(): number {
    return this.records.size;
  }

  get isListening(): boolean {
    return this.records.listening.isListening;
  }

  /** The platform's link to the broker is up, or down. */
  setListening(isListening: boolean): void {
    this.records.listening.set(isListening);
  }

  // Messages

  hearStatus(message: Message): void {
    const status = this.reader.read(message.payload);
    if (typeof status === 'string') return this.refusals.add(status, message);
    const whose = this.identity.of(message, status);
    if ('refusal' in whose) return this.refusals.add(whose.refusal, message);
    const { imei } = whose;
    const known = this.records.find(imei);
    // a stored message is of unknown age: better than nothing, never proof that the modem is there
    if (message.isRetained && known && known.state !== 'unknown') return this.refusals.add('retained', message);
    if (!known && !this.isAllowed(imei)) return this.refusals.add('notListed', message);
    // counted also where an older newcomer gives way
    if (!known && this.records.isFull) this.refusals.add('full', message);
    const record = known ?? this.records.create(imei);
    if (!record) return;
    if (message.isRetained) this.records.change(record, () => this.remembered(record, status));
    else this.records.change(record, () => this.reported(record, status));
    if (this.deservesPlace(record)) this.records.confirm(record);
  }

  /**
   * Something came on another topic of the modem: its session is up. From its serial side (`tx`), that the wire is
   * alive.
   */
  hearTraffic(imei: string, isSerial: boolean): void {
    const record = this.records.find(imei);
    if (!record) return;
    this.records.change(record, () => {
      record.heard = this.records.listening.ms;
      record.heardAt = this.records.utc();
      record.lost = -1;
      if (isSerial) record.serialAt = record.heardAt;
    });
  }

  /** The broker published the modem's last will: its session is gone. */
  hearWill(imei: string): void {
    const record = this.records.find(imei);
    if (!record) return;
    this.records.change(record, () => {
      record.lost = this.records.listening.ms;
      record.lostAt = this.records.utc();
    });
  }

  /** Looks at the modems whose time has come, a bounded number of them. To be called about every second. */
  tick(): void {
    if (this.isListening) this.records.look();
  }

  // Questions

  get counts(): FleetCounts {
    return this.records.counts;
  }

  /** At once: for programs that have no one else to serve. */
  list(filter?: FleetFilter): { readonly total: number; readonly modems: readonly ModemView[] } {
    return listAtOnce(this.listed, filter);
  }

  /** Page by page; `pause` lets others have their turn. */
  listInPages(filter: FleetFilter, pause: () => Promise<void>, onPage: (page: FleetPage) => void): Promise<void> {
    return listInPages(this.listed, filter, pause, onPage);
  }

  modem(imei: string): ModemDetail | undefined {
    const record = this.records.find(imei);
    if (!record) return undefined;
    this.lookAtLine(record);
    return {
      ...viewOf(record, this.viewContext()),
      firstAt: isoOrNull(record.firstAt),
      reports: record.reports,
      uptimeS: record.uptimeS < 0 ? null : record.uptimeS,
      driftS: record.driftS ?? null,
      connects: (record.connects ?? []).map((at) => new Date(at).toISOString()),
      history: this.records.coverage.read(record.slot),
      raw: this.rawOf(record),
    };
  }

  // What people say of modems

  /** Names, coordinates and kinds; a modem that was never heard is listed from now on. Undefined takes away. */
  setPlace(imei: string, place: ModemPlace | undefined): void {
    if (this.settings.imei !== '' && this.settings.imei !== imei) return;
    const record = this.records.find(imei) ?? (place && this.records.create(imei));
    if (!record) {
      if (place) throw failure('fleet.tooManyModems', { max: this.settings.maxModems }, 'configure');
      return;
    }
    if (place) this.records.confirm(record);
    if (JSON.stringify(record.place) === JSON.stringify(place)) return;
    this.records.change(record, () => void (record.place = place));
  }

  /** Takes a modem off the list; it is back with its next message. */
  forget(imei: string): boolean {
    const record = this.records.find(imei);
    if (record) this.records.remove(record);
    return record !== undefined;
  }

  /** The only modems that get a place from now on, beside those that have one. Undefined: any modem again. */
  allowOnly(imeis: ReadonlySet<string> | undefined): void {
    this.allowed = imeis;
  }

  // Restarts

  /** Takes in a chunk of an earlier life; what is known already stays as it is. Returns how many modems it brought. */
  restore(chunk: unknown): number {
    let count = 0;
    for (const stored of decodeChunk(chunk)) {
      const { imei } = stored;
      if (this.records.find(imei) || (this.settings.imei !== '' && this.settings.imei !== imei)) continue;
      const record = this.records.create(imei);
      if (!record) break;
      if (stored.isConfirmed) this.records.confirm(record);
      this.records.change(record, () => {
        restoreInto(record, stored);
        record.model = this.texts.shared(record.model);
        record.firmware = this.texts.shared(record.firmware);
        this.records.coverage.unpack(record.slot, stored.coverage);
      });
      count += 1;
    }
    return count;
  }

  /** Numbers of the chunks that changed since they were taken, oldest change first. */
  get changed(): ReadonlySet<number> {
    return this.records.changed;
  }

  get chunks(): number {
    return this.records.chunks;
  }

  /** A chunk as text, to be stored; it counts as unchanged from now on. Undefined: it is empty. */
  takeChunk(chunk: number): string | undefined {
    const records = this.records.take(chunk);
    const { coverage } = this.records;
    return records.length === 0 ? undefined : JSON.stringify(records.map((record) => encodeModem(record, coverage)));
  }

  /** A chunk that could not be stored after all. */
  returnChunk(chunk: number): void {
    this.records.giveBack(chunk);
  }

  // What a message changes

  /** A stored message: facts without a time. */
  private remembered(record: ModemRecord, status: Status): void {
    applyFacts(record, status, this.texts);
    record.state = 'restored';
  }

  private reported(record: ModemRecord, status: Status): FleetNews {
    const at = this.records.utc();
    const wasLost = isLost(record);
    const { changes, hasRestarted } = applyFacts(record, status, this.texts);
    record.firstAt ||= at;
    record.seenAt = record.heardAt = at;
    record.seen = record.heard = this.records.listening.ms;
    record.lost = -1;
    record.reports += 1;
    record.driftS = status.time === undefined ? undefined : Math.round((status.time - at) / 1000);
    const dbm = status.signal?.dbm ?? null;
    if (dbm !== null) this.records.coverage.add(record.slot, dbm, at);
    const line = this.context.lineOf?.(record.imei);
    if (line) applyLine(record, line, at);
    const hasConnected = wasLost || hasRestarted || changes.some(({ fact }) => fact === 'ip');
    const alarms = judgeReport(record, { dbm, driftS: record.driftS, hasConnected }, at, this.settings.alarms);
    if (line) alarms.push(...judgeLine(record, line, at));
    const events: FleetEventBody[] = [status.inputs ? { event: 'status', inputs: status.inputs } : { event: 'status' }];
    if (changes.length > 0) events.push({ event: 'changed', changes });
    return { events, alarms, raw: status.raw };
  }

  private isAllowed(imei: string): boolean {
    return this.allowed === undefined || this.allowed.has(imei);
  }

  /** It is configured, in use by somebody who asks its meters, or said twice who it is and could be. */
  private deservesPlace(record: ModemRecord): boolean {
    if (record.isConfirmed) return false;
    const { imei, reports } = record;
    const isConfigured = this.settings.imei === imei || this.allowed?.has(imei) === true;
    return isConfigured || this.context.lineOf?.(imei) !== undefined || (reports > 1 && hasCheckDigit(imei));
  }

  private lookAtLine(record: ModemRecord): void {
    const line = this.context.lineOf?.(record.imei);
    if (line) this.records.refresh(record, () => applyLine(record, line, this.records.utc()));
  }

  private rawOf(record: ModemRecord): unknown {
    const status = record.raw === '' ? '' : this.reader.readText(record.raw);
    return typeof status === 'string' ? null : status.raw;
  }

  private viewContext(): ViewContext {
    return {
      now: this.records.listening.ms,
      utc: this.records.utc(),
      presence: this.settings.presence,
      weakDbm: this.settings.alarms.weakDbm,
    };
  }
}
