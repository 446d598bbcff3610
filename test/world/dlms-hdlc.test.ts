// The HDLC link against a meter of its own making, in virtual time: every refusal, quirk and fault must end in the
// right value or the right code, with the meter disconnected and nothing said after it.
import assert from 'node:assert/strict';
import { concatBytes, fromHex, toHex } from '../../src/core/wire/bytes';
import { leaving, type Dialogue } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import { encodeHdlc, scanHdlc, type HdlcFrame } from '../../src/core/dlms/link/hdlc';
import { HdlcInbox } from '../../src/core/dlms/link/hdlc-inbox';
import { HdlcLink, type HdlcOptions } from '../../src/core/dlms/link/hdlc-link';
import { HdlcServer, type HdlcServerOptions, type HdlcServerQuirks } from '../../src/simulator/meters/dlms/hdlc-server';
import type { Meter } from '../../src/simulator/serial/meter';
import { faults, LINE, losing, World, type Fault, type WorldOptions } from '../support/dlms-driver';
import { said } from '../support/said';

const TWO = { size: 2, upper: 1, lower: 17 } as const;
const CLIENT = { size: 1, upper: 16 } as const;

/** The meter answers with as many octets as the request names, made from the request: no two answers are alike. */
const answer = (apdu: Uint8Array): Uint8Array =>
  Uint8Array.from(
    { length: ((apdu[0] ?? 0) << 8) | (apdu[1] ?? 0) },
    (_, i) => (i * 7 + (apdu[2] ?? 0) * 31 + (i >> 8)) & 0xff,
  );
const request = (size: number, mark: number, length = 3): Uint8Array => {
  const apdu = new Uint8Array(length).fill(mark);
  apdu.set([size >> 8, size & 0xff, mark]);
  return apdu;
};

interface Scene extends WorldOptions {
  readonly meter?: Partial<HdlcServerOptions>;
  readonly quirks?: HdlcServerQuirks;
  readonly link?: Partial<HdlcOptions>;
  readonly window?: number;
  readonly info?: number;
  readonly requests?: readonly Uint8Array[];
}

function stageSet(scene: Scene): { world: World; meter: HdlcServer; link: HdlcLink } {
  const [info, window] = [scene.info ?? 128, scene.window ?? 1];
  const limits = { maxInfoTransmit: info, maxInfoReceive: info, windowTransmit: window, windowReceive: window };
  const meter = new HdlcServer(
    { addresses: [TWO], limits, ...(scene.quirks && { quirks: scene.quirks }), ...scene.meter },
    answer,
  );
  const world = new World(meter, scene);
  const link = new HdlcLink({
    client: 16,
    server: 1,
    physical: 17,
    addressBytes: 2,
    memory: world.memory,
    ...scene.link,
  });
  return { world, meter, link };
}

function* session(link: HdlcLink, requests: readonly Uint8Array[], ms = 3000): Dialogue<void> {
  try {
    yield* link.open();
    for (const apdu of requests) assert.equal(toHex(yield* link.exchange(apdu, ms)), toHex(answer(apdu)));
  } finally {
    yield* leaving(link.close());
  }
}

const REQUESTS = [request(30, 1), request(1500, 2), request(5, 3, 400), request(900, 4, 130), request(1, 5)];

/** The whole session works, the meter is disconnected and asked each thing once. */
function works(scene: Scene): { world: World; meter: HdlcServer; link: HdlcLink } {
  const set = stageSet(scene);
  const requests = scene.requests ?? REQUESTS;
  set.world.run(session(set.link, requests));
  assert.equal(set.meter.isConnected, false);
  assert.deepEqual(set.meter.requests.map(toHex), requests.map(toHex));
  return set;
}

function fails(
  scene: Scene,
  code: string,
  detail?: RegExp,
): { world: World; meter: HdlcServer; link: HdlcLink; error: ReadError } {
  const set = stageSet(scene);
  let caught: unknown;
  try {
    set.world.run(session(set.link, scene.requests ?? REQUESTS));
  } catch (e) {
    caught = e;
  }
  assert.ok(caught instanceof ReadError, String(caught));
  assert.equal(caught.code, code, said(caught));
  if (detail) assert.match(said(caught), detail);
  return { ...set, error: caught };
}

/** What went over the wire, for people: `SNRM`, `I0/0 P`. */
function talk(chunks: readonly Uint8Array[]): string[] {
  const inbox = new HdlcInbox();
  const said: string[] = [];
  for (const chunk of chunks) {
    inbox.push(chunk);
    for (let f = inbox.next(); f; f = inbox.next())
      said.push(`${f.type}${'ns' in f ? f.ns : ''}${'nr' in f ? `/${f.nr}` : ''}`);
  }
  return said;
}
/** The frames of one message. */
function framesOf(bytes: Uint8Array): Uint8Array[] {
  const inbox = new HdlcInbox();
  inbox.push(bytes);
  const frames: Uint8Array[] = [];
  for (let f = inbox.next(); f; f = inbox.next()) frames.push(encodeHdlc(f));
  return frames;
}
const count = (world: World, type: string): number => talk(world.sent).filter((one) => one.startsWith(type)).length;
const frame = (f: Partial<HdlcFrame> & Pick<HdlcFrame, 'type'>): Uint8Array =>
  encodeHdlc({ dest: CLIENT, src: TWO, isFinal: true, info: new Uint8Array(0), ...f } as HdlcFrame);

describe('hdlc link: a good line', () => {
  for (const window of [1, 2, 3, 4, 5, 6, 7]) {
    it(`window ${window}: segments both ways, and saves the round trips it should`, () => {
      const { world, link } = works({ window });
      assert.equal(link.windowReceive, 1); // closed: back to the default
      const frames = (octets: number): number => Math.ceil((octets + 3) / 128);
      const bursts = (octets: number): number => Math.ceil(frames(octets) / window);
      const trips = REQUESTS.reduce((sum, apdu) => sum + bursts(apdu.length) + bursts(answer(apdu).length) - 1, 2);
      assert.equal(world.sent.length, trips);
    });
  }
  it('asks for 2030 octets and window 7, and lives with each grant', () => {
    for (const [info, window] of [
      [2030, 7],
      [2030, 1],
      [512, 3],
      [128, 1],
      [62, 2],
    ] as const) {
      const { world, link } = stageSet({ info, window });
      world.run(link.open());
      const snrm = scanHdlc(world.sent[0] ?? new Uint8Array(0));
      assert.ok(snrm !== 'more' && 'frame' in snrm);
      assert.equal(toHex(snrm.frame.info), '818014050207ee060207ee070400000007080400000007');
      assert.deepEqual(
        [link.maxInfoTransmit, link.maxInfoReceive, link.windowTransmit, link.windowReceive],
        [info, info, window, window],
      );
    }
  });
  it('sees grants from its own side', () => {
    const { world, link } = stageSet({
      meter: { limits: { maxInfoTransmit: 400, maxInfoReceive: 62, windowTransmit: 5, windowReceive: 2 } },
    });
    world.run(session(link, []));
    world.run(link.open());
    assert.deepEqual(
      [link.maxInfoTransmit, link.maxInfoReceive, link.windowTransmit, link.windowReceive],
      [62, 400, 2, 5],
    );
  });
  it('one trip for a day of profile at 2030 octets and window 7', () => {
    const { world } = works({ info: 2030, window: 7, requests: [request(6000, 9)] });
    assert.equal(world.sent.length, 3);
  });
  it('UA without parameters means 128 and 1', () => {
    const { link, world } = stageSet({ info: 2030, window: 7, quirks: { bareUa: true } });
    world.run(link.open());
    assert.deepEqual([link.maxInfoReceive, link.windowReceive], [128, 1]);
    works({ info: 2030, window: 7, quirks: { bareUa: true } });
  });
  it('chunks of a modem, cut anywhere', () => {
    for (const chunk of [1, 3, 64, 100, 512]) works({ chunk, window: 3 });
  });
  it('fill, shared flags, echo, the command LLC in answers', () => {
    works({ quirks: { fill: true }, window: 4 });
    works({ isEchoing: true, window: 4 });
    works({ quirks: { commandLlc: true } });
    works({ quirks: { fill: true }, isEchoing: true, chunk: 7, window: 2 });
  });
  it('echo where client and server carry the same number', () => {
    const one = { size: 1, upper: 1 } as const;
    for (const window of [1, 3]) {
      const scene: Scene = { meter: { addresses: [one] }, link: { client: 1, physical: 0, addressBytes: 1 }, window };
      const [echoed, quiet] = [works({ ...scene, isEchoing: true }).world, works(scene).world];
      assert.deepEqual(talk(echoed.sent), talk(quiet.sent));
      assert.equal(echoed.now, quiet.now);
    }
  });
  it('F only in the last segment', () => {
    assert.equal(works({ quirks: { lateFinal: true } }).world.now, works({}).world.now); // a full window gives the turn
    works({ quirks: { lateFinal: true }, window: 3 });
  });
  it('send and receive without exchange, and polls for what is late', () => {
    const { world, link, meter } = stageSet({ window: 2, info: 64, quirks: { thinkingPolls: 3 } });
    const dialogue = function* (): Dialogue<string> {
      yield* link.open();
      yield* link.send(request(300, 7, 200));
      return toHex(yield* link.receive(5000));
    };
    assert.equal(world.run(dialogue()), toHex(answer(request(300, 7))));
    assert.equal(meter.requests.length, 1);
    world.run(link.close());
  });
  it('a request sent and never waited for does not answer the next one', () => {
    const { world, link } = stageSet({ info: 64 });
    const dialogue = function* (): Dialogue<string> {
      yield* link.open();
      yield* link.send(request(100, 1));
      return toHex(yield* link.exchange(request(40, 2), 3000));
    };
    assert.equal(world.run(dialogue()), toHex(answer(request(40, 2))));
  });
});

describe('hdlc link: addresses', () => {
  const at = (addresses: HdlcServerOptions['addresses'], link: Partial<HdlcOptions>): Scene => ({
    meter: { addresses },
    link,
  });
  it('1, 2 and 4 bytes as given', () => {
    works(at([{ size: 1, upper: 1 }], { physical: 0, addressBytes: 1 }));
    works(at([TWO], {}));
    works(at([{ size: 4, upper: 1, lower: 2836 }], { physical: 2836, addressBytes: 4 }));
  });
  it('auto finds it, remembers it, and forgets it when the meter is gone', () => {
    const { world, link } = works(at([{ size: 4, upper: 1, lower: 17 }], { addressBytes: 'auto' }));
    assert.equal(count(world, 'SNRM'), 2);
    world.sent = [];
    world.run(session(link, []));
    assert.equal(count(world, 'SNRM'), 1);
    const other = new World(
      new HdlcServer(
        {
          addresses: [TWO],
          limits: { maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 },
        },
        answer,
      ),
    );
    const memory = { ...other.memory, recall: world.memory.recall };
    const again = (): HdlcLink => new HdlcLink({ client: 16, server: 1, physical: 17, addressBytes: 'auto', memory });
    assert.throws(
      () => other.run(session(again(), [])),
      (e) => e instanceof ReadError && e.code === 'NO_REPLY',
    );
    other.run(session(again(), [request(9, 9)]));
  });
  it('auto never drops the physical address', () => {
    const { world } = fails(at([{ size: 1, upper: 1 }], { addressBytes: 'auto' }), 'NO_REPLY');
    assert.ok(world.sent.every((bytes) => bytes[4] !== CLIENT.upper * 2 + 1));
  });
  it('all-station 7F and 3FFF: the meter answers from its own address', () => {
    works(at([TWO], { server: 1, physical: 0x7f }));
    works(at([TWO], { server: 1, physical: 0x3fff, addressBytes: 4 }));
    works(at([TWO], { server: 0x7f, physical: 0, addressBytes: 1 }));
  });
  it('all-station with two meters on the line is refused', () => {
    const scene = at([TWO], { physical: 0x7f });
    const { world, link } = stageSet(scene);
    world.inject(frame({ type: 'UA', src: { size: 2, upper: 1, lower: 18 } }), 700);
    assert.throws(
      () => world.run(session(link, REQUESTS)),
      (e) => e instanceof ReadError && e.code === 'CONFIG_INVALID' && /more than one meter/.test(said(e)),
    );
  });
  it('a wrong address is silence: the error says what to try, and nobody who never answered is said goodbye', () => {
    const { world, error } = fails(
      at([{ size: 2, upper: 1, lower: 18 }], {}),
      'NO_REPLY',
      /addressBytes auto.*physical address/,
    );
    assert.equal(error.stage, 'connect');
    assert.deepEqual(talk(world.sent), ['SNRM', 'DISC', 'SNRM', 'SNRM']);
    assert.ok(world.now < 20_000);
  });
  it('frames of foreign meters and to foreign clients pass by', () => {
    const wrong = fromHex('e6e70063038001');
    for (let ms = 0; ms < 3000; ms += 90) {
      const { world, link } = stageSet({});
      for (const f of [
        { src: { size: 2, upper: 1, lower: 18 } },
        { src: { size: 4, upper: 1, lower: 17 } },
        { src: { size: 1, upper: 1 } },
        { dest: { size: 1, upper: 32 } },
      ] as const) {
        world.inject(frame({ type: 'UA', ...f }), ms);
        for (const nr of [1, 2]) world.inject(frame({ type: 'I', ns: nr - 1, nr, info: wrong, ...f }), ms + nr);
      }
      world.run(session(link, REQUESTS));
    }
  });
});

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
