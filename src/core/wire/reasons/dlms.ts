// Why a DLMS association or its security failed, and what the link reports.
import type { ReasonTable } from './row';

export const DLMS_REASONS = {} as const satisfies ReasonTable;
