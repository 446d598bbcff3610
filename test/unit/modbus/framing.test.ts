import assert from 'node:assert/strict';
import type { Answer } from '../../../src/core/modbus/frames/adu';
import { afterSilence, framings } from '../../../src/core/modbus/frames/framing';
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  isException,
  type Request,
  type Response,
} from '../../../src/core/modbus/frames/pdu';
import { concatBytes, fromHex, toHex, toLatin1 } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';
import { Inbox, type PatientScan } from '../../../src/core/wire/inbox';
import { requestOf, rows, type Row } from './vectors';

const TRAILING = fromHex('00ff55');
const answered = rows.filter((row) => row.responseHex !== null && row.expect.error === undefined);

/** All frames that come out when the bytes arrive in these chunks. */
function framesOf<F>(scan: PatientScan<F>, chunks: readonly Uint8Array[]): F[] {
  const inbox = new Inbox();
  const frames: F[] = [];
  for (const chunk of chunks) {
    inbox.push(chunk);
    for (let frame = inbox.next(scan); frame !== undefined; frame = inbox.next(scan)) frames.push(frame);
  }
  return frames;
}
const bytewise = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte));
const scanFor = (row: Row): PatientScan<Answer> =>
  framings[row.transport].scanAnswer([{ unit: row.request.unit, request: requestOf(row) }]);
const responseBytes = (row: Row): Uint8Array => fromHex(row.responseHex ?? '');

function checkValue(row: Row, response: Response): void {
  const text = (bytes: Uint8Array): string => toLatin1(bytes);
  const { expect } = row;
  if (expect.exception !== undefined)
    return assert.deepEqual(response, { function: row.request.function, exception: expect.exception });
  assert.ok(!isException(response));
  switch (response.function) {
    case 1:
    case 2:
      return assert.deepEqual(response.bits, expect.bits);
    case 3:
    case 4:
    case 23:
      if (row.category === 'datatype') return;
      return assert.deepEqual(response.registers, expect.registers);
    case 7:
      return assert.equal(response.status, expect.status);
    case 11:
      return assert.deepEqual([response.status, response.eventCount], [expect.status, expect.eventCount]);
    case 12:
      return assert.deepEqual(
        [response.status, response.eventCount, response.messageCount, [...response.events]],
        [expect.status, expect.eventCount, expect.messageCount, expect.events],
      );
    case 17:
      assert.equal(text(response.data.subarray(0, -1)), expect.rawAscii);
      return assert.equal(response.data.at(-1), expect.runIndicator);
    case 24:
      return assert.deepEqual(response.values, expect.fifo);
    case 43:
      assert.deepEqual(Object.fromEntries(response.objects.map(({ id, value }) => [id, text(value)])), expect.objects);
      assert.equal(response.moreFollows, expect.moreFollows);
      if (expect.conformity !== undefined) assert.equal(response.conformity, expect.conformity);
      if (expect.nextObjectId !== undefined) assert.equal(response.nextObjectId, expect.nextObjectId);
      return;
    default:
      return assert.equal(expect.ok, true);
  }
}

describe('Modbus vectors', () => {
  it('has every row', () => assert.equal(rows.length, 73));

  for (const row of rows.filter(({ requestHex }) => requestHex !== null)) {
    it(`${row.id} request: ${row.name}`, () => {
      const wire = fromHex(row.requestHex ?? '');
      const framing = framings[row.transport];
      const pdu = encodeRequest(requestOf(row));
      assert.equal(toHex(framing.encode(row.request.unit, pdu)), toHex(wire));
      assert.equal(wire.length, framing.aduLength(pdu.length));
      for (const chunks of [[wire], bytewise(wire), [concatBytes(wire, TRAILING)]]) {
        assert.deepEqual(framesOf(framing.scanRequest, chunks)[0], { unit: row.request.unit, pdu });
      }
      assert.deepEqual(decodeRequest(pdu), requestOf(row));
    });
  }

  for (const row of answered) {
    it(`${row.id} answer: ${row.name}`, () => {
      const wire = responseBytes(row);
      for (const chunks of [[wire], bytewise(wire), [concatBytes(wire, TRAILING)], [concatBytes(TRAILING, wire)]]) {
        const [answer, ...more] = framesOf(scanFor(row), chunks);
        assert.ok(answer);
        assert.deepEqual(more, []);
        checkValue(row, decodeResponse(answer.pdu, requestOf(row)));
      }
    });
  }

  for (const row of answered.filter(({ category }) => category !== 'resync')) {
    it(`${row.id} answer encoded, as its server sent it`, () => {
      const framing = framings[row.transport];
      const [answer] = framesOf(scanFor(row), [responseBytes(row)]);
      assert.ok(answer);
      const wire = framing.encode(row.request.unit, encodeResponse(decodeResponse(answer.pdu, requestOf(row))));
      assert.equal(toHex(wire).toUpperCase(), upper(row));
    });
    it(`${row.id} with any single bit flipped is no answer`, () => {
      const wire = responseBytes(row);
      for (let bit = 0; bit < wire.length * 8; bit++) {
        const flipped = wire.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const isOtherCase =
          row.transport === 'ascii' && toLatin1(flipped).toUpperCase() === toLatin1(wire).toUpperCase();
        assert.equal(framesOf(scanFor(row), [flipped]).length, isOtherCase ? 1 : 0, `bit ${bit}`);
        assert.equal(framesOf(scanFor(row), bytewise(flipped)).length, isOtherCase ? 1 : 0, `bit ${bit} byte by byte`);
      }
    });
  }

  for (const row of rows.filter(({ expect, responseHex }) => expect.error !== undefined && responseHex !== null)) {
    it(`${row.id} is no answer: ${row.name}`, () => {
      assert.deepEqual(framesOf(scanFor(row), [responseBytes(row)]), []);
      assert.deepEqual(framesOf(scanFor(row), bytewise(responseBytes(row))), []);
    });
  }

  for (const row of rows.filter(({ category }) => category === 'refuse')) {
    it(`${row.id} is refused: ${row.name}`, () => {
      assert.throws(
        () => framings.rtu.encode(row.request.unit, encodeRequest(requestOf(row))),
        (e: ReadError) => e.code === 'CONFIG_INVALID',
      );
    });
  }
});

/** The lower-case row is ours to accept, not to send. */
const upper = (row: Row): string =>
  row.transport === 'ascii'
    ? Buffer.from(toLatin1(responseBytes(row)).toUpperCase(), 'latin1')
        .toString('hex')
        .toUpperCase()
    : (row.responseHex ?? '').toUpperCase();

const read = (address: number, quantity: number): Request => ({ function: 3, address, quantity });
const answer = (...registers: number[]): Uint8Array => encodeResponse({ function: 3, registers });

for (const kind of ['rtu', 'ascii'] as const) {
  const framing = framings[kind];
  const frames = (requests: readonly Request[], bytes: Uint8Array, expectEcho?: boolean): Answer[] => {
    const expected = requests.map((request) => ({
      unit: 1,
      request,
      ...(expectEcho === undefined ? {} : { expectEcho }),
    }));
    const whole = framesOf(framing.scanAnswer(expected), [bytes]);
    assert.deepEqual(framesOf(framing.scanAnswer(expected), bytewise(bytes)), whole);
    return whole;
  };

  describe(`Modbus ${kind}`, () => {
    it('skips its own echo of every request', () => {
      const talks: [Request, Response][] = [
        [
          { function: 1, address: 0x0100, quantity: 3 },
          { function: 1, bits: [true, false, true] },
        ],
        [read(0x0400, 2), { function: 3, registers: [1, 2] }], // the echo's address looks like the byte count
        [{ function: 7 }, { function: 7, status: 9 }],
        [{ function: 11 }, { function: 11, status: 0, eventCount: 5 }],
        [{ function: 12 }, { function: 12, status: 0, eventCount: 5, messageCount: 6, events: Uint8Array.of(1, 2) }],
        [
          { function: 15, address: 3, values: [true, true] },
          { function: 15, address: 3, quantity: 2 },
        ],
        [
          { function: 16, address: 3, values: [7] },
          { function: 16, address: 3, quantity: 1 },
        ],
        [{ function: 17 }, { function: 17, data: Uint8Array.of(5, 255) }],
        [
          { function: 23, readAddress: 1, readQuantity: 1, writeAddress: 2, values: [3] },
          { function: 23, registers: [4] },
        ],
        [
          { function: 24, address: 6 },
          { function: 24, values: [1, 2] },
        ],
        [
          { function: 43, mei: 14, readDeviceId: 1, objectId: 0 },
          { function: 43, mei: 14, readDeviceId: 1, conformity: 1, moreFollows: false, nextObjectId: 0, objects: [] },
        ],
      ];
      for (const [request, response] of talks) {
        const wire = concatBytes(
          framing.encode(1, encodeRequest(request)),
          framing.encode(1, encodeResponse(response)),
        );
        const found = frames([request], wire);
        assert.equal(found.length, 1, `function ${request.function}`);
        assert.deepEqual(decodeResponse(found[0]?.pdu ?? new Uint8Array(), request), response);
      }
    });
    it('counts copies where request and answer are the same bytes', () => {
      const writes: Request[] = [
        { function: 5, address: 1, value: true },
        { function: 6, address: 1, value: 2 },
        { function: 8, subfunction: 0, data: Uint8Array.of(1, 2, 3, 4) },
        { function: 22, address: 1, andMask: 2, orMask: 3 },
      ];
      for (const request of writes) {
        const copy = framing.encode(1, encodeRequest(request));
        assert.equal(frames([request], copy).length, 1);
        assert.equal(frames([request], copy, true).length, 0, 'the echo alone is no answer');
        assert.equal(frames([request], concatBytes(copy, copy), true).length, 1);
        const refusal = framing.encode(1, encodeResponse({ function: request.function, exception: 2 }));
        assert.deepEqual(
          frames([request], concatBytes(copy, refusal), true).map(({ pdu }) => pdu[1]),
          [2],
        );
        assert.deepEqual(
          frames([request], refusal, true).map(({ pdu }) => pdu[1]),
          [2],
        );
      }
    });
    it('takes a counter of zero for an answer only after the echo', () => {
      const request: Request = { function: 8, subfunction: 11, data: Uint8Array.of(0, 0) };
      const copy = framing.encode(1, encodeRequest(request));
      for (const [answered, last] of [
        [copy, 0],
        [framing.encode(1, encodeResponse({ ...request, data: Uint8Array.of(0, 42) })), 42],
      ] as const) {
        assert.deepEqual(
          frames([request], answered).map(({ pdu }) => pdu.at(-1)),
          [last],
        );
        assert.deepEqual(
          frames([request], concatBytes(copy, answered), true).map(({ pdu }) => pdu.at(-1)),
          [last],
        );
      }
    });
    it('tells by the byte count which request is answered, and gives an exception to the newest', () => {
      const requests = [read(0, 2), read(10, 3), read(20, 4)];
      assert.deepEqual(
        frames(requests, framing.encode(1, answer(1, 2, 3))).map(({ index }) => index),
        [1],
      );
      assert.deepEqual(
        frames(requests, framing.encode(1, answer(1, 2))).map(({ index }) => index),
        [0],
      );
      assert.deepEqual(
        frames(requests, framing.encode(1, Uint8Array.of(0x83, 6))).map(({ index }) => index),
        [2],
      );
    });
    it('does not wait for the longer of two answers that begin alike', () => {
      const echoTest = (...data: number[]): Request => ({ function: 8, subfunction: 0, data: Uint8Array.from(data) });
      const [short, long] = [echoTest(0, 1, 2, 3, 4, 5), echoTest(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)];
      for (const requests of [
        [short, long],
        [long, short],
      ]) {
        assert.deepEqual(
          frames(requests, framing.encode(1, encodeRequest(short))).map(({ index }) => requests[index]),
          [short],
        );
      }
    });
    it('gives two answers in one chunk one by one', () => {
      const wire = concatBytes(
        framing.encode(1, answer(1, 2)),
        framing.encode(2, answer(9, 9)),
        framing.encode(1, answer(3, 4)),
      );
      assert.deepEqual(
        frames([read(0, 2)], wire).map(({ pdu }) => pdu.at(-1)),
        [2, 4],
      );
    });
    it('looks behind an unfinished candidate once the line is silent', () => {
      const cut = framing.encode(1, answer(...Array<number>(60).fill(7))).subarray(0, 40);
      const scan = framing.scanAnswer([
        { unit: 1, request: read(0, 60) },
        { unit: 1, request: read(100, 2) },
      ]);
      const inbox = new Inbox();
      inbox.push(concatBytes(cut, framing.encode(1, answer(1, 2))));
      const before = inbox.next(scan);
      assert.deepEqual((before ?? inbox.next(afterSilence(scan)))?.index, 1);
    });
    it('refuses units of more than an octet, broadcast reads and oversized PDUs', () => {
      const refused = (unit: number, pdu: Uint8Array): void =>
        assert.throws(
          () => framing.encode(unit, pdu),
          (e: ReadError) => e.code === 'CONFIG_INVALID',
        );
      for (const unit of [-1, 256, 1.5, NaN]) refused(unit, Uint8Array.of(7));
      refused(0, Uint8Array.of(7));
      refused(1, new Uint8Array(0));
      refused(1, new Uint8Array(254));
      assert.ok(framing.encode(0, encodeRequest({ function: 6, address: 1, value: 2 })));
    });
  });
}

describe('Modbus ASCII delimiters', () => {
  const chars = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  const values = (text: string): (number | undefined)[] =>
    framesOf(framings.ascii.scanAnswer([{ unit: 1, request: read(16, 2) }]), [chars(text)]).map(({ pdu }) =>
      pdu.at(-1),
    );
  const good = ':01030410101011B7\r\n';
  it('starts again at every colon', () => {
    assert.deepEqual(values(`:0103041010${good}`), [0x11]);
    assert.deepEqual(values(`::${good}`), [0x11]);
  });
  it('needs CR before LF; one lost costs that frame only', () => {
    assert.deepEqual(values(':01030410101011B7\n'), []);
    assert.deepEqual(values(`:01030410101011B7\n${good}`), [0x11]);
    assert.deepEqual(values(`:01030410101011B7\r${good}`), [0x11]);
  });
  it('gives up a frame without end', () => {
    assert.deepEqual(values(`:${'0'.repeat(600)}${good}`), [0x11]);
    assert.deepEqual(framesOf(framings.ascii.scanRequest, [chars(`:${'0'.repeat(600)}`)]), []);
  });
  it('takes no other character for a digit, even if the LRC would fit', () => {
    assert.deepEqual(values(':010304F0101011D7\r\n'), [0x11]);
    for (const other of ['G', 'g', '@', '/', '`', '\0', '\xc6'])
      assert.deepEqual(values(`:010304${other}0101011D7\r\n`), [], other);
  });
  it('drops an odd digit, a short frame and a wrong LRC', () => {
    for (const bad of [':01030410101011B\r\n', ':01FF\r\n', ':\r\n', ':01030410101011B8\r\n'])
      assert.deepEqual(values(bad + good), [0x11]);
  });
});
