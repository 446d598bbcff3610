// Another Modbus master on the line: its frames are found wherever they stand, and what may be its answer is no value.
import assert from 'node:assert/strict';
import { overheardStream, type OverheardFrame } from '../../../src/core/modbus/frames/overheard';
import { encodeAscii } from '../../../src/core/modbus/frames/ascii';
import { readModbus, type ModbusReadOptions } from '../../../src/core/modbus/read';
import type { Register } from '../../../src/core/modbus/registers/registers';
import { concatBytes, fromHex } from '../../../src/core/wire/bytes';
import type { LineEar, Overheard } from '../../../src/core/wire/line-ear';
import { busRequest } from '../../support/two-masters';
import { VirtualLine, type Behind } from '../../support/virtual-line';
import { said } from '../../support/said';

// mb-two-platforms: the two requests and answers as they were on the wire
const A = { request: fromHex('01040000000271cb'), answer: fromHex('01040442c800006e02') };
const B = { request: fromHex('0104003400023005'), answer: fromHex('010404431800006e07') };

const frames = (framing: 'rtu' | 'ascii', ...chunks: readonly Uint8Array[]): readonly OverheardFrame[] => {
  const found: OverheardFrame[] = [];
  const stream = overheardStream(framing);
  for (const chunk of chunks) stream.push(chunk, (frame) => found.push(frame));
  return found;
};
const kinds = (found: readonly OverheardFrame[]): string => found.map(({ kind }) => kind).join(' ');

describe('overheard frames', () => {
  it('are found in one piece, byte by byte, and among noise', () => {
    const whole = concatBytes(A.request, A.answer, B.request, B.answer, fromHex('018302c0f1'));
    const right = 'request answer request answer refusal';
    assert.equal(kinds(frames('rtu', whole)), right);
    assert.equal(kinds(frames('rtu', ...Array.from(whole, (byte) => Uint8Array.of(byte)))), right);
    const noise = fromHex('66c603879242d6f4a2');
    assert.equal(kinds(frames('rtu', noise, A.request, noise, B.answer)), 'request answer');
    assert.deepEqual(frames('rtu', B.request)[0], { kind: 'request', unit: 1, function: 4, address: 52, quantity: 2 });
  });

  it('are found in ASCII', () => {
    const ascii = concatBytes(encodeAscii(1, B.request.slice(1, -2)), encodeAscii(1, B.answer.slice(1, -2)));
    assert.equal(kinds(frames('ascii', ascii.slice(0, 7), ascii.slice(7))), 'request answer');
    assert.equal(kinds(frames('ascii', fromHex('3a30310d0a'), ascii)), 'request answer');
  });

  it('of a write or a diagnosis are neither asked nor answered values', () => {
    assert.equal(kinds(frames('rtu', busRequest('010600010003'), busRequest('010800001234'))), 'other other');
  });

  it('do not hide behind what seems to begin before them', () => {
    const seeming = Uint8Array.of(0x11, 0x03, 0xf0); // would be an answer of 240 octets
    assert.equal(kinds(frames('rtu', seeming, B.request, B.answer)), 'request answer');
  });

  it('of an answer are no request, whatever they hold', () => {
    let found = 0;
    for (let value = 0; value < 0x10000; value += 7) {
      const body = Uint8Array.of(1, 3, 4, value >> 8, value & 0xff, 0, 1);
      found += frames('rtu', busRequest(Buffer.from(body).toString('hex'))).filter(
        ({ kind }) => kind !== 'answer',
      ).length;
    }
    assert.equal(found, 0);
  });
});

/** A line with an ear; what others say comes when the script says. */
class SharedLine extends VirtualLine {
  isShared = false;
  isDeaf = false;
  noticed: unknown[] = [];
  private log: Overheard[] = [];
  readonly ear: LineEar = {
    overheard: (after) => this.log.filter(({ serial }) => serial > after),
    notice: (asked) => {
      this.isShared = true;
      this.noticed.push(asked);
    },
    isShared: false,
    isDeaf: false,
  };

  constructor(behind: Behind) {
    super(behind, { latencyMs: 1_000, random: () => 0.3 });
    Object.defineProperty(this.ear, 'isShared', { get: () => this.isShared });
    Object.defineProperty(this.ear, 'isDeaf', { get: () => this.isDeaf });
  }

  say(from: Overheard['from'], bytes: Uint8Array): void {
    this.log.push({ serial: this.log.length + 1, at: this.now(), from, bytes });
  }
}

const float = (address: number): Register => ({
  name: 'v',
  fc: 4,
  address,
  type: 'float32',
  order: 'ABCD',
  scale: 1,
  unit: '',
  length: 2,
});
const wish = (more: Partial<ModbusReadOptions> = {}): ModbusReadOptions => ({
  unit: 1,
  framing: 'rtu',
  timeoutMs: 300,
  maxRegisters: 125,
  registers: [float(0)],
  ...more,
});
/** Float 100 + a at every even address a. */
function answerTo(request: Uint8Array): Uint8Array {
  const view = new DataView(request.buffer, request.byteOffset);
  const [address, quantity] = [view.getUint16(2), view.getUint16(4)];
  const body = new DataView(new ArrayBuffer(3 + 4 * Math.ceil((quantity + 1) / 2) + 4));
  for (let at = 0; at < quantity; at++) {
    const float = new DataView(new ArrayBuffer(4));
    const register = address + at;
    float.setFloat32(0, 100 + register - (register % 2));
    body.setUint16(3 + 2 * at, float.getUint16(2 * (register % 2)));
  }
  body.setUint8(0, 1);
  body.setUint8(1, request[1] ?? 0);
  body.setUint8(2, 2 * quantity);
  return busRequest(Buffer.from(body.buffer.slice(0, 3 + 2 * quantity)).toString('hex'));
}
const outcome = (line: VirtualLine, options = wish()): unknown => {
  const done = line.outcome(readModbus(options, line));
  return 'error' in done ? done.error.reason : (done.value.readings[0]?.value ?? done.value.readings[0]?.error?.reason);
};

describe('Modbus beside another master', () => {
  it('mb-two-platforms: an answer to what another platform asked meanwhile is no value of ours', () => {
    const line: SharedLine = new SharedLine((bytes, now) => {
      if (line.sends === 1) {
        line.say('platform', B.request);
        return [
          { at: now + 150, bytes: B.answer },
          { at: now + 300, bytes: answerTo(bytes) },
        ];
      }
      return [{ at: now + 150, bytes: answerTo(bytes) }];
    });
    assert.equal(outcome(line), 'modbus.secondMaster', 'two readings disagree');
    assert.equal(outcome(line), 100);
    assert.match(JSON.stringify(line.noticed[0]), /"modbus.askedByOther".*"address":52/);
  });

  it('asks again in another length, and takes what both say', () => {
    const lengths: number[] = [];
    const line: SharedLine = new SharedLine((bytes, now) => {
      lengths.push(bytes[5] ?? 0);
      if (line.sends === 1) line.say('platform', B.request);
      return [{ at: now + 150, bytes: answerTo(bytes) }];
    });
    assert.equal(outcome(line), 100);
    assert.equal(lengths[0], 2);
    assert.equal(lengths.length, 2);
    assert.notEqual(lengths[1], 2);
  });

  it('gives no value where there is no other length', () => {
    const line: SharedLine = new SharedLine((bytes, now) => {
      line.say('platform', B.request);
      return [{ at: now + 150, bytes: answerTo(bytes) }];
    });
    const done = line.outcome(readModbus(wish({ maxRegisters: 2 }), line));
    assert.ok('error' in done && done.error.code === 'SECOND_MASTER');
    assert.match(said(done.error), /unit 1/);
  });

  it('sees the request of a master on the bus in the same message as its answer', () => {
    const line: SharedLine = new SharedLine((bytes, now) =>
      line.sends === 1
        ? [{ at: now + 150, bytes: concatBytes(B.request, B.answer, answerTo(bytes)) }]
        : [{ at: now + 150, bytes: answerTo(bytes) }],
    );
    assert.equal(outcome(line), 'modbus.secondMaster');
    assert.equal(outcome(line), 100);
  });

  it('is not disturbed by another unit, another length, and its own echo', () => {
    const others = [busRequest('020400340002'), busRequest('010400340004'), busRequest('010600010003')];
    const line: SharedLine = new SharedLine((bytes, now) => [
      { at: now + 150, bytes: concatBytes(bytes, ...others, answerTo(bytes)) },
    ]);
    assert.equal(outcome(line), 100);
    assert.equal(line.sends, 1);
  });

  it('believes no refusal that may be for the other', () => {
    const refusal = fromHex('018402c2c1');
    const line: SharedLine = new SharedLine((bytes, now) => {
      if (line.sends > 1) return [{ at: now + 150, bytes: answerTo(bytes) }];
      line.say('platform', busRequest('0104fff00001'));
      return [
        { at: now + 100, bytes: refusal },
        { at: now + 200, bytes: answerTo(bytes) },
      ];
    });
    assert.equal(outcome(line), 100);
    assert.equal(line.sends, 1);
  });

  it('takes no answer that comes sooner than its bytes can pass the wire, unless all do', () => {
    const hasty: SharedLine = new SharedLine((bytes, now) =>
      hasty.sends === 1
        ? [
            { at: now + 2, bytes: B.answer },
            { at: now + 150, bytes: answerTo(bytes) },
          ]
        : [{ at: now + 150, bytes: answerTo(bytes) }],
    );
    assert.equal(outcome(hasty), 'modbus.secondMaster');
    const fast: SharedLine = new SharedLine((bytes, now) => [{ at: now + 2, bytes: answerTo(bytes) }]);
    assert.equal(outcome(fast), 100);
    assert.equal(fast.sends, 2);
    assert.equal(outcome(fast), 100);
    assert.equal(fast.sends, 3, 'the port is faster than it is said to be');
  });

  it('tells two different answers to one request, and waits for the second from then on', () => {
    const line: SharedLine = new SharedLine((bytes, now) => {
      if (line.sends === 2)
        return [
          { at: now + 50, bytes: B.answer },
          { at: now + 250, bytes: answerTo(bytes) },
        ];
      return [{ at: now + 100, bytes: answerTo(bytes) }];
    });
    assert.equal(outcome(line), 100);
    line.say('meter', B.answer); // a second answer, and another one than ours
    line.idle(61_000);
    assert.equal(outcome(line, wish({ maxRegisters: 2 })), 'modbus.secondMaster');
    assert.ok(line.noticed.length > 0);
  });

  it('waits for a second answer on a new line where others are not heard asking', () => {
    const line: SharedLine = new SharedLine((bytes, now) =>
      line.sends === 1
        ? [
            { at: now + 50, bytes: B.answer },
            { at: now + 250, bytes: answerTo(bytes) },
          ]
        : [{ at: now + 100, bytes: answerTo(bytes) }],
    );
    line.isDeaf = true;
    assert.equal(outcome(line), 100);
    assert.equal(line.sends, 2, 'asked again');
    const alone: SharedLine = new SharedLine((bytes, now) => [{ at: now + 100, bytes: answerTo(bytes) }]);
    alone.isDeaf = true;
    assert.equal(outcome(alone), 100);
    assert.equal(alone.sends, 1);
  });
});
