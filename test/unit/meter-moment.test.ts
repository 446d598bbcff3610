// Times as users give them: one meaning or a refusal.
import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { ReadError } from '../../src/core/wire/errors';
import { decodeMoment, isTimeZone, wallText } from '../../src/core/meter/moment';

const reasonOf = (value: unknown): string => {
  try {
    return JSON.stringify(decodeMoment(value, 'from'));
  } catch (thrown) {
    assert.ok(thrown instanceof ReadError && thrown.code === 'CONFIG_INVALID');
    assert.equal(thrown.facts['field'], 'from');
    return String(thrown.reason);
  }
};

describe('moments', () => {
  it('take a Date of any realm, ISO text with and without zone, and milliseconds', () => {
    const ms = Date.UTC(2026, 9, 1);
    for (const value of [
      new Date(ms),
      runInNewContext(`new Date(${ms})`) as unknown,
      ms,
      String(ms),
      '2026-10-01T00:00:00Z',
      '2026-10-01T02:00+02:00',
      '2026-10-01 02:00:00.000 +0200',
      '2026-09-30T22:00-02',
    ])
      assert.deepEqual(decodeMoment(value, 'from'), { ms, isLocal: false }, String(value));
    for (const value of ['2026-10-01', '2026-10-01T00:00', ' 2026-10-01 00:00:00 '])
      assert.deepEqual(decodeMoment(value, 'from'), { ms, isLocal: true }, value);
    assert.equal(decodeMoment('2026-10-01T00:00:00.250', 'from').ms, ms + 250);
  });

  it('refuse what could be two things', () => {
    const twoWays = [
      '202610010000',
      202610010000,
      '20261001',
      20261001,
      '20261001000000',
      1790000000,
      '1790000000',
      0,
      1.5,
    ];
    for (const value of [...twoWays, Infinity, NaN, '9'.repeat(400)])
      assert.equal(reasonOf(value), 'meter.ambiguousMoment', String(value));
  });

  it('refuse days and hours that no calendar has', () => {
    const never = [
      '2026-02-31',
      '2026-02-29T00:00Z',
      '2026-13-01',
      '2026-00-10',
      '2026-10-01T24:00',
      '2026-10-01T12:60',
      '2026-10-01T12:00:60',
      '2026-10-01T12:00+16:00',
    ];
    for (const value of never) assert.equal(reasonOf(value), 'meter.noSuchTime', value);
    assert.equal(decodeMoment('2028-02-29', 'from').ms, Date.UTC(2028, 1, 29));
  });

  it('refuse what is no time', () => {
    const nothing = [
      'yesterday',
      '1/10/2026',
      '2026-10',
      '2026-10-01Z',
      '',
      {},
      [],
      true,
      null,
      new Date(NaN),
      'x'.repeat(1e5),
    ];
    for (const value of nothing) assert.equal(reasonOf(value), 'meter.noMoment', String(value).slice(0, 20));
  });

  it('come back from their own text', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
        (date) => {
          assert.deepEqual(decodeMoment(date.toISOString(), 'from'), decodeMoment(date, 'from'));
          const wall = date.toISOString().slice(0, 19);
          assert.equal(wallText(decodeMoment(wall, 'from'), 'Asia/Tokyo'), wall);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  it('show what a wall clock in a zone shows', () => {
    const text = (iso: string, zone: string): string => wallText(decodeMoment(iso, 'from'), zone);
    assert.equal(text('2026-07-01T00:00:00Z', 'Europe/Madrid'), '2026-07-01T02:00:00');
    assert.equal(text('2026-01-01T00:00:00Z', 'Etc/GMT-1'), '2026-01-01T01:00:00');
    assert.equal(text('2026-10-25T00:30:00Z', 'Europe/Madrid'), '2026-10-25T02:30:00');
    assert.equal(text('2026-10-25T01:30:00Z', 'Europe/Madrid'), '2026-10-25T02:30:00');
    assert.ok(isTimeZone('Europe/Madrid') && !isTimeZone('Madrid/Europe'));
  });
});
