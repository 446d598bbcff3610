// The records of a fleet and everything that hangs on them: counts, deadlines, chunks to be stored, events. Law: a
// record is changed here alone, so that none of these can be forgotten. A place is for good where a modem was
// configured, answered us, or reported a right IMEI twice; a newcomer holds one as long as there is room, and gives it
// up to the next newcomer, the oldest first: whoever invents names fills no place for ever.
import type { Clock } from '../../transport/lane/clock';
import { judgeSilence, type AlarmChange } from './alarms';
import { Deadlines } from './deadlines';
import { eventOf, type FleetEvent, type FleetEventBody } from './events';
import { Coverage } from './history';
import { ListeningClock, nextLook, stateOf, type PresenceSettings } from './presence';
import type { ModemRecord, ModemState } from './record';
import { Roster } from './roster';
import { Tally, type FleetCounts } from './tally';

/** What a change is told as, beside the modem's new state. */
export interface FleetNews {
  readonly events?: readonly FleetEventBody[];
  readonly alarms?: readonly AlarmChange[];
  /** The message that brought it, as it came. */
  readonly raw?: unknown;
}

export interface RecordsContext {
  readonly clock: Clock;
  onEvent(event: FleetEvent): void;
  /** A newcomer found no free place: told once, until there is room again. */
  onFull?(max: number): void;
  /** The last message of a modem, for events that no message brought. */
  rawOf(record: ModemRecord): unknown;
}

export class FleetRecords {
  readonly coverage = new Coverage();
  readonly listening: ListeningClock;
  private readonly roster: Roster;
  private readonly tally: Tally;
  private readonly deadlines: Deadlines;
  private stamped = { ms: 0, text: '' };
  private isFullTold = false;

  constructor(
    private readonly presence: PresenceSettings,
    weakDbm: number,
    private readonly maxModems: number,
    private readonly context: RecordsContext,
  ) {
    this.roster = new Roster(maxModems);
    this.tally = new Tally(weakDbm);
    this.listening = new ListeningClock(() => context.clock.now());
    this.deadlines = new Deadlines(0, Math.max(1, Math.floor(presence.staleMs / GRAINS)));
  }

  get size(): number {
    return this.roster.size;
  }

  get isFull(): boolean {
    return this.roster.isFull;
  }

  get counts(): FleetCounts {
    return this.tally.counts;
  }

  find(imei: string): ModemRecord | undefined {
    return this.roster.find(imei);
  }

  all(): Iterable<ModemRecord> {
    return this.roster.all();
  }

  /** A newcomer's record; undefined where all places are held for good. */
  create(imei: string): ModemRecord | undefined {
    if (this.roster.isFull && !this.makeRoom()) return undefined;
    const record = this.roster.create(imei);
    record.seen = record.heard = this.listening.ms;
    this.tally.count(record, 1);
    return record;
  }

  /** Its place is its own from now on. */
  confirm(record: ModemRecord): void {
    if (record.isConfirmed) return;
    this.roster.confirm(record);
    this.roster.touch(record);
  }

  /** Any change of what a modem is: then its state, the next look at it, and what there is to tell. */
  change(record: ModemRecord, turn: () => FleetNews | void): void {
    const { presence } = this;
    let news: FleetNews | void = undefined;
    let before: ModemState = record.state;
    let silence: readonly AlarmChange[] = [];
    this.counted(record, () => {
      news = turn();
      before = record.state === 'restored' ? record.stateBefore : record.state;
      const now = this.listening.ms;
      record.state = stateOf(record, now, presence);
      silence = judgeSilence(record, now - Math.max(record.seen, record.heard), presence.staleMs);
    });
    const look = nextLook(record, presence);
    if (look !== undefined) this.deadlines.plan(record, look);
    this.roster.touch(record);
    this.tell(record, news ?? {}, silence, before);
  }

  /** What is only looked up anew: counted, but neither stored nor told. */
  refresh(record: ModemRecord, turn: () => void): void {
    this.counted(record, turn);
  }

  remove(record: ModemRecord): void {
    this.tally.count(record, -1);
    this.roster.remove(record);
    this.coverage.forget(record.slot);
    record.due = 0;
    if (this.roster.size <= this.maxModems * ROOM_AGAIN) this.isFullTold = false;
  }

  /** Looks at the modems whose time has come, a bounded number of them. */
  look(): void {
    for (const record of this.deadlines.take(this.listening.ms, MAX_LOOKS)) this.change(record, () => undefined);
  }

  // Chunks, as they are stored

  get changed(): ReadonlySet<number> {
    return this.roster.changed;
  }

  get chunks(): number {
    return this.roster.chunks;
  }

  /** The records of a chunk, which counts as unchanged from now on. */
  take(chunk: number): readonly ModemRecord[] {
    this.roster.changed.delete(chunk);
    return this.roster.inChunk(chunk);
  }

  giveBack(chunk: number): void {
    this.roster.changed.add(chunk);
  }

  utc(): number {
    return this.context.clock.date().getTime();
  }

  /** In all counts before and after: whatever `turn` does, none is off by one. */
  private counted(record: ModemRecord, turn: () => void): void {
    this.tally.count(record, -1);
    try {
      turn();
    } finally {
      this.tally.count(record, 1);
    }
  }

  private tell(record: ModemRecord, news: FleetNews, silence: readonly AlarmChange[], before: ModemState): void {
    const { events = [], alarms = [], raw } = news;
    const hasTurned = record.state !== before && isTold(record.state);
    if (events.length + alarms.length + silence.length === 0 && !hasTurned) return;
    const at = this.stamp();
    // each event has its own copy: a flow may change what it was sent
    const say = (body: FleetEventBody): void =>
      this.context.onEvent(eventOf(record, at, body.event === 'status' ? raw : this.context.rawOf(record), body));
    events.forEach(say);
    if (hasTurned && isTold(record.state)) say({ event: record.state, before });
    for (const { value, ...alarm } of [...alarms, ...silence]) say({ event: 'alarm', ...alarm, value: value ?? null });
  }

  private makeRoom(): boolean {
    if (!this.isFullTold) this.context.onFull?.(this.maxModems);
    const oldest = this.roster.oldestNewcomer;
    if (oldest) this.remove(oldest);
    this.isFullTold = true; // one that gives way to the next makes no room
    return oldest !== undefined;
  }

  /** A fleet reports thousands of times a second; a moment's text is made once. */
  private stamp(): string {
    const ms = this.utc();
    if (ms !== this.stamped.ms) this.stamped = { ms, text: new Date(ms).toISOString() };
    return this.stamped.text;
  }
}

/** `restored` and `unknown` are no news. */
function isTold(state: ModemState): state is 'online' | 'stale' | 'offline' | 'asleep' {
  return state !== 'restored' && state !== 'unknown';
}

/** Looks are this much finer than the time that makes a modem stale. */
const GRAINS = 60;
/** Modems looked at in one tick. */
const MAX_LOOKS = 2_000;
/** Below this share of its places a fleet is not full any more. */
const ROOM_AGAIN = 0.95;
