// Why the data of a DLMS meter cannot be read or understood.
import type { ReasonTable } from './row';

export const COSEM_REASONS = {
  'cosem.noSuchTime': { code: 'BAD_VALUE', facts: ['octets'] },
  'cosem.objectListType': { code: 'BAD_VALUE', facts: ['type'] },
  'cosem.objectListEntry': { code: 'BAD_VALUE', facts: [] },
  'cosem.noShortNames': { code: 'ACCESS_DENIED', facts: [] },
  /** The number of a register came without its scaler: read, or pushed. */
  'cosem.unscaled': { code: 'BAD_VALUE', facts: [] },
  'cosem.pushedUnscaled': { code: 'BAD_VALUE', facts: [] },
  'cosem.listAnsweredByOne': { code: 'REQUEST_REFUSED', facts: [] },
  'cosem.listRefused': { code: 'REQUEST_REFUSED', facts: [] },
  'cosem.resultCount': { code: 'BAD_VALUE', facts: ['came', 'asked'] },
  'cosem.otherAnswer': { code: 'BAD_VALUE', facts: [] },
  'cosem.otherKind': { code: 'BAD_VALUE', facts: [] },
  'cosem.blockOrder': { code: 'BAD_FRAME', facts: ['came', 'due'] },
  'cosem.moreThanAsked': { code: 'BAD_VALUE', facts: [] },
  'cosem.endlessBlocks': { code: 'BAD_VALUE', facts: [] },
  'cosem.captureObjects': { code: 'BAD_VALUE', facts: [] },
  'cosem.notCaptured': { code: 'CONFIG_INVALID', facts: ['obis', 'captured'] },
  'cosem.bufferType': { code: 'BAD_VALUE', facts: ['type'] },
  'cosem.rowType': { code: 'BAD_VALUE', facts: ['type'] },
  'cosem.rowWidth': { code: 'BAD_VALUE', facts: ['values', 'columns'] },
  'cosem.rowDifference': { code: 'BAD_VALUE', facts: [] },
  'cosem.noZone': { code: 'CONFIG_INVALID', facts: [] },
  'cosem.pushCiphered': { code: 'SECURITY_FAILED', facts: [] },
  'cosem.pushBlockAlone': { code: 'BAD_FRAME', facts: ['block'] },
  'cosem.pushTooLong': { code: 'BAD_FRAME', facts: ['octets'] },
  'cosem.pushCounterBack': { code: 'SECURITY_FAILED', facts: [] },
  'cosem.pushUndeciphered': { code: 'SECURITY_FAILED', facts: [] },
} as const satisfies ReasonTable;
