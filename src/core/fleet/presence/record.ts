// What is kept of one modem: latest facts and the counters of its alarms, never a list that grows. Texts are at most 64
// characters (status-values), the last message at most 1,024; texts that many modems share are stored once (Texts).
import type { ErrorCode } from '../../wire/errors';

/** How a modem stands, in one word; each layer's own state is in the view. */
export type ModemState = 'online' | 'stale' | 'offline' | 'asleep' | 'restored' | 'unknown';
export const MODEM_STATES: readonly ModemState[] = ['online', 'stale', 'offline', 'asleep', 'restored', 'unknown'];

export const ALARMS = ['offline', 'lowCoverage', 'rebootLoop', 'clockDrift', 'secondMaster'] as const;
export type AlarmName = (typeof ALARMS)[number];

/** Facts whose change is told. */
export const WATCHED = ['ip', 'operator', 'firmware', 'sim', 'model', 'technology'] as const;
export type WatchedFact = (typeof WATCHED)[number];

/** What a person says of a modem; wins over what the modem says of itself. */
export interface ModemPlace {
  readonly name?: string;
  readonly lat?: number;
  readonly lon?: number;
  /** Asleep by design: its silence between reports is no fault. */
  readonly ulp?: boolean;
}

export class ModemRecord {
  name = '';
  ip = '';
  model = '';
  firmware = '';
  technology = '';
  operator = '';
  cell = '';
  area = '';
  sim = '';
  /** Its place in the fleet is for good. */
  isConfirmed = false;
  place: ModemPlace | undefined;
  /** 0 = unknown. */
  dbm = 0;
  /** -1 = unknown, or reported in dBm. */
  csq = -1;
  /** Text of the last status. */
  raw = '';
  /** What was true before the restart is `restored` until it is heard again. */
  state: ModemState = 'unknown';
  /** The state before the restart. */
  stateBefore: ModemState = 'unknown';
  /** Status messages in this run. */
  reports = 0;

  // UTC ms; 0 = never
  firstAt = 0;
  /** Last status. */
  seenAt = 0;
  /** Last message on any of its topics. */
  heardAt = 0;
  /** Last bytes from the serial side. */
  serialAt = 0;
  /** Last meter read with success, and last one that failed on the line or at the device. */
  readAt = 0;
  failedAt = 0;
  failedCode: ErrorCode | '' = '';
  /** The last will came, and nothing since. */
  lostAt = 0;

  // ms of the listening clock (presence.ts)
  seen = 0;
  heard = 0;
  lost = -1;
  /** When it is looked at again (deadlines.ts); 0 = not at all. */
  due = 0;

  /** One bit per alarm, in the order of ALARMS. */
  alarms = 0;
  weakRun = 0;
  goodRun = 0;
  driftRun = 0;
  steadyRun = 0;
  /** Reports in a row without an absence between them. */
  onlineRun = 0;
  /** UTC ms of the last connects, oldest first; undefined for the many that never reconnected. */
  connects: number[] | undefined;
  uptimeS = -1;
  /** Modem's clock minus ours, in s. */
  driftS: number | undefined;

  constructor(
    readonly imei: string,
    /** Its place in pages and chunks. */
    readonly slot: number,
  ) {}

  get label(): string {
    return this.place?.name ?? this.name;
  }

  hasAlarm(name: AlarmName): boolean {
    return (this.alarms & (1 << ALARMS.indexOf(name))) !== 0;
  }

  setAlarm(name: AlarmName, isOn: boolean): void {
    const bit = 1 << ALARMS.indexOf(name);
    this.alarms = isOn ? this.alarms | bit : this.alarms & ~bit;
  }
}

/** One copy of each text that modems share: firmware, model, operator. Bounded; beyond that texts are kept singly. */
export class Texts {
  private readonly known = new Map<string, string>();

  shared(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    if (this.known.size < MAX_SHARED) this.known.set(text, text);
    return text;
  }
}

const MAX_SHARED = 4_096;
