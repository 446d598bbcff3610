// Why the ground itself fails: what no room expected.
import type { ReasonTable } from './row';

export const WIRE_REASONS = {
  /** Something was thrown that is no error of ours. */
  'wire.unexpected': { code: 'INTERNAL', facts: ['text'] },
  /** A state that our own code excludes; `where` names the place, for the report. */
  'wire.defect': { code: 'INTERNAL', facts: ['where'] },
} as const satisfies ReasonTable;
