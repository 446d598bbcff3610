import { explainReason } from '../../../src/words/index';
import assert from 'node:assert/strict';
import { parseAddress, type AddressContext } from '../../../src/core/modbus/registers/address';
import type { ReadError } from '../../../src/core/wire/errors';

describe('Modbus addresses', () => {
  it('takes every notation that means one thing', () => {
    for (const [text, address, fc] of [
      [0, 0],
      [9999, 9999],
      [400001, 0, 3], // beyond the wire's addresses
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
      ['400001', 0, 3],
      ['465536', 65535, 3],
      ['300001', 0, 4],
      ['4x0001', 0, 3],
      ['4X65536', 65535, 3],
      ['3x1', 0, 4],
      ['1x00017', 16, 2],
    ] as const) {
      assert.deepEqual(parseAddress(text), fc === undefined ? { address } : { address, fc }, String(text));
    }
  });
  it('gives the same digits one meaning, as number and as text', () => {
    for (const digits of [1, 40001, 40000, 30775, 19000, 65535, 400001]) {
      for (const context of [{ hasTable: true }, { hasTable: true, base: 0 }, { hasTable: true, base: 1 }] as const)
        assert.deepEqual(outcome(digits, context), outcome(String(digits), context));
      assert.deepEqual(outcome(digits), outcome(String(digits)));
    }
    assert.equal(parseAddress('40001', { hasTable: true }).address, 40001);
    assert.equal(parseAddress(40001, { hasTable: true, base: 0 }).address, 40001);
    assert.equal(parseAddress('40001', { hasTable: true, base: 1 }).address, 40000);
    assert.equal(parseAddress('00001', { hasTable: true, base: 1 }).address, 0);
    assert.equal(parseAddress('0x10', { base: 1 }).address, 15);
    assert.deepEqual(parseAddress('4x0001', { base: 1 }), { address: 0, fc: 3 });
    for (const [text, context] of [
      ['4x0001', { base: 0 }],
      ['0', { base: 1 }],
      ['00001', { hasTable: true }],
    ] as const)
      assert.throws(() => parseAddress(text, context), { code: 'CONFIG_INVALID' });
  });
  it('refuses the rest and says what could be meant', () => {
    for (const text of [
      '',
      '-1',
      '1.5',
      '4x0',
      '40000',
      '40001',
      40001,
      '49999',
      '30775',
      30775,
      '10001',
      '00001',
      '000001',
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
      (e) => /write 4x0001 .* or 0x9C40/.test(explainReason(e)),
    );
  });
});

function outcome(written: string | number, context?: AddressContext): unknown {
  try {
    return parseAddress(written, context);
  } catch (error) {
    return (error as ReadError).reason;
  }
}
