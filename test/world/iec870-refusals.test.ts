// IEC 60870-5-102 in a bad world: refusals, the clock, and what a read will take.
import assert from 'node:assert/strict';
import type { Readout } from '../../src/core/meter/reading';
import { CAUSE, TYPE } from '../../src/core/iec870/asdu';
import { predictIec870 } from '../../src/core/iec870/predict';
import { NO_PARITY } from '../support/iec870-driver';
import { EPOCH, LOGIN, meterMemory, testMeter } from '../support/iec870-meter';
import { localClock } from '../../src/simulator/meters/iec870/memory';
import { said } from '../support/said';
import { noDates, day, read, assertHours, A_DAY } from './iec870-support';

describe('iec 60870-5-102 world, refusals', () => {
  it('a wrong password: once, and never again', () => {
    const meter = testMeter();
    const { error, sent } = read({ password: 8 }, { meter });
    assert.deepEqual([error?.code, error?.retryable, meter.counts.refusals], ['ACCESS_DENIED', false, 1]);
    assert.equal(sent.length, 5);
    const lossy = testMeter();
    read({ password: 8 }, { meter: lossy, back: (n) => (n === 3 || n === 5 ? 'drop' : undefined) });
    assert.equal(lossy.counts.refusals, 1);
  });
  it('a wrong measuring point and a wrong link address name what to check', () => {
    const { error } = read({ point: 2 });
    assert.deepEqual([error?.code, error?.stage], ['CONFIG_INVALID', 'authenticate']);
    assert.match(said(error), /measuring point 2.*check/);
    const silent = read({ link: 2 });
    assert.deepEqual([silent.error?.code, silent.error?.stage, silent.sent.length], ['NO_REPLY', 'connect', 4]);
    assert.match(said(silent.error), /link address 2.*check the link address/);
    assert.doesNotMatch(said(silent.error), /8E1/);
  });
  it('a port without parity: says that 8E1 is needed', () => {
    const { error } = read({}, { line: NO_PARITY });
    assert.equal(error?.code, 'NO_REPLY');
    assert.match(said(error), /8E1/);
    const eight = testMeter({ line: NO_PARITY });
    assertHours(read({}, { line: NO_PARITY, meter: eight }).result, ...A_DAY);
  });
  it('no data in the interval is an empty result', () => {
    const { result } = read({ from: '2025-01-01', to: '2025-01-02' });
    assert.deepEqual([result?.rows, result?.readings], [[], []]);
    assert.deepEqual(
      read(
        { request: 'increments' },
        { meter: testMeter({ quirks: { refuse: { [TYPE.C_CI_NU_2]: CAUSE.recordNotAvailable } } }) },
      ).result?.rows,
      [],
    );
  });
  it('other causes are typed errors', () => {
    for (const [cause, code] of [
      [CAUSE.recordUnknown, 'REQUEST_REFUSED'],
      [CAUSE.addressUnknown, 'CONFIG_INVALID'],
      [CAUSE.objectNotAvailable, 'REQUEST_REFUSED'],
      [CAUSE.typeNotAvailable, 'REQUEST_REFUSED'],
      [33, 'REQUEST_REFUSED'],
    ] as const) {
      const meter = testMeter({ quirks: { refuse: { [TYPE.C_CI_NU_2]: cause } } });
      const { error } = read({ request: 'increments' }, { meter });
      assert.deepEqual(
        [error?.code, error?.stage, error?.retryable, meter.counts.ends],
        [code, 'read', false, 1],
        String(cause),
      );
    }
    assert.equal(read({ register: 13 }).error?.code, 'REQUEST_REFUSED');
  });
  it('polls on while the meter prepares, and gives up in bounded time', () => {
    assertHours(read({}, { meter: testMeter({ quirks: { preparing: 9 } }) }).result, ...A_DAY);
    const meter = testMeter({ quirks: { preparing: 100_000 } });
    const { error, ms } = read({}, { meter });
    assert.deepEqual([error?.code, error?.retryable, meter.counts.ends], ['METER_BUSY', true, 1]);
    assert.ok(ms < 80_000, `${ms} ms`);
  });
  it('tries a NACK again, some times', () => {
    assertHours(read({}, { meter: testMeter({ quirks: { nacks: 2 } }) }).result, ...A_DAY);
    const meter = testMeter({ quirks: { nacks: 9 } });
    assert.deepEqual([read({}, { meter }).error?.code, meter.counts.ends], ['METER_BUSY', 1]);
  });
  it('ends the session also when cancelled, at every step', () => {
    for (let step = 1; step <= 31; step++) {
      for (const lost of [undefined, step]) {
        const meter = testMeter();
        const { error } = read(
          { request: 'increments' },
          { meter, cancelAt: step, there: (n) => (n === lost ? 'drop' : undefined) },
        );
        assert.equal(error?.code, 'CANCELLED');
        assert.equal(meter.counts.isOpen, false, `step ${step}, request lost: ${String(lost)}`);
        assert.ok(meter.counts.ends >= 1 || meter.counts.logins === 0 || step <= 3, `step ${step}`);
      }
    }
  });
});

describe('iec 60870-5-102 world, the clock', () => {
  const set = { request: 'set-time', confirm: true, time: new Date(EPOCH + 90_000), ...noDates } as const;
  const difference = (result: Readout | undefined): unknown =>
    result?.readings.find(({ name }) => name === 'clock_difference')?.value;
  it('is set, read back and compared', () => {
    const meter = testMeter();
    const { result } = read(set, { meter });
    assert.deepEqual(
      result?.readings.map(({ name }) => name),
      ['time', 'summer_time', 'time_valid', 'clock_difference'],
    );
    assert.ok(Math.abs(Number(difference(result))) <= 1);
  });
  it('is set to the time of the try, not of the first one, when messages are lost', () => {
    for (let hit = 1; hit <= 9; hit++) {
      const { result } = read(set, { there: (n) => (n === hit ? 'drop' : undefined) });
      assert.ok(Math.abs(Number(difference(result))) <= 1, `${hit}: ${String(difference(result))}`);
      assert.ok(
        Math.abs(Number(difference(read(set, { back: (n) => (n === hit ? 'drop' : undefined) }).result))) <= 1,
        `back ${hit}`,
      );
    }
  });
  it("shows the meter's local time with its deviation", () => {
    const { result } = read({ request: 'time', ...noDates });
    assert.match(String(result?.readings[0]?.value), /^2026-11-22T09:30:0\d\.\d{3}\+01:00$/);
    assert.equal(localClock('Europe/Madrid')(EPOCH).hour, 9);
  });
});

describe('iec 60870-5-102 prediction', () => {
  it('is the number of exchanges, and within a tenth of the time', () => {
    for (const [options, memory] of [
      [{}, {}],
      [{ request: 'increments' }, {}],
      [{ register: 12, from: '2026-11-20T00:15' }, {}],
    ] as const) {
      const all = { ...LOGIN, request: 'load-curve', ...day, ...options } as const;
      const { sent, ms } = read(options, {
        meter: testMeter({ memory: meterMemory(memory), reactionMs: 0 }),
        roundTripMs: 1000,
      });
      const predicted = predictIec870(all, 1000);
      assert.equal(predicted.exchanges, sent.length);
      assert.ok(Math.abs(predicted.ms - ms) / ms < 0.1, `${predicted.ms} and ${ms}`);
    }
  });
});
