// Every HDLC frame of the vector file, five ways. The frames come from captures of foreign peers and real meters.
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { crc16X25 } from '../../../src/core/wire/checksum';
import { encodeHdlc, scanHdlc, type HdlcFrame } from '../../../src/core/dlms/link/hdlc';
import { HdlcInbox } from '../../../src/core/dlms/link/hdlc-inbox';
import { stripLlc } from '../../../src/core/dlms/link/llc';
import { vectorFile } from '../../support/vectors';

interface ExpectedFrame {
  segmented: boolean;
  dest: { upper: number; lower?: number };
  dest_bytes: number;
  src: { upper: number; lower?: number };
  src_bytes: number;
  type: string;
  ns?: number;
  nr?: number;
  pf: number;
  info: string;
}
interface Row {
  id: string;
  layer: string;
  hex: string;
  frames?: { dir: 'TX' | 'RX'; hex: string }[];
  expect: { frames: ExpectedFrame[]; apdu?: string; fcs?: string; drop?: boolean };
}
const rows = vectorFile<{ vectors: Row[] }>('dlms.json').vectors;
const hdlc = rows.filter((row) => row.layer === 'hdlc');
const captured = rows
  .filter((row) => row.layer === 'transcript')
  .flatMap((row) =>
    (row.frames ?? []).filter(({ hex }) => hex.startsWith('7e')).map(({ hex }, i) => ({ id: `${row.id} ${i}`, hex })),
  );

function framesOf(...chunks: readonly Uint8Array[]): HdlcFrame[] {
  const inbox = new HdlcInbox();
  const frames: HdlcFrame[] = [];
  for (const chunk of chunks) {
    inbox.push(chunk);
    for (let frame = inbox.next(); frame; frame = inbox.next()) frames.push(frame);
  }
  return frames;
}

function plain(frame: HdlcFrame): ExpectedFrame {
  const address = ({ upper, lower }: { upper: number; lower?: number }): { upper: number; lower?: number } =>
    lower === undefined ? { upper } : { upper, lower };
  return {
    segmented: frame.isSegmented === true,
    dest: address(frame.dest),
    dest_bytes: frame.dest.size,
    src: address(frame.src),
    src_bytes: frame.src.size,
    type: frame.type,
    ...('ns' in frame && { ns: frame.ns }),
    ...('nr' in frame && { nr: frame.nr }),
    pf: frame.isFinal ? 1 : 0,
    info: toHex(frame.info),
  };
}

function wanted({ segmented, dest, dest_bytes, src, src_bytes, type, ns, nr, pf, info }: ExpectedFrame): ExpectedFrame {
  return {
    segmented,
    dest,
    dest_bytes,
    src,
    src_bytes,
    type,
    ...(ns !== undefined && { ns }),
    ...(nr !== undefined && { nr }),
    pf,
    info,
  };
}

describe('hdlc vectors', () => {
  for (const row of rows.filter(({ layer }) => layer === 'fcs')) {
    it(`fcs ${row.id}`, () => {
      const fcs = crc16X25(fromHex(row.hex));
      assert.equal(toHex(Uint8Array.of(fcs & 0xff, fcs >> 8)), row.expect.fcs);
    });
  }
  for (const row of hdlc) {
    const bytes = fromHex(row.hex);
    const expected = row.expect.frames.map(wanted);
    it(`${row.id}: decode, encode, byte by byte, with trailing bytes`, () => {
      const frames = framesOf(bytes);
      assert.deepEqual(frames.map(plain), expected);
      assert.equal(frames.map((frame) => toHex(encodeHdlc(frame))).join(''), row.hex);
      assert.deepEqual(framesOf(...Array.from(bytes, (byte) => Uint8Array.of(byte))).map(plain), expected);
      assert.deepEqual(framesOf(bytes, fromHex('7ea0ff 00 7e7e 41')).map(plain), expected);
      assert.deepEqual(framesOf(fromHex('ff00 7e a5'), bytes).map(plain), expected);
      if (row.expect.apdu !== undefined && frames.length === 1)
        assert.equal(toHex(stripLlc(frames[0]?.info ?? bytes)), row.expect.apdu);
    });
    it(`${row.id}: no flipped bit passes`, () => {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const bad = bytes.slice();
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const frames = framesOf(bad).map(plain);
        assert.ok(frames.length < expected.length, `bit ${bit}`);
        for (const frame of frames)
          assert.ok(
            expected.some((one) => JSON.stringify(one) === JSON.stringify(frame)),
            `bit ${bit}`,
          );
      }
    });
  }
  it(`${captured.length} frames of captured sessions come out as they went in`, () => {
    for (const { id, hex } of captured) {
      const frames = framesOf(fromHex(hex));
      assert.equal(frames.map((frame) => toHex(encodeHdlc(frame))).join(''), hex, id);
    }
    assert.ok(captured.length > 50);
  });
  it('neg-fcs: dropped, not decoded', () => {
    const row = rows.find(({ id }) => id === 'neg-fcs');
    assert.ok(row);
    assert.deepEqual(framesOf(fromHex(row.hex)), []);
    assert.notEqual(scanHdlc(fromHex(row.hex)), 'more');
  });
});
