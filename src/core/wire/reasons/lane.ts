// Why a job did not get its turn, or what happened on the line meanwhile.
import type { ReasonTable } from './row';

export const LANE_REASONS = {} as const satisfies ReasonTable;
