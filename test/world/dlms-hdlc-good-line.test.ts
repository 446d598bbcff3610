// HDLC on a good line: opening, segments, addresses.
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import { type Dialogue } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import { scanHdlc } from '../../src/core/dlms/link/hdlc';
import { HdlcLink, type HdlcOptions } from '../../src/core/dlms/link/hdlc-link';
import { HdlcServer, type HdlcServerOptions } from '../../src/simulator/meters/dlms/hdlc-server';
import { World } from '../support/dlms-driver';
import { said } from '../support/said';
import {
  TWO,
  CLIENT,
  answer,
  request,
  type Scene,
  stageSet,
  session,
  REQUESTS,
  works,
  fails,
  talk,
  count,
  frame,
} from './dlms-hdlc-support';

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
