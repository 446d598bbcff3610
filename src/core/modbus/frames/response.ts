// Response PDUs, V1.1b3 chapter 6. An answer is judged by its request: RTU answers carry no address, so byte counts
// and echoes are all that ties them to the question; each is checked, none is repaired.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { isException, type DeviceObject, type Request, type Response } from './functions';
import { broken, checkByte, checkSize, copyOf, packBits, readWords, unpackBits, words } from './octets';

/** Whole input or BAD_FRAME with the offset. */
export function decodeResponse(pdu: Uint8Array, request: Request): Response {
  const code = pdu[0];
  if (code === (request.function | 0x80)) {
    checkSize(pdu, 2);
    return { function: request.function, exception: pdu[1] ?? 0 };
  }
  if (code !== request.function) throw broken(pdu, 0, phrase('modbus.functionAsked', { function: request.function }));
  switch (request.function) {
    case 1:
    case 2:
      checkCounted(pdu, Math.ceil(request.quantity / 8));
      return { function: request.function, bits: unpackBits(pdu, 2, request.quantity) };
    case 3:
    case 4:
      checkCounted(pdu, request.answerBytes ?? request.quantity * 2);
      return { function: request.function, registers: registersIn(pdu) };
    case 23:
      checkCounted(pdu, request.readQuantity * 2);
      return { function: 23, registers: readWords(pdu, 2, request.readQuantity) };
    case 5:
      checkEcho(pdu, words(5, request.address, request.value ? 0xff00 : 0));
      return { function: 5, address: request.address, value: request.value };
    case 6:
      checkEcho(pdu, words(6, request.address, request.value));
      return { function: 6, address: request.address, value: request.value };
    case 15:
    case 16:
      checkEcho(pdu, words(request.function, request.address, request.values.length));
      return { function: request.function, address: request.address, quantity: request.values.length };
    case 22:
      checkEcho(pdu, words(22, request.address, request.andMask, request.orMask));
      return { function: 22, address: request.address, andMask: request.andMask, orMask: request.orMask };
    case 7:
      checkSize(pdu, 2);
      return { function: 7, status: pdu[1] ?? 0 };
    case 8:
      return decodeDiagnostics(pdu, request.subfunction, request.data);
    case 11:
      checkSize(pdu, 5);
      return { function: 11, status: word(pdu, 1), eventCount: word(pdu, 3) };
    case 12:
      checkOwnCount(pdu, 6);
      return {
        function: 12,
        status: word(pdu, 2),
        eventCount: word(pdu, 4),
        messageCount: word(pdu, 6),
        events: copyOf(pdu, 8),
      };
    case 17:
      checkOwnCount(pdu, 0);
      return { function: 17, data: copyOf(pdu, 2) };
    case 24:
      return decodeFifo(pdu);
    case 43:
      return decodeIdentification(pdu, request.readDeviceId);
  }
}

/** The server's side. */
export function encodeResponse(response: Response): Uint8Array {
  if (isException(response))
    return Uint8Array.of(response.function | 0x80, checkByte('exception code', response.exception));
  switch (response.function) {
    case 1:
    case 2:
      return counted(response.function, packBits(response.bits));
    case 3:
    case 4:
    case 23:
      return counted(response.function, words(0, ...response.registers).subarray(1));
    case 5:
      return words(5, response.address, response.value ? 0xff00 : 0);
    case 6:
      return words(6, response.address, response.value);
    case 7:
      return Uint8Array.of(7, checkByte('status', response.status));
    case 8:
      return concatBytes(words(8, response.subfunction), response.data);
    case 11:
      return words(11, response.status, response.eventCount);
    case 12:
      return counted(
        12,
        concatBytes(words(0, response.status, response.eventCount, response.messageCount).subarray(1), response.events),
      );
    case 15:
    case 16:
      return words(response.function, response.address, response.quantity);
    case 17:
      return counted(17, response.data);
    case 22:
      return words(22, response.address, response.andMask, response.orMask);
    case 24:
      return words(24, 2 + response.values.length * 2, response.values.length, ...response.values);
    case 43: {
      const { readDeviceId, conformity, moreFollows, nextObjectId, objects } = response;
      const head = Uint8Array.of(
        43,
        14,
        readDeviceId,
        conformity,
        moreFollows ? 0xff : 0,
        nextObjectId,
        objects.length,
      );
      return concatBytes(
        head,
        ...objects.flatMap(({ id, value }) => [
          Uint8Array.of(checkByte('object id', id), checkByte('object length', value.length)),
          value,
        ]),
      );
    }
  }
}

/** 6.8: the subfunctions whose answer carries a register or counter instead of the request's data. */
export function isCounterSubfunction(subfunction: number): boolean {
  return subfunction === 2 || (subfunction >= 11 && subfunction <= 18);
}

function decodeDiagnostics(pdu: Uint8Array, subfunction: number, data: Uint8Array): Response {
  const head = words(8, subfunction);
  if (isCounterSubfunction(subfunction)) {
    checkSize(pdu, 5);
    checkEcho(pdu.subarray(0, 3), head);
  } else {
    checkEcho(pdu, concatBytes(head, data));
  }
  return { function: 8, subfunction, data: copyOf(pdu, 3) };
}

/** 6.18: byte count of all that follows, FIFO count (at most 31), values. */
function decodeFifo(pdu: Uint8Array): Response {
  const count = word(pdu, 3);
  if (count > 31) throw broken(pdu, 3, phrase('modbus.fifoMost', {}));
  if (word(pdu, 1) !== 2 + count * 2) throw broken(pdu, 1, phrase('modbus.fifoCount', {}));
  checkSize(pdu, 5 + count * 2);
  return { function: 24, values: readWords(pdu, 5, count) };
}

/** 6.21: objects of id, length and bytes; the answer ends with the last one counted. */
function decodeIdentification(pdu: Uint8Array, readDeviceId: 1 | 2 | 3 | 4): Response {
  if (pdu.length < 7) throw broken(pdu, pdu.length, phrase('modbus.cutOff', {}));
  if (pdu[1] !== 14) throw broken(pdu, 1, phrase('modbus.meiAsked', {}));
  if (pdu[2] !== readDeviceId) throw broken(pdu, 2, phrase('modbus.deviceIdAsked', { code: readDeviceId }));
  if (pdu[4] !== 0 && pdu[4] !== 0xff) throw broken(pdu, 4, phrase('modbus.moreFollows', {}));
  const objects: DeviceObject[] = [];
  let at = 7;
  for (let left = pdu[6] ?? 0; left > 0; left--) {
    const length = pdu[at + 1];
    if (length === undefined || at + 2 + length > pdu.length) throw broken(pdu, at, phrase('modbus.objectCut', {}));
    objects.push({ id: pdu[at] ?? 0, value: copyOf(pdu, at + 2, at + 2 + length) });
    at += 2 + length;
  }
  checkSize(pdu, at);
  return {
    function: 43,
    mei: 14,
    readDeviceId,
    conformity: pdu[3] ?? 0,
    moreFollows: pdu[4] === 0xff,
    nextObjectId: pdu[5] ?? 0,
    objects,
  };
}

function counted(code: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(code, checkByte('byte count', bytes.length)), bytes);
}

function checkCounted(pdu: Uint8Array, bytes: number): void {
  if (pdu[1] !== bytes) throw broken(pdu, 1, phrase('modbus.countExpected', { count: bytes }));
  checkSize(pdu, 2 + bytes);
}

/** As many as the answer's own count says; a single octet is a register's low one. */
function registersIn(pdu: Uint8Array): readonly number[] {
  const octets = pdu[1] ?? 0;
  return octets === 1 ? [pdu[2] ?? 0] : readWords(pdu, 2, octets / 2);
}

function checkOwnCount(pdu: Uint8Array, least: number): void {
  const count = pdu[1] ?? 0;
  if (pdu.length < 2 || count < least) throw broken(pdu, 1, phrase('modbus.countSmall', {}));
  checkSize(pdu, 2 + count);
}

function checkEcho(pdu: Uint8Array, echo: Uint8Array): void {
  const offset = echo.findIndex((byte, i) => pdu[i] !== byte);
  if (offset >= 0) throw broken(pdu, offset, phrase('modbus.noEcho', {}));
  checkSize(pdu, echo.length);
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
