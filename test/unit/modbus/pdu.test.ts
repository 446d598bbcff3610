import assert from 'node:assert/strict';
import {
  EXCEPTIONS,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  exceptionName,
  type Request,
} from '../../../src/core/modbus/frames/pdu';
import { longestAnswer } from '../../../src/core/modbus/frames/adu';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';

const zeros = (count: number): number[] => Array<number>(count).fill(0);
const offs = (count: number): boolean[] => Array<boolean>(count).fill(false);
const refused = (request: Request): void =>
  assert.throws(
    () => encodeRequest(request),
    (e: ReadError) => e.code === 'CONFIG_INVALID',
    JSON.stringify(request).slice(0, 90),
  );

describe('Modbus PDU', () => {
  it('sends as much as the standard allows and refuses one more', () => {
    for (const [most, beyond] of [
      [
        { function: 1, address: 0, quantity: 2000 },
        { function: 1, address: 0, quantity: 2001 },
      ],
      [
        { function: 2, address: 63536, quantity: 2000 },
        { function: 2, address: 63537, quantity: 2000 },
      ],
      [
        { function: 3, address: 0, quantity: 125 },
        { function: 3, address: 0, quantity: 126 },
      ],
      [
        { function: 4, address: 65535, quantity: 1 },
        { function: 4, address: 65535, quantity: 2 },
      ],
      [
        { function: 15, address: 0, values: offs(1968) },
        { function: 15, address: 0, values: offs(1969) },
      ],
      [
        { function: 16, address: 0, values: zeros(123) },
        { function: 16, address: 0, values: zeros(124) },
      ],
      [
        { function: 23, readAddress: 0, readQuantity: 125, writeAddress: 0, values: zeros(121) },
        { function: 23, readAddress: 0, readQuantity: 126, writeAddress: 0, values: [0] },
      ],
      [
        { function: 8, subfunction: 0, data: new Uint8Array(250) },
        { function: 8, subfunction: 0, data: new Uint8Array(252) },
      ],
    ] as const) {
      assert.ok(encodeRequest(most).length <= 253);
      refused(beyond);
    }
    for (const quantity of [0, -1, 1.5, NaN]) refused({ function: 3, address: 0, quantity });
    for (const address of [-1, 65536, 0.5, NaN]) {
      refused({ function: 3, address, quantity: 1 });
      refused({ function: 5, address, value: true });
      refused({ function: 24, address });
    }
    for (const value of [-1, 65536, 1.5]) {
      refused({ function: 6, address: 0, value });
      refused({ function: 16, address: 0, values: [value] });
      refused({ function: 22, address: 0, andMask: value, orMask: 0 });
      refused({ function: 43, mei: 14, readDeviceId: 1, objectId: value });
    }
    refused({ function: 8, subfunction: 0, data: new Uint8Array(3) });
    refused({ function: 8, subfunction: 10, data: new Uint8Array(4) });
    refused({ function: 23, readAddress: 0, readQuantity: 1, writeAddress: 0, values: zeros(122) });
    refused({ function: 16, address: 0, values: [] });
  });
  it('names every exception of the standard', () => {
    for (const code of [1, 2, 3, 4, 5, 6, 8, 10, 11]) {
      assert.ok(EXCEPTIONS[code]);
      assert.deepEqual(decodeResponse(Uint8Array.of(0x83, code), { function: 3, address: 0, quantity: 1 }), {
        function: 3,
        exception: code,
      });
      assert.equal(toHex(encodeResponse({ function: 3, exception: code })), `83${code.toString(16).padStart(2, '0')}`);
    }
    assert.equal(exceptionName(2), 'illegal data address');
    assert.match(exceptionName(0), /code 0/);
  });
  it('says at which byte an answer goes wrong', () => {
    const read: Request = { function: 3, address: 0, quantity: 2 };
    const fifo: Request = { function: 24, address: 0 };
    const identify: Request = { function: 43, mei: 14, readDeviceId: 1, objectId: 0 };
    for (const [request, hex, offset] of [
      [read, '', 0],
      [read, '0404', 0],
      [read, '0306', 1],
      [read, '03040001', 4],
      [read, '0304000100020000', 6],
      [read, '8302ff', 2],
      [{ function: 6, address: 5, value: 7 }, '0600050008', 4],
      [{ function: 5, address: 5, value: true }, '0500050000', 3],
      [{ function: 16, address: 1, values: [1, 2] }, '1000010003', 4],
      [{ function: 8, subfunction: 0, data: Uint8Array.of(1, 2) }, '0800000103', 4],
      [{ function: 8, subfunction: 11, data: Uint8Array.of(0, 0) }, '08000c0000', 2],
      [{ function: 7 }, '0700ff', 2],
      [{ function: 12 }, '0c050000000000', 1],
      [{ function: 17 }, '110341', 3],
      [fifo, '180006000300010002', 1],
      [fifo, '1800420020', 3],
      [fifo, '18000600020001', 7],
      [identify, '2b0e020100000000', 2],
      [identify, '2b0d01010000', 6],
      [identify, '2b0e0101aa0000', 4],
      [identify, '2b0e010100000100044142', 7],
      [identify, '2b0e01010000010002414243', 11],
    ] as const) {
      assert.throws(
        () => decodeResponse(fromHex(hex), request),
        (e: ReadError) => e.code === 'BAD_FRAME' && e.facts['offset'] === offset,
        `${hex} ${offset}`,
      );
    }
  });
  it('refuses broken requests as a server, but takes a quantity it must answer with exception 3', () => {
    for (const hex of [
      '',
      '0300',
      '03000000010000',
      '050001ff01',
      '0f0000000a01ff',
      '100000000103000000',
      '1700000001000000010300',
      '2b0d0100',
      '2b0e0500',
      '08000000',
      '08000a00000000',
      '140000',
      'ff',
    ]) {
      assert.throws(
        () => decodeRequest(fromHex(hex)),
        (e: ReadError) => e.code === 'BAD_FRAME',
        hex,
      );
    }
    assert.deepEqual(decodeRequest(fromHex('0300000fff')), { function: 3, address: 0, quantity: 0x0fff });
  });
  it('knows how long an answer can be', () => {
    assert.equal(longestAnswer({ function: 3, address: 0, quantity: 10 }), 22);
    assert.equal(longestAnswer({ function: 1, address: 0, quantity: 9 }), 4);
    assert.equal(longestAnswer({ function: 6, address: 0, value: 1 }), 5);
    assert.equal(longestAnswer({ function: 17 }), 253);
  });
  it('keeps what it gives out when the input is reused', () => {
    const line = Buffer.from('110341 42ff'.replace(' ', ''), 'hex'); // Buffer.slice() would be a view
    const response = decodeResponse(line, { function: 17 });
    line.fill(0);
    assert.ok('data' in response && toHex(response.data) === '4142ff');
  });
});
