// Small print of the objects: reserved bits, marks of doubt, and codes whose meaning is not known.
import assert from 'node:assert/strict';
import type { Asdu } from '../../../src/core/iec870/asdu';
import { decodeAsdu } from '../../../src/core/iec870/asdu';
import { decodeBilling } from '../../../src/core/iec870/billing';
import { CET } from '../../../src/core/iec870/calendar';
import { decodeConfiguration } from '../../../src/core/iec870/configuration';
import { scanFt12 } from '../../../src/core/meter/ft12';
import { decodeInstantaneous } from '../../../src/core/iec870/instantaneous';
import { decodeTotals } from '../../../src/core/iec870/objects';
import { billingReadout } from '../../../src/core/iec870/billing-readout';
import { instantReadings } from '../../../src/core/iec870/instant-readings';
import { periodsReadout } from '../../../src/core/iec870/periods-readout';
import { configurationReadout } from '../../../src/core/iec870/readout';
import { decodeTimeA, decodeTimeB } from '../../../src/core/iec870/time-tag';
import { fromHex } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';
import { wireOf } from '../../support/iec870-script';
import { vectorFile } from '../../support/vectors';

/** The objects of a recorded frame, one byte of them changed. */
const objectsOf = (hex: string, at = 0, change = (byte: number): number => byte): Asdu => {
  const asdu = decodeAsdu(fromHex(hex).slice(7, -2));
  return { ...asdu, objects: asdu.objects.map((byte, i) => (i === at ? change(byte) : byte)) };
};
const set =
  (bits: number) =>
  (byte: number): number =>
    byte | bits;
const recorded = (name: string): string =>
  vectorFile<{ frames: { name: string; hex: string }[] }>('iec870-more.json').frames.find((frame) =>
    frame.name.startsWith(name),
  )?.hex ?? assert.fail(name);

describe('iec 60870-5-102 small print', () => {
  it('reserved bits of a time are masked: TIS, both of the hour, the tariff bits of the month, the top bit of the year', () => {
    const plain = decodeTimeA(fromHex('1e8bfb0713'), 0);
    for (const hex of ['5e8bfb0713', '1eebfb0713', '1e8bfbf713', '1e8bfb0793'])
      assert.deepEqual(decodeTimeA(fromHex(hex), 0), plain, hex);
    assert.deepEqual(
      [plain.year, plain.month, plain.day, plain.hour, plain.minute, plain.isSummer, plain.isInvalid, plain.weekday],
      [2019, 7, 27, 11, 30, true, false, 7],
    );
  });
  it('a time that the meter does not vouch for (IV) is said so in the row', () => {
    assert.equal(decodeTimeA(fromHex('9e8bfb0713'), 0).isInvalid, true);
    assert.equal(decodeTimeB(fromHex('00009e8bfb0713'), 0).isInvalid, true);
    const periods = decodeTotals(objectsOf(wireOf('C102-O11', 0), 48, set(0x80)));
    assert.deepEqual(
      periodsReadout(periods, 11, CET, true).rows?.map(({ at, status }) => [at, status]),
      [['2018-07-01T01:00:00+02:00', 'time-invalid']],
    );
  });
  it('a maximum marked invalid has neither value nor time', () => {
    const { rows, readings } = billingReadout(decodeBilling(objectsOf(wireOf('C102-O10', 0), 47, set(0x80))), 135, CET);
    assert.deepEqual([rows?.[0]?.values[8], rows?.[0]?.values[10]], [null, null]);
    assert.deepEqual(
      readings.find(({ name }) => name === 'total.max_power'),
      { name: 'total.max_power', id: '135:20:max_power', value: null, unit: 'kW' },
    );
  });
  it('a power factor beyond 1 is no factor; flag bits beside a power tell its direction and validity', () => {
    const frame = wireOf('C102-O09', 0);
    const read = (at: number, change: (byte: number) => number): ReturnType<typeof instantReadings> =>
      instantReadings(decodeInstantaneous(objectsOf(frame, at, change)), CET);
    // Object 193 begins at byte 30: its powers at 31, the factor of all phases at 37 and 38 (9a 03 = 922).
    assert.equal(read(37, set(0)).find(({ name }) => name === 'power_factor')?.value, 0.922);
    assert.equal(read(37, () => 0xff).find(({ name }) => name === 'power_factor')?.value, null);
    const powers = (bit: number): unknown[] =>
      ['active_power', 'reactive_power', 'power_factor'].map(
        (name) => read(38, set(bit)).find((reading) => reading.name === name)?.value,
      );
    assert.deepEqual(powers(0x04), [-8, 3, 0.922], 'bit 10: exported');
    assert.deepEqual(powers(0x08), [8, -3, 0.922], 'bit 11: quadrants III and IV');
    assert.deepEqual(powers(0x0c), [-8, -3, 0.922]);
    assert.deepEqual(powers(0x80), [null, null, null], 'bit 15: invalid');
    assert.deepEqual(powers(0x70), [8, 3, 0.922], 'bits 12 to 14 are not used');
  });
  it('codes of speed and format that no source explains are shown as codes', () => {
    const frame = recorded('configuration of a meter');
    const of = (at: number, name: string): unknown =>
      configurationReadout(decodeConfiguration(objectsOf(frame, at, () => 0x55)), CET).readings.find(
        (reading) => reading.name === name,
      )?.value;
    assert.deepEqual([of(15, 'serial_1_speed'), of(41, 'optical_format')], ['code 85', 'code 85']);
  });
  it('an ASDU in sequence form, one without a head and a frame too short for one are refused', () => {
    for (const hex of ['088801050100', '0b08050100'])
      assert.throws(
        () => decodeAsdu(fromHex(hex)),
        (e: ReadError) => e.code === 'BAD_VALUE',
        hex,
      );
    assert.deepEqual(scanFt12(fromHex('680303680801000916')), { skip: 1 });
    assert.deepEqual(scanFt12(fromHex('680808680801000b08050100221600')), { skip: 1 });
  });
});
