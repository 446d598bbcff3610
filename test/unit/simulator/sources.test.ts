// What may stand behind a simulated modem besides simulated meters: recordings, a TCP peer, a serial device; and
// fleets.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { fromHex, fromLatin1, toHex } from '../../../src/core/wire/bytes';
import { systemClock } from '../../../src/core/transport/lane/clock';
import {
  drop,
  fleetSpecs,
  isImei,
  METER_KINDS,
  parseRecording,
  ReplayMeter,
  serialSide,
  SerialLine,
  sttyArguments,
  tcpSide,
  VirtualClock,
  type FleetOptions,
} from '../../../src/simulator';
import { needs } from '../../support/tier';
import { N8, online } from './support';

const RECORDING = `
# a meter in a cellar
> 01 03 00 00 00 02 C4 0B
< 01 03 04 00 06 00 05 DA 31
> 01 03 00 00 00 02 C4 0B   # the same again, later
< 01 03 04 00 07 00 05
< 8B F1
*
< 01 83 02 C0 F1
`;

describe('replay', () => {
  const ask = (meter: ReplayMeter, hex: string): string[] =>
    meter.hear(fromHex(hex)).map((reply) => toHex(reply.bytes));
  it('serves recorded bytes in turn, several bursts as they were, and anything for *', () => {
    const meter = new ReplayMeter(parseRecording(RECORDING), N8);
    assert.deepEqual(ask(meter, '010300000002c40b'), ['01030400060005da31']);
    assert.deepEqual(ask(meter, '010300000002c40b'), ['01030400070005', '8bf1']);
    assert.deepEqual(ask(meter, 'ff'), ['018302c0f1']);
    assert.deepEqual(ask(meter, '010300000002c40b'), ['01030400060005da31']);
  });
  it('knows a request that comes in pieces, and is silent for others', () => {
    const meter = new ReplayMeter(parseRecording('> 0102 0304\n< aa'), N8);
    assert.deepEqual(
      ['99', '0102', '0304', '05'].map((hex) => ask(meter, hex)),
      [[], [], ['aa'], []],
    );
  });
  it('cuts answers byte by byte or oddly, the pieces far enough apart to travel alone', async () => {
    for (const [chunking, count] of [
      ['whole', 1],
      ['bytes', 9],
      ['odd', 3],
    ] as const) {
      const { clock, say, on } = await online({
        meters: [new ReplayMeter(parseRecording(RECORDING), N8, { answerMs: 20, chunking })],
      });
      say('rx', fromHex('010300000002c40b'));
      await clock.advance(3000);
      assert.equal(on('tx').length, count, chunking);
      assert.equal(toHex(fromLatin1(on('tx').join(''))), '01030400060005da31');
    }
  });
  it('says which line is wrong', () => {
    for (const [text, line] of [
      ['> 0', 1],
      ['< 00', 1],
      ['\n* 00', 2],
      ['\n\nhello', 3],
    ] as const)
      assert.throws(() => parseRecording(text), new RegExp(`recording, line ${line}: `));
  });
});

describe('source tcp', () => {
  it('puts a foreign peer behind the modem, and connects again after a loss', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('data', (bytes) => socket.write(Buffer.concat([Buffer.from('got '), bytes])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as AddressInfo).port;
    const troubles: string[] = [];
    const messages: string[] = [];
    const side = tcpSide('127.0.0.1', port, (text) => troubles.push(text));
    const line = new SerialLine(side, N8, {
      clock: systemClock,
      msToSend: () => 20,
      cap: 0,
      localEcho: false,
      whileTalking: 'wait',
      whileFrozen: 'drop',
      onMessage: (bytes) => void messages.push(Buffer.from(bytes).toString()),
    });
    const said = async (text: string, count: number): Promise<void> => {
      void line.write(fromLatin1(text));
      for (let i = 0; i < 6_000 && messages.length < count; i++) await systemClock.sleep(10);
    };
    await said('one', 1);
    sockets[0]?.destroy();
    await systemClock.sleep(20);
    await said('two', 2);
    assert.deepEqual(messages, ['got one', 'got two']);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await systemClock.sleep(20);
    await line.write(fromLatin1('three'));
    assert.match(troubles[0] ?? '', new RegExp(`^tcp://127.0.0.1:${port}: .*ECONNREFUSED`));
    line.close();
  });
});

describe('source serial', () => {
  it('sets the device as the port is set', () => {
    assert.deepEqual(sttyArguments('/dev/ttyS0', { baud: 300, dataBits: 7, parity: 'even', stopBits: 1 }).slice(2), [
      'raw',
      '-echo',
      '-crtscts',
      'clocal',
      '300',
      'cs7',
      '-cstopb',
      'parenb',
      '-parodd',
    ]);
    assert.deepEqual(sttyArguments('/dev/ttyS0', { ...N8, stopBits: 2 }).slice(-3), ['cs8', 'cstopb', '-parenb']);
  });
  it('says so when the device is not there', () => {
    assert.throws(() => serialSide('/dev/no-such-port', () => undefined), /ENOENT/);
  });
  it('reads and writes a pseudo terminal raw', async function () {
    needs(this, 'python3');
    // The far end of a pseudo terminal: prints its name, then answers every burst with its bytes plus one.
    const far: ChildProcess = spawn(
      'python3',
      [
        '-u',
        '-c',
        'import os,pty,tty\nm,s=pty.openpty()\ntty.setraw(s)\nprint(os.ttyname(s))\nwhile True:\n b=os.read(m,999)\n os.write(m,bytes((x+1)%256 for x in b))',
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    try {
      const path = await new Promise<string>((resolve) =>
        far.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString().trim())),
      );
      const heard: number[] = [];
      const troubles: string[] = [];
      const side = serialSide(path, (text) => troubles.push(text));
      side.onBytes((bytes) => heard.push(...bytes));
      side.setLine({ ...N8, baud: 19_200 });
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      await side.write(bytes);
      for (let i = 0; i < 6_000 && heard.length < 256; i++) await systemClock.sleep(10);
      assert.deepEqual(
        heard,
        [...bytes].map((byte) => (byte + 1) % 256),
      );
      assert.match(spawnSync('stty', ['-F', path]).stdout.toString(), /speed 19200 baud/);
      assert.deepEqual(troubles, []);
      side.close();
    } finally {
      far.kill();
    }
  });
});

describe('fleet', () => {
  const options: FleetOptions = {
    count: 4,
    firstImei: '353234028103206',
    seed: 1,
    kinds: [METER_KINDS.modbus ?? assert.fail()],
    profiles: [],
    addresses: ['1', '7'],
    password: '',
    framing: 'rtu',
    faults: [],
    config: {},
    choices: {},
    onEvent: () => undefined,
  };
  it('has a row of right IMEI, each with its meters, names and chance', () => {
    const specs = fleetSpecs(options, new VirtualClock());
    assert.deepEqual(
      specs.map((spec) => isImei(spec.imei)),
      [true, true, true, true],
    );
    assert.equal(new Set(specs.map((spec) => spec.imei)).size, 4);
    assert.equal(specs[0]?.config, specs[3]?.config); // shared
    assert.notEqual(specs[0]?.name, specs[1]?.name);
  });
  it('puts the same faults, differently seeded, before every meter', () => {
    assert.equal(fleetSpecs({ ...options, faults: [drop(0.5)] }, new VirtualClock()).length, 4);
    assert.throws(
      () => fleetSpecs({ ...options, addresses: ['300'] }, new VirtualClock()),
      /unit id is 1 to 247, not 300/,
    );
  });
});
