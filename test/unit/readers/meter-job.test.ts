// A meter's properties, whatever its protocol: what asks it, what hears it, and what is refused before anything is
// sent.
import assert from 'node:assert/strict';
import { objectCache } from '../../../src/core/readers/dlms';
import { Fields } from '../../../src/core/readers/fields';
import { InvocationCounters } from '../../../src/core/readers/invocation-counters';
import { meterJob, meterPush } from '../../../src/core/readers/meter-job';
import type { ReadError } from '../../../src/core/wire/errors';

const PLACE = {
  imei: '353234028103206',
  line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
} as const;
const MEMORY = { counters: new InvocationCounters(), storage: undefined, objects: objectCache() };

describe('a meter by its properties', () => {
  it('is asked by its own protocol, under its own address', () => {
    const jobOf = (properties: object): readonly string[] => {
      const { protocol, meter } = meterJob(new Fields({ ...properties }), PLACE, MEMORY);
      return [protocol, meter];
    };
    assert.deepEqual(jobOf({ unit: 7, profile: 'eastron-sdm630' }), ['modbus', '7']);
    assert.deepEqual(jobOf({ protocol: 'iec62056-21', address: '12345678' }), ['iec62056-21', '12345678']);
    assert.deepEqual(
      jobOf({ protocol: 'iec60870-5-102', link: 3, point: 1, password: '1', request: 'instantaneous' }),
      ['iec60870-5-102', '3'],
    );
    assert.deepEqual(jobOf({ protocol: 'dlms', server: 17, items: ['1-0:1.8.0*255'] }), ['dlms', '17']);
    assert.throws(() => jobOf({ protocol: 'mbus' }), { code: 'CONFIG_INVALID' });
  });

  it('is heard where it sends by itself', () => {
    assert.equal(meterPush(new Fields({ protocol: 'iec62056-21', request: 'push', address: '1' })).meter, '1');
    assert.equal(meterPush(new Fields({ protocol: 'dlms', request: 'push' })).protocol, 'dlms');
  });

  for (const properties of [
    { unit: 1, request: 'push' },
    { protocol: 'dlms' },
    { protocol: 'iec62056-21', request: 'readout' },
    { protocol: 'iec60870-5-102', request: 'push' },
  ])
    it(`is not heard where it does not: ${JSON.stringify(properties)}`, () => {
      assert.throws(
        () => meterPush(new Fields(properties)),
        (error: ReadError) => error.reason === 'settings.sendsNothing',
      );
    });
});
