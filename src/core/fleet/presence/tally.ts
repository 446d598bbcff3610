// Counts of the whole fleet, kept as modems change: asking for them costs the same for ten modems and for a hundred
// thousand. Texts are counted only while a modem has them, so that the tally cannot outgrow the fleet.
import { meterOf, serialOf, type MeterState, type SerialState } from './presence';
import { ALARMS, MODEM_STATES, type AlarmName, type ModemRecord, type ModemState } from './record';

export interface FleetCounts {
  readonly total: number;
  readonly states: Readonly<Record<ModemState, number>>;
  /** Last report below the threshold. */
  readonly weak: number;
  readonly alarms: Readonly<Record<AlarmName, number>>;
  readonly serial: Readonly<Record<SerialState, number>>;
  readonly meters: Readonly<Record<MeterState, number>>;
  /** The most frequent ones, by text; '' stands for those that do not tell. */
  readonly firmware: Readonly<Record<string, number>>;
  readonly model: Readonly<Record<string, number>>;
  readonly operator: Readonly<Record<string, number>>;
  readonly technology: Readonly<Record<string, number>>;
}

export class Tally {
  private total = 0;
  private weak = 0;
  private readonly states = zeros(MODEM_STATES);
  private readonly alarms = zeros(ALARMS);
  private readonly serial = zeros(['answers', 'silent', 'unknown'] as const);
  private readonly meters = zeros(['answers', 'fails', 'unknown'] as const);
  private readonly firmware = new Map<string, number>();
  private readonly model = new Map<string, number>();
  private readonly operator = new Map<string, number>();
  private readonly technology = new Map<string, number>();

  constructor(private readonly weakDbm: number) {}

  /** To be called before a modem changes with -1 and after it with 1. */
  count(record: ModemRecord, step: 1 | -1): void {
    this.total += step;
    if (isWeak(record, this.weakDbm)) this.weak += step;
    this.states[record.state] += step;
    if (record.alarms !== 0) for (const name of ALARMS) if (record.hasAlarm(name)) this.alarms[name] += step;
    this.serial[serialOf(record)] += step;
    this.meters[meterOf(record)] += step;
    add(this.firmware, record.firmware, step);
    add(this.model, record.model, step);
    add(this.operator, record.operator, step);
    add(this.technology, record.technology, step);
  }

  get counts(): FleetCounts {
    return {
      total: this.total,
      states: { ...this.states },
      weak: this.weak,
      alarms: { ...this.alarms },
      serial: { ...this.serial },
      meters: { ...this.meters },
      firmware: most(this.firmware),
      model: most(this.model),
      operator: most(this.operator),
      technology: most(this.technology),
    };
  }
}

export function isWeak(record: ModemRecord, weakDbm: number): boolean {
  return record.dbm !== 0 && record.dbm < weakDbm;
}

function zeros<T extends string>(names: readonly T[]): Record<T, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<T, number>;
}

function add(counts: Map<string, number>, text: string, step: 1 | -1): void {
  const count = (counts.get(text) ?? 0) + step;
  if (count === 0) counts.delete(text);
  else counts.set(text, count);
}

/** The object is made from entries: a firmware called __proto__ is a text like any other. */
function most(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]).slice(0, MAX_TOLD));
}

const MAX_TOLD = 50;
