// The blocks of one answer put in order (Green Book 9.4.6.13). Law: a block counts once, by its number and in sequence;
// a number that comes again with other octets belongs to another answer, and nothing of the two is joined.
import { concatBytes, isSameBytes } from '../../wire/bytes';
import { failure } from '../../wire/errors';
import type { GeneralBlock } from '../apdu/block';

/** The blocks of one answer, as far as they came. */
export class BlockSequence {
  private readonly parts: Uint8Array[] = [];
  /** Blocks that came before one that was lost. */
  private readonly early = new Map<number, GeneralBlock>();
  private octets = 0;
  /** Blocks in a row that brought nothing. */
  private useless = 0;
  isComplete = false;

  /** Blocks held in sequence: the number to acknowledge. */
  get count(): number {
    return this.parts.length;
  }
  get whole(): Uint8Array {
    return concatBytes(...this.parts);
  }

  /** `window` = how many blocks in a row the meter may send: what repeats itself beyond it has no end. */
  take(block: GeneralBlock, window: number): void {
    const before = this.count;
    const held = this.parts[block.block - 1] ?? this.early.get(block.block)?.data;
    if (held && !isSameBytes(held, block.data))
      throw failure('dlms.blocksAnew', { block: block.block, due: before + 1 });
    if (block.block > before && block.block <= before + MAX_WINDOW) this.early.set(block.block, block);
    for (let next = this.early.get(this.count + 1); next && !this.isComplete; next = this.early.get(this.count + 1))
      this.keep(next);
    this.useless = this.count > before ? 0 : this.useless + 1;
    if (this.useless > 2 * window + SPARE)
      throw failure('dlms.blockRepeated', { block: block.block, times: this.useless });
  }

  private keep(block: GeneralBlock): void {
    this.early.delete(block.block);
    this.parts.push(block.data);
    this.octets += block.data.length;
    this.isComplete = block.isLast;
    if (this.octets > MAX_OCTETS || this.count > MAX_BLOCKS)
      throw failure('dlms.blocksEndless', { blocks: MAX_BLOCKS, octets: MAX_OCTETS });
  }
}

const MAX_WINDOW = 63;
/** Doubles of the network, and what was under way when an acknowledge was said again. */
const SPARE = 8;
const MAX_OCTETS = 16 * 1024 * 1024;
/** Far above any profile; Gurux Java streams one-block answers for ever. */
const MAX_BLOCKS = 8192;
