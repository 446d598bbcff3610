// Why the data of a DLMS meter cannot be read or understood.
import type { ReasonTable } from './row';

export const COSEM_REASONS = {} as const satisfies ReasonTable;
