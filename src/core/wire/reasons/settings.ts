// Why a setting, a property or a field of a message is refused.
import type { ReasonTable } from './row';

export const SETTINGS_REASONS = {
  /** A field and what is wrong with it: one of the phrases below, or of a protocol's own. */
  'settings.field': { code: 'CONFIG_INVALID', facts: ['field', 'why'] },
  'settings.notText': { code: null, facts: [] },
  'settings.missingNumber': { code: null, facts: ['min', 'max'] },
  'settings.range': { code: null, facts: ['shown', 'min', 'max'] },
  'settings.choice': { code: null, facts: ['shown', 'choices'] },
  'settings.notFlag': { code: null, facts: [] },
  'settings.notList': { code: null, facts: [] },
  'settings.tooManyEntries': { code: null, facts: ['count', 'most'] },
  'settings.afterTo': { code: null, facts: [] },
  'settings.timeZone': { code: null, facts: ['shown'] },
  'settings.imei': { code: 'CONFIG_INVALID', facts: ['shown'] },
  'settings.tooManyImeis': { code: 'CONFIG_INVALID', facts: ['count', 'most'] },
  'settings.notProperties': { code: 'CONFIG_INVALID', facts: ['where'] },
  'settings.noModem': { code: 'CONFIG_INVALID', facts: [] },
  'settings.noSms': { code: 'CONFIG_INVALID', facts: [] },
  'settings.sendsNothing': { code: 'CONFIG_INVALID', facts: ['protocol'] },
  'settings.fleetCannotListen': { code: 'CONFIG_INVALID', facts: [] },
  'settings.notJson': { code: 'CONFIG_INVALID', facts: [] },
  'settings.foreignOrigin': { code: 'CONFIG_INVALID', facts: [] },
  'settings.cutShort': { code: 'CANCELLED', facts: ['requests', 'modems'] },
  'settings.typePassword': { code: 'CONFIG_INVALID', facts: [] },
  'settings.brokerNotReached': { code: 'BROKER_UNREACHABLE', facts: [] },
  'settings.nameNotDeployed': { code: 'CONFIG_INVALID', facts: ['name'] },
} as const satisfies ReasonTable;
