// Why a setting of a DLMS reader is refused, and what its surroundings lack.
import type { ReasonTable } from './row';

export const DLMS_SETTINGS_REASONS = {
  'dlmsSettings.keyLength': { code: 'CONFIG_INVALID', facts: ['field', 'came', 'bytes', 'digits'] },
  'dlmsSettings.noHex': { code: 'CONFIG_INVALID', facts: ['field'] },
  'dlmsSettings.keyMissing': { code: null, facts: [] },
  'dlmsSettings.titleMissing': { code: null, facts: [] },
  'dlmsSettings.title': { code: null, facts: [] },
  'dlmsSettings.functionMissing': { code: null, facts: [] },
  'dlmsSettings.functionUnknown': { code: 'CONFIG_INVALID', facts: ['name'] },
  'dlmsSettings.functionResult': { code: 'CONFIG_INVALID', facts: ['name'] },
  'dlmsSettings.functionFailed': { code: 'CONFIG_INVALID', facts: ['name'] },
  'dlmsSettings.listensOnly': { code: null, facts: [] },
  'dlmsSettings.noItems': { code: null, facts: [] },
  'dlmsSettings.item': { code: 'CONFIG_INVALID', facts: ['field'] },
  'dlmsSettings.storeSilent': { code: null, facts: [] },
  'dlmsSettings.counterUnkept': { code: 'SECURITY_FAILED', facts: ['why'] },
} as const satisfies ReasonTable;
