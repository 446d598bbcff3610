// Why a Modbus read failed.
import type { ReasonTable } from './row';

export const MODBUS_REASONS = {} as const satisfies ReasonTable;
