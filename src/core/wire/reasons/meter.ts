// Why a time, a code or a unit of a meter cannot be understood.
import type { ReasonTable } from './row';

export const METER_REASONS = {} as const satisfies ReasonTable;
