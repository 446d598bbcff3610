// Opening programming mode (IEC 62056-21, 6.4.3.3 and annex C): operand P0, password P1 or P2. A password is sent once
// per talk and never again by itself.
import { stage, type Dialogue } from '../wire/dialogue';
import { failure, phrase } from '../wire/errors';
import { closedByMeter } from './exchange';
import { countTry } from './known-meter';
import { NAK_MESSAGE, checkedPassword, encodeCommandMessage } from './frames';
import type { Identification } from './identification';
import type { Iec62056Options } from './options';
import { refusalOf } from './profile';
import { hearReadout, select, type HeardText } from './sign-on';
import { OPTION_SELECT_MS, REACTION_MS, type MeterTalk } from './meter-talk';

/**
 * Opens the session. A meter that missed the option select sends its readout instead: that is returned, for what it
 * holds.
 */
export function* openSession(
  talk: MeterTalk,
  identification: Identification,
  o: Iec62056Options,
): Dialogue<HeardText | undefined> {
  talk.isOpen = true;
  const option = yield* select(talk, identification, o, PROGRAMMING);
  const readout = yield* stage('connect', hearOperand(talk, option));
  if (readout) talk.isOpen = false;
  else if (o.password !== undefined)
    yield* stage('authenticate', sendPassword(talk, o.password, o.passwordLevel ?? 'P1'));
  return readout;
}

function* hearOperand(talk: MeterTalk, option: Uint8Array | undefined): Dialogue<HeardText | undefined> {
  let repeats = 0;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const message = yield* talk.hearNew(() => true, OPTION_SELECT_MS);
    if (message === undefined) throw talk.silence(phrase('iec62056.toProgramming', {}));
    if (message.kind === 'command' && message.command === 'P0') {
      talk.operand = operandOf(message.set);
      return undefined;
    }
    if (message.kind === 'command' && message.command === 'B0') throw closedByMeter(talk);
    if (message.kind === 'data' || (message.kind === 'damaged' && repeats > 0))
      return yield* hearReadout(talk, message, undefined);
    if (message.kind === 'damaged' && repeats++ < MAX_REPEATS) yield* talk.say(NAK_MESSAGE);
    if ((message.kind === 'identification' || message.kind === 'nak') && option && repeats++ < MAX_REPEATS)
      yield* talk.say(option);
  }
  throw failure('iec62056.noProgramming', {});
}

/** Many meters that want no password send zeros. More than zeros is something to make a password of. */
function operandOf(set: string): MeterTalk['operand'] {
  const digits = set.replace(/[()\s]/g, '');
  if (digits === '') return 'none';
  return /^0+$/.test(digits) ? 'zeros' : 'given';
}

function* sendPassword(talk: MeterTalk, password: string, level: 'P1' | 'P2'): Dialogue<void> {
  const set = checkedPassword(password);
  const tries = talk.meter?.password;
  if (tries && !countTry(tries, password, talk.memory.now())) {
    throw failure('iec62056.passwordTwice', {});
  }
  talk.isPasswordSent = true;
  talk.operand = 'none';
  yield* talk.ask(encodeCommandMessage(level, set, talk.bcc ?? 'xor'));
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const message = yield* talk.hear(REACTION_MS);
    if (message === undefined) throw failure('iec62056.passwordUnanswered', {});
    if (message.kind === 'ack') {
      if (tries) tries.failed = 0;
      return;
    }
    const isClosed = message.kind === 'command' && message.command === 'B0';
    if (isClosed) talk.isOpen = false;
    const isRefusal =
      message.kind === 'nak' ||
      message.kind === 'bell' ||
      (message.kind === 'data' && refusalOf(message.text) !== undefined);
    if (isClosed || isRefusal) throw failure('iec62056.passwordRefused', {});
    // Anything else is late or came twice: the answer may still come, and silence ends the wait.
  }
  throw failure('iec62056.passwordTalked', {});
}

/** Y of the option select message (6.3.14 item 13e). */
const PROGRAMMING = '1';
const MAX_REPEATS = 3;
const MAX_TURNS = 64;
