// Devices as people met them, behind a line in virtual time: what they answer, byte for byte, and what has to come out.
import assert from 'node:assert/strict';
import { readModbus } from '../../src/core/modbus/read';
import { Fields } from '../../src/core/readers/fields';
import { parseModbus } from '../../src/core/readers/modbus';
import { fromHex, fromLatin1 } from '../../src/core/wire/bytes';
import { explainError } from '../../src/words/index';
import { modbusDevice, registerValue, sealed } from '../support/modbus-device';
import { VirtualLine } from '../support/virtual-line';

type Device = (adu: Uint8Array, now: number) => Uint8Array | undefined;

class Scene {
  readonly requests: { readonly fn: number; readonly address: number; readonly quantity: number }[] = [];
  readonly line: VirtualLine;

  constructor(device: Device, rttMs = 50) {
    this.line = new VirtualLine(
      (adu, now) => {
        const word = (at: number): number => ((adu[at] ?? 0) << 8) | (adu[at + 1] ?? 0);
        this.requests.push({ fn: adu[1] ?? 0, address: word(2), quantity: word(4) });
        const bytes = device(adu, now);
        return bytes && bytes.length > 0 ? [{ at: now + rttMs, bytes }] : [];
      },
      { latencyMs: rttMs },
    );
  }

  /** Values by name; an error's reason in place of one; or the whole read's error. */
  read(properties: object): { readonly [name: string]: unknown } | string {
    const outcome = this.line.outcome(readModbus({ ...parseModbus(new Fields({ ...properties })) }, this.line));
    if ('error' in outcome) return `${outcome.error.reason}: ${explainError(outcome.error)}`;
    return Object.fromEntries(outcome.value.readings.map((r) => [r.name, r.error ? r.error.reason : r.value]));
  }
}

function spanOf(adu: Uint8Array): readonly [number, number] {
  return [((adu[2] ?? 0) << 8) | (adu[3] ?? 0), ((adu[4] ?? 0) << 8) | (adu[5] ?? 0)];
}

/** A read that touches what is not there: an exception, or silence (0). */
function sparse(isThere: (address: number) => boolean, exception: number, behind: Device = modbusDevice()): Device {
  return (adu, now) => {
    if (adu[1] === 8) return behind(adu, now);
    const [address, quantity] = spanOf(adu);
    for (let a = address; a < address + quantity; a++)
      if (!isThere(a))
        return exception === 0 ? undefined : sealed(Uint8Array.of(adu[0] ?? 0, (adu[1] ?? 0) | 0x80, exception));
    return behind(adu, now);
  };
}

const rows = (addresses: readonly number[], more: object = {}): readonly object[] =>
  addresses.map((address) => ({ name: `r${address}`, fc: 3, address, type: 'uint16', ...more }));
const truth = (addresses: readonly number[]): object =>
  Object.fromEntries(addresses.map((address) => [`r${address}`, registerValue(1, address)]));

describe('Modbus field cases: devices', () => {
  const WANTED = [11174, 11176, 11177];
  for (const [id, exception] of [
    ['mb-gap-exception-1', 1],
    ['mb-gap-exception-2', 2],
    ['mb-gap-exception-3', 3],
    ['mb-gap-exception-4', 4],
    ['mb-gap-silent', 0],
  ] as const)
    it(`${id}: all three values, and no request but the needed after some reads`, () => {
      const scene = new Scene(sparse((a) => WANTED.includes(a), exception));
      for (let poll = 0; poll < 4; poll++) {
        assert.deepEqual(scene.read({ unit: 1, registers: rows(WANTED) }), truth(WANTED), `poll ${poll}`);
        scene.line.idle(10_000);
      }
      scene.requests.length = 0;
      assert.deepEqual(scene.read({ unit: 1, registers: rows(WANTED) }), truth(WANTED));
      assert.equal(scene.requests.length, 2);
    });

  it('mb-gap-exception-4: only the last register of a device is wanted, and never is one asked beyond it', () => {
    const scene = new Scene(sparse((a) => a <= 9, 4));
    for (let poll = 0; poll < 8; poll++) {
      assert.deepEqual(scene.read({ unit: 1, registers: rows([9]) }), truth([9]));
      scene.line.idle(10_000);
    }
    assert.ok(scene.requests.every(({ address, quantity }) => address + quantity <= 10));
  });

  for (const exception of [1, 2, 3, 4])
    it(`mb-one-register-exception-1: one register is refused with exception ${exception}, the others are read`, () => {
      const scene = new Scene(sparse((a) => a !== 50, exception));
      for (let poll = 0; poll < 4; poll++) {
        const values = scene.read({ unit: 1, registers: rows([10, 50, 400]) });
        assert.deepEqual(values, { ...truth([10, 400]), r50: 'modbus.nothingThere' });
        scene.line.idle(61_000);
      }
    });

  it('a register that is passed over in silence spoils one read, and no other register after it', () => {
    const scene = new Scene(sparse((a) => a !== 50, 0));
    assert.match(String(scene.read({ unit: 1, registers: rows([10, 50, 400]) })), /^modbus\.silent/);
    for (let poll = 0; poll < 4; poll++) {
      const values = scene.read({ unit: 1, registers: rows([10, 50, 400]) });
      assert.deepEqual(values, { ...truth([10, 400]), r50: 'modbus.silentThere' });
      scene.line.idle(61_000);
    }
  });

  it('a function that the device does not know costs a few requests, however much is wanted of it', () => {
    const scene = new Scene(modbusDevice({ functions: [3, 8] }));
    const wanted = Array.from({ length: 60 }, (_, i) => i * 2);
    assert.match(String(scene.read({ unit: 1, registers: rows(wanted, { fc: 4 }) })), /^modbus\.functionRefused/);
    assert.ok(scene.requests.length <= 8, String(scene.requests.length));
  });

  it('a refusal is believed 10 s, then a minute, and forgotten when the address answers', () => {
    let isThere = false;
    const scene = new Scene(sparse((a) => isThere || a !== 5, 2));
    const ask = (): unknown => (scene.read({ unit: 1, registers: rows([0, 5]) }) as { r5?: unknown }).r5;
    const asked5 = (): boolean =>
      scene.requests.some(({ address, quantity }) => address <= 5 && address + quantity > 5);
    const again = (ms: number): [unknown, boolean] => {
      scene.line.idle(ms);
      scene.requests.length = 0;
      return [ask(), asked5()];
    };
    assert.equal(ask(), 'modbus.nothingThere');
    assert.deepEqual(again(8_000), ['modbus.nothingThere', false]);
    assert.deepEqual(again(5_000), ['modbus.nothingThere', true]);
    assert.deepEqual(again(50_000), ['modbus.nothingThere', false]);
    isThere = true;
    assert.deepEqual(again(15_000), [registerValue(1, 5), true]);
    isThere = false;
    assert.deepEqual(again(1_000), ['modbus.nothingThere', true]);
    isThere = true;
    assert.deepEqual(again(11_000), [registerValue(1, 5), true]);
  });

  const heard = (answer: Uint8Array): Device => {
    const echo = modbusDevice();
    return (adu) => (adu[1] === 8 ? echo(adu) : answer);
  };
  for (const [id, properties, answer, says] of [
    ['mb-other-unit-answers', { unit: 3, registers: rows([1]) }, '0103020007f986', /unit 1 answered .*unit 3/],
    [
      'mb-count-16-bit',
      { unit: 1, registers: rows([28674]) },
      '0103000217812b9a',
      /whole .*check is right.*another length/,
    ],
    [
      'mb-more-than-asked',
      { unit: 1, registers: rows([1], { fc: 4 }) },
      '01040c07e6031d0205270900003c8052c7',
      /12 bytes .* 2 were expected/,
    ],
    ['mb-other-function', { unit: 1, registers: rows([1]) }, '0104020007f932', /function 4 where 3/],
  ] as const)
    it(`${id}: no value, and the true cause`, () => {
      const bytes = id === 'mb-other-function' ? sealed(fromHex('0104020007')) : fromHex(answer);
      const said = new Scene(heard(bytes)).read(properties);
      assert.match(String(said), says);
      assert.doesNotMatch(String(said), /baud/);
    });

  it('mb-more-than-asked: readable where the answer is told its length, on the row or on the node', () => {
    const clock = heard(fromHex('01040c07e6031d0205270900003c8052c7'));
    const row = { name: 'clock', fc: 4, address: 1, type: 'uint16' };
    assert.deepEqual(new Scene(clock).read({ unit: 1, registers: [{ ...row, answerLength: 12 }] }), { clock: 2022 });
    assert.deepEqual(new Scene(clock).read({ unit: 1, answerLength: 12, registers: [row] }), { clock: 2022 });
    const counter = heard(sealed(fromHex('01040400010002')));
    assert.deepEqual(new Scene(counter).read({ unit: 1, registers: [{ ...row, type: 'uint32', answerLength: 4 }] }), {
      clock: 65538,
    });
    const octet = heard(sealed(fromHex('0104012a')));
    assert.deepEqual(new Scene(octet).read({ unit: 1, registers: [{ ...row, type: 'uint8', answerLength: 1 }] }), {
      clock: 42,
    });
  });

  it('mb-unit-248: read at the general address', () => {
    const registers = [{ name: 'v', fc: 4, address: 0, type: 'uint16', scale: 0.1 }];
    assert.deepEqual(new Scene(heard(fromHex('f8040208fc22a5'))).read({ unit: 248, registers }), { v: 230 });
    assert.deepEqual(new Scene(modbusDevice()).read({ unit: 255, registers: rows([3]) }), {
      r3: registerValue(255, 3),
    });
  });

  it('mb-ascii-lf: says that the line end is wrong, and which framing was heard', () => {
    const ascii = { unit: 1, framing: 'ascii', registers: rows([10]) };
    for (const end of ['\n', '\r'])
      assert.match(String(new Scene(() => fromLatin1(`:010302000AF0${end}`)).read(ascii)), /lineEnd.*CR and LF/);
    assert.match(String(new Scene(() => fromHex('0103020064b9af')).read(ascii)), /otherFraming.*RTU/);
    const rtu = { unit: 1, registers: rows([10]) };
    assert.match(String(new Scene(() => fromLatin1(':010302000AF0\r\n')).read(rtu)), /otherFraming.*ASCII/);
    assert.match(String(new Scene(() => fromHex('0103020064b9ae')).read(rtu)), /^modbus\.damaged/);
  });

  it('mb-pause-needed: a meter that ignores what comes too soon is read with a pause', () => {
    const device = (): Device => {
      const inner = modbusDevice();
      let answeredAt = -Infinity;
      return (adu, now) => {
        if (now < answeredAt + 500) return undefined;
        answeredAt = now + 15;
        return inner(adu);
      };
    };
    const registers = rows([0, 500, 1000, 2000], { fc: 4 });
    const wanted = truth([0, 500, 1000, 2000]);
    const patient = new Scene(device(), 15);
    for (let poll = 0; poll < 3; poll++) assert.deepEqual(patient.read({ unit: 1, pause: 500, registers }), wanted);
    assert.equal(patient.requests.length, 3 * 4);
  });

  for (const rttMs of [15, 1000])
    it(`mb-one-value-per-request: ten values in ten round trips of ${rttMs} ms`, () => {
      const scene = new Scene(modbusDevice({ maxRegisters: 2 }), rttMs);
      const registers = Array.from({ length: 10 }, (_, i) => ({
        name: `v${i}`,
        fc: 4,
        address: i * 10,
        type: 'float32',
      }));
      for (let poll = 0; poll < 3; poll++) {
        const begin = scene.line.now();
        scene.requests.length = 0;
        scene.read({ unit: 1, maxRegisters: 2, registers });
        assert.equal(scene.requests.length, 10);
        assert.ok(scene.line.now() - begin <= 10 * rttMs + 1);
        scene.line.idle(10_000);
      }
    });

  it('SDM630: four requests at every read, whatever the time between them', () => {
    for (const idleMs of [0, 1_000, 10_000]) {
      const scene = new Scene(modbusDevice({ isEvenOnly: true, maxRegisters: 60 }), 1_250);
      for (let poll = 0; poll < 10; poll++) {
        scene.requests.length = 0;
        scene.read({ unit: 1, profile: 'eastron-sdm630' });
        assert.equal(scene.requests.length, 4, `poll ${poll}, ${idleMs} ms apart`);
        scene.line.idle(idleMs);
      }
    }
  });

  it('mb-cutting-refused: reads that cut a 32-bit value are refused, all values come', () => {
    const device: Device = (adu) => {
      const [address, quantity] = spanOf(adu);
      if (adu[1] === 3 && (address % 2 === 1 || quantity % 2 === 1)) return sealed(Uint8Array.of(1, 0x83, 2));
      return modbusDevice()(adu);
    };
    const addresses = [0, 2, 4, 10, 12];
    const scene = new Scene(device);
    for (let poll = 0; poll < 4; poll++) {
      const values = scene.read({ unit: 1, registers: rows(addresses, { type: 'uint32' }) });
      assert.deepEqual(
        values,
        Object.fromEntries(addresses.map((a) => [`r${a}`, registerValue(1, a) * 65_536 + registerValue(1, a + 1)])),
      );
      scene.line.idle(1_000);
    }
  });

  for (const [id, before, after] of [
    ['mb-prefix-00', '0000', ''],
    ['mb-trailing-00', '', '000000'],
    ['mb-stray-after-hole', '00000000', ''],
  ] as const)
    it(`${id}: octets around an answer are passed over`, () => {
      const inner = modbusDevice();
      const scene = new Scene((adu) => fromHex(`${before}${Buffer.from(inner(adu) ?? []).toString('hex')}${after}`));
      assert.deepEqual(scene.read({ unit: 1, registers: rows([183, 186, 191]) }), truth([183, 186, 191]));
    });

  it('mb-prefix-00: exception 2 is reported', () => {
    const scene = new Scene(heard(fromHex('00048302d0f000')));
    assert.deepEqual(scene.read({ unit: 4, registers: rows([289]) }), { r289: 'modbus.nothingThere' });
  });

  it('mb-echo-glued: the request comes back before the answer', () => {
    const inner = modbusDevice();
    for (const expectEcho of [true, false]) {
      const scene = new Scene((adu) =>
        fromHex(Buffer.from(adu).toString('hex') + Buffer.from(inner(adu) ?? []).toString('hex')),
      );
      assert.deepEqual(scene.read({ unit: 1, expectEcho, registers: rows([0, 41], { fc: 4 }) }), truth([0, 41]));
    }
  });

  it('mb-gateway-0b: the gateway does not reach the unit', () => {
    const said = new Scene(heard(fromHex('65830b4128'))).read({ unit: 101, registers: rows([40000]) });
    assert.match(String(said), /gateway does not reach unit 101/);
  });

  it('mb-busy: patience, and an end to it', () => {
    const patient = new Scene(modbusDevice({ exceptionAt: (count) => (count <= 2 ? 5 : undefined) }));
    assert.deepEqual(patient.read({ unit: 1, registers: rows([100]) }), truth([100]));
    const busy = new Scene(modbusDevice({ exceptionAt: () => 6 }));
    assert.match(String(busy.read({ unit: 1, registers: rows([100]) })), /^modbus\.(busy|doubtfulRefusal)/);
    assert.ok(busy.line.now() < 60_000);
  });

  it('an exception that is no matter of addresses fails the read with its name', () => {
    const said = new Scene(modbusDevice({ exceptionAt: () => 8 })).read({ unit: 1, registers: rows([1]) });
    assert.match(String(said), /^modbus\.exception: .*exception 8/);
  });

  it('2,000 registers are read, and 200,000 rows are refused with the limit', () => {
    const wanted = Array.from({ length: 2_000 }, (_, i) => i);
    const scene = new Scene(modbusDevice());
    assert.deepEqual(scene.read({ unit: 1, registers: rows(wanted) }), truth(wanted));
    assert.equal(scene.requests.length, 16);
    const many = Array.from({ length: 200_000 }, (_, i) => ({
      name: `x${i}`,
      fc: 3,
      address: i % 65_536,
      type: 'uint16',
    }));
    assert.throws(() => parseModbus(new Fields({ unit: 1, registers: many })), /200000 most=5000/);
  });
});
