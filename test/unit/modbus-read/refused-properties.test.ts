// What a Modbus reader's properties ask for that no read can be: refused by its reason, before anything is sent.
import assert from 'node:assert/strict';
import { Fields } from '../../../src/core/readers/fields';
import { parseModbus } from '../../../src/core/readers/modbus';
import { because } from '../../support/scripted-modem';

describe('mtx-modbus-read, properties', () => {
  for (const [reason, fields] of [
    ['modbus.noProfile', { profile: 'no-such-device' }],
    ['modbus.noSuchName', { profile: 'eastron-sdm630', registers: ['voltage_l9'] }],
    ['modbus.nameNeedsProfile', { registers: ['voltage_l1'] }],
  ] as const)
    it(`refuse what is not there: ${reason}`, () => {
      assert.throws(() => parseModbus(new Fields({ unit: 1, ...fields })), because(reason));
    });
});
