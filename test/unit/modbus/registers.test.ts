import { explainReason } from '../../../src/words/index';
import assert from 'node:assert/strict';
import { float32Text } from '../../../src/core/modbus/registers/register-decode';
import {
  decodeRegister,
  parseRegister,
  parseRegisters,
  type Register,
} from '../../../src/core/modbus/registers/registers';
import { decodeResponse } from '../../../src/core/modbus/frames/pdu';
import { fromHex } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';
import type { Value } from '../../../src/core/meter/reading';
import { requestOf, rows, type Row } from './vectors';

const register = (fields: object): Register => parseRegister({ name: 'x', fc: 3, address: 0, ...fields }, 'x');
const raw = (hex: string): number[] => (hex.match(/.{4}/g) ?? []).map((word) => Number.parseInt(word, 16));
const value = (fields: object, hex: string, scaleFactor?: number): Value | undefined =>
  decodeRegister(register(fields), raw(hex), scaleFactor).value;

/** The vector's type names in the palette's vocabulary. */
const TYPES: { readonly [type: string]: object } = {
  bits16: { type: 'bits' },
  int16: { type: 'int16', notAvailable: '8000' }, // SunSpec
  uint32: { type: 'uint32', notAvailable: 'FFFFFFFF' },
  string: { type: 'string', length: 4 },
};

function registersOf(row: Row): readonly number[] {
  const response = decodeResponse(fromHex(row.responseHex ?? '').slice(1, -2), requestOf(row));
  return 'registers' in response ? response.registers : assert.fail('no registers');
}

describe('Modbus datatype vectors', () => {
  for (const row of rows.filter(({ category }) => category === 'datatype')) {
    it(`${row.id} ${row.name}`, () => {
      const { type = '', wordOrder = '', value: expected } = row.expect;
      const registers = registersOf(row);
      if (type === 'uint16+sunssf') {
        const factor = decodeRegister(register({ type: 'int16' }), registers.slice(0, 1)).value;
        assert.equal(typeof factor, 'number');
        assert.equal(
          decodeRegister(register({ type: 'uint16', scaleFactor: 'sf' }), registers.slice(1), Number(factor)).value,
          expected,
        );
        return;
      }
      const order = wordOrder === 'AB' ? 'ABCD' : wordOrder;
      const reading = decodeRegister(register({ ...(TYPES[type] ?? { type }), order }), registers);
      // The vector names the float32 as a double; ours is the shortest decimal that is the same float32.
      if (type === 'float32' && typeof expected === 'number')
        assert.equal(Math.fround(Number(reading.value)), expected);
      else assert.deepEqual(reading.value, expected);
      assert.equal(reading.error, undefined);
    });
  }
});

describe('Modbus register values', () => {
  it('puts the bytes of each order in place', () => {
    for (const [order, two, four] of [
      ['ABCD', '11223344', '1122334455667788'],
      ['CDAB', '33441122', '7788556633441122'],
      ['BADC', '22114433', '2211443366558877'],
      ['DCBA', '44332211', '8877665544332211'],
    ] as const) {
      assert.equal(value({ type: 'uint32', order }, two), 0x11223344, order);
      assert.equal(value({ type: 'uint64', order }, four), '1234605616436508552', order);
      assert.equal(value({ type: 'bcd', length: 2, order }, two), 11223344, order);
      assert.deepEqual(value({ type: 'bits', length: 2, order }, two), [2, 6, 8, 9, 12, 13, 17, 21, 24, 28], order);
    }
    assert.equal(value({ type: 'uint16', order: 'CDAB' }, '1122'), 0x1122);
    assert.equal(value({ type: 'uint16', order: 'BADC' }, '2211'), 0x1122);
    assert.equal(value({ type: 'string', length: 2, order: 'CDAB' }, '41424344'), 'ABCD');
    assert.equal(value({ type: 'string', length: 2, order: 'DCBA' }, '42414443'), 'ABCD');
  });
  it('scales without float noise', () => {
    assert.equal(value({ type: 'uint16', scale: 0.01 }, '3039'), 123.45);
    assert.equal(value({ type: 'int16', scale: '0.1' }, 'fffd'), -0.3);
    assert.equal(value({ type: 'uint32', scale: 1000 }, '0000000c'), 12000);
    assert.equal(value({ type: 'float32', scale: 0.001 }, '43661 99a'.replace(' ', '')), 0.2301);
    assert.equal(value({ type: 'uint64', scale: 0.01 }, 'fffffffffffffffe'), '184467440737095516.14');
    assert.equal(value({ type: 'int64' }, '8000000000000000'), '-9223372036854775808');
    assert.equal(value({ type: 'int64' }, 'ffffffffffffffff'), -1);
    assert.equal(value({ type: 'bcd', length: 2, scale: 0.1 }, '01234567'), 123456.7);
  });
  it('shows a float32 as the shortest decimal that is that float32', () => {
    assert.equal(value({ type: 'float32' }, '4366199a'), 230.1); // as a double: 230.10000610351562
    assert.equal(value({ type: 'float32' }, '3dcccccd'), 0.1);
    assert.equal(value({ type: 'float32' }, '80000000'), 0);
    assert.equal(value({ type: 'float32' }, '00000001'), 1e-45);
    assert.equal(value({ type: 'float32' }, '4b800000'), 16777216);
    assert.equal(value({ type: 'float32' }, '7f7fffff'), '340282350000000000000000000000000000000');
    assert.equal(value({ type: 'float64' }, '3fb999999999999a'), 0.1);
    assert.equal(value({ type: 'float64', order: 'CDAB' }, '999a999999993fb9'), 0.1);
  });
  it('finds no shorter decimal even where float32 are spaced unevenly, at the powers of two', () => {
    for (let power = -149; power <= 127; power++) {
      const number = 2 ** power;
      const text = float32Text(number);
      assert.equal(Math.fround(Number(text)), number);
      assert.equal(float32Text(-number), `-${text}`);
      const digits = text.replace(/e.*/, '').replace('.', '').length;
      for (let precision = 1; precision < digits; precision++) {
        const [mantissa = '', exponent = '0'] = number.toExponential(precision - 1).split('e');
        const unit = 10 ** -(precision - 1);
        for (const step of [-1, 0, 1]) {
          const near = Number(`${(Number(mantissa) + step * unit).toFixed(precision - 1)}e${exponent}`);
          assert.notEqual(Math.fround(near), number, `2^${power} is also ${near}`);
        }
      }
    }
  });
  it('gives null for NaN and for what the device marks as none, with the raw bytes', () => {
    assert.deepEqual(decodeRegister(register({ type: 'float32', unit: 'V' }), raw('7fc00000')), {
      name: 'x',
      id: '3:0',
      unit: 'V',
      value: null,
      raw: '7fc00000',
    });
    assert.equal(value({ type: 'float32' }, 'ffffffff'), null);
    assert.equal(value({ type: 'float32' }, '7f800000'), null);
    assert.equal(value({ type: 'float64' }, 'fff0000000000000'), null);
    assert.equal(value({ type: 'float64' }, '7ff8000000000001'), null);
    assert.equal(value({ type: 'uint32', order: 'CDAB', notAvailable: ['0x80000000', 'FFFFFFFF'] }, '00008000'), null);
    assert.equal(value({ type: 'uint32', order: 'CDAB', notAvailable: '80000000' }, '80000000'), 0x8000);
    assert.equal(value({ type: 'string', length: 2 }, 'ffffffff'), null);
    assert.equal(value({ type: 'ymdhms' }, '000000000000'), null);
  });
  it('gives an error for what cannot be a value, never a number', () => {
    for (const [fields, hex] of [
      [{ type: 'bcd', length: 1 }, '12a4'],
      [{ type: 'mod10k', length: 1 }, '2710'],
      [{ type: 'string', length: 2 }, '41004200'],
      [{ type: 'ymdhms' }, '1a0d01000000'],
      [{ type: 'ymdhms' }, '19021d000000'],
      [{ type: 'ymdhms' }, '1a0401180000'],
    ] as const) {
      const reading = decodeRegister(register(fields), raw(hex));
      assert.equal(reading.error?.code, 'BAD_VALUE', hex);
      assert.ok(!('value' in reading));
      assert.equal(reading.raw, hex);
    }
    assert.equal(value({ type: 'ymdhms' }, '18021d173b3b'), '2024-02-29T23:59:59');
  });
  it('multiplies by the power of ten of the same answer, and knows nothing without it', () => {
    const fields = { type: 'int16', scaleFactor: 'sf', notAvailable: '8000' };
    assert.equal(value(fields, '59e4', -2), 230.12);
    assert.equal(value(fields, '0003', 3), 3000);
    assert.equal(value(fields, '59e4'), null);
    assert.equal(value(fields, '8000', -2), null);
    assert.equal(decodeRegister(register(fields), raw('0001'), -11).error?.code, 'BAD_VALUE');
    assert.equal(value({ ...fields, scale: 0.5 }, '0003', -1), 0.15);
  });
  it('trims texts of NUL and space on both sides', () => {
    assert.equal(value({ type: 'string', length: 4 }, '2041422043000020'), 'AB C');
    assert.equal(value({ type: 'string', length: 1 }, '0000'), '');
    assert.equal(value({ type: 'string', length: 1 }, 'b041'), '°A');
  });
  it('names coils and bits by number or label', () => {
    const coil = (fields: object): Register => parseRegister({ name: 'c', fc: 1, address: 7, ...fields }, 'c');
    assert.deepEqual(decodeRegister(coil({}), [1]), { name: 'c', id: '1:7', value: true });
    assert.equal(decodeRegister(coil({}), [0]).value, false);
    assert.deepEqual(decodeRegister(coil({ length: 9 }), [1, 0, 0, 0, 0, 0, 0, 0, 1]).value, [0, 8]);
    assert.deepEqual(value({ type: 'bits', labels: { 1: 'phase lost' } }, '0003'), [0, 'phase lost']);
    assert.deepEqual(value({ type: 'bits' }, '0000'), []);
    assert.deepEqual(decodeRegister(register({ type: 'uint16', scale: 0.1, labels: { 2: 'E1' } }), [2]), {
      name: 'x',
      id: '3:0',
      value: 'E1',
      raw: '0002',
    });
    assert.equal(value({ type: 'uint16', scale: 0.1, labels: { 2: 'E1' } }, '0003'), 0.3);
  });
  it('is never given another number of registers', () => {
    assert.throws(
      () => decodeRegister(register({ type: 'uint32' }), [1]),
      (e: ReadError) => e.code === 'INTERNAL',
    );
  });
});

describe('Modbus register rows', () => {
  const refused = (input: unknown, where: string): void =>
    assert.throws(
      () => parseRegister(input, 'registers[2]'),
      (e: ReadError) =>
        e.code === 'CONFIG_INVALID' &&
        explainReason(e).startsWith(where === '' ? 'registers[2]: ' : `registers[2].${where}: `),
      JSON.stringify(input),
    );
  it('fills in what the standard says and nothing more', () => {
    assert.deepEqual(parseRegister({ address: '4x0003', type: 'float32' }, 'r'), {
      name: '3:2',
      fc: 3,
      address: 2,
      type: 'float32',
      order: 'ABCD',
      scale: 1,
      unit: '',
      length: 2,
    });
    assert.deepEqual(
      parseRegister(
        {
          name: 'a',
          fc: '4',
          address: '0x10',
          type: 'bcd',
          order: 'CDAB',
          scale: '0.1',
          unit: 'V',
          length: '3',
          notAvailable: '',
        },
        'r',
      ),
      {
        name: 'a',
        fc: 4,
        address: 16,
        type: 'bcd',
        order: 'CDAB',
        scale: 0.1,
        unit: 'V',
        length: 3,
      },
    );
  });
  it('names the field that is wrong', () => {
    const row = { fc: 3, address: 0, type: 'uint16' };
    for (const [change, where] of [
      [{ type: undefined }, 'type'],
      [{ type: 'float' }, 'type'],
      [{ fc: undefined }, 'fc'],
      [{ fc: 5 }, 'fc'],
      [{ fc: 1 }, 'type'],
      [{ address: undefined }, 'address'],
      [{ address: -1 }, 'address'],
      [{ address: '3x0001' }, 'address'],
      [{ fc: undefined, address: '40001' }, 'address'],
      [{ fc: undefined, address: 40001 }, 'address'],
      [{ function: 4 }, 'function'],
      [{ base: 2 }, 'base'],
      [{ order: 'AB' }, 'order'],
      [{ scale: '0,1' }, 'scale'],
      [{ scale: 0 }, 'scale'],
      [{ scale: NaN }, 'scale'],
      [{ scael: 0.1 }, 'scael'],
      [{ length: 2 }, 'length'],
      [{ type: 'string' }, 'length'],
      [{ type: 'string', length: 126 }, 'length'],
      [{ type: 'bits', scale: 0.1 }, 'scale'],
      [{ address: 65535, type: 'uint32' }, 'length'],
      [{ notAvailable: 'FFFFFFFF' }, 'notAvailable'],
      [{ notAvailable: [1] }, 'notAvailable'],
      [{ labels: { on: 'x' } }, 'labels'],
      [{ name: 7 }, 'name'],
    ] as const) {
      refused({ ...row, ...change }, where);
    }
    for (const input of [null, 'x', [], 7]) refused(input, '');
  });
  it('takes digits for the address on the wire where the function is said, by either name', () => {
    for (const address of [19000, '19000', 40001, '40001'])
      for (const said of [{ fc: 3 }, { function: '3' }, { fc: 3, function: 3 }])
        assert.equal(parseRegister({ ...said, address, type: 'float32' }, 'r').address, Number(address));
  });
  it('wants unique names and a scale factor that is among the rows', () => {
    const rowsOf = (...extra: object[]): unknown[] => [{ name: 'sf', fc: 3, address: 0, type: 'int16' }, ...extra];
    assert.equal(
      parseRegisters(rowsOf({ name: 'v', fc: 3, address: 1, type: 'int16', scaleFactor: 'sf' }), 'registers').length,
      2,
    );
    for (const [extra, where] of [
      [{ name: 'sf', fc: 3, address: 1, type: 'int16' }, 'registers[1].name'],
      [{ name: 'v', fc: 3, address: 1, type: 'int16', scaleFactor: 'fs' }, 'registers[1].scaleFactor'],
      [{ name: 'v', fc: 4, address: 1, type: 'int16', scaleFactor: 'sf' }, 'registers[1].scaleFactor'],
      [{ name: 'v', fc: 3, address: 1, type: 'int16', scaleFactor: 'v' }, 'registers[1].scaleFactor'],
    ] as const) {
      assert.throws(
        () => parseRegisters(rowsOf(extra), 'registers'),
        (e: ReadError) => e.code === 'CONFIG_INVALID' && explainReason(e).startsWith(where),
      );
    }
    assert.throws(
      () => parseRegisters({}, 'registers'),
      (e: ReadError) => e.code === 'CONFIG_INVALID',
    );
  });
});
