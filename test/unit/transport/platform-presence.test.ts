// Platforms that share a broker find each other, and nobody is taken for another by what is stored of one that is gone.
import assert from 'node:assert/strict';
import { PlatformPresence } from '../../../src/core/transport/modem/platform-presence';
import { Registry } from '../../../src/core/transport/modem/registry';
import { ReadError } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';
import { FakeLink } from '../../support/fake-link';
import { modemProfile } from '../../support/modem-profile';

const A = '353234028103206';

/** One broker: it keeps what is retained, and gives everything to everybody. */
class Place {
  readonly clock = new VirtualClock();
  readonly stored = new Map<string, string>();
  readonly links: SharedLink[] = [];
  messages = 0;

  platform(seed: number): { link: SharedLink; found: string[]; presence: PlatformPresence } {
    const link = new SharedLink(this);
    const found: string[] = [];
    this.links.push(link);
    const random = (): number => seed;
    const presence = new PlatformPresence({
      link,
      clock: this.clock,
      random,
      onOther: ({ facts }) => found.push(String(facts['topic'])),
    });
    return { link, found, presence };
  }
}

class SharedLink extends FakeLink {
  constructor(private readonly place: Place) {
    super();
  }

  override async publish(topic: string, payload: Uint8Array, qos: 0 | 1, isRetained = false): Promise<void> {
    await super.publish(topic, payload, qos);
    const text = Buffer.from(payload).toString('latin1');
    this.place.messages += 1;
    assert.ok(this.place.messages < 1_000, 'they talk for ever');
    if (isRetained && text === '') this.place.stored.delete(topic);
    else if (isRetained) this.place.stored.set(topic, text);
    for (const link of this.place.links) link.say(topic, text);
  }

  override async observe(filter: string, on: Parameters<FakeLink['observe']>[1]): Promise<() => void> {
    const stop = await super.observe(filter, on);
    for (const [topic, text] of this.place.stored) this.say(topic, text, { isRetained: true });
    return stop;
  }
}

describe('presence of platforms', () => {
  it('the second and the first find each other, once', async () => {
    const place = new Place();
    const [one, two] = [place.platform(0.1), place.platform(0.2)];
    one.presence.claim('+/rx');
    await place.clock.advance(1_000);
    two.presence.claim(`${A}/rx`);
    await place.clock.advance(1_000);
    assert.deepEqual([one.found, two.found], [[`${A}/rx`], ['+/rx']]);
    assert.deepEqual(
      [...place.stored.keys()].map((topic) => topic.split('/').slice(0, 2).join('/')),
      ['mtx/platform', 'mtx/platform'],
    );
    await place.clock.advance(600_000);
    two.presence.claim('other/place/rx');
    await place.clock.advance(1_000);
    assert.equal(one.found.length + two.found.length, 2);
  });

  it('others on other topics are nobody', async () => {
    const place = new Place();
    const [one, two] = [place.platform(0.1), place.platform(0.2)];
    one.presence.claim('a/rx');
    two.presence.claim('b/rx');
    await place.clock.advance(1_000);
    assert.deepEqual([one.found, two.found], [[], []]);
  });

  it('what is stored of one that is gone is answered, not believed', async () => {
    const place = new Place();
    place.stored.set('mtx/platform/gone/x', JSON.stringify({ rx: '+/rx' }));
    for (const text of ['{', '7', 'null', '{"rx":7}', '{"rx":""}', 'x'.repeat(5_000)])
      place.stored.set(`mtx/platform/odd/${text.length}`, text);
    const one = place.platform(0.1);
    one.presence.claim('+/rx');
    await place.clock.advance(1_000);
    assert.deepEqual(one.found, []);
  });

  it('says each of many modems once, and answers a stranger with one message, whatever it claims', async () => {
    const place = new Place();
    const { link, presence } = place.platform(0.1);
    for (let i = 0; i < 400; i++) presence.claim(`modem${i}/rx`);
    await place.clock.advance(1_000);
    assert.equal(place.messages, 400);
    for (let i = 0; i < 300; i++) link.say(`mtx/platform/stranger${i}/x`, '{"rx":"+/rx"}');
    for (let i = 0; i < 300; i++) link.say('mtx/platform/stranger0/x', '{"rx":"modem399/rx"}');
    await place.clock.advance(1_000);
    assert.ok(place.messages <= 400 + 257, `${place.messages} messages`);
  });

  it('takes back what it said, and says it again after the broker was away', async () => {
    const place = new Place();
    const { link, presence } = place.platform(0.1);
    presence.claim('a/rx');
    presence.claim('a/rx');
    presence.claim('b/rx');
    presence.release('a/rx');
    await place.clock.advance(0);
    assert.equal(place.stored.size, 2);
    presence.release('a/rx');
    await place.clock.advance(10_000);
    assert.equal(place.stored.size, 1);
    place.stored.clear();
    link.change('offline');
    link.change('online');
    await place.clock.advance(0);
    assert.equal(place.stored.size, 1);
    presence.close();
    await place.clock.advance(0);
    assert.equal(place.stored.size, 0);
  });

  it('is silent for good where the broker refuses it, or the connection ends over it', async () => {
    for (const isRefused of [true, false]) {
      const place = new Place();
      const { link, presence } = place.platform(0.1);
      if (isRefused) link.observe = () => Promise.reject(new ReadError('SUBSCRIBE_REFUSED', 'not allowed'));
      presence.claim('a/rx');
      await place.clock.advance(1_000);
      const before = place.messages;
      link.change('offline', new ReadError('BROKER_OFFLINE', 'gone'));
      link.change('online');
      presence.claim('b/rx');
      await place.clock.advance(1_000);
      assert.equal(place.messages, before);
    }
  });

  it('a registry claims the topics of its modems, a fleet its filter', async () => {
    const place = new Place();
    const { link, presence } = place.platform(0.1);
    const registry = new Registry({ link, clock: place.clock, random: () => 0.5 }, 0, presence);
    registry.acquire(A, modemProfile());
    registry.acquire('353234028103214', modemProfile({ isFleet: true }));
    await place.clock.advance(0);
    assert.deepEqual([...place.stored.values()], [`{"rx":"${A}/rx"}`, '{"rx":"+/rx"}']);
  });
});
