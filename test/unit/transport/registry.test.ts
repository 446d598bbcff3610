// Registry and Modem over a link without a broker.
import assert from 'node:assert/strict';
import { Registry } from '../../../src/core/transport/modem/registry';
import type { Job } from '../../../src/core/transport/lane/job';
import { leaving, type Dialogue } from '../../../src/core/wire/dialogue';
import type { ReadError } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';
import { FakeLink } from '../../support/fake-link';
import { ask } from '../../support/lane-world';
import { modemProfile } from '../../support/modem-profile';
import { said } from '../../support/said';

const [A, B] = ['353234028103206', '353234028103214'];
const job = (text: string, more: Partial<Job<string>> = {}): Job<string> => ({
  label: text,
  attempts: 1,
  queueMs: 600_000,
  start: () => ask(text),
  ...more,
});
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (e: ReadError) => e.code,
  );
const imeiOf = (i: number): string => String(100_000_000_000_000 + i);

function world(maxIdle?: number): { clock: VirtualClock; link: FakeLink; registry: Registry } {
  const clock = new VirtualClock();
  const link = new FakeLink();
  return { clock, link, registry: new Registry({ link, clock, random: () => 0.5 }, maxIdle) };
}

describe('registry', () => {
  it('has one modem per IMEI, whoever asks for it', () => {
    const { registry } = world();
    const modem = registry.acquire(A, modemProfile());
    assert.equal(registry.acquire(A, modemProfile({ attempts: 9 })), modem);
    assert.notEqual(registry.acquire(B, modemProfile()), modem);
    assert.deepEqual([registry.size, registry.find(A) === modem, registry.find('x')], [2, true, undefined]);
  });

  it('takes over a changed time to expect, limit and QoS with the next use, and keeps what the line remembers', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile());
    registry.release(A);
    assert.equal(registry.acquire(A, modemProfile({ latencyMs: 40_000, qos: 1, queueLimit: 1 })), modem);
    assert.equal(modem.ports[0].latencyMs, 40_000);
    const first = codeOf(modem.ports[0].run(job('x')));
    void codeOf(modem.ports[0].run(job('y')));
    assert.equal(await codeOf(modem.ports[0].run(job('z'))), 'QUEUE_FULL');
    await clock.runUntil(first);
    assert.deepEqual(link.published[0], { topic: `${A}/rx`, text: 'x', qos: 1 });
  });

  it('refuses two descriptions of one modem while one is in use, and takes the new one after', () => {
    const { registry } = world();
    const modem = registry.acquire(A, modemProfile());
    for (const other of [
      modemProfile({}, { rx: 'other/[IMEI]' }),
      modemProfile({ port: 1 }),
      modemProfile({ line: { ...modemProfile().line, baud: 300 } }),
    ]) {
      assert.throws(
        () => registry.acquire(A, other),
        (e: ReadError) => e.code === 'CONFIG_INVALID' && said(e).includes(A),
      );
    }
    registry.release(A);
    assert.notEqual(registry.acquire(A, modemProfile({ port: 1 })), modem);
  });

  it('refuses modems whose answers could not be told apart', () => {
    const { registry } = world();
    registry.acquire(A, modemProfile({}, { tx: 'rxmaster' }));
    assert.throws(
      () => registry.acquire(B, modemProfile({}, { tx: 'rxmaster' })),
      (e: ReadError) => e.code === 'TOPIC_SHARED' && said(e).includes(A) && said(e).includes(B),
    );
    assert.throws(
      () => registry.acquire(B, modemProfile({}, { atr: 'rxmaster' })),
      (e: ReadError) => e.code === 'TOPIC_SHARED',
    );
    assert.equal(registry.size, 1);
    registry.release(A);
    registry.acquire(A, modemProfile()); // its own topics from now on: the shared one is free
    registry.acquire(B, modemProfile({}, { tx: 'rxmaster' }));
  });

  it('keeps idle modems for what they remember, the youngest, and all for a minute', async () => {
    const { clock, link, registry } = world(10);
    for (let i = 0; i < 100; i++) {
      registry.acquire(imeiOf(i), modemProfile());
      registry.release(imeiOf(i));
    }
    assert.equal(registry.size, 100); // none is a minute old
    await clock.advance(61_000);
    registry.acquire(A, modemProfile());
    registry.release(A);
    await clock.advance(0);
    assert.equal(registry.size, 10);
    assert.ok(registry.find(A) && registry.find(imeiOf(99)) && !registry.find(imeiOf(0)));
    assert.equal(link.listening, 20); // tx and ATR of ten modems
    registry.release(A); // once too often
    assert.equal(registry.size, 10);
  });

  it('keeps what is known of meters when it puts a modem away, for the same set-up', async () => {
    const { clock, link, registry } = world(0);
    const modem = registry.acquire(A, modemProfile());
    link.onPublish = (_topic, text) => void clock.sleep(700).then(() => link.say(`${A}/tx`, text));
    await clock.runUntil(modem.ports[0].run(job('x', { meter: '7' })));
    link.onPublish = () => undefined;
    assert.equal(await clock.runUntil(codeOf(modem.ports[0].run(job('y', { meter: '8' })))), 'NO_REPLY');
    const { roundTripMs } = modem.ports[0];
    modem.ports[0].book.recall('lesson', () => 'learned');
    registry.release(A);
    await clock.advance(60_000);
    registry.acquire(B, modemProfile());
    registry.release(B);
    assert.equal(registry.find(A), undefined);
    const next = registry.acquire(A, modemProfile());
    assert.notEqual(next, modem);
    assert.equal(next.ports[0].roundTripMs, roundTripMs);
    assert.ok(next.ports[0].book.haveAnsweredSince(-1));
    assert.ok(next.ports[0].book.breaker.isProbe('8'));
    assert.equal(
      next.ports[0].book.recall('lesson', () => 'forgotten'),
      'learned',
    );
    registry.release(A);
    const other = registry.acquire(A, modemProfile({ port: 1 }));
    assert.equal(
      other.ports[0].book.recall('lesson', () => 'another line'),
      'another line',
    );
  });

  it('ends with all its modems, in whatever state they are', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile());
    const jobs = [
      codeOf(modem.ports[0].run(job('one'))),
      codeOf(modem.ports[0].run(job('two'))),
      codeOf(modem.at.run(job('AT'))),
    ];
    await clock.advance(1_200);
    await clock.runUntil(registry.close());
    assert.deepEqual(await Promise.all(jobs), ['CANCELLED', 'CANCELLED', 'CANCELLED']);
    assert.deepEqual([registry.size, link.listening], [0, 0]);
  });
});

describe('modem', () => {
  it('speaks on rx and hears tx, commands on AT and hears ATR, by the same link', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile({ qos: 1 }));
    link.onPublish = (topic, text) => link.say(topic.replace('/rx', '/tx').replace('/AT', '/ATR'), `${text}!`);
    const values = await clock.runUntil(Promise.all([modem.ports[0].run(job('read')), modem.at.run(job('AT'))]));
    assert.deepEqual(
      values.map(({ value }) => value),
      ['read!', 'AT!'],
    );
    assert.deepEqual(link.published.map(({ topic, qos }) => `${topic} ${qos}`).sort(), [`${A}/AT 1`, `${A}/rx 1`]);
    assert.deepEqual(link.filters, [`${A}/tx`, `${A}/ATR`, `${A}/rx`]); // rx: what other platforms ask
    const { received, last } = modem.diagnostics;
    assert.deepEqual([received, last.tx?.size, last.atr?.size], [2, 5, 3]);
  });

  it('of a fleet shares one subscription', () => {
    const { link, registry } = world();
    for (const imei of [A, B]) registry.acquire(imei, modemProfile({ isFleet: true }));
    assert.deepEqual([...new Set(link.filters)], ['+/tx', '+/ATR']);
  });

  it('whose topic is refused fails its jobs with that', async () => {
    const { clock, link, registry } = world();
    link.refused = [`${A}/tx`];
    const modem = registry.acquire(A, modemProfile());
    assert.equal(await clock.runUntil(codeOf(modem.ports[0].run(job('x')))), 'SUBSCRIBE_REFUSED');
  });

  it('takes no stored, empty or flagged copy for an answer, and shows that it came', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile());
    link.onPublish = () => {
      link.say(`${A}/tx`, 'stored', { isRetained: true });
      link.say(`${A}/tx`, '');
      void clock.sleep(300).then(() => link.say(`${A}/tx`, 'fresh'));
    };
    assert.equal((await clock.runUntil(modem.ports[0].run(job('x')))).value, 'fresh');
    link.say(`${A}/tx`, 'fresh', { isDuplicate: true });
    link.say(`${A}/tx`, 'push');
    assert.deepEqual(modem.diagnostics.refused, { retained: 1, duplicate: 1, empty: 1, oversize: 0 });
    assert.equal(modem.diagnostics.unasked, 4);
  });

  it('changes the speed of its port by AT, before anything is said at it, and only the speed', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile());
    let verdict = 'OK';
    link.onPublish = (topic, text) =>
      void clock
        .sleep(100)
        .then(() =>
          link.say(topic === `${A}/AT` ? `${A}/ATR` : `${A}/tx`, topic === `${A}/AT` ? `${text} ${verdict}` : 'answer'),
        );
    const line = modemProfile().line;
    const at = (baud: number, more: object = {}): Promise<string> =>
      codeOf(modem.ports[0].run(job('x', { line: { ...line, baud, ...more } })));
    assert.equal(await clock.runUntil(at(300)), 'ok');
    assert.equal(await clock.runUntil(at(300)), 'ok');
    assert.deepEqual(
      link.published.map(({ topic, text }) => `${topic} ${text}`),
      [`${A}/AT AT^MTXTUNNEL=SETBAUDRATE,0,300`, `${A}/rx x`, `${A}/rx x`],
    );
    verdict = 'ERROR';
    assert.equal(await clock.runUntil(at(9_600)), 'AT_ERROR');
    assert.equal(await clock.runUntil(at(300, { parity: 'even' })), 'CONFIG_INVALID');
    assert.equal(link.published.length, 4);
  });

  it('finds its configured speed again after a change that nobody confirmed', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile());
    let isHeard = false; // the modem does what it is told, but its replies are lost
    link.onPublish = (topic, text) =>
      void clock
        .sleep(100)
        .then(() =>
          topic === `${A}/rx` ? link.say(`${A}/tx`, 'answer') : isHeard && link.say(`${A}/ATR`, `${text} OK`),
        );
    const fast = { ...modemProfile().line, baud: 19_200 };
    assert.equal(await clock.runUntil(codeOf(modem.ports[0].run(job('fast', { line: fast })))), 'NO_REPLY');
    // asked for, in vain: the speed may be right
    assert.equal(await clock.runUntil(codeOf(modem.ports[0].run(job('unsure')))), 'ok');
    isHeard = true;
    assert.equal(await clock.runUntil(codeOf(modem.ports[0].run(job('sure')))), 'ok');
    assert.equal(await clock.runUntil(codeOf(modem.ports[0].run(job('again')))), 'ok');
    assert.equal(await clock.runUntil(codeOf(modem.ports[0].run(job('fast', { line: fast })))), 'ok');
    assert.equal(await clock.runUntil(codeOf(modem.ports[0].run(job('usual')))), 'ok');
    const said = link.published.map(({ text }) => text.replace('AT^MTXTUNNEL=SETBAUDRATE,0,', ''));
    assert.deepEqual(
      said.filter((text, i) => text !== said[i - 1]),
      ['19200', '9600', 'unsure', '9600', 'sure', 'again', '19200', 'fast', '9600', 'usual'],
    );
  });

  it('with new settings begins when the talk with the old ones has ended, and takes none of its answers', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile());
    link.onPublish = (_topic, text) =>
      void clock
        .sleep(text === 'hello' ? 10_000 : 100)
        .then(() => text !== 'bye' && link.say(`${A}/tx`, `answer to ${text}`));
    function* polite(): Dialogue<string> {
      try {
        return yield* ask('hello', 30_000);
      } finally {
        yield* leaving(ask('bye', 5_000) as unknown as Dialogue<void>);
      }
    }
    const stop = new AbortController();
    const read = codeOf(modem.ports[0].run(job('hello', { start: polite, signal: stop.signal })));
    await clock.advance(2_000);
    stop.abort();
    assert.equal(await read, 'CANCELLED');
    registry.release(A);
    const next = registry.acquire(A, modemProfile({ port: 1 }));
    const bad = codeOf(next.ports[0].run(job('short', { queueMs: 1_000 })));
    assert.equal((await clock.runUntil(next.ports[0].run(job('new')))).value, 'answer to new');
    assert.equal(await bad, 'BROKER_OFFLINE');
    assert.deepEqual(
      link.published.map(({ text }) => text),
      ['hello', 'bye', 'new'],
    );
  });

  it('is closed in the middle of a talk with the port set back, within what Node-RED allows', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile());
    const { line } = modemProfile();
    link.onPublish = (topic, text) =>
      void clock.sleep(1_000).then(() => topic === `${A}/AT` && link.say(`${A}/ATR`, `${text} OK`));
    function* switching(): Dialogue<string> {
      try {
        yield { do: 'setLine', line: { ...line, baud: 19_200 } };
        return yield* ask('hello', 60_000);
      } finally {
        yield* leaving(restore());
      }
    }
    function* restore(): Dialogue<void> {
      yield { do: 'setLine', line };
    }
    const read = codeOf(modem.ports[0].run(job('x', { start: switching })));
    await clock.advance(5_000);
    await clock.runUntil(registry.close());
    assert.equal(await read, 'CANCELLED');
    assert.equal(link.published.at(-1)?.text, 'AT^MTXTUNNEL=SETBAUDRATE,0,9600');

    const other = registry.acquire(B, modemProfile());
    let isAlive = true;
    link.onPublish = (_topic, text) =>
      void clock.sleep(1_000).then(() => isAlive && link.say(`${B}/ATR`, `${text} OK`));
    void codeOf(other.ports[0].run(job('x', { start: switching })));
    await clock.advance(5_000);
    isAlive = false; // from here on the modem answers nothing
    const began = clock.now();
    await clock.runUntil(registry.close());
    assert.ok(clock.now() - began <= 11_000, `${clock.now() - began} ms`);
  });
});
