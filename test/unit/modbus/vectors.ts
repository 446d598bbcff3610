// Rows of test/vectors/modbus.json: requests by pymodbus, answers of live servers and of the standard's own examples.
import type { Request } from '../../../src/core/modbus/frames/pdu';
import { vectorFile } from '../../support/vectors';

export interface Row {
  readonly id: string;
  readonly category: string;
  readonly name: string;
  readonly transport: 'rtu' | 'ascii';
  readonly request: { readonly unit: number; readonly type?: string; readonly value?: unknown } & Request;
  readonly requestHex: string | null;
  readonly responseHex: string | null;
  readonly expect: {
    readonly registers?: readonly number[];
    readonly bits?: readonly boolean[];
    readonly exception?: number;
    readonly ok?: boolean;
    readonly status?: number;
    readonly eventCount?: number;
    readonly messageCount?: number;
    readonly events?: readonly number[];
    readonly fifo?: readonly number[];
    readonly objects?: { readonly [id: string]: string };
    readonly conformity?: number;
    readonly moreFollows?: boolean;
    readonly nextObjectId?: number;
    readonly rawAscii?: string;
    readonly runIndicator?: number;
    readonly error?: string;
    readonly type?: string;
    readonly wordOrder?: string;
    readonly value?: unknown;
  };
}

export const rows = vectorFile<{ readonly vectors: readonly Row[] }>('modbus.json').vectors.filter(
  (row) => row.category !== 'link',
);

/** The request in the vocabulary of the codec: one row writes a float32 and names its value only. */
export function requestOf(row: Row): Request {
  const { request } = row;
  if (request.function === 16 && request.type === 'float32') {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(Number(request.value));
    return { function: 16, address: request.address, values: [bytes.readUInt16BE(0), bytes.readUInt16BE(2)] };
  }
  const { unit: _, ...rest } = request;
  return rest;
}
