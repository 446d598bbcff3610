// Notifications that nobody asked for: real pushes in every cut, and what must not be joined.
import assert from 'node:assert/strict';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import { encodeHdlc } from '../../../src/core/dlms/link/hdlc';
import { addLlc } from '../../../src/core/dlms/link/llc';
import { UiCollector } from '../../../src/core/dlms/link/ui-collector';
import { vectorFile } from '../../support/vectors';

interface Row {
  id: string;
  hex: string;
  expect: { apdu?: string; frames: { info: string }[] };
}
const pushes = vectorFile<{ vectors: Row[] }>('dlms.json').vectors.filter(({ id }) => id.startsWith('push-'));
const collect = (bytes: Uint8Array, cut: number): string[] => {
  const collector = new UiCollector();
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += cut)
    found.push(...collector.push(bytes.slice(at, at + cut)).map(({ apdu }) => toHex(apdu)));
  return found;
};
const apdu = Uint8Array.from({ length: 300 }, (_, i) => (i === 0 ? 0x0f : i & 0xff));
const parts = (type: 'UI' | 'I', client = 16): Uint8Array[] => {
  const lpdu = addLlc(apdu, 'response');
  return [0, 1, 2].map((n) =>
    encodeHdlc({
      ...(type === 'I' ? { type, ns: n, nr: 0 } : { type }),
      isFinal: n === 2,
      isSegmented: n < 2,
      dest: { size: 1, upper: client },
      src: { size: 1, upper: 1 },
      info: lpdu.slice(n * 120, n * 120 + 120),
    }),
  );
};

describe('ui collector', () => {
  for (const row of pushes) {
    it(row.id, () => {
      const expected =
        row.expect.frames.length === 1
          ? [row.expect.apdu]
          : row.expect.frames.map(({ info }) => info.replace(/^e6e700/, ''));
      for (const cut of [1, 5, 64, 10_000]) assert.deepEqual(collect(fromHex(row.hex), cut), expected);
      const twice = concatBytes(fromHex(row.hex), fromHex('7e7e00ff'), fromHex(row.hex));
      assert.deepEqual(collect(twice, 13), [...expected, ...expected]);
    });
  }
  it('joins segments of UI and of I frames', () => {
    for (const type of ['UI', 'I'] as const) assert.deepEqual(collect(concatBytes(...parts(type)), 50), [toHex(apdu)]);
  });
  it('tells who sent it to whom', () => {
    const [one] = new UiCollector().push(concatBytes(...parts('UI')));
    assert.deepEqual(
      [one?.server, one?.client],
      [
        { size: 1, upper: 1 },
        { size: 1, upper: 16 },
      ],
    );
  });
  it('never joins what is not neighbour: a damaged middle, a lost head, another client, a lost number', () => {
    const [a, b, c] = parts('UI');
    assert.ok(a && b && c);
    const bad = b.slice();
    bad[60] = (bad[60] ?? 0) ^ 1;
    assert.deepEqual(collect(concatBytes(a, bad, c), 50), []);
    assert.deepEqual(collect(concatBytes(b, c), 50), [toHex(parts('UI')[2]?.slice(8, -3) ?? a)].slice(1));
    assert.deepEqual(collect(concatBytes(a, b, a, b, c), 50), [toHex(apdu)]);
    const [, , other] = parts('UI', 17);
    assert.ok(other);
    assert.deepEqual(collect(concatBytes(a, b, other), 50), []);
    const [d, , f] = parts('I');
    assert.ok(d && f);
    assert.deepEqual(collect(concatBytes(d, f), 50), []);
  });
  it('is bounded', () => {
    const collector = new UiCollector();
    const [, b] = parts('UI');
    const [a] = parts('UI');
    assert.ok(a && b);
    collector.push(a);
    for (let i = 0; i < 5000; i++) collector.push(b);
    collector.push(new Uint8Array(300_000).fill(0x7e));
    collector.push(new Uint8Array(300_000).fill(0xa0));
    assert.deepEqual(
      collector.push(concatBytes(...parts('UI'))).map(({ apdu: got }) => toHex(got)),
      [toHex(apdu)],
    );
  });
});
