// Why an IEC 62056-21 read failed.
import type { ReasonTable } from './row';

export const IEC62056_REASONS = {} as const satisfies ReasonTable;
