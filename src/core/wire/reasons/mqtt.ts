// Why the broker cannot be reached or used.
import type { ReasonTable } from './row';

export const MQTT_REASONS = {} as const satisfies ReasonTable;
