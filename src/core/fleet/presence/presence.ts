// Whether a modem is there, layer by layer, because one layer does not imply the next: its broker session, its status
// messages, its serial side, the meters behind it. Law: only silence that we could have heard counts. While the
// platform itself is off line the listening clock stands still, so that an outage of ours is not an outage of the
// fleet.
import type { ModemRecord, ModemState } from './record';

export interface PresenceSettings {
  /** No status for so long: stale. Three status periods. */
  readonly staleMs: number;
  /** Nothing on any topic for so long: offline. */
  readonly offlineMs: number;
  /** The same for a modem that sleeps by design. */
  readonly ulpMs: number;
  /** Parts of model names, lower case, whose modems sleep by design. */
  readonly ulpModels: readonly string[];
}

/** Milliseconds during which the platform was listening. */
export class ListeningClock {
  private passed = 0;
  private since: number | undefined;

  constructor(private readonly now: () => number) {}

  get isListening(): boolean {
    return this.since !== undefined;
  }

  get ms(): number {
    return this.passed + (this.since === undefined ? 0 : this.now() - this.since);
  }

  set(isListening: boolean): void {
    if (isListening === this.isListening) return;
    this.passed = this.ms;
    this.since = isListening ? this.now() : undefined;
  }
}

/** `now`: the listening clock. */
export function stateOf(record: ModemRecord, now: number, settings: PresenceSettings): ModemState {
  const isUlp = isAsleepByDesign(record, settings);
  if (isLost(record)) return isUlp ? 'asleep' : 'offline';
  if (record.reports === 0) {
    if (record.state === 'unknown') return record.heardAt > 0 ? 'stale' : 'unknown';
    if (now - record.seen < settings.staleMs && record.state === 'restored') return 'restored';
    // what was away before the restart and is not heard now does not become "stale" in between
    if (record.stateBefore === 'offline' && record.heard <= record.seen) return 'offline';
  } else if (now - record.seen < settings.staleMs) return 'online';
  const silence = now - Math.max(record.seen, record.heard);
  if (isUlp) return silence < settings.ulpMs ? 'asleep' : 'offline';
  return silence < settings.offlineMs ? 'stale' : 'offline';
}

/** When the state may change without a message; undefined = only by a message. */
export function nextLook(record: ModemRecord, settings: PresenceSettings): number | undefined {
  const silentSince = Math.max(record.seen, record.heard);
  switch (record.state) {
    case 'online':
    case 'restored':
      return record.seen + settings.staleMs;
    case 'stale':
      return silentSince + settings.offlineMs;
    case 'asleep':
      return silentSince + settings.ulpMs;
    case 'offline':
      // told by the last will: the alarm waits for the silence that makes a stale modem
      return record.hasAlarm('offline') || !isLost(record) ? undefined : silentSince + settings.staleMs;
    case 'unknown':
      return undefined;
    default:
      return record.state satisfies never;
  }
}

export type SessionState = 'up' | 'silent' | 'lost' | 'unknown';
export type StatusState = 'fresh' | 'stale' | 'missing' | 'restored' | 'unknown';
export type SerialState = 'answers' | 'silent' | 'unknown';
export type MeterState = 'answers' | 'fails' | 'unknown';

/** The last will came, and nothing on any topic since. */
export function isLost(record: ModemRecord): boolean {
  return record.lost >= 0 && record.lost >= record.heard;
}

/** MQTT's own pings are not to be seen: `up` means that a message came while a session had to be there. */
export function sessionOf(record: ModemRecord, now: number, settings: PresenceSettings): SessionState {
  if (isLost(record)) return 'lost';
  if (record.heardAt === 0 || (record.reports === 0 && record.heard <= record.seen)) return 'unknown';
  return now - record.heard < settings.staleMs ? 'up' : 'silent';
}

export function statusOf(record: ModemRecord, now: number, settings: PresenceSettings): StatusState {
  if (record.state === 'restored' || record.state === 'unknown') return record.state;
  if (record.reports > 0 && now - record.seen < settings.staleMs) return 'fresh';
  return now - record.seen < settings.offlineMs ? 'stale' : 'missing';
}

/** The wire behind the modem: bytes came last, or a request stayed without any. */
export function serialOf(record: ModemRecord): SerialState {
  const answered = Math.max(record.serialAt, record.readAt);
  if (record.failedCode === 'NO_REPLY' && record.failedAt > answered) return 'silent';
  return answered > 0 ? 'answers' : 'unknown';
}

export function meterOf(record: ModemRecord): MeterState {
  if (record.failedAt > record.readAt) return 'fails';
  return record.readAt > 0 ? 'answers' : 'unknown';
}

function isAsleepByDesign(record: ModemRecord, settings: PresenceSettings): boolean {
  if (record.place?.ulp !== undefined) return record.place.ulp;
  if (settings.ulpModels.length === 0 || record.model === '') return false;
  const model = record.model.toLowerCase();
  return settings.ulpModels.some((part) => model.includes(part));
}
