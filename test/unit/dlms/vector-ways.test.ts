// Every row of test/vectors/dlms.json has its ways: decoded and encoded back, cut at every octet (an APDU comes whole,
// so a cut one is refused, not awaited), with an octet behind, with every single bit flipped. A row of a new layer, an
// APDU of a new tag, or a crypto or transcript row that nobody takes fails here. What the values are stands in the
// other tests of this folder; HDLC and wrapper frames, which have a stream, in test/unit/dlms-link.
//
// Without a check sum a flipped bit may give another value by right: then a value or a ReadError is asked for, and an
// end. With one (HDLC, GCM) it has to be refused.
import assert from 'node:assert/strict';
import {
  decodeAare,
  decodeAarq,
  decodeRelease,
  encodeAare,
  encodeAarq,
  encodeRlrq,
} from '../../../src/core/dlms/apdu/acse';
import { decodeData, takeData } from '../../../src/core/dlms/apdu/axdr';
import { encodeData } from '../../../src/core/dlms/apdu/axdr-encode';
import { decodeEnvelope, encodeEnvelope } from '../../../src/core/dlms/security/ciphering';
import { Cursor } from '../../../src/core/dlms/apdu/cursor';
import { decodeDateTime, encodeDateTime } from '../../../src/core/dlms/model/date-time';
import { scanHdlc } from '../../../src/core/dlms/link/hdlc';
import { HdlcInbox } from '../../../src/core/dlms/link/hdlc-inbox';
import { objectsOfLn } from '../../../src/core/dlms/model/objects';
import { Protector } from '../../../src/core/dlms/security/protection';
import { scanWrapper } from '../../../src/core/dlms/link/wrapper';
import {
  decodeActionRequest,
  decodeActionResponse,
  encodeActionRequest,
  encodeActionResponse,
} from '../../../src/core/dlms/apdu/action';
import { decodeConfirmedServiceError, decodeException, encodeException } from '../../../src/core/dlms/apdu/exception';
import {
  decodeGetRequest,
  decodeGetResponse,
  encodeGetRequest,
  encodeGetResponse,
  takeAttribute,
} from '../../../src/core/dlms/apdu/get';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import { crc16X25 } from '../../../src/core/wire/checksum';
import { ReadError } from '../../../src/core/wire/errors';
import { bench, thrown } from '../../support/dlms-bench';
import { PLAYS } from '../../support/dlms-plays';
import { vectorFile } from '../../support/vectors';

interface Row {
  readonly id: string;
  readonly layer: string;
  readonly hex: string;
  readonly guek?: string;
  readonly gak?: string;
  readonly system_title?: string;
  readonly blocks?: readonly string[];
  readonly frames?: readonly { readonly hex: string }[];
  readonly expect: Readonly<Record<string, unknown>>;
}
interface Codec {
  readonly decode: (bytes: Uint8Array) => unknown;
  readonly encode?: (value: never) => Uint8Array;
  /** Octets behind are passed over. */
  readonly isOpenEnded?: true;
}

const ROWS = vectorFile<{ vectors: readonly Row[] }>('dlms.json').vectors;
const codec = <T>(
  decode: (bytes: Uint8Array) => T,
  encode: (value: T) => Uint8Array,
  more: Omit<Codec, 'decode' | 'encode'> = {},
): Codec => ({ decode, encode, ...more });

/**
 * By tag. ACSE elements that nobody knows are passed over (Green Book 9.5, extension marks), and refusals bring no
 * value.
 */
const APDUS: Readonly<Record<string, Codec>> = {
  '60': codec(decodeAarq, encodeAarq, { isOpenEnded: true }),
  '61': codec(decodeAare, encodeAare, { isOpenEnded: true }),
  '62': codec(
    (bytes) => decodeRelease(bytes, 0x62),
    ({ userInformation }) => encodeRlrq(userInformation),
    { isOpenEnded: true },
  ),
  c0: codec(decodeGetRequest, encodeGetRequest),
  c4: codec(decodeGetResponse, encodeGetResponse),
  c3: codec(decodeActionRequest, encodeActionRequest),
  c7: codec(decodeActionResponse, encodeActionResponse),
  db: codec((bytes) => decodeEnvelope(bytes) ?? noEnvelope(), encodeEnvelope),
  d8: codec(decodeException, encodeException, { isOpenEnded: true }),
  // Only heard from meters.
  '0e': { decode: decodeConfirmedServiceError, isOpenEnded: true },
  // This reader sets nothing; the parts of the request are what others use.
  c1: { decode: (bytes) => setParts(bytes) },
};

/** Computed, not parsed: inputs and outputs of the primitives, each in test/unit/dlms/security.test.ts by its name. */
const CRYPTO = ['hls-md5', 'hls-sha256', 'gmac-pass3', 'key-wrap', 'ecdsa-p256-verify', 'ecdh-p256'];

const WAYS: Readonly<Record<string, (row: Row) => void>> = {
  fcs: ({ hex, expect }) => {
    const fcs = (bytes: Uint8Array): string => toHex(Uint8Array.of(crc16X25(bytes) & 0xff, crc16X25(bytes) >> 8));
    assert.equal(fcs(fromHex(hex)), expect['fcs']);
    for (const bent of flipped(fromHex(hex))) assert.notEqual(fcs(bent), expect['fcs']);
  },
  // five ways: test/unit/dlms-link/hdlc-vectors.test.ts, over this layer
  hdlc: ({ hex }) => assert.ok(isHdlc(fromHex(hex))),
  'hdlc-bad': ({ hex }) => {
    for (const chunks of [
      [fromHex(hex)],
      Array.from(fromHex(hex), (octet) => Uint8Array.of(octet)),
      [fromHex(hex), fromHex('7e41')],
    ])
      assert.equal(framesOf(chunks), 0);
  },
  wrapper: (row) => {
    const bytes = fromHex(row.hex);
    const open = (frame: Uint8Array): string => {
      const found = scanWrapper(frame);
      if (found === 'more' || !('frame' in found)) return 'no frame';
      const key = fromHex(row.guek ?? '');
      return toHex(
        new Protector(
          {
            ...bench().options,
            security: 'auth+encrypt',
            credentials: { encryptionKey: key, authenticationKey: fromHex(row.gak ?? '') },
          },
          'auth+encrypt',
        ).unprotect(found.frame.apdu),
      );
    };
    assert.equal(open(bytes), row.expect['plain']);
    for (const bent of flipped(bytes)) {
      const got = outcome(() => open(bent));
      // The wPorts are not authenticated: who asks compares them (test/unit/dlms-link/wrapper.test.ts).
      const isPort = bytes.some((octet, i) => i >= 2 && i < 6 && octet !== bent[i]);
      assert.ok(isPort || got === 'refused' || got === 'no frame', `${toHex(bent)} gave ${String(got)}`);
    }
  },
  apdu: ({ hex }) => everyWay(APDUS[hex.slice(0, 2)] ?? assert.fail(`no codec for APDU ${hex.slice(0, 2)}`), hex),
  glo: (row) => {
    everyWay(APDUS['db'] ?? assert.fail(), row.hex);
    const secrets = { encryptionKey: fromHex(row.guek ?? ''), authenticationKey: fromHex(row.gak ?? '') };
    const open = (apdu: Uint8Array): string =>
      toHex(
        new Protector(
          {
            ...bench().options,
            security: 'auth+encrypt',
            credentials: secrets,
            meterTitle: fromHex(row.system_title ?? ''),
          },
          'auth+encrypt',
        ).unprotect(apdu),
      );
    assert.equal(open(fromHex(row.hex)), row.expect['plain']);
    // A tag bent into that of a plain refusal (D8, 0E) is one: it brings no value.
    for (const bent of flipped(fromHex(row.hex)))
      assert.match(String(outcome(() => open(bent))), /^(refused|(d8|0e).*)$/, toHex(bent));
  },
  data: ({ hex }) => everyWay(codec(decodeData, encodeData), hex),
  'data-bad': ({ hex }) => assert.equal(thrown(() => decodeData(fromHex(hex))).code, 'BAD_VALUE'),
  datetime: ({ hex }) => everyWay(codec(decodeDateTime, encodeDateTime), hex),
  blocks: ({ blocks = [] }) => {
    const parts = blocks.map(fromHex);
    const whole = decodeData(concatBytes(...parts));
    // this meter writes its count of 123 as 82 00 7B, we write 7B
    assert.deepEqual(decodeData(encodeData(whole)), whole);
    for (const missing of parts.keys()) {
      const got = outcome(() => objectsOfLn(decodeData(concatBytes(...parts.filter((_, i) => i !== missing)))));
      assert.equal(got, 'refused', `block ${missing} is missing`);
    }
    for (const bent of flipped(parts[0] ?? assert.fail()))
      outcome(() => objectsOfLn(decodeData(concatBytes(bent, ...parts.slice(1)))));
  },
  crypto: ({ id }) => assert.ok(CRYPTO.includes(id), `${id} is computed nowhere`),
  transcript: ({ id, frames = [] }) => {
    assert.ok(
      PLAYS.some((play) => play.id === id),
      `${id} is replayed nowhere`,
    );
    for (const { hex } of frames) {
      const bytes = fromHex(hex);
      if (bytes[0] !== 0x7e) continue; // text of mode E, and the wrapper, have no check sum
      assert.equal(framesOf([bytes]), 1);
      assert.equal(framesOf(Array.from(bytes, (octet) => Uint8Array.of(octet))), 1);
      assert.equal(framesOf([bytes, fromHex('7ea0ff00')]), 1);
      for (const bent of flipped(bytes)) assert.equal(framesOf([bent]), 0, toHex(bent));
    }
  },
};

describe('all ways of every DLMS vector', () => {
  for (const row of ROWS)
    it(`${row.layer} ${row.id}`, () => (WAYS[row.layer] ?? assert.fail(`nothing takes the layer ${row.layer}`))(row));
  it('names no crypto row that is gone', () =>
    assert.deepEqual(
      ROWS.filter(({ layer }) => layer === 'crypto')
        .map(({ id }) => id)
        .sort(),
      [...CRYPTO].sort(),
    ));
});

function everyWay({ decode, encode, isOpenEnded }: Codec, hex: string): void {
  const bytes = fromHex(hex);
  const value = decode(bytes);
  if (encode) assert.equal(toHex(encode(value as never)), hex);
  for (let cut = 0; cut < bytes.length; cut++)
    assert.equal(
      outcome(() => decode(bytes.subarray(0, cut))),
      'refused',
      `cut at ${cut}`,
    );
  const longer = outcome(() => decode(concatBytes(bytes, Uint8Array.of(0))));
  if (isOpenEnded) assert.ok(longer === 'refused' || JSON.stringify(longer) === JSON.stringify(value));
  else assert.equal(longer, 'refused');
  for (const bent of flipped(bytes)) outcome(() => decode(bent));
}

/** What came of it: a value, or `refused`. Anything but a ReadError is a fault of ours, and passes through. */
function outcome(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    if (error instanceof ReadError && error.code !== 'INTERNAL') return 'refused';
    throw error;
  }
}

function* flipped(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit++)
    yield bytes.map((octet, i) => (i === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
}

function framesOf(chunks: readonly Uint8Array[]): number {
  const inbox = new HdlcInbox();
  let count = 0;
  for (const chunk of chunks) {
    inbox.push(chunk);
    while (inbox.next()) count += 1;
  }
  return count;
}

function isHdlc(bytes: Uint8Array): boolean {
  const found = scanHdlc(bytes);
  return found !== 'more' && 'frame' in found;
}

function noEnvelope(): never {
  throw new ReadError('BAD_VALUE', 'no ciphered APDU');
}

function setParts(bytes: Uint8Array): unknown {
  const cursor = new Cursor(bytes, 3);
  const parts = [takeAttribute(cursor), takeData(cursor)];
  cursor.finish();
  return parts;
}
