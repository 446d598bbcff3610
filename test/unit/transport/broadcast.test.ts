import assert from 'node:assert/strict';
import type { AtReply } from '../../../src/core/at/at';
import { sendCommand } from '../../../src/core/at/command';
import { broadcastCommand, type BroadcastOptions } from '../../../src/core/transport/modem/broadcast';
import { Registry } from '../../../src/core/transport/modem/registry';
import { ReadError } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';
import { FakeLink } from '../../support/fake-link';
import { modemProfile } from '../../support/modem-profile';

const [A, B] = ['353234028103206', '353234028103214'];

class World {
  readonly clock = new VirtualClock();
  readonly link = new FakeLink();
  readonly registry = new Registry({ link: this.link, clock: this.clock, random: () => 0.5 });
  readonly replies: { readonly imei: string; readonly reply: AtReply; readonly ms: number }[] = [];
  readonly stop = new AbortController();

  send(more: Partial<BroadcastOptions> = {}): Promise<void> {
    const onReply = (imei: string, reply: AtReply, ms: number): void => void this.replies.push({ imei, reply, ms });
    return broadcastCommand(this.link, this.registry, this.clock, {
      topic: 'all/AT',
      atrTemplate: '[IMEI]/ATR',
      command: 'AT+CSQ',
      qos: 1,
      timeoutMs: 15_000,
      isCrAppended: false,
      expected: [A, B],
      signal: this.stop.signal,
      onReply,
      ...more,
    });
  }

  hearAfter(ms: number, imei: string, text: string): void {
    void this.clock.sleep(ms).then(() => this.link.say(`${imei}/ATR`, text));
  }
}

describe('a command to all modems', () => {
  it('goes out once, and ends when all who are expected have answered', async () => {
    const world = new World();
    world.link.onPublish = () => {
      world.hearAfter(300, A, 'AT+CSQ\r\r\n+CSQ: 1');
      world.hearAfter(400, A, '8,99\r\n\r\nOK\r\n');
      world.hearAfter(900, B, '<MTXTUNNEL>AT+CSQ ERROR</MTXTUNNEL>');
      world.hearAfter(950, B, 'once more OK');
    };
    await world.clock.runUntil(world.send());
    assert.equal(world.clock.now(), 900);
    assert.deepEqual(world.link.published, [{ topic: 'all/AT', text: 'AT+CSQ', qos: 1 }]);
    assert.deepEqual(world.replies, [
      { imei: A, reply: { isOk: true, result: 'OK', lines: ['+CSQ: 18,99'] }, ms: 400 },
      { imei: B, reply: { isOk: false, result: 'ERROR', lines: [] }, ms: 900 },
    ]);
    assert.equal(world.link.listening, 0);
  });

  it('waits the whole time for whom it does not know, takes bare values, and no stored or foreign message', async () => {
    const world = new World();
    world.link.onPublish = () => {
      world.hearAfter(100, A, '10.20\r\n');
      world.hearAfter(100, B, '');
      world.link.say(`${B}/ATR`, 'OK', { isRetained: true });
      world.link.say('somebody/else/ATR', 'OK');
    };
    await world.clock.runUntil(world.send({ expected: [], command: 'AT^MTXTUNNEL=VERSION' }));
    assert.equal(world.clock.now(), 15_000);
    assert.deepEqual(
      world.replies.map(({ imei, reply }) => [imei, reply.lines]),
      [[A, ['10.20']]],
    );
  });

  it('lets the AT command that is out end first, takes its reply for no answer, and keeps the next one waiting', async () => {
    const world = new World();
    const modem = world.registry.acquire(A, modemProfile());
    world.link.onPublish = (topic, text) => {
      if (topic === `${A}/AT`) world.hearAfter(2_000, A, `${text} +CREG: 0,1 OK`);
      else {
        world.hearAfter(1_000, A, `${text} +CSQ: 7,99 OK`);
        world.hearAfter(1_500, B, `${text} +CSQ: 8,99 OK`);
      }
    };
    const ask = (command: string): Promise<string> =>
      modem.at
        .run({ label: command, attempts: 1, queueMs: 60_000, start: () => sendCommand({ command, timeoutMs: 15_000 }) })
        .then(({ value }) => value.lines.join());
    const before = ask('AT+CREG?');
    await world.clock.advance(1_500); // the new lane's silence is over and the command is out
    const all = world.send();
    const after = ask('AT+CREG?');
    await world.clock.runUntil(all);
    assert.deepEqual(
      world.replies.map(({ imei, reply }) => [imei, reply.lines.join()]),
      [
        [A, '+CSQ: 7,99'],
        [B, '+CSQ: 8,99'],
      ],
    );
    assert.equal(await world.clock.runUntil(before), '+CREG: 0,1');
    assert.equal(await world.clock.runUntil(after), '+CREG: 0,1');
    assert.deepEqual(
      world.link.published.map(({ topic }) => topic),
      [`${A}/AT`, 'all/AT', `${A}/AT`],
    );
  });

  it('passes over the late reply to an earlier command, and gives up one that never ends', async () => {
    const world = new World();
    world.link.onPublish = () => {
      world.hearAfter(100, A, 'AT+CREG?\r\n+CREG: 0,1\r\nOK\r\n');
      for (let n = 0; n < 1_025; n++) world.hearAfter(200 + n, B, 'x'.repeat(64));
      for (const byte of 'AT+CSQ\r\n+CSQ: 18,99\r\nOK') world.hearAfter(5_000, A, byte);
      world.hearAfter(6_000, B, '\r\nOK\r\n');
    };
    await world.clock.runUntil(world.send());
    assert.deepEqual(
      world.replies.map(({ imei, reply }) => [imei, reply.lines]),
      [[A, ['+CSQ: 18,99']]],
    );
  });

  it('keeps no more than 64 MB of replies that strangers begin and never end', async () => {
    const world = new World();
    const begun = 'x'.repeat(65_536);
    world.link.onPublish = () => {
      for (let n = 0; n < 1_100; n++) world.link.say(`${10 ** 14 + n}/ATR`, begun);
      world.hearAfter(1_000, A, '+CSQ: 1'); // nothing is left for its beginning, so that its end is no reply
      world.hearAfter(1_001, A, '8,99\r\nOK');
    };
    await world.clock.runUntil(world.send({ expected: [] }));
    assert.equal(world.replies.length, 1_024);
    assert.equal(
      world.replies.find(({ imei }) => imei === A),
      undefined,
    );
  });

  it('leaves no reply that comes too late to the next command', async () => {
    const world = new World();
    const modem = world.registry.acquire(A, modemProfile());
    await world.clock.advance(120_000); // a line that has been quiet for long
    world.link.onPublish = (topic, text) =>
      topic === 'all/AT'
        ? world.hearAfter(15_500, A, `${text} +CSQ: 7,99 OK`)
        : world.hearAfter(800, A, `${text} +CREG: 0,1 OK`);
    await world.clock.runUntil(world.send());
    const next = modem.at.run({
      label: 'next',
      attempts: 1,
      queueMs: 60_000,
      start: () => sendCommand({ command: 'AT+CREG?', timeoutMs: 15_000 }),
    });
    assert.deepEqual((await world.clock.runUntil(next)).value.lines, ['+CREG: 0,1']);
  });

  it('is not sent when it is cancelled before, or when the broker cannot be reached or refuses', async () => {
    const codeOf = (work: Promise<void>): Promise<string> =>
      work.then(
        () => 'ok',
        (e: ReadError) => e.code,
      );
    const cancelled = new World();
    cancelled.stop.abort();
    assert.equal(await cancelled.clock.runUntil(codeOf(cancelled.send())), 'CANCELLED');
    const offline = new World();
    offline.link.change('connecting');
    assert.equal(await offline.clock.runUntil(codeOf(offline.send())), 'BROKER_OFFLINE');
    assert.equal(offline.clock.now(), 15_000);
    const refused = new World();
    refused.link.change('offline', new ReadError('BROKER_REFUSED', 'no'));
    assert.equal(await refused.clock.runUntil(codeOf(refused.send())), 'BROKER_REFUSED');
    assert.equal(refused.clock.now(), 0);
    for (const { link } of [cancelled, offline, refused]) assert.deepEqual([link.published, link.listening], [[], 0]);
  });

  it('waits for a broker that is just being connected to', async () => {
    const world = new World();
    world.link.change('connecting');
    const all = world.send({ expected: [A] });
    world.link.onPublish = () => world.hearAfter(100, A, 'OK');
    await world.clock.advance(5_000);
    world.link.change('online');
    await world.clock.runUntil(all);
    assert.deepEqual(
      world.replies.map(({ imei, ms }) => [imei, ms]),
      [[A, 100]],
    );
  });
});
