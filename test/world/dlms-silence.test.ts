// What a meter that does not answer costs the others of its line: a lane in virtual time, latency 1.2 s, two attempts.
import assert from 'node:assert/strict';
import { scanHdlc, encodeHdlc, type HdlcFrame } from '../../src/core/dlms/link/hdlc';
import { parseDlms } from '../../src/core/readers/dlms-query';
import { dlmsJob } from '../../src/core/readers/dlms';
import { Fields } from '../../src/core/readers/fields';
import { fromHex } from '../../src/core/wire/bytes';
import { asReadError, type ReadError } from '../../src/core/wire/errors';
import { LaneWorld } from '../support/lane-world';
import { said } from '../support/said';

const LINE = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const GMAC = { auth: 'gmac', security: 'auth+encrypt', clientTitle: '4d4d4d0000bc614e', client: '1' };
const KEYS = {
  encryptionKey: '000102030405060708090a0b0c0d0e0f',
  authenticationKey: 'd0d1d2d3d4d5d6d7d8d9dadbdcdddedf',
  password: '12345678',
};

interface Held {
  readonly types: readonly string[];
  readonly error: ReadError;
  /** How long the line was held, in ms. */
  readonly ms: number;
}

/** Reads from a meter that says `answer` to each frame: nothing, if left out. */
async function held(
  meter: Record<string, unknown>,
  answer?: (frame: HdlcFrame) => Uint8Array | undefined,
): Promise<Held> {
  const types: string[] = [];
  const world: LaneWorld = new LaneWorld({
    roundTrip: { guessMs: 1200, floorMs: 1000, ceilingMs: 30_000 },
    transmit: async (bytes) => {
      for (let at = 0; at < bytes.length;) {
        const found = scanHdlc(bytes.subarray(at));
        if (found === 'more') break; // the closing flag, which could open a frame
        if ('frame' in found) {
          types.push(`${found.frame.type} ${found.frame.dest.size}`);
          const bytesBack = answer?.(found.frame);
          if (bytesBack) void world.clock.sleep(300).then(() => world.lane.hear(bytesBack));
        }
        at += 'frame' in found ? found.size : found.skip;
      }
    },
  });
  const query = parseDlms(new Fields({ server: '77', items: ['1-0:1.8.0'], ...meter }), KEYS);
  const job = { label: 'meter', line: LINE, attempts: 2, queueMs: 600_000, ...dlmsJob(query, {}) };
  const ended = world.lane.run(job).then(
    () => assert.fail('nobody is there'),
    (thrown: unknown) => asReadError(thrown),
  );
  return { error: await world.clock.runUntil(ended), types, ms: world.clock.now() };
}

const UA = ({ src, dest }: HdlcFrame): Uint8Array =>
  encodeHdlc({
    type: 'UA',
    isFinal: true,
    dest: src,
    src: dest,
    info: fromHex('818012050180060180070400000001080400000001'),
  });

describe('a meter that does not answer', () => {
  for (const [name, meter] of [
    ['a length that is given', { addressBytes: '1' }],
    ['a length to be found', {}],
    ['a physical address, length to be found', { physical: '17' }],
    ['a counter to be asked for first', { ...GMAC, addressBytes: '1' }],
    ['a counter to be asked for first, length to be found', GMAC],
  ] as const) {
    it(`holds the line for 45 s at most: ${name}`, async () => {
      const { error, ms } = await held(meter);
      assert.equal(error.code, 'NO_REPLY');
      assert.ok(ms <= 45_000, `${ms} ms`);
    });
  }
  it('auto tries each length once an attempt, DISC once in all, and says no goodbye', async () => {
    const { types } = await held({});
    const lengths = [1, 2, 4];
    assert.deepEqual(types, [
      ...lengths.map((size) => `SNRM ${size}`),
      ...lengths.map((size) => `DISC ${size}`),
      ...lengths.map((size) => `SNRM ${size}`),
    ]);
  });
  it('names client, server and physical address, and what they usually are', async () => {
    const { error } = await held({ client: '3', physical: '9' });
    assert.deepEqual([error.facts['client'], error.facts['server'], error.facts['physical']], [3, 77, 9]);
    assert.match(said(error), /client 3 .*server 77, physical address 9.*client 16 .*server 1.*16, 17/);
  });
  it('that connects and then keeps silent costs no more, and is told goodbye once', async () => {
    const { error, types, ms } = await held({ addressBytes: '1' }, (frame) =>
      frame.type === 'SNRM' ? UA(frame) : undefined,
    );
    assert.equal(error.reason, 'dlms.fellSilent');
    assert.equal(types.filter((type) => type.startsWith('DISC')).length, 2);
    assert.ok(ms <= 45_000, `${ms} ms`);
  });
  it('a UA that comes late, while another length is tried, is taken', async () => {
    let isLate = false;
    const { error } = await held({}, (frame) => {
      const back = isLate && frame.type === 'SNRM' ? UA({ ...frame, dest: { size: 1, upper: 77 } }) : undefined;
      isLate = true;
      return back;
    });
    assert.equal(error.reason, 'dlms.fellSilent');
  });
});
