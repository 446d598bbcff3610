// General block transfer, server side (Green Book 9.4.6.13): collects a request in blocks, sends an answer in windows,
// and goes on behind what the client acknowledges - which is how lost blocks come again.
import { concatBytes } from '../../../core/wire/bytes';
import { decodeGeneralBlock, encodeGeneralBlock } from '../../../core/dlms/apdu/block';

export class BlockServer {
  private request: Uint8Array[] = [];
  private parts: Uint8Array[] = [];
  private heardBlock = 0;
  private readonly lost: Set<number>;

  constructor(
    private readonly maxPdu: number,
    losesBlocks: readonly number[],
  ) {
    this.lost = new Set(losesBlocks);
  }

  /** The first window of a long answer. A client that did not say its window takes one block. */
  begin(answer: Uint8Array, window: number): readonly Uint8Array[] {
    const size = this.maxPdu - 9;
    this.parts = Array.from({ length: Math.ceil(answer.length / size) }, (_, i) =>
      answer.slice(i * size, (i + 1) * size),
    );
    return this.send(1, window);
  }

  hear(apdu: Uint8Array, answer: (whole: Uint8Array) => Uint8Array | undefined): readonly Uint8Array[] {
    const block = decodeGeneralBlock(apdu);
    if (this.parts.length > 0 && block.data.length === 0) return this.send(block.acknowledged + 1, block.window);
    if (block.block === 1) this.request = [];
    this.request.push(block.data);
    this.heardBlock = block.block;
    if (!block.isLast)
      return [
        encodeGeneralBlock({
          isLast: true,
          isStreaming: false,
          window: 1,
          block: 1,
          acknowledged: block.block,
          data: new Uint8Array(0),
        }),
      ];
    const whole = answer(concatBytes(...this.request));
    this.request = [];
    return whole ? this.begin(whole, block.window) : [];
  }

  private send(from: number, window: number): readonly Uint8Array[] {
    const until = Math.min(this.parts.length, from + Math.max(1, window) - 1);
    const out: Uint8Array[] = [];
    for (let block = from; block <= until; block++) {
      const isLast = block === this.parts.length;
      const data = this.parts[block - 1] ?? new Uint8Array(0);
      if (this.lost.delete(block)) continue; // lost on the way, this once
      out.push(
        encodeGeneralBlock({
          isLast,
          isStreaming: block < until && !isLast,
          window: 1,
          block,
          acknowledged: this.heardBlock,
          data,
        }),
      );
    }
    return out;
  }
}
