import assert from 'node:assert/strict';
import { findProfile, profileNames } from '../../../src/core/modbus/registers/profiles';
import { decodeRegister, type Register } from '../../../src/core/modbus/registers/registers';
import {
  decodeModelHeader,
  isSunSpecMark,
  placeRegisters,
  SUNSPEC_BASES,
} from '../../../src/core/modbus/registers/sunspec';
import { framings } from '../../../src/core/modbus/frames/framing';
import { decodeResponse, encodeRequest, type Request } from '../../../src/core/modbus/frames/pdu';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';
import { Inbox } from '../../../src/core/wire/inbox';
import { vectorFile } from '../../support/vectors';

interface Fact {
  readonly name: string;
  readonly fc: number;
  readonly address: number;
  readonly type: string;
  readonly length: number;
  readonly wordOrder: string;
  readonly scale: number;
  readonly unit: string;
  readonly access: string;
  readonly notAvailable?: string;
  readonly scaleFactorRegister?: string;
  readonly from?: string;
  readonly enum?: { readonly [raw: string]: unknown };
}
interface Facts {
  readonly id: string;
  readonly vendor: string;
  readonly models: readonly string[];
  readonly source: string;
  readonly serial?: { readonly baud: number; readonly parity: string; readonly stop: number; readonly unit: number };
  readonly maxRegistersPerRead: number;
  readonly registers: readonly Fact[];
}
const { profiles: facts } = vectorFile<{ readonly profiles: readonly Facts[] }>('modbus-profiles.json');
const TYPES: { readonly [type: string]: string } = { sunssf: 'int16', acc32: 'uint32', bitfield32: 'bits' };

const profile = (id: string): NonNullable<ReturnType<typeof findProfile>> => findProfile(id) ?? assert.fail(id);
const register = (id: string, name: string): Register =>
  profile(id).registers.find((one) => one.name === name) ?? assert.fail(name);

describe('Modbus profiles', () => {
  it('are those of the fact sheet', () => {
    assert.deepEqual([...profileNames].sort(), facts.map(({ id }) => id).sort());
    assert.equal(findProfile('no-such-device'), undefined);
    assert.equal(findProfile('constructor'), undefined);
  });
  for (const sheet of facts) {
    it(`${sheet.id} has its facts, row by row`, () => {
      const found = profile(sheet.id);
      assert.deepEqual(
        [found.vendor, found.models, found.source, found.maxRegisters],
        [sheet.vendor, sheet.models, sheet.source, sheet.maxRegistersPerRead],
      );
      const { serial } = sheet;
      const parity = { N: 'none', E: 'even' }[serial?.parity ?? ''];
      assert.deepEqual(found.serial, serial && { baud: serial.baud, dataBits: 8, parity, stopBits: serial.stop });
      assert.equal(found.unit, serial?.unit);
      assert.ok(found.notes.length > 0);
      const expected = (row: Fact): object => ({
        name: row.name,
        fc: row.fc,
        address: row.address,
        type: TYPES[row.type] ?? row.type,
        order: row.wordOrder === 'AB' ? 'ABCD' : row.wordOrder,
        scale: row.scale,
        unit: row.unit,
        length: row.length,
        ...(row.notAvailable === undefined ? {} : { notAvailable: [row.notAvailable.toLowerCase()] }),
        ...(row.scaleFactorRegister === undefined ? {} : { scaleFactor: row.scaleFactorRegister }),
        ...(row.enum === undefined
          ? {}
          : { labels: Object.fromEntries(Object.entries(row.enum).map(([raw, text]) => [raw, String(text)])) }),
      });
      assert.deepEqual(found.registers, sheet.registers.filter(({ access }) => access === 'r').map(expected));
      assert.deepEqual(found.settings, sheet.registers.filter(({ access }) => access !== 'r').map(expected));
      assert.deepEqual(
        found.origins,
        Object.fromEntries(sheet.registers.flatMap(({ name, from }) => (from === undefined ? [] : [[name, from]]))),
      );
    });
    it(`${sheet.id} can be read within its own limits`, () => {
      const found = profile(sheet.id);
      const all = [...found.registers, ...found.settings];
      const names = new Set(all.map(({ name }) => name));
      for (const one of all) assert.ok(one.length <= found.maxRegisters, one.name);
      for (const name of [...Object.keys(found.unverified), ...Object.keys(found.origins)])
        assert.ok(names.has(name), name);
      if (found.isEvenLength) for (const one of all) assert.ok(one.length % 2 === 0 && one.address % 2 === 0, one.name);
      for (const fc of [3, 4]) {
        const spans = all.filter((one) => one.fc === fc).sort((a, b) => a.address - b.address);
        spans.forEach((one, i) =>
          assert.ok(
            i === 0 || (spans[i - 1]?.address ?? 0) + (spans[i - 1]?.length ?? 0) <= one.address,
            `${one.name} overlaps`,
          ),
        );
      }
    });
  }
  it('says what a plan must know', () => {
    assert.deepEqual(
      profileNames.filter((id) => profile(id).isEvenLength),
      ['eastron-sdm630'],
    );
    assert.deepEqual(
      profileNames.filter((id) => profile(id).isOneTable),
      ['carlogavazzi-em340', 'circutor-cvm-c10'],
    );
    assert.deepEqual(
      profileNames.filter((id) => profile(id).sunspecModel !== undefined),
      ['sunspec-203'],
    );
  });
  it('marks what only one source says', () => {
    assert.deepEqual(Object.keys(profile('carlogavazzi-em340').unverified), [
      'voltage_l1l2',
      'voltage_l2l3',
      'voltage_l3l1',
    ]);
    assert.equal(profile('circutor-cvm-mini').unverified.frequency, 'scale');
    assert.ok('power_l1' in profile('circutor-cvm-c10').unverified);
  });
  it('reads the example of the CVM-C10 manual as 212.5 V', () => {
    const request: Request = { function: 4, address: 0, quantity: 2 };
    assert.equal(toHex(framings.rtu.encode(10, encodeRequest(request))), '0a040000000270b0');
    const inbox = new Inbox();
    inbox.push(fromHex('0a04040000084d86b1'));
    const answer = inbox.next(framings.rtu.scanAnswer([{ unit: 10, request }])) ?? assert.fail();
    const response = decodeResponse(answer.pdu, request);
    const registers = 'registers' in response ? response.registers : [];
    assert.deepEqual(decodeRegister(register('circutor-cvm-c10', 'voltage_l1'), registers), {
      name: 'voltage_l1',
      id: '4:0',
      unit: 'V',
      value: 212.5,
    });
  });
  it('knows what each device sends for "none"', () => {
    assert.equal(decodeRegister(register('abb-b23', 'power_total'), [0x7fff, 0xffff]).value, null);
    assert.equal(decodeRegister(register('abb-b23', 'import_kwh'), [0xffff, 0xffff, 0xffff, 0xffff]).value, null);
    assert.equal(decodeRegister(register('carlogavazzi-em340', 'voltage_l1'), [0x08fd, 0]).value, 230.1);
    assert.equal(decodeRegister(register('sunspec-203', 'TotWhImp'), [0, 0], 0).value, null);
    assert.deepEqual(decodeRegister(register('sunspec-203', 'Evt'), [0, 5]).value, [0, 2]);
  });
});

describe('SunSpec', () => {
  it('finds the models one after the other', () => {
    assert.deepEqual(SUNSPEC_BASES, [40000, 0, 50000]);
    assert.equal(isSunSpecMark([0x5375, 0x6e53]), true);
    assert.equal(isSunSpecMark([0x5375]), false);
    assert.deepEqual(decodeModelHeader([1, 66], 40002), { model: 1, next: 40070 });
    assert.equal(decodeModelHeader([0xffff, 0], 40177), undefined);
    assert.throws(
      () => decodeModelHeader([203, 65535], 40002),
      (e: ReadError) => e.code === 'BAD_VALUE',
    );
  });
  it('places a model where it was found', () => {
    const placed = placeRegisters(profile('sunspec-203').registers, 40070);
    assert.deepEqual([placed[0]?.address, placed.at(-1)?.address], [40070, 40175]);
    assert.throws(
      () => placeRegisters(profile('sunspec-203').registers, 65500),
      (e: ReadError) => e.code === 'CONFIG_INVALID',
    );
  });
});
