import assert from 'node:assert/strict';
import { fromHex, fromLatin1, toHex, toLatin1 } from '../../../src/core/wire/bytes';
import { crc16Modbus } from '../../../src/core/wire/checksum';
import {
  busyAt,
  delay,
  delayMessages,
  drop,
  dropMessages,
  duplicate,
  duplicateMessages,
  echo,
  flip,
  flipMessages,
  foreignUnit,
  late,
  merge,
  mergeMessages,
  noise,
  offline,
  only,
  parseFaults,
  seededRandom,
  split,
  splitMessages,
  VirtualClock,
  withFaults,
  withMessageFaults,
  type MessageFault,
  type Meter,
  type MeterFault,
  type Reply,
} from '../../../src/simulator';
import { N8, online } from './support';

const ANSWER = fromHex('0103041064106572c7');
const meter: Meter = { line: N8, hear: () => [{ afterMs: 10, bytes: ANSWER }] };
const ask = (count: number, ...faults: MeterFault[]): (readonly Reply[])[] => {
  const faulty = withFaults(meter, faults, 1);
  return Array.from({ length: count }, (_, i) => faulty.hear(fromLatin1('?'), i * 1000));
};
const hexes = (replies: readonly Reply[]): string[] => replies.map((reply) => toHex(reply.bytes));

describe('faults behind the port', () => {
  it('drop the first n, or a share', () => {
    assert.deepEqual(
      ask(3, drop(2)).map((replies) => replies.length),
      [0, 0, 1],
    );
    const answered = ask(1000, drop(0.3)).filter((replies) => replies.length === 1).length;
    assert.ok(answered > 640 && answered < 760, String(answered));
  });
  it('delay all, or make some late', () => {
    assert.deepEqual(ask(1, delay(500))[0]?.[0]?.afterMs, 510);
    const lateOnes = ask(1000, late(9000, 0.2)).filter((replies) => replies[0]?.afterMs === 9010).length;
    assert.ok(lateOnes > 150 && lateOnes < 250);
  });
  it('split in sizes with gaps after the time on the wire', () => {
    const [replies = []] = ask(1, split([2, 5], 150));
    assert.deepEqual(hexes(replies), ['0103', '0410641065', '72c7']);
    const char = 10_000 / 9600;
    assert.deepEqual(
      replies.map((reply) => Math.round(reply.afterMs * 100)),
      [10, 10 + 2 * char + 150, 10 + 7 * char + 300].map((ms) => Math.round(ms * 100)),
    );
  });
  it('merge two answers', () => {
    assert.deepEqual(ask(2, merge()).map(hexes), [[], [toHex(ANSWER) + toHex(ANSWER)]]);
  });
  it('flip exactly one bit, the given one or any', () => {
    assert.deepEqual(hexes(ask(1, flip(1, 8))[0] ?? []), ['0102041064106572c7']);
    for (const [reply] of ask(100, flip())) {
      const ones = [...(reply?.bytes ?? [])]
        .map((byte, i) => byte ^ (ANSWER[i] ?? 0))
        .filter((difference) => difference !== 0);
      assert.ok(ones.length === 1 && Number.isInteger(Math.log2(ones[0] ?? 0)));
    }
  });
  it('echo, duplicate, add noise', () => {
    assert.deepEqual(
      ask(1, echo())[0]?.map((reply) => [reply.afterMs, toLatin1(reply.bytes).slice(0, 1)]),
      [
        [0, '?'],
        [10, '\x01'],
      ],
    );
    assert.deepEqual(hexes(ask(1, duplicate())[0] ?? []), [toHex(ANSWER), toHex(ANSWER)]);
    for (const [reply] of ask(50, noise())) {
      const text = toHex(reply?.bytes ?? new Uint8Array());
      assert.ok(text.length > 18 && (text.startsWith(toHex(ANSWER)) || text.endsWith(toHex(ANSWER))), text);
    }
  });
  it('put a correct frame of a foreign unit before the answer', () => {
    const bytes = ask(1, foreignUnit())[0]?.[0]?.bytes ?? new Uint8Array();
    assert.equal(toHex(bytes.subarray(9)), toHex(ANSWER));
    assert.equal(bytes[0], 2);
    assert.equal(crc16Modbus(bytes.subarray(0, 9)), 0);
    const text: Meter = { line: N8, hear: () => [{ afterMs: 0, bytes: fromLatin1('hello') }] };
    assert.equal(
      toLatin1(withFaults(text, [foreignUnit()], 1).hear(fromLatin1('?'), 0)[0]?.bytes ?? new Uint8Array()),
      'hello',
    );
  });
  it('are away or busy for a while', () => {
    assert.deepEqual(
      ask(4, offline(1000, 3000)).map((replies) => replies.length),
      [1, 0, 0, 1],
    );
    assert.deepEqual(
      ask(4, busyAt(1000, 3000)).map((replies) => replies[0]?.afterMs),
      [10, 2010, 1010, 10],
    );
  });
  it('compose, and repeat themselves by their seed', () => {
    const story = (seed: number): string => {
      const faulty = withFaults(meter, [flip(0.5), drop(0.3), noise(0.5), split([3], 10)], seed);
      return Array.from({ length: 40 }, () => hexes(faulty.hear(fromLatin1('?'), 0)).join(' ')).join('|');
    };
    assert.equal(story(4), story(4));
    assert.notEqual(story(4), story(5));
  });
});

describe('faults of messages', () => {
  const pass = async (
    faults: readonly MessageFault[],
    messages: readonly [string, string][],
    ms = 1000,
  ): Promise<string[]> => {
    const clock = new VirtualClock();
    const heard: string[] = [];
    const send = withMessageFaults(
      (topic, payload) => void heard.push(`${topic} ${toLatin1(payload)}`),
      faults,
      clock,
      seededRandom(1),
    );
    for (const [topic, text] of messages) send(topic, fromLatin1(text));
    await clock.advance(ms);
    return heard;
  };
  it('lose, double, cut, join and delay', async () => {
    assert.deepEqual(
      await pass(
        [dropMessages(1)],
        [
          ['a', '1'],
          ['a', '2'],
        ],
      ),
      ['a 2'],
    );
    assert.deepEqual(
      await pass(
        [duplicateMessages()],
        [
          ['a', '1'],
          ['a', '2'],
        ],
      ),
      ['a 1', 'a 2', 'a 1', 'a 2'],
    );
    assert.deepEqual(await pass([splitMessages([2])], [['a', '12345']]), ['a 12', 'a 34', 'a 5']);
    assert.deepEqual(
      await pass(
        [mergeMessages(100)],
        [
          ['a', '1'],
          ['b', 'x'],
          ['a', '2'],
        ],
      ),
      ['a 12', 'b x'],
    );
    assert.deepEqual(await pass([delayMessages(60_000)], [['a', '1']], 59_999), []);
    assert.deepEqual(
      await pass(
        [delayMessages(0, 60_000)],
        [
          ['a', '1'],
          ['a', '2'],
          ['a', '3'],
        ],
        60_000,
      ),
      ['a 1', 'a 2', 'a 3'],
    );
    assert.notDeepEqual(await pass([flipMessages()], [['a', '1']]), ['a 1']);
  });
  it('reorder commands against serial bytes', async () => {
    assert.deepEqual(
      await pass(
        [only(/AT$/, delayMessages(300))],
        [
          ['m/AT', 'baud'],
          ['m/rx', 'bytes'],
        ],
      ),
      ['m/rx bytes', 'm/AT baud'],
    );
  });
  it('act between modem and platform: a doubled request gives two answers', async () => {
    const { clock, say, on } = await online({}, { toModem: [only(/rx$/, duplicateMessages(1, 200))] });
    say('rx', fromHex('01030064000285d4'));
    await clock.advance(2000);
    assert.deepEqual(
      on('tx')
        .map((text) => toHex(fromLatin1(text)))
        .join(''),
      toHex(ANSWER) + toHex(ANSWER),
    );
  });
});

describe('faults as words', () => {
  it('are understood, with and without figures', () => {
    const faults = parseFaults([
      'drop=0.5',
      'late=5000,0.05',
      'split=3,1,7',
      'busyAt=0,5',
      'tx:duplicate',
      'rx:delay=0,60000',
      'rx:merge',
    ]);
    assert.deepEqual([faults.meter.length, faults.fromModem.length, faults.toModem.length], [4, 1, 2]);
    assert.deepEqual(withFaults(meter, parseFaults(['drop=1']).meter, 1).hear(fromLatin1('?'), 0), []);
  });
  it('are refused by name', () => {
    assert.throws(() => parseFaults(['explode']), /"explode" is not known here; known are drop, delay, late/);
    assert.throws(() => parseFaults(['tx:offline=1,2']), /known are drop, delay, duplicate/);
    assert.throws(() => parseFaults(['drop=lots']), /is no fault: write name=number/);
    assert.throws(() => parseFaults(['constructor']), /not known/);
  });
});
