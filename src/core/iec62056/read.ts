// Reads an IEC 62056-21 meter: sign-on, readout or programming mode, and always a goodbye. The order of things is
// here; the messages are in frames.ts, their meaning in readings.ts and profile.ts.
import { leaving, stage, type Dialogue, type LineMemory } from '../wire/dialogue';
import { failure, asReadError, type ReadError } from '../wire/errors';
import type { Readout } from '../meter/reading';
import { decodeDataSets } from './dataset';
import type { Identification } from './identification';
import { checkIec62056, type CheckedOptions, type Iec62056Options } from './options';
import { openSession } from './programming';
import { TelegramStream } from './push';
import { identityOf, pickReadings } from './readings';
import { readingsOf } from './readout-readings';
import { readGroup, readRegisters } from './registers';
import { hearReadout, modeOf, select, signOn, type HeardText, type Opening } from './sign-on';
import { readTable } from './read-table';
import { MeterTalk } from './meter-talk';

/**
 * One read of one meter: a readout, registers, a table, or the next pushed telegram. Throws ReadError with its stage.
 */
export function* readIec62056(options: Iec62056Options, memory: LineMemory): Dialogue<Readout> {
  const o = checkIec62056(options);
  if (o.mode === 'D') return yield* stage('read', hearTelegram(o));
  const talk = new MeterTalk(memory, o.parity);
  try {
    if (o.command === 'group') return yield* stage('read', readByGroup(talk, o));
    const opening = yield* stage('connect', signOn(talk, o));
    return yield* o.request === 'readout' ? readWhole(talk, opening, o) : readInSession(talk, opening, o);
  } catch (thrown) {
    const error = asReadError(thrown, 'read');
    if (talk.meter && talk.isSwitched && error.fault !== 'user') talk.meter.hasSwitchFailed = true;
    throw talk.isPasswordSent && error.retryable ? passwordSpent(error) : error;
  } finally {
    yield* leaving(talk.close());
  }
}

/** The data readout of modes A, B and C, whichever the meter gives. */
function* readWhole(talk: MeterTalk, { identification, data }: Opening, o: CheckedOptions): Dialogue<Readout> {
  // What is already there came without our word: a mode A meter, whatever its identification says.
  const again = identification && !talk.hasUnread ? yield* select(talk, identification, o, o.list ?? '0') : undefined;
  const heard = yield* stage('read', hearReadout(talk, data, again));
  return readoutOf(heard, identification, o);
}

function* readInSession(talk: MeterTalk, opening: Opening, o: CheckedOptions): Dialogue<Readout> {
  const { identification } = opening;
  const hasSession = identification !== undefined && modeOf(o, identification) === 'C' && !talk.hasUnread;
  if (!hasSession && o.request === 'registers') return yield* readWhole(talk, opening, o);
  if (!hasSession) throw failure('iec62056.readoutOnly', {}, 'connect');
  const readout = yield* openSession(talk, identification, o);
  if (readout && o.request === 'registers') return readoutOf(readout, identification, o);
  if (readout) throw failure('iec62056.acknowledgedLate', {}, 'connect');
  const identity = identityOf(identification, talk.bcc);
  if (o.request === 'registers')
    return { readings: yield* stage('read', readRegisters(talk, identification, o)), identity };
  return { ...(yield* stage('read', readTable(talk, identification, o))), identity };
}

function* readByGroup(talk: MeterTalk, o: CheckedOptions): Dialogue<Readout> {
  const readings = yield* readGroup(talk, o);
  return { readings, identity: identityOf(undefined, talk.bcc) };
}

/** Mode D: nothing is asked; the next whole telegram is the answer. */
function* hearTelegram(o: CheckedOptions): Dialogue<Readout> {
  const stream = new TelegramStream(o.parity);
  let heard = 0;
  for (;;) {
    const chunk = yield { do: 'receive', ms: PUSH_MS, since: 'sent' };
    if (chunk === undefined) {
      throw heard === 0 ? failure('iec62056.nothingSent', {}) : failure('iec62056.noTelegram', { bytes: heard });
    }
    heard += chunk.length;
    const readout = stream.take(chunk)[0];
    if (readout)
      return o.request === 'registers' ? { ...readout, readings: pickReadings(readout.readings, o.items) } : readout;
  }
}

function readoutOf(heard: HeardText, identification: Identification | undefined, o: CheckedOptions): Readout {
  try {
    const readings = readingsOf(decodeDataSets(heard.text));
    return {
      readings: o.request === 'registers' ? pickReadings(readings, o.items) : readings,
      identity: identityOf(identification, heard.check),
    };
  } catch (thrown) {
    // Without a block check a text that cannot be read is a damaged one, and worth another try.
    throw failure(
      heard.check === 'none' ? 'iec62056.unreadableUnchecked' : 'iec62056.unreadable',
      { why: asReadError(thrown) },
      'decode',
    );
  }
}

function passwordSpent(error: ReadError): ReadError {
  return failure('iec62056.passwordSpent', { why: error }, error.stage, { cause: error });
}

/** The slowest pushes in the field come every 10 to 15 s. */
const PUSH_MS = 60_000;
