// The parts of an answer in data blocks, asked for one by one (Green Book 9.4.6.3, service-specific block transfer), of
// GET and of Read alike.
import { concatBytes } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure } from '../../wire/errors';

/** Parts of a long answer in the order they came: what a break leaves behind. */
export type AnswerParts = Uint8Array[];

/** One block of an answer; `raw` is a part of its octets. */
export interface DataBlock {
  readonly isLast: boolean;
  readonly block: number;
  readonly raw: Uint8Array;
}

/** What is asked while the parts of an answer come in: true = they are enough, and no more are asked for. */
export type Enough = (parts: AnswerParts) => boolean;

/** Joins the parts from the first on; `next` asks for the one after a block, and anything but a block ends it. */
export function* joinedBlocks<E>(
  first: DataBlock,
  progress: AnswerParts,
  next: (block: number) => Dialogue<DataBlock | { readonly ended: E }>,
  isEnough?: Enough,
): Dialogue<{ readonly raw: Uint8Array } | { readonly ended: E }> {
  checkOrder(first.block, 1);
  for (let block = first, octets = 0; ;) {
    progress.push(block.raw);
    octets += block.raw.length;
    if (block.isLast) return { raw: concatBytes(...progress) };
    if (isEnough?.(progress)) throw failure('cosem.moreThanAsked', {});
    if (octets > MAX_OCTETS || progress.length > MAX_BLOCKS) throw failure('cosem.endlessBlocks', {});
    const came = yield* next(block.block);
    if ('ended' in came) return came;
    checkOrder(came.block, block.block + 1);
    block = came;
  }
}

/** Blocks are numbered from 1 (Green Book 9.4.6.3). */
function checkOrder(came: number, due: number): void {
  if (came !== due) throw failure('cosem.blockOrder', { came, due });
}

const MAX_BLOCKS = 8192;
const MAX_OCTETS = 16 * 1024 * 1024;
