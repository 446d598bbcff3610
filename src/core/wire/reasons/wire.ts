// Why the ground itself fails: what no room expected.
import type { ReasonTable } from './row';

export const WIRE_REASONS = {
  /** Something was thrown that is no error of ours. */
  'wire.unexpected': { code: 'INTERNAL', facts: ['text'] },
  /** A state that our own code excludes; `where` names the place, for the report. */
  'wire.defect': { code: 'INTERNAL', facts: ['where'] },
  /** No byte came in time. */
  'wire.silent': { code: 'NO_REPLY', facts: [] },
  /** Bytes came, and then silence: none of them made a whole and correct frame. */
  'wire.noFrameAmong': { code: 'BAD_FRAME', facts: ['bytes'] },
  /** More bytes came than any answer has, without one among them. */
  'wire.noAnswerIn': { code: 'BAD_FRAME', facts: ['bytes'] },
} as const satisfies ReasonTable;
