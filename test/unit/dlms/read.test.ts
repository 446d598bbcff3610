import assert from 'node:assert/strict';
import { COSEM_CLASSES } from '../../../src/core/dlms/model/cosem-classes';
import { meaningOf, plainValue, scaledMeaning } from '../../../src/core/dlms/model/cosem';
import { decodeData, type Data } from '../../../src/core/dlms/apdu/axdr';
import { obisName } from '../../../src/core/dlms/model/obis';
import { obisText, obisOctets } from '../../../src/core/meter/obis';
import { listsOf, rowsAtOnce, tripsOf } from '../../../src/core/dlms/reading/round-trips';
import type { WantedProfile } from '../../../src/core/dlms/reading/requests';
import { CONFORMANCE } from '../../../src/core/dlms/apdu/initiate';
import { encodeDataNotification } from '../../../src/core/dlms/apdu/notification';
import { encodeGeneralBlock } from '../../../src/core/dlms/apdu/block';
import { objectsOfLn } from '../../../src/core/dlms/model/objects';
import { rowsOf } from '../../../src/core/dlms/reading/profile-rows';
import { PushCollector } from '../../../src/core/dlms/push/push';
import { fromHex } from '../../../src/core/wire/bytes';
import type { Readout } from '../../../src/core/meter/reading';
import { demoObjects, profileCells, PROFILE_START_MS } from '../../../src/simulator/meters/dlms/demo-objects';
import { profileObject, type ProfileModel } from '../../../src/simulator/meters/dlms/profile-model';
import { DlmsSession } from '../../../src/core/dlms/session';
import { DlmsServer } from '../../../src/simulator/meters/dlms/application';
import { bench, FakeLink, LN_ALL, PASSWORD, run, thrown, type BenchOptions } from '../../support/dlms-bench';
import { explainError, explainReason } from '../../../src/words/index';
import { said } from '../../support/said';

const TEN = ['1.8.0', '1.8.1', '1.8.2', '2.8.0', '3.8.0', '32.7.0', '52.7.0', '72.7.0', '31.7.0', '14.7.0'].map(
  (code) => ({ obis: obisOctets(code) }),
);
const TEN_VALUES = [1043677, 700000, 343677, 5840, '18446744073709551.615', 230.4, 231.1, 229.8, 5.12, 49.98];
const local = (day: number, hour = 0, minute = 0): { ms: number; isLocal: true } => ({
  ms: Date.UTC(2026, 9, day, hour, minute),
  isLocal: true,
});
const DAY: WantedProfile = { obis: obisOctets('1-0:99.1.0'), from: local(2), to: local(3) };
const index = (ms: number): number => (ms - PROFILE_START_MS) / 900_000;

/** The rows of a span as they must come out, reckoned from the model and not from the wire. */
function expected(from: number, to: number, zone = '+01:00'): Readout['rows'] {
  const rows = [];
  for (let ms = from; ms <= to; ms += 900_000) {
    const [status, ...numbers] = profileCells(index(ms)).map((cell) => Number(cell.value));
    rows.push({
      at: new Date(ms).toISOString().slice(0, 19) + zone,
      values: [status, numbers[0], numbers[1], (numbers[2] ?? 0) / 10],
    });
  }
  return rows as Readout['rows'];
}
const ONE_DAY = expected(Date.UTC(2026, 9, 2), Date.UTC(2026, 9, 3));
const profileRows = (o: BenchOptions, profile: WantedProfile = DAY): Readout['rows'] =>
  bench(o).read({ kind: 'profile', profile }).rows;
const valuesOf = (o: BenchOptions): unknown =>
  bench(o)
    .read({ kind: 'attributes', items: TEN })
    .readings.map((reading) => reading.value);

describe('attributes', () => {
  it('reads ten registers with scaler and unit in one request, and without them the next time', () => {
    const set = bench();
    const { readings } = set.read({ kind: 'attributes', items: TEN });
    assert.deepEqual(
      readings.map((reading) => reading.value),
      TEN_VALUES,
    );
    assert.deepEqual(
      readings.map((reading) => reading.unit),
      ['Wh', 'Wh', 'Wh', 'Wh', 'varh', 'V', 'V', 'V', 'A', 'Hz'],
    );
    assert.equal(set.exchanges(), 2); // AARQ and one list
    const [first] = set.server.requests;
    const before = set.exchanges();
    assert.deepEqual(
      set.read({ kind: 'attributes', items: TEN }).readings.map((reading) => reading.value),
      TEN_VALUES,
    );
    assert.equal(set.exchanges() - before, 2);
    assert.ok((set.server.requests[1]?.length ?? 0) < (first?.length ?? 0) - 90);
  });
  it('sees within a day that the meter was set up for other transformers', () => {
    let now = 0;
    const objects = [
      ...demoObjects({ deviceName: 'MTX1000000000001', client: 16, counter: () => 0, clockMs: 0, deviation: 0 }),
    ];
    const set = bench({ server: { objects }, now: () => now });
    const voltage = (): unknown =>
      set.read({ kind: 'attributes', items: TEN }).readings.find(({ unit }) => unit === 'V')?.value;
    assert.equal(voltage(), 230.4);
    const at = objects.findIndex(({ classId, instance }) => classId === 3 && instance[2] === 32);
    const object = objects[at] ?? assert.fail();
    objects[at] = {
      ...object,
      attributes: new Map([...object.attributes, [3, decodeData(fromHex('02020f001623'))] as const]),
    };
    now = 86_400_000;
    const before = set.exchanges();
    assert.equal(voltage(), 2_304);
    assert.equal(set.exchanges() - before, 2, 'in the list of the values');
  });
  it('forgets scalers when another meter stands at the same address', () => {
    const set = bench();
    set.read({ kind: 'attributes', items: TEN });
    const other = bench({ demo: { deviceName: 'OTHER99' } });
    const coarse = other.server.options.objects.map((object) =>
      object.classId === 3 && object.instance[2] === 32
        ? { ...object, attributes: new Map([...object.attributes, [3, decodeData(fromHex('02020f001623'))] as const]) }
        : object,
    );
    const server = new DlmsServer({ ...other.server.options, objects: coarse });
    const session = new DlmsSession((client) => new FakeLink(server, client), set.options, set.memory);
    run(session.open());
    const values = run(session.read({ kind: 'attributes', items: TEN })).readings.map((reading) => reading.value);
    assert.deepEqual(
      values,
      TEN_VALUES.map((value) => (value === 230.4 ? 2304 : value)),
    );
    assert.equal(server.requests.length, 2); // without scalers, then all again
  });
  it('asks for the short names anew when another meter stands at the same address: the old ones mean other registers there', () => {
    const set = bench({ server: { referencing: 'SN' }, session: { referencing: 'SN' } });
    set.read({ kind: 'attributes', items: TEN });
    assert.equal(set.exchanges(), 3); // AARQ, object list, and all values in one list
    set.read({ kind: 'attributes', items: TEN });
    assert.equal(set.exchanges(), 5); // what was learned in the first association is this meter's
    const other = bench({ demo: { deviceName: 'OTHER99' }, server: { referencing: 'SN' } });
    const moved = (name: number): number => (name === 0x2000 ? 0x2300 : name === 0x2300 ? 0x2000 : name);
    const objects = other.server.options.objects.map((object) => {
      const list = object.attributes.get(2);
      if (object.classId !== 12 || typeof list !== 'object' || list.type !== 'array')
        return { ...object, baseName: moved(object.baseName) };
      const entries = list.value.map((entry): Data =>
        entry.type === 'structure'
          ? {
              ...entry,
              value: entry.value.map((field): Data =>
                field.type === 'long' ? { ...field, value: moved(field.value) } : field,
              ),
            }
          : entry,
      );
      return { ...object, attributes: new Map([...object.attributes, [2, { ...list, value: entries }] as const]) };
    });
    const session = new DlmsSession(
      (client) => new FakeLink(new DlmsServer({ ...other.server.options, objects }), client),
      set.options,
      set.memory,
    );
    run(session.open());
    assert.deepEqual(
      run(session.read({ kind: 'attributes', items: TEN })).readings.map((reading) => reading.value),
      TEN_VALUES,
    );
  });
  for (const quirks of [{ lists: 'exception' }, { lists: 'single' }, { longestList: 4 }] as const) {
    it(`falls back from a list that is refused (${JSON.stringify(quirks)}), and remembers`, () => {
      const set = bench({ server: { quirks } });
      assert.deepEqual(
        set.read({ kind: 'attributes', items: TEN }).readings.map((reading) => reading.value),
        TEN_VALUES,
      );
      const refused = set.server.requests.filter((apdu) => apdu[1] === 3 && (apdu[3] ?? 0) > 4).length;
      set.read({ kind: 'attributes', items: TEN });
      assert.equal(set.server.requests.filter((apdu) => apdu[1] === 3 && (apdu[3] ?? 0) > 4).length, refused);
    });
  }
  it('gives up lists after two silences', () => {
    const set = bench({ server: { quirks: { lists: 'silent' } } });
    for (let i = 0; i < 2; i++)
      assert.equal(thrown(() => set.read({ kind: 'attributes', items: TEN.slice(0, 1) })).code, 'NO_REPLY');
    for (let i = 0; i < 6; i++)
      try {
        set.read({ kind: 'attributes', items: TEN.slice(0, 1) });
      } catch {
        /* shorter lists are tried */
      }
    assert.deepEqual(set.read({ kind: 'attributes', items: TEN.slice(0, 1) }).readings[0]?.value, 1043677);
  });
  it('respects the PDU size, the conformance and short names', () => {
    assert.deepEqual(valuesOf({ server: { maxPdu: 64 } }), TEN_VALUES);
    assert.deepEqual(
      valuesOf({
        server: {
          conformance:
            LN_ALL & ~CONFORMANCE.multipleReferences & ~CONFORMANCE.access & ~CONFORMANCE.generalBlockTransfer,
        },
      }),
      TEN_VALUES,
    );
    assert.deepEqual(
      valuesOf({
        server: { conformance: LN_ALL & ~CONFORMANCE.multipleReferences & ~CONFORMANCE.generalBlockTransfer },
      }),
      TEN_VALUES,
    ); // ACCESS
    assert.deepEqual(valuesOf({ server: { referencing: 'SN' }, session: { referencing: 'SN' } }), TEN_VALUES);
    assert.deepEqual(
      valuesOf({
        server: { referencing: 'SN', sendPdu: 60, conformance: CONFORMANCE.read },
        session: { referencing: 'SN' },
      }),
      TEN_VALUES,
    );
    assert.deepEqual(valuesOf({ server: { sendPdu: 60 } }), TEN_VALUES); // lists in data blocks
    assert.deepEqual(valuesOf({ session: { maxPdu: 48 } }), TEN_VALUES);
    assert.deepEqual(profileRows({ server: { maxPdu: 40 } }), ONE_DAY); // no room for a range: entries
  });
  it('finds the class of a bare code by asking, and says which codes are missing', () => {
    const items = ['1.6.0', '1.4.0', '0-0:1.0.0', '0-0:42.0.0', '0-0:96.3.10', '9.9.9', '0-0:40.0.0'].map((code) => ({
      obis: obisOctets(code),
    }));
    const set = bench();
    const { readings } = set.read({ kind: 'attributes', items });
    assert.deepEqual(
      readings.slice(0, 5).map(({ value, at }) => [value, at]),
      [
        [4521, '2026-11-03T17:45:00'],
        [810, undefined],
        ['2026-11-22T08:30:00+01:00', undefined],
        ['MTX1000000000001', undefined],
        [true, undefined],
      ],
    );
    assert.equal(readings[5]?.error?.code, 'REQUEST_REFUSED');
    assert.match(explainReason(readings[5]?.error), /object-undefined.*list its objects/);
  });
  it('passes over late answers and notifications between', () => {
    assert.deepEqual(valuesOf({ server: { maxPdu: 100, quirks: { strays: true } } }), TEN_VALUES);
    const notification = encodeDataNotification({ invoke: 1, body: { type: 'unsigned', value: 1 } });
    const set = bench({ server: { quirks: { notifies: notification } } });
    const session = set.session();
    run(session.open());
    assert.deepEqual(
      run(session.read({ kind: 'attributes', items: TEN })).readings.map((reading) => reading.value),
      TEN_VALUES,
    );
    assert.deepEqual(session.notifications, [notification]);
  });
  it('gives no number without a scaler, but the raw one and why; a scaler of the user goes before', () => {
    const lost = {
      change: (answer: Uint8Array): Uint8Array =>
        Buffer.from(Buffer.from(answer).toString('hex').replace('0002020fff1623', '0104'), 'hex'),
    };
    const item = { obis: obisOctets('32.7.0'), classId: 3 };
    const [reading] = bench(lost).read({ kind: 'attributes', items: [item] }).readings;
    assert.deepEqual([reading?.value, reading?.raw, reading?.error?.code], [undefined, '2304', 'BAD_VALUE']);
    const [told] = bench(lost).read({ kind: 'attributes', items: [{ ...item, scaler: -1, unit: 'V' }] }).readings;
    assert.deepEqual([told?.value, told?.unit], [230.4, 'V']);
  });
  it('loses only the attribute whose value is broken: a clock with octets behind it, a float with a length', () => {
    const items = [{ obis: obisOctets('1.8.0') }, { obis: obisOctets('0-0:1.0.0') }, { obis: obisOctets('14.7.0') }];
    for (const lists of [undefined, 'exception'] as const) {
      const change = (answer: Uint8Array): Uint8Array =>
        fromHex(
          Buffer.from(answer)
            .toString('hex')
            .replace(/(090c07ea0b16.{16})/, '$1090f')
            .replace('174247eb85', '17044247eb85'),
        );
      const { readings } = bench({ change, ...(lists && { server: { quirks: { lists } } }) }).read({
        kind: 'attributes',
        items,
      });
      assert.equal(readings[0]?.value, 1043677);
      for (const broken of readings.slice(1))
        assert.deepEqual(
          [broken.value, broken.error?.code, /at octet \d+/.test(explainReason(broken.error))],
          [undefined, 'BAD_VALUE', true],
        );
    }
  });
  it('keeps the association between the reads of one poll', () => {
    const set = bench();
    const session = set.session();
    run(session.open());
    for (let i = 0; i < 3; i++) run(session.read({ kind: 'attributes', items: TEN }));
    run(session.close());
    assert.equal(set.exchanges(), 1 + 3);
    assert.equal(session.isOpen, false);
    const broken = bench({ loses: (exchange) => exchange === 2 }).session();
    run(broken.open());
    assert.equal(broken.isOpen, true);
    assert.equal(thrown(() => run(broken.read({ kind: 'attributes', items: TEN }))).code, 'NO_REPLY');
    assert.equal(broken.isOpen, false); // nobody knows what the meter still sends
  });
});

const WITH_BLOCKS = { blockTransfer: 'on' } as const;

describe('profiles', () => {
  it('gives a day of rows with columns, times and scaled values', () => {
    const readout = bench().read({ kind: 'profile', profile: DAY });
    assert.deepEqual(readout.rows, ONE_DAY);
    assert.deepEqual(
      readout.columns?.map(({ id, unit }) => [id, unit]),
      [
        ['0-0:96.10.1*255', undefined],
        ['1-0:1.8.0*255', 'Wh'],
        ['1-0:2.8.0*255', 'Wh'],
        ['1-0:32.7.0*255', 'V'],
      ],
    );
  });
  it('gives the same rows whatever way the meter offers', () => {
    const ways: Record<string, BenchOptions> = {
      blocks: { server: { sendPdu: 128 } },
      'general blocks': { server: { sendPdu: 128, conformance: LN_ALL, generalBlocks: true }, session: WITH_BLOCKS },
      'general blocks, lost ones': {
        server: {
          sendPdu: 128,
          conformance: LN_ALL,
          generalBlocks: true,
          quirks: { losesBlocks: [2, 5, 6, 7, 20, 26] },
        },
        session: WITH_BLOCKS,
      },
      'short names': { server: { referencing: 'SN' }, session: { referencing: 'SN' } },
      'short names in blocks': { server: { referencing: 'SN', sendPdu: 128 }, session: { referencing: 'SN' } },
      'no selective access': {
        server: { conformance: LN_ALL & ~CONFORMANCE.selectiveAccess & ~CONFORMANCE.generalBlockTransfer },
      },
      'short names, base 0007': {
        server: { referencing: 'SN', quirks: { wrongVaaName: true } },
        session: { referencing: 'SN' },
      },
      'release refused': { server: { quirks: { refusesRelease: true } }, session: { hasRelease: true } },
      'entries only': { demo: { profile: { refuses: [1] } } },
      'whole only': { demo: { profile: { refuses: [1, 2] } } },
      'newest first by range': { demo: { profile: { newestFirst: true } } },
      'newest first compressed': { demo: { profile: { newestFirst: true, compressed: true } } },
      'newest first': { demo: { profile: { newestFirst: true, refuses: [1] } } },
      compressed: { demo: { profile: { compressed: true } } },
      'compressed in blocks': { demo: { profile: { compressed: true } }, server: { sendPdu: 90 } },
      compact: { demo: { profile: { compact: true } } },
    };
    for (const [name, options] of Object.entries(ways)) {
      assert.deepEqual(profileRows(options), ONE_DAY, name);
    }
  });
  it('refuses a row of blocks with one missing', () => {
    let isSkipped = false;
    const skip = (answer: Uint8Array): Uint8Array => {
      if (answer[0] !== 0xc4 || answer[1] !== 2 || answer[7] !== 3 || isSkipped) return answer;
      isSkipped = true;
      const copy = answer.slice();
      copy[7] = 4;
      return copy;
    };
    const set = bench({ server: { sendPdu: 128 }, change: skip });
    // gone on behind the rows before the gap
    assert.deepEqual(set.read({ kind: 'profile', profile: DAY }).rows, ONE_DAY);
    assert.equal(set.links.length, 2);
    const list = bench({
      server: { sendPdu: 60 },
      change: (answer) => {
        const copy = answer.slice();
        if (copy[0] === 0xc4 && copy[1] === 2 && copy[7] === 2) copy[7] = 3;
        return copy;
      },
    });
    assert.equal(thrown(() => list.read({ kind: 'attributes', items: TEN })).code, 'BAD_FRAME');
  });
  it('ends with a meter whose general blocks never end, or never get on', () => {
    let block = 0;
    const same = bench({
      server: { sendPdu: 128, conformance: LN_ALL, generalBlocks: true },
      session: WITH_BLOCKS,
      change: (answer) => (answer[0] === 0xe0 ? fromHex('e001000100000411223344') : answer),
    });
    assert.equal(thrown(() => same.read({ kind: 'profile', profile: DAY })).code, 'BAD_FRAME');
    const tiny = bench({
      server: { sendPdu: 128, conformance: LN_ALL, generalBlocks: true },
      session: WITH_BLOCKS,
      change: (answer) =>
        answer[0] === 0xe0
          ? encodeGeneralBlock({
              isLast: false,
              isStreaming: false,
              window: 1,
              block: ++block & 0xffff,
              acknowledged: 0,
              data: Uint8Array.of(7),
            })
          : answer,
    });
    assert.ok(thrown(() => tiny.read({ kind: 'profile', profile: DAY })));
    assert.ok(tiny.exchanges() < 9000);
    block = 0;
    const endless = bench({
      server: { sendPdu: 128, conformance: LN_ALL, generalBlocks: true },
      session: WITH_BLOCKS,
      change: (answer) =>
        answer[0] === 0xe0
          ? encodeGeneralBlock({
              isLast: false,
              isStreaming: false,
              window: 1,
              block: ++block & 0xffff,
              acknowledged: 0,
              data: new Uint8Array(4000),
            })
          : answer,
    });
    assert.match(
      said(thrown(() => endless.read({ kind: 'profile', profile: DAY }))),
      /exceeds|did not arrive|nothing was heard/,
    );
  });
  it('remembers what a meter refused: each way is tried once', () => {
    const set = bench({ demo: { profile: { refuses: [1] } } });
    set.read({ kind: 'profile', profile: DAY });
    const before = set.server.requests.length;
    set.read({ kind: 'profile', profile: DAY });
    const selectors = set.server.requests
      .slice(before)
      .filter((apdu) => apdu[4] === 7 && apdu[11] === 2)
      .map((apdu) => apdu[13]);
    assert.ok(selectors.length > 0 && selectors.every((selector) => selector === 2));
  });
  it('notices columns that were set up anew between two reads, and asks for them once per association', () => {
    // Without lists: columns and name, then, for they have changed, columns, period and order, one by one.
    for (const [quirks, trips] of [
      [{}, [2, 1]],
      [{ lists: 'exception' }, [6, 1]],
    ] as const) {
      const demo = {
        deviceName: 'MTX1000000000001',
        client: 16,
        counter: () => 0,
        clockMs: Date.UTC(2026, 10, 22, 8, 30),
        deviation: -60,
      };
      const objects = [...demoObjects(demo)];
      const set = bench({ server: { objects, quirks } });
      const [before, again] = [0, 1].map(() => {
        const sent = set.exchanges();
        assert.deepEqual(
          set.read({ kind: 'profile', profile: DAY }).columns?.map(({ unit }) => unit),
          [undefined, 'Wh', 'Wh', 'V'],
        );
        return set.exchanges() - sent;
      });
      assert.ok(again !== undefined && before !== undefined && again < before);
      const at = objects.findIndex(({ classId }) => classId === 7);
      const turned: ProfileModel['cells'] = (i) => [...profileCells(i)].reverse();
      const columns = ['0-0:1.0.0', '32.7.0', '2.8.0', '1.8.0', '0-0:96.10.1'].map((code, i) => ({
        classId: [8, 3, 3, 3, 1][i] ?? 1,
        instance: obisOctets(code),
        attribute: 2,
      }));
      objects[at] = profileObject({
        instance: DAY.obis,
        baseName: 0x4000,
        periodS: 900,
        count: 35 * 96,
        firstMs: PROFILE_START_MS,
        deviation: -60,
        cells: turned,
        columns,
      });
      const session = set.session();
      run(session.open());
      const spent = [0, 1].map(() => {
        const sent = set.exchanges();
        const { rows, columns: shown } = run(session.read({ kind: 'profile', profile: DAY }));
        assert.deepEqual(
          shown?.map(({ unit }) => unit),
          ['V', 'Wh', 'Wh', undefined],
        );
        assert.deepEqual(
          rows,
          ONE_DAY?.map((row) => ({ ...row, values: [...row.values].reverse() })),
        );
        return set.exchanges() - sent;
      });
      run(session.close());
      assert.deepEqual(spent, trips);
    }
  });
  it('selects columns, and does without where the meter refuses them', () => {
    for (const refusesColumns of [false, true]) {
      const readout = bench({ demo: { profile: { refusesColumns } } }).read({
        kind: 'profile',
        profile: { ...DAY, columns: [obisOctets('1.8.0')] },
      });
      assert.deepEqual(
        readout.columns?.map(({ id }) => id),
        ['1-0:1.8.0*255'],
      );
      assert.deepEqual(
        readout.rows,
        ONE_DAY?.map(({ at, values }) => ({ at, values: [values[1]] })),
      );
    }
    assert.match(
      explainReason(thrown(() => profileRows({}, { ...DAY, columns: [obisOctets('9.9.9')] }))),
      /does not capture 1-0:9\.9\.9\*255; it captures/,
    );
  });
  it('takes UTC moments through the clock of the meter, and refuses them where it tells no zone', () => {
    const utc = {
      obis: DAY.obis,
      from: { ms: Date.UTC(2026, 9, 1, 23), isLocal: false },
      to: { ms: Date.UTC(2026, 9, 2, 23), isLocal: false },
    };
    assert.deepEqual(profileRows({}, utc), ONE_DAY);
    assert.deepEqual(profileRows({ demo: { profile: { refuses: [1] } } }, utc), ONE_DAY);
    const error = thrown(() => profileRows({ demo: { deviation: null } }, utc));
    assert.deepEqual([error.code, /local times/.test(explainError(error))], ['CONFIG_INVALID', true]);
    assert.deepEqual(
      profileRows({ demo: { deviation: null } }),
      expected(Date.UTC(2026, 9, 2), Date.UTC(2026, 9, 3), ''),
    );
  });
  it('loses no row where a meter passes over the deviation of a request', () => {
    const utc = {
      obis: DAY.obis,
      from: { ms: Date.UTC(2026, 9, 1, 23), isLocal: false },
      to: { ms: Date.UTC(2026, 9, 2, 23), isLocal: false },
    };
    // rows without deviation: what the clock says is not sure for them
    const summer = bench({ demo: { profile: { deviation: null } } });
    const rows = summer.read({ kind: 'profile', profile: utc }).rows ?? [];
    for (const row of ONE_DAY ?? [])
      assert.ok(
        rows.some(({ at }) => at === row.at.slice(0, 19)),
        row.at,
      );
    assert.ok(rows.length <= 97 + 8);
  });
  it('gives the newest rows by entries', () => {
    const last = PROFILE_START_MS + (35 * 96 - 1) * 900_000;
    assert.deepEqual(profileRows({}, { obis: DAY.obis, entries: 4 }), expected(last - 3 * 900_000, last));
    assert.deepEqual(
      profileRows({ demo: { profile: { newestFirst: true } } }, { obis: DAY.obis, entries: 4 }),
      expected(last - 3 * 900_000, last),
    );
    assert.equal(profileRows({}, { obis: DAY.obis })?.length, 35 * 96);
  });
  it('reads 35 days in pieces without a row lost or doubled', () => {
    assert.deepEqual(
      profileRows({}, { obis: DAY.obis, from: local(1), to: { ms: Date.UTC(2026, 10, 30), isLocal: true } }),
      expected(PROFILE_START_MS, PROFILE_START_MS + (35 * 96 - 1) * 900_000),
    );
  });
  it('goes on behind the last good row after a break, whichever block it broke in', () => {
    for (const refuses of [[], [1]]) {
      for (let lost = 4; lost < 40; lost += 3) {
        let broken = false;
        let heard = 0;
        const set = bench({
          server: { sendPdu: 128 },
          demo: { profile: { refuses } },
          loses: () => {
            heard++;
            if (heard === lost && !broken) {
              broken = true;
              return true;
            }
            return false;
          },
        });
        // before the rows begin nothing is kept: the lane repeats the read
        if (refuses.length > 0 && lost < 7) continue;
        assert.deepEqual(set.read({ kind: 'profile', profile: DAY }).rows, ONE_DAY, `answer ${lost} lost`);
      }
    }
  });
  it('goes on at the right entry after a break, whatever the meter captured meanwhile', () => {
    for (const captured of [0, 1, 3, 12]) {
      for (let lost = 7; lost < 34; lost += 3) {
        let count = 300;
        let heard = 0;
        const loses = (): boolean => ++heard === lost && (count += captured) > 0;
        const set = bench({
          server: { sendPdu: 128 },
          demo: { profile: { refuses: [1], count: () => count, capacity: 300 } },
          loses,
        });
        assert.deepEqual(
          set.read({ kind: 'profile', profile: DAY }).rows,
          ONE_DAY,
          `${captured} captured, answer ${lost} lost`,
        );
        heard = 0;
        const newest = set.read({ kind: 'profile', profile: { obis: DAY.obis, entries: 97 } }).rows ?? [];
        const last = Date.parse(newest[96]?.at.slice(0, 19) + 'Z');
        assert.ok(index(last) >= count - 1 - captured, 'no row missing that stood there at the start');
        assert.deepEqual(
          newest,
          expected(last - 96 * 900_000, last),
          `${captured} captured, answer ${lost} lost, newest`,
        );
      }
    }
  });
  it('goes on after a break in the night of the clock change and between rows of one second', () => {
    const back = index(Date.UTC(2026, 9, 2, 3)); // 03:00 is 02:00 again
    const backwards = (i: number): number => PROFILE_START_MS + (i - (i >= back ? 4 : 0)) * 900_000;
    const inThrees = (i: number): number => PROFILE_START_MS + Math.floor(i / 3) * 3 * 900_000;
    for (const timeMs of [backwards, inThrees]) {
      const wanted = Array.from({ length: 35 * 96 }, (_, i) => i)
        .filter((i) => timeMs(i) >= Date.UTC(2026, 9, 2) && timeMs(i) <= Date.UTC(2026, 9, 2, 6))
        .map((i) => Number(profileCells(i)[1]?.value));
      for (let lost = 4; lost < 14; lost++) {
        let heard = 0;
        const set = bench({
          server: { sendPdu: 128 },
          demo: { profile: { deviation: null, timeMs } },
          loses: () => ++heard === lost,
        });
        const rows = set.read({ kind: 'profile', profile: { ...DAY, to: local(2, 6) } }).rows ?? [];
        assert.deepEqual(
          rows.map(({ values }) => values[1]),
          wanted,
          `answer ${lost} lost`,
        );
      }
    }
  });
  it('loses no row after a break where the rows are not in the order of time, whether the meter says so or not', () => {
    const shuffled = (rows: readonly number[]): readonly number[] =>
      [...rows].sort((a, b) => ((a * 37) % 101) - ((b * 37) % 101));
    const backwards = (rows: readonly number[]): readonly number[] => [...rows].reverse();
    for (const [sortMethod, arrange, refuses] of [
      [3, shuffled, []],
      [3, shuffled, [1]],
      [1, backwards, []],
    ] as const) {
      for (let lost = 7; lost < 30; lost++) {
        let heard = 0;
        const set = bench({
          server: { sendPdu: 128 },
          demo: { profile: { count: 400, sortMethod, arrange, refuses } },
          loses: () => ++heard === lost,
        });
        const rows = [...(set.read({ kind: 'profile', profile: DAY }).rows ?? [])].sort((a, b) =>
          a.at.localeCompare(b.at),
        );
        assert.deepEqual(rows, ONE_DAY, `sort method ${sortMethod}, refused ${refuses.join()}, answer ${lost} lost`);
      }
    }
  });
  it('reads on by entries until both ends are reached: after a power cut and after clocks set back', () => {
    const cut = (i: number): number => PROFILE_START_MS + (i + (i >= index(Date.UTC(2026, 9, 20)) ? 900 : 0)) * 900_000;
    const setBack = (i: number): number =>
      PROFILE_START_MS + (i - (i >= index(Date.UTC(2026, 9, 20)) ? 500 : 0)) * 900_000;
    for (const newestFirst of [false, true]) {
      assert.deepEqual(
        profileRows({ demo: { profile: { refuses: [1], newestFirst, timeMs: cut } } }),
        ONE_DAY,
        `cut, newest first ${newestFirst}`,
      );
      assert.deepEqual(
        profileRows({ demo: { profile: { refuses: [1], newestFirst, timeMs: setBack } } }),
        ONE_DAY,
        `set back, newest first ${newestFirst}`,
      );
    }
  });
  it('doubles no row where a meter answers every range with its whole buffer', () => {
    assert.deepEqual(
      profileRows(
        { demo: { profile: { ignoresRange: true } } },
        { obis: DAY.obis, from: local(1), to: { ms: Date.UTC(2026, 10, 30), isLocal: true } },
      ),
      expected(PROFILE_START_MS, PROFILE_START_MS + (35 * 96 - 1) * 900_000),
    );
    assert.deepEqual(profileRows({ demo: { profile: { ignoresRange: true } } }), ONE_DAY);
  });
  it('refuses blocks that do not begin with the first', () => {
    const late = (answer: Uint8Array): Uint8Array => {
      const copy = answer.slice();
      if (copy[0] === 0xc4 && copy[1] === 2) copy[7] = (copy[7] ?? 0) + 1;
      return copy;
    };
    const list = bench({ server: { sendPdu: 60 }, change: late });
    assert.match(
      explainReason(thrown(() => list.read({ kind: 'attributes', items: TEN }))),
      /block 2 came where 1 was due/,
    );
    const short = (answer: Uint8Array): Uint8Array => {
      const copy = answer.slice();
      if (copy[0] === 0x0c && copy[2] === 2) copy[5] = (copy[5] ?? 0) + 1;
      return copy;
    };
    const sn = bench({ server: { referencing: 'SN', sendPdu: 128 }, session: { referencing: 'SN' }, change: short });
    assert.match(
      explainReason(thrown(() => sn.read({ kind: 'attributes', items: TEN }))),
      /block 2 came where 1 was due/,
    );
  });
  it('reports a broken row instead of a value', () => {
    const narrow = (answer: Uint8Array): Uint8Array =>
      answer.length > 500
        ? Buffer.from(
            Buffer.from(answer)
              .toString('hex')
              .replace(/0205(090c.{24})1100/, '0204$1'),
            'hex',
          )
        : answer;
    assert.match(explainReason(thrown(() => profileRows({ change: narrow }))), /4 values for 5 columns/);
    const shifted = (answer: Uint8Array): Uint8Array => (answer.length > 500 ? answer.slice(0, -1) : answer);
    assert.equal(thrown(() => profileRows({ change: shifted })).code, 'BAD_VALUE');
  });
});

describe('rows', () => {
  const captured = [
    { classId: 8, instance: obisOctets('0-0:1.0.0'), attribute: 2, dataIndex: 0 },
    { classId: 3, instance: obisOctets('1.8.0'), attribute: 2, dataIndex: 0 },
  ];
  const decode = (hex: string, stepS?: number): unknown => {
    const data = decodeData(fromHex(hex));
    return data.type === 'array'
      ? rowsOf(data.value, { captured, scalerOf: () => ({ scaler: -1, unit: 30 }), stepS }).map(({ row }) => [
          row.at,
          row.status,
          row.values[0],
        ])
      : [];
  };
  const clock = '090c07ea0b1607081e0000ffc400';
  it('add differences to the value before, whatever its type', () => {
    assert.deepEqual(decode(`0104` + `0202${clock}0600000064` + `0202001c05` + `0202001dfff6` + `02020000`, 900), [
      ['2026-11-22T08:30:00+01:00', undefined, 10],
      ['2026-11-22T08:45:00+01:00', undefined, 10.5],
      ['2026-11-22T09:00:00+01:00', undefined, 9.5],
      ['2026-11-22T09:15:00+01:00', undefined, 9.5],
    ]);
    assert.deepEqual(decode(`0102` + `0202${clock}15ffffffffffffffff` + `0202001f01`, 900), [
      ['2026-11-22T08:30:00+01:00', undefined, '1844674407370955161.5'],
      ['2026-11-22T08:45:00+01:00', undefined, '1844674407370955161.6'],
    ]);
    assert.equal(thrown(() => decode(`0101` + `0202${clock}1c05`)).code, 'BAD_VALUE');
  });
  it('scale a simple attribute whatever its data index, and leave elements of a structure plain', () => {
    const rows = (classId: number, attribute: number): unknown =>
      rowsOf([decodeData(fromHex('02011208fc'))], {
        captured: [{ classId, instance: obisOctets('32.7.0'), attribute, dataIndex: 1 }],
        scalerOf: () => ({ scaler: -1, unit: 35 }),
        stepS: undefined,
      })[0]?.row.values;
    assert.deepEqual(rows(3, 2), [230]);
    assert.deepEqual(rows(1, 2), [2300]);
  });
  it('derive no time where the meter sorts by a value', () => {
    const sorted = bench({ demo: { profile: { compressed: true, sortMethod: 3 } } }).read({
      kind: 'profile',
      profile: DAY,
    });
    assert.deepEqual(
      sorted.rows?.slice(0, 3).map(({ at, status }) => [at, status]),
      [
        ['2026-10-02T00:00:00+01:00', undefined],
        ['', 'time unknown'],
        ['', 'time unknown'],
      ],
    );
  });
  it('know what they do not know: a first row without value, a time without period, a doubtful clock', () => {
    assert.deepEqual(decode(`0101` + `0202${clock}00`), [['2026-11-22T08:30:00+01:00', undefined, null]]);
    assert.deepEqual(decode(`0102` + `0202${clock}1101` + `0202001102`), [
      ['2026-11-22T08:30:00+01:00', undefined, 0.1],
      ['', 'time unknown', 0.2],
    ]);
    assert.deepEqual(decode(`0101` + `0202090c07ea0b1607081e0000ffc4031101`), [
      ['2026-11-22T08:30:00+01:00', 'time invalid, time doubtful', 0.1],
    ]);
    assert.deepEqual(decode(`0101` + `0202090c07ea0d1607081e0000ffc4001101`), [['', 'time unknown', 0.1]]); // month 13
  });
});

describe('objects', () => {
  it('lists the meter once, and per type and firmware once', () => {
    const kept = new Map<string, ReturnType<typeof objectsOfLn>>();
    const objectCache = {
      get: (key: string) => kept.get(key),
      set: (key: string, objects: ReturnType<typeof objectsOfLn>) => void kept.set(key, objects),
    };
    const set = bench({ server: { sendPdu: 128 }, session: { objectCache } });
    const { readings } = set.read({ kind: 'objects' });
    assert.ok(readings.length > 20 && kept.size === 1);
    const profile = readings.find(({ id }) => id === '1-0:99.1.0*255');
    assert.equal(profile?.name, 'Load profile');
    assert.deepEqual((profile?.value as { attributes: unknown[] }).attributes[1], {
      attribute: 2,
      access: 'read',
      selectors: [1, 2],
    });
    const before = set.exchanges();
    assert.deepEqual(set.read({ kind: 'objects' }).readings, readings);
    assert.equal(set.exchanges() - before, 2); // AARQ and the name
    const twin = bench({
      server: { sendPdu: 128 },
      demo: { deviceName: 'MTX1000000000002' },
      session: { objectCache },
    });
    assert.deepEqual(twin.read({ kind: 'objects' }).readings, readings);
    assert.equal(twin.exchanges(), 2); // AARQ, then name and firmware: known by them
  });
  it('knows the access rights of every version', () => {
    const entry = (version: number, mode: string, method: string): Data =>
      decodeData(
        fromHex(
          `0101` +
            `0204` +
            `12000f` +
            `11${version.toString(16).padStart(2, '0')}` +
            `09060000280000ff` +
            `0202` +
            `0101` +
            `0203` +
            `0f02` +
            `16${mode}` +
            `0102` +
            `0f01` +
            `0f02` +
            `0101` +
            `0202` +
            `0f01` +
            method,
        ),
      );
    const rights = (version: number, mode: string, method: string): unknown =>
      objectsOfLn(entry(version, mode, method)).map(({ attributes, methods }) => [
        attributes[0]?.access,
        attributes[0]?.selectors,
        methods[0]?.access,
      ]);
    assert.deepEqual(rights(0, '01', '0301'), [['read', [1, 2], 'access']]);
    assert.deepEqual(rights(1, '03', '1601'), [['read write', [1, 2], 'access']]);
    assert.deepEqual(rights(2, '06', '1602'), [['read write authenticated', [1, 2], 'access authenticated']]);
    assert.deepEqual(rights(3, '0d', '1605'), [
      ['read authenticated-request encrypted-request', [1, 2], 'access authenticated-request'],
    ]);
    assert.equal(thrown(() => objectsOfLn({ type: 'unsigned', value: 1 })).code, 'BAD_VALUE');
  });
});

describe('COSEM meanings', () => {
  const data = (hex: string): Data => decodeData(fromHex(hex));
  it('scales exactly and names units', () => {
    assert.deepEqual(scaledMeaning({ type: 'long64-unsigned', value: 2n ** 53n + 1n }, { scaler: 0, unit: 30 }), {
      value: '9007199254740993',
      unit: 'Wh',
    });
    assert.deepEqual(scaledMeaning({ type: 'double-long-unsigned', value: 12345 }, { scaler: -2, unit: 35 }), {
      value: 123.45,
      unit: 'V',
      raw: '12345',
    });
    assert.deepEqual(scaledMeaning({ type: 'long', value: -7 }, { scaler: 3, unit: 255 }), { value: -7000, raw: '-7' });
    assert.deepEqual(scaledMeaning({ type: 'float32', value: Math.fround(0.1) }, { scaler: 0, unit: 33 }), {
      value: 0.1,
      unit: 'A',
    });
    assert.deepEqual(scaledMeaning({ type: 'unsigned', value: 1 }, { scaler: 0, unit: 199 }).unit, 'unit 199');
    assert.equal(plainValue({ type: 'float64', value: Number.NaN }), null);
  });
  it('gives structures by the fields of their class, and raw what does not fit', () => {
    assert.deepEqual(meaningOf(7, 3, data('01010204120008' + '09060000010000ff' + '0f02120000'), undefined).value, [
      { class_id: 8, logical_name: '0-0:1.0.0*255', attribute_index: 2, data_index: 0 },
    ]);
    assert.deepEqual(meaningOf(17, 2, data('010102021200010904' + '4d545831'), undefined).value, [
      { SAP: 1, logical_device_name: 'MTX1' },
    ]);
    assert.equal(meaningOf(70, 3, data('1601'), undefined).value, 'connected');
    assert.equal(meaningOf(8, 5, data('090cffff03fe0702000000800000'), undefined).value, '*-03-last 02:00:00 Sunday');
    assert.deepEqual(meaningOf(3, 3, data('02020fff1623'), undefined).value, { scaler: -1, unit: 'V' });
    assert.deepEqual(meaningOf(9999, 5, data('020211010900'), undefined).value, [1, '']);
    assert.equal(meaningOf(1, 2, data('0903010203'), undefined).value, '010203');
    assert.deepEqual(meaningOf(1, 2, data('090441420000'), undefined), { value: 'AB', raw: '41420000' });
    // month 13: no time
    assert.equal(meaningOf(8, 2, data('090c07e50d18ff0e303950ffc400'), undefined).value, '07e50d18ff0e303950ffc400');
    for (const [id, described] of Object.entries(COSEM_CLASSES))
      for (const attribute of Object.keys(described.attributes))
        assert.equal(
          meaningOf(Number(id), Number(attribute), { type: 'null-data', value: null }, undefined).value,
          null,
        );
  });
  it('reads and names OBIS codes in both languages', () => {
    for (const code of ['1-0:1.8.0*255', '1-0:1.8.0', '1.0.1.8.0.255', '1.8.0', '1-0:1.8.0&255'])
      assert.equal(obisText(obisOctets(code)), '1-0:1.8.0*255', code);
    for (const code of ['', '1.8', '1-0:1.8.0*256', 'x', '1.2.3.4.5'])
      if (code !== '1.8') assert.equal(thrown(() => obisOctets(code)).code, 'CONFIG_INVALID', code);
    assert.equal(obisName(obisOctets('1.8.2'), 'en'), 'Active energy import tariff 2');
    assert.equal(obisName(obisOctets('21.7.0'), 'es'), 'Potencia activa importada L1');
    assert.equal(obisName(obisOctets('52.7.0'), 'es'), 'Tensión L2');
    assert.equal(obisName(obisOctets('32.7.5'), 'en'), 'Voltage L1 harmonic 5'); // group E is no tariff there
    assert.equal(obisName(obisOctets('71.7.124'), 'es'), 'Corriente L3 distorsión armónica total');
    assert.equal(obisName(obisOctets('12.6.1'), 'en'), 'Voltage maximum demand tariff 1');
    assert.equal(obisName(obisOctets('0-1:24.2.1'), 'en'), 'M-Bus value');
    assert.equal(obisName(obisOctets('0-0:42.0.0'), 'es'), 'Nombre del dispositivo lógico');
    assert.equal(obisName(obisOctets('1-0:199.7.0'), 'en'), undefined);
  });
});

describe('plan', () => {
  const link = { roundTripMs: 500, octetMs: 1.04, maxInfo: 128, window: 1 };
  it('counts trips and cuts lists to the room', () => {
    assert.deepEqual(
      [
        tripsOf(3007, { ...link, maxInfo: 2030 }),
        tripsOf(3007, link),
        tripsOf(3007, { ...link, window: 7 }),
        tripsOf(0, link),
      ],
      [2, 24, 4, 1],
    );
    assert.deepEqual(
      listsOf([1, 2, 3, 4, 5], () => 10, 25, Infinity),
      [[1, 2], [3, 4], [5]],
    );
    assert.deepEqual(
      listsOf([1, 2, 3], () => 10, Infinity, 2),
      [[1, 2], [3]],
    );
    assert.deepEqual(
      listsOf([1, 2], () => 100, 10, 9),
      [[1], [2]],
    ); // one that does not fit still goes, alone
  });
  it('asks for at least a day at once, and for less where a break would cost more', () => {
    const slow = rowsAtOnce(31, link);
    const fast = rowsAtOnce(31, { ...link, maxInfo: 2030 });
    assert.ok(slow >= 97 && fast > slow);
  });
});

describe('pushes', () => {
  it('reads entries with code, value and scaler, codes and values in turn, and plain lists', () => {
    const options = { ...bench().options, credentials: { password: PASSWORD } };
    const collector = new PushCollector(options, 'en');
    const push = (body: string): unknown => collector.take(fromHex('0f00000001' + '00' + body))?.readings;
    assert.deepEqual(push('0101' + '0203' + '09060100010800ff' + '0600003039' + '02020fff161e'), [
      { name: 'Active energy import', id: '1-0:1.8.0*255', value: 1234.5, unit: 'Wh', raw: '12345' },
    ]);
    assert.deepEqual(push('0202' + '09060100200700ff' + '1200e6'), [
      {
        name: 'Voltage L1',
        id: '1-0:32.7.0*255',
        raw: '230',
        error: { code: 'BAD_VALUE', reason: 'cosem.pushedUnscaled', facts: {} },
      },
    ]);
    assert.deepEqual(push('0202' + '1105' + '090c07ea0b1607081e0000ffc400'), [
      { name: '1', id: '1', value: 5 },
      { name: '2', id: '2', value: '2026-11-22T08:30:00+01:00' },
    ]);
  });
  it('gives the number of a register in an event raw only, for its scaler did not come along', () => {
    const collector = new PushCollector({ ...bench().options, credentials: { password: PASSWORD } }, 'en');
    const event = (classId: string, body: string): unknown =>
      collector
        .take(fromHex('c200' + classId + '0100200700ff' + '02' + body))
        ?.readings.map(({ value, raw, error }) => [value, raw, error?.code]);
    assert.deepEqual(event('0003', '1208fc'), [[undefined, '2300', 'BAD_VALUE']]);
    assert.deepEqual(event('0003', '00'), [[null, undefined, undefined]]);
    assert.deepEqual(event('0001', '1208fc'), [[2300, undefined, undefined]]);
  });
  it('joins general blocks and refuses gaps', () => {
    const collector = new PushCollector(bench().options, 'en');
    assert.equal(collector.take(fromHex('e000000100000' + '40f000000')), undefined);
    assert.deepEqual(collector.take(fromHex('e0800002000004' + '01001107'))?.readings, [
      { name: '1', id: '1', value: 7 },
    ]);
    const endless = (): void => {
      for (let block = 1; block < 1000; block++)
        collector.take(
          encodeGeneralBlock({
            isLast: false,
            isStreaming: false,
            window: 0,
            block,
            acknowledged: 0,
            data: new Uint8Array(1000),
          }),
        );
    };
    assert.match(explainReason(thrown(endless)), /exceed 262144 octets/);
    collector.take(fromHex('e000000100000' + '40f000000'));
    assert.equal(thrown(() => collector.take(fromHex('e0800003000004' + '01001107'))).code, 'BAD_FRAME');
  });
  it('opens ciphered pushes of a real meter', () => {
    const key = fromHex('4d5944554d4d59474c4f42414c4b4559');
    const collector = new PushCollector(
      { ...bench().options, security: 'auth+encrypt', credentials: { encryptionKey: key, authenticationKey: key } },
      'en',
    );
    const push = collector.take(
      fromHex(
        'db082f192291991641033b30000001e5025ce9d2271fd78be8c204211a916a9d7f587e0a7a814cadea89e9593f01f92ea8c087b5bdfdefeab6becf282dfe49c08f5be6dc8400',
      ),
    );
    assert.equal(push?.kind, 'data');
    assert.equal(thrown(() => collector.take(fromHex('0f000001db001107'))).code, 'SECURITY_FAILED');
  });
});
