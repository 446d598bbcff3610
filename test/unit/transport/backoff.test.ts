// The pace of reconnecting, in numbers: what a broker's absence costs after it is back.
import assert from 'node:assert/strict';
import { Pace, type ConnectionLife } from '../../../src/core/transport/mqtt/backoff';
import type { Failure } from '../../../src/core/transport/mqtt/socket-errors';
import { failure } from '../../../src/core/wire/errors';
import { seededRandom } from '../../../src/simulator/ground/random';

const refused: Failure = { error: failure('mqtt.refuses', { address: 'b' }), isLasting: false };
const silent: Failure = { error: failure('mqtt.closed', { address: 'b' }), isLasting: false, isSilentClose: true };
const login: Failure = { error: failure('mqtt.failed', { address: 'b', text: '' }), isLasting: true };
const never: ConnectionLife = { lastedMs: 1, wasOnline: false, wasUseful: false };
const useful: ConnectionLife = { lastedMs: 2_000, wasOnline: true, wasUseful: true };

describe('pace of reconnecting', () => {
  /** Connections that end at once: the moments at which each is tried, until `ms`. */
  const tries = (pace: Pace, why: Failure, ms: number, from = 0): number[] => {
    const at: number[] = [];
    for (let now = from; now < from + ms;) {
      pace.ended(never, why, now);
      now += pace.nextMs(why, now);
      at.push(now - from);
    }
    return at;
  };
  const longest = (at: readonly number[]): number => Math.max(...at.map((t, i) => t - (at[i - 1] ?? 0)));

  it('waits at most 4 s in the first minute, 10 s up to the fifth, a minute after that', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const pace = new Pace(seededRandom(seed));
      const at = tries(pace, refused, 1_800_000);
      assert.ok(longest(at.filter((t) => t < 60_000)) <= 4_000);
      const gaps = at.map((t, i) => ({ t, gap: t - (at[i - 1] ?? 0) }));
      assert.ok(
        gaps.every(({ t, gap }) => gap <= 10_000 || t > 300_000),
        `seed ${seed}`,
      );
      assert.ok(gaps.some(({ gap }) => gap > 40_000) && gaps.every(({ gap }) => gap <= 60_000), `seed ${seed}`);
    }
  });

  it('is not the same for two platforms of one broker', () => {
    const [one, other] = [1, 2].map((seed) => tries(new Pace(seededRandom(seed)), refused, 200_000));
    assert.ok(one?.every((t) => !other?.includes(t)));
  });

  it('begins anew after each connection that was of use, however short (the broker is killed every 1-14 s)', () => {
    const pace = new Pace(() => 0.5);
    for (let kill = 0, now = 0; kill < 200; kill++, now += 5_000) {
      pace.ended({ ...useful, lastedMs: 1_000 + (kill % 14) * 1_000 }, silent, now);
      assert.ok(pace.nextMs(silent, now) <= 1_500);
      pace.ended(never, refused, now + 1_500);
      assert.ok(pace.nextMs(refused, now + 1_500) <= 3_000);
    }
  });

  it('a SUBACK is of use, even if the broker died before the last one', () => {
    const pace = new Pace(() => 0.5);
    tries(pace, refused, 250_000);
    pace.ended({ lastedMs: 500, wasOnline: false, wasUseful: true }, refused, 250_000);
    assert.ok(pace.nextMs(refused, 250_000) <= 1_500);
  });

  it('slows down where two clients throw each other out', () => {
    const pace = new Pace(() => 0.5);
    let now = 0;
    const waits = Array.from({ length: 40 }, () => {
      now += 2_000;
      pace.ended(useful, silent, now);
      const ms = pace.nextMs(silent, now);
      now += ms;
      return ms;
    });
    assert.equal(pace.isFlapping, true);
    assert.ok(Math.max(...waits) > 30_000, String(waits));
    pace.ended({ ...useful, lastedMs: 30_000 }, silent, now);
    assert.equal(pace.isFlapping, false);
    assert.ok(pace.nextMs(silent, now) <= 1_500);
  });

  it('asks once a minute where a person has to mend something; less patiently where it worked a moment ago', () => {
    const pace = new Pace(() => 0.5);
    assert.deepEqual([...new Set(tries(pace, login, 300_000).map((t, i, all) => t - (all[i - 1] ?? 0)))], [60_000]);
    pace.ended(useful, silent, 400_000);
    pace.nextMs(silent, 400_000);
    const at = tries(pace, login, 500_000, 402_000);
    assert.ok(longest(at) <= 60_000 && at.filter((t) => t < 250_000).length > 25, String(at));
    assert.equal((at.at(-1) ?? 0) - (at.at(-2) ?? 0), 60_000);
  });
});
