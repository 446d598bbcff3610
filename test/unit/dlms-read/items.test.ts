// What a user says of a wanted object goes on to the read, or is refused; nothing is passed over in silence.
import assert from 'node:assert/strict';
import { parseDlms } from '../../../src/core/readers/dlms-query';
import { Fields } from '../../../src/core/index';
import { explainReason } from '../../../src/words/index';
import { bench, thrown } from '../../support/dlms-bench';

const read = (item: object): unknown => {
  const { request } = parseDlms(new Fields({ items: [{ obis: '1-0:32.7.0', ...item }] }), {});
  return bench()
    .read(request)
    .readings.map(({ name, value, unit }) => [name, value, unit]);
};

describe('items of mtx-dlms-read', () => {
  it('a scaler and a unit of the user go before what the meter says: 24 V where 240 V are meant', () => {
    assert.deepEqual(read({}), [['Voltage L1', 230.4, 'V']]);
    assert.deepEqual(read({ scaler: 0, unit: 'dV' }), [['Voltage L1', 2304, 'dV']]);
    assert.deepEqual(read({ scaler: '-2' }), [['Voltage L1', 23.04, 'V']]); // the unit is still the meter's
    assert.deepEqual(read({ unit: 'Volt' }), [['Voltage L1', 230.4, 'Volt']]);
    assert.deepEqual(read({ scaler: '', unit: '' }), [['Voltage L1', 230.4, 'V']]);
  });
  it('what is no scaler is refused', () => {
    for (const scaler of [1.5, 'x', 128, -129])
      assert.match(
        explainReason(thrown(() => read({ scaler }))),
        /items\[0\]\.scaler is .*, but has to be a whole number from -128 to 127/,
      );
    assert.match(explainReason(thrown(() => read({ unit: 7 }))), /items\[0\]\.unit has to be a text/);
  });
});
