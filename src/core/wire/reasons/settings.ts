// Why a setting, a property or a field of a message is refused.
import type { ReasonTable } from './row';

export const SETTINGS_REASONS = {} as const satisfies ReasonTable;
