// Why a command to a modem failed.
import type { ReasonTable } from './row';

export const AT_REASONS = {} as const satisfies ReasonTable;
