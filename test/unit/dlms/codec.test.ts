import assert from 'node:assert/strict';
import { decodeData, takeData, type Data } from '../../../src/core/dlms/apdu/axdr';
import { encodeData } from '../../../src/core/dlms/apdu/axdr-encode';
import { Cursor } from '../../../src/core/dlms/apdu/cursor';
import { decodeAare, decodeAarq, decodeRelease, encodeAare, encodeAarq } from '../../../src/core/dlms/apdu/acse';
import {
  clockDoubts,
  decodeDateTime,
  encodeDateTime,
  dateTimeAt,
  isoOf,
  laterBy,
  patternText,
  utcMs,
} from '../../../src/core/dlms/model/date-time';
import {
  decodeActionRequest,
  decodeActionResponse,
  encodeActionRequest,
  encodeActionResponse,
} from '../../../src/core/dlms/apdu/action';
import { decodeConfirmedServiceError, decodeException } from '../../../src/core/dlms/apdu/exception';
import {
  decodeGetRequest,
  decodeGetResponse,
  encodeGetRequest,
  encodeGetResponse,
  takeAttribute,
} from '../../../src/core/dlms/apdu/get';
import {
  decodeInitiateRequest,
  decodeInitiateResponse,
  encodeInitiateRequest,
  encodeInitiateResponse,
} from '../../../src/core/dlms/apdu/initiate';
import { decodeNotification } from '../../../src/core/dlms/apdu/notification';
import {
  decodeReadRequest,
  decodeReadResponse,
  encodeReadRequest,
  encodeReadResponse,
} from '../../../src/core/dlms/apdu/sn-read';
import {
  decodeAccessRequest,
  decodeAccessResponse,
  encodeAccessRequest,
  encodeAccessResponse,
} from '../../../src/core/dlms/apdu/access';
import { decodeGeneralBlock, encodeGeneralBlock } from '../../../src/core/dlms/apdu/block';
import { objectsOfLn } from '../../../src/core/dlms/model/objects';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import { thrown } from '../../support/dlms-bench';
import { vectorFile } from '../../support/vectors';
import { said } from '../../support/said';

interface Tree {
  readonly type: string;
  readonly value?: unknown;
}
interface Vector {
  readonly id: string;
  readonly layer: string;
  readonly hex: string;
  readonly expect: Record<string, unknown>;
  readonly blocks?: readonly string[];
}
const VECTORS = vectorFile<{ vectors: readonly Vector[] }>('dlms.json').vectors;
const ofLayer = (layer: string): readonly Vector[] => VECTORS.filter((vector) => vector.layer === layer);
const apdu = (id: string): Uint8Array => fromHex(VECTORS.find((vector) => vector.id === id)?.hex ?? assert.fail(id));

/** Data in the words of the vector file. */
function tree(data: Data): Tree {
  const { type, value } = data;
  if (value === null) return { type };
  if (value instanceof Uint8Array)
    return {
      type,
      value: type === 'octet-string' || type.startsWith('date') ? toHex(value) : Buffer.from(value).toString('latin1'),
    };
  if (typeof value === 'object') return { type, value: (value as readonly Data[]).map(tree) };
  return { type, value: typeof value === 'bigint' ? Number(value) : value };
}

describe('A-XDR data', () => {
  for (const { id, hex, expect } of ofLayer('data')) {
    it(`${id}: decoded, encoded back, refused when cut or followed`, () => {
      const bytes = fromHex(hex);
      const data = decodeData(bytes);
      assert.deepEqual(tree(data), expect['tree']);
      assert.equal(toHex(encodeData(data)), hex);
      for (let cut = 0; cut < Math.min(bytes.length, 200); cut++)
        assert.equal(thrown(() => decodeData(bytes.subarray(0, cut))).code, 'BAD_VALUE');
      assert.match(
        said(thrown(() => decodeData(concatBytes(bytes, Uint8Array.of(0))))),
        /1 octets too many at octet \d+/,
      );
    });
  }
  for (const { id, hex } of ofLayer('data-bad'))
    it(`${id} is refused`, () => assert.equal(thrown(() => decodeData(fromHex(hex))).code, 'BAD_VALUE'));

  it('knows every type of the standard, exactly', () => {
    const rows: readonly [hex: string, type: string, value: unknown][] = [
      ['0580000000', 'double-long', -2147483648],
      ['06ffffffff', 'double-long-unsigned', 4294967295],
      ['0a024142', 'visible-string', 'AB'],
      ['0c02c3a9', 'utf8-string', 'Ã©'],
      ['0d42', 'bcd', 0x42],
      ['0fff', 'integer', -1],
      ['10fffe', 'long', -2],
      ['11fe', 'unsigned', 254],
      ['12fffe', 'long-unsigned', 65534],
      ['16ff', 'enum', 255],
      ['183ff8000000000000', 'float64', 1.5],
      ['1907e60c0d02010203ff800000', 'date-time', '07e60c0d02010203ff800000'],
      ['1b01020304', 'time', '\x01\x02\x03\x04'],
      ['1cff', 'delta-integer', -1],
      ['1dfffe', 'delta-long', -2],
      ['1efffffffd', 'delta-double-long', -3],
      ['1ffe', 'delta-unsigned', 254],
      ['20fffe', 'delta-long-unsigned', 65534],
      ['21fffffffd', 'delta-double-long-unsigned', 4294967293],
      ['0400', 'bit-string', ''],
      ['0409ff80', 'bit-string', '111111111'],
      ['0300', 'boolean', false],
    ];
    for (const [hex, type, value] of rows) {
      const data = decodeData(fromHex(hex));
      assert.deepEqual(tree(data), { type, value }, hex);
      assert.equal(toHex(encodeData(data)), hex);
    }
    assert.deepEqual(decodeData(fromHex('15ffffffffffffffff')).value, 18446744073709551615n); // long64-unsigned, exact
    assert.deepEqual(decodeData(fromHex('03ff')).value, true); // meters also send FF
    assert.equal(decodeData(fromHex('ff')).type, 'dont-care');
  });
  it('ends on hostile input: depth, counts, endless compact arrays', () => {
    for (const hex of [
      '0101'.repeat(40) + '00',
      '0182ffff',
      '0184ffffffff',
      '0985ffffffffff',
      '1300050102030405',
      '130200021122',
      '1301ffff0001ff',
      '07',
      '130201130000',
    ]) {
      assert.equal(thrown(() => decodeData(fromHex(hex))).code, 'BAD_VALUE', hex);
    }
    assert.deepEqual(decodeData(fromHex('130000')).value, []); // no contents: no elements
    const wide = fromHex('13' + '028203e9' + '11' + '00'.repeat(1000) + '820bb8' + '07'.repeat(3000)); // three million values from 4 kB
    assert.match(said(thrown(() => decodeData(wide))), /too many values/);
  });
  it('makes of a compact array no more values than its octets can stand for', () => {
    // a structure of 1,000 null-data and one octet, a thousand times: two thousand octets for a million values
    const nulls = '00'.repeat(1_000);
    const hostile = fromHex(`13028203e9${nulls}118203e8${'01'.repeat(1_000)}`);
    assert.match(said(thrown(() => decodeData(hostile))), /many values/);
    const fair = decodeData(fromHex('130204000000110201' + '02'));
    assert.equal(fair.type === 'compact-array' && fair.value.length, 2);
  });

  it('rebuilds compact arrays of arrays', () => {
    const data = decodeData(fromHex('13' + '0202' + '12' + '01000211' + '08' + '00010203' + '00040506'));
    const element = (a: number, b: number, c: number): Tree => ({
      type: 'structure',
      value: [
        { type: 'long-unsigned', value: a },
        {
          type: 'array',
          value: [
            { type: 'unsigned', value: b },
            { type: 'unsigned', value: c },
          ],
        },
      ],
    });
    assert.deepEqual(tree(data), { type: 'compact-array', value: [element(1, 2, 3), element(4, 5, 6)] });
  });
});

describe('COSEM date-time', () => {
  for (const { id, hex, expect } of ofLayer('datetime')) {
    it(id, () => {
      const time = decodeDateTime(fromHex(hex));
      assert.equal(isoOf(time), typeof expect['iso'] === 'string' ? expect['iso'].replace('.000', '') : null); // hundredths 0 are not written
      if ('utc' in expect)
        assert.equal(utcMs(time) === null ? null : new Date(utcMs(time) ?? 0).toISOString(), expect['utc']);
      assert.equal(toHex(encodeDateTime(time)), hex);
    });
  }
  it('names a rule, the doubts of a clock, and counts on', () => {
    assert.equal(patternText(decodeDateTime(fromHex('ffff03fe0702000000ffc400'))), '*-03-last 02:00:00 Sunday+01:00');
    assert.equal(
      patternText(decodeDateTime(fromHex('fffffefeff02000000800000'))),
      '*-daylight saving begin-last 02:00:00',
    );
    assert.deepEqual(clockDoubts(0x8b), ['time invalid', 'time doubtful', 'clock status invalid']);
    assert.equal(
      isoOf(laterBy(decodeDateTime(fromHex('07e8021cff173b0000ffc400')), 900) ?? assert.fail()),
      '2024-02-29T00:14:00+01:00',
    );
  });
  it('refuses what is no time', () => {
    for (const hex of [
      '07e50d18ff0e303950ffc400',
      '07e5021eff0e303950ffc400',
      '07e50118ff18303950ffc400',
      '07e50118ff0e3c3950ffc400',
      '07e50118ff0e303950f00000',
      '07e50118ff',
    ]) {
      assert.equal(thrown(() => decodeDateTime(fromHex(hex))).code, 'BAD_VALUE', hex);
    }
  });
  it('carries every deviation sign: local + deviation = UTC', () => {
    for (const deviation of [-840, -120, -60, 0, 60, 300, 720]) {
      const time = dateTimeAt(Date.UTC(2026, 5, 1, 12), deviation);
      assert.equal(utcMs(decodeDateTime(encodeDateTime(time))), Date.UTC(2026, 5, 1, 12));
      assert.equal(Date.parse(isoOf(time) ?? ''), Date.UTC(2026, 5, 1, 12));
    }
  });
});

describe('ACSE and xDLMS APDUs', () => {
  it('writes the AARQs of the Green Book', () => {
    const initiate = encodeInitiateRequest({ conformance: 0x007e1f, maxPdu: 0x04b0 });
    const context = { referencing: 'LN', isCiphered: false } as const;
    assert.deepEqual(encodeAarq({ context, userInformation: initiate }), apdu('aarq-none'));
    assert.deepEqual(
      encodeAarq({
        context,
        mechanism: 1,
        authenticationValue: new Uint8Array(Buffer.from('12345678')),
        userInformation: initiate,
      }),
      apdu('aarq-lls'),
    );
    const glo = VECTORS.find(({ id }) => id === 'glo-initiate-request')?.expect['plain'];
    assert.equal(
      toHex(
        encodeInitiateRequest({
          conformance: 0x007e1f,
          maxPdu: 0x04b0,
          dedicatedKey: fromHex('00112233445566778899aabbccddeeff'),
        }),
      ),
      glo,
    );
    assert.deepEqual(decodeInitiateRequest(initiate), { version: 6, conformance: 0x007e1f, maxPdu: 1200 });
    const ciphered = decodeAarq(apdu('aarq-lls-ciphered'));
    assert.equal(toHex(ciphered.systemTitle ?? assert.fail()), '4d4d4d0000bc614e');
    assert.deepEqual(encodeAarq(ciphered), apdu('aarq-lls-ciphered'));
  });
  it('reads AAREs, and writes them back as they were', () => {
    const ok = decodeAare(apdu('aare-ok'));
    assert.deepEqual(
      { ...ok, userInformation: undefined },
      {
        context: { referencing: 'LN', isCiphered: false },
        result: 0,
        source: 'user',
        diagnostic: 0,
        userInformation: undefined,
      },
    );
    assert.deepEqual(decodeInitiateResponse(ok.userInformation ?? assert.fail()), {
      version: 6,
      conformance: 0x00501f,
      maxPdu: 500,
      vaaName: 7,
    });
    const hls = decodeAare(apdu('aare-hls'));
    assert.deepEqual(
      [hls.diagnostic, hls.mechanism, Buffer.from(hls.authenticationValue ?? assert.fail()).toString()],
      [14, 5, 'P6wRJ21F'],
    );
    assert.deepEqual(
      [decodeAare(apdu('aare-rejected-transient')).result, decodeAare(apdu('aare-sn-error')).context?.referencing],
      [2, 'SN'],
    );
    assert.deepEqual(decodeConfirmedServiceError(decodeAare(apdu('aare-version')).userInformation ?? assert.fail()), {
      service: 1,
      kind: 6,
      value: 1,
    });
    for (const id of ['aare-ok', 'aare-hls', 'aare-version', 'aare-sn-error', 'aare-rejected-transient'])
      assert.deepEqual(encodeAare(decodeAare(apdu(id))), apdu(id), id);
    assert.deepEqual(
      encodeInitiateResponse(decodeInitiateResponse(ok.userInformation ?? assert.fail())),
      ok.userInformation,
    );
  });
  it('takes a user-information counted one octet short, an explicit protocol version, and an old conformance tag', () => {
    const short = apdu('aare-ok').slice();
    short[short.length - 17] = 0x0f; // BE 0F instead of BE 10
    assert.deepEqual(decodeAare(short).userInformation, decodeAare(apdu('aare-ok')).userInformation);
    const versioned = fromHex('612d80020780' + toHex(apdu('aare-ok')).slice(4));
    assert.deepEqual(decodeAare(versioned), decodeAare(apdu('aare-ok')));
    assert.equal(decodeInitiateResponse(fromHex('0800065f040000501f01f40007')).conformance, 0x00501f);
  });
  it('reads releases', () => {
    assert.equal(decodeRelease(fromHex('6303800100'), 0x63).reason, 0);
    assert.equal(decodeRelease(fromHex('6300'), 0x63).reason, 0);
    assert.ok(decodeRelease(apdu('rlrq-ciphered'), 0x62).userInformation);
  });
  it('reads and writes GET in all forms', () => {
    for (const id of ['get-normal', 'get-next', 'get-list', 'get-range'])
      assert.deepEqual(encodeGetRequest(decodeGetRequest(apdu(id))), apdu(id), id);
    for (const id of ['getresp-u32', 'getresp-block1', 'getresp-list-9'])
      assert.deepEqual(encodeGetResponse(decodeGetResponse(apdu(id))), apdu(id), id);
    const value = decodeGetResponse(apdu('getresp-u32'));
    assert.ok(value.kind === 'normal' && 'data' in value.result && value.result.data.value === 5009);
    const block = decodeGetResponse(apdu('getresp-block1'));
    assert.ok(
      block.kind === 'block' &&
        !block.isLast &&
        block.block === 1 &&
        'raw' in block.result &&
        block.result.raw.length === 1182,
    );
    const list = decodeGetResponse(apdu('getresp-list-9'));
    assert.ok(list.kind === 'with-list' && list.results.length === 9);
  });
  it('set-tz: the descriptor and the value of a SET, though this reader sends none', () => {
    const cursor = new Cursor(apdu('set-tz'), 3);
    const attribute = takeAttribute(cursor);
    assert.deepEqual(
      [attribute.classId, toHex(attribute.instance), attribute.attribute, attribute.selection],
      [8, '0000010000ff', 3, undefined],
    );
    assert.deepEqual(takeData(cursor), { type: 'long', value: 120 });
    cursor.finish();
  });
  it('reads and writes ACTION, Read, ACCESS, general blocks', () => {
    assert.deepEqual(encodeActionRequest(decodeActionRequest(apdu('action-hls'))), apdu('action-hls'));
    assert.deepEqual(encodeActionResponse(decodeActionResponse(apdu('actresp-data'))), apdu('actresp-data'));
    assert.deepEqual(encodeReadRequest(decodeReadRequest(fromHex('0501022bc8'))), fromHex('0501022bc8'));
    assert.deepEqual(encodeReadResponse(decodeReadResponse(fromHex('0c010006000fda8b'))), fromHex('0c010006000fda8b'));
    const attribute = { classId: 3, instance: fromHex('0100010800ff'), attribute: 2 };
    assert.equal(
      toHex(encodeAccessRequest(0x40000001, [attribute])),
      'd94000000100' + '01' + '01' + '0003' + '0100010800ff' + '02' + '0100',
    );
    assert.deepEqual(decodeAccessRequest(encodeAccessRequest(0x40000001, [attribute])).attributes, [attribute]);
    const answer = encodeAccessResponse(1, [{ data: { type: 'unsigned', value: 7 } }, { refused: 3 }]);
    assert.equal(toHex(answer), 'da000000010000' + '02110700' + '0201000103');
    assert.deepEqual(decodeAccessResponse(answer).results, [{ data: { type: 'unsigned', value: 7 } }, { refused: 3 }]);
    const block = { isLast: true, isStreaming: false, window: 5, block: 3, acknowledged: 2, data: fromHex('0102') };
    assert.equal(toHex(encodeGeneralBlock(block)), 'e08500030002020102');
    assert.deepEqual(decodeGeneralBlock(fromHex('e08500030002020102')), block);
  });
  it('reads exceptions and errors', () => {
    assert.deepEqual(decodeException(apdu('exc-1')), { stateError: 1, serviceError: 2 });
    assert.deepEqual(decodeException(fromHex('d80106000186a5')), {
      stateError: 1,
      serviceError: 6,
      expectedCounter: 0x186a5,
    });
    assert.deepEqual(decodeConfirmedServiceError(apdu('cse-initiate')), { service: 1, kind: 3, value: 2 });
  });
  it('reads notifications, with the time of Kaifa too', () => {
    const body = '020209060100010800ff0600000001';
    const time = '0c07e60c0d0201020300800000';
    const [without, plain, kaifa] = [
      `0f00000001` + '00' + body,
      '0f00000001' + time + body,
      '0f00000001' + '09' + time + body,
    ].map((hex) => decodeNotification(fromHex(hex)));
    assert.ok(without?.kind === 'data' && without.time === undefined && without.invoke === 1);
    assert.ok(plain?.kind === 'data' && toHex(plain.time ?? assert.fail()) === time.slice(2));
    assert.deepEqual(kaifa, plain);
    const event = decodeNotification(fromHex('c201' + time + '0003' + '0100010800ff' + '02' + '0600000005'));
    assert.ok(event.kind === 'event' && event.classId === 3 && event.body.value === 5);
    const report = decodeNotification(fromHex('1800' + '01022008' + '010600000005'));
    assert.ok(report.kind === 'report' && report.names[0] === 0x2008);
  });
  it('gives the object list of a real Kamstrup from its 68 blocks', () => {
    const vector = VECTORS.find(({ id }) => id === 'kamstrup-object-list') ?? assert.fail();
    const objects = objectsOfLn(decodeData(concatBytes(...(vector.blocks ?? []).map(fromHex))));
    assert.deepEqual(
      objects.map(({ classId, version, instance }) => `${classId} ${[...instance].join('.')} v${version}`),
      vector.expect['objects'],
    );
    const register = objects.find(({ classId }) => classId === 3);
    assert.deepEqual(register?.attributes[0], { attribute: 1, access: 'read', selectors: [] });
  });
  it('refuses every APDU that is cut or followed by more', () => {
    const decoders: readonly [string, (bytes: Uint8Array) => unknown][] = [
      ['get-normal', decodeGetRequest],
      ['get-list', decodeGetRequest],
      ['getresp-u32', decodeGetResponse],
      ['getresp-list-9', decodeGetResponse],
      ['action-hls', decodeActionRequest],
      ['actresp-data', decodeActionResponse],
      ['aare-ok', decodeAare],
      ['aare-hls', decodeAare],
    ];
    for (const [id, decode] of decoders) {
      const bytes = apdu(id);
      for (let cut = 0; cut < bytes.length; cut++)
        assert.equal(thrown(() => decode(bytes.subarray(0, cut))).code, 'BAD_VALUE', `${id} cut at ${cut}`);
      if (!id.startsWith('aare'))
        assert.equal(thrown(() => decode(concatBytes(bytes, Uint8Array.of(0)))).code, 'BAD_VALUE', id);
    }
  });
});
