import type { LISTENING_REASONS } from '../../core/wire/reasons/listening';
import type { WordsOf } from '../words';

export const listening: WordsOf<typeof LISTENING_REASONS> = {
  'listening.noTelegramYet': {
    says: '{octets} bytes came that make no telegram, beginning with {shown}: {cause}',
    advice: '',
  },
  'listening.filled': 'almost all are {octet}: look for swapped wires A and B, or a line without power or termination',
  'listening.otherTalk':
    'they are whole frames, but no notification: another master speaks on this line, or the meter answers one',
  'listening.isDlms': 'they are frames of DLMS: read this meter with the DLMS node (mtx-dlms-read)',
  'listening.isText': 'they are text, as IEC 62056-21 and P1 have it: read this meter with the IEC node (mtx-iec-read)',
  'listening.badTelegram': 'it is text with a beginning and an end, but its check sum or its form is wrong',
  'listening.noTelegram': 'it is text without the beginning and the end of a telegram',
  'listening.parity': 'they are text with a parity bit: set the port to 7E1, or choose a parity in this node',
  'listening.isWrapper': 'they are messages in the wrapper: choose wrapper as the interface',
  'listening.damagedHdlc':
    'they look like HDLC frames that came damaged: check speed, parity and termination of the port',
  'listening.damagedMbus':
    'they look like M-Bus frames that came damaged: check speed and parity (often 2400 8E1) of the port',
  'listening.unknown': 'they are of another protocol, or speed or parity of the port are wrong',
};
