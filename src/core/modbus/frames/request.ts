// Request PDUs, V1.1b3 chapter 6. Encoding refuses what no server may be asked (a quantity beyond the standard would
// be sent in vain); decoding, the server's side, takes every quantity: its answer is exception 3, not silence.
import { concatBytes } from '../../wire/bytes';
import { failure, phrase } from '../../wire/errors';
import { MAX_PDU_BYTES, type Request } from './functions';
import {
  broken,
  checkByte,
  checkSize,
  checkWord,
  copyOf,
  invalid,
  packBits,
  readWords,
  unpackBits,
  words,
} from './octets';

/** Throws CONFIG_INVALID where a limit of the standard is broken. */
export function encodeRequest(request: Request): Uint8Array {
  switch (request.function) {
    case 1:
    case 2:
    case 3:
    case 4: {
      const { address, quantity } = request;
      checkSpan('quantity', address, quantity, request.function <= 2 ? MAX_READ_BITS : MAX_READ_REGISTERS);
      const pdu = new Uint8Array(5);
      pdu[0] = request.function;
      pdu[1] = address >>> 8;
      pdu[2] = address;
      pdu[3] = quantity >>> 8;
      pdu[4] = quantity;
      return pdu;
    }
    case 5:
      return words(5, request.address, request.value ? COIL_ON : 0);
    case 6:
      return words(6, request.address, request.value);
    case 7:
    case 11:
    case 12:
    case 17:
      return Uint8Array.of(request.function);
    case 8:
      return encodeDiagnostics(request.subfunction, request.data);
    case 15: {
      checkSpan('number of values', request.address, request.values.length, MAX_WRITE_BITS);
      const bytes = packBits(request.values);
      return concatBytes(words(15, request.address, request.values.length), Uint8Array.of(bytes.length), bytes);
    }
    case 16:
      checkSpan('number of values', request.address, request.values.length, MAX_WRITE_REGISTERS);
      return withRegisters(words(16, request.address, request.values.length), request.values);
    case 22:
      return words(22, request.address, request.andMask, request.orMask);
    case 23:
      checkSpan('read quantity', request.readAddress, request.readQuantity, MAX_READ_REGISTERS);
      checkSpan('number of values', request.writeAddress, request.values.length, MAX_READ_WRITE_REGISTERS);
      return withRegisters(
        words(23, request.readAddress, request.readQuantity, request.writeAddress, request.values.length),
        request.values,
      );
    case 24:
      return words(24, request.address);
    case 43:
      return Uint8Array.of(43, 14, request.readDeviceId, checkByte('object id', request.objectId));
  }
}

/** The server's view: whole input or a ReadError. */
export function decodeRequest(pdu: Uint8Array): Request {
  const code = pdu[0];
  const word = (at: number): number => ((pdu[at] ?? 0) << 8) | (pdu[at + 1] ?? 0);
  switch (code) {
    case 1:
    case 2:
    case 3:
    case 4:
      checkSize(pdu, 5);
      return { function: code, address: word(1), quantity: word(3) };
    case 5:
      checkSize(pdu, 5);
      if (word(3) !== 0 && word(3) !== COIL_ON) throw broken(pdu, 3, phrase('modbus.coilValue', {}));
      return { function: 5, address: word(1), value: word(3) === COIL_ON };
    case 6:
      checkSize(pdu, 5);
      return { function: 6, address: word(1), value: word(3) };
    case 7:
    case 11:
    case 12:
    case 17:
      checkSize(pdu, 1);
      return { function: code };
    case 8:
      if (pdu.length < 5 || pdu.length % 2 === 0) throw broken(pdu, pdu.length, phrase('modbus.diagnosticsShape', {}));
      if (word(1) !== 0) checkSize(pdu, 5);
      return { function: 8, subfunction: word(1), data: copyOf(pdu, 3) };
    case 15:
      if (pdu[5] !== Math.ceil(word(3) / 8)) throw broken(pdu, 5, phrase('modbus.countMisfit', {}));
      checkSize(pdu, 6 + (pdu[5] ?? 0));
      return { function: 15, address: word(1), values: unpackBits(pdu, 6, word(3)) };
    case 16:
      if (pdu[5] !== word(3) * 2) throw broken(pdu, 5, phrase('modbus.countMisfit', {}));
      checkSize(pdu, 6 + word(3) * 2);
      return { function: 16, address: word(1), values: readWords(pdu, 6, word(3)) };
    case 22:
      checkSize(pdu, 7);
      return { function: 22, address: word(1), andMask: word(3), orMask: word(5) };
    case 23:
      if (pdu[9] !== word(7) * 2) throw broken(pdu, 9, phrase('modbus.countMisfit', {}));
      checkSize(pdu, 10 + word(7) * 2);
      return {
        function: 23,
        readAddress: word(1),
        readQuantity: word(3),
        writeAddress: word(5),
        values: readWords(pdu, 10, word(7)),
      };
    case 24:
      checkSize(pdu, 3);
      return { function: 24, address: word(1) };
    case 43: {
      checkSize(pdu, 4);
      const kind = pdu[2];
      if (pdu[1] !== 14) throw broken(pdu, 1, phrase('modbus.meiKnown', {}));
      if (kind !== 1 && kind !== 2 && kind !== 3 && kind !== 4) throw broken(pdu, 2, phrase('modbus.deviceIdCode', {}));
      return { function: 43, mei: 14, readDeviceId: kind, objectId: pdu[3] ?? 0 };
    }
    default:
      throw broken(pdu, 0, phrase('modbus.functionNotKnown', {}));
  }
}

/** 6.8: an echo test carries any number of words, every other subfunction one. */
function encodeDiagnostics(subfunction: number, data: Uint8Array): Uint8Array {
  const most = subfunction === 0 ? MAX_PDU_BYTES - 3 : 2;
  if (data.length < 2 || data.length % 2 !== 0 || data.length > most) {
    throw failure('modbus.diagnosticsLength', { length: data.length, most });
  }
  return concatBytes(words(8, subfunction), data);
}

/** `words` puts the byte count where a function code would stand: both are one byte before 16-bit words. */
function withRegisters(head: Uint8Array, values: readonly number[]): Uint8Array {
  return concatBytes(head, words(values.length * 2, ...values));
}

function checkSpan(what: string, address: number, quantity: number, most: number): void {
  checkWord('address', address);
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > most) throw invalid(what, quantity, 1, most);
  if (address + quantity > ADDRESS_SPACE) {
    throw failure('modbus.beyond', { address, quantity });
  }
}

// Limits of chapter 6: what fits into one PDU of 253 bytes.
const MAX_READ_BITS = 2000;
const MAX_READ_REGISTERS = 125;
const MAX_WRITE_BITS = 1968;
const MAX_WRITE_REGISTERS = 123;
const MAX_READ_WRITE_REGISTERS = 121;
const ADDRESS_SPACE = 65_536;
const COIL_ON = 0xff00;
