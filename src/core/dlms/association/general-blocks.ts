// General block transfer, client side (Green Book 9.4.6.13): an answer in numbered blocks, several in a row without
// being asked for; what was lost is asked for again by acknowledging only what came in sequence.
import type { Dialogue } from '../../wire/dialogue';
import { failure, asReadError, type ReadError } from '../../wire/errors';
import type { CosemLink } from '../link/cosem-link';
import { BlockSequence } from './block-sequence';
import { decodeGeneralBlock, encodeGeneralBlock, type GeneralBlock } from '../apdu/block';
import { TAG, apduTagOf, tagText } from '../apdu/tags';

/** Blocks in a row that are taken, and the meter's time to begin an answer, in ms. */
export interface BlockRules {
  readonly window: number;
  readonly meterMs: number;
}

/** Sends the parts of an APDU as general blocks, and returns the meter's first answer to the last one. */
export function* sendInBlocks(link: CosemLink, parts: readonly Uint8Array[], rules: BlockRules): Dialogue<Uint8Array> {
  for (let block = 1; ; block++) {
    const data = parts[block - 1] ?? new Uint8Array(0);
    const isLast = block >= parts.length;
    const answer = yield* link.exchange(
      encodeGeneralBlock({ isLast, isStreaming: false, window: rules.window, block, acknowledged: 0, data }),
      rules.meterMs,
    );
    if (isLast) return answer;
    // an error APDU instead of the acknowledge
    if (apduTagOf(answer) !== TAG.generalBlock || decodeGeneralBlock(answer).acknowledged !== block) return answer;
  }
}

/**
 * The whole APDU of which `first` is a block. `firstOwn` = the number of our next block, `told` = the window that the
 * meter knows of us: at its end it waits for an acknowledge, whatever its streaming bit says.
 */
export function* receiveInBlocks(
  link: CosemLink,
  first: Uint8Array,
  rules: BlockRules,
  firstOwn: number,
  told = rules.window,
): Dialogue<Uint8Array> {
  const sequence = new BlockSequence();
  const silence = new Silence();
  let [heard, own, stalls, window]: [Uint8Array | undefined, number, number, number] = [first, firstOwn, 0, told];
  for (;;) {
    const before = sequence.count;
    for (let inRow = 1; heard; inRow++) {
      if (isRefusal(heard)) return heard;
      const block = blockOf(heard);
      sequence.take(block, window);
      if (sequence.isComplete) return sequence.whole;
      const isOver = !block.isStreaming || block.isLast || inRow >= window;
      heard = isOver ? undefined : yield* silence.orHeard(link.receive(rules.meterMs));
    }
    stalls = sequence.count > before ? 0 : stalls + 1;
    if (stalls === 0) silence.end();
    if (stalls > MAX_STALLS)
      throw silence.all ?? failure('dlms.blockMissing', { block: sequence.count + 1, tries: MAX_STALLS });
    const acknowledge = link.exchange(acknowledgeOf(sequence.count, own, rules.window), rules.meterMs);
    [own, window] = [(own + 1) & 0xffff, rules.window];
    heard = yield* silence.orHeard(acknowledge);
  }
}

function acknowledgeOf(acknowledged: number, block: number, window: number): Uint8Array {
  return encodeGeneralBlock({ isLast: true, isStreaming: false, window, block, acknowledged, data: NOTHING });
}

function blockOf(apdu: Uint8Array): GeneralBlock {
  if (apduTagOf(apdu) !== TAG.generalBlock) throw failure('dlms.blockInterrupted', { tag: tagText(apdu) });
  return decodeGeneralBlock(apdu);
}

function isRefusal(apdu: Uint8Array): boolean {
  return apduTagOf(apdu) === TAG.exception || apduTagOf(apdu) === TAG.confirmedServiceError;
}

/** Silence in a stream is a lost block, not a lost meter: the acknowledge that follows asks for it again. */
class Silence {
  /** The silence, while nothing else was met since the last block that came in sequence. */
  all: ReadError | undefined;
  private hasHeard = false;

  end(): void {
    this.all = undefined;
    this.hasHeard = false;
  }

  *orHeard(part: Dialogue<Uint8Array>): Dialogue<Uint8Array | undefined> {
    try {
      const heard = yield* part;
      this.hasHeard = true;
      this.all = undefined;
      return heard;
    } catch (thrown) {
      const error = asReadError(thrown);
      if (error.code !== 'NO_REPLY' && error.code !== 'BAD_FRAME') throw error;
      if (!this.hasHeard) this.all = error;
      return undefined;
    }
  }
}

const NOTHING = new Uint8Array(0);
const MAX_STALLS = 3;
