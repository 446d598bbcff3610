// exception-response and confirmedServiceError (Green Book 9.4.6.2, 9.5): an answer that is no answer.
import { phrase } from '../../wire/errors';
import { Cursor } from './cursor';

/** exception-response: the state of the meter and the service that failed. */
export interface DlmsException {
  readonly stateError: number;
  readonly serviceError: number;
  /** invocation-counter-error names the value that the meter expects. */
  readonly expectedCounter?: number;
}

/** confirmedServiceError: service, kind and value by the tables of `service-errors.ts`. */
export interface ConfirmedServiceError {
  readonly service: number;
  readonly kind: number;
  readonly value: number;
}

/** The octets of an exception-response. */
export function encodeException({ stateError, serviceError, expectedCounter }: DlmsException): Uint8Array {
  const head = [0xd8, stateError, serviceError];
  if (expectedCounter === undefined) return Uint8Array.from(head);
  return Uint8Array.of(
    ...head,
    expectedCounter >>> 24,
    (expectedCounter >> 16) & 0xff,
    (expectedCounter >> 8) & 0xff,
    expectedCounter & 0xff,
  );
}

/** An exception-response; BAD_VALUE for anything else. */
export function decodeException(apdu: Uint8Array): DlmsException {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xd8) throw cursor.fail(phrase('dlms.expected', { what: 'exception-response' }), 0);
  const head = { stateError: cursor.u8(), serviceError: cursor.u8() };
  return head.serviceError === 6 && cursor.left >= 4 ? { ...head, expectedCounter: cursor.u32() } : head;
}

/** A confirmedServiceError; BAD_VALUE for anything else. */
export function decodeConfirmedServiceError(apdu: Uint8Array): ConfirmedServiceError {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0x0e) throw cursor.fail(phrase('dlms.expected', { what: 'confirmedServiceError' }), 0);
  return { service: cursor.u8(), kind: cursor.u8(), value: cursor.u8() };
}
