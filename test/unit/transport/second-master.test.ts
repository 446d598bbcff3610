// Another master on a line, as the lane sees it: what is evidence, what is not, and which errors are told with its
// name.
import assert from 'node:assert/strict';
import { ForeignTraffic } from '../../../src/core/transport/lane/foreign-traffic';
import { Registry } from '../../../src/core/transport/modem/registry';
import type { Dialogue } from '../../../src/core/wire/dialogue';
import { failure, ReadError, type ErrorCode } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';
import { FakeLink } from '../../support/fake-link';
import { ask, LaneWorld } from '../../support/lane-world';
import { modemProfile } from '../../support/modem-profile';
import { said } from '../../support/said';

const A = '353234028103206';
const bytes = (text: string): Uint8Array => Buffer.from(text);
const job = (start: () => Dialogue<string>): Parameters<LaneWorld['lane']['run']>[0] => ({
  label: 'x',
  meter: '7',
  attempts: 1,
  queueMs: 600_000,
  start,
});
function* failing(code: ErrorCode): Dialogue<string> {
  yield { do: 'send', bytes: bytes('?') };
  throw new ReadError(code, code);
}
const errorOf = (work: Promise<unknown>): Promise<ReadError> =>
  work.then(
    () => assert.fail('no error'),
    (error: ReadError) => error,
  );

describe('another master: evidence', () => {
  it('is a request that we did not send, with what it asked and since when', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const foreign = new ForeignTraffic(clock);
    foreign.sent(bytes('ours'));
    foreign.requestSeen(bytes('ours'));
    assert.equal(foreign.isShared, false, 'our own comes back to us');
    await clock.advance(5_000);
    foreign.requestSeen(bytes('ours'));
    assert.equal(foreign.sight?.asked, '6f757273', 'once more than we sent it');
    foreign.requestSeen(bytes('/?!\r\n'));
    assert.equal(foreign.sight?.asked, '2f3f210d0a');
    assert.equal(foreign.sight?.since.toISOString(), '2026-01-01T00:00:05.000Z');
    assert.deepEqual(
      foreign.overheard(0).map(({ from }) => from),
      ['platform', 'platform'],
    );
    assert.equal(foreign.overheard(1).length, 1);
  });

  it('is bytes on a line where nothing of ours can be answered, the third time', () => {
    const foreign = new ForeignTraffic(new VirtualClock());
    for (const idle of [Uint8Array.of(0, 0, 0, 0, 0), Uint8Array.of(0xff, 0xff, 0xff, 0xff), bytes('abc')])
      for (let i = 0; i < 9; i++) foreign.unasked(idle, false);
    for (let i = 0; i < 9; i++) foreign.unasked(bytes('a late answer'), true);
    assert.equal(foreign.isShared, false);
    for (let i = 0; i < 3; i++) foreign.unasked(bytes('telegram'), false);
    assert.equal(foreign.isShared, true);
  });

  it('is forgotten when nothing more is heard, and begins anew', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const foreign = new ForeignTraffic(clock);
    foreign.notice('x');
    await clock.advance(999_000);
    assert.equal(foreign.isShared, true);
    await clock.advance(2_000);
    assert.equal(foreign.isShared, false);
    foreign.notice(undefined);
    assert.deepEqual([foreign.sight?.asked, foreign.sight?.since.getTime()], [undefined, clock.date().getTime()]);
  });

  it('is bounded', () => {
    const foreign = new ForeignTraffic(new VirtualClock());
    for (let i = 0; i < 5_000; i++) foreign.requestSeen(new Uint8Array(60_000));
    assert.ok(foreign.overheard(0).reduce((sum, heard) => sum + heard.bytes.length, 0) <= 65_536);
  });
});

describe('another master: errors', () => {
  const CODES: readonly (readonly [ErrorCode, boolean])[] = [
    ['NO_REPLY', true],
    ['BAD_FRAME', true],
    ['REQUEST_REFUSED', true],
    ['DISCONNECTED', true],
    ['METER_BUSY', true],
    ['ACCESS_DENIED', false],
    ['SESSION_BROKEN', false],
    ['BAD_VALUE', false],
    ['CANCELLED', false],
  ];
  for (const [code, isTold] of CODES)
    it(`${code} ${isTold ? 'is told as SECOND_MASTER while one is heard' : 'stays what it is'}`, async () => {
      const world = new LaneWorld();
      world.answer = () => world.lane.hearRequest(bytes('/?!'));
      const error = await world.clock.runUntil(errorOf(world.lane.run(job(() => failing(code)))));
      assert.equal(error.code, isTold ? 'SECOND_MASTER' : code);
      if (!isTold) return;
      assert.equal(error.reason, 'lane.secondMasterAsked');
      assert.match(said(error), /another platform or master.*2f3f21/);
      assert.equal((error.cause as ReadError).code, code);
    });

  it('are as ever where nobody else is heard, or no longer', async () => {
    const world = new LaneWorld();
    assert.equal(
      (await world.clock.runUntil(errorOf(world.lane.run(job(() => failing('REQUEST_REFUSED')))))).code,
      'REQUEST_REFUSED',
    );
    world.lane.hearRequest(bytes('/?!'));
    await world.clock.advance(10_000);
    assert.equal(
      (await world.clock.runUntil(errorOf(world.lane.run(job(() => failing('REQUEST_REFUSED')))))).code,
      'REQUEST_REFUSED',
    );
  });

  it('do not change what is tried again, and say nothing of what was never heard', async () => {
    const world = new LaneWorld();
    world.answer = () => world.lane.book.foreign.notice(undefined);
    const work = errorOf(world.lane.run({ ...job(() => failing('REQUEST_REFUSED')), attempts: 3 }));
    const error = await world.clock.runUntil(work);
    assert.deepEqual([world.sent.length, error.reason], [1, 'lane.secondMaster']);
  });
});

describe('another master: a modem', () => {
  it('hears what others send to it, and not its own', async () => {
    const clock = new VirtualClock();
    const link = new FakeLink();
    const modem = new Registry({ link, clock, random: () => 0.5 }).acquire(A, modemProfile());
    link.onPublish = (topic, text) => {
      link.say(topic, text);
      void clock.sleep(100).then(() => link.say(`${A}/tx`, 'answer'));
    };
    const read = (): Promise<unknown> => clock.runUntil(modem.ports[0].run({ ...job(() => ask('mine')) }));
    await read();
    await read();
    assert.equal(modem.ports[0].book.foreign.isShared, false);
    link.say(`${A}/rx`, 'stored', { isRetained: true });
    assert.equal(modem.ports[0].book.foreign.isShared, false, 'a stored message is nobody');
    link.say(`${A}/rx`, 'mine');
    assert.equal(modem.ports[0].book.foreign.isShared, true);
  });

  it('works where the broker does not let it hear others', async () => {
    const clock = new VirtualClock();
    const link = new FakeLink();
    link.refused = [`${A}/rx`];
    const modem = new Registry({ link, clock, random: () => 0.5 }).acquire(A, modemProfile());
    link.onPublish = () => void clock.sleep(100).then(() => link.say(`${A}/tx`, 'answer'));
    await clock.runUntil(modem.ports[0].run(job(() => ask('mine'))));
    assert.equal(modem.ports[0].book.foreign.isDeaf, true);
  });

  it('takes a request on a topic that two modems of ours share for nobody else', async () => {
    const clock = new VirtualClock();
    const link = new FakeLink();
    const registry = new Registry({ link, clock, random: () => 0.5 });
    const [one, two] = [A, '353234028103214'].map((imei) => registry.acquire(imei, modemProfile({}, { rx: 'all/rx' })));
    link.onPublish = (topic, text) => {
      link.say(topic, text);
      void clock.sleep(100).then(() => link.say(`${A}/tx`, 'answer'));
    };
    await clock.runUntil(Promise.allSettled([one, two].map((modem) => modem?.ports[0].run(job(() => ask('x'))))));
    assert.deepEqual(
      [one, two].map((modem) => modem?.ports[0].book.foreign.isShared),
      [false, false],
    );
  });
});

it('an error is explained with the sight, and keeps its stage', () => {
  const clock = new VirtualClock();
  const foreign = new ForeignTraffic(clock);
  foreign.notice('x');
  const error = failure('lane.noisy', {}, 'connect');
  assert.deepEqual([foreign.explain(error, 0).code, foreign.explain(error, 0).stage], ['SECOND_MASTER', 'connect']);
  assert.equal(foreign.explain(error, clock.now() + 10_000), error);
});
