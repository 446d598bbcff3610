import { explainReason } from '../../../src/words/index';
import assert from 'node:assert/strict';
import { parseAddress } from '../../../src/core/modbus/registers/address';
import type { ReadError } from '../../../src/core/wire/errors';

describe('Modbus addresses', () => {
  it('takes every notation that means one thing', () => {
    for (const [text, address, fc] of [
      [0, 0],
      [40001, 40001], // a number is the address on the wire
      [65535, 65535],
      ['0', 0],
      ['16', 16],
      [' 9999 ', 9999],
      ['20000', 20000],
      ['65535', 65535],
      ['0x10', 16],
      ['0X9C40', 40000],
      ['9c40h', 40000],
      ['0x0001', 1], // hex, not coil 1
      ['40001', 0, 3],
      ['49999', 9998, 3],
      ['30001', 0, 4],
      ['10001', 0, 2],
      ['00001', 0, 1],
      ['400001', 0, 3],
      ['465536', 65535, 3],
      ['300001', 0, 4],
      ['000001', 0, 1],
      ['4x0001', 0, 3],
      ['4X65536', 65535, 3],
      ['3x1', 0, 4],
      ['1x00017', 16, 2],
    ] as const) {
      assert.deepEqual(parseAddress(text), fc === undefined ? { address } : { address, fc }, String(text));
    }
  });
  it('refuses the rest and says what could be meant', () => {
    for (const text of [
      '',
      '-1',
      '1.5',
      '4x0',
      '40000',
      '400000',
      '465537',
      '65536',
      '70000',
      '0x10000',
      '2x0001',
      '200001',
      'abc',
      '1e3',
      '4 0001',
      -1,
      1.5,
      NaN,
      65536,
    ]) {
      assert.throws(
        () => parseAddress(text),
        (e: ReadError) => e.code === 'CONFIG_INVALID',
        String(text),
      );
    }
    assert.throws(
      () => parseAddress('40000'),
      (e) => /write 40001 .* or 0x9C40/.test(explainReason(e)),
    );
  });
});
