// What may have been answered to another master is asked once more, in another shape. Law: two readings that disagree
// are an error, and so is a second one that is in doubt itself; never a value.
import { pause, type Dialogue } from '../../wire/dialogue';
import { failure, type Phrase, type ReadError } from '../../wire/errors';
import { isException } from '../frames/pdu';
import { ask, doubtAbout, type AskOutcome, type UnitTalk } from './exchange';
import { REPEAT_MS, type PlannedRead } from './plan';
import type { Item } from './lengths';

type AnsweredRead = Extract<AskOutcome, { kind: 'answer' }>;

/** `again`: another read of the same items; it has a length of its own, for the first one's is taken. */
export function* beyondDoubt(
  talk: UnitTalk,
  first: AnsweredRead,
  again: PlannedRead<Item> | undefined,
  span: Phrase,
): Dialogue<AnsweredRead> {
  const { unit } = talk.peer;
  if (!again || again.waitMs > REPEAT_MS) throw notOurs(unit, span);
  if (again.waitMs > 0) yield* pause(again.waitMs);
  const { function: fn, address, quantity } = again;
  const second = yield* ask(talk, { function: fn, address, quantity }, doubtAbout(talk, fn));
  if (second.kind !== 'answer' || second.doubt === 'asked') throw notOurs(unit, span);
  const isSame = again.items.every(({ start, end }) => {
    for (let at = start; at < end; at++) if (valueAt(first, at) !== valueAt(second, at)) return false;
    return true;
  });
  if (!isSame) throw notOurs(unit, span);
  return second;
}

function valueAt({ request, response }: AnsweredRead, address: number): number | boolean | undefined {
  if (!('address' in request) || isException(response)) return undefined;
  const at = address - request.address;
  if ('registers' in response) return response.registers[at];
  return 'bits' in response ? response.bits[at] : undefined;
}

function notOurs(unit: number, span: Phrase): ReadError {
  return failure('modbus.secondMaster', { unit, span });
}
