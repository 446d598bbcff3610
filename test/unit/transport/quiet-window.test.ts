import assert from 'node:assert/strict';
import { QuietWindow } from '../../../src/core/transport/lane/quiet-window';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';

const LATENCY = 2_000;
const MINUTE = 60_000;

/** A line of a platform that has been at work for a while, in virtual time. */
class Silence {
  readonly clock = new VirtualClock();
  readonly window: QuietWindow;

  constructor(knownFor = 10 * MINUTE) {
    this.window = new QuietWindow(this.clock, this.clock.now() - knownFor);
  }

  /** How long a request has to wait now on a line where nothing more is heard. */
  async waited(quietMs?: number): Promise<number> {
    const { clock, window } = this;
    const before = clock.now();
    const nothing = (ms: number): Promise<undefined> => clock.sleep(ms).then(() => undefined);
    await clock.runUntil(window.pass(quietMs, LATENCY, nothing, new AbortController().signal));
    return clock.now() - before;
  }

  async after(ms: number): Promise<this> {
    await this.clock.runUntil(this.clock.sleep(ms));
    return this;
  }
}

describe('quiet window', () => {
  it('asks for silence after a start and after a failure, and for none otherwise', async () => {
    assert.equal(await new Silence(MINUTE / 2).waited(), LATENCY, 'an earlier life of the platform may have asked');
    const line = new Silence();
    assert.equal(await line.waited(), 0);
    line.window.unsettle();
    assert.equal(await line.waited(500), 500);
    assert.equal(await line.waited(500), 0, 'the silence has been');
  });

  it('begins the silence anew when bytes come between two jobs', async () => {
    const line = new Silence();
    line.window.unsettle();
    await line.after(1_500);
    line.window.disturb();
    assert.equal(await line.waited(), LATENCY);
    line.window.disturb();
    assert.equal(await line.waited(), LATENCY, 'the failure is fresh: these bytes may be another late answer');
  });

  it('does not make a line wait for what a meter sends by itself, once the failure is old', async () => {
    const settled = new Silence();
    settled.window.disturb();
    assert.equal(await settled.waited(), 0);
    const line = new Silence();
    line.window.unsettle();
    await line.after(MINUTE + 1);
    assert.equal(await line.waited(), 0);
    line.window.disturb();
    assert.equal(await line.waited(), 0);
  });

  it('waits out the answer to a request that was broken off, also on the line that takes over its port', async () => {
    const former = new Silence();
    former.window.mayAnswerUntil(former.clock.now() + 5_000);
    former.window.unsettle();
    assert.equal(await former.waited(), 5_000 + LATENCY);
    const next = new Silence();
    const broken = new QuietWindow(next.clock, next.clock.now() - 10 * MINUTE);
    broken.mayAnswerUntil(next.clock.now() + 5_000);
    next.window.succeed(broken);
    assert.equal(await next.waited(), 5_000 + LATENCY);
    const idle = new Silence();
    idle.window.succeed(new QuietWindow(idle.clock, 0));
    assert.equal(await idle.waited(), LATENCY, 'nothing was open there, but its last answer may have a double');
  });
});
