// IEC 62056-21 in a bad world: load profiles and logs.
import assert from 'node:assert/strict';
import type { Readout } from '../../src/core/meter/reading';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import type { ProfileRow } from '../../src/core/iec62056/profile';
import type { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import { VDEW_MODEL } from '../../src/simulator/meters/iec62056/data';
import { type Outcome } from '../support/iec-driver';
import { at9600, bareRows, expectedRows, fast, scene, type Scene } from '../support/iec-scene';

function runAgainWithoutFault(again: () => Outcome<Readout>, meter: Iec62056Meter): Outcome<Readout> {
  meter.mend();
  return again();
}
describe('IEC 62056-21 world: load profile and log', () => {
  const profile: Partial<Iec62056Options> = {
    request: 'profile',
    from: '2026-11-19T00:00',
    to: '2026-11-21T00:00',
    password: '00000000',
  };
  const fastScene = (more: Scene): ReturnType<typeof scene> =>
    scene({
      ...more,
      read: { ...profile, ...more.read },
      model: { ...at9600, ...more.model },
      world: { memory: fast(), ...more.world },
    });

  it('fetches days, with a gap and a change of status inside', () => {
    const { outcome, meter } = fastScene({});
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(bareRows(outcome), expectedRows('2026-11-19T00:00:00', '2026-11-21T00:00:00'));
    assert.equal(outcome.result?.rows?.length, 2 * 96 + 1 - 1);
    assert.deepEqual(outcome.result?.columns?.[0], { id: '1-0:1.5.0*255', unit: 'kW', name: '1.5' });
    assert.deepEqual(
      outcome.result?.rows
        ?.filter((row) => (row as ProfileRow).flags?.length)
        .map((row) => [row.at, (row as ProfileRow).flags]),
      [
        ['2026-11-20T11:15:00', ['power-down']],
        ['2026-11-20T11:45:00', ['power-up']],
      ],
    );
    assert.equal(meter.seen.filter((line) => line.startsWith('R5')).length, 2, 'a day a piece');
    assert.equal(meter.seen.at(-1), 'B0 ');
  });

  it('keeps the hour that comes twice apart by its season', () => {
    const { outcome } = fastScene({ read: { from: '2026-10-25T00:00', to: '2026-10-25T06:00' } });
    assert.deepEqual(bareRows(outcome), expectedRows('2026-10-25T00:00:00', '2026-10-25T06:00:00'));
    assert.equal(outcome.result?.rows?.filter((row) => row.at === '2026-10-25T02:15:00').length, 2);
  });

  it('loses no hour of summer time to a season digit taken at its word', () => {
    const { outcome } = fastScene({ read: { from: '2026-07-01T00:00', to: '2026-07-02T00:00' } });
    assert.deepEqual(bareRows(outcome), expectedRows('2026-07-01T00:00:00', '2026-07-02T00:00:00'));
  });

  it('by R6 in partial blocks, one of them damaged', () => {
    let count = 0;
    const { outcome } = fastScene({
      read: { command: 'R6' },
      world: {
        memory: fast(),
        onPublish: (chunk) => [
          chunk.length > 200 && ++count === 3 ? chunk.map((byte, i) => (i === 50 ? byte ^ 1 : byte)) : chunk,
        ],
      },
    });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(bareRows(outcome), expectedRows('2026-11-19T00:00:00', '2026-11-21T00:00:00'));
  });

  for (const nth of [1, 2, 3, 4, 5])
    it(`by R6, partial block ${nth} delivered twice: no row doubled, shifted or skipped`, () => {
      let blocks = 0;
      const { outcome } = fastScene({
        read: { command: 'R6' },
        world: {
          memory: fast(),
          onPublish: (chunk) => (chunk.length > 200 && ++blocks === nth ? [chunk, chunk] : [chunk]),
        },
      });
      assert.equal(outcome.error, undefined, outcome.error?.message);
      assert.deepEqual(bareRows(outcome), expectedRows('2026-11-19T00:00:00', '2026-11-21T00:00:00'));
    });

  it('broken off between two pieces: the next read goes on where it was', () => {
    const { outcome, meter, again } = fastScene({ faults: { silentFromRead: 2 } });
    assert.equal(outcome.error?.code, 'SESSION_BROKEN');
    const before = meter.seen.length;
    const resumed = runAgainWithoutFault(again, meter);
    assert.deepEqual(bareRows(resumed), expectedRows('2026-11-19T00:00:00', '2026-11-21T00:00:00'));
    assert.deepEqual(
      meter.seen.slice(before).filter((line) => line.startsWith('R5')).length,
      1,
      'only what was missing',
    );
  });

  for (const day of ['2026-11-19', '2026-07-19'])
    it(`broken off inside partial blocks: the next read begins at the last good row (${day})`, () => {
      let blocks = 0;
      const [from, to] = [`${day}T00:00:00`, `${day}T23:45:00`];
      const { outcome, meter, again } = fastScene({
        read: { command: 'R6', from, to },
        world: { memory: fast(), onPublish: (chunk) => (chunk.length > 200 && ++blocks > 5 ? [] : [chunk]) },
      });
      assert.equal(outcome.error?.code, 'SESSION_BROKEN');
      const before = meter.seen.length;
      const resumed = again({}, { onPublish: (chunk) => [chunk] });
      assert.deepEqual(bareRows(resumed), expectedRows(from, to));
      const asked = meter.seen.slice(before).find((line) => line.startsWith('R6')) ?? '';
      assert.match(asked, /P\.01\(026\d\d190[2-9]/, asked);
    });

  it('daily values are fetched by the month, and a read that ended well is begun anew', () => {
    const days = {
      ...(VDEW_MODEL.profile ?? assert.fail()),
      code: 'P.02',
      periodMinutes: 1440,
      first: '2026-01-01T23:00:00Z',
      status: {},
      gaps: [],
    };
    const { outcome, meter, again } = fastScene({
      read: { items: ['P.02'], from: '2026-09-01T00:00', to: '2026-11-01T00:00' },
      model: { profile: days },
    });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(bareRows(outcome), expectedRows('2026-09-01T00:00:00', '2026-11-01T00:00:00', days));
    const asked = meter.seen.filter((line) => line.startsWith('R5'));
    assert.equal(asked.length, 2);
    assert.deepEqual(again().result?.rows, outcome.result?.rows);
    assert.deepEqual(meter.seen.filter((line) => line.startsWith('R5')).slice(2), asked);
  });

  it('broken off, and asked again later: what the meter measured in between is not missing', () => {
    const model = VDEW_MODEL.profile ?? assert.fail();
    const growing = { ...model, last: '2026-11-20T09:00:00Z' };
    for (const silentFromRead of [2, 3, 4, 5]) {
      const { outcome, meter, again } = fastScene({
        read: { to: '2026-11-23T00:00' },
        model: { profile: growing },
        faults: { silentFromRead },
      });
      assert.equal(outcome.error?.code, 'SESSION_BROKEN', String(silentFromRead));
      growing.last = '2026-11-21T12:00:00Z';
      assert.deepEqual(
        bareRows(runAgainWithoutFault(again, meter)),
        expectedRows('2026-11-19T00:00:00', '2026-11-21T13:00:00', growing),
        String(silentFromRead),
      );
      growing.last = '2026-11-20T09:00:00Z';
    }
  });

  it('an interval without data says so', () => {
    const { outcome } = fastScene({ read: { from: '2020-01-01', to: '2020-01-02' } });
    assert.equal(outcome.error?.code, 'REQUEST_REFUSED');
    assert.match(outcome.error?.message ?? '', /2020-01-01/);
  });

  it('the log: entries with and without values, words decoded', () => {
    const { outcome } = fastScene({ read: { request: 'log', from: '2026-08-01', to: '2026-11-22' } });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(
      outcome.result?.columns?.map((column) => column.name),
      ['0.9.1', '0.9.2'],
    );
    assert.deepEqual(outcome.result?.rows, [
      {
        at: '2026-08-26T23:56:46',
        season: 'summer',
        status: '00008020',
        flags: ['before-synchronisation', 'clock-set'],
        values: ['1235703', '1260826'],
      },
      { at: '2026-11-20T11:05:00', season: 'winter', status: '00000080', flags: ['power-down'], values: [null, null] },
      { at: '2026-11-20T11:35:00', season: 'winter', status: '00000040', flags: ['power-up'], values: [null, null] },
    ]);
    assert.ok(outcome.result?.readings.length, 'weeks without entries are told, not hidden');
  });

  it('by R2 with spelled times', () => {
    const { outcome, meter } = fastScene({
      read: { command: 'R2', to: '2026-11-19T02:00' },
      model: { commands: ['R2'] },
    });
    assert.ok(meter.seen.includes('R2 P.01(26-11-19,00:00;26-11-19,02:00)'), meter.seen.join());
    assert.equal(outcome.result?.rows?.length, 9);
  });

  it('a meter without programming mode is told from one that fails', () => {
    const { outcome } = scene({ read: profile, model: { mode: 'A', identification: 'KAM MC' } });
    assert.equal(outcome.error?.code, 'REQUEST_REFUSED');
  });
});
