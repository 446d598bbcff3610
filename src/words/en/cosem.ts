import type { COSEM_REASONS } from '../../core/wire/reasons/cosem';
import type { WordsOf } from '../words';

const REPORT = "note the meter's type and firmware and report it";

export const cosem: WordsOf<typeof COSEM_REASONS> = {
  'cosem.noSuchTime': 'the meter sent {octets} as a time, which no calendar has',
  'cosem.objectListType': { says: "the meter's object list holds {type} where a list belongs", advice: REPORT },
  'cosem.objectListEntry': {
    says: "an object in the meter's object list lacks its class, version or name",
    advice: REPORT,
  },
  'cosem.noShortNames': {
    says: 'the meter does not show its short-name object list to this client',
    advice: 'use another client SAP',
  },
  'cosem.unscaled': {
    says: 'the meter does not tell scaler and unit of this register, so its number has no sure meaning; give scaler and unit with the item',
    advice: '',
  },
  'cosem.pushedUnscaled': {
    says: 'the message tells no scaler and unit of this register, so its number has no sure meaning; read the register',
    advice: '',
  },
  'cosem.listAnsweredByOne': 'the meter answered a list of attributes with one result',
  'cosem.listRefused': 'the meter refused the list of attributes',
  'cosem.resultCount': { says: 'the meter sent {came} results for {asked} attributes', advice: REPORT },
  'cosem.otherAnswer': { says: 'the meter sent an answer to another request', advice: REPORT },
  'cosem.otherKind': { says: 'the meter sent another kind of answer than this request has', advice: REPORT },
  'cosem.blockOrder': { says: 'block {came} came where {due} was due; a block was lost or came twice', advice: '' },
  'cosem.moreThanAsked': {
    says: 'the meter sends more rows than it was asked for; reading stopped at the end of the wanted range, and what came up to there is kept',
    advice: '',
  },
  'cosem.endlessBlocks': { says: 'the meter sent blocks without end', advice: REPORT },
  'cosem.captureObjects': {
    says: 'the meter does not tell what the profile captures in a usable form',
    advice: REPORT,
  },
  'cosem.notCaptured': 'the profile does not capture {obis}; it captures {captured}',
  'cosem.bufferType': { says: 'the buffer of the profile is {type}, not an array', advice: REPORT },
  'cosem.rowType': { says: 'a row of the profile is {type}, not a structure', advice: REPORT },
  'cosem.rowWidth': {
    says: 'a row of the profile has {values} values for {columns} columns',
    advice: "the meter's capture objects may have been changed: read again",
  },
  'cosem.rowDifference': 'a row of the profile gives a difference, and the value before it is missing',
  'cosem.noZone': {
    says: "this meter's clock does not tell its time zone",
    advice: 'give from and to as local times without zone',
  },
  'cosem.pushCiphered': {
    says: 'the meter sends ciphered notifications',
    advice: 'choose the security and enter its keys',
  },
  'cosem.pushBlockAlone': {
    says: 'block {block} of a notification came without the ones before it; the notification is lost',
    advice: '',
  },
  'cosem.pushTooLong': {
    says: 'the blocks of a notification exceed {octets} octets; the notification is lost',
    advice: '',
  },
  'cosem.pushCounterBack': {
    says: "the message's invocation counter is not above the one heard before, so it may be a recording",
    advice:
      'if the meter was changed or its counter reset, send this node msg.counter = "reset" or deploy it again; the next message is then taken',
  },
  'cosem.pushUndeciphered': {
    says: 'what was deciphered is no notification',
    advice: 'check the encryption key, and the system title if it was entered',
  },
};
