// A modem as flows, tables and charts see it: plain data, unknown is null.
import type { ErrorCode } from '../../wire/errors';
import type { CoverageHistory } from './history';
import {
  meterOf,
  serialOf,
  sessionOf,
  statusOf,
  type MeterState,
  type PresenceSettings,
  type SerialState,
  type SessionState,
  type StatusState,
} from './presence';
import { ALARMS, type AlarmName, type ModemRecord, type ModemState } from './record';
import { UNKNOWN_SIGNAL, type Signal } from './status-values';
import { signalOf } from '../../at/values';

export interface ModemView {
  readonly imei: string;
  readonly name: string | null;
  readonly state: ModemState;
  /** When the last status came (UTC), and how long ago. */
  readonly at: string | null;
  readonly ageS: number | null;
  readonly signal: Signal;
  readonly isWeak: boolean;
  readonly ip: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly technology: string | null;
  readonly operator: string | null;
  readonly cell: string | null;
  readonly area: string | null;
  readonly sim: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly alarms: readonly AlarmName[];
  /** Kept apart, because one does not imply the next. */
  readonly layers: {
    readonly session: { readonly state: SessionState; readonly at: string | null };
    readonly status: { readonly state: StatusState; readonly at: string | null };
    readonly serial: { readonly state: SerialState; readonly at: string | null };
    readonly meter: { readonly state: MeterState; readonly at: string | null; readonly error: ErrorCode | null };
  };
  /** Last meter read with success. */
  readonly readAt: string | null;
}

export interface ModemDetail extends ModemView {
  readonly firstAt: string | null;
  /** Status messages since the platform started. */
  readonly reports: number;
  readonly uptimeS: number | null;
  /** The modem's clock minus ours. */
  readonly driftS: number | null;
  /** Connects within the window of the alarm. */
  readonly connects: readonly string[];
  readonly history: CoverageHistory;
  readonly raw: unknown;
}

export interface ViewContext {
  /** Listening clock and UTC, in ms. */
  readonly now: number;
  readonly utc: number;
  readonly presence: PresenceSettings;
  readonly weakDbm: number;
}

export function viewOf(record: ModemRecord, { now, utc, presence, weakDbm }: ViewContext): ModemView {
  const meter = meterOf(record);
  return {
    imei: record.imei,
    name: orNull(record.label),
    state: record.state,
    at: isoOrNull(record.seenAt),
    ageS: record.seenAt === 0 ? null : Math.max(0, Math.round((utc - record.seenAt) / 1000)),
    signal: signalOfRecord(record),
    isWeak: record.dbm !== 0 && record.dbm < weakDbm,
    ip: orNull(record.ip),
    model: orNull(record.model),
    firmware: orNull(record.firmware),
    technology: orNull(record.technology),
    operator: orNull(record.operator),
    cell: orNull(record.cell),
    area: orNull(record.area),
    sim: orNull(record.sim),
    lat: record.place?.lat ?? null,
    lon: record.place?.lon ?? null,
    alarms: record.alarms === 0 ? [] : ALARMS.filter((name) => record.hasAlarm(name)),
    layers: {
      session: {
        state: sessionOf(record, now, presence),
        at: isoOrNull(record.lostAt > record.heardAt ? record.lostAt : record.heardAt),
      },
      status: { state: statusOf(record, now, presence), at: isoOrNull(record.seenAt) },
      serial: { state: serialOf(record), at: isoOrNull(Math.max(record.serialAt, record.readAt)) },
      meter: {
        state: meter,
        at: isoOrNull(meter === 'fails' ? record.failedAt : record.readAt),
        error: meter === 'fails' && record.failedCode !== '' ? record.failedCode : null,
      },
    },
    readAt: isoOrNull(record.readAt),
  };
}

export function signalOfRecord(record: ModemRecord): Signal {
  return record.dbm === 0
    ? UNKNOWN_SIGNAL
    : { csq: record.csq < 0 ? null : record.csq, dbm: record.dbm, bars: signalOf(record.dbm).bars };
}

export function isoOrNull(ms: number): string | null {
  return ms > 0 ? new Date(ms).toISOString() : null;
}

export function orNull(text: string): string | null {
  return text === '' ? null : text;
}
