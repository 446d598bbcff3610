// Why a command to a modem failed.
import type { ReasonTable } from './row';

export const AT_REASONS = {
  'at.empty': { code: 'CONFIG_INVALID', facts: [] },
  'at.controlCharacter': { code: 'CONFIG_INVALID', facts: [] },
  'at.character': { code: 'CONFIG_INVALID', facts: ['character'] },
  'at.tooLong': { code: 'CONFIG_INVALID', facts: ['length', 'most'] },
  'at.lateOnly': { code: 'NO_REPLY', facts: [] },
  'at.echoOnly': { code: 'NO_REPLY', facts: [] },
} as const satisfies ReasonTable;
