// How fast the HDLC receive path is: scanner, sequence numbers and reassembly of one long answer, in the frame sizes
// that meters grant and the chunks that a modem sends. A modem line carries about 1 kB/s; this must never be felt.
import { concatBytes } from '../src/core/wire/bytes';
import { encodeHdlc } from '../src/core/dlms/link/hdlc';
import { HdlcInbox } from '../src/core/dlms/link/hdlc-inbox';
import { ReceiveWindow } from '../src/core/dlms/link/hdlc-window';
import { systemClock } from '../src/core/transport/lane/clock';

export interface Measured {
  readonly name: string;
  readonly megabytesPerSecond: number;
  readonly framesPerSecond: number;
}

/** Each case runs for about `ms` milliseconds. */
export function run(ms = 300): readonly Measured[] {
  return CASES.map(({ info, chunk }) => {
    const { bytes, frames } = answer(info);
    const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
      bytes.slice(i * chunk, (i + 1) * chunk),
    );
    let rounds = 0;
    receive(chunks);
    const start = systemClock.now();
    let took = 0;
    while (took < ms) {
      receive(chunks);
      rounds += 1;
      took = systemClock.now() - start;
    }
    return {
      name: `info ${info}, chunks of ${chunk}`,
      megabytesPerSecond: (rounds * bytes.length) / took / 1000,
      framesPerSecond: (rounds * frames * 1000) / took,
    };
  });
}

function receive(chunks: readonly Uint8Array[]): void {
  const inbox = new HdlcInbox();
  const window = new ReceiveWindow();
  for (const chunk of chunks) {
    inbox.push(chunk);
    for (let frame = inbox.next(); frame; frame = inbox.next())
      if (frame.type === 'I') window.accept(frame.ns, frame.info, frame.isSegmented === true);
  }
  if (window.shift()?.length !== APDU_BYTES) throw new Error('the answer did not come through');
}

function answer(info: number): { bytes: Uint8Array; frames: number } {
  const lpdu = concatBytes(
    Uint8Array.of(0xe6, 0xe7, 0x00),
    Uint8Array.from({ length: APDU_BYTES }, (_, i) => (i * 31) & 0xff),
  );
  const frames: Uint8Array[] = [];
  for (let at = 0; at < lpdu.length; at += info) {
    frames.push(
      encodeHdlc({
        type: 'I',
        ns: frames.length % 8,
        nr: 1,
        isFinal: true,
        isSegmented: at + info < lpdu.length,
        dest: { size: 1, upper: 16 },
        src: { size: 2, upper: 1, lower: 17 },
        info: lpdu.slice(at, at + info),
      }),
    );
  }
  return { bytes: concatBytes(...frames), frames: frames.length };
}

const APDU_BYTES = 60_000;
const CASES = [
  { info: 128, chunk: 512 },
  { info: 128, chunk: 1 },
  { info: 512, chunk: 512 },
  { info: 2030, chunk: 1024 },
] as const;

if (require.main === module) console.table(run());
