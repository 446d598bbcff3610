// What a meter sends unasked (Green Book 9.4.6.9 to 9.4.6.12, 9.5): DataNotification, EventNotification,
// InformationReport.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { takeData, type Data } from './axdr';
import { encodeData } from './axdr-encode';
import { Cursor, octetString, u16Octets, u32Octets } from './cursor';
import { takeList } from './get';
import { TAG, apduTagOf } from './tags';

/** DataNotification (Green Book 9.4.6.10). */
export interface DataNotification {
  readonly kind: 'data';
  readonly invoke: number;
  /** 12 octets of the sending time, or none. */
  readonly time?: Uint8Array;
  readonly body: Data;
}

/** EventNotification: one attribute of one object. */
export interface EventNotification {
  readonly kind: 'event';
  readonly time?: Uint8Array;
  readonly classId: number;
  readonly instance: Uint8Array;
  readonly attribute: number;
  readonly body: Data;
}

/** InformationReport: what short names send unasked. */
export interface InformationReport {
  readonly kind: 'report';
  readonly names: readonly number[];
  readonly values: readonly Data[];
}

/** What a meter sends by itself. */
export type Notification = DataNotification | EventNotification | InformationReport;

/** The octets of a DataNotification. */
export function encodeDataNotification({ invoke, time, body }: Omit<DataNotification, 'kind'>): Uint8Array {
  return concatBytes(Uint8Array.of(0x0f), u32Octets(invoke), octetString(time ?? new Uint8Array(0)), encodeData(body));
}

/** The octets of an EventNotification. */
export function encodeEventNotification(e: Omit<EventNotification, 'kind'>): Uint8Array {
  const time = e.time ? concatBytes(Uint8Array.of(0x01), octetString(e.time)) : Uint8Array.of(0x00);
  return concatBytes(
    Uint8Array.of(0xc2),
    time,
    u16Octets(e.classId),
    e.instance,
    Uint8Array.of(e.attribute),
    encodeData(e.body),
  );
}

/** A notification of any kind; BAD_VALUE for anything else. */
export function decodeNotification(apdu: Uint8Array): Notification {
  const cursor = new Cursor(apdu);
  const tag = cursor.u8();
  const take = TAKERS[tag];
  if (!take) throw cursor.fail(phrase('dlms.expected', { what: 'DataNotification' }), 0);
  const notification = take(cursor);
  cursor.finish();
  return notification;
}

/** By its first octet alone. */
export function isNotification(apdu: Uint8Array): boolean {
  const tag = apduTagOf(apdu);
  return tag === TAG.dataNotification || tag === TAG.eventNotification || tag === TAG.informationReport;
}

function takeDataNotification(cursor: Cursor): DataNotification {
  return { kind: 'data', ...takeDataHead(cursor), body: takeData(cursor) };
}

/** Kaifa meters send the time with a Data tag (09 0C ...) where the standard has the length alone. */
export function takeDataHead(cursor: Cursor): { readonly invoke: number; readonly time?: Uint8Array } {
  const invoke = cursor.u32();
  if (cursor.bytes[cursor.at] === 0x09 && cursor.bytes[cursor.at + 1] === 0x0c) cursor.u8();
  const time = cursor.octets();
  return { invoke, ...(time.length > 0 && { time }) };
}

function takeEvent(cursor: Cursor): EventNotification {
  const time = cursor.isPresent() ? cursor.octets() : undefined;
  return {
    kind: 'event',
    ...(time && { time }),
    classId: cursor.u16(),
    instance: cursor.take(6),
    attribute: cursor.i8(),
    body: takeData(cursor),
  };
}

/** Variable access specifications 02 + short name; the time before them is a GeneralizedTime and is skipped. */
function takeReport(cursor: Cursor): InformationReport {
  if (cursor.isPresent()) cursor.octets();
  const names = takeList(cursor, (c) => {
    if (c.u8() !== 0x02) throw c.fail(phrase('dlms.expected', { what: 'variable-name' }), c.at - 1);
    return c.u16();
  });
  return { kind: 'report', names, values: takeList(cursor, (c) => takeData(c)) };
}

const TAKERS: { readonly [tag: number]: (cursor: Cursor) => Notification } = {
  0x0f: takeDataNotification,
  0xc2: takeEvent,
  0x18: takeReport,
};
