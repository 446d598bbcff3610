import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeData, decodeLeadingItems, type Data } from '../../src/core/dlms/apdu/axdr';
import { encodeData } from '../../src/core/dlms/apdu/axdr-encode';
import { dateTimeAt, decodeDateTime, encodeDateTime, isoOf, utcMs } from '../../src/core/dlms/model/date-time';
import { openBody, protectBody, takeSecuredBody } from '../../src/core/dlms/security/ciphering';
import { listsOf } from '../../src/core/dlms/reading/round-trips';
import { obisOctets, obisText } from '../../src/core/meter/obis';
import { ReadError } from '../../src/core/wire/errors';
import { AK, bench, EK, METER_TITLE } from '../support/dlms-bench';
import { seeded } from '../support/dlms-driver';
import { hostile, survives } from '../support/dlms-fuzz';

/** Objects as the decoder makes them. */
const PLAIN = { noNullPrototype: true } as const;
const octets = fc.uint8Array({ maxLength: 200 });
const { data } = fc.letrec<{ data: Data }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom<Data>(
      { type: 'null-data', value: null },
      { type: 'dont-care', value: null },
      { type: 'boolean', value: true },
    ),
    fc.record({ type: fc.constant('long64-unsigned' as const), value: fc.bigInt(0n, 2n ** 64n - 1n) }, PLAIN),
    fc.record({ type: fc.constant('long64' as const), value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }, PLAIN),
    fc.record({ type: fc.constant('double-long-unsigned' as const), value: fc.nat({ max: 0xffffffff }) }, PLAIN),
    fc.record(
      { type: fc.constantFrom('double-long' as const, 'delta-double-long' as const), value: fc.integer() },
      PLAIN,
    ),
    fc.record({ type: fc.constant('long' as const), value: fc.integer({ min: -32768, max: 32767 }) }, PLAIN),
    fc.record(
      { type: fc.constantFrom('integer' as const, 'bcd' as const), value: fc.integer({ min: -128, max: 127 }) },
      PLAIN,
    ),
    fc.record({ type: fc.constant('float64' as const), value: fc.double({ noNaN: true }) }, PLAIN),
    fc.record(
      {
        type: fc.constantFrom('octet-string' as const, 'visible-string' as const, 'utf8-string' as const),
        value: octets,
      },
      PLAIN,
    ),
    fc.record(
      {
        type: fc.constant('bit-string' as const),
        value: fc.array(fc.constantFrom('0', '1'), { maxLength: 40 }).map((bits) => bits.join('')),
      },
      PLAIN,
    ),
    fc.record(
      { type: fc.constantFrom('array' as const, 'structure' as const), value: fc.array(tie('data'), { maxLength: 6 }) },
      PLAIN,
    ),
  ),
}));

describe('DLMS properties', () => {
  it('data: what is written is read back, octet for octet', () => {
    fc.assert(
      fc.property(data, (one) => {
        const bytes = encodeData(one);
        assert.deepEqual(encodeData(decodeData(bytes)), bytes);
        assert.deepEqual(
          decodeData(bytes),
          one.type === 'array' || one.type === 'structure' ? { type: one.type, value: one.value } : one,
        );
      }),
      { numRuns: 400, seed: 1 },
    );
  });
  it('an array cut anywhere gives only whole elements, in order', () => {
    fc.assert(
      fc.property(fc.array(data, { minLength: 1, maxLength: 8 }), fc.nat(), (value, at) => {
        const bytes = encodeData({ type: 'array', value });
        const leading = decodeLeadingItems(bytes.slice(0, at % (bytes.length + 1)));
        assert.deepEqual(leading.map(encodeData), value.slice(0, leading.length).map(encodeData));
        assert.equal(decodeLeadingItems(bytes).length, value.length);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
  it('a moment survives the clock of any zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2099, 0) / 1000 }),
        fc.integer({ min: -840, max: 840 }),
        (seconds, deviation) => {
          const time = decodeDateTime(encodeDateTime(dateTimeAt(seconds * 1000, deviation)));
          assert.equal(utcMs(time), seconds * 1000);
          assert.equal(Date.parse(isoOf(time) ?? ''), seconds * 1000);
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });
  it('protection: opened only as it was sealed; any bit changed is refused', () => {
    const keys = { suite: 0, encryptionKey: EK, authenticationKey: AK } as const;
    fc.assert(
      fc.property(
        octets,
        fc.constantFrom('auth' as const, 'auth+encrypt' as const),
        fc.nat(0xffffffff),
        fc.nat(),
        (plain, protection, counter, at) => {
          const body = protectBody(keys, protection, METER_TITLE, counter, plain);
          assert.deepEqual(openBody(keys, protection, METER_TITLE, takeSecuredBody(body)), plain);
          const bit = at % (body.length * 8);
          body[bit >> 3] = (body[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          assert.throws(() => openBody(keys, protection, METER_TITLE, takeSecuredBody(body)), ReadError);
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });
  it('lists keep order, room and limit', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40)), fc.nat(100), fc.integer({ min: 1, max: 9 }), (sizes, room, limit) => {
        const lists = listsOf(sizes, (one) => one, room, limit);
        assert.deepEqual(lists.flat(), sizes);
        for (const list of lists)
          assert.ok(list.length <= limit && (list.length === 1 || list.reduce((sum, one) => sum + one, 0) <= room));
      }),
      { numRuns: 300, seed: 5 },
    );
  });
  it('OBIS texts are read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (code) =>
        assert.deepEqual(obisOctets(obisText(code)), code),
      ),
      { numRuns: 200, seed: 6 },
    );
  });
  it('hostile octets give ReadErrors and nothing else', () => {
    const random = seeded(20261122);
    for (let i = 0; i < 3000; i++) survives(hostile(random));
  });
  it('a meter that answers anything at all gives a result or a ReadError, in bounded exchanges', () => {
    const random = seeded(7);
    for (let i = 0; i < 300; i++) {
      const set = bench({ server: { sendPdu: 100 }, change: (answer) => (random() < 0.3 ? hostile(random) : answer) });
      try {
        set.read(
          i % 2
            ? { kind: 'attributes', items: [{ obis: obisOctets('1.8.0') }, { obis: obisOctets('0-0:1.0.0') }] }
            : { kind: 'profile', profile: { obis: obisOctets('1-0:99.1.0'), entries: 5 } },
        );
      } catch (error) {
        if (!(error instanceof ReadError) || error.code === 'INTERNAL') throw error;
      }
      assert.ok(set.exchanges() < 300);
    }
  });
});
