// The Modbus PDU (Application Protocol V1.1b3), independent of how a serial line frames it. By name, from its parts.
export { DEVICE_OBJECTS, EXCEPTIONS, MAX_PDU_BYTES, exceptionName, isException } from './functions';
export type { DeviceObject, ExceptionResponse, FunctionCode, Request, Response } from './functions';
export { decodeRequest, encodeRequest } from './request';
export { decodeResponse, encodeResponse } from './response';
