// Mode E (IEC 62056-21, annex E): the text sign-on that opens HDLC. Ends where the line carries eight plain bits and
// the meter waits for SNRM; the talk that follows is another protocol's.
import { leaving, stage, type Dialogue, type LineMemory, type LineSettings } from '../wire/dialogue';
import { failure, phrase } from '../wire/errors';
import { encodeOptionSelect } from './frames';
import { baudCharOf, type Identification } from './identification';
import type { Iec62056Options } from './options';
import { signOn } from './sign-on';
import { OPTION_SELECT_MS, MeterTalk } from './meter-talk';

/** What the sign-on of mode E needs to know. */
export type ModeEOptions = Pick<Iec62056Options, 'address' | 'baud' | 'parity' | 'wakeUp'>;

/** A line that HDLC may be spoken on. */
export interface ModeE {
  readonly identification: Identification;
  /** How the port is set now. Whoever goes on restores the settings it had before. */
  readonly line: LineSettings;
}

/** Signs on and opens HDLC. Fails with REQUEST_REFUSED where the meter has none; the port is then as it was. */
export function* openModeE(o: ModeEOptions, memory: LineMemory): Dialogue<ModeE> {
  const talk = new MeterTalk(memory, o.parity);
  let isOpen = false;
  try {
    const mode = yield* stage('connect', open(talk, o));
    isOpen = true;
    return mode;
  } finally {
    if (!isOpen) yield* leaving(talk.close());
  }
}

function* open(talk: MeterTalk, o: ModeEOptions): Dialogue<ModeE> {
  const { identification } = yield* signOn(talk, { ...o, mode: 'C', request: 'readout', items: [], command: 'auto' });
  // Meters exist that open HDLC without saying so by \2: whoever chose mode E is believed, and the answer decides.
  if (!identification) throw failure('iec62056.noHdlc', {});
  const stay = baudCharOf(talk.line.baud) ?? '0';
  const baudChar = o.baud === 'stay' ? stay : identification.baudChar;
  const message = encodeOptionSelect('2', baudChar, '2');
  yield* talk.say(message);
  yield* talk.switchTo(
    { baud: o.baud === 'switch' ? identification.baud : talk.line.baud, dataBits: 8, parity: 'none', stopBits: 1 },
    message.length,
  );
  yield* confirm(talk, message);
  return { identification, line: talk.line };
}

/** The meter answers the same bytes at the new speed, with or without parity bits; then it expects HDLC. */
function* confirm(talk: MeterTalk, message: Uint8Array): Dialogue<void> {
  const answer = yield* talk.hearOption(OPTION_SELECT_MS, message);
  if (answer === 'same') return;
  throw answer === undefined ? talk.silence(phrase('iec62056.toHdlc', {})) : failure('iec62056.readoutForHdlc', {});
}
