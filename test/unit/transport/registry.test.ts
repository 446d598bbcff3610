// Registry and Modem over a link without a broker.
import assert from 'node:assert/strict';
import { Registry } from '../../../src/core/transport/registry';
import type { Job } from '../../../src/core/transport/job';
import type { ReadError } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/virtual-clock';
import { FakeLink } from '../../support/fake-link';
import { ask } from '../../support/lane-world';
import { modemProfile } from '../../support/modem-profile';

const [A, B] = ['353234028103206', '353234028103214'];
const job = (text: string, more: Partial<Job<string>> = {}): Job<string> => ({ label: text, attempts: 1, queueMs: 600_000, start: () => ask(text), ...more });
const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'ok', (e: ReadError) => e.code);
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

  it('refuses two descriptions of one modem while one is in use, and takes the new one after', () => {
    const { registry } = world();
    const modem = registry.acquire(A, modemProfile());
    for (const other of [modemProfile({}, { rx: 'other/[IMEI]' }), modemProfile({ port: 1 }), modemProfile({ line: { ...modemProfile().line, baud: 300 } })]) {
      assert.throws(() => registry.acquire(A, other), (e: ReadError) => e.code === 'CONFIG_INVALID' && e.detail.includes(A));
    }
    registry.release(A);
    assert.notEqual(registry.acquire(A, modemProfile({ port: 1 })), modem);
  });

  it('refuses modems whose answers could not be told apart', () => {
    const { registry } = world();
    registry.acquire(A, modemProfile({}, { tx: 'rxmaster' }));
    assert.throws(() => registry.acquire(B, modemProfile({}, { tx: 'rxmaster' })), (e: ReadError) => e.code === 'TOPIC_SHARED' && e.detail.includes(A) && e.detail.includes(B));
    assert.throws(() => registry.acquire(B, modemProfile({}, { atr: 'rxmaster' })), (e: ReadError) => e.code === 'TOPIC_SHARED');
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

  it('ends with all its modems, in whatever state they are', async () => {
    const { clock, link, registry } = world();
    const modem = registry.acquire(A, modemProfile());
    const jobs = [codeOf(modem.ports[0].run(job('one'))), codeOf(modem.ports[0].run(job('two'))), codeOf(modem.at.run(job('AT')))];
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
    assert.deepEqual(values.map(({ value }) => value), ['read!', 'AT!']);
    assert.deepEqual(link.published.map(({ topic, qos }) => `${topic} ${qos}`).sort(), [`${A}/AT 1`, `${A}/rx 1`]);
    assert.deepEqual(link.filters, [`${A}/tx`, `${A}/ATR`]);
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
    link.onPublish = (topic, text) => void clock.sleep(100).then(() => link.say(topic === `${A}/AT` ? `${A}/ATR` : `${A}/tx`, topic === `${A}/AT` ? `${text} ${verdict}` : 'answer'));
    const line = modemProfile().line;
    const at = (baud: number, more: object = {}): Promise<string> => codeOf(modem.ports[0].run(job('x', { line: { ...line, baud, ...more } })));
    assert.equal(await clock.runUntil(at(300)), 'ok');
    assert.equal(await clock.runUntil(at(300)), 'ok');
    assert.deepEqual(link.published.map(({ topic, text }) => `${topic} ${text}`), [`${A}/AT AT^MTXTUNNEL=SETBAUDRATE,0,300`, `${A}/rx x`, `${A}/rx x`]);
    verdict = 'ERROR';
    assert.equal(await clock.runUntil(at(9_600)), 'AT_ERROR');
    assert.equal(await clock.runUntil(at(300, { parity: 'even' })), 'CONFIG_INVALID');
    assert.equal(link.published.length, 4);
  });
});
