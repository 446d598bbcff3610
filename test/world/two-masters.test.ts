// Two who ask on one line: two platforms on one broker, or a platform and a display on the bus. No answer to the other
// may become a value, and the line is named as shared within a minute. `npm run bench -- two-masters` reads 100,000
// times.
import assert from 'node:assert/strict';
import { SCENES, twoMasters } from '../support/two-masters';

const SEEDS = [1, 2, 3, 4];
const READS = 160;

describe('world: two masters on one line', () => {
  for (const { name, options, isSeldom } of SCENES)
    it(name, async () => {
      for (const seed of SEEDS) {
        const { reads, right, wrong, errors, namedAfterMs } = await twoMasters({ seed, readsEach: READS, ...options });
        assert.deepEqual(wrong, [], `seed ${seed}`);
        assert.ok(right > 0.9 * reads, `seed ${seed}: ${right} of ${reads}, ${JSON.stringify(errors)}`);
        assert.ok(!('MODBUS_EXCEPTION' in errors), `seed ${seed}: a refusal of the other's request`);
        for (const ms of namedAfterMs) assert.ok(ms !== undefined, `seed ${seed}: never named`);
        if (!isSeldom)
          assert.ok(
            namedAfterMs.every((ms) => ms !== undefined && ms < 60_000),
            `seed ${seed}: ${namedAfterMs}`,
          );
        assert.equal(namedAfterMs.length, options.platforms.length);
      }
    });

  it('a line that nobody else uses is never named', async () => {
    const [platform] = SCENES[3]?.options.platforms ?? [];
    const alone = { platforms: platform ? [platform] : [] };
    for (const seed of SEEDS)
      for (const fromModem of [[], SCENES[5]?.options.fromModem ?? []]) {
        const figures = await twoMasters({ seed, readsEach: 200, ...alone, fromModem });
        assert.deepEqual([figures.wrong, figures.namedAfterMs], [[], []], `seed ${seed}`);
        assert.ok(!('SECOND_MASTER' in figures.errors));
      }
  });
});
