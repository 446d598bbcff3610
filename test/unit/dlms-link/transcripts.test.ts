// Captured sessions between foreign clients and foreign meters, played back: our link must say the very bytes that the
// foreign client said (SNRM apart, which asks for more than theirs did) and give up the APDUs that the meter sent.
import assert from 'node:assert/strict';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import type { Dialogue, LineMemory } from '../../../src/core/wire/dialogue';
import { scanHdlc, type HdlcFrame } from '../../../src/core/dlms/link/hdlc';
import { HdlcLink } from '../../../src/core/dlms/link/hdlc-link';
import type { CosemLink } from '../../../src/core/dlms/link/cosem-link';
import { stripLlc } from '../../../src/core/dlms/link/llc';
import { WrapperLink } from '../../../src/core/dlms/link/wrapper-link';
import { vectorFile } from '../../support/vectors';

interface Session {
  id: string;
  layer: string;
  frames: { dir: 'TX' | 'RX'; hex: string }[];
}
const sessions = vectorFile<{ vectors: Session[] }>('dlms.json').vectors.filter(({ layer }) => layer === 'transcript');
const named = (id: string): Session => sessions.find((session) => session.id === id) ?? assert.fail(id);

const memory: LineMemory = {
  now: () => 0,
  knownSince: -Infinity,
  random: () => 0,
  roundTripMs: 100,
  line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  recall: (_key, create) => create(),
};

/** Answers what was recorded after each thing said; `cut` is the size of the chunks. */
function play<R>(dialogue: Dialogue<R>, frames: Session['frames'], cut = Infinity): R {
  const script = [...frames];
  const chunks: Uint8Array[] = [];
  let turn = dialogue.next();
  while (!turn.done) {
    const step = turn.value;
    let heard: Uint8Array | undefined;
    if (step.do === 'send') {
      const said = script.shift();
      if (said)
        assert.equal(isSnrm(step.bytes) ? 'SNRM' : toHex(step.bytes), isSnrm(fromHex(said.hex)) ? 'SNRM' : said.hex);
      while (script[0]?.dir === 'RX') {
        const bytes = fromHex(script.shift()?.hex ?? '');
        for (let at = 0; at < bytes.length; at += cut) chunks.push(bytes.slice(at, at + cut));
      }
    }
    if (step.do === 'receive') heard = chunks.shift();
    turn = dialogue.next(heard);
  }
  assert.deepEqual(script, []);
  return turn.value;
}

function frameOf(hex: string): HdlcFrame {
  const found = scanHdlc(fromHex(hex));
  return found !== 'more' && 'frame' in found ? found.frame : assert.fail(hex);
}
function isSnrm(bytes: Uint8Array): boolean {
  const found = scanHdlc(bytes);
  return found !== 'more' && 'frame' in found && found.frame.type === 'SNRM';
}

/** The APDUs of a session each way, segments joined. */
function apdusOf(session: Session): { asked: string[]; answered: string[] } {
  const out = { TX: [] as string[], RX: [] as string[] };
  const parts = { TX: [] as Uint8Array[], RX: [] as Uint8Array[] };
  for (const { dir, hex } of session.frames) {
    const frame = frameOf(hex);
    if (frame.type !== 'I') continue;
    parts[dir].push(frame.info);
    if (frame.isSegmented) continue;
    out[dir].push(toHex(stripLlc(concatBytes(...parts[dir]))));
    parts[dir] = [];
  }
  return { asked: out.TX, answered: out.RX };
}

function* talk(link: CosemLink, asked: readonly string[]): Dialogue<string[]> {
  const answers: string[] = [];
  yield* link.open();
  for (const apdu of asked) answers.push(toHex(yield* link.exchange(fromHex(apdu), 3000)));
  yield* link.close();
  return answers;
}

describe('dlms transcripts', () => {
  for (const session of sessions.filter(({ id, frames }) => id.startsWith('sess') && frames[0]?.hex.startsWith('7e'))) {
    const { asked, answered } = apdusOf(session);
    const first = frameOf(session.frames[0]?.hex ?? '');
    const link = (): HdlcLink =>
      new HdlcLink({
        client: first.src.upper,
        server: first.dest.upper,
        physical: first.dest.lower ?? 0,
        addressBytes: first.dest.size,
        memory,
      });
    const { frames } = session; // some captures stop before DISC, or before its answer
    for (const cut of [Infinity, 1, 7]) {
      it(`${session.id} in chunks of ${cut}`, () => {
        assert.deepEqual(play(talk(link(), asked), frames, cut), answered);
        assert.ok(answered.length > 0);
      });
    }
  }
  it('a segmented answer is polled segment by segment as the capture shows', () => {
    assert.equal(
      named('sess-hdlc-segmented').frames.filter(({ hex }) => hex.length === 18 && frameOf(hex).type === 'RR').length,
      9,
    );
    assert.equal(apdusOf(named('sess-hdlc-segmented')).answered.length, 3);
  });
  for (const session of sessions.filter(({ id }) => id.startsWith('sess-wrapper') || id === 'sess-sn-wrapper')) {
    const bodies = (dir: 'TX' | 'RX'): string[] =>
      session.frames.filter((frame) => frame.dir === dir).map(({ hex }) => hex.slice(16));
    for (const cut of [Infinity, 1, 7]) {
      it(`${session.id} in chunks of ${cut}`, () => {
        const [client, server] = [0x11, 1];
        assert.equal(session.frames[0]?.hex.slice(0, 12), '000100110001');
        assert.deepEqual(
          play(talk(new WrapperLink({ client, server, memory }), bodies('TX')), session.frames, cut),
          bodies('RX'),
        );
      });
    }
  }
  it('mode-e-handshake: the link begins with SNRM after the opening', () => {
    const frames = named('mode-e-handshake').frames.slice(4);
    assert.equal(frames.length, 2);
    const link = new HdlcLink({ client: 17, server: 1, physical: 0, addressBytes: 1, memory });
    assert.equal(play(link.open(), frames), undefined);
    assert.equal(link.maxInfoReceive, 128);
  });
  it('echo-snrm: our own SNRM that comes back is no answer', () => {
    const link = new HdlcLink({ client: 0x13, server: 16, physical: 1, addressBytes: 2, memory });
    const [tx, rx] = named('echo-snrm').frames;
    assert.ok(tx && rx);
    assert.throws(() => play(link.open(), [tx, rx, tx, rx, tx, rx]));
  });
});
