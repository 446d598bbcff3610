// What the fleet tells, one event at a time (mtx-status: the messages it sends).
import type { AlarmName, ModemRecord, ModemState, WatchedFact } from './record';
import type { Signal } from './status-values';
import { orNull, signalOfRecord } from './view';

export const EVENT_NAMES = ['status', 'online', 'stale', 'offline', 'asleep', 'changed', 'alarm'] as const;
export type EventName = (typeof EVENT_NAMES)[number];

export interface FactChange {
  readonly fact: WatchedFact;
  readonly from: string;
  readonly to: string;
}

export type FleetEventBody =
  | { readonly event: 'status'; readonly inputs?: Readonly<Record<string, number | null>> }
  | { readonly event: 'online' | 'stale' | 'offline' | 'asleep'; readonly before: ModemState }
  | { readonly event: 'changed'; readonly changes: readonly FactChange[] }
  | {
      readonly event: 'alarm';
      readonly alarm: AlarmName;
      readonly isRaised: boolean;
      readonly value: number | null;
      /** Of secondMaster: since when (UTC), and what the other asked last. */
      readonly since?: string;
      readonly asked?: string;
    };

/** What stands beside every event: the modem as it is now. */
export interface EventFacts {
  readonly imei: string;
  /** When it happened, UTC. */
  readonly at: string;
  readonly name: string | null;
  readonly state: ModemState;
  readonly signal: Signal;
  readonly ip: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly technology: string | null;
  readonly operator: string | null;
  readonly sim: string | null;
  /** The last status as it came, null when it is not kept. */
  readonly raw: unknown;
}

export type FleetEvent = EventFacts & FleetEventBody;

export function eventOf(record: ModemRecord, at: string, raw: unknown, body: FleetEventBody): FleetEvent {
  const facts: EventFacts = {
    imei: record.imei,
    at,
    name: orNull(record.label),
    state: record.state,
    signal: signalOfRecord(record),
    ip: orNull(record.ip),
    model: orNull(record.model),
    firmware: orNull(record.firmware),
    technology: orNull(record.technology),
    operator: orNull(record.operator),
    sim: orNull(record.sim),
    raw,
  };
  return Object.assign(facts, body);
}
