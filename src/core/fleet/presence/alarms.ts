// Alarms with hysteresis: each needs several reports, or time, to be raised, and more than the way back over the same
// line to be cleared. One change each way is told, however often the modem reports in between.
import type { AlarmName, ModemRecord } from './record';
import type { SerialSide } from './serial-side';

export interface AlarmSettings {
  /** Reports below this are weak. */
  readonly weakDbm: number;
  /** So many weak reports in a row raise lowCoverage; as many good ones clear it. */
  readonly weakReports: number;
  /** So many connects within the window raise rebootLoop; a window without one clears it. */
  readonly reconnects: number;
  readonly reconnectWindowMs: number;
  /** The modem's clock may be wrong by so much. */
  readonly driftS: number;
}

export interface AlarmChange {
  readonly alarm: AlarmName;
  readonly isRaised: boolean;
  /** dBm, connects within the window, or seconds; undefined where nothing is counted. */
  readonly value?: number;
  /** Of secondMaster: UTC, and what the other asked last ('' where that was not heard). */
  readonly since?: string;
  readonly asked?: string;
}

/** What one status report changes. `connected`: it shows that the modem has connected anew. */
export function judgeReport(
  record: ModemRecord,
  report: { readonly dbm: number | null; readonly driftS: number | undefined; readonly hasConnected: boolean },
  at: number,
  settings: AlarmSettings,
): AlarmChange[] {
  const changes: AlarmChange[] = [];
  const turn = (alarm: AlarmName, isRaised: boolean, value?: number): void => {
    record.setAlarm(alarm, isRaised);
    changes.push({ alarm, isRaised, ...(value !== undefined && { value }) });
  };
  record.onlineRun = Math.min(record.onlineRun + 1, CLEAR_REPORTS);
  if (record.hasAlarm('offline') && record.onlineRun >= CLEAR_REPORTS) turn('offline', false);

  if (report.dbm !== null) {
    const isWeak = report.dbm < settings.weakDbm;
    const isGood = report.dbm >= settings.weakDbm + HYSTERESIS_DB;
    record.weakRun = isWeak ? Math.min(record.weakRun + 1, MAX_RUN) : 0;
    record.goodRun = isGood ? Math.min(record.goodRun + 1, MAX_RUN) : 0;
    const isLow = record.hasAlarm('lowCoverage');
    if (!isLow && record.weakRun >= settings.weakReports) turn('lowCoverage', true, report.dbm);
    if (isLow && record.goodRun >= settings.weakReports) turn('lowCoverage', false, report.dbm);
  }

  if (report.hasConnected) record.connects = [...(record.connects ?? []), at].slice(-settings.reconnects);
  if (record.connects) {
    const recent = record.connects.filter((connect) => at - connect < settings.reconnectWindowMs);
    record.connects = recent.length > 0 ? recent : undefined;
    const isLooping = record.hasAlarm('rebootLoop');
    if (!isLooping && recent.length >= settings.reconnects) turn('rebootLoop', true, recent.length);
  }
  if (record.hasAlarm('rebootLoop') && !record.connects) turn('rebootLoop', false, 0);

  if (report.driftS !== undefined) {
    const drift = Math.abs(report.driftS);
    record.driftRun = drift > settings.driftS ? Math.min(record.driftRun + 1, MAX_RUN) : 0;
    record.steadyRun = drift <= settings.driftS / 2 ? Math.min(record.steadyRun + 1, MAX_RUN) : 0;
    const isDrifting = record.hasAlarm('clockDrift');
    if (!isDrifting && record.driftRun >= DRIFT_REPORTS) turn('clockDrift', true, report.driftS);
    if (isDrifting && record.steadyRun >= DRIFT_REPORTS) turn('clockDrift', false, report.driftS);
  }
  return changes;
}

/** What the modem's line tells: one change when another master is heard there, one when it no longer is. */
export function judgeLine(record: ModemRecord, { second }: SerialSide, at: number): AlarmChange[] {
  const isRaised = second !== undefined;
  if (record.hasAlarm('secondMaster') === isRaised) return [];
  record.setAlarm('secondMaster', isRaised);
  if (!second) return [{ alarm: 'secondMaster', isRaised }];
  return [{ alarm: 'secondMaster', isRaised, since: new Date(at - second.agoMs).toISOString(), asked: second.asked }];
}

/** What silence changes. `silentMs`: of the listening clock, since anything was heard. */
export function judgeSilence(record: ModemRecord, silentMs: number, graceMs: number): AlarmChange[] {
  if (record.state === 'offline') record.onlineRun = 0;
  if (record.state !== 'offline' || record.hasAlarm('offline') || silentMs < graceMs) return [];
  record.setAlarm('offline', true);
  return [{ alarm: 'offline', isRaised: true }];
}

/** A modem that comes back for one report and is gone again has not come back. */
const CLEAR_REPORTS = 2;
/** 3GPP's step is 2 dB: two of them above the line. */
const HYSTERESIS_DB = 4;
const DRIFT_REPORTS = 3;
const MAX_RUN = 1_000;
