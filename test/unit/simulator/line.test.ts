// The serial port and the wire behind it: pacing, aggregation, caps, echo, noise, 7-bit meters, several meters.
import assert from 'node:assert/strict';
import { fromLatin1, toHex, toLatin1 } from '../../../src/core/wire/bytes';
import type { LineSettings } from '../../../src/core/wire/dialogue';
import {
  Bus,
  seededRandom,
  SerialLine,
  VirtualClock,
  type BusOptions,
  type LineOptions,
  type Meter,
  type Reply,
} from '../../../src/simulator';
import { N8 } from './support';

const E7: LineSettings = { baud: 300, dataBits: 7, parity: 'even', stopBits: 1 };

interface Bench {
  readonly clock: VirtualClock;
  readonly line: SerialLine;
  readonly messages: { readonly at: number; readonly text: string }[];
  /** What the meters heard. */
  readonly heard: { readonly at: number; readonly text: string; readonly by: number }[];
}

/** Meters that answer everything with fixed replies. */
function bench(
  replies: readonly (readonly Reply[])[],
  options: {
    bus?: Partial<BusOptions>;
    line?: Partial<LineOptions>;
    meterLine?: LineSettings;
    portLine?: LineSettings;
  } = {},
): Bench {
  const clock = new VirtualClock();
  const heard: Bench['heard'] = [];
  const messages: Bench['messages'] = [];
  const meters = replies.map((answers, by): Meter => ({
    line: options.meterLine ?? N8,
    hear: (bytes, now) => {
      heard.push({ at: now, text: toLatin1(bytes), by });
      return answers;
    },
  }));
  const portLine = options.portLine ?? N8;
  const bus = new Bus({ clock, random: seededRandom(5), line: portLine, kind: 'rs232', meters, ...options.bus });
  const onMessage = (bytes: Uint8Array): void => void messages.push({ at: clock.now(), text: toLatin1(bytes) });
  const line = new SerialLine(bus, portLine, {
    clock,
    msToSend: () => 100,
    cap: 0,
    localEcho: false,
    whileTalking: 'wait',
    whileFrozen: 'drop',
    onMessage,
    ...options.line,
  });
  return { clock, line, messages, heard };
}

const answer = (afterMs: number, text: string): Reply => ({ afterMs, bytes: fromLatin1(text) });
const CHAR = 10_000 / 9600;

describe('serial line', () => {
  it('takes the time that its characters take, in both directions', async () => {
    const { clock, line, messages, heard } = bench([[answer(50, 'x'.repeat(200))]]);
    void line.write(fromLatin1('12345678'));
    await clock.advance(1000);
    assert.ok(Math.abs((heard[0]?.at ?? 0) - 8 * CHAR) < 0.01);
    assert.equal(messages.length, 1);
    assert.ok(Math.abs((messages[0]?.at ?? 0) - (8 * CHAR + 50 + 200 * CHAR + 100)) < 0.01, String(messages[0]?.at));
  });
  it('closes a message after msToSend of silence, and not before', async () => {
    const text = async (gap: number): Promise<string[]> => {
      const { clock, line, messages } = bench([[answer(10, 'abc'), answer(10 + 3 * CHAR + gap, 'def')]]);
      void line.write(fromLatin1('?'));
      await clock.advance(1000);
      return messages.map((message) => message.text);
    };
    assert.deepEqual(await text(95), ['abcdef']);
    assert.deepEqual(await text(105), ['abc', 'def']);
  });
  it('closes a message at the cap', async () => {
    for (const cap of [256, 512, 1024]) {
      const { clock, line, messages } = bench([[answer(10, 'y'.repeat(1300))]], { line: { cap } });
      void line.write(fromLatin1('?'));
      await clock.advance(3000);
      assert.deepEqual(
        messages.map((message) => message.text.length),
        [...Array<number>(Math.floor(1300 / cap)).fill(cap), 1300 % cap],
      );
    }
  });
  it('sends each character of a 300 baud meter on its own when msToSend is shorter than one', async () => {
    const { clock, line, messages } = bench([[answer(10, 'abc')]], {
      meterLine: { ...N8, baud: 300 },
      portLine: { ...N8, baud: 300 },
      line: { msToSend: () => 20 },
    });
    void line.write(fromLatin1('?'));
    await clock.advance(1000);
    assert.deepEqual(
      messages.map((message) => message.text),
      ['a', 'b', 'c'],
    );
  });
  it('writes one request after the other, in order', async () => {
    const { clock, line, heard } = bench([[]]);
    for (const text of ['one', 'two', 'three']) void line.write(fromLatin1(text));
    await clock.advance(100);
    assert.deepEqual(
      heard.map((each) => each.text),
      ['one', 'two', 'three'],
    );
  });
  it('does not speak while the meter talks; or loses that, or speaks over it', async () => {
    const run = async (whileTalking: LineOptions['whileTalking'], kind: BusOptions['kind']): Promise<Bench> => {
      const world = bench([[answer(10, 'z'.repeat(100))]], { line: { whileTalking }, bus: { kind } });
      void world.line.write(fromLatin1('first'));
      await world.clock.advance(60);
      void world.line.write(fromLatin1('second'));
      await world.clock.advance(1000);
      return world;
    };
    const waits = await run('wait', 'rs485');
    assert.deepEqual(
      waits.heard.map((each) => each.text),
      ['first', 'second'],
    );
    assert.ok((waits.heard[1]?.at ?? 0) > 5 * CHAR + 10 + 100 * CHAR);
    assert.deepEqual(
      (await run('drop', 'rs485')).heard.map((each) => each.text),
      ['first'],
    );
    const collides = await run('through', 'rs485');
    assert.notEqual(collides.heard[1]?.text, 'second');
    assert.notEqual(collides.messages[0]?.text.slice(0, 100), 'z'.repeat(100));
    const duplex = await run('through', 'rs232');
    assert.equal(duplex.heard[1]?.text, 'second');
    assert.equal(duplex.messages[0]?.text, 'z'.repeat(200));
  });
  it('hears itself when its RS485 driver echoes', async () => {
    const { clock, line, messages } = bench([[answer(50, 'answer')]], { line: { localEcho: true } });
    void line.write(fromLatin1('request'));
    await clock.advance(1000);
    assert.deepEqual(
      messages.map((message) => message.text),
      ['requestanswer'],
    );
  });
  it('may put 0x00 and 0xFF before an answer', async () => {
    const { clock, line, messages } = bench([[answer(50, 'answer')]], { bus: { noise: 1 } });
    void line.write(fromLatin1('?'));
    await clock.advance(1000);
    assert.match(messages[0]?.text ?? '', /^[\x00\xff]{1,3}answer$/);
  });
  it('hears a 7E1 meter through an 8N1 port with the parity in bit 7, and is heard the same way', async () => {
    const { clock, line, messages, heard } = bench([[answer(200, '/ABC\r\n')]], {
      meterLine: E7,
      portLine: { ...N8, baud: 300 },
    });
    void line.write(Uint8Array.of(0xaf, 0x3f, 0x21, 0x8d, 0x0a));
    await clock.advance(2000);
    assert.equal(heard[0]?.text, '/?!\r\n');
    // 2F 41 42 43 0D 0A with even parity: 41 and 42 have two ones, 2F five, 43 and 0D three, 0A two.
    assert.equal(toHex(fromLatin1(messages.map((message) => message.text).join(''))), 'af4142c38d0a');
  });
  it('follows a meter that changes its speed while talking', async () => {
    let line: LineSettings = { ...N8, baud: 300 };
    const meter: Meter = {
      get line() {
        return line;
      },
      hear: () => {
        line = N8;
        return [answer(200, 'data')];
      },
    };
    const { clock, line: port, messages } = bench([], { portLine: { ...N8, baud: 300 }, bus: { meters: [meter] } });
    void port.write(fromLatin1('ack'));
    await clock.advance(150);
    port.setLine(N8);
    await clock.advance(1000);
    assert.deepEqual(
      messages.map((message) => message.text),
      ['data'],
    );
  });
  it('drops a reply that must not come once something else was heard', async () => {
    const { clock, line, messages } = bench([[{ ...answer(500, 'time-out'), unlessHeard: true }]]);
    void line.write(fromLatin1('1'));
    await clock.advance(300);
    void line.write(fromLatin1('2'));
    await clock.advance(1000);
    assert.equal(messages.length, 1);
  });
  it('lets every meter of an RS485 bus hear the request and the other ones, and of RS232 only the port', async () => {
    const silent: readonly Reply[] = [];
    const { clock, line, heard } = bench([silent, silent], { bus: { kind: 'rs485' } });
    void line.write(fromLatin1('all'));
    await clock.advance(100);
    assert.deepEqual(
      heard.map((each) => [each.by, each.text]),
      [
        [0, 'all'],
        [1, 'all'],
      ],
    );
  });
  it('is quiet after close', async () => {
    const { clock, line, messages } = bench([[answer(50, 'x'.repeat(500))]]);
    void line.write(fromLatin1('?'));
    await clock.advance(100);
    line.close();
    await clock.advance(5000);
    assert.deepEqual([messages.length, clock.pending], [0, 0]);
  });
});
