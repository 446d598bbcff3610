// Register addresses as people write them. The PDU counts from 0; manuals count from 1 and put the table in front
// (40001 = first holding register), with five or six digits or an x. What can be meant in two ways is refused.
import { failure, phrase, type ReadError, type Phrase } from '../../wire/errors';

export interface Address {
  /** As in the PDU: counted from 0. */
  readonly address: number;
  /** The table, where the notation names it. */
  readonly fc?: 1 | 2 | 3 | 4;
}

/**
 * A number is the PDU's address. A text is `0x10` or `10h` (PDU address in hex), `4x0001`, `40001`, `400001` (table and
 * number from 1), or any other decimal number (PDU address).
 */
export function parseAddress(text: string | number): Address {
  if (typeof text === 'number') return { address: inRange(text, String(text)) };
  const trimmed = text.trim();
  const hex = /^(?:0x([0-9a-f]{1,5})|([0-9a-f]{1,5})h)$/i.exec(trimmed);
  if (hex) return { address: inRange(Number.parseInt(hex[1] ?? hex[2] ?? '', 16), trimmed) };
  const table = /^([0134])(?:x(\d{1,5})|(\d{4,5}))$/i.exec(trimmed);
  if (table) return tableAddress(trimmed, table[1] ?? '', Number(table[2] ?? table[3]));
  if (!/^\d{1,5}$/.test(trimmed)) {
    throw invalid(trimmed, phrase('modbus.addressForms', {}));
  }
  return { address: inRange(Number(trimmed), trimmed) };
}

function tableAddress(text: string, digit: string, number: number): Address {
  const fc = TABLES[digit];
  if (fc === undefined) throw invalid(text, phrase('modbus.tablesAre', {}));
  if (number === 0) {
    // 40000 is a true address on the wire (SunSpec), and also what a manual that counts from 0 prints.
    const first = `${text.slice(0, -1)}1`;
    const wire = `0x${Number(text).toString(16).toUpperCase()}`;
    const isWire = Number(text) <= 0xffff;
    throw invalid(
      text,
      isWire ? phrase('modbus.fromOneOrWire', { first, wire, shown: text }) : phrase('modbus.fromOne', { first }),
    );
  }
  return { address: inRange(number - 1, text), fc };
}

function inRange(address: number, text: string): number {
  if (!Number.isInteger(address) || address < 0 || address > 0xffff)
    throw invalid(text, phrase('modbus.wireRange', {}));
  return address;
}

function invalid(text: string, why: Phrase): ReadError {
  return failure('modbus.noAddress', { shown: text.slice(0, 20), why });
}

/** The tables of the older notation: coils 0xxxx, discrete inputs 1xxxx, input registers 3xxxx, holding registers 4xxxx. */
const TABLES: { readonly [digit: string]: 1 | 2 | 3 | 4 } = { 0: 1, 1: 2, 3: 4, 4: 3 };
