import type { IEC870_REASONS } from '../../core/wire/reasons/iec870';
import type { WordsOf } from '../words';

export const iec870: WordsOf<typeof IEC870_REASONS> = {
  'iec870.setTimeConsent': "is set-time, which changes the meter's clock: send it with msg.confirm = true",
  'iec870.noHead': 'an ASDU of {size} bytes has no complete head',
  'iec870.sequenceForm': 'an answer of type {type} in sequence form (SQ = 1), which the REE profile does not use',
  'iec870.recordNotAvailable': 'the record asked for is not available',
  'iec870.typeNotKnown': 'this meter does not know the type of request',
  'iec870.registerNotKnown': 'this meter does not know the register',
  'iec870.pointNotKnown': 'this meter does not know the measuring point address',
  'iec870.objectNotAvailable': 'the information object is not available',
  'iec870.periodNotAvailable': 'the integration period is not available',
  'iec870.calendarYears': '{field}: the protocol knows the years 2000 to 2099 only',
  'iec870.configurationShort': 'a configuration of {size} bytes is shorter than the {known} that are known',
  'iec870.instantObject': 'object {object} at byte {offset} of the instantaneous values is none of 192, 193, 194',
  'iec870.instantEnds': 'the instantaneous values end inside object {object}',
  'iec870.instantLeft': '{bytes} bytes are left over behind the instantaneous values',
  'iec870.onlyOutside': {
    says: 'the meter sent only {count} records of other times than asked for ({first} to {last})',
    advice: "compare the meter's clock with the interval",
  },
  'iec870.someOutside':
    '{count} records of other times than asked for ({first} to {last}) came from the meter and were left out',
  'iec870.strangerLink': {
    says: 'the meter with link address {link} did not answer, but one with link address {other} did',
    advice: 'check the link address',
  },
  'iec870.stoppedSilent': 'the meter stopped answering ({why}); the same frame was sent {sends} times',
  'iec870.stoppedDamaged': 'the meter stopped answering ({why}); the same frame was sent {sends} times',
  'iec870.silent': {
    says: 'no answer from link address {link}',
    advice: 'check the link address, the baud rate and the wiring',
  },
  'iec870.silentNoParity': {
    says: 'no answer from link address {link}',
    advice:
      "the modem's port is set to no parity, but these meters mostly talk 8 data bits with even parity (8E1), which cannot be emulated on such a port: set the port to 8E1 as the meter has it, then check the link address, the baud rate and the wiring",
  },
  'iec870.damaged': {
    says: 'only damaged bytes from link address {link}',
    advice: 'check the link address, the baud rate and the wiring',
  },
  'iec870.damagedNoParity': {
    says: 'only damaged bytes from link address {link}',
    advice:
      "the modem's port is set to no parity, but these meters mostly talk 8 data bits with even parity (8E1), which cannot be emulated on such a port: set the port to 8E1 as the meter has it, then check the link address, the baud rate and the wiring",
  },
  'iec870.noTotals': 'object {object} at byte {offset} of an answer of type {type} is no block of totals',
  'iec870.sizeMisfit': 'an answer of type {type} with {count} objects has {bytes} bytes where {size} belong',
  'iec870.totalEnds': 'the answer ends inside total {address} at byte {offset}',
  'iec870.request': 'request: "{shown}" is none of {choices}',
  'iec870.setTimeConfirm': "set-time changes the meter's clock: it needs confirm = true",
  'iec870.setTimeTime': 'time: set-time needs the time to set',
  'iec870.fromBehindTo': 'from: it lies behind to',
  'iec870.noRegister': 'register: the request "{request}" has none',
  'iec870.registerMisfit': 'register: {register} does not fit the request "{request}"; possible are {choices}',
  'iec870.whole': '{field}: "{shown}" is no whole number from {min} to {max}',
  'iec870.passwordMissing': "password: this protocol needs one, a number (often 1 or 7; ask the meter's owner)",
  'iec870.passwordNumber': 'password: it must be a whole number from 0 to 4294967295',
  'iec870.clockWithoutDate': {
    says: "the meter's clock has no date, so the last day by this clock cannot be asked for",
    advice: 'give from and to, and have the clock set',
  },
  'iec870.fromBehindClock': "from: it lies behind the meter's clock, which shows {clock}",
  'iec870.endedUnanswered': 'the meter ended the request (type {type}) without an answer',
  'iec870.passwordNack': {
    says: 'the meter did not take the password message (NACK): another client may hold a session, or the password is wrong',
    advice: 'wait two minutes, then check the password',
  },
  'iec870.passwordRefused': {
    says: 'the meter refused the password',
    advice: 'check the password of this meter (it is not tried again by itself, for meters may lock after wrong ones)',
  },
  'iec870.refused': 'the meter refused the request (type {type}): {why}',
  'iec870.cause': 'cause {cause}',
  'iec870.nacks': 'the meter refused to take a request {times} times (NACK)',
  'iec870.otherPoint': {
    says: 'the meter answers for measuring point {point}, asked was {asked}',
    advice: 'check the measuring point address',
  },
  'iec870.stillEmptying': {
    says: 'the meter answered for {seconds} s with what belongs to no request of this session (not confirmed, or of another interval): it still empties an earlier one',
    advice: 'try again',
  },
  'iec870.noDataYet': {
    says: 'the meter answers, but had no data ready for {seconds} s',
    advice: 'try again later or ask for a shorter interval',
  },
  'iec870.pointUnknown': {
    says: 'the meter does not know measuring point {point}',
    advice: 'check the measuring point address (mostly 1)',
  },
  'iec870.timeEnds': 'the answer ends inside the time at byte {offset}',
  'iec870.noTime': 'bytes {hex} at {offset} of the answer are no time',
};
