// General block transfer (Green Book 9.4.6.13) with meters that have it wrong: asked for only where it is wanted or
// needed, one block at a time until that worked, and never an answer put together of two.
import assert from 'node:assert/strict';
import { receiveInBlocks } from '../../../src/core/dlms/association/general-blocks';
import { decodeGeneralBlock, encodeGeneralBlock, type GeneralBlock } from '../../../src/core/dlms/apdu/block';
import { CONFORMANCE } from '../../../src/core/dlms/apdu/initiate';
import type { CosemLink } from '../../../src/core/dlms/link/cosem-link';
import { obisOctets } from '../../../src/core/meter/obis';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import type { Dialogue } from '../../../src/core/wire/dialogue';
import { ReadError } from '../../../src/core/wire/errors';
import { bench, LN_ALL, run, thrown, type BenchOptions } from '../../support/dlms-bench';

const RULES = { window: 1, meterMs: 1000 };
const OBJECTS = { kind: 'objects' } as const;
const block = (b: Partial<GeneralBlock>): Uint8Array =>
  encodeGeneralBlock({
    isLast: false,
    isStreaming: false,
    window: 1,
    block: 1,
    acknowledged: 0,
    data: fromHex('00'),
    ...b,
  });
const part = (number: number, more: Partial<GeneralBlock> = {}): Uint8Array =>
  block({ block: number, data: Uint8Array.of(number), ...more });

/** A link on which the meter says what the script has, whatever is asked; `undefined` = silence. */
class Script implements Partial<CosemLink> {
  readonly said: GeneralBlock[] = [];
  receives = 0;
  constructor(private readonly answers: Iterator<Uint8Array | undefined>) {}
  *exchange(apdu: Uint8Array): Dialogue<Uint8Array> {
    this.said.push(decodeGeneralBlock(apdu));
    return yield* this.next();
  }
  *receive(): Dialogue<Uint8Array> {
    this.receives += 1;
    return yield* this.next();
  }
  // eslint-disable-next-line require-yield -- a link that never waits
  private *next(): Dialogue<Uint8Array> {
    const { value } = this.answers.next() as { value: Uint8Array | undefined };
    if (!value) throw new ReadError('NO_REPLY', 'nothing was heard in time');
    return value;
  }
}
const script = (...answers: readonly (Uint8Array | undefined)[]): Script => new Script(answers.values());
const joined = (link: Script, first: Uint8Array, rules = RULES, told = 1): string =>
  toHex(run(receiveInBlocks(link as unknown as CosemLink, first, rules, 1, told)));
function* forEver(one: Uint8Array): Generator<Uint8Array> {
  for (;;) yield one;
}

describe('general blocks of one answer', () => {
  it('a block that says streaming although the window is full is acknowledged at once, not waited for', () => {
    const link = script(part(2, { isStreaming: true }), part(3, { isLast: true }));
    assert.equal(joined(link, part(1, { isStreaming: true })), '010203');
    assert.equal(link.receives, 0);
    assert.deepEqual(
      link.said.map(({ acknowledged, window }) => [acknowledged, window]),
      [
        [1, 1],
        [2, 1],
      ],
    );
  });
  it('within a window that the meter knows, streamed blocks are waited for', () => {
    const link = script(part(2, { isStreaming: true }), part(3), part(4, { isLast: true }));
    assert.equal(joined(link, part(1, { isStreaming: true }), { ...RULES, window: 3 }, 3), '01020304');
    assert.deepEqual([link.receives, link.said.length], [2, 1]);
  });
  it('a repeated block is passed over, and what was lost is asked for again', () => {
    assert.equal(joined(script(part(1), part(2), part(2), undefined, part(3, { isLast: true })), part(1)), '010203');
  });
  it('a meter that repeats one block for ever is cut off after a few', () => {
    const link = new Script(forEver(part(1, { isStreaming: true })));
    const error = thrown(() => joined(link, part(1), { ...RULES, window: 16 }, 16));
    assert.equal(error.code, 'BAD_FRAME');
    assert.ok(link.receives + link.said.length <= 64, `${link.receives} received`);
    const narrow = new Script(forEver(part(1)));
    assert.equal(thrown(() => joined(narrow, part(1))).code, 'BAD_FRAME');
    assert.ok(narrow.said.length <= 12);
    const streaming = new Script(forEver(part(1, { isStreaming: true })));
    assert.equal(thrown(() => joined(streaming, part(1), { ...RULES, window: 63 }, 63)).reason, 'dlms.blockRepeated');
  });
  it('numbers that begin again with other octets are another answer: nothing of it is joined', () => {
    for (const again of [part(1, { data: fromHex('c309') }), part(2, { data: fromHex('77') })]) {
      const error = thrown(() => joined(script(part(2), again), part(1)));
      assert.equal(error.reason, 'dlms.blocksAnew');
    }
  });
  it('an error in the middle is the answer; anything else there is none', () => {
    assert.equal(joined(script(fromHex('d80202')), part(1)), 'd80202');
    assert.equal(thrown(() => joined(script(fromHex('c401c10000')), part(1))).reason, 'dlms.blockInterrupted');
  });
  it('silence is told as silence', () => {
    assert.equal(thrown(() => joined(script(), part(1))).code, 'NO_REPLY');
  });
});

describe('general block transfer', () => {
  const BLOCKS = { sendPdu: 128, conformance: LN_ALL, generalBlocks: true } as const;
  const wanted = (o: BenchOptions = {}): BenchOptions => ({ server: BLOCKS, session: { blockTransfer: 'on' }, ...o });
  /** What of the conformance the AARQ asks for, and the windows told in blocks of ours. */
  function watched(o: BenchOptions) {
    const asked: boolean[] = [];
    const windows: number[] = [];
    const set = bench({
      ...o,
      loses: (_n, apdu) => {
        const at = toHex(apdu).indexOf('5f1f0400') / 2 + 4;
        if (apdu[0] === 0x60) asked.push((((apdu[at] ?? 0) << 16) & CONFORMANCE.generalBlockTransfer) !== 0);
        if (apdu[0] === 0xe0) windows.push(decodeGeneralBlock(apdu).window);
        return false;
      },
    });
    return { set, asked, windows };
  }
  const plain = bench().read(OBJECTS).readings;

  it('is asked for where it is wanted, and nowhere else', () => {
    for (const [blockTransfer, isAsked] of [
      ['on', true],
      ['off', false],
      ['auto', false],
    ] as const) {
      const { set, asked } = watched({ server: BLOCKS, session: { blockTransfer } });
      assert.deepEqual(set.read(OBJECTS).readings, plain);
      assert.deepEqual(asked, [isAsked], blockTransfer);
    }
  });
  it('one block at a time first, more in a row once that worked', () => {
    const { set, windows } = watched(wanted());
    set.read(OBJECTS);
    assert.deepEqual([...new Set(windows)], [1]);
    windows.length = 0;
    set.read({ kind: 'profile', profile: { obis: obisOctets('1-0:99.1.0'), entries: 20 } });
    assert.deepEqual([...new Set(windows)], [8]);
  });
  it('a window that the meter does not bear is given up for good, and the read goes on with one block', () => {
    const { set, windows } = watched(
      wanted({
        change: (answer) => {
          const is = answer[0] === 0xe0 ? decodeGeneralBlock(answer) : undefined;
          return is?.isStreaming ? encodeGeneralBlock({ ...is, block: 1, data: fromHex('0001c309') }) : answer;
        },
      }),
    );
    set.read(OBJECTS);
    const profile = { kind: 'profile', profile: { obis: obisOctets('1-0:99.1.0'), entries: 20 } } as const;
    assert.equal(set.read(profile).rows?.length, 20);
    windows.length = 0;
    assert.equal(set.read(profile).rows?.length, 20);
    assert.deepEqual([...new Set(windows)], [1]);
  });
  it('auto asks for it where a request does not fit without, and remembers that', () => {
    const items = Array.from({ length: 3 }, () => ({ obis: obisOctets('1.8.0'), classId: 3, attribute: 2 }));
    const server = { ...BLOCKS, maxPdu: 20 };
    const { set, asked } = watched({ server, session: { blockTransfer: 'auto' } });
    const list = { kind: 'profile', profile: { obis: obisOctets('1-0:99.1.0'), entries: 3 } } as const;
    assert.equal(set.read(list).rows?.length, 3);
    assert.deepEqual(asked, [false, true]);
    set.read({ kind: 'attributes', items });
    assert.deepEqual(asked, [false, true, true]);
    const off = watched({ server, session: { blockTransfer: 'off' } });
    assert.equal(off.set.read(list).rows?.length, 3); // the whole buffer, for which nothing has to be said
    assert.deepEqual(new Set(off.asked), new Set([false]));
  });
});
