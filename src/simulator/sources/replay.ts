// Serves recorded bytes of a real meter as they were. No codec stands on the meter's side then. The file is text:
//   # a comment
//   > 01 03 00 00 00 02 C4 0B      a request
//   < 01 03 04 00 06 00 05 DA 31   its answer; several lines are several bursts, one after the other
//   *                              in place of a request: whatever comes
// The same request may stand several times: its answers are then served in turn, and from the start again after the
// last.
import { concatBytes, fromHex, isSameBytes } from '../../core/wire/bytes';
import type { LineSettings } from '../../core/wire/dialogue';
import { pieces } from '../faults/behaviours';
import type { Meter, Reply } from '../serial/meter';
import { characterMs } from '../serial/uart';

export interface Exchange {
  /** undefined = any request. */
  readonly request: Uint8Array | undefined;
  readonly answers: readonly Uint8Array[];
}
export type Chunking = 'whole' | 'bytes' | 'odd';

/** Throws RangeError with the line that cannot be understood. */
export function parseRecording(text: string): readonly Exchange[] {
  const exchanges: { request: Uint8Array | undefined; answers: Uint8Array[] }[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    const content = (line.split('#', 1)[0] ?? '').trim();
    if (content === '') return;
    const [mark, hex] = [content[0], content.slice(1)];
    const last = exchanges.at(-1);
    try {
      if (mark === '>') exchanges.push({ request: fromHex(hex), answers: [] });
      else if (mark === '*' && hex.trim() === '') exchanges.push({ request: undefined, answers: [] });
      else if (mark === '<' && last) last.answers.push(fromHex(hex));
      else throw new RangeError('a line begins with ">", "*" or, after one of them, "<"');
    } catch (thrown) {
      throw new RangeError(`recording, line ${i + 1}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  });
  return exchanges;
}

export class ReplayMeter implements Meter {
  private pending: Uint8Array = new Uint8Array(0);
  /** The exchange served last; the search for the next one begins behind it. */
  private last = -1;

  constructor(
    private readonly exchanges: readonly Exchange[],
    readonly line: LineSettings,
    private readonly options: { readonly answerMs: number; readonly chunking: Chunking } = {
      answerMs: 50,
      chunking: 'whole',
    },
  ) {}

  hear(bytes: Uint8Array): readonly Reply[] {
    this.pending = concatBytes(this.pending, bytes).slice(-MAX_PENDING);
    const { exchanges, pending } = this;
    for (let step = 1; step <= exchanges.length; step++) {
      const at = (this.last + step) % exchanges.length;
      const exchange = exchanges[at];
      if (!exchange || (exchange.request && !endsWith(pending, exchange.request))) continue;
      this.last = at;
      this.pending = new Uint8Array(0);
      return this.replies(exchange.answers);
    }
    return [];
  }

  private replies(answers: readonly Uint8Array[]): readonly Reply[] {
    let afterMs = this.options.answerMs;
    return answers.flatMap((answer) =>
      pieces(answer, CHUNK_SIZES[this.options.chunking]).map((bytes) => {
        const reply = { afterMs, bytes };
        afterMs += bytes.length * characterMs(this.line) + (this.options.chunking === 'whole' ? 0 : CHUNK_GAP_MS);
        return reply;
      }),
    );
  }
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  return bytes.length >= end.length && isSameBytes(bytes.subarray(bytes.length - end.length), end);
}

/** Longer than the usual idle time of a port, so that each piece becomes a message of its own. */
const CHUNK_GAP_MS = 150;
const CHUNK_SIZES: Readonly<Record<Chunking, readonly number[]>> = { whole: [], bytes: [1], odd: [3, 1, 7, 2, 13, 5] };
const MAX_PENDING = 4096;
