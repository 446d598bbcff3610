import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Filters } from '../../../src/core/transport/mqtt/filters';
import { Subscriptions } from '../../../src/core/transport/mqtt/subscriptions';
import {
  checkFilter,
  checkTemplate,
  checkTopic,
  coversLevels,
  expandTemplate,
  filterOfTemplate,
  imeiFromTopic,
  isLiteralTemplate,
  matchesFilter,
} from '../../../src/core/transport/mqtt/topics';
import { ReadError } from '../../../src/core/wire/errors';
import { said } from '../../support/said';

const IMEI = '353234028103206';
const isInvalid = (pattern: RegExp) => (e: unknown) =>
  e instanceof ReadError && e.code === 'CONFIG_INVALID' && pattern.test(said(e));

describe('topic templates', () => {
  it('put the IMEI in its place, in any case of letters', () => {
    assert.equal(expandTemplate('[IMEI]/rx', IMEI), `${IMEI}/rx`);
    assert.equal(expandTemplate('site/mtx-[imei]/AT', IMEI), `site/mtx-${IMEI}/AT`);
    assert.equal(expandTemplate('DNS', IMEI), 'DNS');
    assert.equal(expandTemplate('a/[Imei]', '$&$1'), 'a/$&$1'); // no replacement patterns
  });
  it('refuse an IMEI that would change the topic', () => {
    for (const imei of ['', '+', '#', '1/2', 'a\0'])
      assert.throws(() => expandTemplate('[IMEI]/rx', imei), isInvalid(/IMEI/), imei);
  });
  it('give one filter for all modems', () => {
    assert.equal(filterOfTemplate('[IMEI]/tx'), '+/tx');
    assert.equal(filterOfTemplate('site/mtx-[imei]-1/tx'), 'site/+/tx');
    assert.equal(filterOfTemplate('/IOCHANGE'), '/IOCHANGE');
  });
  it('tell whose topic it is', () => {
    assert.equal(imeiFromTopic('[IMEI]/tx', `${IMEI}/tx`), IMEI);
    assert.equal(imeiFromTopic('site/mtx-[imei]-1/tx', `site/mtx-${IMEI}-1/tx`), IMEI);
    for (const topic of [`${IMEI}/rx`, `${IMEI}/tx/x`, `x/${IMEI}/tx`, '/tx', 'tx', ''])
      assert.equal(imeiFromTopic('[IMEI]/tx', topic), undefined, topic);
    for (const topic of ['mtx--1', 'mtx-1', 'xtm-353-1', 'mtx-353-2'])
      assert.equal(imeiFromTopic('mtx-[IMEI]-1', topic), undefined, topic);
    assert.equal(imeiFromTopic('DNS', 'DNS'), undefined);
  });
  it('are literal without [IMEI]', () => {
    assert.equal(isLiteralTemplate('DNS'), true);
    assert.equal(isLiteralTemplate('x/[imei]/y'), false);
  });
  it('are refused with a sentence that names the field', () => {
    for (const good of ['[IMEI]/rx', '/IOCHANGE', 'DNS', 'a/b-[imei]-c']) checkTemplate(good);
    for (const [template, why] of [
      ['', /empty/],
      ['+/rx', /wildcards/],
      ['[IMEI]/#', /wildcards/],
      ['[IMEI]/[imei]', /once/],
      ['$SYS/[IMEI]', /\$/],
      ['[IMIE]/rx', /\[IMIE\] is unknown/],
      ['a\0', /NUL/],
      ['x'.repeat(65_536), /longer/],
    ] as const) {
      assert.throws(() => checkTemplate(template, 'rxTopic'), isInvalid(why), template);
      assert.throws(() => checkTemplate(template, 'rxTopic'), isInvalid(/: rxTopic "/), template);
    }
  });
  it('come back from their topic (any place, any prefix)', () => {
    const level = fc.stringMatching(/^[a-zA-Z0-9-]{0,5}$/);
    fc.assert(
      fc.property(
        fc.array(level, { maxLength: 3 }),
        level,
        level,
        fc.array(level, { maxLength: 3 }),
        fc.stringMatching(/^\d{15}$/),
        (before, prefix, suffix, after, imei) => {
          const template = [...before, `${prefix}[IMEI]${suffix}`, ...after].join('/');
          const topic = expandTemplate(template, imei);
          assert.equal(imeiFromTopic(template, topic), imei);
          assert.ok(matchesFilter(filterOfTemplate(template), topic));
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('topic filters', () => {
  // MQTT 3.1.1, clauses 4.7.1.2, 4.7.1.3 and 4.7.2: the examples of the standard.
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['#', 'a/b', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/x', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/', true],
    ['$SYS/monitor/+', '$SYS/monitor/Clients', true],
    ['a', 'A', false],
    ['a/b', 'a/b/', false],
  ];
  for (const [filter, topic, isMatch] of rows)
    it(`${filter} ${isMatch ? 'matches' : 'does not match'} ${topic}`, () =>
      assert.equal(matchesFilter(filter, topic), isMatch));
  it('cover each other only where every topic of one is the other one’s', () => {
    const covers = (outer: string, inner: string): boolean => coversLevels(outer.split('/'), inner.split('/'));
    for (const [outer, inner] of [
      ['+/tx', 'a/tx'],
      ['#', '+/tx'],
      ['a/#', 'a'],
      ['+/+', '+/tx'],
      ['a/#', 'a/+/#'],
    ] as const)
      assert.ok(covers(outer, inner), `${outer} ${inner}`);
    for (const [outer, inner] of [
      ['+/tx', '+/+'],
      ['a/+', 'a/#'],
      ['+/tx', 'a/rx'],
      ['#', '$SYS/#'],
      ['+', '#'],
    ] as const)
      assert.ok(!covers(outer, inner), `${outer} ${inner}`);
  });
  it('that no broker may accept are refused', () => {
    for (const good of ['+/tx', '#', 'a/#', '+', '/+', 'a//b', '$SYS/#']) checkFilter(good);
    for (const bad of ['', 'a+/b', 'a/#/b', '#a', 'a\0', '$share/g/a', '\ud800'])
      assert.throws(() => checkFilter(bad), isInvalid(/filter/), bad);
    for (const bad of ['', 'a/+', '#', 'a\0b', '\udc00', 'ñ'.repeat(32_768)])
      assert.throws(() => checkTopic(bad), isInvalid(/topic/));
    checkTopic('ñ'.repeat(32_767));
    checkTopic('\u{1F600}/x');
  });
});

describe('wanted filters', () => {
  const work = (filters: Filters): { ask: readonly string[]; giveBack: readonly string[] } => ({
    ask: filters.nextMissing(100),
    giveBack: filters.nextSurplus(100),
  });
  it('count their users', () => {
    const filters = new Filters();
    filters.add('a');
    filters.add('a');
    assert.deepEqual(work(filters), { ask: ['a'], giveBack: [] });
    filters.granted('a');
    filters.remove('a');
    assert.equal(filters.hasWork, false);
    filters.remove('a');
    filters.remove('a');
    assert.deepEqual(work(filters), { ask: [], giveBack: ['a'] });
  });
  it('do not ask for what a wildcard covers, and never leave it uncovered on the way', () => {
    const filters = new Filters();
    filters.add('1/tx');
    filters.granted('1/tx');
    filters.add('+/tx');
    assert.deepEqual(work(filters), { ask: ['+/tx'], giveBack: [] }); // first the wildcard ...
    filters.granted('+/tx');
    assert.deepEqual(work(filters), { ask: [], giveBack: ['1/tx'] }); // ... then the exact one goes
    filters.unsubscribing('1/tx');
    filters.add('2/tx');
    assert.equal(filters.hasWork, false);
    filters.remove('+/tx');
    assert.deepEqual(work(filters), { ask: ['1/tx', '2/tx'], giveBack: ['+/tx'] }); // back: `ask` is served first
    filters.granted('1/tx');
    filters.granted('2/tx');
    assert.deepEqual(work(filters), { ask: [], giveBack: ['+/tx'] });
  });
  it('ask for the exact topics when the wildcard is refused', () => {
    const filters = new Filters();
    filters.add('1/tx');
    filters.add('+/tx');
    assert.deepEqual(filters.nextMissing(100), ['+/tx']);
    filters.refused('+/tx', new ReadError('SUBSCRIBE_REFUSED', 'no'));
    assert.deepEqual(filters.nextMissing(100), ['1/tx']);
    assert.equal(filters.firstRefusal?.code, 'SUBSCRIBE_REFUSED');
    filters.connectionLost();
    assert.deepEqual(filters.nextMissing(100), ['+/tx']); // another connection, another chance
  });
  it('given up while the broker was asked are given back', () => {
    const filters = new Filters();
    filters.add('a');
    filters.nextMissing(100);
    filters.remove('a');
    filters.granted('a');
    assert.deepEqual(work(filters), { ask: [], giveBack: ['a'] });
  });
  it('always end at: everything wanted is served, nothing else is granted', () => {
    const names = ['a/x', 'b/x', 'a/y', '+/x', 'a/+', '#', '+/+', 'a/#'];
    const step = fc.record({
      name: fc.constantFrom(...names),
      act: fc.constantFrom('add', 'remove', 'work', 'refuse', 'lose'),
      limit: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const filters = new Filters();
        const users = new Map<string, number>();
        const granted = new Set<string>();
        const serve = (limit: number): void => {
          const ask = filters.nextMissing(limit);
          for (const name of ask) {
            granted.add(name);
            filters.granted(name);
          }
          if (ask.length > 0) return;
          for (const name of filters.nextSurplus(limit)) {
            filters.unsubscribing(name);
            granted.delete(name);
          }
        };
        const isServed = (name: string): boolean =>
          [...granted].some((outer) => coversLevels(outer.split('/'), name.split('/')));
        for (const { name, act, limit } of steps) {
          const before = [...users].filter(([other, count]) => count > 0 && isServed(other)).map(([other]) => other);
          if (act === 'add') {
            filters.add(name);
            users.set(name, (users.get(name) ?? 0) + 1);
          } else if (act === 'remove' && (users.get(name) ?? 0) > 0) {
            filters.remove(name);
            users.set(name, (users.get(name) ?? 0) - 1);
          } else if (act === 'work') {
            serve(limit);
            for (const other of before) assert.ok(isServed(other), `${other} lost its coverage`);
          } else if (act === 'lose') {
            filters.connectionLost();
            granted.clear();
          }
        }
        for (let turns = 0; filters.hasWork; turns++) {
          assert.ok(turns < 100, 'never settles');
          serve(2);
        }
        const wanted = [...users].filter(([, count]) => count > 0).map(([name]) => name);
        for (const name of wanted) assert.ok(isServed(name), `${name} is not served`);
        for (const name of granted) assert.ok(wanted.includes(name), `${name} is left over`);
        for (const name of granted)
          for (const other of granted)
            assert.ok(name === other || !coversLevels(name.split('/'), other.split('/')), `${name} overlaps ${other}`);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

describe('message dispatch', () => {
  const message = (topic: string, bytes: number[] = [1]) => ({
    topic,
    payload: Uint8Array.from(bytes),
    isRetained: false,
    isDuplicate: false,
  });
  it('reaches exact listeners and matching observers, and counts what nobody hears', () => {
    const subscriptions = new Subscriptions();
    const heard: string[] = [];
    const stop = subscriptions.add('1/tx', (m) => heard.push(`exact ${m.topic}`), '+/tx');
    const stopScan = subscriptions.add('+/dns', (m) => heard.push(`scan ${m.topic}`), '+/dns');
    for (const topic of ['1/tx', '2/tx', '1/dns', '__proto__', '', '//', '#'])
      subscriptions.dispatch(message(topic, [1, 2]));
    assert.deepEqual(heard, ['exact 1/tx', 'scan 1/dns']);
    assert.deepEqual(subscriptions.counters, { received: 7, unknown: 5, bytes: 14, failures: 0 });
    stop();
    stop();
    stopScan();
    subscriptions.dispatch(message('1/tx'));
    assert.equal(subscriptions.counters.unknown, 6);
  });
  it('survives a listener that throws, and one that leaves while hearing', () => {
    const subscriptions = new Subscriptions();
    const heard: string[] = [];
    subscriptions.add(
      't',
      () => {
        throw new Error('defect');
      },
      't',
    );
    const stop = subscriptions.add(
      't',
      () => {
        heard.push('leaving');
        stop();
      },
      't',
    );
    subscriptions.add('t', () => heard.push('last'), 't');
    subscriptions.dispatch(message('t'));
    subscriptions.dispatch(message('t'));
    assert.deepEqual(heard, ['leaving', 'last', 'last']);
    assert.equal(subscriptions.counters.failures, 2);
  });
});
