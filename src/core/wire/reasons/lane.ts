// Why a job did not get its turn, or what happened on the line meanwhile.
import type { ReasonTable } from './row';

export const LANE_REASONS = {
  'lane.cancelled': { code: 'CANCELLED', facts: [] },
  'lane.cancelledEarly': { code: 'CANCELLED', facts: [] },
  'lane.readCancelled': { code: 'CANCELLED', facts: [] },
  'lane.goodbyeLate': { code: 'CANCELLED', facts: [] },
  'lane.modemClosed': { code: 'CANCELLED', facts: [] },
  'lane.queueFull': { code: 'QUEUE_FULL', facts: ['jobs'] },
  'lane.waited': { code: 'QUEUE_TIMEOUT', facts: ['seconds'] },
  'lane.resting': { code: 'METER_RESTING', facts: ['seconds'] },
  'lane.onlySpeed': { code: 'CONFIG_INVALID', facts: ['wanted', 'current'] },
  'lane.fixedSpeed': { code: 'CONFIG_INVALID', facts: [] },
  'lane.secondMaster': { code: 'SECOND_MASTER', facts: ['since', 'why'] },
  'lane.secondMasterAsked': { code: 'SECOND_MASTER', facts: ['since', 'asked', 'why'] },
  'lane.noisy': { code: 'LINE_NOISY', facts: [] },
} as const satisfies ReasonTable;
