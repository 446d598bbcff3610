// HDLC: refusals, frames that stand still, and what a jDLMS stack does.
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import { type Dialogue } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import { HdlcLink } from '../../src/core/dlms/link/hdlc-link';
import { HdlcServer, type HdlcServerQuirks } from '../../src/simulator/meters/dlms/hdlc-server';
import type { Meter } from '../../src/simulator/serial/meter';
import { LINE, losing, World } from '../support/dlms-driver';
import { said } from '../support/said';
import {
  TWO,
  answer,
  request,
  stageSet,
  session,
  REQUESTS,
  works,
  fails,
  talk,
  count,
  frame,
} from './dlms-hdlc-support';

describe('hdlc link: refusals', () => {
  for (const whileOpen of ['DM', 'FRMR', 'silence'] as const) {
    it(`a session left open by an earlier client, SNRM answered by ${whileOpen}: DISC, and on`, () => {
      const { world, meter, link } = stageSet({ quirks: { whileOpen } });
      const earlier = new HdlcLink({ client: 32, server: 1, physical: 17, addressBytes: 2, memory: world.memory });
      world.run(earlier.open());
      assert.ok(meter.isConnected);
      world.sent = [];
      world.run(session(link, REQUESTS));
      assert.equal(meter.isConnected, false);
      assert.deepEqual(talk(world.sent).slice(0, 3), ['SNRM', 'DISC', 'SNRM']);
    });
  }
  it('a meter that does not answer SNRM with parameters is asked without', () => {
    const { link, world } = works({ quirks: { bareSnrmOnly: true } });
    assert.equal(link.maxInfoReceive, 128);
    assert.equal(count(world, 'SNRM'), 4);
  });
  it('RNR: waits until the meter is ready, then says it again', () => {
    const { world } = works({ quirks: { busyPolls: 3 }, requests: [request(10, 1)] });
    assert.deepEqual(
      talk(world.sent),
      ['SNRM', 'I0/0', 'RR/0', 'RR/0', 'RR/0', 'I0/0', 'RR/1', 'DISC'].filter((_, i) => i !== 6),
    );
  });
  it('RNR for ever ends in time', () => {
    const { world } = fails({ quirks: { busyPolls: 1e9 } }, 'NO_REPLY', /busy \(RNR\)/);
    assert.ok(world.now < 60_000);
  });
  it('a meter that thinks is polled, not asked again', () => {
    const { world } = works({ quirks: { thinkingPolls: 4 }, requests: [request(10, 1)] });
    assert.equal(count(world, 'I'), 1);
    fails({ quirks: { thinkingPolls: 1e9 } }, 'NO_REPLY', /no answer to it in time/);
  });
  it('REJ: only what is missing is said again', () => {
    // The second of three segments is damaged on its way to the meter.
    const { world } = works({
      info: 64,
      window: 4,
      quirks: { rejects: true },
      requests: [request(20, 1, 180)],
      toMeter: (bytes, _random, n) => [
        { bytes: n === 2 ? bytes.map((octet, i) => (i === 90 ? octet ^ 1 : octet)) : bytes, lateMs: 0 },
      ],
    });
    assert.deepEqual(talk(world.sent), ['SNRM', 'I0/0', 'I1/0', 'I2/0', 'I1/0', 'I2/0', 'DISC']);
  });
  it('DM in the middle: the meter restarted', () => {
    const { world, meter, link } = stageSet({});
    const dialogue = function* (): Dialogue<void> {
      yield* link.open();
      yield* link.exchange(request(5, 1), 2000);
      meter.restart();
      yield* link.exchange(request(5, 2), 2000);
    };
    assert.throws(
      () => world.run(dialogue()),
      (e) => e instanceof ReadError && e.code === 'DISCONNECTED' && e.retryable && /\(DM\).*; read again/.test(said(e)),
    );
    assert.equal(meter.requests.length, 1);
    const before = world.sent.length;
    assert.throws(
      () => world.run(link.exchange(request(5, 3), 2000)),
      (e) => e instanceof ReadError && e.code === 'DISCONNECTED',
    );
    assert.equal(world.sent.length, before); // nothing more is said on a dead connection ...
    world.run(link.close());
    assert.equal(talk(world.sent).at(-1), 'DISC'); // ... but DISC
  });
  it('DM to the first request: the UA was an old one, so SNRM again', () => {
    const late = stageSet({ toMeter: losing(1), requests: [request(5, 1)] });
    late.world.inject(frame({ type: 'UA' }), 600);
    late.world.run(session(late.link, [request(5, 1)]));
    assert.deepEqual(talk(late.world.sent), ['SNRM', 'I0/0', 'RR/0', 'SNRM', 'I0/0', 'DISC']);
    assert.equal(late.meter.requests.length, 1);
  });
  for (const [reason, words] of [
    ['01', /unknown control field.*; read again.*report/],
    ['02', /information where none is allowed.*; read again.*report/],
    ['04', /information field too long.*; read again.*report/],
    ['08', /N\(R\) that answers nothing sent.*; read again.*quirk/],
    ['00', /no reason given.*; read again/],
  ] as const) {
    it(`FRMR ${reason} in the middle names its reason, and what to do next`, () => {
      // Written by hand: UA to SNRM, FRMR to everything else.
      const picky: Meter = {
        line: LINE,
        hear: (bytes) => [
          {
            afterMs: 20,
            bytes:
              bytes[6] === 0x93 || bytes[5] === 0x93
                ? frame({ type: 'UA' })
                : frame({ type: 'FRMR', info: fromHex(`1000${reason}`) }),
          },
        ],
      };
      const world = new World(picky);
      const link = new HdlcLink({ client: 16, server: 1, physical: 17, addressBytes: 2, memory: world.memory });
      world.run(link.open());
      assert.throws(
        () => world.run(link.exchange(request(5, 1), 2000)),
        (e) => e instanceof ReadError && e.code === 'DISCONNECTED' && words.test(said(e)),
      );
      assert.deepEqual(talk(world.sent).slice(0, 3), ['SNRM', 'I0/0', 'RR/0']);
    });
  }
  it('FRMR or DM to every SNRM, after a DISC too: what to do next', () => {
    for (const [type, words] of [
      ['FRMR', /FRMR: .*; .*wait for its inactivity time-out and try again/],
      ['DM', /\(DM\).*: .*wait for its inactivity time-out, then check client and server/],
    ] as const) {
      const shut: Meter = {
        line: LINE,
        hear: () => [
          { afterMs: 20, bytes: frame({ type, info: type === 'FRMR' ? fromHex('930001') : new Uint8Array(0) }) },
        ],
      };
      const world = new World(shut);
      const link = new HdlcLink({ client: 16, server: 1, physical: 17, addressBytes: 2, memory: world.memory });
      assert.throws(
        () => world.run(session(link, REQUESTS)),
        (e) => e instanceof ReadError && e.code === 'DISCONNECTED' && e.stage === 'connect' && words.test(said(e)),
      );
    }
  });
});

describe('hdlc link: frames that stand still', () => {
  it('frozen N(S): works with the quirk, ends without it', () => {
    works({ quirks: { frozenNs: true }, link: { quirks: { frozenNs: true } } });
    fails({ quirks: { frozenNs: true } }, 'BAD_FRAME', /frozenNs/);
  });
  it('frozen N(S) with a lost frame ends instead of guessing', () => {
    for (const n of [4, 6, 9])
      fails(
        { quirks: { frozenNs: true }, link: { quirks: { frozenNs: true } }, toClient: losing(n) },
        'BAD_FRAME',
        /begin anew|between them/,
      );
  });
  it('frozen N(R): works with the quirk, ends without it', () => {
    works({ quirks: { frozenNr: true }, link: { quirks: { frozenNr: true } } });
    fails({ quirks: { frozenNr: true } }, 'BAD_FRAME', /frozenNr/);
  });
});

describe('hdlc link: a jDLMS stack', () => {
  /** Passes on what it is given, but for SNRMs without information field. */
  const withoutBareSnrm = (inner: Meter): Meter => ({
    line: inner.line,
    hear: (bytes, now) => (bytes[6] === 0x93 && bytes.length < 12 ? [] : inner.hear(bytes, now)),
  });
  const stack = (quirks: HdlcServerQuirks = {}): HdlcServer =>
    new HdlcServer(
      {
        addresses: [TWO],
        limits: { maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 },
        quirks: { frozenNr: true, commandLlc: true, lateFinal: true, ...quirks },
      },
      answer,
    );
  it('SNRM without information unanswered, N(R) standing still, E6 E6 00 in answers, F 0 on segments: all at once', () => {
    const meter = stack();
    const world = new World(withoutBareSnrm(meter));
    world.run(
      session(
        new HdlcLink({
          client: 16,
          server: 1,
          physical: 17,
          addressBytes: 2,
          memory: world.memory,
          quirks: { frozenNr: true },
        }),
        REQUESTS,
      ),
    );
    assert.deepEqual(meter.requests.map(toHex), REQUESTS.map(toHex));
    assert.equal(count(world, 'SNRM'), 1);
  });
  it('it dies of an answer in two segments: an error in time that says so, and DISC', () => {
    const inner = stack();
    let isDead = false;
    const world = new World({
      line: LINE,
      hear: (bytes, now) => {
        const replies = isDead ? [] : inner.hear(bytes, now);
        isDead ||= replies.some((reply) => ((reply.bytes[1] ?? 0) & 0x08) !== 0); // a segment with more behind it
        return isDead ? [] : replies;
      },
    });
    const link = new HdlcLink({
      client: 16,
      server: 1,
      physical: 17,
      addressBytes: 2,
      memory: world.memory,
      quirks: { frozenNr: true },
    });
    assert.throws(
      () => world.run(session(link, [request(20, 1), request(200, 2)])),
      (e) =>
        e instanceof ReadError && e.code === 'NO_REPLY' && /connected and then fell silent.*; read again/.test(said(e)),
    );
    assert.equal(talk(world.sent).at(-1), 'DISC');
    assert.ok(world.now < 60_000, String(world.now));
  });
});
