// mtx-sim --listen: the meters without modems, for foreign clients. The client here is modbus-serial's.
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import ModbusRTU from 'modbus-serial';
import { systemClock } from '../../../src/core/transport/lane/clock';
import { startCli } from '../../../src/simulator/index';

describe('mtx-sim --listen', () => {
  let ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.reverse()) end();
    ends = [];
  });

  const start = async (words: string) => {
    const lines: string[] = [];
    const errors: string[] = [];
    const world = {
      clock: systemClock,
      print: (line: string) => void lines.push(line),
      printError: (line: string) => void errors.push(line),
    };
    const { servers, exitCode } = startCli(words.split(' '), world);
    const running = await servers.catch(() => []);
    ends.push(() => running.forEach((server) => server.stop()));
    return { lines, errors, exitCode, ports: running.map(({ port }) => port) };
  };

  it('serves each bus on a port of its own, in turn by --meter a,b', async () => {
    const { lines, ports } = await start(
      '--listen tcp://127.0.0.1:0 --modems 3 --meter modbus,iec62056 --unit 7 --baud 115200',
    );
    assert.deepEqual(
      lines.map((line) => line.replace(/^tcp:\/\/127\.0\.0\.1:\d+ /, '')),
      ['serves modbus', 'serves iec62056', 'serves modbus'],
    );
    const client = new ModbusRTU();
    client.setTimeout(5_000);
    // RTU frames over TCP; its "RTUBuffered" is Modbus TCP
    await client.connectTelnet('127.0.0.1', { port: ports[2] ?? 0 });
    ends.push(() => client.close(() => undefined));
    client.setID(7);
    assert.deepEqual((await client.readHoldingRegisters(5, 2)).data, [4096 * 7 + 5, 4096 * 7 + 6]);
  });

  it('says why a port cannot be had, and serves nothing', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    ends.push(() => taken.close());
    const { ports, errors } = await start(`--listen tcp://127.0.0.1:${(taken.address() as AddressInfo).port}`);
    assert.deepEqual(ports, []);
    assert.match(errors[0] ?? '', /^mtx-sim: --listen: .*EADDRINUSE/);
  });

  it('refuses words that exclude each other or say nothing', async () => {
    const refusals: readonly [string, RegExp][] = [
      ['--listen tcp://127.0.0.1:5020 --broker mqtt://h', /meters without modems: leave --broker away/],
      ['--listen tcp://127.0.0.1:5020 --source tcp://h:1', /--source has meters of its own/],
      ['--listen 127.0.0.1:5020', /--listen is tcp:\/\/127\.0\.0\.1:PORT/],
      ['--listen tcp://127.0.0.1:65535 --modems 2', /no ports above 65535/],
      ['--listen tcp://127.0.0.1:5020 --unit 999', /1 to 247|1 to 255/],
      ['--listen tcp://127.0.0.1:5020 --meter modbus,steam', /--meter steam is not known/],
    ];
    for (const [words, error] of refusals) {
      const { errors, exitCode } = await start(words);
      assert.equal(exitCode, 2, words);
      assert.match(errors[0] ?? '', error);
    }
  });
});
