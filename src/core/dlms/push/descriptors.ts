// Pushes whose entries begin with a bare cosem-attribute-descriptor (Green Book 9.5: class, instance, attribute: nine
// octets of A-XDR without any tag) where Data has to stand; seen of the Sagemcom XT211 (EG.D, Czechia). Taken as such
// only where every entry has this form, their number is the one told, and no octet is left over.
import type { Reading } from '../../meter/reading';
import { ReadError, phrase } from '../../wire/errors';
import { takeData, type Data } from '../apdu/axdr';
import { Cursor } from '../apdu/cursor';
import { takeDataHead } from '../apdu/notification';
import { TAG } from '../apdu/tags';
import type { Language } from '../model/obis-names';
import { attributeReading } from './pushed-reading';

/** Entries of a bare attribute descriptor and a value. */
export interface DescribedPush {
  readonly kind: 'described';
  readonly time?: Uint8Array;
  readonly entries: readonly DescribedValue[];
}

interface DescribedValue {
  readonly classId: number;
  readonly instance: Uint8Array;
  readonly attribute: number;
  readonly value: Data;
}

/** Undefined for every notification of another form. */
export function decodeDescribed(apdu: Uint8Array): DescribedPush | undefined {
  if (apdu[0] !== TAG.dataNotification) return undefined;
  try {
    const cursor = new Cursor(apdu, 1);
    const { time } = takeDataHead(cursor);
    const count = skipToCount(cursor);
    const entries = Array.from({ length: count }, () => takeEntry(cursor));
    cursor.finish();
    return { kind: 'described', ...(time && { time }), entries };
  } catch (thrown) {
    if (thrown instanceof ReadError && thrown.code === 'BAD_VALUE') return undefined;
    throw thrown;
  }
}

/** One reading per entry. */
export function describedReadings({ entries }: DescribedPush, language: Language): readonly Reading[] {
  return entries.map((entry) => attributeReading(entry, entry.value, undefined, language));
}

/**
 * The number of entries stands right before the first; a head of a few octets may stand before it (XT211: 02 02 16 01).
 */
function skipToCount(cursor: Cursor): number {
  const { bytes, end } = cursor;
  const first = cursor.at;
  for (let at = first + 1; at <= first + MAX_HEAD && at + ENTRY_HEAD.length < end; at++) {
    if (!ENTRY_HEAD.every((octet, i) => bytes[at + 1 + i] === octet)) continue;
    cursor.at = at;
    const count = cursor.u8();
    if (count > 0 && count < 0x80) return count;
  }
  throw cursor.fail(phrase('dlms.expected', { what: 'structure' }));
}

function takeEntry(cursor: Cursor): DescribedValue {
  for (const octet of ENTRY_HEAD)
    if (cursor.u8() !== octet) throw cursor.fail(phrase('dlms.expected', { what: 'structure(2)' }));
  const classId = cursor.u16();
  const instance = cursor.take(6);
  const attribute = cursor.i8();
  const isPlausible = classId > 0 && classId < MAX_CLASS && (instance[0] ?? 0xff) <= LAST_MEDIUM && attribute > 0;
  if (!isPlausible) throw cursor.fail(phrase('dlms.expected', { what: 'cosem-attribute-descriptor' }));
  return { classId, instance, attribute, value: takeData(cursor) };
}

/** structure (2). */
const ENTRY_HEAD = [0x02, 0x02] as const;
const MAX_HEAD = 8;
/** Class 0x0100 and above would begin with a tag of Data; no standard class is. */
const MAX_CLASS = 0x100;
const LAST_MEDIUM = 15;
