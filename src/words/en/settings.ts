import type { SETTINGS_REASONS } from '../../core/wire/reasons/settings';
import type { WordsOf } from '../words';

export const settings: WordsOf<typeof SETTINGS_REASONS> = {
  'settings.field': '{field} {why}',
  'settings.notText': 'has to be a text',
  'settings.missingNumber': 'is missing; give a number from {min} to {max}',
  'settings.range': 'is {shown}, but has to be a whole number from {min} to {max}',
  'settings.choice': 'is {shown}, but has to be one of {choices}',
  'settings.notFlag': 'has to be true or false',
  'settings.notList': 'has to be a list',
  'settings.tooManyEntries': 'has {count} entries; one read may ask for {most}',
  'settings.afterTo': 'is after to',
  'settings.timeZone': 'is "{shown}", but has to be a name like Europe/Madrid or Etc/GMT-1',
  'settings.tooManyImeis': 'msg.imeis names {count} modems; {most} are possible at once',
  'settings.imei':
    'imei is "{shown}", but an IMEI has 15 digits (it stands on the modem\'s label, and AT+CGSN tells it)',
  'settings.notProperties': '{where} has to be an object with properties of this node',
  'settings.noModem': 'no modem is chosen, or the chosen one is not deployed',
  'settings.noSms': 'no text message node (mtx-sms) is chosen, or the chosen one is not deployed',
  'settings.sendsNothing': {
    says: 'a {protocol} meter with these properties sends nothing by itself',
    advice: 'Listen with request "push" to IEC 62056-21 and DLMS meters; read the others.',
  },
  'settings.fleetCannotListen':
    'telegrams that come unasked need a modem of their own: choose a modem node with an IMEI, not a fleet',
  'settings.notJson': 'the request has to be JSON',
  'settings.foreignOrigin': 'the request comes from a page of another site',
  'settings.cutShort': '{requests} requests were under way and are cut short; modems: {modems}',
  'settings.typePassword':
    'the stored password belongs to the deployed address; type the password again to test another one',
  'settings.brokerNotReached':
    'no MQTT broker answers at this address; check host, port and certificate, or deploy the node to be told more',
  'settings.nameNotDeployed':
    '{name} is a setting of the runtime, which is read only where the deployed node names it; deploy first',
};
