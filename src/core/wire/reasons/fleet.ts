// Why an action over modems failed: configuration, texts, rollouts.
import type { ReasonTable } from './row';

export const FLEET_REASONS = {} as const satisfies ReasonTable;
