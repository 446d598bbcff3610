// Two masters on one line: 100,000 reads over all scenes and many seeds. What counts is the column of wrong values.
import { SCENES, twoMasters } from '../test/support/two-masters';

async function main(reads: number): Promise<void> {
  console.log('scene | reads | right | errors | wrong | named after, s (worst)\n---|---|---|---|---|---');
  let [wrong, all] = [0, 0];
  for (const { name, options } of SCENES) {
    const sum = { reads: 0, right: 0, wrong: 0, named: 0 };
    for (let seed = 100; sum.reads < reads / SCENES.length; seed++) {
      const figures = await twoMasters({ seed, readsEach: 250, ...options });
      sum.reads += figures.reads;
      sum.right += figures.right;
      sum.wrong += figures.wrong.length;
      sum.named = Math.max(sum.named, ...figures.namedAfterMs.map((ms) => ms ?? Infinity));
      for (const text of figures.wrong) console.error(`${name}, seed ${seed}: ${text}`);
    }
    const errors = sum.reads - sum.right - sum.wrong;
    console.log([name, sum.reads, sum.right, errors, sum.wrong, (sum.named / 1000).toFixed(0)].join(' | '));
    [wrong, all] = [wrong + sum.wrong, all + sum.reads];
  }
  console.log(`\n${wrong} wrong values in ${all} reads`);
  process.exitCode = wrong > 0 ? 1 : 0;
}

void main(100_000);
