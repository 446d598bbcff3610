// The wrapper's vectors, five ways as far as a frame without checksum allows, and its dialogue.
import assert from 'node:assert/strict';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import type { Dialogue } from '../../../src/core/wire/dialogue';
import { ReadError } from '../../../src/core/wire/errors';
import { Inbox } from '../../../src/core/wire/inbox';
import { encodeWrapper, scanWrapper, type Wpdu } from '../../../src/core/dlms/link/wrapper';
import { WrapperLink } from '../../../src/core/dlms/link/wrapper-link';
import { WrapperServer } from '../../../src/simulator/meters/dlms/wrapper-server';
import { losing, World } from '../../support/dlms-driver';
import { vectorFile } from '../../support/vectors';
import { said } from '../../support/said';

interface Row {
  id: string;
  layer: string;
  hex: string;
  frames?: { hex: string }[];
  expect: { source: number; dest: number };
}
const rows = vectorFile<{ vectors: Row[] }>('dlms.json').vectors;

function all(...chunks: readonly Uint8Array[]): Wpdu[] {
  const inbox = new Inbox();
  const found: Wpdu[] = [];
  for (const chunk of chunks) {
    inbox.push(chunk);
    for (let one = inbox.next(scanWrapper); one; one = inbox.next(scanWrapper)) found.push(one);
  }
  return found;
}
const code = (make: () => unknown): string => {
  try {
    make();
  } catch (e) {
    return e instanceof ReadError ? `${e.code}: ${said(e)}` : String(e);
  }
  return 'none';
};
const answer = (apdu: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: ((apdu[0] ?? 0) << 8) | (apdu[1] ?? 0) }, (_, i) => i);

describe('wrapper', () => {
  for (const row of rows.filter(({ layer }) => layer === 'wrapper')) {
    it(row.id, () => {
      const bytes = fromHex(row.hex);
      const expected = [{ source: row.expect.source, destination: row.expect.dest, apdu: bytes.slice(8) }];
      assert.deepEqual(all(bytes), expected);
      assert.equal(toHex(encodeWrapper(expected[0] ?? assert.fail())), row.hex);
      assert.deepEqual(all(...Array.from(bytes, (byte) => Uint8Array.of(byte))), expected);
      assert.deepEqual(all(bytes, fromHex('000100')), expected);
      assert.deepEqual(all(fromHex('ff 00 00 02 7e'), bytes), expected);
      for (let bit = 0; bit < 16; bit++) {
        const bad = bytes.slice();
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        for (const frame of all(bad)) assert.notDeepEqual(frame, expected[0]);
      }
    });
  }
  it('frames of captured sessions come out as they went in', () => {
    const captured = rows
      .filter(({ layer }) => layer === 'transcript')
      .flatMap(({ frames }) => frames ?? [])
      .filter(({ hex }) => hex.startsWith('0001'));
    assert.ok(captured.length > 20);
    for (const { hex } of captured)
      assert.equal(
        all(fromHex(hex))
          .map((one) => toHex(encodeWrapper(one)))
          .join(''),
        hex,
      );
  });
  it('passes over an empty frame', () =>
    assert.equal(all(fromHex('0001000100100000'), fromHex('00010001001000016f')).length, 1));

  const meter = (): WrapperServer => new WrapperServer({ servers: [1] }, answer);
  it('carries APDUs of every size, in the chunks of a modem', () => {
    for (const size of [1, 255, 4096, 65_535]) {
      const world = new World(meter(), { chunk: 512 });
      const link = new WrapperLink({ client: 16, server: 1, memory: world.memory });
      assert.equal(world.run(link.exchange(Uint8Array.of(size >> 8, size & 0xff), 2000)).length, size);
    }
  });
  it('drops its echo, other SAPs and what came before', () => {
    const world = new World(meter(), { isEchoing: true });
    const link = new WrapperLink({ client: 1, server: 1, memory: world.memory });
    const foreign = encodeWrapper({ source: 1, destination: 99, apdu: Uint8Array.of(0x0f, 1) });
    world.inject(foreign, 300);
    const talk = function* (): Dialogue<number> {
      yield* link.open();
      const { length } = yield* link.exchange(Uint8Array.of(0, 7), 2000);
      yield* link.close();
      return length;
    };
    assert.equal(world.run(talk()), 7);
    assert.deepEqual(
      link.notifications.map(({ destination }) => destination),
      [99],
    );
    assert.equal(world.sent.length, 1);
  });
  it('half a frame from before does not swallow the answer', () => {
    const world = new World(meter());
    const link = new WrapperLink({ client: 16, server: 1, memory: world.memory });
    world.inject(fromHex('0001000100100200 c401'), 100);
    assert.match(
      code(() => world.run(link.receive(1000))),
      /^BAD_FRAME/,
    );
    assert.equal(world.run(link.exchange(Uint8Array.of(0, 7), 2000)).length, 7);
  });
  it('says what to check when nothing comes, or half of it', () => {
    const silent = new World(meter(), { toMeter: losing(1) });
    assert.match(
      code(() =>
        silent.run(
          new WrapperLink({ client: 16, server: 1, memory: silent.memory }).exchange(Uint8Array.of(0, 1), 2000),
        ),
      ),
      /^NO_REPLY: .*client and server/,
    );
    const half = new World(meter(), { chunk: 64, toClient: losing(2) });
    assert.match(
      code(() =>
        half.run(new WrapperLink({ client: 16, server: 1, memory: half.memory }).exchange(Uint8Array.of(0, 200), 2000)),
      ),
      /^BAD_FRAME: /,
    );
    assert.match(
      code(() => new WrapperLink({ client: 70_000, server: 1, memory: half.memory })),
      /^CONFIG_INVALID: .*: client 70000/,
    );
    assert.match(
      code(() => encodeWrapper({ source: 1, destination: 1, apdu: concatBytes() })),
      /^INTERNAL/,
    );
  });
});
