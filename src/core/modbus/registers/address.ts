// Register addresses as people write them. The PDU counts from 0; manuals count from 1 and put the table in front
// (40001 = first holding register), with five or six digits or an x. What can be meant in two ways is refused, and the
// same digits mean one register, whether they come as a number or as text.
import { failure, phrase, type ReadError, type Phrase } from '../../wire/errors';

export interface Address {
  /** As in the PDU: counted from 0. */
  readonly address: number;
  /** The table, where the notation names it. */
  readonly fc?: 1 | 2 | 3 | 4;
}

/** What is said beside the address. */
export interface AddressContext {
  /** The table is known, so that digits need not name it. */
  readonly hasTable?: boolean;
  /** The number of the first address: 0 as on the wire, or 1. */
  readonly base?: 0 | 1;
}

/**
 * `0x10` and `10h` are hex; `4x0001` and six digits (`400001`, beyond any address on the wire) are a table and a number
 * from 1. Other digits are the address on the wire where the table is said, or count from `base`. Five digits that may
 * name a table (`40001`) are refused where nothing else says it, and so are those with leading zeros.
 */
export function parseAddress(written: string | number, context: AddressContext = {}): Address {
  const text = String(written).trim();
  const { base } = context;
  const hex = typeof written === 'string' && /^(?:0x([0-9a-f]{1,5})|([0-9a-f]{1,5})h)$/i.exec(text);
  if (hex) return { address: inRange(Number.parseInt(hex[1] ?? hex[2] ?? '', 16) - (base ?? 0), text) };
  const table = /^(?:([0134])x(\d{1,5})|([134])(\d{5}))$/i.exec(text);
  if (table) {
    if (base === 0) throw invalid(text, phrase('modbus.baseOfTable', {}));
    return tableAddress(text, table[1] ?? table[3] ?? '', Number(table[2] ?? table[4]));
  }
  if (!/^\d{1,6}$/.test(text)) throw invalid(text, phrase('modbus.addressForms', {}));
  if (base !== undefined) return { address: inRange(Number(text) - base, text) };
  const isTableLike = /^0\d{4,5}$/.test(text) || (context.hasTable !== true && /^[134]\d{4}$/.test(text));
  if (isTableLike) throw ambiguous(text);
  return { address: inRange(Number(text), text) };
}

function tableAddress(text: string, digit: string, number: number): Address {
  const fc = TABLES[digit];
  if (fc === undefined) throw invalid(text, phrase('modbus.tablesAre', {}));
  if (number === 0) throw invalid(text, phrase('modbus.fromOne', { first: `${text.slice(0, -1)}1` }));
  return { address: inRange(number - 1, text), fc };
}

/** 40001 is an address on the wire, and also the manual's number of the first holding register. */
function ambiguous(text: string): ReadError {
  if (text.startsWith('0')) return invalid(text, phrase('modbus.leadingZeros', { shown: String(Number(text)) }));
  const number = text.slice(1);
  const manual = `${text.slice(0, 1)}x${Number(number) === 0 ? '0001' : number}`;
  const wire = `0x${Number(text).toString(16).toUpperCase()}`;
  return invalid(text, phrase('modbus.twoMeanings', { shown: text, manual, wire }));
}

function inRange(address: number, text: string): number {
  if (!Number.isInteger(address) || address < 0 || address > 0xffff)
    throw invalid(text, phrase('modbus.wireRange', {}));
  return address;
}

function invalid(text: string, why: Phrase): ReadError {
  return failure('modbus.noAddress', { shown: text.slice(0, 20), why });
}

/**
 * The tables of the older notation: coils 0xxxx, discrete inputs 1xxxx, input registers 3xxxx, holding registers 4xxxx.
 */
const TABLES: { readonly [digit: string]: 1 | 2 | 3 | 4 } = { 0: 1, 1: 2, 3: 4, 4: 3 };
