// A-XDR data and COSEM times, both directions, by vectors.
import assert from 'node:assert/strict';
import { decodeData, type Data } from '../../../src/core/dlms/apdu/axdr';
import { encodeData } from '../../../src/core/dlms/apdu/axdr-encode';
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
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import { thrown } from '../../support/dlms-bench';
import { said } from '../../support/said';
import { type Vector, VECTORS } from './codec-support';

interface Tree {
  readonly type: string;
  readonly value?: unknown;
}
const ofLayer = (layer: string): readonly Vector[] => VECTORS.filter((vector) => vector.layer === layer);

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
    // three million values from 4 kB
    const wide = fromHex('13' + '028203e9' + '11' + '00'.repeat(1000) + '820bb8' + '07'.repeat(3000));
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
      // hundredths 0 are not written
      assert.equal(isoOf(time), typeof expect['iso'] === 'string' ? expect['iso'].replace('.000', '') : null);
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
