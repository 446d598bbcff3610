// HDLC on a bad line: frames lost, doubled, late and damaged.
import assert from 'node:assert/strict';
import { concatBytes, fromHex, toHex } from '../../src/core/wire/bytes';
import { ReadError } from '../../src/core/wire/errors';
import { encodeHdlc } from '../../src/core/dlms/link/hdlc';
import { HdlcInbox } from '../../src/core/dlms/link/hdlc-inbox';
import { HdlcLink } from '../../src/core/dlms/link/hdlc-link';
import { faults, LINE, losing, World, type Fault } from '../support/dlms-driver';
import { said } from '../support/said';
import { request, stageSet, session, REQUESTS, works, talk, count, frame } from './dlms-hdlc-support';

/** The frames of one message. */
function framesOf(bytes: Uint8Array): Uint8Array[] {
  const inbox = new HdlcInbox();
  inbox.push(bytes);
  const frames: Uint8Array[] = [];
  for (let f = inbox.next(); f; f = inbox.next()) frames.push(encodeHdlc(f));
  return frames;
}
describe('hdlc link: a bad line', () => {
  it('any single message lost, either way, costs no more than three round trips and no repeated request', () => {
    for (const window of [1, 3]) {
      const clean = works({ window, requests: REQUESTS.slice(0, 3) });
      const [out, back] = [clean.world.sent.length, clean.world.heard.length];
      for (let n = 2; n < out; n++) {
        const { world } = works({ window, requests: REQUESTS.slice(0, 3), toMeter: losing(n) });
        assert.ok(world.sent.length <= out + 3, `to the meter ${n}: ${world.sent.length}`);
        assert.equal(count(world, 'SNRM'), 1);
      }
      for (let n = 2; n < back; n++) {
        const { world } = works({ window, requests: REQUESTS.slice(0, 3), toClient: losing(n) });
        assert.ok(world.sent.length <= out + 3, `to the client ${n}: ${world.sent.length}`);
        assert.equal(count(world, 'SNRM'), 1);
      }
    }
  });
  it('a lost request: asked by RR first, for nobody may be told a thing twice', () => {
    const { world } = works({ requests: [request(5, 1)], toMeter: losing(2) });
    assert.deepEqual(talk(world.sent), ['SNRM', 'I0/0', 'RR/0', 'I0/0', 'DISC']);
  });
  it('an answer after its time: taken, and the answer to the poll in between confuses nothing', () => {
    const { world } = works({
      requests: REQUESTS.slice(0, 1).concat(request(6, 8), request(7, 9)),
      toClient: (bytes, _r, n) => [{ bytes, lateMs: n === 2 ? 4000 : 0 }],
    });
    assert.deepEqual(talk(world.sent), ['SNRM', 'I0/0', 'RR/0', 'I1/1', 'I2/2', 'DISC']);
  });
  it('a late RR between two segments of a request does not make us say the second one twice', () => {
    const { world } = works({
      requests: [request(6, 8, 300)],
      toClient: (bytes, _r, n) => [{ bytes, lateMs: n === 2 ? 4000 : 0 }],
    });
    assert.deepEqual(talk(world.sent), ['SNRM', 'I0/0', 'RR/0', 'I1/0', 'I2/0', 'DISC']);
  });
  it('half a frame that never ends does not swallow the next one', () => {
    const answered = frame({ type: 'I', ns: 0, nr: 1, info: fromHex('e6e700c401c100') });
    const long = frame({ type: 'I', ns: 0, nr: 1, info: new Uint8Array(120) }).slice(0, 60);
    const replies: { readonly [control: number]: Uint8Array } = {
      0x93: frame({ type: 'UA' }),
      0x10: long,
      0x11: answered,
      0x53: frame({ type: 'UA' }),
    };
    const world = new World({
      line: LINE,
      hear: (bytes) => [{ afterMs: 20, bytes: replies[bytes[6] ?? 0] ?? assert.fail() }],
    });
    const link = new HdlcLink({ client: 16, server: 1, physical: 17, addressBytes: 2, memory: world.memory });
    world.run(link.open());
    assert.equal(toHex(world.run(link.exchange(request(5, 1), 3000))), 'c401c100');
    assert.deepEqual(talk(world.sent), ['SNRM', 'I0/0', 'RR/0']);
  });
  it('of two UAs the later one tells what the meter holds to', () => {
    const { world, link } = stageSet({ info: 512, window: 5 });
    world.inject(frame({ type: 'UA' }), 100);
    world.run(link.open());
    assert.equal(link.windowReceive, 1);
    world.run(link.exchange(request(5, 1), 3000));
    assert.deepEqual([link.maxInfoReceive, link.windowReceive], [512, 5]);
  });
  it('one frame of a window lost: the rest of the window is repeated, not the read', () => {
    const { world } = works({
      info: 64,
      window: 7,
      requests: [request(600, 1)],
      toClient: (bytes, _r, n) => [
        { bytes: n === 2 ? bytes.map((octet, i) => (i === 100 ? octet ^ 4 : octet)) : bytes, lateMs: 0 },
      ],
    });
    assert.deepEqual(talk(world.sent), ['SNRM', 'I0/0', 'RR/1', 'RR/0', 'DISC']);
  });
  it('frames reordered inside a window: each two neighbours swapped, each way: recovered, every answer right', () => {
    const swapping =
      (message: number, at: number) =>
      (bytes: Uint8Array, _random: unknown, n: number): ReturnType<Fault> => {
        const frames = framesOf(bytes);
        const [a, b] = [frames[at], frames[at + 1]];
        if (n !== message || !a || !b) return [{ bytes, lateMs: 0 }];
        swapped += 1;
        frames.splice(at, 2, b, a);
        return [{ bytes: concatBytes(...frames), lateMs: 0 }];
      };
    let swapped = 0;
    for (const window of [2, 3, 7]) {
      for (let message = 2; message <= 12; message++) {
        for (let at = 0; at < window - 1; at++) {
          works({ window, info: 64, toClient: swapping(message, at) });
          works({ window, info: 64, toMeter: swapping(message, at) });
        }
      }
    }
    assert.ok(swapped > 60, String(swapped));
  });
  it('frames reordered in messages of their own: the last of a window arrives before the one before it', () => {
    for (const window of [2, 3, 7]) {
      const { world } = works({
        window,
        info: 64,
        requests: [request(500, 1)],
        toClient: (bytes, _random, n) => {
          const frames = framesOf(bytes);
          return n !== 2
            ? [{ bytes, lateMs: 0 }]
            : frames.map((one, i) => ({ bytes: one, lateMs: i === frames.length - 2 ? 1500 : 0 }));
        },
        isOvertaking: true,
      });
      assert.equal(count(world, 'SNRM'), 1);
    }
  });
  it('a damaged answer is noticed long before the time of the meter is over', () => {
    const slow = request(40, 1);
    const { world, link } = stageSet({
      toClient: (bytes, _r, n) => [
        { bytes: n === 2 ? bytes.map((octet, i) => (i === 20 ? octet ^ 4 : octet)) : bytes, lateMs: 0 },
      ],
    });
    world.run(session(link, [slow], 60_000));
    assert.ok(world.now < 15_000, String(world.now));
  });
  it('noise before, between and after', () => {
    for (const noise of ['ff', '7e', '00ff00', '7ea7', '2f3f210d0a']) {
      works({
        toClient: (bytes) => [
          { bytes: fromHex(noise), lateMs: 0 },
          { bytes, lateMs: 0 },
          { bytes: fromHex(noise), lateMs: 1 },
        ],
      });
    }
  });
  it('a chattering line ends', () => {
    const { world, link } = stageSet({ toMeter: losing(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) });
    for (let ms = 0; ms < 1_000_000; ms += 300) world.inject(Uint8Array.of(0x7e, 0xa7, ms & 0xff), ms);
    assert.throws(
      () => world.run(session(link, REQUESTS)),
      (e) => e instanceof ReadError && e.code === 'BAD_FRAME',
    );
    assert.ok(world.now < 600_000, String(world.now));
  });
  it('a meter that pushes without end instead of answering: an error that says what fills the line', () => {
    const { world, meter, link } = stageSet({ toMeter: losing(...Array.from({ length: 40 }, (_, i) => i + 2)) });
    for (let i = 0; i < 700; i++) world.inject(meter.push(fromHex('0f00000001000600000001'), 16), 700 + i * 3);
    assert.throws(
      () => world.run(session(link, REQUESTS)),
      (e) =>
        e instanceof ReadError &&
        e.code === 'LINE_NOISY' &&
        /another client or a pushing meter fills the line/.test(said(e)),
    );
    assert.equal(talk(world.sent).at(-1), 'DISC');
  });
  it('meters that pause in the middle of a frame', () => {
    works({
      chunk: 50,
      requests: [request(100, 1)],
      toClient: (bytes, _r, n) => [{ bytes, lateMs: n === 3 ? 3000 : 0 }],
    });
  });
  it('late frames of an earlier session are no answers', () => {
    const old = [
      frame({ type: 'UA' }),
      frame({ type: 'DM' }),
      frame({ type: 'FRMR', info: fromHex('100008') }),
      frame({ type: 'RR', nr: 5 }),
      frame({ type: 'REJ', nr: 3 }),
      frame({ type: 'I', ns: 3, nr: 4, info: fromHex('e6e700c401c10009030102ff') }),
      frame({ type: 'I', ns: 0, nr: 0, info: fromHex('e6e700c401c10009030102ff') }),
      frame({ type: 'I', ns: 7, nr: 0, isSegmented: true, info: fromHex('e6e700c401c10009030102ff') }),
    ];
    for (const [i, bytes] of old.entries()) {
      for (let ms = 0; ms < 6000; ms += 170) {
        const { world, meter, link } = stageSet({ window: 2 });
        world.inject(bytes, ms);
        try {
          world.run(session(link, REQUESTS));
        } catch (e) {
          assert.ok(e instanceof ReadError, `frame ${i} after ${ms} ms: ${String(e)}`);
          assert.fail(`frame ${i} after ${ms} ms: ${e.code} ${said(e)}`);
        }
        assert.deepEqual(meter.requests.map(toHex), REQUESTS.map(toHex));
      }
    }
  });
  it('notifications in UI frames during a read are kept apart', () => {
    const { world, meter, link } = stageSet({ window: 2 });
    for (const ms of [900, 1500, 4000]) world.inject(meter.push(fromHex('0f00000001000600000001'), 16), ms);
    world.run(session(link, REQUESTS));
    assert.deepEqual(link.notifications.map(toHex), Array(3).fill('0f00000001000600000001'));
  });
  it('cancelled at any step: DISC is said, the meter is free, the next read works', () => {
    const { steps } = works({ window: 2 }).world;
    assert.ok(steps > 20);
    for (let step = 1; step < steps - 3; step++) {
      const { world, meter, link } = stageSet({ window: 2 });
      assert.throws(() => world.run(session(link, REQUESTS), step), /cancelled/);
      assert.equal(talk(world.sent).at(-1), 'DISC', `step ${step}`);
      assert.equal(meter.isConnected, false, `step ${step}`);
      const next = new HdlcLink({ client: 16, server: 1, physical: 17, addressBytes: 2, memory: world.memory });
      world.run(session(next, REQUESTS));
    }
  });
  it('close is silent without a hello, and says goodbye once', () => {
    const { world, link } = stageSet({});
    world.run(link.close());
    assert.equal(world.sent.length, 0);
    world.run(session(link, []));
    world.run(link.close());
    assert.equal(count(world, 'DISC'), 1);
  });
  for (const [name, fault] of Object.entries({
    loss: { lose: 0.1 },
    damage: { damage: 0.15 },
    repetition: { repeat: 0.3 },
    delay: { delay: 0.1, delayMs: 6000 },
    everything: { lose: 0.05, damage: 0.05, repeat: 0.05, delay: 0.03 },
  })) {
    it(`${name}: right values or a right code, 60 seeds`, () => {
      let good = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const { world, link, meter } = stageSet({
          seed,
          window: 1 + (seed % 7),
          info: seed % 2 ? 128 : 60,
          quirks: { rejects: seed % 3 === 0, fill: seed % 5 === 0 },
          toMeter: faults(fault),
          toClient: faults(fault),
          chunk: seed % 4 ? 4096 : 100,
        });
        try {
          world.run(session(link, REQUESTS));
          good += 1;
          assert.deepEqual(meter.requests.map(toHex), REQUESTS.map(toHex), `seed ${seed}`);
        } catch (e) {
          assert.ok(
            e instanceof ReadError && ['NO_REPLY', 'BAD_FRAME', 'DISCONNECTED'].includes(e.code),
            `seed ${seed}: ${String(e)}`,
          );
        }
        if (world.heard.length > 0) assert.equal(talk(world.sent).at(-1), 'DISC', `seed ${seed}`);
      }
      assert.ok(good >= 54, `only ${good} of 60`);
    });
  }
});
