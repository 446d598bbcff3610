// Why a modem cannot be reached or be set up so.
import type { ReasonTable } from './row';

export const MODEM_REASONS = {} as const satisfies ReasonTable;
