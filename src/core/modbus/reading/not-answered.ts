// What was heard while an answer was waited for, kept to say what was wrong with it.
import { concatBytes } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure, type ReadError } from '../../wire/errors';
import type { Request } from '../frames/pdu';
import { misfitOf, withoutEcho, type Misfit } from '../frames/misfit';

export class Overheard {
  private chunks: Uint8Array[] = [];
  private size = 0;

  /** Does the part as it is, and keeps the octets that it is given. */
  *during<R>(part: Dialogue<R>): Dialogue<R> {
    let turn = part.next();
    while (!turn.done) {
      const chunk: Uint8Array | undefined = yield turn.value;
      if (chunk && this.size < MAX_OCTETS) this.chunks.push(concatBytes(chunk));
      this.size += chunk?.length ?? 0;
      turn = part.next(chunk);
    }
    return turn.value;
  }

  /** All of it; `said`: our own request, which a line with echo brings back first. */
  octets(said: Uint8Array): Uint8Array {
    return withoutEcho(concatBytes(...this.chunks), said);
  }
}

/** Why what was heard is no answer; `why`: what the line itself says of it. */
export function notAnswered(
  heard: Uint8Array,
  asked: { readonly unit: number; readonly request: Request },
  framing: 'rtu' | 'ascii',
  why: ReadError,
): ReadError {
  const misfit = misfitOf(heard, asked, framing);
  return misfit
    ? misfitFailure(misfit, asked.unit, asked.request.function)
    : failure('modbus.damaged', { unit: asked.unit, why });
}

function misfitFailure(misfit: Misfit, unit: number, asked: number): ReadError {
  switch (misfit.kind) {
    case 'unit':
      return failure('modbus.otherUnit', { unit, answered: misfit.unit });
    case 'function':
      return failure('modbus.answeredFunction', { unit, answered: misfit.function, function: asked });
    case 'length':
      return failure('modbus.otherLength', { unit, came: misfit.came, expected: misfit.expected });
    case 'form':
      return failure('modbus.otherForm', { unit, octets: misfit.octets });
    case 'framing':
      return failure('modbus.otherFraming', { unit, heard: misfit.heard });
    case 'lineEnd':
      return failure('modbus.lineEnd', { unit });
  }
}

/** Twice the longest ASCII frame. */
const MAX_OCTETS = 1026;
