// Every modem of a fleet: what it last said, whether it is there, what changed, what is wrong. Laws: a message costs the
// same in a fleet of ten and of a hundred thousand (no walk, no timer per modem); memory per modem is bounded whatever is
// sent; what somebody else sent under a modem's name is refused and counted.
import { failure } from '../../wire/errors';
import type { Clock } from '../../transport/lane/clock';
import type { Message } from '../../transport/mqtt/mqtt-link';
import { isLiteralTemplate } from '../../transport/mqtt/topics';
import { judgeReport, judgeSilence, type AlarmChange, type AlarmSettings } from './alarms';
import { Deadlines } from './deadlines';
import { eventOf, type FleetEvent, type FleetEventBody } from './events';
import { isWanted, orderOf, WHOLE_FLEET, type FleetFilter } from './filter';
import { decodeChunk, encodeModem, restoreInto } from './fleet-store';
import { Coverage } from './history';
import type { LineFacts } from './serial-side';
import { applyFacts, applyLine } from './apply-facts';
import { isLost, ListeningClock, nextLook, stateOf, type PresenceSettings } from './presence';
import { Refusals } from './refusals';
import { Texts, type ModemRecord, type ModemState, type Place } from './record';
import { Roster } from './roster';
import { StatusReader, type Status, type StatusMapping } from './status';
import { Tally, type FleetCounts } from './tally';
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
  /** What the modem's lane knows of the wire, if the modem is in use. */
  lineOf?(imei: string): LineFacts | undefined;
}

export class FleetRegistry {
  readonly refusals = new Refusals();
  private readonly roster: Roster;
  private readonly texts = new Texts();
  private readonly coverage = new Coverage();
  private readonly reader: StatusReader;
  private readonly tally: Tally;
  private readonly listening: ListeningClock;
  private readonly deadlines: Deadlines;
  private stamped = { ms: 0, text: '' };
  private readonly isShared: boolean;
  /** What stands before and behind the IMEI in the status topic. */
  private readonly before: string;
  private readonly behind: string;

  constructor(
    private readonly settings: FleetSettings,
    private readonly context: FleetContext,
  ) {
    this.roster = new Roster(settings.maxModems);
    this.reader = new StatusReader(settings.mapping);
    this.tally = new Tally(settings.alarms.weakDbm);
    this.listening = new ListeningClock(() => context.clock.now());
    this.deadlines = new Deadlines(0, Math.max(1, Math.floor(settings.presence.staleMs / GRAINS)));
    this.isShared = isLiteralTemplate(settings.statusTopic);
    const [before = '', behind = ''] = settings.statusTopic.split(/\[imei\]/i);
    [this.before, this.behind] = [before, behind];
  }

  get size(): number {
    return this.roster.size;
  }

  get isListening(): boolean {
    return this.listening.isListening;
  }

  /** The platform's link to the broker is up, or down. */
  setListening(isListening: boolean): void {
    this.listening.set(isListening);
  }

  // Messages

  hearStatus(message: Message): void {
    const status = this.reader.read(message.payload);
    if (typeof status === 'string') return this.refusals.add(status, message);
    const imei = this.identify(message, status);
    if (imei === undefined) return;
    const known = this.roster.find(imei);
    // a stored message is of unknown age: better than nothing, never proof that the modem is there
    if (message.isRetained && known && known.state !== 'unknown') return this.refusals.add('retained', message);
    const record = known ?? this.create(imei);
    if (!record) return this.refusals.add('full', message);
    if (message.isRetained) this.remember(record, status);
    else this.report(record, status);
  }

  /** Something came on another topic of the modem: its session is up. From its serial side (`tx`), that the wire is alive. */
  hearTraffic(imei: string, isSerial: boolean): void {
    const record = this.roster.find(imei);
    if (!record) return;
    this.tally.count(record, -1);
    record.heard = this.listening.ms;
    record.heardAt = this.utc();
    record.lost = -1;
    if (isSerial) record.serialAt = record.heardAt;
    this.settle(record);
  }

  /** The broker published the modem's last will: its session is gone. */
  hearWill(imei: string): void {
    const record = this.roster.find(imei);
    if (!record) return;
    this.tally.count(record, -1);
    record.lost = this.listening.ms;
    record.lostAt = this.utc();
    this.settle(record);
  }

  /** Looks at the modems whose time has come, a bounded number of them. To be called about every second. */
  tick(): void {
    if (!this.listening.isListening) return;
    for (const record of this.deadlines.take(this.listening.ms, MAX_LOOKS)) {
      this.tally.count(record, -1);
      this.settle(record);
    }
  }

  // Questions

  get counts(): FleetCounts {
    return this.tally.counts;
  }

  list(filter: FleetFilter = WHOLE_FLEET): { readonly total: number; readonly modems: readonly ModemView[] } {
    const from = filter.imeis
      ? filter.imeis.map((imei) => this.roster.find(imei)).filter((record) => record !== undefined)
      : this.roster.all();
    const { weakDbm } = this.settings.alarms;
    const wanted: ModemRecord[] = [];
    for (const record of from) {
      this.lookAtLine(record);
      if (isWanted(record, filter, weakDbm)) wanted.push(record);
    }
    const shown = wanted.sort(orderOf(filter.sort)).slice(filter.offset, filter.offset + filter.limit);
    const context = this.viewContext();
    return { total: wanted.length, modems: shown.map((record) => viewOf(record, context)) };
  }

  modem(imei: string): ModemDetail | undefined {
    const record = this.roster.find(imei);
    if (!record) return undefined;
    this.lookAtLine(record);
    return {
      ...viewOf(record, this.viewContext()),
      firstAt: isoOrNull(record.firstAt),
      reports: record.reports,
      uptimeS: record.uptimeS < 0 ? null : record.uptimeS,
      driftS: record.driftS ?? null,
      connects: (record.connects ?? []).map((at) => new Date(at).toISOString()),
      history: this.coverage.read(record.slot),
      raw: this.rawOf(record),
    };
  }

  // What people say of modems

  /** Names, coordinates and kinds; a modem that was never heard is listed from now on. Undefined takes away. */
  setPlace(imei: string, place: Place | undefined): void {
    if (this.settings.imei !== '' && this.settings.imei !== imei) return;
    const record = this.roster.find(imei) ?? (place && this.create(imei));
    if (!record) {
      if (place) throw failure('fleet.tooManyModems', { max: this.settings.maxModems }, 'configure');
      return;
    }
    if (JSON.stringify(record.place) === JSON.stringify(place)) return;
    this.tally.count(record, -1);
    record.place = place;
    this.settle(record);
  }

  /** Takes a modem off the list; it is back with its next message. */
  forget(imei: string): boolean {
    const record = this.roster.find(imei);
    if (!record) return false;
    this.tally.count(record, -1);
    this.roster.remove(record);
    this.coverage.forget(record.slot);
    record.due = 0;
    return true;
  }

  // Restarts

  /** Takes in a chunk of an earlier life; what is known already stays as it is. Returns how many modems it brought. */
  restore(chunk: unknown): number {
    let count = 0;
    for (const stored of decodeChunk(chunk)) {
      if (this.roster.find(stored.imei) || (this.settings.imei !== '' && this.settings.imei !== stored.imei)) continue;
      const record = this.create(stored.imei);
      if (!record) break;
      this.tally.count(record, -1);
      restoreInto(record, stored);
      record.model = this.texts.shared(record.model);
      record.firmware = this.texts.shared(record.firmware);
      this.coverage.unpack(record.slot, stored.coverage);
      this.settle(record);
      count += 1;
    }
    return count;
  }

  /** Numbers of the chunks that changed since they were taken, oldest change first. */
  get changed(): ReadonlySet<number> {
    return this.roster.changed;
  }

  get chunks(): number {
    return this.roster.chunks;
  }

  /** A chunk as text, to be stored; it counts as unchanged from now on. Undefined: it is empty. */
  takeChunk(chunk: number): string | undefined {
    this.roster.changed.delete(chunk);
    const records = this.roster.inChunk(chunk);
    return records.length === 0
      ? undefined
      : JSON.stringify(records.map((record) => encodeModem(record, this.coverage)));
  }

  /** A chunk that could not be stored after all. */
  returnChunk(chunk: number): void {
    this.roster.changed.add(chunk);
  }

  // The work

  /** From the topic, or on a shared topic from the payload. Where both tell and differ, the message is nobody's. */
  private identify(message: Message, status: Status): string | undefined {
    const ofTopic = this.isShared ? undefined : imeiBetween(message.topic, this.before, this.behind);
    const imei = ofTopic ?? status.imei;
    if (imei === undefined || !/^\d{15}$/.test(imei)) return (this.refusals.add('noIdentity', message), undefined);
    if (status.imei !== undefined && status.imei !== imei)
      return (this.refusals.add('identityDiffers', message), undefined);
    // others on a shared topic are nothing wrong
    if (this.settings.imei !== '' && this.settings.imei !== imei)
      return (this.refusals.add('foreign', message), undefined);
    return imei;
  }

  private create(imei: string): ModemRecord | undefined {
    const record = this.roster.create(imei);
    if (!record) return undefined;
    record.seen = record.heard = this.listening.ms;
    this.tally.count(record, 1);
    return record;
  }

  /** A stored message: facts without a time. */
  private remember(record: ModemRecord, status: Status): void {
    this.tally.count(record, -1);
    applyFacts(record, status, this.texts);
    record.state = 'restored';
    this.settle(record);
  }

  private report(record: ModemRecord, status: Status): void {
    const at = this.utc();
    this.tally.count(record, -1);
    const wasLost = isLost(record);
    const { changes, hasRestarted } = applyFacts(record, status, this.texts);
    record.firstAt ||= at;
    record.seenAt = record.heardAt = at;
    record.seen = record.heard = this.listening.ms;
    record.lost = -1;
    record.reports += 1;
    record.driftS = status.time === undefined ? undefined : Math.round((status.time - at) / 1000);
    const dbm = status.signal?.dbm ?? null;
    if (dbm !== null) this.coverage.add(record.slot, dbm, at);
    const line = this.context.lineOf?.(record.imei);
    if (line) applyLine(record, line, at);
    const hasConnected = wasLost || hasRestarted || changes.some(({ fact }) => fact === 'ip');
    const alarms = judgeReport(record, { dbm, driftS: record.driftS, hasConnected }, at, this.settings.alarms);
    const news: FleetEventBody[] = [status.inputs ? { event: 'status', inputs: status.inputs } : { event: 'status' }];
    if (changes.length > 0) news.push({ event: 'changed', changes });
    this.settle(record, news, alarms, status.raw);
  }

  /** After any change: the state, its event and alarms, the next look, and the count taken up again. */
  private settle(
    record: ModemRecord,
    news: readonly FleetEventBody[] = [],
    alarms: readonly AlarmChange[] = [],
    raw?: unknown,
  ): void {
    const { presence } = this.settings;
    const now = this.listening.ms;
    const before = record.state === 'restored' ? record.stateBefore : record.state;
    record.state = stateOf(record, now, presence);
    const silence = judgeSilence(record, now - Math.max(record.seen, record.heard), presence.staleMs);
    const look = nextLook(record, presence);
    if (look !== undefined) this.deadlines.plan(record, look);
    this.tally.count(record, 1);
    this.roster.touch(record);
    const hasTurned = record.state !== before && isTold(record.state);
    if (news.length + alarms.length + silence.length === 0 && !hasTurned) return;
    const at = this.stamp();
    // each event has its own copy: a flow may change what it was sent
    const tell = (body: FleetEventBody): void =>
      this.context.onEvent(eventOf(record, at, body.event === 'status' ? raw : this.rawOf(record), body));
    news.forEach(tell);
    if (hasTurned && isTold(record.state)) tell({ event: record.state, before });
    for (const { alarm, isRaised, value } of [...alarms, ...silence])
      tell({ event: 'alarm', alarm, isRaised, value: value ?? null });
  }

  private lookAtLine(record: ModemRecord): void {
    const line = this.context.lineOf?.(record.imei);
    if (!line) return;
    this.tally.count(record, -1);
    applyLine(record, line, this.utc());
    this.tally.count(record, 1);
  }

  private rawOf(record: ModemRecord): unknown {
    if (record.raw === '') return null;
    const status = this.reader.read(Buffer.from(record.raw));
    return typeof status === 'string' ? null : status.raw;
  }

  private viewContext(): ViewContext {
    return {
      now: this.listening.ms,
      utc: this.utc(),
      presence: this.settings.presence,
      weakDbm: this.settings.alarms.weakDbm,
    };
  }

  /** A fleet reports thousands of times a second; a moment's text is made once. */
  private stamp(): string {
    const ms = this.utc();
    if (ms !== this.stamped.ms) this.stamped = { ms, text: new Date(ms).toISOString() };
    return this.stamped.text;
  }

  private utc(): number {
    return this.context.clock.date().getTime();
  }
}

/** A name with a slash in it is no IMEI, so the topic need not be cut into levels. */
function imeiBetween(topic: string, before: string, behind: string): string | undefined {
  return topic.startsWith(before) && topic.endsWith(behind)
    ? topic.slice(before.length, topic.length - behind.length)
    : undefined;
}

/** `restored` and `unknown` are no news. */
function isTold(state: ModemState): state is 'online' | 'stale' | 'offline' | 'asleep' {
  return state !== 'restored' && state !== 'unknown';
}

/** Looks are this much finer than the time that makes a modem stale. */
const GRAINS = 60;
/** Modems looked at in one tick. */
const MAX_LOOKS = 2_000;
