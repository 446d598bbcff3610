import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  instantOf,
  tagAt,
  timeTagOf,
  timeText,
  CET,
  type MomentInput,
  type Repeated,
} from '../../../src/core/iec870/calendar';
import { decodeTimeA, decodeTimeB } from '../../../src/core/iec870/time-tag';
import { fromHex } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';
import { localClock } from '../../../src/simulator/meters/iec870/memory';
import { said } from '../../support/said';

const text = (hex: string): string | null => timeText(decodeTimeA(fromHex(hex), 0), CET);
const wanted = (moment: MomentInput, repeated: Repeated = 'first'): string | null =>
  timeText(timeTagOf(moment, 'from', CET, repeated), CET);

describe('iec 60870-5-102 times', () => {
  it('keeps both 02:00 hours of October apart', () => {
    assert.equal(text('0082fb0a13'), '2019-10-27T02:00:00+02:00');
    assert.equal(text('0002fb0a13'), '2019-10-27T02:00:00+01:00');
  });
  it('carries the deviation only where SU agrees with the calendar', () => {
    assert.equal(text('0081e10712'), '2018-07-01T01:00:00+02:00');
    // SU not set in July: a clock that is not changed, or not right
    assert.equal(text('0001e10712'), '2018-07-01T01:00:00');
    assert.equal(text('0002e10a12'), '2018-10-01T02:00:00');
    assert.equal(text('000b07020a'), '2010-02-07T11:00:00+01:00');
  });
  it('takes the end of the hour at a change in both spellings', () => {
    const at = (month: number, day: number, hour: number, isSummer: boolean): string | null =>
      timeText(
        { year: 2026, month, day, hour, minute: 0, second: 0, millisecond: 0, weekday: 7, isSummer, isInvalid: false },
        CET,
      );
    assert.equal(at(10, 25, 3, true), '2026-10-25T03:00:00+02:00');
    assert.equal(at(10, 25, 2, false), '2026-10-25T02:00:00+01:00');
    assert.equal(at(3, 29, 2, false), '2026-03-29T02:00:00+01:00');
    assert.equal(at(3, 29, 3, true), '2026-03-29T03:00:00+02:00');
    assert.equal(at(3, 29, 4, false), '2026-03-29T04:00:00');
    assert.equal(at(10, 25, 4, true), '2026-10-25T04:00:00');
  });
  it('has no text for a date that is not set, and refuses what is no time', () => {
    assert.equal(text('000080010a'), null);
    for (const hex of ['3c81e10712', '0099e10712', '0081fe0212', '0081e10d12', '008001'])
      assert.throws(
        () => text(hex),
        (e: ReadError) => e.code === 'BAD_VALUE',
        hex,
      );
    assert.throws(
      () => decodeTimeB(fromHex('e7f3000be7020a'), 0),
      (e: ReadError) => e.code === 'BAD_VALUE',
    ); // second 60
    assert.throws(
      () => decodeTimeB(fromHex('e803000be7020a'), 0),
      (e: ReadError) => e.code === 'BAD_VALUE',
    ); // millisecond 1000
  });
  it('shows seconds and milliseconds where there are any', () => {
    assert.equal(timeText(decodeTimeB(fromHex('0a2a100be7020a'), 0), CET), '2010-02-07T11:16:10.522+01:00');
    assert.equal(timeText(decodeTimeB(fromHex('0090258b7c0813'), 0), CET), '2019-08-28T11:37:36+02:00');
  });
  it("reads a user's moment as Date, milliseconds, ISO text with zone, or the meter's wall time", () => {
    const instant = Date.UTC(2026, 6, 1, 10);
    for (const moment of [
      new Date(instant),
      instant,
      '2026-07-01T10:00:00Z',
      '2026-07-01T12:00+02:00',
      '2026-07-01T12:00',
      '2026-07-01 12:00:00',
    ])
      assert.equal(wanted(moment), '2026-07-01T12:00:00+02:00');
    assert.equal(wanted('2026-11-21'), '2026-11-21T00:00:00+01:00');
    assert.equal(wanted('2026-10-25T02:00', 'first'), '2026-10-25T02:00:00+02:00');
    assert.equal(wanted('2026-10-25T02:00', 'second'), '2026-10-25T02:00:00+01:00');
    assert.equal(wanted('2026-10-25T00:00:00Z'), '2026-10-25T02:00:00+02:00');
    assert.equal(wanted('2026-10-25T01:00:00Z'), '2026-10-25T02:00:00+01:00');
    for (const bad of [
      'yesterday',
      '2026-02-30',
      '2026-13-01T00:00',
      '2026-01-01T24:00',
      NaN,
      new Date(NaN),
      '',
      '1999-01-01',
      '2100-01-01T00:00Z',
    ]) {
      assert.throws(
        () => wanted(bad),
        (e: ReadError) => e.code === 'CONFIG_INVALID' && said(e).includes('from'),
        String(bad),
      );
    }
  });
  it("agrees with the platform's zone data of Madrid and the Canary Islands, hour by hour around the changes", () => {
    for (const [zone, standard] of [
      ['Europe/Madrid', 60],
      ['Atlantic/Canary', 0],
    ] as const) {
      const clock = localClock(zone);
      for (const start of [
        Date.UTC(2026, 2, 28),
        Date.UTC(2026, 9, 24),
        Date.UTC(2027, 2, 27),
        Date.UTC(2031, 9, 25),
      ]) {
        for (let at = start; at < start + 3 * 86_400_000; at += 900_000)
          assert.deepEqual(tagAt(at, 'from', standard), clock(at), new Date(at).toISOString());
      }
    }
  });
  it('goes there and back, and gives no two instants one text', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2001, 0) / 60_000, max: Date.UTC(2098, 0) / 60_000 }), (minutes) => {
        const tag = tagAt(minutes * 60_000, 'from', CET);
        const shown = timeText(tag, CET);
        assert.equal(instantOf(tag, CET), minutes * 60_000);
        assert.equal(Date.parse(shown ?? ''), minutes * 60_000);
      }),
      { seed: 102, numRuns: 500 },
    );
  });
});
