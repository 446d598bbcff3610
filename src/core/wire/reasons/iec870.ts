// Why an IEC 60870-5-102 read failed.
import type { ReasonTable } from './row';

export const IEC870_REASONS = {} as const satisfies ReasonTable;
