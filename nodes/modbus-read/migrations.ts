// Stored flows of earlier releases, with the meaning that they had.
import type { Migration } from '../shared/migrate';

export const modbusMigrations: readonly Migration[] = [
  // Version 1 took digits by their JavaScript type: 40001 as text was the manual's number, as a number the wire's.
  { to: 2, up: (config) => ({ ...config, registers: rows(config['registers']) }) },
];

function rows(registers: unknown): unknown {
  return Array.isArray(registers) ? registers.map((row: unknown) => explicitRow(row)) : registers;
}

function explicitRow(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return row;
  const { address } = row as { readonly address?: unknown };
  if (typeof address === 'number') return isTableLike(String(address)) ? { ...row, base: 0 } : row;
  if (typeof address !== 'string') return row;
  const text = address.trim();
  const table = /^([0134])(\d{4,5})$/.exec(text);
  if (!table) return row;
  const [, digit = '', number = ''] = table;
  // no notation of its own: 0x0001 is hex
  if (digit === '0') return { ...row, fc: functionOf(row) ?? 1, address: Number(number) - 1, base: 0 };
  return Number(number) === 0 ? row : { ...row, address: `${digit}x${number}` };
}

function functionOf(row: object): unknown {
  const { fc } = row as { readonly fc?: unknown };
  return fc === '' || fc === null ? undefined : fc;
}

function isTableLike(digits: string): boolean {
  return /^[134]\d{4}$/.test(digits);
}
