// General block transfer, client side (Green Book 9.4.6.13): an answer in numbered blocks, several in a row without
// being asked for; what was lost is asked for again by acknowledging only what came in sequence.
import { concatBytes } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure, asReadError } from '../../wire/errors';
import type { CosemLink } from '../link/cosem-link';
import { decodeGeneralBlock, encodeGeneralBlock, type GeneralBlock } from '../apdu/block';
import { TAG, apduTagOf, tagText } from '../apdu/tags';

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
    if (apduTagOf(answer) !== TAG.generalBlock || decodeGeneralBlock(answer).acknowledged !== block) return answer; // an error APDU instead of the acknowledge
  }
}

/** The whole APDU of which `first` is a block. `firstOwn` = the number of our next block. */
export function* receiveInBlocks(
  link: CosemLink,
  first: Uint8Array,
  rules: BlockRules,
  firstOwn: number,
): Dialogue<Uint8Array> {
  const parts: Uint8Array[] = [];
  const early = new Map<number, GeneralBlock>();
  let [heard, own, stalls, size]: [Uint8Array | undefined, number, number, number] = [first, firstOwn, 0, 0];
  let isComplete = false;
  const keep = (block: GeneralBlock): void => {
    parts.push(block.data);
    size += block.data.length;
    isComplete = block.isLast;
    if (size > MAX_OCTETS || parts.length > MAX_BLOCKS)
      throw failure('dlms.blocksEndless', { blocks: MAX_BLOCKS, octets: MAX_OCTETS });
  };
  for (;;) {
    const before = parts.length;
    for (let isStreaming = true; isStreaming && heard;) {
      const block: GeneralBlock = inSequence(heard);
      if (block.block > parts.length && block.block <= parts.length + MAX_WINDOW) early.set(block.block, block);
      for (let next = early.get(parts.length + 1); next && !isComplete; next = early.get(parts.length + 1)) {
        early.delete(parts.length + 1);
        keep(next);
      }
      if (isComplete) return concatBytes(...parts);
      isStreaming = block.isStreaming && !block.isLast;
      heard = isStreaming ? yield* quietly(link.receive(rules.meterMs)) : undefined;
    }
    stalls = parts.length > before ? 0 : stalls + 1;
    if (stalls > MAX_STALLS) throw failure('dlms.blockMissing', { block: parts.length + 1, tries: MAX_STALLS });
    const acknowledge = encodeGeneralBlock({
      isLast: true,
      isStreaming: false,
      window: rules.window,
      block: own,
      acknowledged: parts.length,
      data: new Uint8Array(0),
    });
    own = (own + 1) & 0xffff;
    heard = yield* stalls === 0
      ? link.exchange(acknowledge, rules.meterMs)
      : quietly(link.exchange(acknowledge, rules.meterMs));
  }
}

function inSequence(apdu: Uint8Array): GeneralBlock {
  if (apduTagOf(apdu) !== TAG.generalBlock) throw failure('dlms.blockInterrupted', { tag: tagText(apdu) });
  return decodeGeneralBlock(apdu);
}

/** Silence in a stream is a lost block, not a lost meter: the acknowledge that follows asks for it again. */
function* quietly(part: Dialogue<Uint8Array>): Dialogue<Uint8Array | undefined> {
  try {
    return yield* part;
  } catch (thrown) {
    const error = asReadError(thrown);
    if (error.code !== 'NO_REPLY' && error.code !== 'BAD_FRAME') throw error;
    return undefined;
  }
}

const MAX_WINDOW = 63;
const MAX_STALLS = 3;
const MAX_OCTETS = 16 * 1024 * 1024;
/** Far above any profile; Gurux Java streams one-block answers for ever. */
const MAX_BLOCKS = 8192;
