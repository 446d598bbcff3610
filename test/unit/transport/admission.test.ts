// Who is talked to, and when: fifty thousand reads asked at once wait in order and all get their turn.
import assert from 'node:assert/strict';
import { Admission } from '../../../src/core/transport/modem/admission';
import type { ReadError } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';

describe('admission', () => {
  const made = (limit: number) => {
    const clock = new VirtualClock();
    const admission = new Admission(clock, limit);
    const entered: string[] = [];
    const ask = (
      imei: string,
      priority = 0,
      more: { signal?: AbortSignal; name?: string; queueLimit?: number } = {},
    ) => {
      const { name = imei, ...rest } = more;
      return admission.enter(imei, { priority, queueMs: 600_000, queueLimit: 100, ...rest }).then(
        () => void entered.push(name),
        (error: ReadError) => void entered.push(`${name} ${error.code}`),
      );
    };
    const turn = (): Promise<void> => clock.advance(0);
    return { clock, admission, entered, ask, turn };
  };

  it('talks to so many modems at a time; a modem with a place takes what is asked of it', async () => {
    const { admission, entered, ask, turn } = made(2);
    for (const imei of ['1', '1', '2', '2', '1']) void ask(imei);
    await turn();
    assert.deepEqual(entered, ['1', '1', '2', '2', '1']);
    void ask('3');
    await turn();
    assert.deepEqual(admission.counts, { talking: 2, waiting: 1 });
    admission.leave('1');
    admission.leave('1');
    await turn();
    assert.equal(entered.length, 5); // one read of modem 1 is still under way
    admission.leave('1');
    await turn();
    assert.deepEqual(entered.slice(5), ['3']);
  });

  it('is fair: who holds a place gets no more through it while others wait', async () => {
    const { admission, entered, ask, turn } = made(1);
    await ask('1');
    void ask('2', 0, { name: '2a' });
    void ask('1', 0, { name: '1b' });
    void ask('2', 0, { name: '2b' });
    admission.leave('1');
    await turn();
    assert.deepEqual(entered, ['1', '2a', '2b']);
    admission.leave('2');
    admission.leave('2');
    await turn();
    assert.deepEqual(entered.slice(3), ['1b']);
  });

  it('lets higher priorities go first, and at once where their modem has a place', async () => {
    const { admission, entered, ask, turn } = made(1);
    await ask('1');
    for (const [imei, priority] of [
      ['2', 0],
      ['3', 5],
      ['4', -1],
      ['2', 7],
      ['1', 1],
    ] as const)
      void ask(imei, priority);
    await turn();
    assert.deepEqual(entered, ['1', '1']);
    for (const imei of ['1', '1', '2', '2', '3', '4']) {
      admission.leave(imei);
      await turn();
    }
    assert.deepEqual(entered.slice(2), ['2', '2', '3', '4']);
    assert.deepEqual(admission.counts, { talking: 0, waiting: 0 });
  });

  it('says no by name: too many for one modem, too long, cancelled', async () => {
    const { admission, entered, ask, turn, clock } = made(1);
    await ask('1');
    const stop = new AbortController();
    void ask('2', 0, { queueLimit: 1 });
    void ask('2', 0, { queueLimit: 1, name: 'full' });
    void ask('3', 0, { signal: stop.signal });
    void ask('4', 0, { signal: AbortSignal.abort() });
    await turn();
    stop.abort();
    await turn();
    assert.deepEqual(entered.slice(1), ['full QUEUE_FULL', '4 CANCELLED', '3 CANCELLED']);
    await clock.advance(601_000);
    assert.deepEqual(entered.slice(4), ['2 QUEUE_TIMEOUT']);
    admission.leave('1');
    assert.deepEqual(admission.counts, { talking: 0, waiting: 0 });
    await ask('9');
    assert.equal(entered.at(-1), '9');
  });

  it('brings 50,000 reads of 20,000 modems through 500 places, never more at a time, none lost', async () => {
    const { admission, turn } = made(500);
    let most = 0;
    let done = 0;
    const reads = Array.from({ length: 50_000 }, async (_, i) => {
      const imei = String(i % 20_000);
      await admission.enter(imei, { priority: 0, queueMs: 600_000, queueLimit: 100 });
      most = Math.max(most, admission.counts.talking);
      await Promise.resolve();
      admission.leave(imei);
      done += 1;
    });
    await Promise.all(reads);
    await turn();
    assert.deepEqual([done, most, admission.counts.talking], [50_000, 500, 0]);
  });
});
