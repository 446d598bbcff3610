// What people saw meters push, each case by its id: octets of the line in, readings or a clear error out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Data } from '../../src/core/dlms/apdu/axdr';
import { encodeData } from '../../src/core/dlms/apdu/axdr-encode';
import { encodeDataNotification } from '../../src/core/dlms/apdu/notification';
import { TelegramStream } from '../../src/core/iec62056/push';
import { encodeWrapper } from '../../src/core/dlms/link/wrapper';
import { PushStream, type Pushed, type PushStreamOptions } from '../../src/core/dlms/push/push-stream';
import { concatBytes, fromHex } from '../../src/core/wire/bytes';
import { ReadError } from '../../src/core/wire/errors';

interface Case {
  readonly id: string;
  readonly setup: {
    readonly security: PushStreamOptions['security'];
    readonly encryptionKey?: string;
    readonly authenticationKey?: string;
  };
  readonly answer: readonly string[];
}

const CASES = JSON.parse(readFileSync(join(__dirname, 'dlms-push.json'), 'utf8')) as readonly Case[];

const stream = (setup: Case['setup'] = { security: 'none' }, over: 'hdlc' | 'wrapper' = 'hdlc'): PushStream =>
  new PushStream({
    readText: (octetsOf) => new TelegramStream().take(octetsOf),
    interface: over,
    language: 'en',
    suite: 0,
    security: setup.security,
    credentials: {
      ...(setup.encryptionKey !== undefined && { encryptionKey: fromHex(setup.encryptionKey) }),
      ...(setup.authenticationKey !== undefined && { authenticationKey: fromHex(setup.authenticationKey) }),
    },
  });
function caseOf(id: string): readonly (Pushed | ReadError)[] {
  const row = CASES.find((one) => one.id === id) ?? assert.fail(id);
  const line = stream(row.setup);
  return row.answer.flatMap((hex) => line.take(fromHex(hex)));
}
const readingsOf = (results: readonly (Pushed | ReadError)[]): Pushed['readings'] => {
  const [one, ...more] = results;
  assert.ok(one && !(one instanceof ReadError) && more.length === 0);
  return one.readings;
};
/** A raw number stands for what came without its scaler, and has to say so. */
const said = (readings: Pushed['readings']): unknown[] =>
  readings.map(({ id, value, unit, raw, error }) =>
    error === undefined
      ? [id, value, ...(unit === undefined ? [] : [unit])]
      : [id, `raw ${raw}`, value === undefined ? error.reason : value],
  );
const UNSCALED = 'cosem.pushedUnscaled';

describe('pushes from the field', () => {
  it('e450-ch-pushlist: a list that carries its own object list is named by it, its logical names name nothing', () => {
    assert.deepEqual(said(readingsOf(caseOf('e450-ch-pushlist'))).slice(1), [
      ['0-8:25.9.0*255:1', '0-8:25.9.0*255'],
      ['0-0:96.1.0*255', '00000001'],
      ['1-0:1.7.0*255', 'raw 331', UNSCALED],
      ['1-1:1.8.0*255', 'raw 4912225', UNSCALED],
      ['1-0:31.7.0*255', 'raw 49', UNSCALED],
      ['1-0:32.7.0*255', 'raw 234', UNSCALED],
    ]);
  });
  it('evn-triplets: code, value, {scaler, unit} in turn give scaled values with units', () => {
    assert.deepEqual(said(readingsOf(caseOf('evn-triplets'))), [
      ['1', '2021-09-27T09:47:15+02:00'],
      ['1-0:1.8.0*255', 12937, 'Wh'],
      ['1-0:2.8.0*255', 0, 'Wh'],
      ['1-0:1.7.0*255', 500, 'W'],
      ['1-0:32.7.0*255', 233.7, 'V'],
      ['1-0:31.7.0*255', 0.48, 'A'],
      ['1-0:13.7.0*255', 1],
      ['20', '000000000001'],
    ]);
  });
  it('xt211-descriptors: entries that begin with a bare attribute descriptor', () => {
    assert.deepEqual(said(readingsOf(caseOf('xt211-descriptors'))), [
      ['0-0:96.1.1*255', '0000000001'],
      ['1-0:1.7.0*255', 'raw 1956', UNSCALED],
      ['1-0:1.8.0*255', 'raw 4913794', UNSCALED],
    ]);
  });
  it('mbus-frames: segments of M-Bus around a ciphered notification', () => {
    assert.deepEqual(said(readingsOf(caseOf('mbus-frames'))), said(readingsOf(caseOf('evn-triplets'))));
  });
  it('p1-ciphered: a telegram in text, ciphered and without any frame, in pieces and one after the other', () => {
    const row = CASES.find(({ id }) => id === 'p1-ciphered') ?? assert.fail();
    const bytes = fromHex(row.answer.join(''));
    for (const size of [1, 64, 4096]) {
      const line = stream(row.setup);
      const found: (Pushed | ReadError)[] = [];
      for (let at = 0; at < bytes.length; at += size) found.push(...line.take(bytes.subarray(at, at + size)));
      const readings = readingsOf(found);
      const of = (id: string): unknown => readings.find((one) => one.id === id);
      const [energy, power] = [of('1-0:1.8.1*255'), of('1-0:1.7.0*255')] as readonly {
        value: unknown;
        unit: unknown;
      }[];
      assert.deepEqual([energy?.value, energy?.unit, power?.value, power?.unit], [0.558, 'kWh', 0.343, 'kW']);
    }
  });
  it('a counter that goes back is refused with what to do, and taken after that', () => {
    const row = CASES.find(({ id }) => id === 'p1-ciphered') ?? assert.fail();
    const line = stream(row.setup);
    const bytes = fromHex(row.answer.join(''));
    readingsOf(line.take(bytes));
    const [error] = line.take(bytes);
    assert.ok(error instanceof ReadError);
    assert.deepEqual([error.code, error.reason], ['SECURITY_FAILED', 'cosem.pushCounterBack']);
    line.forgetCounters();
    readingsOf(line.take(bytes));
  });
  it('wrong-key: what was deciphered is no notification, and that is the key', () => {
    const [error, ...more] = caseOf('wrong-key');
    assert.ok(error instanceof ReadError && more.length === 0);
    assert.deepEqual([error.code, error.reason], ['SECURITY_FAILED', 'cosem.pushUndeciphered']);
  });
});

const octets = (value: Uint8Array): Data => ({ type: 'octet-string', value });
const code = (hex: string): Data => octets(fromHex(hex));
const number = (value: number): Data => ({ type: 'double-long-unsigned', value });
const structure = (...value: Data[]): Data => ({ type: 'structure', value });
const scale = (scaler: number, unit: number): Data =>
  structure({ type: 'integer', value: scaler }, { type: 'enum', value: unit });
const listed = (classId: number, name: string, attribute: number, index = 0): Data =>
  structure(
    { type: 'long-unsigned', value: classId },
    code(name),
    { type: 'integer', value: attribute },
    { type: 'long-unsigned', value: index },
  );
const [ENERGY, VOLTAGE, SETUP, CLOCK] = ['0100010800ff', '0100200700ff', '0000190900ff', '0000010000ff'] as const;
const pushed = (body: Data, time?: Uint8Array): readonly (Pushed | ReadError)[] =>
  stream(undefined, 'wrapper').take(
    encodeWrapper({
      source: 1,
      destination: 16,
      apdu: encodeDataNotification({ invoke: 1, body, ...(time && { time }) }),
    }),
  );
const heard = (...items: Data[]): unknown[] => said(readingsOf(pushed(structure(...items))));

describe('what names a pushed value', () => {
  it('a value that is itself a logical name names nothing', () => {
    assert.deepEqual(heard(code(SETUP), number(7), number(8)), [
      ['1', '0000190900ff'],
      ['2', 7],
      ['3', 8],
    ]);
    assert.deepEqual(heard(code(ENERGY), code(VOLTAGE), number(8)), [
      ['1', '0100010800ff'],
      ['2', '0100200700ff'],
      ['3', 8],
    ]);
    assert.deepEqual(heard(code(ENERGY), number(1), number(2), number(3)), [
      ['1', '0100010800ff'],
      ['2', 1],
      ['3', 2],
      ['4', 3],
    ]);
    const pair = [code(VOLTAGE), number(230), scale(0, 35)] as const;
    assert.deepEqual(heard(code('0000010000ff'), code(ENERGY), ...pair), [
      ['0-0:1.0.0*255', '0100010800ff'],
      ['1-0:32.7.0*255', 230, 'V'],
    ]);
  });
  it('six octets of text, a serial number in BCD and a push set-up are no code', () => {
    assert.deepEqual(heard(octets(Uint8Array.from(Buffer.from('123456'))), number(7)), [
      ['1', '123456'],
      ['2', 7],
    ]);
    assert.deepEqual(heard(code('061234567890'), number(7)), [
      ['1', '061234567890'],
      ['2', 7],
    ]);
    assert.deepEqual(heard(code(SETUP), code(ENERGY), number(1), scale(0, 30)), [
      ['1', '0000190900ff'],
      ['1-0:1.8.0*255', 1, 'Wh'],
    ]);
  });
  it('scaler_unit before or behind the value, in entries and in turn; an entry may say class and attribute', () => {
    assert.deepEqual(heard(code(ENERGY), scale(1, 30), number(5), code(VOLTAGE), scale(-1, 35), number(2301)), [
      ['1-0:1.8.0*255', 50, 'Wh'],
      ['1-0:32.7.0*255', 230.1, 'V'],
    ]);
    const entry = structure(
      { type: 'long-unsigned', value: 3 },
      code(VOLTAGE),
      { type: 'integer', value: 2 },
      number(2301),
    );
    assert.deepEqual(heard(structure(code(ENERGY), number(5), scale(1, 30)), entry), [
      ['1-0:1.8.0*255', 50, 'Wh'],
      ['1-0:32.7.0*255', 'raw 2301', UNSCALED],
    ]);
    assert.deepEqual(heard(number(9), structure(structure(code(ENERGY), number(5), scale(1, 30)))), [
      ['1', 9],
      ['1-0:1.8.0*255', 50, 'Wh'],
    ]);
  });
  it('an object list names by place, with scalers that it holds itself; one of another length names nothing', () => {
    const list: Data = {
      type: 'array',
      value: [listed(3, ENERGY, 2), listed(3, ENERGY, 3), listed(1, '0000600100ff', 2)],
    };
    assert.deepEqual(heard(list, number(5), scale(3, 30), number(77)), [
      ['1-0:1.8.0*255', 5000, 'Wh'],
      ['1-0:1.8.0*255:3', { scaler: 3, unit: 'Wh' }],
      ['0-0:96.1.0*255', 77],
    ]);
    assert.deepEqual(heard(list, structure(number(5), scale(3, 30), number(77))).length, 3);
    const [, second, third] = heard(list, number(5), number(6)) as [unknown, unknown, unknown];
    assert.deepEqual(
      [second, third],
      [
        ['2', 5],
        ['3', 6],
      ],
    );
  });
  it('capture objects name the columns of the rows behind them, each row at its own time', () => {
    const columns: Data = { type: 'array', value: [listed(8, CLOCK, 2), listed(3, ENERGY, 2), listed(3, ENERGY, 3)] };
    const row = (time: string, value: number): Data => structure(octets(fromHex(time)), number(value), scale(0, 30));
    const buffer: Data = {
      type: 'array',
      value: [row('07ea0b1607080000008000ff', 5), row('07ea0b1607081e00008000ff', 6)],
    };
    const readings = readingsOf(pushed(structure(columns, buffer))).filter(({ id }) => id === '1-0:1.8.0*255');
    assert.deepEqual(
      readings.map(({ at, value, unit }) => [at, value, unit]),
      [
        ['2026-11-22T08:00:00', 5, 'Wh'],
        ['2026-11-22T08:30:00', 6, 'Wh'],
      ],
    );
  });
  it('a time of sending that is zero, open or impossible keeps the readings', () => {
    const body = structure(code(ENERGY), number(5), scale(0, 30));
    for (const time of ['000000000000000000000000', 'ffffffffffffffffffffff00', '07ea0d2007190000008000ff', '0102']) {
      const [one] = pushed(body, fromHex(time));
      assert.ok(one && !(one instanceof ReadError), time);
      assert.deepEqual([said(one.readings), one.identity?.['sentAt']], [[['1-0:1.8.0*255', 5, 'Wh']], undefined], time);
    }
  });
  it('bare descriptors are taken only where all fits: their number, and every octet', () => {
    const entry = (name: string): Uint8Array => concatBytes(fromHex(`02020003${name}02`), encodeData(number(5)));
    const apdu = (count: number): Uint8Array =>
      concatBytes(fromHex('0f0000000100'), Uint8Array.of(0x01, count), entry(ENERGY), entry(VOLTAGE));
    const take = (octetsOf: Uint8Array): readonly (Pushed | ReadError)[] =>
      stream(undefined, 'wrapper').take(encodeWrapper({ source: 1, destination: 16, apdu: octetsOf }));
    assert.equal(readingsOf(take(apdu(2))).length, 2);
    for (const broken of [apdu(1), apdu(3), concatBytes(apdu(2), Uint8Array.of(0))]) {
      const [error] = take(broken);
      assert.ok(error instanceof ReadError && error.code === 'BAD_VALUE');
    }
  });
});
