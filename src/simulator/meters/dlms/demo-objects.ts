// What the simulated meter measures: a three-phase meter with 35 days of quarter-hour rows, every number reckoned from
// its index so that a test can say what must come out.
import type { Data } from '../../../core/dlms/apdu/axdr';
import { dateTimeAt, encodeDateTime } from '../../../core/dlms/model/date-time';
import { array, choice, code, i8, octets, scalerUnit, structure, text, u16, u32, u8, type SimObject } from './model';
import { profileObject, type ProfileModel } from './profile-model';

export interface DemoOptions {
  readonly deviceName: string;
  readonly client: number;
  /** The lowest client counter that the meter still accepts. */
  readonly counter: () => number;
  readonly profile?: Partial<ProfileModel>;
  /** The local fields of a clock that stands still, as ms; or where one that runs stands, as a moment. */
  readonly clockMs: number | (() => number);
  /** Minutes from the clock's local fields to UTC; it keeps to them all year. */
  readonly deviation: number | null;
  readonly associationVersion?: number;
}

export const PROFILE_DAYS = 35;
export const PROFILE_START_MS = Date.UTC(2026, 9, 1, 0, 15);

/** Row i of the load profile behind its clock: status, import Wh, export Wh, voltage in tenths. */
export function profileCells(i: number): readonly Data[] {
  return [u8(i % 97 === 0 ? 8 : 0), u32(1_000_000 + i * 13), u32(5_000 + Math.floor(i / 4)), u16(2300 + (i % 8))];
}

export function demoObjects(o: DemoOptions): readonly SimObject[] {
  const nowMs = (): number => (typeof o.clockMs === 'number' ? o.clockMs + (o.deviation ?? 0) * 60_000 : o.clockMs());
  const clock = (): Data => octets(encodeDateTime(dateTimeAt(nowMs(), o.deviation, 0)));
  const object = (
    classId: number,
    baseName: number,
    instance: Uint8Array,
    attributes: readonly (readonly [number, Data | (() => Data)])[],
    version = 0,
  ): SimObject => ({ classId, version, instance, baseName, attributes: new Map(attributes) });
  const register = (
    baseName: number,
    c: number,
    d: number,
    e: number,
    value: Data,
    scaler: number,
    unit: number,
  ): SimObject =>
    object(3, baseName, code(1, 0, c, d, e, 255), [
      [2, value],
      [3, scalerUnit(scaler, unit)],
    ]);
  const profile = profileObject({
    instance: code(1, 0, 99, 1, 0, 255),
    baseName: 0x4000,
    periodS: 900,
    count: PROFILE_DAYS * 96,
    firstMs: PROFILE_START_MS,
    deviation: o.deviation,
    cells: profileCells,
    columns: [
      { classId: 8, instance: code(0, 0, 1, 0, 0, 255), attribute: 2 },
      { classId: 1, instance: code(0, 0, 96, 10, 1, 255), attribute: 2 },
      { classId: 3, instance: code(1, 0, 1, 8, 0, 255), attribute: 2 },
      { classId: 3, instance: code(1, 0, 2, 8, 0, 255), attribute: 2 },
      { classId: 3, instance: code(1, 0, 32, 7, 0, 255), attribute: 2 },
    ],
    ...o.profile,
  });
  const objects: SimObject[] = [
    object(1, 0xfd00, code(0, 0, 42, 0, 0, 255), [[2, text(o.deviceName)]]),
    object(1, 0x0100, code(0, 0, 43, 1, 0, 255), [[2, (): Data => u32(o.counter())]]),
    object(1, 0x0200, code(1, 0, 0, 2, 0, 255), [[2, text('FW 01.02.03')]]),
    object(1, 0x0300, code(0, 0, 96, 1, 0, 255), [[2, text('12345678')]]),
    object(1, 0x0400, code(0, 0, 96, 10, 1, 255), [[2, u8(8)]]),
    object(8, 0x2bc0, code(0, 0, 1, 0, 0, 255), [
      [2, clock],
      [3, { type: 'long', value: 60 }],
      [4, u8(0)],
      [5, octets(DST_BEGIN)],
      [6, octets(DST_END)],
      [7, i8(60)],
      [8, { type: 'boolean', value: true }],
      [9, choice(1)],
    ]),
    register(0x2000, 1, 8, 0, u32(1_043_677), 0, 30),
    register(0x2100, 1, 8, 1, u32(700_000), 0, 30),
    register(0x2200, 1, 8, 2, u32(343_677), 0, 30),
    register(0x2300, 2, 8, 0, u32(5_840), 0, 30),
    register(0x2400, 3, 8, 0, { type: 'long64-unsigned', value: 18_446_744_073_709_551_615n }, -3, 32),
    register(0x2500, 32, 7, 0, u16(2304), -1, 35),
    register(0x2600, 52, 7, 0, u16(2311), -1, 35),
    register(0x2700, 72, 7, 0, u16(2298), -1, 35),
    register(0x2800, 31, 7, 0, u16(512), -2, 33),
    register(0x2900, 14, 7, 0, { type: 'float32', value: Math.fround(49.98) }, 0, 44),
    register(0x2a00, 1, 7, 0, { type: 'double-long', value: -350 }, 0, 27),
    register(0x2b00, 13, 7, 0, u16(987), -3, 255),
    object(4, 0x3000, code(1, 0, 1, 6, 0, 255), [
      [2, u32(4521)],
      [3, scalerUnit(0, 27)],
      [4, u8(0)],
      [5, octets(encodeDateTime({ ...dateTimeAt(Date.UTC(2026, 10, 3, 17, 45), null), weekday: null }))],
    ]),
    object(5, 0x3100, code(1, 0, 1, 4, 0, 255), [
      [2, u32(810)],
      [3, u32(795)],
      [4, scalerUnit(0, 27)],
      [5, u8(0)],
      [6, clock],
      [7, clock],
      [8, u32(900)],
      [9, u16(1)],
    ]),
    profile,
    object(17, 0xfc00, code(0, 0, 41, 0, 0, 255), [[2, array([structure(u16(1), text('MTX1'))])]]),
    object(70, 0x5000, code(0, 0, 96, 3, 10, 255), [
      [2, { type: 'boolean', value: true }],
      [3, choice(1)],
      [4, choice(2)],
    ]),
    object(18, 0x5100, code(0, 0, 44, 0, 0, 255), [
      [2, u32(256)],
      [3, { type: 'bit-string', value: '1011011' }],
      [4, u32(1)],
      [5, { type: 'boolean', value: false }],
      [6, choice(0)],
      [7, array([])],
    ]),
    object(
      64,
      0x5200,
      code(0, 0, 43, 0, 0, 255),
      [
        [2, choice(3)],
        [3, choice(0)],
        [4, octets(new Uint8Array(8))],
        [5, octets(new Uint8Array(8))],
      ],
      1,
    ),
    object(20, 0x5300, code(0, 0, 13, 0, 0, 255), [
      [2, text('WEEK01')],
      [3, array([structure(text('S1'), octets(DST_BEGIN), text('W1'))])],
    ]),
    object(200, 0x5400, code(0, 0, 128, 0, 0, 255), [[2, structure(u8(1), text('maker'))]]),
  ];
  const entries = [...objects.map(objectOfList(o.associationVersion ?? 1))];
  const own = structure(
    u16(15),
    u8(o.associationVersion ?? 1),
    octets(ASSOCIATION),
    structure(
      array([1, 2].map((a) => structure(i8(a), choice(1), { type: 'null-data', value: null }))),
      array([structure(i8(1), choice(1))]),
    ),
  );
  const shortNames = array(
    objects.map((one) =>
      structure(
        { type: 'long', value: (one.baseName << 16) >> 16 },
        u16(one.classId),
        u8(one.version),
        octets(one.instance),
      ),
    ),
  );
  return [
    ...objects,
    object(15, 0x7000, ASSOCIATION, [[2, array([...entries, own])]], o.associationVersion ?? 1),
    object(12, 0xfa00, ASSOCIATION, [[2, shortNames]]),
  ];
}

/** An entry of object_list; access modes as its version writes them. */
function objectOfList(version: number): (object: SimObject) => Data {
  return ({ classId, version: ofObject, instance, attributes, select }) => {
    const rights = [1, ...attributes.keys()].map((attribute) =>
      structure(
        i8(attribute),
        choice(1),
        attribute === 2 && select ? array([i8(1), i8(2)]) : { type: 'null-data', value: null },
      ),
    );
    const method = structure(i8(1), version === 0 ? { type: 'boolean', value: false } : choice(0));
    return structure(u16(classId), u8(ofObject), octets(instance), structure(array(rights), array([method])));
  };
}

const ASSOCIATION = code(0, 0, 40, 0, 0, 255);
/** Last Sunday of March at 02:00 and of October at 03:00. */
const DST_BEGIN = code(0xff, 0xff, 3, 0xfe, 7, 2, 0, 0, 0, 0x80, 0, 0);
const DST_END = code(0xff, 0xff, 10, 0xfe, 7, 3, 0, 0, 0, 0x80, 0, 0);
