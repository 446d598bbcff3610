// The public functions of the Modbus Application Protocol V1.1b3 that this palette speaks, as plain values.
// Quantities and addresses are those of the PDU: addresses count from 0.

export type FunctionCode = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 11 | 12 | 15 | 16 | 17 | 22 | 23 | 24 | 43;

export type Request =
  | {
      readonly function: 1 | 2 | 3 | 4;
      readonly address: number;
      readonly quantity: number;
      /** Octets of values that this device answers, where it does not answer two for each register asked for. */
      readonly answerBytes?: number;
    }
  | { readonly function: 5; readonly address: number; readonly value: boolean }
  | { readonly function: 6; readonly address: number; readonly value: number }
  | { readonly function: 7 | 11 | 12 | 17 }
  | { readonly function: 8; readonly subfunction: number; readonly data: Uint8Array }
  | { readonly function: 15; readonly address: number; readonly values: readonly boolean[] }
  | { readonly function: 16; readonly address: number; readonly values: readonly number[] }
  | { readonly function: 22; readonly address: number; readonly andMask: number; readonly orMask: number }
  | {
      readonly function: 23;
      readonly readAddress: number;
      readonly readQuantity: number;
      readonly writeAddress: number;
      readonly values: readonly number[];
    }
  | { readonly function: 24; readonly address: number }
  | { readonly function: 43; readonly mei: 14; readonly readDeviceId: 1 | 2 | 3 | 4; readonly objectId: number };

export interface DeviceObject {
  readonly id: number;
  readonly value: Uint8Array;
}

/** A server's refusal: `function` is the one asked for, without its high bit. */
export interface ExceptionResponse {
  readonly function: FunctionCode;
  readonly exception: number;
}

export type Response =
  | { readonly function: 1 | 2; readonly bits: readonly boolean[] }
  | { readonly function: 3 | 4 | 23; readonly registers: readonly number[] }
  | { readonly function: 5; readonly address: number; readonly value: boolean }
  | { readonly function: 6; readonly address: number; readonly value: number }
  | { readonly function: 7; readonly status: number }
  | { readonly function: 8; readonly subfunction: number; readonly data: Uint8Array }
  | { readonly function: 11; readonly status: number; readonly eventCount: number }
  | {
      readonly function: 12;
      readonly status: number;
      readonly eventCount: number;
      readonly messageCount: number;
      readonly events: Uint8Array;
    }
  | { readonly function: 15 | 16; readonly address: number; readonly quantity: number }
  /** Server id, run indicator (0x00 or 0xFF) and more: 6.13 leaves the layout to the device. */
  | { readonly function: 17; readonly data: Uint8Array }
  | { readonly function: 22; readonly address: number; readonly andMask: number; readonly orMask: number }
  | { readonly function: 24; readonly values: readonly number[] }
  | {
      readonly function: 43;
      readonly mei: 14;
      readonly readDeviceId: 1 | 2 | 3 | 4;
      readonly conformity: number;
      readonly moreFollows: boolean;
      readonly nextObjectId: number;
      readonly objects: readonly DeviceObject[];
    }
  | ExceptionResponse;

export function isException(response: Response): response is ExceptionResponse {
  return 'exception' in response;
}

/** Name of an exception code, for people; a code that the standard does not know says so. */
export function exceptionName(code: number): string {
  return EXCEPTIONS[code] ?? `code ${code}, which the standard does not define`;
}

/** V1.1b3 chapter 7; 7 is of the older "Modicon Modbus Protocol Reference Guide" (PI-MBUS-300) and still met in meters. */
export const EXCEPTIONS: { readonly [code: number]: string } = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'server device failure',
  5: 'acknowledge',
  6: 'server device busy',
  7: 'negative acknowledge',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'gateway target device failed to respond',
};

/** 6.21, table of device identification objects. */
export const DEVICE_OBJECTS: { readonly [id: number]: string } = {
  0: 'vendorName',
  1: 'productCode',
  2: 'majorMinorRevision',
  3: 'vendorUrl',
  4: 'productName',
  5: 'modelName',
  6: 'userApplicationName',
};

/** MODBUS_MAX_PDU, chapter 4.1: 256 bytes of an RS-485 ADU less unit and CRC. */
export const MAX_PDU_BYTES = 253;
