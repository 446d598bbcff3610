// Why a node that listens heard bytes and no telegram.
import type { ReasonTable } from './row';

export const LISTENING_REASONS = {
  'listening.noTelegramYet': { code: 'BAD_FRAME', facts: ['octets', 'shown', 'cause'] },
  'listening.filled': { code: null, facts: ['octet'] },
  'listening.otherTalk': { code: null, facts: [] },
  'listening.isDlms': { code: null, facts: [] },
  'listening.isText': { code: null, facts: [] },
  'listening.badTelegram': { code: null, facts: [] },
  'listening.noTelegram': { code: null, facts: [] },
  'listening.parity': { code: null, facts: [] },
  'listening.isWrapper': { code: null, facts: [] },
  'listening.damagedHdlc': { code: null, facts: [] },
  'listening.damagedMbus': { code: null, facts: [] },
  'listening.unknown': { code: null, facts: [] },
} as const satisfies ReasonTable;
