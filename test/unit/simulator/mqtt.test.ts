// The simulated modem on real connections: a broker in this process, MQTT 3.1.1, TLS with client certificates, and
// mtx-sim.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { connectAsync, type MqttClient } from 'mqtt';
import { systemClock } from '../../../src/core/transport/lane/clock';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import {
  brokerUrl,
  fasterClock,
  modemSpec,
  seededRandom,
  simulatedModem,
  startCli,
  type ModemCore,
} from '../../../src/simulator';
import { needs } from '../../support/tier';
import { IMEI, ruleMeter } from './support';

interface Stand {
  readonly url: string;
  readonly port: number;
  readonly messages: { readonly topic: string; readonly text: string }[];
  readonly platform: MqttClient;
  heard(topic: string, count: number): Promise<string[]>;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

async function stand(): Promise<Stand> {
  const { Aedes } = await import('aedes');
  const broker = await Aedes.createBroker();
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  const url = `mqtt://127.0.0.1:${port}`;
  const messages: { topic: string; text: string }[] = [];
  const platform = await connectAsync(url, { clientId: 'platform', reconnectPeriod: 20 });
  platform.on('message', (topic, payload) => void messages.push({ topic, text: payload.toString('latin1') }));
  await platform.subscribeAsync('#');
  const heard = async (topic: string, count: number): Promise<string[]> => {
    const found = (): string[] =>
      messages.filter((message) => message.topic === `${IMEI}/${topic}`).map((message) => message.text);
    for (let i = 0; i < 6_000 && found().length < count; i++) await systemClock.sleep(10);
    return found();
  };
  const close = async (): Promise<void> => {
    await platform.endAsync(true);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => broker.close(() => server.close(resolve)));
  };
  return { url, port, messages, platform, heard, cut: () => [...sockets].forEach((socket) => socket.destroy()), close };
}

describe('simulated modem over MQTT', () => {
  let broker: Stand;
  before(async () => {
    broker = await stand();
  });
  after(() => broker.close());

  it('connects, reports, answers on its serial and AT topics, and comes back after a loss', async () => {
    const clock = fasterClock(systemClock, 50);
    const spec = modemSpec(
      { imei: IMEI, meters: [ruleMeter(1)], config: { MQTT_server: `tcp://127.0.0.1:${broker.port}` } },
      clock,
    );
    const modem = simulatedModem(spec, { protocolVersion: 4, isServerChecked: true }, clock, seededRandom(1));
    modem.start();
    const [status] = await broker.heard('dns', 1);
    assert.equal((JSON.parse(status ?? '') as { IMEI: string }).IMEI, IMEI);
    await broker.platform.publishAsync(`${IMEI}/rx`, Buffer.from(fromHex('01030064000285d4')), { qos: 1 });
    assert.deepEqual(
      (await broker.heard('tx', 1)).map((text) => Buffer.from(text, 'latin1').toString('hex')),
      ['0103041064106572c7'],
    );
    await broker.platform.publishAsync(`${IMEI}/AT`, 'AT+CSQ', { qos: 1 });
    assert.deepEqual(await broker.heard('ATR', 1), ['AT+CSQ\r\r\n+CSQ: 18,99\r\n\r\nOK\r\n']);
    const before = (await broker.heard('dns', 1)).length;
    broker.cut();
    assert.ok((await broker.heard('dns', before + 1)).length > before);
    assert.equal(modem.state, 'online');
    modem.reboot();
    assert.equal(modem.state, 'booting');
    assert.ok((await broker.heard('dns', before + 2)).length >= before + 2);
    modem.stop();
  });

  it('rehearses the classic mistake: meters on RS485, and MTX_invertedCom as shipped', async () => {
    const lines: string[] = [];
    const started = (invertedCom: string, imei: string): readonly ModemCore[] =>
      startCli(
        `--broker ${broker.url} --imei ${imei} --boot-ms 10 --verbose --rs485 --set MTX_invertedCom=${invertedCom}`.split(
          ' ',
        ),
        { clock: systemClock, print: (line) => void lines.push(line), printError: (line) => assert.fail(line) },
      ).modems;
    const imeis = { off: '490154203237526', on: '490154203237534' };
    const modems = [...started('off', imeis.off), ...started('on', imeis.on)];
    for (let i = 0; i < 6_000 && modems.some((modem) => modem.state !== 'online'); i++) await systemClock.sleep(10);
    for (const imei of Object.values(imeis)) {
      await broker.platform.publishAsync(`${imei}/rx`, Buffer.from(fromHex(`010300000001${crcOf('010300000001')}`)));
      await broker.platform.publishAsync(`${imei}/AT`, 'AT+CSQ');
    }
    const atReplies = (): number =>
      broker.messages.filter(({ topic }) => /^4901542032375(26|34)\/ATR$/.test(topic)).length;
    for (let i = 0; i < 6_000 && atReplies() < 2; i++) await systemClock.sleep(10);
    for (const modem of modems) modem.stop();
    assert.ok(
      lines.some((line) => line.includes(`${imeis.on} heard`)),
      'the port that the gateway serves',
    );
    assert.ok(!lines.some((line) => line.includes(`${imeis.off} heard`)), 'the port that it does not serve');
  });

  it('starts from words, says what it does, and refuses wrong words', async () => {
    const lines: string[] = [];
    const errors: string[] = [];
    const world = {
      clock: systemClock,
      print: (line: string) => void lines.push(line),
      printError: (line: string) => void errors.push(line),
    };
    const start = (words: string): ReturnType<typeof startCli> => startCli(words.split(' '), world);
    const { modems } = start(
      `--broker ${broker.url} --modems 3 --imei 49015420323751 --unit 1,7 --boot-ms 10 --style flat --status-period 60 --verbose --set MTX_msToSend=30 --seed 4 --choice localEcho=on --choice messageCap=4 --locked`,
    );
    for (let i = 0; i < 6_000 && modems.some((modem) => modem.state !== 'online'); i++) await systemClock.sleep(10);
    assert.deepEqual(
      modems.map((modem) => modem.state),
      ['online', 'online', 'online'],
    );
    assert.match(
      lines[0] ?? '',
      /^490154203237518 hears 490154203237518\/rx, speaks on 490154203237518\/tx, AT on 490154203237518\/AT$/,
    );
    await broker.platform.publishAsync(
      '490154203237518/rx',
      Buffer.from(fromHex('0703000000018c6c'.replace('8c6c', crcOf('070300000001')))),
    );
    for (let i = 0; i < 6_000 && !broker.messages.some((message) => message.topic === '490154203237518/tx'); i++)
      await systemClock.sleep(10);
    assert.equal(modems[0]?.body.isLocked, true);
    assert.ok(
      lines.some((line) => /490154203237518 sent 4 bytes 07030000/.test(line)),
      lines.join('\n'),
    );
    for (const modem of modems) modem.stop();

    assert.equal(start('--help').exitCode, 0);
    assert.match(lines.at(-1) ?? '', /--broker URL/);
    const refusals: [string, RegExp][] = [
      ['--modems 2', /--broker is missing/],
      ['--broker localhost', /is no URL/],
      ['--broker mqtt://h --modems x', /--modems is a whole number/],
      ['--broker mqtt://h --imei 12', /15 digits/],
      ['--broker mqtt://h --meter steam', /--meter steam is not known; known are modbus/],
      ['--broker mqtt://h --profile none', /--profile none is not known/],
      ['--broker mqtt://h --style loud', /--style loud is not known; known are raw, echo/],
      ['--broker mqtt://h --fault explode', /"explode" is not known/],
      ['--broker mqtt://h --choice direction=C', /choice direction is A or B/],
      ['--broker mqtt://h --choice messageCap=big', /is a number/],
      ['--broker mqtt://h --choice luck=1', /not known; write name=value with one of bootMsMin/],
      ['--broker mqtt://h --set FOO_bar=1', /a parameter of config.txt/],
      ['--broker mqtt://h --format 9N1', /like 8N1 or 7E1/],
      ['--broker mqtt://h --source tcp://h', /--source is tcp:\/\/host:port/],
      ['--broker mqtt://h --source tcp://h:1 --modems 2', /one modem/],
      ['--broker mqtt://h --replay /no/such/file', /--replay: ENOENT/],
      ['--broker mqtt://h --unit 999', /1 to 247/],
      ['--broker mqtt://h --frobnicate', /frobnicate/],
    ];
    for (const [words, error] of refusals) {
      errors.length = 0;
      assert.equal(start(words).exitCode, 2, words);
      assert.match(errors[0] ?? '', error);
    }
  });
});

describe('simulated modem over TLS', () => {
  it('checks the server, and shows its certificate where the broker demands one', async function () {
    const folder = mkdtempSync(join(tmpdir(), 'mtx-sim-'));
    const openssl = (words: string): boolean => spawnSync('openssl', words.split(' '), { cwd: folder }).status === 0;
    try {
      needs(this, 'openssl');
      writeFileSync(join(folder, 'san'), 'subjectAltName=IP:127.0.0.1');
      assert.ok(
        openssl(
          'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -subj /CN=test-ca -days 2',
        ),
      );
      for (const name of ['server', 'modem']) {
        assert.ok(
          openssl(
            `req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`,
          ),
        );
        assert.ok(
          openssl(
            `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ${name}.pem -days 2 -extfile san`,
          ),
        );
      }
      const pem = (name: string): string => readFileSync(join(folder, name), 'utf8');
      const { Aedes } = await import('aedes');
      const broker = await Aedes.createBroker();
      const server = createTlsServer(
        {
          key: pem('server.key'),
          cert: pem('server.pem'),
          ca: pem('ca.pem'),
          requestCert: true,
          rejectUnauthorized: true,
        },
        (socket) => void broker.handle(socket),
      );
      server.on('tlsClientError', () => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const clock = fasterClock(systemClock, 1000);
      const attempt = async (tls: {
        ca?: string;
        cert?: string;
        key?: string;
      }): Promise<{ state: string; troubles: string[] }> => {
        const troubles: string[] = [];
        const spec = modemSpec(
          {
            imei: IMEI,
            config: { MQTT_server: `ssl://127.0.0.1:${(server.address() as AddressInfo).port}` },
            choices: { bootMsMin: 0, bootMsMax: 0, backoffMsMin: 60_000 },
          },
          clock,
        );
        const modem: ModemCore = simulatedModem(
          spec,
          { protocolVersion: 4, isServerChecked: true, ...tls, onTrouble: (_imei, text) => void troubles.push(text) },
          clock,
          seededRandom(1),
        );
        modem.start();
        for (let i = 0; i < 6_000 && modem.state !== 'online' && troubles.length === 0; i++)
          await systemClock.sleep(10);
        const { state } = modem;
        modem.stop();
        return { state, troubles };
      };
      assert.match((await attempt({})).troubles.join(' '), /certificate/);
      assert.notEqual((await attempt({ ca: pem('ca.pem') })).state, 'online');
      assert.equal(
        (await attempt({ ca: pem('ca.pem'), cert: pem('modem.pem'), key: pem('modem.key') })).state,
        'online',
      );
      await new Promise((resolve) => broker.close(() => server.close(resolve)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  it('takes the server as config.txt writes it', () => {
    assert.deepEqual(['tcp://h:1883', 'ssl://h:8883', 'mqtts://h', 'WSS://h'].map(brokerUrl), [
      'mqtt://h:1883',
      'mqtts://h:8883',
      'mqtts://h',
      'WSS://h',
    ]);
  });
});

function crcOf(hex: string): string {
  let crc = 0xffff;
  for (const byte of fromHex(hex)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return toHex(Uint8Array.of(crc & 0xff, crc >> 8));
}
