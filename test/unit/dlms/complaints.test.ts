// What users of other DLMS software complain of, and that it does not happen here: one test per complaint, over whole
// sessions.
import assert from 'node:assert/strict';
import { dlmsSession, readDlms, type DlmsOptions, type Readout } from '../../../src/core/index';
import { ProcessCounter } from '../../../src/core/dlms/security/counter';
import { obisOctets } from '../../../src/core/meter/obis';
import { PushStream } from '../../../src/core/dlms/push/push-stream';
import { encodeHdlc } from '../../../src/core/dlms/link/hdlc';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { leaving, type Dialogue } from '../../../src/core/wire/dialogue';
import type { ReadError } from '../../../src/core/wire/errors';
import { code, octets } from '../../../src/simulator/meters/dlms/model';
import type { ServerQuirks } from '../../../src/simulator/meters/dlms/server-types';
import type { HdlcServerOptions } from '../../../src/simulator/meters/dlms/hdlc-server';
import { dlmsMeter, type DlmsMeter } from '../../../src/simulator/meters/dlms/meter';
import type { Meter } from '../../../src/simulator/serial/meter';
import {
  AK,
  bench,
  CLIENT_TITLE,
  EK,
  METER_TITLE,
  PASSWORD,
  thrown,
  type BenchOptions,
} from '../../support/dlms-bench';
import { losing, World, type WorldOptions } from '../../support/dlms-driver';
import { VirtualLine } from '../../support/virtual-line';
import { vectorFile } from '../../support/vectors';
import { said } from '../../support/said';

const ITEMS = ['1.8.0', '32.7.0'].map((text) => ({ obis: obisOctets(text) }));
const VALUES = [1_043_677, 230.4];
const request = { kind: 'attributes', items: ITEMS } as const;
const OPEN: DlmsOptions = {
  interface: 'hdlc',
  client: 16,
  server: 1,
  physical: 0,
  addressBytes: 'auto',
  referencing: 'LN',
  authentication: 'none',
  security: 'none',
  suite: 0,
  credentials: {},
  request,
  meterMs: 3000,
};
const LOW: DlmsOptions = { ...OPEN, client: 1, authentication: 'low', credentials: { password: PASSWORD } };

function meterWith(
  hdlc: Partial<HdlcServerOptions> = {},
  quirks: ServerQuirks = {},
  name = 'MTX1000000000001',
): DlmsMeter {
  return dlmsMeter({
    transport: 'hdlc',
    hdlc,
    quirks,
    clients: [
      { client: 16, mechanism: 0, policy: 0 },
      { client: 1, mechanism: 1, password: PASSWORD, policy: 0 },
    ],
    security: {
      suite: 0,
      title: METER_TITLE,
      encryptionKey: EK,
      authenticationKey: AK,
      lowestCounter: 0,
      nextCounter: () => 1,
    },
    demo: { deviceName: name, client: 16, clockMs: Date.UTC(2026, 10, 22, 8, 30), deviation: -60 },
  });
}
const valuesOf = ({ readings }: Readout): unknown => readings.map((reading) => reading.value);
function reads(meter: Meter, o: WorldOptions = {}, options: DlmsOptions = OPEN): World {
  const world = new World(meter, o);
  assert.deepEqual(valuesOf(world.run(readDlms(options, world.memory))), VALUES);
  return world;
}
function failure(meter: Meter, options: DlmsOptions = OPEN): { error: ReadError; world: World } {
  const world = new World(meter);
  return { world, error: thrown(() => world.run(readDlms(options, world.memory))) };
}
const value = (o: BenchOptions): unknown => valuesOf(bench(o).read(request));

describe('complaints of users', () => {
  it("1 time-outs over modems although the vendor's software works: 14 s of round trip where 4 are expected, a meter that takes its time", () => {
    const meter = meterWith({ answerMs: 2500 });
    const line = new VirtualLine(
      (bytes, now) => meter.hear(bytes, now).map((reply) => ({ at: now + 14_000 + reply.afterMs, bytes: reply.bytes })),
      { latencyMs: 4000 },
    );
    assert.deepEqual(valuesOf(line.run(readDlms({ ...OPEN, addressBytes: 1 }, line))), VALUES);
    const { error } = failure({ line: meter.line, hear: () => [] });
    assert.equal(error.code, 'NO_REPLY');
    for (const hint of ['address', 'baud rate', '8N1', 'wiring', 'mode e']) assert.ok(said(error).includes(hint), hint);
  });
  it('2 reads into oblivion: a lost frame is asked for again, and a meter that is not ready ends the read in time', () => {
    for (let n = 2; n < 8; n++) {
      reads(meterWith(), { toClient: losing(n) });
      reads(meterWith(), { toMeter: losing(n) });
    }
    for (const [quirks, words] of [
      [{ busyPolls: 1e9 }, /busy \(RNR\).*read again later/],
      [{ thinkingPolls: 1e9 }, /no answer to it in time; give it more time/],
    ] as const) {
      const { error, world } = failure(meterWith({ quirks }));
      assert.deepEqual([error.code, error.retryable], ['NO_REPLY', true]);
      assert.match(said(error), words);
      assert.ok(world.now < 60_000, String(world.now));
    }
  });
  it('3 addressing: the length is found by itself; a wrong server and a wrong client are told apart, each with what to try', () => {
    for (const address of [
      { size: 1, upper: 1 },
      { size: 2, upper: 1, lower: 17 },
      { size: 4, upper: 1, lower: 17 },
    ] as const) {
      const options = { ...OPEN, physical: address.size === 1 ? 0 : 17 };
      const world = reads(meterWith({ addresses: [address] }), {}, options);
      world.sent = [];
      world.run(readDlms(options, world.memory));
      assert.equal(world.sent.filter((bytes) => bytes.includes(0x93)).length, 1); // remembered: one SNRM
    }
    reads(
      meterWith({ addresses: [{ size: 2, upper: 1, lower: 17 }] }),
      {},
      { ...OPEN, physical: 0x7f, addressBytes: 2 },
    ); // all-station: whatever its address
    reads(
      meterWith({ addresses: [{ size: 4, upper: 1, lower: 2836 }] }),
      {},
      { ...OPEN, physical: 0x3fff, addressBytes: 4 },
    );
    const server = failure(meterWith(), { ...OPEN, server: 5 }).error;
    assert.deepEqual([server.code, server.stage], ['NO_REPLY', 'connect']);
    assert.match(said(server), /server address 5 in 1 byte.*server 1/);
    const client = failure(meterWith(), { ...OPEN, client: 32 }).error;
    assert.deepEqual([client.code, client.stage], ['ASSOCIATION_REFUSED', 'authenticate']);
    assert.match(said(client), /client SAP/);
  });
  it('4 association refused and nobody says why; "accepted" without user-information is no success', () => {
    assert.match(
      said(failure(meterWith(), { ...LOW, credentials: { password: fromHex('00') } }).error),
      /authentication failure; the password or key is wrong/,
    );
    const bare = failure(meterWith({}, { bareAare: true })).error;
    assert.equal(bare.code, 'ASSOCIATION_REFUSED');
    assert.match(said(bare), /no user-information.*check client SAP/);
  });
  const gmac: BenchOptions = {
    client: 2,
    server: {
      clients: [
        { client: 16, mechanism: 0, policy: 0 },
        { client: 2, mechanism: 5, policy: 0x30 },
      ],
    },
    session: {
      authentication: 'gmac',
      security: 'auth+encrypt',
      credentials: { encryptionKey: EK, authenticationKey: AK },
    },
  };
  it('5 invocation counter out of step: put right by itself, and its object may be another for each client', () => {
    const counter = new ProcessCounter();
    counter.atLeast(3n);
    assert.deepEqual(
      value({ ...gmac, security: { lowestCounter: 90_000 }, session: { ...gmac.session, counter } }),
      VALUES,
    );
    const own = Uint8Array.of(0, 0, 43, 1, 2, 255);
    const objects = bench().server.options.objects.map((object) =>
      object.classId === 1 && object.instance[2] === 43
        ? {
            ...object,
            instance: own,
            attributes: new Map([[2, { type: 'double-long-unsigned', value: 4711 }]] as const),
          }
        : object,
    );
    const set = bench({
      ...gmac,
      server: { ...gmac.server, objects },
      security: { lowestCounter: 4712 },
      session: { ...gmac.session, counterObject: own },
    });
    assert.deepEqual(valuesOf(set.read(request)), VALUES);
    assert.equal(set.links.length, 2); // the public client read it: no counter error had to say it
  });
  it('6 from the public to the management client on one line while the first session is still open: DISC, and on', () => {
    for (const whileOpen of ['FRMR', 'DM', 'silence'] as const) {
      const world = new World(meterWith({ quirks: { whileOpen } }));
      world.run(dlmsSession(OPEN, world.memory).open()); // never closed
      assert.deepEqual(valuesOf(world.run(readDlms(LOW, world.memory))), VALUES, whileOpen);
    }
  });
  it('7 the echo of an optical head or a half-duplex converter is no answer', () => {
    reads(meterWith(), { isEchoing: true });
    reads(meterWith(), { isEchoing: true, chunk: 5 }, LOW); // client 1 and server 1: even the addresses are the same
    const { error } = failure({ line: meterWith().line, hear: (bytes) => [{ afterMs: 0, bytes }] });
    assert.ok(error.code === 'NO_REPLY' || error.code === 'BAD_FRAME', error.code);
    assert.equal(error.stage, 'connect');
  });
  it('8 time zones: the sign of the deviation, daylight saving inside it, 8000, a meter in standard time all year', () => {
    const clock = (hex: string): unknown => {
      const objects = bench().server.options.objects.map((object) =>
        object.classId === 8 ? { ...object, attributes: new Map([[2, octets(fromHex(hex))]]) } : object,
      );
      return bench({ server: { objects } }).read({ kind: 'attributes', items: [{ obis: obisOctets('0-0:1.0.0') }] })
        .readings[0]?.value;
    };
    // Blue Book: local time + deviation = UTC
    assert.equal(clock('07e80118030e303900ffc400'), '2024-01-24T14:48:57+01:00');
    assert.equal(clock('07e80718030e303900ff8880'), '2024-07-24T14:48:57+02:00');
    assert.equal(clock('07e80718030e303900ffc400'), '2024-07-24T14:48:57+01:00'); // no summer time kept: none is added
    assert.equal(clock('07e80118030e303900012c00'), '2024-01-24T14:48:57-05:00');
    assert.equal(clock('07e80118030e303900800000'), '2024-01-24T14:48:57'); // not told, so not guessed
  });
  it('9 encryption: which key is missing, encrypt-only meters, an empty system title, a wrong tag', () => {
    const with_ = (session: BenchOptions['session']): string =>
      said(thrown(() => value({ ...gmac, session: { ...gmac.session, ...session } })));
    assert.match(with_({ credentials: { authenticationKey: AK } }), /encryption key/);
    assert.match(with_({ credentials: { encryptionKey: EK } }), /authentication key/);
    assert.deepEqual(
      value({
        client: 3,
        server: { clients: [{ client: 3, mechanism: 0, policy: 0x20 }] },
        session: { security: 'encrypt', credentials: { encryptionKey: EK } },
      }),
      VALUES,
    );
    assert.match(
      said(thrown(() => value({ ...gmac, server: { ...gmac.server, quirks: { hidesTitle: 'empty' } } }))),
      /enter the meter's system title/,
    );
    assert.match(
      said(thrown(() => value({ ...gmac, server: { ...gmac.server, quirks: { answers: 'wrong-tag' } } }))),
      /tag of the answer is wrong/,
    );
  });
  it('10 pushes of many frames are joined; frames with 7E inside, or a pause of 3 s in the middle, are whole', () => {
    const { hex } =
      vectorFile<{ vectors: readonly { id: string; hex: string }[] }>('dlms.json').vectors.find(
        ({ id }) => id === 'push-lgz-gbt',
      ) ?? assert.fail();
    for (const cut of [1, 7, 1000]) {
      const stream = new PushStream({ interface: 'hdlc', language: 'en', security: 'none', suite: 0, credentials: {} });
      const found = (hex.match(new RegExp(`.{1,${2 * cut}}`, 'g')) ?? []).flatMap((part) => stream.take(fromHex(part)));
      assert.equal(found.length, 1);
    }
    const flags = bench().server.options.objects.map((object) =>
      object.instance[2] === 96 && object.instance[3] === 1
        ? { ...object, attributes: new Map([[2, octets(new Uint8Array(40).fill(0x7e))]]) }
        : object,
    );
    const meter = meterWith();
    Object.assign(meter.server.options, { objects: flags });
    const serial = {
      ...OPEN,
      request: { kind: 'attributes', items: [{ obis: obisOctets('0-0:96.1.0'), classId: 1 }] },
    } as const;
    const world = new World(meter, {
      chunk: 20,
      toClient: (bytes, _random, n) => [{ bytes, lateMs: n === 7 ? 3000 : 0 }],
    });
    assert.equal(world.run(readDlms(serial, world.memory)).readings[0]?.value, '~'.repeat(40));
  });
  it('11 short names, and every mechanism of high level security', () => {
    for (const referencing of ['SN', 'LN'] as const) {
      for (const [authentication, mechanism] of [
        ['low', 1],
        ['md5', 3],
        ['sha1', 4],
        ['gmac', 5],
        ['sha256', 6],
      ] as const) {
        assert.deepEqual(
          value({
            client: 2,
            server: { referencing, clients: [{ client: 2, mechanism, password: PASSWORD, policy: 0 }] },
            session: {
              referencing,
              authentication,
              clientTitle: CLIENT_TITLE,
              credentials: { password: PASSWORD, encryptionKey: EK, authenticationKey: AK },
            },
          }),
          VALUES,
          `${referencing} ${authentication}`,
        );
      }
    }
  });
  it('12 scaler and unit are never forgotten: no scaler, no value; where the meter tells a wrong one the user says the right one', () => {
    const hidden = bench().server.options.objects.map((object) =>
      object.classId === 3
        ? { ...object, attributes: new Map([...object.attributes].filter(([attribute]) => attribute !== 3)) }
        : object,
    );
    for (const reading of bench({ server: { objects: hidden } }).read(request).readings)
      assert.deepEqual([reading.value, reading.error?.code, reading.raw !== undefined], [undefined, 'BAD_VALUE', true]);
    const [, volts] = bench().read({
      kind: 'attributes',
      items: [{ obis: obisOctets('1.8.0') }, { obis: obisOctets('32.7.0'), scaler: -2, unit: 'V' }],
    }).readings;
    assert.deepEqual([volts?.value, volts?.unit], [23.04, 'V']);
  });
  it('13 mode E: a sign-on before each connection, and the error without it names it', () => {
    let signOns = 0;
    const signOn = function* (): Dialogue<void> {
      signOns++;
      yield { do: 'pause', ms: 1 };
    };
    reads(meterWith(), {}, { ...OPEN, signOn });
    assert.equal(signOns, 1);
    assert.match(said(failure({ line: meterWith().line, hear: () => [] }).error), /mode e/);
  });
  it('14 a JavaScript library: a meter is read with what the package exports, without Node-RED', () => {
    const world = new World(meterWith());
    const session = dlmsSession(OPEN, world.memory);
    world.run(session.open());
    assert.deepEqual(valuesOf(world.run(session.read(request))), VALUES);
    world.run(leaving(session.close()));
  });
  it('15 bounds: an answer in blocks that lies about its lengths ends in an error; several meters on one bus keep apart', () => {
    for (const [octets, lie] of [
      [/^(c402.{12}00)30/, '$184ffffffff'],
      [/^(c402.{12}00)30/, '$10f'],
      [/^(c402.{12}00)3001../, '$13001ff'],
      [/^(c402.{12}00)3001../, '$13084ffffffff'],
    ] as const) {
      const lies = (answer: Uint8Array): Uint8Array => fromHex(toHex(answer).replace(octets, lie));
      assert.equal(
        thrown(() => bench({ server: { sendPdu: 60 }, change: lies }).read({ kind: 'objects' })).code,
        'BAD_VALUE',
        lie,
      );
    }
    const bus = [17, 18].map((lower) => {
      const meter = meterWith({ addresses: [{ size: 2, upper: 1, lower }] }, {}, `METER${lower}`);
      const value = [[2, octets(code(lower, 1, 1, 1, 1, 1))]] as const;
      Object.assign(meter.server.options, {
        objects: meter.server.options.objects.map((object) =>
          object.instance[2] === 96 && object.instance[3] === 1 ? { ...object, attributes: new Map(value) } : object,
        ),
      });
      return meter;
    });
    const world = new World({
      line: meterWith().line,
      hear: (bytes, now) => bus.flatMap((meter) => meter.hear(bytes, now)),
    });
    for (const physical of [17, 18, 17, 18]) {
      const serial = {
        ...OPEN,
        physical,
        request: { kind: 'attributes', items: [{ obis: obisOctets('0-0:96.1.0'), classId: 1 }] },
      } as const;
      world.inject(
        encodeHdlc({
          type: 'I',
          ns: 0,
          nr: 1,
          isFinal: true,
          dest: { size: 1, upper: 16 },
          src: { size: 2, upper: 1, lower: 35 - physical },
          info: fromHex('e6e700c401c1000906636363636363'),
        }),
        900,
      );
      assert.equal(world.run(readDlms(serial, world.memory)).readings[0]?.value, `${physical.toString(16)}0101010101`);
    }
  });
});
