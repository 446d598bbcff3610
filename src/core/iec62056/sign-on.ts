// Opening a talk: request message, identification message, option select (IEC 62056-21, 6.4.1 to 6.4.3), and the data
// readout that follows. Meters skip steps: data may come at once, or although the option select came too late.
import { pause, wireMs, type Dialogue } from '../wire/dialogue';
import { ReadError, failure, phrase } from '../wire/errors';
import { ACK_MESSAGE, encodeOptionSelect, encodeRequestMessage, NAK_MESSAGE } from './frames';
import type { Check } from './block-check';
import { baudCharOf, type Identification } from './identification';
import { OPTION_SELECT_MS, REACTION_MS, type HeardMessage, type MeterTalk } from './meter-talk';
import type { Iec62056Options } from './options';

/** What the request message brought. */
export interface Opening {
  readonly identification?: Identification;
  /** The meter sent its data at once, without identification. */
  readonly data?: HeardMessage;
}

/** Text of a whole readout or answer, and how it was protected. */
export interface HeardText {
  readonly text: string;
  readonly check: Check;
}

/** Sends the request message, in each parity that is possible, until a meter answers. */
export function* signOn(talk: MeterTalk, o: Iec62056Options): Dialogue<Opening> {
  const request = encodeRequestMessage(o.address);
  talk.meet(o.address);
  yield* talk.settle();
  if (o.wakeUp) yield* wakeUp(talk);
  const [...ways] = talk.parities;
  for (;;) {
    talk.speak(ways.shift() ?? 'none');
    try {
      const opening = yield* ask(talk, request, o);
      const { identification } = opening;
      const name = identification ? `${identification.manufacturer}${identification.id}` : '';
      talk.meet(o.address, name);
      return opening;
    } catch (thrown) {
      if (
        ways.length === 0 ||
        !(thrown instanceof ReadError) ||
        (thrown.code !== 'NO_REPLY' && thrown.code !== 'BAD_FRAME')
      )
        throw thrown;
    }
  }
}

/** Answers the identification: option select where the mode has one, and the change of speed if that is wanted. */
export function* select(
  talk: MeterTalk,
  identification: Identification,
  o: Iec62056Options,
  option: string,
): Dialogue<Uint8Array | undefined> {
  const mode = modeOf(o, identification);
  // Any other Z than the meter's keeps it at the speed it was addressed with (6.3.14 item 13c).
  const isFollowing = o.baud !== 'stay' && !(o.baud === 'switch' && talk.meter?.hasSwitchFailed);
  const baudChar =
    isFollowing && /\d/.test(identification.baudChar) ? identification.baudChar : (baudCharOf(talk.line.baud) ?? '0');
  const isSwitching = o.baud === 'switch' && isFollowing && mode !== 'A';
  const message = mode === 'C' ? encodeOptionSelect('0', baudChar, option) : undefined;
  if (message) yield* talk.say(message);
  if (isSwitching) yield* talk.switchTo({ ...talk.line, baud: identification.baud }, message?.length ?? 0);
  return message;
}

/** The mode to go on in: the one that was set, or that of the identification. */
export function modeOf(o: Iec62056Options, identification: Identification): 'A' | 'B' | 'C' {
  if (o.mode === 'A' || o.mode === 'B' || o.mode === 'C') return o.mode;
  return identification.mode === 'E' ? 'C' : identification.mode;
}

/**
 * The data readout: one block or several, repeated on request when damaged. `again` is our last word, for a meter that
 * missed it.
 */
export function* hearReadout(
  talk: MeterTalk,
  first: HeardMessage | undefined,
  again: Uint8Array | undefined,
): Dialogue<HeardText> {
  let text = '';
  let repeats = 0;
  let damage: Extract<HeardMessage, { kind: 'damaged' }> | undefined;
  const refusal = ({ why, octets }: NonNullable<typeof damage>): ReadError =>
    failure('iec62056.readoutDamaged', { times: repeats, octets, why });
  const hear = (): Dialogue<HeardMessage | undefined> =>
    talk.hearNew((known) => text !== '' || known !== 'here', OPTION_SELECT_MS);
  let message: HeardMessage | undefined = first ?? (yield* hear());
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (message === undefined) throw damage ? refusal(damage) : talk.silence(phrase('iec62056.withReadout', {}));
    if (message.kind === 'data') {
      talk.checkSource(message);
      if (message.alike !== undefined && text !== '') throw failure('iec62056.blockTwice', {});
      talk.take(message.text);
      text += message.text;
      if (message.isLast) return { text, check: message.check };
      yield* talk.say(ACK_MESSAGE);
    } else if (message.kind === 'damaged') {
      damage = message;
      // Who sends no block checks knows no NAK either.
      if (repeats++ >= MAX_REPEATS || message.isBare) throw refusal(message);
      yield* talk.say(NAK_MESSAGE);
    } else if (message.kind === 'nak' || message.kind === 'identification') {
      // Our option select was lost or damaged. Said again only while the meter still asks for it.
      if (again && repeats++ < MAX_REPEATS) yield* talk.say(again);
    } else if (message.kind === 'command' && message.command === 'B0') {
      throw failure('iec62056.endedForReadout', {});
    }
    message = yield* hear();
  }
  throw failure('iec62056.neverReadout', {});
}

function* ask(talk: MeterTalk, request: Uint8Array, o: Iec62056Options): Dialogue<Opening> {
  yield* talk.say(request);
  let repeats = 0;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const message = yield* talk.hearNew(() => true, REACTION_MS, o.mode === 'A' ? undefined : firstAnswerBytes(talk));
    if (message === undefined) throw talk.silence(phrase('iec62056.toRequest', {}));
    if (message.kind === 'identification') return { identification: message.identification };
    talk.checkSource(message);
    if (message.kind === 'data' || message.kind === 'damaged') return { data: message };
    // A NAK asks for the request again; a break or an operand is the end of somebody's session: begin anew, once each.
    if ((message.kind === 'nak' || message.kind === 'command') && repeats++ < MAX_REPEATS) yield* talk.say(request);
  }
  throw failure('iec62056.neverIdentification', {});
}

/** Battery meters sleep: NULs for 2.1 to 2.3 s in one go, then 1.5 to 1.7 s of silence (6.4.6, annex B). */
function* wakeUp(talk: MeterTalk): Dialogue<void> {
  const run = new Uint8Array(Math.round(WAKE_MS / wireMs(1, talk.line)));
  yield* talk.say(run);
  yield* pause(WAKE_MS + WAKE_SILENCE_MS);
}

/** An identification goes out as soon as the line is idle; only a readout at once may fill the modem's buffer first. */
function firstAnswerBytes(talk: MeterTalk): number {
  return IDENTIFICATION_BYTES + Math.min(1024, 5000 / wireMs(1, talk.line));
}

const MAX_TURNS = 64;
const MAX_REPEATS = 2;
const WAKE_MS = 2200;
const WAKE_SILENCE_MS = 1600;
const IDENTIFICATION_BYTES = 80;
