// What people saw Modbus meters answer, each case by its id: request and answer as they were on the wire, and the
// value.
import assert from 'node:assert/strict';
import { rowOf, textOf, type RegisterRow } from '../../nodes/modbus-read/editor/register-row';
import { decodeRequest, decodeResponse } from '../../src/core/modbus/frames/pdu';
import { decodeRegister, parseRegister } from '../../src/core/modbus/registers/registers';
import { fromHex } from '../../src/core/wire/bytes';
import type { Reading } from '../../src/core/meter/reading';
import { ReadError } from '../../src/core/wire/errors';

const register = (fields: object): ReturnType<typeof parseRegister> =>
  parseRegister({ name: 'x', fc: 3, address: 100, ...fields }, 'x');

function readingOf(fields: object, request: string, answer: string): Reading {
  const response = decodeResponse(fromHex(answer).slice(1, -2), decodeRequest(fromHex(request).slice(1, -2)));
  return decodeRegister(register(fields), 'registers' in response ? response.registers : assert.fail('no registers'));
}

type Case = readonly [id: string, fields: object, request: string, answer: string, value: Reading['value']];
const text = (length: number, more: object = {}): object => ({ type: 'string', length, ...more });
// prettier-ignore
const CASES: readonly Case[] = [
  ['mb-one-char-per-register', text(6, { charsPerRegister: 1 }), '0103006400068417', '01030c004d006f006400620075007398de', 'Modbus'],
  ['mb-one-char-per-register, high byte', text(3, { charsPerRegister: 1 }), '0103006400030000', '0103064d006f0000000000', 'Mo'],
  ['mb-text-utf8-ff', text(4), '01030064000405d6', '0103085ac3a4686c657200b29a', 'Zähler'],
  ['mb-text-utf8-ff, padded', text(4), '01030064000405d6', '0103084142ffffffffffff33a0', 'AB'],
  ['mb-text-utf8-ff, Latin-1', text(3), '0103006400030000', '0103065ae4686c65720000', 'Zähler'],
  ['mb-text-utf8-ff, old memory behind NUL', text(3), '0103006400030000', '01030641420043ff010000', 'AB'],
  ['mb-decimal-float', { type: 'decfloat' }, '01030064000285d4', '010304fd01e240d30f', 123.456],
  ['mb-decimal-float, negative', { type: 'decfloat' }, '0103006400020000', '010304fdfe1dc00000', -123.456],
  ['mb-48-bit', { type: 'uint48' }, '0103006400034414', '010306000000010002f174', 65538],
  ['mb-48-bit, with sign', { type: 'int48' }, '0103006400030000', '010306fffffffffffe0000', -2],
  ['mb-offset', { type: 'uint16', scale: 0.1, offset: -40 }, '010300640001c5d5', '010302028a3883', 25],
  ['mb-mod10k', { type: 'mod10k', length: 2 }, '01030064000285d4', '01030404d2162ed546', 12345678],
  ['mb-mod10k, low first', { type: 'mod10k', length: 2, order: 'CDAB' }, '01030064000285d4', '01030404d2162ed546', 56781234],
  ['mb-half, high octet', { type: 'uint8', half: 'high' }, '0103006400010000', '010302fe380000', 254],
  ['mb-half, low octet with sign', { type: 'int8', half: 'low', scale: 0.1 }, '0103006400010000', '010302fef60000', -1],
  ['mb-mask', { type: 'uint16', mask: '0x0ff0' }, '0103006400010000', '010302a38a0000', 0x38],
  ['mb-mask, two registers by order', { type: 'uint32', mask: 'ffff0000', order: 'CDAB' }, '0103006400020000', '0103040001a38a0000', 0xa38a],
  ['mb-enumeration of masked bits', { type: 'uint16', mask: '3', labels: { 2: 'run' } }, '0103006400010000', '010302a38a0000', 'run'],
  ['mb-enumeration of an octet', { type: 'uint8', half: 'low', labels: { 138: 'ok' } }, '0103006400010000', '010302a38a0000', 'ok'],
  ['mb-text, Latin-1 said', text(2, { encoding: 'latin-1' }), '0103006400020000', '010304c3a400000000', 'Ã¤'],
  ['mb-infinity', { type: 'float32' }, '0703003900021460', '0703047f800000840f', null],
];

describe('Modbus field cases: values', () => {
  for (const [id, fields, request, answer, value] of CASES)
    it(id, () => {
      const reading = readingOf(fields, request, answer);
      assert.equal(reading.error, undefined);
      assert.equal(reading.value, value);
      if (value === null) assert.equal(reading.raw, '7f800000');
    });

  it('mb-address-number-vs-text: the same digits are one register, as number and as text, or are refused', () => {
    for (const [fields, address] of [
      [{ fc: 3 }, 40001],
      [{ fc: 4 }, 30775],
      [{ function: 4, base: 1 }, 30774],
      [{ fc: 3, base: 0 }, 40001],
    ] as const) {
      const digits = fields.base === 1 ? address + 1 : address;
      for (const written of [digits, String(digits)])
        assert.equal(parseRegister({ name: 'x', type: 'uint16', ...fields, address: written }, 'x').address, address);
    }
    for (const written of [40001, '40001', 30775, '30775'])
      assert.throws(() => parseRegister({ name: 'x', type: 'uint16', address: written }, 'x'), {
        reason: 'modbus.field',
      });
    assert.equal(parseRegister({ type: 'uint16', address: '4x0001' }, 'x').address, 0);
  });

  it('mb-one-char-per-register: not said, it is an error and no shorter text', () => {
    const reading = readingOf(text(6), '0103006400068417', '01030c004d006f006400620075007398de');
    assert.equal(reading.error?.reason, 'modbus.badValue');
    assert.ok(!('value' in reading));
    const two = readingOf(text(1, { charsPerRegister: 1 }), '0103006400010000', '01030241420000');
    assert.equal(two.error?.reason, 'modbus.badValue');
  });

  it('fields that cannot be are refused by name', () => {
    const wrong = [
      { type: 'uint16', half: 'low' },
      { type: 'uint8', half: 'middle' },
      { type: 'int16', mask: 'ff' },
      { type: 'uint16', mask: '00000' },
      { type: 'uint16', mask: '0' },
      { type: 'uint16', encoding: 'utf-8' },
      { type: 'uint16', answerLength: 3 },
      { type: 'uint32', answerLength: 2 },
      { type: 'uint16', base: 2 },
      { type: 'uint16', base: 1, address: 0 },
      { type: 'uint16', base: 0, address: '4x0001' },
      { type: 'uint16', address: '00100' },
      { type: 'uint16', function: 4 },
      { type: 'uint16', offset: 'x' },
      { ...text(2), offset: 1 },
      text(2, { charsPerRegister: 2 }),
      text(2, { encoding: 'ascii' }),
    ];
    for (const fields of wrong)
      assert.throws(
        () => register(fields),
        (error) => error instanceof ReadError && error.reason === 'modbus.field',
      );
  });

  it('mb-dialog-loses-fields: Done without a change changes no field and no type', () => {
    const row = {
      name: 'p',
      fc: 3,
      address: 40100,
      type: 'int32',
      notAvailable: '80000000',
      scaleFactor: 'sf',
      labels: { 1: 'on' },
    };
    const shown = {
      name: 'p',
      fc: '3',
      address: '40100',
      type: 'int32',
      order: '',
      scale: '',
      unit: '',
      length: '',
      notAvailable: '80000000',
      scaleFactor: 'sf',
      labels: '1=on',
      mask: '',
    };
    assert.deepEqual(rowOf(row as unknown as Partial<RegisterRow>, shown), row);
    const changed = { ...shown, address: '40101', labels: '1=on; 2=off', notAvailable: '80000000, 7fffffff' };
    assert.deepEqual(rowOf(row as unknown as Partial<RegisterRow>, changed), {
      ...row,
      address: 40101,
      labels: { 1: 'on', 2: 'off' },
      notAvailable: ['80000000', '7fffffff'],
    });
    assert.equal(textOf(['8000', '7fff']), '8000, 7fff');
  });
});
