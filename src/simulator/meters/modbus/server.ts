// The server's state diagrams of V1.1b3 chapter 6, one per function: is the function known (1), is the quantity right
// (3), is the address there (2), then the answer. In that order, which decides which exception a client sees.
import { ReadError } from '../../../core/wire/errors';
import type { Request, Response } from '../../../core/modbus/frames/functions';
import { decodeRequest, encodeResponse } from '../../../core/modbus/frames/pdu';
import type { ModbusDevice } from './device';

/** The answer PDU to any request PDU. */
export function serve(pdu: Uint8Array, device: ModbusDevice): Uint8Array {
  const code = pdu[0] ?? 0;
  if (!SERVED.has(code)) return Uint8Array.of(code | 0x80, ILLEGAL_FUNCTION);
  try {
    const response = answer(decodeRequest(pdu), device);
    return typeof response === 'number' ? Uint8Array.of(code | 0x80, response) : encodeResponse(response);
  } catch (thrown) {
    if (thrown instanceof ReadError) return Uint8Array.of(code | 0x80, ILLEGAL_VALUE);
    throw thrown;
  }
}

/** A response, or an exception code. */
function answer(request: Request, device: ModbusDevice): Response | number {
  switch (request.function) {
    case 1:
    case 2: {
      if (request.quantity < 1 || request.quantity > 2000) return ILLEGAL_VALUE;
      const bits = device.bits(request.function, request.address, request.quantity);
      return bits.every((bit) => bit !== undefined) ? { function: request.function, bits } : ILLEGAL_ADDRESS;
    }
    case 3:
    case 4: {
      const registers = readRegisters(device, request.function, request.address, request.quantity);
      return typeof registers === 'number' ? registers : { function: request.function, registers };
    }
    case 5:
      return device.writeBit(request.address, request.value) ? request : ILLEGAL_ADDRESS;
    case 6:
      return device.writeRegister(request.address, request.value) ? request : ILLEGAL_ADDRESS;
    case 8:
      return request.subfunction === 0 ? request : ILLEGAL_FUNCTION;
    case 15: {
      if (request.values.length < 1 || request.values.length > 1968) return ILLEGAL_VALUE;
      const isThere = request.values.every((value, i) => device.writeBit(request.address + i, value));
      return isThere ? { function: 15, address: request.address, quantity: request.values.length } : ILLEGAL_ADDRESS;
    }
    case 16: {
      if (request.values.length < 1 || request.values.length > 123) return ILLEGAL_VALUE;
      const isThere = request.values.every((value, i) => device.writeRegister(request.address + i, value));
      return isThere ? { function: 16, address: request.address, quantity: request.values.length } : ILLEGAL_ADDRESS;
    }
    case 17:
      return {
        function: 17,
        data: Uint8Array.from([device.unit, 0xff, ...Buffer.from(device.identity.join(' '), 'latin1')]),
      };
    case 22: {
      const [before] = device.registers(3, request.address, 1);
      if (before === undefined) return ILLEGAL_ADDRESS;
      // 6.16: (current AND and_mask) OR (or_mask AND NOT and_mask)
      return device.writeRegister(
        request.address,
        (before & request.andMask) | (request.orMask & ~request.andMask & 0xffff),
      )
        ? request
        : ILLEGAL_ADDRESS;
    }
    case 23: {
      if (request.values.length < 1 || request.values.length > 121) return ILLEGAL_VALUE;
      if (!request.values.every((value, i) => device.writeRegister(request.writeAddress + i, value)))
        return ILLEGAL_ADDRESS; // writes come first
      const registers = readRegisters(device, 3, request.readAddress, request.readQuantity);
      return typeof registers === 'number' ? registers : { function: 23, registers };
    }
    case 43:
      return identification(request.readDeviceId, request.objectId, device);
    default:
      return ILLEGAL_FUNCTION;
  }
}

function readRegisters(
  device: ModbusDevice,
  table: 3 | 4,
  address: number,
  quantity: number,
): readonly number[] | number {
  const isOdd = device.isEvenOnly && quantity % 2 === 1;
  if (quantity < 1 || quantity > 125 || quantity > device.maxRegisters || isOdd) return ILLEGAL_VALUE;
  const registers = device.registers(table, address, quantity);
  const found = registers.filter((register) => register !== undefined);
  return found.length === quantity ? found : ILLEGAL_ADDRESS;
}

/** Basic identification (6.21): vendor, product code, revision; stream from an object on, or one object alone. */
function identification(readDeviceId: 1 | 2 | 3 | 4, objectId: number, device: ModbusDevice): Response | number {
  const objects = device.identity.map((text, id) => ({ id, value: Uint8Array.from(Buffer.from(text, 'latin1')) }));
  if (readDeviceId === 4 && objectId >= objects.length) return ILLEGAL_ADDRESS;
  const start = objectId < objects.length ? objectId : 0; // an unknown start begins again at 0
  const given = readDeviceId === 4 ? objects.slice(objectId, objectId + 1) : objects.slice(start);
  return { function: 43, mei: 14, readDeviceId, conformity: 0x81, moreFollows: false, nextObjectId: 0, objects: given };
}

const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
const SERVED: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 8, 15, 16, 17, 22, 23, 43]);
