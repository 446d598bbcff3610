// Whatever arrives on a status topic: nothing throws, counts stay the sum of the modems, and memory stays bounded.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StatusReader } from '../../src/core/fleet/presence/status';
import { STATUS_ALIASES } from '../../src/core/fleet/presence/status-table';
import { FleetWorld, message } from '../support/presence-world';

const SEED = 20_261_122;
const keys = fc.oneof(
  fc.constantFrom(...Object.values(STATUS_ALIASES).flat(), '__proto__', 'constructor', 'toString', 'IO0', 'ADC99'),
  fc.string(),
);
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom('353234028103206', 353234028103206, 99, '18', -1, 1e308, '-77 dBm', '\u0000', ''),
);
const json = fc.dictionary(keys, values).map((object) => JSON.stringify(object));
const imeis = fc.integer({ min: 0, max: 40 }).map((i) => String(353_234_028_000_000 + i));

describe('property: fleet status', () => {
  it('reads or refuses any bytes, and gives facts of their kind only', () => {
    const reader = new StatusReader();
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      json.map((text) => Buffer.from(text)),
      json.map((text) => Buffer.from(text.slice(0, -3))),
      fc
        .anything()
        .map((thing) =>
          Buffer.from(String(JSON.stringify(thing, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)))),
        ),
    );
    fc.assert(
      fc.property(payload, (bytes) => {
        const status = reader.read(bytes);
        if (typeof status === 'string') return;
        const { imei, signal, time, uptimeS, name, ip, model, firmware, technology, operator, cell, area, sim } =
          status;
        assert.ok(imei === undefined || /^\d{15}$/.test(imei));
        for (const text of [name, ip, model, firmware, technology, operator, cell, area, sim])
          assert.ok(text === undefined || (text.length > 0 && text.length <= 64));
        for (const number of [time, uptimeS])
          assert.ok(number === undefined || (Number.isFinite(number) && number >= 0));
        assert.ok(
          !signal || signal.dbm === null || (Number.isInteger(signal.dbm) && signal.dbm >= -140 && signal.dbm <= -30),
        );
        assert.ok(!signal || (signal.dbm === null) === (signal.bars === null));
      }),
      { numRuns: 3_000, seed: SEED },
    );
  });

  it('keeps counts, list and memory in step over any story', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('status' as const), imei: imeis, text: json }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constantFrom('will', 'traffic', 'forget', 'retained', 'place', 'restart') as fc.Arbitrary<string>,
          imei: imeis,
          text: json,
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constantFrom('wait', 'deaf') as fc.Arbitrary<string>,
          imei: imeis,
          text: fc.constant(''),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (story) => {
        let world = new FleetWorld({ maxModems: 30 });
        for (const { do: what, imei, text } of story) {
          const { fleet } = world;
          if (what === 'status' || what === 'retained')
            fleet.hearStatus(message(`${imei}/dns`, text, what === 'retained'));
          else if (what === 'will') fleet.hearWill(imei);
          else if (what === 'traffic') fleet.hearTraffic(imei, true);
          else if (what === 'forget') fleet.forget(imei);
          else if (what === 'place' && fleet.size < 30) fleet.setPlace(imei, { name: text.slice(0, 20) });
          else if (what === 'deaf') fleet.setListening(!fleet.isListening);
          else if (what === 'wait') {
            await world.clock.advance(400_000);
            fleet.tick();
          } else if (what === 'restart') {
            const chunk = fleet.takeChunk(0);
            world = new FleetWorld({ maxModems: 30 });
            world.fleet.restore(chunk);
          }
          const { counts } = world.fleet;
          const { modems } = world.fleet.list();
          assert.equal(modems.length, counts.total);
          assert.ok(counts.total <= 30);
          for (const [state, count] of Object.entries(counts.states))
            assert.equal(modems.filter((modem) => modem.state === state).length, count, state);
          assert.equal(modems.filter(({ isWeak }) => isWeak).length, counts.weak);
          assert.equal(
            modems.flatMap(({ alarms }) => alarms).length,
            Object.values(counts.alarms).reduce((a, b) => a + b),
          );
          assert.equal(
            Object.values(counts.firmware).reduce((a, b) => a + b, 0),
            counts.total,
          );
        }
        assert.ok((world.fleet.takeChunk(0)?.length ?? 0) < 30 * 2_000);
      }),
      { numRuns: 120, seed: SEED },
    );
  });

  it('does not grow by what one modem sends', () => {
    const world = new FleetWorld();
    const sizes: number[] = [];
    for (let i = 0; i < 2_000; i++) {
      const junk = Object.fromEntries(Array.from({ length: 50 }, (_, k) => [`key${i}x${k}`, 'y'.repeat(100)]));
      world.status({ ...junk, IP: `10.${i}`, VER: 'v'.repeat(i % 300), CSQ: i % 40 });
      world.events.length = 0;
      if (i % 500 === 499)
        sizes.push(
          JSON.stringify(world.fleet.modem('353234028103206')).length + JSON.stringify(world.fleet.counts).length,
        );
    }
    assert.ok(Math.max(...sizes) < 4_000, String(sizes));
  });
});
