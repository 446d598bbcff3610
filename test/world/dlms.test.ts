// Whole sessions in virtual time: every fault at every message, over each transport and security. What comes out is the
// right value or an error with code and stage; the connection is closed, and the next read on the line is clean.
import assert from 'node:assert/strict';
import { obisOctets } from '../../src/core/meter/obis';
import { ProcessCounter } from '../../src/core/dlms/security/counter';
import { encodeHdlc } from '../../src/core/dlms/link/hdlc';
import { readDlms, type DlmsOptions } from '../../src/core/dlms/read';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import type { Dialogue } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import type { Readout } from '../../src/core/meter/reading';
import { dlmsMeter, type DlmsMeter } from '../../src/simulator/meters/dlms/meter';
import type { ServerQuirks } from '../../src/simulator/meters/dlms/server-types';
import type { Meter } from '../../src/simulator/serial/meter';
import { profileCells, PROFILE_START_MS } from '../../src/simulator/meters/dlms/demo-objects';
import { AK, CLIENT_TITLE, EK, METER_TITLE, PASSWORD } from '../support/dlms-bench';
import { faults, losing, World, type Fault } from '../support/dlms-driver';
import { said } from '../support/said';

/** Above what the meter has seen, so that no public client is asked first. */
const KNOWN = new ProcessCounter(100_000n);
KNOWN.atLeast(100_000n);

type Security = 'none' | 'low' | 'gmac';
type Transport = 'hdlc' | 'wrapper';
const SECURITIES: readonly Security[] = ['none', 'low', 'gmac'];
const TRANSPORTS: readonly Transport[] = ['hdlc', 'wrapper'];

const ATTRIBUTES = {
  kind: 'attributes',
  items: ['1.8.0', '32.7.0', '3.8.0'].map((code) => ({ obis: obisOctets(code), classId: 3 })),
} as const;
const VALUES = [1043677, 230.4, '18446744073709551.615'];
const HOURS = {
  kind: 'profile',
  profile: {
    obis: obisOctets('1-0:99.1.0'),
    from: { ms: Date.UTC(2026, 9, 2), isLocal: true },
    to: { ms: Date.UTC(2026, 9, 2, 12), isLocal: true },
  },
} as const;
const ROWS = Array.from({ length: 49 }, (_, i) =>
  Number(profileCells((Date.UTC(2026, 9, 2) - PROFILE_START_MS) / 900_000 + i)[1]?.value),
);

function meterWith(
  transport: Transport,
  info = 128,
  sendPdu = 65_535,
  referencing: 'LN' | 'SN' = 'LN',
  quirks: ServerQuirks = {},
): DlmsMeter {
  let counter = 0;
  return dlmsMeter({
    transport,
    sendPdu,
    referencing,
    quirks,
    clients: [
      { client: 16, mechanism: 0, policy: 0 },
      { client: 1, mechanism: 1, password: PASSWORD, policy: 0 },
      { client: 2, mechanism: 5, policy: 0x30 },
    ],
    security: {
      suite: 0,
      title: METER_TITLE,
      encryptionKey: EK,
      authenticationKey: AK,
      lowestCounter: 500,
      nextCounter: () => ++counter,
    },
    demo: { deviceName: 'MTX1000000000001', client: 16, clockMs: Date.UTC(2026, 10, 22, 8, 30), deviation: -60 },
    hdlc: { limits: { maxInfoTransmit: info, maxInfoReceive: info, windowTransmit: 1, windowReceive: 1 } },
  });
}

function optionsFor(transport: Transport, security: Security, request: DlmsOptions['request']): DlmsOptions {
  const open = {
    interface: transport,
    server: 1,
    physical: 0,
    addressBytes: 1,
    referencing: 'LN',
    suite: 0,
    request,
    clientTitle: CLIENT_TITLE,
    meterMs: 2000,
  } as const;
  switch (security) {
    case 'none':
      return { ...open, client: 16, authentication: 'none', security: 'none', credentials: {} };
    case 'low':
      return { ...open, client: 1, authentication: 'low', security: 'none', credentials: { password: PASSWORD } };
    case 'gmac':
      return {
        ...open,
        client: 2,
        authentication: 'gmac',
        security: 'auth+encrypt',
        credentials: { encryptionKey: EK, authenticationKey: AK },
      };
  }
}

function isRight(readout: Readout, request: DlmsOptions['request']): void {
  if (request.kind === 'profile')
    assert.deepEqual(
      readout.rows?.map((row) => row.values[1]),
      ROWS,
    );
  else
    assert.deepEqual(
      readout.readings.map((reading) => reading.value),
      VALUES,
    );
}

/** Right, or an honest error; afterwards the same line reads right without faults. Returns what happened. */
function outcome(
  transport: Transport,
  security: Security,
  request: DlmsOptions['request'],
  fault: { toMeter?: Fault; toClient?: Fault },
  seed = 1,
  sendPdu?: number,
  referencing: 'LN' | 'SN' = 'LN',
): string {
  let isFaulty = true;
  const gate =
    (inner: Fault | undefined): Fault =>
    (bytes, random, count) =>
      isFaulty && inner ? inner(bytes, random, count) : [{ bytes, lateMs: 0 }];
  const world = new World(meterWith(transport, 128, sendPdu, referencing), {
    seed,
    toMeter: gate(fault.toMeter),
    toClient: gate(fault.toClient),
  });
  const counter = new ProcessCounter();
  const read = (): Readout =>
    world.run(readDlms({ ...optionsFor(transport, security, request), counter, referencing }, world.memory));
  let happened = 'right';
  try {
    isRight(read(), request);
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    assert.notEqual(error.code, 'INTERNAL', said(error));
    assert.ok(error.stage, `${error.code} without stage`);
    assert.ok(!/0001020304|d0d1d2d3|31323334353637/i.test(said(error)));
    happened = `${error.code} ${error.stage}`;
  }
  if (transport === 'hdlc') assert.equal(world.sent.at(-1)?.[5], 0x53, `${happened}: the last word was no DISC`);
  isFaulty = false;
  world.run(quiet());
  isRight(read(), request);
  return happened;
}

const SINGLE_FAULTS: Readonly<Record<string, (bytes: Uint8Array) => ReturnType<Fault>>> = {
  'doubled at once': (bytes) => [
    { bytes, lateMs: 0 },
    { bytes, lateMs: 1 },
  ],
  'doubled late': (bytes) => [
    { bytes, lateMs: 0 },
    { bytes, lateMs: 300 },
  ],
  'doubled later': (bytes) => [
    { bytes, lateMs: 0 },
    { bytes, lateMs: 700 },
  ],
  'held up': (bytes) => [{ bytes, lateMs: 5000 }],
  cut: (bytes) => [{ bytes: bytes.slice(0, bytes.length >> 1), lateMs: 0 }],
};

/**
 * What the lane does after a failure: it listens until the line has been quiet; and the meter's inactivity time-out
 * runs out.
 */
function* quiet(): Dialogue<void> {
  yield { do: 'pause', ms: 130_000 };
  while ((yield { do: 'receive', ms: 10_000, since: 'heard' }) !== undefined) continue;
}

describe('DLMS sessions in a bad world', () => {
  for (const transport of TRANSPORTS) {
    for (const security of SECURITIES) {
      for (const referencing of ['LN', 'SN'] as const) {
        it(`${transport}, ${security}, ${referencing}: each single message lost, each way`, () => {
          const seen = new Set<string>();
          for (let n = 1; n <= 14; n++) {
            seen.add(outcome(transport, security, ATTRIBUTES, { toMeter: losing(n) }, 1, undefined, referencing));
            seen.add(outcome(transport, security, ATTRIBUTES, { toClient: losing(n) }, 1, undefined, referencing));
          }
          if (transport === 'hdlc')
            assert.deepEqual([...seen], ['right']); // the link recovers what is lost
          else
            assert.ok(
              seen.has('right') && [...seen].every((one) => one === 'right' || one.startsWith('NO_REPLY')),
              [...seen].join(' '),
            );
        });
      }
      it(`${transport}, ${security}: loss, damage, repetition and delay, seeded`, () => {
        for (let seed = 1; seed <= 12; seed++) {
          const hurt = faults({
            lose: 0.06,
            repeat: 0.05,
            delay: 0.05,
            delayMs: 4000,
            ...(transport === 'hdlc' && { damage: 0.05 }),
          });
          outcome(transport, security, seed % 2 ? ATTRIBUTES : HOURS, { toMeter: hurt, toClient: hurt }, seed);
        }
      });
    }
    it(`${transport}: damage under ciphering never gives a wrong value, even without a checksum below`, () => {
      for (let seed = 1; seed <= 12; seed++)
        outcome(transport, 'gmac', ATTRIBUTES, { toClient: faults({ damage: 0.2 }) }, seed);
    });
    it(`${transport}: a profile whose line breaks off comes whole`, () => {
      for (let n = 6; n <= 20; n += 2) {
        const dead: Fault = (bytes, _random, count) => (count >= n && count < n + 6 ? [] : [{ bytes, lateMs: 0 }]);
        outcome(transport, 'none', HOURS, { toClient: dead }, n, 200);
      }
    });
  }
  for (const referencing of ['LN', 'SN'] as const) {
    for (const transport of TRANSPORTS) {
      for (const security of SECURITIES) {
        it(`${referencing}, ${transport}, ${security}: a message doubled at once, doubled late, held up or cut, at every stage, each way`, () => {
          for (const [name, at] of Object.entries(SINGLE_FAULTS)) {
            for (let n = 1; n <= 12; n++) {
              const fault: Fault = (bytes, _random, count) => (count === n ? at(bytes) : [{ bytes, lateMs: 0 }]);
              // TCP gives the meter a whole request or none: half a one would wait for the next, and swallow it
              for (const way of transport === 'wrapper' && name === 'cut'
                ? [{ toClient: fault }]
                : [{ toMeter: fault }, { toClient: fault }]) {
                try {
                  const happened = outcome(transport, security, ATTRIBUTES, way, n, undefined, referencing);
                  // an answer that comes twice is no harm
                  if (name.startsWith('doubled') && 'toClient' in way) assert.equal(happened, 'right');
                } catch (error) {
                  throw new Error(`${name} at ${n} ${Object.keys(way)[0]}: ${String(error)}`, { cause: error });
                }
              }
            }
          }
        });
      }
    }
  }
  it('goes on behind the last row that came, though the meter sends one APDU and the connection breaks in it', () => {
    const lengths = new Set<string>();
    for (let n = 8; n <= 16; n++) {
      const meter = meterWith('hdlc');
      const world = new World(meter, {
        toClient: (bytes, _random, count) => (count >= n && count < n + 12 ? [] : [{ bytes, lateMs: 0 }]),
      });
      isRight(world.run(readDlms(optionsFor('hdlc', 'none', HOURS), world.memory)), HOURS);
      const froms = meter.server.requests.flatMap((apdu) =>
        apdu[0] === 0xc0 && apdu[4] === 7 && apdu[12] === 1 ? [Buffer.from(apdu.subarray(36, 44)).toString('hex')] : [],
      );
      assert.ok(froms.length >= 2, `broken at ${n}`);
      lengths.add(froms[froms.length - 1] ?? '');
    }
    // the further the answer had come, the later the second request begins
    assert.ok(lengths.size >= 5, [...lengths].join(' '));
  });
  it('a meter over the wrapper closes its TCP connection behind RLRE (jDLMS): the read is whole, and nothing is said to nobody', () => {
    for (const security of SECURITIES) {
      for (const isRlreLost of [false, true]) {
        const inner = meterWith('wrapper');
        let isClosed = false;
        const meter: Meter = {
          get line() {
            return inner.line;
          },
          hear: (bytes, now) => {
            assert.ok(!isClosed, 'something was said to a closed connection');
            isClosed = bytes[8] === 0x62;
            const replies = inner.hear(bytes, now);
            if (isClosed) assert.equal(replies[0]?.bytes[8], 0x63);
            return isClosed && isRlreLost ? [] : replies;
          },
        };
        const world = new World(meter);
        for (let poll = 0; poll < 2; poll++) {
          isRight(
            world.run(readDlms({ ...optionsFor('wrapper', security, ATTRIBUTES), counter: KNOWN }, world.memory)),
            ATTRIBUTES,
          );
          assert.ok(isClosed);
          isClosed = false; // the modem connects anew with the next request
        }
      }
    }
  });
  it('D8 01 02 to the RLRQ of a ciphered association (GuruxDLMS.c): the values stand, over either transport', () => {
    for (const transport of TRANSPORTS) {
      const world = new World(meterWith(transport, 128, 65_535, 'LN', { refusesRelease: true }));
      for (let poll = 0; poll < 2; poll++)
        isRight(
          world.run(readDlms({ ...optionsFor(transport, 'gmac', ATTRIBUTES), counter: KNOWN }, world.memory)),
          ATTRIBUTES,
        );
      const last = world.sent[world.sent.length - 1] ?? assert.fail();
      assert.equal(transport === 'hdlc' ? last[5] : last[8], transport === 'hdlc' ? 0x53 : 0x62);
    }
  });
  for (const [said, apdu] of [
    ['exception-response service-not-allowed', 'd80101'],
    ['exception-response other-reason', 'd80103'],
    ['AARE rejected-transient', '6117a109060760857405080101a203020102a305a103020101'],
  ] as const) {
    it(`an association of an earlier client is still open, and the AARQ answered by ${said}: DISC, and on`, () => {
      for (const security of SECURITIES) {
        const inner = meterWith('hdlc');
        let [isHeld, aarqs] = [true, 0];
        const meter: Meter = {
          get line() {
            return inner.line;
          },
          hear: (bytes, now) => {
            if (bytes[5] === 0x53) isHeld = false;
            const isAarq = toHex(bytes).includes('e6e60060');
            if (isAarq) aarqs++;
            const replies = inner.hear(bytes, now); // the frame itself is acknowledged as ever
            if (!isAarq || !isHeld) return replies;
            const client = bytes[4] ?? 0;
            return [
              {
                afterMs: 50,
                bytes: encodeHdlc({
                  type: 'I',
                  ns: 0,
                  nr: 1,
                  isFinal: true,
                  dest: { size: 1, upper: client >> 1 },
                  src: { size: 1, upper: 1 },
                  info: fromHex(`e6e700${apdu}`),
                }),
              },
            ];
          },
        };
        const world = new World(meter);
        const read = (): Readout =>
          world.run(readDlms({ ...optionsFor('hdlc', security, ATTRIBUTES), counter: KNOWN }, world.memory));
        if (security === 'low' && said.startsWith('AARE')) {
          // a wrong password may hide behind it: not said twice
          assert.throws(read, (e) => e instanceof ReadError && e.code === 'METER_BUSY' && e.retryable);
          assert.equal(aarqs, 1);
          continue;
        }
        isRight(read(), ATTRIBUTES);
        assert.equal(aarqs, 2);
        isHeld = true;
        const stubborn: Meter = {
          get line() {
            return inner.line;
          },
          hear: (bytes, now) => {
            const replies = meter.hear(bytes, now);
            isHeld = true;
            return replies;
          },
        };
        const shut = new World(stubborn);
        aarqs = 0;
        assert.throws(
          () => shut.run(readDlms({ ...optionsFor('hdlc', security, ATTRIBUTES), counter: KNOWN }, shut.memory)),
          (e) => e instanceof ReadError && e.stage === 'authenticate',
        );
        assert.equal(aarqs, 2); // once more, not for ever
        assert.equal(shut.sent.at(-1)?.[5], 0x53);
      }
    });
  }
  it('an association of an earlier client hides the invocation counter from the public client: DISC, asked again, and no value below it used', () => {
    const inner = meterWith('hdlc');
    let isHeld = true;
    const world = new World({
      get line() {
        return inner.line;
      },
      hear: (bytes, now) => {
        if (bytes[5] === 0x53) isHeld = false;
        const replies = inner.hear(bytes, now);
        if (!isHeld || !toHex(bytes).includes('e6e60060')) return replies;
        return [
          {
            afterMs: 50,
            bytes: encodeHdlc({
              type: 'I',
              ns: 0,
              nr: 1,
              isFinal: true,
              dest: { size: 1, upper: (bytes[4] ?? 0) >> 1 },
              src: { size: 1, upper: 1 },
              info: fromHex('e6e700d80101'),
            }),
          },
        ];
      },
    });
    isRight(
      world.run(readDlms({ ...optionsFor('hdlc', 'gmac', ATTRIBUTES), counter: new ProcessCounter() }, world.memory)),
      ATTRIBUTES,
    );
    assert.ok(
      !world.heard.some((bytes) => toHex(bytes).includes('d80106')),
      "a counter value below the meter's was used",
    );
  });
  it('says goodbye wherever it is cancelled', () => {
    for (const security of SECURITIES) {
      for (let step = 1; step < 60; step++) {
        const world = new World(meterWith('hdlc'));
        try {
          world.run(readDlms(optionsFor('hdlc', security, ATTRIBUTES), world.memory), step);
        } catch (error) {
          assert.match(String(error), /cancelled/);
        }
        if (world.sent.length === 0) continue;
        const last = world.sent[world.sent.length - 1] ?? assert.fail();
        assert.equal(last[5], 0x53, `cancelled at step ${step}, last sent ${Buffer.from(last).toString('hex')}`);
      }
    }
  });
  it('counts: a day at 2030, 512 and 128 octets, and over the wrapper; HLS one more', () => {
    const day = {
      kind: 'profile',
      profile: { ...HOURS.profile, to: { ms: Date.UTC(2026, 9, 3), isLocal: true } },
    } as const;
    const counted = (transport: Transport, info: number, security: Security): number => {
      const world = new World(meterWith(transport, info));
      const counter = new ProcessCounter();
      const read = (): Readout =>
        world.run(readDlms({ ...optionsFor(transport, security, day), counter }, world.memory));
      assert.equal(read().rows?.length, 97);
      world.sent = [];
      assert.equal(read().rows?.length, 97);
      return world.sent.length;
    };
    assert.deepEqual(
      [
        counted('hdlc', 2030, 'none'),
        counted('hdlc', 512, 'none'),
        counted('hdlc', 128, 'none'),
        counted('wrapper', 0, 'none'),
      ],
      [2 + 4, 6 + 4, 24 + 4, 1 + 3],
    );
    // SNRM, AARQ, proof, what the profile captures, DISC; the name is not asked: the system title tells it
    assert.deepEqual([counted('hdlc', 2030, 'gmac'), counted('wrapper', 0, 'gmac')], [2 + 5, 1 + 4]);
  });
  it('signs on before each connection where mode E wants it, after a break too', () => {
    let signOns = 0;
    const signOn = function* (): Dialogue<void> {
      signOns++;
      yield { do: 'pause', ms: 1 };
    };
    const meter = meterWith('hdlc');
    const world = new World(meter, {
      toClient: (bytes, _random, count) => (count >= 10 && count < 22 ? [] : [{ bytes, lateMs: 0 }]),
    });
    isRight(world.run(readDlms({ ...optionsFor('hdlc', 'none', HOURS), signOn }, world.memory)), HOURS);
    assert.equal(signOns, 2);
  });
  it('sends no secret in the clear but the LLS password, which the standard sends so', () => {
    const world = new World(meterWith('hdlc'));
    world.run(readDlms(optionsFor('hdlc', 'gmac', ATTRIBUTES), world.memory));
    const wire = world.sent.map((bytes) => Buffer.from(bytes).toString('hex')).join('');
    for (const secret of [EK, AK]) assert.ok(!wire.includes(Buffer.from(secret).toString('hex')));
    assert.ok(wire.includes(Buffer.from(fromHex('4d4d4d0000bc614e')).toString('hex')));
  });
});
