// ACSE and xDLMS APDUs, both directions, by vectors.
import assert from 'node:assert/strict';
import { decodeData, takeData } from '../../../src/core/dlms/apdu/axdr';
import { Cursor } from '../../../src/core/dlms/apdu/cursor';
import { decodeAare, decodeAarq, decodeRelease, encodeAare, encodeAarq } from '../../../src/core/dlms/apdu/acse';
import {
  decodeActionRequest,
  decodeActionResponse,
  encodeActionRequest,
  encodeActionResponse,
} from '../../../src/core/dlms/apdu/action';
import { decodeConfirmedServiceError, decodeException } from '../../../src/core/dlms/apdu/exception';
import {
  decodeGetRequest,
  decodeGetResponse,
  encodeGetRequest,
  encodeGetResponse,
  takeAttribute,
} from '../../../src/core/dlms/apdu/get';
import {
  decodeInitiateRequest,
  decodeInitiateResponse,
  encodeInitiateRequest,
  encodeInitiateResponse,
} from '../../../src/core/dlms/apdu/initiate';
import { decodeNotification } from '../../../src/core/dlms/apdu/notification';
import {
  decodeReadRequest,
  decodeReadResponse,
  encodeReadRequest,
  encodeReadResponse,
} from '../../../src/core/dlms/apdu/sn-read';
import {
  decodeAccessRequest,
  decodeAccessResponse,
  encodeAccessRequest,
  encodeAccessResponse,
} from '../../../src/core/dlms/apdu/access';
import { decodeGeneralBlock, encodeGeneralBlock } from '../../../src/core/dlms/apdu/block';
import { objectsOfLn } from '../../../src/core/dlms/model/objects';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import { thrown } from '../../support/dlms-bench';
import { VECTORS } from './codec-support';

const apdu = (id: string): Uint8Array => fromHex(VECTORS.find((vector) => vector.id === id)?.hex ?? assert.fail(id));
describe('ACSE and xDLMS APDUs', () => {
  it('writes the AARQs of the Green Book', () => {
    const initiate = encodeInitiateRequest({ conformance: 0x007e1f, maxPdu: 0x04b0 });
    const context = { referencing: 'LN', isCiphered: false } as const;
    assert.deepEqual(encodeAarq({ context, userInformation: initiate }), apdu('aarq-none'));
    assert.deepEqual(
      encodeAarq({
        context,
        mechanism: 1,
        authenticationValue: new Uint8Array(Buffer.from('12345678')),
        userInformation: initiate,
      }),
      apdu('aarq-lls'),
    );
    const glo = VECTORS.find(({ id }) => id === 'glo-initiate-request')?.expect['plain'];
    assert.equal(
      toHex(
        encodeInitiateRequest({
          conformance: 0x007e1f,
          maxPdu: 0x04b0,
          dedicatedKey: fromHex('00112233445566778899aabbccddeeff'),
        }),
      ),
      glo,
    );
    assert.deepEqual(decodeInitiateRequest(initiate), { version: 6, conformance: 0x007e1f, maxPdu: 1200 });
    const ciphered = decodeAarq(apdu('aarq-lls-ciphered'));
    assert.equal(toHex(ciphered.systemTitle ?? assert.fail()), '4d4d4d0000bc614e');
    assert.deepEqual(encodeAarq(ciphered), apdu('aarq-lls-ciphered'));
  });
  it('reads AAREs, and writes them back as they were', () => {
    const ok = decodeAare(apdu('aare-ok'));
    assert.deepEqual(
      { ...ok, userInformation: undefined },
      {
        context: { referencing: 'LN', isCiphered: false },
        result: 0,
        source: 'user',
        diagnostic: 0,
        userInformation: undefined,
      },
    );
    assert.deepEqual(decodeInitiateResponse(ok.userInformation ?? assert.fail()), {
      version: 6,
      conformance: 0x00501f,
      maxPdu: 500,
      vaaName: 7,
    });
    const hls = decodeAare(apdu('aare-hls'));
    assert.deepEqual(
      [hls.diagnostic, hls.mechanism, Buffer.from(hls.authenticationValue ?? assert.fail()).toString()],
      [14, 5, 'P6wRJ21F'],
    );
    assert.deepEqual(
      [decodeAare(apdu('aare-rejected-transient')).result, decodeAare(apdu('aare-sn-error')).context?.referencing],
      [2, 'SN'],
    );
    assert.deepEqual(decodeConfirmedServiceError(decodeAare(apdu('aare-version')).userInformation ?? assert.fail()), {
      service: 1,
      kind: 6,
      value: 1,
    });
    for (const id of ['aare-ok', 'aare-hls', 'aare-version', 'aare-sn-error', 'aare-rejected-transient'])
      assert.deepEqual(encodeAare(decodeAare(apdu(id))), apdu(id), id);
    assert.deepEqual(
      encodeInitiateResponse(decodeInitiateResponse(ok.userInformation ?? assert.fail())),
      ok.userInformation,
    );
  });
  it('takes a user-information counted one octet short, an explicit protocol version, and an old conformance tag', () => {
    const short = apdu('aare-ok').slice();
    short[short.length - 17] = 0x0f; // BE 0F instead of BE 10
    assert.deepEqual(decodeAare(short).userInformation, decodeAare(apdu('aare-ok')).userInformation);
    const versioned = fromHex('612d80020780' + toHex(apdu('aare-ok')).slice(4));
    assert.deepEqual(decodeAare(versioned), decodeAare(apdu('aare-ok')));
    assert.equal(decodeInitiateResponse(fromHex('0800065f040000501f01f40007')).conformance, 0x00501f);
  });
  it('reads releases', () => {
    assert.equal(decodeRelease(fromHex('6303800100'), 0x63).reason, 0);
    assert.equal(decodeRelease(fromHex('6300'), 0x63).reason, 0);
    assert.ok(decodeRelease(apdu('rlrq-ciphered'), 0x62).userInformation);
  });
  it('reads and writes GET in all forms', () => {
    for (const id of ['get-normal', 'get-next', 'get-list', 'get-range'])
      assert.deepEqual(encodeGetRequest(decodeGetRequest(apdu(id))), apdu(id), id);
    for (const id of ['getresp-u32', 'getresp-block1', 'getresp-list-9'])
      assert.deepEqual(encodeGetResponse(decodeGetResponse(apdu(id))), apdu(id), id);
    const value = decodeGetResponse(apdu('getresp-u32'));
    assert.ok(value.kind === 'normal' && 'data' in value.result && value.result.data.value === 5009);
    const block = decodeGetResponse(apdu('getresp-block1'));
    assert.ok(
      block.kind === 'block' &&
        !block.isLast &&
        block.block === 1 &&
        'raw' in block.result &&
        block.result.raw.length === 1182,
    );
    const list = decodeGetResponse(apdu('getresp-list-9'));
    assert.ok(list.kind === 'with-list' && list.results.length === 9);
  });
  it('set-tz: the descriptor and the value of a SET, though this reader sends none', () => {
    const cursor = new Cursor(apdu('set-tz'), 3);
    const attribute = takeAttribute(cursor);
    assert.deepEqual(
      [attribute.classId, toHex(attribute.instance), attribute.attribute, attribute.selection],
      [8, '0000010000ff', 3, undefined],
    );
    assert.deepEqual(takeData(cursor), { type: 'long', value: 120 });
    cursor.finish();
  });
  it('reads and writes ACTION, Read, ACCESS, general blocks', () => {
    assert.deepEqual(encodeActionRequest(decodeActionRequest(apdu('action-hls'))), apdu('action-hls'));
    assert.deepEqual(encodeActionResponse(decodeActionResponse(apdu('actresp-data'))), apdu('actresp-data'));
    assert.deepEqual(encodeReadRequest(decodeReadRequest(fromHex('0501022bc8'))), fromHex('0501022bc8'));
    assert.deepEqual(encodeReadResponse(decodeReadResponse(fromHex('0c010006000fda8b'))), fromHex('0c010006000fda8b'));
    const attribute = { classId: 3, instance: fromHex('0100010800ff'), attribute: 2 };
    assert.equal(
      toHex(encodeAccessRequest(0x40000001, [attribute])),
      'd94000000100' + '01' + '01' + '0003' + '0100010800ff' + '02' + '0100',
    );
    assert.deepEqual(decodeAccessRequest(encodeAccessRequest(0x40000001, [attribute])).attributes, [attribute]);
    const answer = encodeAccessResponse(1, [{ data: { type: 'unsigned', value: 7 } }, { refused: 3 }]);
    assert.equal(toHex(answer), 'da000000010000' + '02110700' + '0201000103');
    assert.deepEqual(decodeAccessResponse(answer).results, [{ data: { type: 'unsigned', value: 7 } }, { refused: 3 }]);
    const block = { isLast: true, isStreaming: false, window: 5, block: 3, acknowledged: 2, data: fromHex('0102') };
    assert.equal(toHex(encodeGeneralBlock(block)), 'e08500030002020102');
    assert.deepEqual(decodeGeneralBlock(fromHex('e08500030002020102')), block);
  });
  it('reads exceptions and errors', () => {
    assert.deepEqual(decodeException(apdu('exc-1')), { stateError: 1, serviceError: 2 });
    assert.deepEqual(decodeException(fromHex('d80106000186a5')), {
      stateError: 1,
      serviceError: 6,
      expectedCounter: 0x186a5,
    });
    assert.deepEqual(decodeConfirmedServiceError(apdu('cse-initiate')), { service: 1, kind: 3, value: 2 });
  });
  it('reads notifications, with the time of Kaifa too', () => {
    const body = '020209060100010800ff0600000001';
    const time = '0c07e60c0d0201020300800000';
    const [without, plain, kaifa] = [
      `0f00000001` + '00' + body,
      '0f00000001' + time + body,
      '0f00000001' + '09' + time + body,
    ].map((hex) => decodeNotification(fromHex(hex)));
    assert.ok(without?.kind === 'data' && without.time === undefined && without.invoke === 1);
    assert.ok(plain?.kind === 'data' && toHex(plain.time ?? assert.fail()) === time.slice(2));
    assert.deepEqual(kaifa, plain);
    const event = decodeNotification(fromHex('c201' + time + '0003' + '0100010800ff' + '02' + '0600000005'));
    assert.ok(event.kind === 'event' && event.classId === 3 && event.body.value === 5);
    const report = decodeNotification(fromHex('1800' + '01022008' + '010600000005'));
    assert.ok(report.kind === 'report' && report.names[0] === 0x2008);
  });
  it('gives the object list of a real Kamstrup from its 68 blocks', () => {
    const vector = VECTORS.find(({ id }) => id === 'kamstrup-object-list') ?? assert.fail();
    const objects = objectsOfLn(decodeData(concatBytes(...(vector.blocks ?? []).map(fromHex))));
    assert.deepEqual(
      objects.map(({ classId, version, instance }) => `${classId} ${[...instance].join('.')} v${version}`),
      vector.expect['objects'],
    );
    const register = objects.find(({ classId }) => classId === 3);
    assert.deepEqual(register?.attributes[0], { attribute: 1, access: 'read', selectors: [] });
  });
  it('refuses every APDU that is cut or followed by more', () => {
    const decoders: readonly [string, (bytes: Uint8Array) => unknown][] = [
      ['get-normal', decodeGetRequest],
      ['get-list', decodeGetRequest],
      ['getresp-u32', decodeGetResponse],
      ['getresp-list-9', decodeGetResponse],
      ['action-hls', decodeActionRequest],
      ['actresp-data', decodeActionResponse],
      ['aare-ok', decodeAare],
      ['aare-hls', decodeAare],
    ];
    for (const [id, decode] of decoders) {
      const bytes = apdu(id);
      for (let cut = 0; cut < bytes.length; cut++)
        assert.equal(thrown(() => decode(bytes.subarray(0, cut))).code, 'BAD_VALUE', `${id} cut at ${cut}`);
      if (!id.startsWith('aare'))
        assert.equal(thrown(() => decode(concatBytes(bytes, Uint8Array.of(0)))).code, 'BAD_VALUE', id);
    }
  });
});
