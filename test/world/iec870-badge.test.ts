// What the badge says while a meter is read by IEC 60870-5-102: how long it will take, then what is still to come.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadgeProgress } from '../../nodes/shared/progress';
import type { Dialogue } from '../../src/core/wire/dialogue';
import type { Iec870Options } from '../../src/core/iec870/options';
import { predictIec870 } from '../../src/core/iec870/predict';
import { readIec870 } from '../../src/core/iec870/read';
import { EVEN, talk, WorldMemory, type World } from '../support/iec870-driver';
import { EPOCH, LOGIN, meterMemory, testMeter } from '../support/iec870-meter';

interface Said {
  readonly at: number;
  readonly percent: number;
  readonly time: string;
}

/** A read with the badge looking on; times in ms since it began. */
function watched(
  options: Partial<Iec870Options>,
  world: Partial<World> = {},
): { first: string | undefined; said: readonly Said[]; ms: number } {
  const whole: Iec870Options = { ...LOGIN, request: 'load-curve', ...options };
  const memory = world.memory ?? new WorldMemory();
  const begin = memory.time;
  let first: string | undefined;
  const said: Said[] = [];
  const heard = new BadgeProgress(
    {
      progress: (_, duration) => (first = duration),
      heard: () => assert.fail('bytes, though the whole is known'),
      left: (percent, time) => said.push({ at: memory.time - begin, percent, time }),
    },
    undefined,
    predictIec870(whole, 600, EVEN),
  );
  heard.progress({ at: 'running', attempt: 1 });
  const { ms } = talk(
    function* (m): Dialogue<unknown> {
      const read = readIec870(whole, m);
      let turn = read.next();
      while (!turn.done) {
        const step = turn.value;
        if (step.do === 'expect') heard.trace({ at: m.now(), kind: 'expected', exchanges: step.exchanges });
        const bytes: Uint8Array | undefined = yield step;
        if (step.do === 'send') heard.trace({ at: m.now(), kind: 'sent', bytes: step.bytes });
        if (bytes) heard.trace({ at: m.now(), kind: 'heard', bytes });
        turn = read.next(bytes);
      }
      return turn.value;
    },
    { meter: testMeter(), ...world, memory },
  );
  return { first, said, ms };
}

const secondsOf = (time: string): number =>
  Number.parseInt(time, 10) * (time.endsWith(' s') ? 1 : time.endsWith(' min') ? 60 : 3600);
const MONTH = { from: '2026-10-01T01:00', to: '2026-11-01T00:00' } as const;
/**
 * How many tariffs a bill has and how many sections hold events only the meter knows: there it may take less than said.
 */
const reads: readonly [string, Partial<Iec870Options>, 'known' | 'at most'][] = [
  ['a curve in blocks', MONTH, 'known'],
  ['a curve one by one', { ...MONTH, request: 'increments' }, 'known'],
  ['totals', { ...MONTH, request: 'totals' }, 'known'],
  ['stored bills', { request: 'billing', from: '2026-09-01', to: '2026-11-01' }, 'at most'],
  ['events', { request: 'events', from: EPOCH - 86_400_000, to: EPOCH }, 'at most'],
  ["the last day by the meter's clock", { request: 'increments' }, 'known'],
];

describe('iec 60870-5-102, the badge of a read', () => {
  for (const [name, options, count] of reads) {
    it(`tells beforehand how long it takes, and on the way what is left: ${name}`, () => {
      const { first, said, ms } = watched(options);
      assert.ok(
        first !== undefined && Math.abs(secondsOf(first) - ms / 1000) <= 30 + 0.1 * (ms / 1000),
        `${first} before, ${ms} ms it was`,
      );
      assert.ok(said.length > 5);
      // From half of the way on, within a fifth of the truth (and the rounding).
      for (const { at, percent, time } of said.slice(said.length >> 1)) {
        const truth = (ms - at) / 1000;
        const tooMuch = secondsOf(time) - truth;
        assert.ok(
          (count === 'known' ? Math.abs(tooMuch) : -tooMuch) <= 0.2 * truth + (time.endsWith(' s') ? 3 : 32),
          `${time} at ${percent} %, true ${truth} s`,
        );
      }
      const percents = said.map(({ percent }) => percent);
      assert.ok(
        (percents[0] ?? 99) < 40 && ((percents.at(-1) ?? 0) > 80 || name === 'stored bills'),
        percents.join(' '),
      );
    });
  }
  it('counts anew where a meter knows no blocks', () => {
    const { first, said, ms } = watched(MONTH, { meter: testMeter({ memory: meterMemory({ blocks: false }) }) });
    assert.ok(secondsOf(first ?? '') < ms / 3000, 'the prediction is for blocks');
    const quarter = said.find(({ percent }) => percent === 25) ?? assert.fail();
    assert.ok(
      Math.abs(secondsOf(quarter.time) - (ms - quarter.at) / 1000) < 60,
      `${quarter.time} at a quarter, true ${(ms - quarter.at) / 1000} s`,
    );
  });
  it('counts only the rest where a broken read goes on', () => {
    const memory = new WorldMemory();
    const options = { ...MONTH, request: 'increments' } as const;
    watched(options, { memory, back: (n) => (n > 400 ? 'drop' : undefined) });
    const { said, ms } = watched(options, { memory });
    const half = said.find(({ at }) => at > ms / 2) ?? assert.fail();
    assert.ok(Math.abs(half.percent - 50) < 5, `${half.percent} % at half of the time`);
  });
  it('fits a badge in both languages', () => {
    for (const language of ['en-US', 'es-ES']) {
      const { status } = JSON.parse(
        readFileSync(join(__dirname, '../../nodes/shared/locales', language, 'common.json'), 'utf8'),
      ) as { status: Record<string, string> };
      for (const text of [
        status['left']?.replace('__percent__', '99').replace('__time__', '99 min'),
        status['predicted']?.replace('__count__', '99 min'),
      ]) {
        assert.ok(text !== undefined && !text.includes('__') && text.length <= 24, text);
      }
    }
  });
});
