// Answers a dialogue with what a stranger sends, whole or in pieces, and silence behind it.
import { fromLatin1 } from '../../src/core/wire/bytes';
import type { Dialogue, LineMemory } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import { TestMemory } from './iec-driver';

/** What comes of it; an error of its own is an outcome like any other. */
export function talkTo<R>(
  dialogueOf: (memory: LineMemory) => Dialogue<R>,
  input: string,
  pieceSize = Infinity,
): R | ReadError {
  const memory = new TestMemory();
  const pieces = piecesOf(fromLatin1(input), pieceSize);
  let at = 0;
  try {
    const dialogue = dialogueOf(memory);
    let turn = dialogue.next();
    for (let silences = 0; !turn.done;) {
      const step = turn.value;
      const heard = step.do === 'receive' ? pieces[at++] : undefined;
      if (step.do === 'receive' || step.do === 'pause') memory.time += heard ? 1 : step.ms;
      if (step.do === 'receive' && !heard && ++silences > MOST_SILENCES) throw new Error('the dialogue does not end');
      turn = dialogue.next(heard);
    }
    return turn.value;
  } catch (thrown) {
    const isOutcome = thrown instanceof ReadError && thrown.code !== 'INTERNAL' && thrown.code !== 'CONFIG_INVALID';
    if (isOutcome) return thrown;
    if (thrown instanceof ReadError) throw new Error('no talk at all', { cause: thrown });
    throw thrown;
  }
}

export function piecesOf(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  if (size >= bytes.length) return [bytes];
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, i * size + size));
}

const MOST_SILENCES = 1_000;
