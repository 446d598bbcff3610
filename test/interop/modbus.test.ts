// Modbus with foreign peers. Servers of pymodbus and libmodbus stand behind a simulated modem, as mtx-sim puts them
// there (--source), and are read through a broker by mtx-modbus-read in a real Node-RED; mbpoll reads our simulated
// meter.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../scripts/node-red';
import { systemClock } from '../../src/core/transport/lane/clock';
import { startCli } from '../../src/simulator/index';
import { startBroker, type TestBroker } from '../support/broker';
import { startPeer, startPtyPair } from '../support/pty';
import { startReaderFlow, type ReaderFlow, type Report } from '../support/reader-flow';
import { needs, needsLibrary, needsPython } from '../support/tier';
import { meterOnSerial } from './peers/meter-on-serial';

const PEERS = join(__dirname, 'peers');
const IMEI = '353234028103206';
const LINE = { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
/** What both servers hold. */
const holding = (a: number): number => (257 * a + 11) & 0xffff;
const input = (a: number): number => (263 * a + 5) & 0xffff;

type Row = readonly [
  name: string,
  fc: number,
  address: number | string,
  type: string,
  order: string,
  expected: unknown,
  length?: number,
];

/** Registers far apart and near, of both tables and both kinds of bits; the same in both servers. */
const PLAIN: readonly Row[] = [
  ...[0, 1, 2, 9, 60, 99, 400, 999].map((a): Row => [`h${a}`, 3, a, 'uint16', 'ABCD', holding(a)]),
  ...[0, 1, 77, 126, 998].map((a): Row => [`i${a}`, 4, a, 'uint16', 'ABCD', input(a)]),
  ['signed', 3, 150, 'int16', 'ABCD', (holding(150) << 16) >> 16],
  ['long', 3, 200, 'uint32', 'ABCD', holding(200) * 65_536 + holding(201)],
  ['long swapped', 3, 200, 'uint32', 'CDAB', holding(201) * 65_536 + holding(200)],
  ['modicon', 3, '400301', 'uint16', 'ABCD', holding(300)],
  ['coil', 1, 9, 'bits', 'ABCD', true],
  ['no coil', 1, 10, 'bits', 'ABCD', false],
  ['discrete', 2, 997, 'bits', 'ABCD', true],
];

const typed = (order: string, at: number): readonly Row[] => [
  [`float ${order}`, 3, at, 'float32', order, 230.1],
  [`int ${order}`, 3, at + 2, 'int32', order, -123_456],
  [`double ${order}`, 3, at + 4, 'float64', order, -0.1],
  [`huge ${order}`, 3, at + 8, 'uint64', order, '18446744073709551610'],
];
const PYMODBUS: readonly Row[] = [
  ...PLAIN.filter(([, fc, a]) => fc !== 3 || Number(a) < 100 || Number(a) > 155),
  ...typed('ABCD', 100),
  ...typed('CDAB', 112),
  ...typed('BADC', 124),
  ...typed('DCBA', 136),
  ['serial number', 3, 148, 'string', 'ABCD', 'SN 4711-AB', 6],
];
const LIBMODBUS: readonly Row[] = [
  ...PLAIN,
  ['long long', 3, 102, 'int64', 'ABCD', '-9007199254740993'],
  ['int', 3, 100, 'int32', 'ABCD', -123_456],
  ['float', 3, 106, 'float32', 'CDAB', 230.1],
  ['small', 3, 108, 'float32', 'CDAB', -1e-7],
];

const registersOf = (rows: readonly Row[]): object[] =>
  rows.map(([name, fc, address, type, order, , length]) => ({
    name,
    fc,
    address,
    type,
    order,
    ...(length !== undefined && { length }),
  }));
const valuesOf = (report: Report): object =>
  Object.fromEntries(report.readings.map(({ name, value, error }) => [name, error ?? value]));
const expectedOf = (rows: readonly Row[]): object =>
  Object.fromEntries(rows.map(([name, , , , , expected]) => [name, expected]));

describe('foreign Modbus servers, read through modem, broker and Node-RED', () => {
  let broker: TestBroker;
  let flow: ReaderFlow | undefined;
  let ends: (() => Promise<void> | void)[] = [];
  before(async () => {
    broker = await startBroker();
  });
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    ends = [];
  });
  after(async () => {
    await flow?.stop();
    await broker.close();
  });

  const modemAt = (source: string): void => {
    const { modems, exitCode } = startCli(
      ['--broker', `mqtt://127.0.0.1:${broker.port}`, '--imei', IMEI, '--boot-ms', '1', '--source', source],
      { clock: systemClock, print: () => undefined, printError: (line) => console.error(line) },
    );
    assert.equal(exitCode, undefined);
    ends.push(() => modems.forEach((modem) => modem.stop()));
  };
  const read = async (rows: readonly Row[]): Promise<void> => {
    flow ??= await startReaderFlow(`mqtt://127.0.0.1:${broker.port}`);
    const report = await flow.ask({ imei: IMEI, meter: { unit: 1, registers: registersOf(rows) } });
    assert.deepEqual(valuesOf(report), expectedOf(rows));
    assert.ok(report.link.exchanges < rows.length, `${report.link.exchanges} requests`);
  };

  it('pymodbus, RTU frames over TCP', async function () {
    const python = needsPython(this, 'pymodbus');
    const port = await freePort();
    ends.push((await startPeer(python, [join(PEERS, 'pymodbus_server.py'), 'tcp', String(port)])).close);
    modemAt(`tcp://127.0.0.1:${port}`);
    await read(PYMODBUS);
  });

  it('pymodbus on a serial line', async function () {
    const python = needsPython(this, 'pymodbus');
    const cable = await startPtyPair(needs(this, 'socat'));
    ends.push(cable.close);
    ends.push((await startPeer(python, [join(PEERS, 'pymodbus_server.py'), 'serial', cable.ends[1]])).close);
    modemAt(cable.ends[0]);
    await read(PYMODBUS);
  });

  it('libmodbus on a serial line', async function () {
    const gcc = needs(this, 'gcc');
    const flags = needsLibrary(this, 'libmodbus');
    const cable = await startPtyPair(needs(this, 'socat'));
    ends.push(cable.close);
    const folder = mkdtempSync(join(tmpdir(), 'mtx-libmodbus-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync(gcc, ['-Wall', '-Werror', '-o', join(folder, 'server'), join(PEERS, 'libmodbus_server.c'), ...flags]);
    ends.push((await startPeer(join(folder, 'server'), [cable.ends[1]])).close);
    modemAt(cable.ends[0]);
    await read(LIBMODBUS);
  });
});

describe('pymodbus reads the meters that mtx-sim serves', () => {
  it('RTU frames over TCP', async function () {
    const python = needsPython(this, 'pymodbus');
    const { servers } = startCli(['--listen', 'tcp://127.0.0.1:0', '--unit', '7'], {
      clock: systemClock,
      print: () => undefined,
      printError: (line) => console.error(line),
    });
    const [server] = await servers;
    try {
      const words = ['127.0.0.1', String(server?.port), '7', '40', '3'];
      const { stdout } = await promisify(execFile)(python, [join(PEERS, 'pymodbus_client.py'), ...words]);
      assert.equal(stdout.trim(), [40, 41, 42].map((register) => 4096 * 7 + register).join(' '));
    } finally {
      server?.stop();
    }
  });
});

describe('mbpoll reads the simulated meter', () => {
  let end: (() => Promise<void>) | undefined;
  let device = '';
  let mbpoll = '';
  before(async function () {
    mbpoll = needs(this, 'mbpoll');
    const cable = await startPtyPair(needs(this, 'socat'));
    device = cable.ends[1];
    const stop = meterOnSerial(cable.ends[0], LINE);
    end = async () => {
      stop();
      await cable.close();
    };
  });
  after(async () => end?.());

  const poll = async (...args: string[]): Promise<{ values: string[]; said: string }> => {
    const run = promisify(execFile)(mbpoll, [
      '-m',
      'rtu',
      '-b',
      '9600',
      '-P',
      'none',
      '-0',
      '-1',
      '-o',
      '2',
      ...args,
      device,
    ]);
    const { stdout, stderr } = await run.catch((failure: { stdout: string; stderr: string }) => failure);
    return {
      values: [...stdout.matchAll(/^\[\d+\]:\s+(\S+)/gm)].map((found) => found[1] ?? ''),
      said: stdout + stderr,
    };
  };

  it('holding and input registers, 32 bits, coils and discrete inputs, by the rule that they follow', async () => {
    assert.deepEqual((await poll('-a', '1', '-t', '4:hex', '-r', '0', '-c', '3')).values, [
      '0x1000',
      '0x1001',
      '0x1002',
    ]);
    assert.deepEqual((await poll('-a', '7', '-t', '3:hex', '-r', '16', '-c', '2')).values, ['0x5010', '0x5011']);
    assert.deepEqual((await poll('-a', '1', '-t', '4:int', '-B', '-r', '2', '-c', '1')).values, [String(0x1002_1003)]);
    assert.deepEqual((await poll('-a', '1', '-t', '0', '-r', '9', '-c', '10')).values, [
      '1',
      '0',
      '0',
      '1',
      '0',
      '0',
      '1',
      '0',
      '0',
      '1',
    ]);
    assert.deepEqual((await poll('-a', '1', '-t', '1', '-r', '0', '-c', '4')).values, ['0', '1', '0', '1']);
    assert.equal((await poll('-a', '1', '-t', '4', '-r', '0', '-c', '125')).values.length, 125);
  });

  it('gets an exception for what is not there, and silence from a unit that is not', async () => {
    assert.match((await poll('-a', '7', '-t', '4', '-r', '48', '-c', '5')).said, /Illegal data address/);
    assert.match((await poll('-a', '3', '-t', '4', '-r', '0', '-c', '1')).said, /timed out/);
  });
});
