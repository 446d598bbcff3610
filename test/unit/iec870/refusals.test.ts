// Answers that end too early or too late, and a line that only damages: each is told for what it is.
import assert from 'node:assert/strict';
import type { Asdu } from '../../../src/core/iec870/asdu';
import { decodeInstantaneous } from '../../../src/core/iec870/instantaneous';
import { decodeTotalBlocks } from '../../../src/core/iec870/objects';
import { fromHex } from '../../../src/core/wire/bytes';
import { asReadError } from '../../../src/core/wire/errors';
import { WorldMemory } from '../../support/iec870-driver';
import { ADDRESS, play, Script } from '../../support/iec870-script';

const asduOf = (type: number, hex: string): Asdu => ({
  type,
  count: 1,
  cause: 5,
  isNegative: false,
  point: 1,
  register: 0,
  objects: fromHex(hex.replace(/ /g, '')),
});
const reasonOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (thrown) {
    return asReadError(thrown).reason;
  }
  return undefined;
};

describe('iec 60870-5-102, ends that are wrong', () => {
  it('octets behind the instantaneous values are a misfit, never passed over', () => {
    const totals = `c0 ${'01000000'.repeat(6)} 0081e10712`;
    assert.equal(decodeInstantaneous(asduOf(163, totals)).length, 1);
    assert.equal(
      reasonOf(() => decodeInstantaneous(asduOf(163, `${totals} 00`))),
      'iec870.instantLeft',
    );
  });
  it('a block that ends inside a total', () => {
    const block = `0b ${'0100000000'.repeat(3)} 0081e10712`;
    assert.equal(decodeTotalBlocks(asduOf(140, block)).length, 1);
    assert.equal(
      reasonOf(() => decodeTotalBlocks(asduOf(140, '0b 0100000000 0100'))),
      'iec870.totalEnds',
    );
  });
  it('only damage on a port without parity: the port is named', () => {
    const memory = new WorldMemory(600, { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 });
    const { error } = play({ ...ADDRESS, request: 'time', repeats: 0 }, ['>104901004a16', '<7f8190', '.'], memory);
    assert.deepEqual([error?.code, error?.reason], ['BAD_FRAME', 'iec870.damagedNoParity']);
  });
  it("an interval that begins behind the meter's clock", () => {
    const script = new Script().ask('670005 010000').poll('480105 010000 0000 0081e10712');
    const { error } = play({ ...ADDRESS, request: 'increments', from: '2030-01-01T00:00' }, script.end());
    assert.deepEqual([error?.code, error?.reason], ['CONFIG_INVALID', 'iec870.fromBehindClock']);
  });
  it('a meter that still empties an earlier request', () => {
    const left = '0b0105 01000b 010400000000 0082e10712';
    const script = new Script().ask('7b0106 01000b 0108 0081e10712 0083e10712').poll(left, '.', left);
    const { error } = play(
      { ...ADDRESS, request: 'increments', from: '2018-07-01T01:00', to: '2018-07-01T03:00', preparingMs: 0 },
      script.end(),
    );
    assert.deepEqual([error?.code, error?.reason], ['METER_BUSY', 'iec870.stillEmptying']);
  });
});
