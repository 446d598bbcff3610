// Every frame of the vector files, five ways: decoded, encoded back, byte by byte, with bytes around it, and with
// every single bit flipped (which must never be a frame).
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { Inbox } from '../../../src/core/wire/inbox';
import { decodeAsdu, encodeAsdu, type Asdu } from '../../../src/core/iec870/asdu';
import { decodeBilling, encodeBilling } from '../../../src/core/iec870/billing';
import { decodeConfiguration } from '../../../src/core/iec870/configuration';
import {
  encodeFixed,
  encodeVariable,
  functionOf,
  isFromPrimary,
  scanFt12,
  type Ft12Frame,
} from '../../../src/core/meter/ft12';
import { decodeInstantaneous, encodeInstantaneous } from '../../../src/core/iec870/instantaneous';
import * as objects from '../../../src/core/iec870/objects';
import { decodeTimeA, decodeTimeB, encodeTimeA, encodeTimeB, type TimeTag } from '../../../src/core/iec870/time-tag';
import { vectorFile } from '../../support/vectors';

interface Expected {
  frame: string;
  control: { byte: number; prm: number; function: number };
  link: number;
  asdu?: Record<string, number>;
  objects?: Record<string, unknown>;
}
interface Row {
  id: string;
  kind: string;
  title: string;
  cases?: { wire?: string; hex?: string; expect: Expected & { iso: string } }[];
  steps?: { dir: string; hex: string; meaning: string }[];
  expect?: Record<string, unknown>;
}
interface More {
  frames: { name: string; hex: string; value: Record<string, unknown> & { control: number; link: number } }[];
  times: { name: string; type: 'A' | 'B'; hex: string; value: string }[];
}

const rows = vectorFile<{ iec870_5_102: Row[] }>('iec.json').iec870_5_102;
const more = vectorFile<More>('iec870-more.json');
/** Rows whose meaning, not only whose octets, a test of this file takes; and those that other files play or compare. */
const taken = new Set<string>();
const TAKEN_ELSEWHERE: Readonly<Record<string, string>> = {
  'C102-O01': 'fixed frames: their head is all that they mean, compared for every case',
  'C102-O02': 'dialogue.test.ts',
  'C102-O03': 'dialogue.test.ts',
  'C102-O07': 'dialogue.test.ts',
  'C102-O08': 'dialogue.test.ts',
};
const rowOf = (id: string): Row => {
  taken.add(id);
  return rows.find((row) => row.id === id) ?? assert.fail(`no row ${id}`);
};
const isDamaged = (meaning: string): boolean => /bad|noise/.test(meaning);

const frames = [
  ...rows.flatMap((row) => [
    ...(row.cases ?? []).flatMap((c) => (c.wire ? [{ name: row.id, hex: c.wire }] : [])),
    ...(row.steps ?? [])
      .filter((step) => !isDamaged(step.meaning))
      .map((step) => ({ name: `${row.id} ${step.meaning}`, hex: step.hex })),
  ]),
  ...more.frames.map(({ name, hex }) => ({ name, hex })),
];

describe('iec 60870-5-102 frames, five ways', () => {
  it('finds all of them', () => assert.ok(frames.length >= 55, `${frames.length} frames`));
  for (const { name, hex } of frames) {
    it(`${name}: ${hex.slice(0, 24)}`, () => {
      const bytes = fromHex(hex);
      const frame = whole(bytes);
      assert.equal(toHex(encoded(frame)), hex, 'encoded back');
      assert.deepEqual(scanAll([...bytes].map((byte) => Uint8Array.of(byte))), [frame], 'byte by byte');
      assert.deepEqual(
        scanAll([Uint8Array.of(0xff, 0x0d, 0x10, ...bytes, 0x68, 0x68, ...bytes, 0x10)]),
        [frame, frame],
        'with bytes around it',
      );
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.deepEqual(scanAll([flipped]), [], `bit ${bit} flipped`);
      }
      if (frame.kind === 'variable')
        assert.equal(toHex(encodeAsdu(decodeAsdu(frame.asdu))), toHex(frame.asdu), 'ASDU encoded back');
    });
  }
  it('C102-O15: noise, a wrong sum and unlike lengths leave the valid frames', () => {
    const row = rowOf('C102-O15');
    const valid = (row.expect?.validFrames as string[]).map((hex) => whole(fromHex(hex)));
    assert.deepEqual(scanAll((row.steps ?? []).map((step) => fromHex(step.hex))), valid);
    assert.deepEqual(scanAll([fromHex((row.steps ?? []).map((step) => step.hex).join(''))]), valid);
  });
});

describe('iec 60870-5-102 values', () => {
  for (const row of rows) {
    for (const { wire, expect } of row.cases ?? []) {
      if (wire === undefined) continue;
      it(`${row.id}: head of ${wire.slice(0, 20)}`, () => {
        const frame = whole(fromHex(wire));
        assert.equal(frame.kind, expect.frame);
        assert.deepEqual(
          [frame.control, frame.link, functionOf(frame.control), isFromPrimary(frame.control)],
          [expect.control.byte, expect.link, expect.control.function, expect.control.prm === 1],
        );
        if (!expect.asdu || frame.kind !== 'variable') return;
        const asdu = decodeAsdu(frame.asdu);
        const { type, vsq, cause, negative, point, register } = expect.asdu;
        assert.deepEqual(
          [asdu.type, asdu.count, asdu.cause, asdu.isNegative ? 1 : 0, asdu.point, asdu.register],
          [type, vsq, cause, negative, point, register],
        );
      });
    }
  }
  it('O04, O05, O11: totals, and the same bytes back', () => {
    for (const [id, hex, want] of totalsCases()) {
      const asdu = asduOf(hex);
      const [period] = objects.decodeTotals(asdu);
      assert.ok(period, id);
      const got = {
        totals: period.totals.map(({ address, value, quality }) => ({
          address,
          value,
          qualifier: quality,
          flags: wordsOf(quality),
        })),
        time: isoOf(period.time),
      };
      assert.deepEqual(got, want, id);
      assert.equal(toHex(objects.encodeTotals(period)), toHex(asdu.objects), id);
    }
  });
  it('O06, O04, O12: request bodies', () => {
    const tag = (hex: string): TimeTag => decodeTimeA(fromHex(hex), 0);
    assert.equal(
      toHex(asduOf(rowOf('C102-O06').cases?.[0]?.wire ?? '').objects),
      toHex(objects.encodeIntervalBody([1, 8], tag('000b07020a'), tag('00110a020a'))),
    );
    const [request] = rowOf('C102-O12').steps ?? [];
    assert.equal(
      toHex(asduOf(request?.hex ?? '').objects),
      toHex(objects.encodeIntervalBody([10], tag('0081e10712'), tag('0083e10712'))),
    );
  });
  it('O07: clock with a reserved bit in the hour', () => {
    assert.equal(
      isoOf(objects.decodeClock(asduOf('6810106808010048010501000000642a441208125616')), 'B'),
      '2018-08-18T04:42:25.000W',
    );
  });
  it('O08: identity', () => {
    const asdu = asduOf('680f0f6808010047010501000004fba2974224f516');
    const identity = objects.decodeIdentity(asdu);
    assert.deepEqual(identity, { manufacturer: 251, device: 608343970, standardYear: 2000, standardMonth: 4 });
    assert.equal(toHex(objects.encodeIdentity(identity)), toHex(asdu.objects));
  });
  it('O09: instantaneous totals, powers, voltages and currents (capture)', () => {
    const asdu = asduOf(rowOf('C102-O09').cases?.[0]?.wire ?? '');
    const found = decodeInstantaneous(asdu);
    const [totals, powers, phases] = found;
    assert.ok(totals?.object === 192 && powers?.object === 193 && phases?.object === 194);
    assert.deepEqual(totals.totals, [255842, 69586, 45465, 9566, 413, 2822]);
    assert.deepEqual(powers.powers[0], { activeKw: 8, reactiveKvar: 3, factor: 922, flags: 0 });
    assert.deepEqual(phases.phases, [
      { deciAmperes: 12, deciVolts: 2389 },
      { deciAmperes: 13, deciVolts: 2389 },
      { deciAmperes: 12, deciVolts: 2375 },
    ]);
    assert.deepEqual(
      found.map(({ time }) => isoOf(time)),
      Array(3).fill('2021-04-14T18:55S'),
    );
    assert.equal(
      toHex(Uint8Array.from(found.flatMap((instant) => [...encodeInstantaneous(instant)]))),
      toHex(asdu.objects),
    );
  });
  it('O10: billing record', () => {
    const asdu = asduOf(rowOf('C102-O10').cases?.[0]?.wire ?? '');
    const [record] = decodeBilling(asdu);
    assert.ok(record);
    assert.deepEqual(
      {
        address: record.address,
        activeAbs: record.active.absolute,
        activeInc: record.active.increment,
        activeQual: record.active.quality,
        reactiveIndAbs: record.inductive.absolute,
        reactiveIndInc: record.inductive.increment,
        reactiveCapAbs: record.capacitive.absolute,
        reactiveCapInc: record.capacitive.increment,
        reserved7: record.reserve7.value,
        reserved7Qual: record.reserve7.quality,
        reserved8: record.reserve8.value,
        reserved8Qual: record.reserve8.quality,
        maxPower: record.maxPower.value,
        maxPowerTime: isoOf(record.maxPower.time),
        maxPowerQual: record.maxPower.quality,
        excessPower: record.excessPower.value,
        excessQual: record.excessPower.quality,
        start: isoOf(record.start),
        end: isoOf(record.end),
      },
      (rowOf('C102-O10').cases?.[0]?.expect.objects?.records as unknown[])[0],
    );
    assert.equal(toHex(encodeBilling(record)), toHex(asdu.objects));
  });
  it('O12: three blocks of six totals', () => {
    const row = rowOf('C102-O12');
    const asdu = asduOf((row.steps ?? []).find((step) => step.meaning === 'three blocks')?.hex ?? '');
    const periods = objects.decodeTotalBlocks(asdu);
    const got = periods.map(({ totals, time }) => ({
      object: 10,
      totals: totals.map(({ address, value, quality }) => ({ address, value, qualifier: quality })),
      time: isoOf(time),
    }));
    assert.deepEqual(got, row.expect?.blocks);
    assert.equal(periods.map((period) => toHex(objects.encodeBlock(10, period))).join(''), toHex(asdu.objects));
  });
  it('names the totals of each block: 9 all eight, 10 six, 11 those of pure consumption', () => {
    const addresses = (object: number, n: number): number[] | undefined => {
      const bytes = fromHex(
        object.toString(16).padStart(2, '0') +
          Array.from({ length: n }, (_, i) => `0${i}00000000`).join('') +
          '0081e10712',
      );
      return objects
        .decodeTotalBlocks({
          type: 140,
          count: 1,
          cause: 5,
          isNegative: false,
          point: 1,
          register: 11,
          objects: bytes,
        })[0]
        ?.totals.map((total) => total.address);
    };
    assert.deepEqual(
      [addresses(9, 8), addresses(10, 6), addresses(11, 3)],
      [
        [1, 2, 3, 4, 5, 6, 7, 8],
        [1, 2, 3, 4, 5, 6],
        [1, 3, 6],
      ],
    );
  });
  it('O13: contracted powers', () => {
    const row = rowOf('C102-O13').cases?.[0];
    const asdu = asduOf(row?.wire ?? '');
    const found = objects.decodeContractedPowers(asdu);
    assert.deepEqual({ powers: found.powers, time: isoOf(found.time) }, row?.expect.objects);
    assert.equal(toHex(objects.encodeContractedPowers(found)), toHex(asdu.objects));
  });
  it('O14: causes of refusal', () => {
    const row = rowOf('C102-O14');
    assert.deepEqual(
      (row.cases ?? []).map(({ wire }) => asduOf(wire ?? '')).map(({ cause, isNegative }) => [cause, isNegative]),
      [13, 14, 15, 16].map((cause) => [cause, true]),
    );
  });
  it('O16 and more: times, and the same bytes back', () => {
    for (const { hex, expect } of rowOf('C102-O16').cases ?? []) {
      const tag = decodeTimeA(fromHex(hex ?? ''), 0);
      assert.equal(isoOf(tag), expect.iso);
      assert.equal(toHex(encodeTimeA(tag)), hex);
    }
    for (const { type, hex, value } of more.times) {
      const tag = type === 'A' ? decodeTimeA(fromHex(hex), 0) : decodeTimeB(fromHex(hex), 0);
      assert.equal(isoOf(tag, type), value);
      assert.equal(toHex(type === 'A' ? encodeTimeA(tag) : encodeTimeB(tag)), hex);
    }
  });
  for (const { name, hex, value } of more.frames) {
    it(name, () => {
      const frame = whole(fromHex(hex));
      const asdu = asduOf(hex);
      const head = {
        control: frame.control,
        link: frame.link,
        type: asdu.type,
        count: asdu.count,
        cause: asdu.cause,
        point: asdu.point,
        register: asdu.register,
      };
      for (const [field, got] of Object.entries(head)) assert.equal(got, value[field], field);
      if (value.password !== undefined)
        assert.equal(toHex(asdu.objects), toHex(objects.encodePassword(Number(value.password))));
      if (value.from !== undefined)
        assert.deepEqual(
          [isoOf(decodeTimeA(asdu.objects, 0)), isoOf(decodeTimeA(asdu.objects, 5))],
          [value.from, value.to],
        );
      if (value.mirroredFrom !== undefined)
        assert.deepEqual(
          [isoOf(decodeTimeA(asdu.objects, 2)), isoOf(decodeTimeA(asdu.objects, 7))],
          [value.mirroredFrom, value.mirroredTo],
        );
      if (value.identity !== undefined) assert.deepEqual(objects.decodeIdentity(asdu), value.identity);
      if (value.objects !== undefined) assert.equal(toHex(asdu.objects), value.objects);
      if (value.totals !== undefined) {
        const [period] = objects.decodeTotals(asdu);
        assert.deepEqual(
          period?.totals.map((total) => [total.address, total.value, total.quality]),
          value.totals,
        );
        assert.equal(period && isoOf(period.time), value.time);
      }
      if (value.instantTotals !== undefined) {
        const [instant] = decodeInstantaneous(asdu);
        assert.ok(instant?.object === 192);
        assert.deepEqual([instant.totals, isoOf(instant.time)], [value.instantTotals, value.time]);
      }
      if (value.events !== undefined) {
        const events = objects.decodeEvents(asdu);
        assert.equal(events.length, 20);
        assert.deepEqual(
          events.slice(0, 4).map((event) => [event.address, event.qualifier, event.isOn, isoOf(event.time, 'B')]),
          value.events,
        );
      }
      if (value.configuration !== undefined) {
        const c = decodeConfiguration(asdu);
        const got = {
          manufacturer: c.identity.manufacturer,
          device: c.identity.device,
          model: c.model,
          firmware: c.firmware,
          standard: `${c.identity.standardYear}-0${c.identity.standardMonth}`,
          protocolDate: isoOf(c.protocolDate),
          battery: c.battery,
          ports: c.ports.map((port) => `${port.speed} ${port.format}`),
          primaryVolts: String(c.primaryDeciVolts / 10),
          secondaryVolts: String(c.secondaryDeciVolts / 10),
          primaryAmperes: String(c.primaryDeciAmperes / 10),
          secondaryAmperes: String(c.secondaryDeciAmperes / 10),
          periods: c.periods,
          rest: c.rest,
        };
        assert.deepEqual(got, value.configuration);
      }
    });
  }
});

describe('rows of the IEC 60870-5-102 vectors', () => {
  it('are all taken for what they mean', () =>
    assert.deepEqual(
      rows.map(({ id }) => id).filter((id) => !taken.has(id) && !(id in TAKEN_ELSEWHERE)),
      [],
    ));
});

function totalsCases(): [string, string, unknown][] {
  const cases = ['C102-O05', 'C102-O11'].map((id): [string, string, unknown] => [
    id,
    rowOf(id).cases?.[0]?.wire ?? '',
    rowOf(id).cases?.[0]?.expect.objects,
  ]);
  const steps = (rowOf('C102-O04').steps ?? []).filter((step) => /hour/.test(step.meaning));
  const records = rowOf('C102-O04').expect?.records as unknown[];
  return [...cases, ...steps.map((step, i): [string, string, unknown] => ['C102-O04', step.hex, records[i]])];
}

function wordsOf(quality: number): string[] {
  return objects.QUALITIES.filter(([bit]) => quality & bit).map(([, word]) => word);
}

function isoOf(tag: TimeTag, type: 'A' | 'B' = 'A'): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const seconds = type === 'A' ? '' : `:${two(tag.second)}.${String(tag.millisecond).padStart(3, '0')}`;
  return `${tag.year}-${two(tag.month)}-${two(tag.day)}T${two(tag.hour)}:${two(tag.minute)}${seconds}${tag.isSummer ? 'S' : 'W'}`;
}

function asduOf(hex: string): Asdu {
  const frame = whole(fromHex(hex));
  return frame.kind === 'variable' ? decodeAsdu(frame.asdu) : assert.fail('a fixed frame');
}

function whole(bytes: Uint8Array): Ft12Frame {
  const found = scanFt12(bytes);
  if (found === 'more' || !('frame' in found)) return assert.fail('no frame');
  assert.equal(found.size, bytes.length);
  return found.frame;
}

function encoded(frame: Ft12Frame): Uint8Array {
  return frame.kind === 'fixed'
    ? encodeFixed(frame.control, frame.link)
    : encodeVariable(frame.control, frame.link, frame.asdu);
}

function scanAll(chunks: readonly Uint8Array[]): Ft12Frame[] {
  const inbox = new Inbox();
  const found: Ft12Frame[] = [];
  for (const chunk of chunks) {
    inbox.push(chunk);
    for (let frame = inbox.next(scanFt12); frame !== undefined; frame = inbox.next(scanFt12)) found.push(frame);
  }
  return found;
}
