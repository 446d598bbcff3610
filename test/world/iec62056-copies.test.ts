// No block of IEC 62056-21 carries a number, and networks deliver late and twice. The law here: no row twice, none of
// another interval, none missing, no register with another's value - or an error.
import assert from 'node:assert/strict';
import { fromLatin1, toLatin1 } from '../../src/core/wire/bytes';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import { VDEW_MODEL, type LoadProfileModel } from '../../src/simulator/meters/iec62056/data';
import type { World } from '../support/iec-driver';
import { seededRandom } from '../../src/simulator/ground/random';
import { at9600, bareRows, expectedRows, fast, scene, type Scene } from '../support/iec-scene';

const SEEDS = 60;
const [FROM, TO] = ['2026-11-19T00:00:00', '2026-11-21T00:00:00'];
const profile: Partial<Iec62056Options> = { request: 'profile', from: FROM, to: TO };
const quarters = VDEW_MODEL.profile ?? assert.fail();
const zeros: LoadProfileModel = { ...quarters, constant: '0.00000' };
/** A day of it fits one message of a modem, as a copy of a whole answer must. */
const hours: LoadProfileModel = {
  ...quarters,
  periodMinutes: 60,
  channels: quarters.channels.slice(0, 2),
  gaps: [],
  status: {},
};
const profileOf = { R5: hours, R6: quarters };
const read = (more: Scene): ReturnType<typeof scene> =>
  scene({
    ...more,
    read: { ...profile, ...more.read },
    model: { ...at9600, ...more.model },
    world: { memory: fast(), bufferBytes: 1024, ...more.world },
  });

interface Late {
  /** The n-th block, counted from 1. */
  readonly nth: number;
  /** Its copy arrives right before the block that comes so many blocks later. */
  readonly by: number;
  /** That block itself is lost. */
  readonly isLost?: boolean;
}
/** Delivers one block once more, long after the wire could have carried it again. */
function lateCopy({ nth, by, isLost }: Late): NonNullable<World['onPublish']> {
  let [blocks, kept] = [0, new Uint8Array(0)];
  return (chunk) => {
    if (chunk[0] !== 0x02) return [chunk];
    blocks += 1;
    if (blocks === nth) kept = Uint8Array.from(chunk);
    if (blocks !== nth + by) return [chunk];
    return isLost ? [kept] : [kept, chunk];
  };
}

describe('IEC 62056-21 world: late copies', () => {
  for (const command of ['R5', 'R6'] as const)
    for (const by of [1, 2, 3])
      it(`${command}: a copy of a block ${by} blocks late: every row once, or an error`, () => {
        const blocks = command === 'R5' ? 3 : 40;
        for (let nth = 1; nth < blocks; nth += command === 'R5' ? 1 : 4) {
          const { outcome } = read({
            read: { command, to: '2026-11-23T00:00:00' },
            model: { profile: profileOf[command] },
            world: { onPublish: lateCopy({ nth, by }) },
          });
          assert.equal(outcome.error, undefined, `block ${nth}: ${outcome.error?.message}`);
          assert.deepEqual(
            bareRows(outcome),
            expectedRows(FROM, '2026-11-22T08:00:00', profileOf[command]),
            `block ${nth}`,
          );
        }
      });

  for (const command of ['R5', 'R6'] as const)
    it(`${command}: a copy in the place of a lost block is an error, and the next read is whole`, () => {
      const blocks = command === 'R5' ? 2 : 30;
      for (let nth = 1; nth < blocks; nth += command === 'R5' ? 1 : 3)
        for (const by of [1, 2]) {
          const { outcome, again } = read({
            read: { command, to: '2026-11-22T00:00:00' },
            model: { profile: profileOf[command] },
            world: { onPublish: lateCopy({ nth, by, isLost: true }) },
          });
          const whole = outcome.error ? again({}, { onPublish: (chunk) => [chunk] }) : outcome;
          assert.deepEqual(
            bareRows(whole),
            expectedRows(FROM, '2026-11-22T00:00:00', profileOf[command]),
            `block ${nth}: ${whole.error?.message}`,
          );
        }
    });

  it('a meter that measures nothing sends equal blocks by right: all its rows arrive', () => {
    const { outcome } = read({ read: { command: 'R6' }, model: { profile: zeros } });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(bareRows(outcome), expectedRows(FROM, TO, zeros));
  });

  it('equal blocks, one of them late once more, its acknowledgement lost or not: never a row too many', () => {
    for (let nth = 1; nth < 20; nth += 3)
      for (const isLost of [false, true]) {
        const { outcome } = read({
          read: { command: 'R6', to: '2026-11-20T00:00:00' },
          model: { profile: zeros },
          world: { onPublish: lateCopy({ nth, by: 1, isLost }) },
        });
        if (!outcome.error)
          assert.deepEqual(bareRows(outcome), expectedRows(FROM, '2026-11-20T00:00:00', zeros), `block ${nth}`);
      }
  });

  it('an acknowledgement lost and the block before it late once more: never a row too many', () => {
    for (let nth = 1; nth < 12; nth++) {
      const copy = lateCopy({ nth, by: 1 });
      let acknowledged = 0;
      const { outcome } = read({
        read: { command: 'R6', to: '2026-11-20T00:00:00' },
        model: { profile: zeros },
        world: {
          onPublish: copy,
          onSend: (bytes) => (bytes.length === 1 && bytes[0] === 0x06 && ++acknowledged === nth ? undefined : bytes),
        },
      });
      if (!outcome.error)
        assert.deepEqual(bareRows(outcome), expectedRows(FROM, '2026-11-20T00:00:00', zeros), `block ${nth}`);
    }
  });

  it('a copy of "nothing here" is not believed of the next interval', () => {
    const log: Partial<Iec62056Options> = { request: 'log', from: '2026-08-10', to: '2026-08-31' };
    for (const isLost of [false, true]) {
      const { outcome } = read({ read: log, world: { onPublish: lateCopy({ nth: 1, by: 1, isLost }) } });
      if (outcome.error) continue;
      assert.deepEqual(
        outcome.result?.rows?.map(({ at }) => at),
        ['2026-08-26T23:56:46'],
      );
    }
    const { outcome, meter } = read({ read: { ...log, from: '2026-03-01', to: '2026-03-15' } });
    assert.equal(outcome.error?.code, 'REQUEST_REFUSED', 'two weeks without entries, and both are believed');
    assert.equal(
      meter.seen.filter((line) => line.startsWith('R5')).length,
      3,
      'the second only after it was asked again',
    );
  });

  const registers: Partial<Iec62056Options> = { request: 'registers', items: ['1.8.0', '1.8.1', '2.8.0', '5.8.0'] };
  for (const repeatsAddress of [true, false])
    it(`registers ${repeatsAddress ? 'with' : 'without'} codes: a late copy never becomes another register's value`, () => {
      for (const by of [1, 2, 3])
        for (let nth = 1; nth <= 4 - by; nth++)
          for (const isLost of [false, true]) {
            const { outcome } = read({
              read: registers,
              model: { repeatsAddress },
              world: { onPublish: lateCopy({ nth, by, isLost }) },
            });
            if (!isLost) assert.equal(outcome.error, undefined, `${nth} ${by}: ${outcome.error?.message}`);
            if (!outcome.error)
              assert.deepEqual(
                outcome.result?.readings.map(({ value }) => value),
                [1234.5, 834.5, 0, 49.1],
                `${nth} ${by}`,
              );
          }
    });

  it('registers without codes and alike: each is asked once more, and all are there', () => {
    const readout = ['1.8.0(0000.0*kWh)', '1.8.1(0000.0*kWh)', '2.8.0(0000.0*kWh)', '5.8.0(0001.0*kvarh)'];
    const { outcome } = read({ read: registers, model: { repeatsAddress: false, readout } });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(
      outcome.result?.readings.map(({ value, unit }) => [value, unit]),
      [
        [0, 'kWh'],
        [0, 'kWh'],
        [0, 'kWh'],
        [1, 'kvarh'],
      ],
    );
  });

  it('rows of another table or another time are no answer, however well they are sealed', () => {
    const sealed = (text: string): Uint8Array =>
      fromLatin1(
        `\x02${text}\x03${String.fromCharCode([...`${text}\x03`].reduce((bcc, c) => bcc ^ c.charCodeAt(0), 0))}`,
      );
    const header = (code: string, stamp: string): string =>
      `${code}(${stamp})(00000000)(15)(1)(1.5)(kW)\r\n(1.00000)\r\n`;
    for (const stray of [
      header('P.02', '0261119120000'),
      header('P.01', '0250101001500'),
      '1.8.0(0001234.5*kWh)\r\n',
      '(0.1)(0.2)\r\n(0.3)(0.4)\r\n',
    ]) {
      let isSent = false;
      const onPublish = (chunk: Uint8Array): Uint8Array[] =>
        chunk[0] === 0x02 && !isSent ? ((isSent = true), [sealed(stray), chunk]) : [chunk];
      const { outcome } = read({ model: { profile: hours }, world: { onPublish } });
      assert.equal(outcome.error, undefined, `${stray}: ${outcome.error?.message}`);
      assert.deepEqual(bareRows(outcome), expectedRows(FROM, TO, hours), stray);
      const alone = read({
        model: { profile: hours },
        world: { onPublish: (chunk) => [toLatin1(chunk).startsWith('\x02') ? sealed(stray) : chunk] },
      });
      assert.equal(alone.outcome.error?.code, 'BAD_FRAME', stray);
    }
  });

  it('any block late, twice or lost, by lot: what is read is right', () => {
    const readout = ['1.8.0(0000.0*kWh)', '1.8.1(0834.5*kWh)', '2.8.0(0000.0*kWh)', '5.8.0(0049.1*kvarh)'];
    const asks: {
      readonly read: Partial<Iec62056Options>;
      readonly model: NonNullable<Scene['model']>;
      readonly right: unknown;
    }[] = [
      {
        read: { command: 'R6', to: '2026-11-20T00:00:00' },
        model: {},
        right: expectedRows(FROM, '2026-11-20T00:00:00'),
      },
      {
        read: { command: 'R6', to: '2026-11-19T12:00:00' },
        model: { profile: zeros },
        right: expectedRows(FROM, '2026-11-19T12:00:00', zeros),
      },
      {
        read: { command: 'R5', to: '2026-11-22T00:00:00' },
        model: { profile: hours },
        right: expectedRows(FROM, '2026-11-22T00:00:00', hours),
      },
      { read: registers, model: { readout, repeatsAddress: false }, right: [0, 834.5, 0, 49.1] },
      { read: registers, model: { readout }, right: [0, 834.5, 0, 49.1] },
    ];
    let whole = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seededRandom(seed);
      const { read: some, model, right } = asks[seed % asks.length] ?? assert.fail();
      const waiting: { readonly chunk: Uint8Array; by: number }[] = [];
      const onPublish = (chunk: Uint8Array): Uint8Array[] => {
        const due = waiting
          .filter((one) => --one.by <= 0)
          .map((one) => (waiting.splice(waiting.indexOf(one), 1), one.chunk));
        if (chunk[0] === 0x02 && random() < 0.15)
          waiting.push({ chunk: Uint8Array.from(chunk), by: 1 + Math.floor(random() * 4) });
        return random() < 0.05 ? due : [...due, chunk];
      };
      const { outcome } = read({ read: some, model, world: { onPublish } });
      if (outcome.error) continue;
      whole += 1;
      assert.deepEqual(
        outcome.result?.rows ? bareRows(outcome) : outcome.result?.readings.map(({ value }) => value),
        right,
        `seed ${seed}`,
      );
    }
    assert.ok(whole > SEEDS / 3, `${whole} of ${SEEDS} were read`);
  });
});
