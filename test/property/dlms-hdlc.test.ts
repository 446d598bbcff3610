// Laws of the HDLC codec and its stream: any cut gives the same frames, any frame comes back as it went, and no bytes
// whatever make anything but frames or a ReadError. HDLC_FUZZ=1000000 for the long run.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes, toHex } from '../../src/core/wire/bytes';
import { ReadError } from '../../src/core/wire/errors';
import { encodeHdlc, scanHdlc, type HdlcFrame } from '../../src/core/dlms/link/hdlc';
import type { HdlcAddress } from '../../src/core/dlms/link/hdlc-address';
import { HdlcInbox } from '../../src/core/dlms/link/hdlc-inbox';
import { HdlcLink } from '../../src/core/dlms/link/hdlc-link';
import { decodeParameters, encodeParameters } from '../../src/core/dlms/link/hdlc-negotiation';
import { ReceiveWindow, SendWindow } from '../../src/core/dlms/link/hdlc-window';
import { UiCollector } from '../../src/core/dlms/link/ui-collector';
import { scanWrapper } from '../../src/core/dlms/link/wrapper';
import type { Meter } from '../../src/simulator/serial/meter';
import { LINE, seeded, World } from '../support/dlms-driver';

const PLAIN = { noNullPrototype: true } as const;
const seven = fc.integer({ min: 0, max: 0x7f });
const fourteen = fc.integer({ min: 0, max: 0x3fff });
const address: fc.Arbitrary<HdlcAddress> = fc.oneof(
  fc.record({ size: fc.constant(1 as const), upper: seven }, PLAIN),
  fc.record({ size: fc.constant(2 as const), upper: seven, lower: seven }, PLAIN),
  fc.record({ size: fc.constant(4 as const), upper: fourteen, lower: fourteen }, PLAIN),
);
const three = fc.integer({ min: 0, max: 7 });
const control = fc.oneof(
  fc.record({ type: fc.constant('I' as const), ns: three, nr: three }, PLAIN),
  fc.record({ type: fc.constantFrom('RR' as const, 'RNR' as const, 'REJ' as const), nr: three }, PLAIN),
  fc.record(
    {
      type: fc.constantFrom(
        'SNRM' as const,
        'UA' as const,
        'DISC' as const,
        'DM' as const,
        'FRMR' as const,
        'UI' as const,
      ),
    },
    PLAIN,
  ),
);
const frame: fc.Arbitrary<HdlcFrame> = fc
  .tuple(
    control,
    fc.record(
      {
        dest: address,
        src: address,
        isFinal: fc.boolean(),
        isSegmented: fc.boolean(),
        info: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 100, maxLength: 2030 })),
      },
      PLAIN,
    ),
  )
  .map(([what, rest]) => ({ ...rest, ...what }));

function framesOf(chunks: readonly Uint8Array[]): string[] {
  const inbox = new HdlcInbox();
  const found: string[] = [];
  for (const chunk of chunks) {
    inbox.push(chunk);
    for (let one = inbox.next(); one; one = inbox.next()) found.push(toHex(encodeHdlc(one)));
  }
  return found;
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
}

describe('hdlc properties', () => {
  it('decode(encode(x)) is x', () =>
    fc.assert(
      fc.property(frame, (one) => {
        const found = scanHdlc(encodeHdlc(one));
        assert.ok(found !== 'more' && 'frame' in found);
        assert.deepEqual(found.frame, one);
      }),
      { numRuns: 300, seed: 1 },
    ));
  it('any cut of any stream gives the same frames', () =>
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.array(fc.uint8Array({ maxLength: 12 }), { minLength: 6, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        (frames, noise, sizes) => {
          const bytes = concatBytes(
            ...frames.flatMap((one, i) => [noise[i] ?? new Uint8Array(0), encodeHdlc(one)]),
            noise[5] ?? new Uint8Array(0),
          );
          assert.deepEqual(framesOf(cut(bytes, sizes)), framesOf([bytes]));
        },
      ),
      { numRuns: 200, seed: 2 },
    ));
  it('random bytes are frames only by their checks, and cost nothing', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
        for (const scan of [scanHdlc, scanWrapper]) {
          for (let at = 0, n = 0; at < bytes.length; n++) {
            const found = scan(bytes.subarray(at));
            if (found === 'more') break;
            const size = 'skip' in found ? found.skip : found.size;
            assert.ok(size >= 1 && n <= bytes.length);
            at += size;
          }
        }
        decodeParameters(bytes);
        new UiCollector().push(bytes);
      }),
      { numRuns: 200, seed: 2 },
    ));
  it('parameters come back as they went', () => {
    const info = fc.integer({ min: 32, max: 2030 });
    const window = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(
        fc.record(
          { maxInfoTransmit: info, maxInfoReceive: info, windowTransmit: window, windowReceive: window },
          PLAIN,
        ),
        (p) => assert.deepEqual(decodeParameters(encodeParameters(p)), p),
      ),
      { seed: 4 },
    );
  });
  it('windows: whatever is lost, the APDUs come through once and in order', () =>
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer(),
        (apdus, window, seed) => {
          const random = seeded(seed);
          const [sender, receiver] = [new SendWindow(), new ReceiveWindow()];
          const got: string[] = [];
          for (const apdu of apdus) {
            sender.load(apdu, 20);
            for (let turn = 0; !sender.isDone; turn++) {
              assert.ok(turn < 500);
              for (const { ns, info, isSegmented } of sender.take(window))
                if (random() > 0.3) receiver.accept(ns, info, isSegmented);
              if (random() > 0.3) assert.notEqual(sender.acknowledge(receiver.vr), undefined);
              sender.rewind();
            }
            for (let one = receiver.shift(); one; one = receiver.shift()) got.push(toHex(one));
          }
          assert.deepEqual(got, apdus.map(toHex));
        },
      ),
      { numRuns: 300, seed: 3 },
    ));
  it('mutated frames: no damaged one passes as another, within bounded time', () => {
    const runs = Number(process.env['HDLC_FUZZ'] ?? 20_000);
    const random = seeded(20_061_946);
    const pick = (n: number): number => Math.floor(random() * n);
    const samples = fc
      .sample(frame, { numRuns: 200, seed: 7 })
      .filter(({ info }) => info.length < 300)
      .map((one) => encodeHdlc(one));
    const known = new Set(samples.map(toHex));
    const collector = new UiCollector();
    let passed = 0;
    for (let n = 0; n < runs; n++) {
      const sample = samples[pick(samples.length)] ?? assert.fail();
      const bytes = sample.slice();
      for (let flips = 1 + pick(4); flips > 0; flips--) bytes[pick(bytes.length)] = pick(256);
      const mutated = pick(8) === 0 ? bytes.slice(0, pick(bytes.length)) : bytes;
      for (const hex of framesOf(cut(mutated, [1 + pick(60)]))) if (!known.has(hex)) passed += 1;
      collector.push(mutated);
    }
    // Sixteen bits of check let through about one damaged frame in 65536; with HCS and FCS far fewer.
    assert.ok(passed <= 3 + runs / 20_000, `${passed} of ${runs}`);
  });
  it('a meter that talks nonsense: an error of ours to read, in bounded time', () => {
    const samples = fc.sample(frame, { numRuns: 300, seed: 11 });
    for (let seed = 1; seed <= 150; seed++) {
      const random = seeded(seed);
      const mad: Meter = {
        line: LINE,
        hear: () => {
          const count = Math.floor(random() * 4);
          const frames = Array.from({ length: count }, () => {
            const one = samples[Math.floor(random() * samples.length)] ?? assert.fail();
            const isUa = random() < 0.2;
            return encodeHdlc({
              ...(isUa ? { ...one, type: 'UA', info: new Uint8Array(0) } : one),
              dest: { size: 1, upper: 16 },
              src: { size: 1, upper: 1 },
            } as HdlcFrame);
          });
          return count === 0 ? [] : [{ afterMs: 20, bytes: concatBytes(...frames) }];
        },
      };
      const world = new World(mad, { seed });
      const link = new HdlcLink({ client: 16, server: 1, physical: 0, addressBytes: 1, memory: world.memory });
      const steps: readonly (() => unknown)[] = [
        () => world.run(link.open()),
        () => world.run(link.exchange(Uint8Array.of(1), 2000)),
        () => world.run(link.receive(2000)),
        () => world.run(link.send(new Uint8Array(500))),
        () => world.run(link.close()),
      ];
      for (const step of steps) {
        try {
          step();
        } catch (e) {
          assert.ok(e instanceof ReadError, String(e));
        }
      }
      assert.ok(world.now < 1_200_000, `seed ${seed}: ${world.now}`);
    }
  });
});
