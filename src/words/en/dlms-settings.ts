import type { DLMS_SETTINGS_REASONS } from '../../core/wire/reasons/dlms-settings';
import type { WordsOf } from '../words';

export const dlmsSettings: WordsOf<typeof DLMS_SETTINGS_REASONS> = {
  'dlmsSettings.keyLength': '{field} has {came} bytes; this security suite needs {bytes} ({digits} hex digits)',
  'dlmsSettings.noHex': '{field} is no hex text',
  'dlmsSettings.keyMissing': 'is missing: this authentication or security needs it',
  'dlmsSettings.titleMissing':
    'is missing: the system title of this client, 8 bytes as 16 hex digits, is part of the security',
  'dlmsSettings.title': 'has to be 16 hex digits, or 8 characters',
  'dlmsSettings.functionMissing':
    "is missing: HLS 2 is the maker's own; name a function of the global context that answers a challenge (a Buffer) with a Buffer",
  'dlmsSettings.functionUnknown': 'highLevelFunction: the global context has no function "{name}"',
  'dlmsSettings.functionResult': 'highLevelFunction: "{name}" has to return a Buffer',
  'dlmsSettings.functionFailed': {
    says: 'highLevelFunction: "{name}" failed with an error of its own',
    advice: 'try it in a Function node',
  },
  'dlmsSettings.listensOnly':
    'is push: this node listens and asks nothing; for a read say so in the message, for example msg.meter = { request: "attributes" }',
  'dlmsSettings.noItems': 'is empty; give OBIS codes, for example 1-0:1.8.0*255, or read the object list and pick',
  'dlmsSettings.item': '{field} has to be an OBIS code, or an object {name, obis, class, attribute}',
  'dlmsSettings.storeSilent': 'it does not answer',
  'dlmsSettings.counterUnkept': {
    says: 'the context store cannot keep the invocation counter ({why}); without it a value could be used twice under one key',
    advice: 'see contextStorage in settings.js',
  },
};
