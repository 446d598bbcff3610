/* eslint-disable require-yield -- a link that never waits */
// Captured sessions of foreign clients and meters: our requests must be the octets that the foreign client sent, and
// the foreign meter's answers must give the same values. Only the invoke id is ours.
import assert from 'node:assert/strict';
import { Association } from '../../../src/core/dlms/association/association';
import type { CosemLink } from '../../../src/core/dlms/link/cosem-link';
import { scanHdlc } from '../../../src/core/dlms/link/hdlc';
import { stripLlc } from '../../../src/core/dlms/link/llc';
import { notesOf } from '../../../src/core/dlms/reading/meter-memory';
import { Services, type AttributeResult } from '../../../src/core/dlms/reading/services';
import { plainValue } from '../../../src/core/dlms/model/cosem';
import { decodeGetRequest } from '../../../src/core/dlms/apdu/get';
import { decodeReadResponse, encodeReadRequest } from '../../../src/core/dlms/apdu/sn-read';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import type { Dialogue } from '../../../src/core/wire/dialogue';
import { bench, EK, AK, memory, run, thrown } from '../../support/dlms-bench';
import type { AssociationOptions } from '../../../src/core/dlms/security/options';
import { vectorFile } from '../../support/vectors';
import { said } from '../../support/said';

interface Session {
  readonly id: string;
  readonly password?: string;
  readonly frames: readonly { readonly dir: 'TX' | 'RX'; readonly hex: string }[];
}
const SESSIONS = vectorFile<{ vectors: readonly Session[] }>('dlms.json').vectors;
const session = (id: string): Session => SESSIONS.find((one) => one.id === id) ?? assert.fail(id);

/** The APDUs of a capture in their order, whole and without link layer. */
function apdus({ frames }: Session): readonly { dir: 'TX' | 'RX'; apdu: Uint8Array }[] {
  const found: { dir: 'TX' | 'RX'; apdu: Uint8Array }[] = [];
  const parts: Uint8Array[] = [];
  for (const { dir, hex } of frames) {
    const bytes = fromHex(hex);
    if (bytes[0] === 0x00) {
      found.push({ dir, apdu: bytes.subarray(8) });
      continue;
    }
    const scanned = scanHdlc(bytes);
    if (scanned === 'more' || !('frame' in scanned) || scanned.frame.type !== 'I') continue;
    parts.push(scanned.frame.info);
    if (scanned.frame.isSegmented) continue;
    found.push({ dir, apdu: stripLlc(concatBytes(...parts)) });
    parts.length = 0;
  }
  return found;
}

/** Plays the meter of a capture. */
class Replay implements CosemLink {
  readonly maxInfoTransmit = 128;
  readonly maxInfoReceive = 128;
  readonly windowTransmit = 1;
  readonly windowReceive = 1;
  readonly left: { dir: 'TX' | 'RX'; apdu: Uint8Array }[];
  constructor(one: Session) {
    this.left = [...apdus(one)];
  }
  *open(): Dialogue<void> {}
  *close(): Dialogue<void> {}
  *send(): Dialogue<void> {}
  *exchange(apdu: Uint8Array): Dialogue<Uint8Array> {
    const asked = this.left.shift() ?? assert.fail('nothing more was asked in the capture');
    if (apdu[0] === 0xc0 || apdu[0] === 0x05) assert.equal(masked(apdu), masked(asked.apdu));
    return yield* this.receive(apdu[2]);
  }
  *receive(invoke = 0xc1): Dialogue<Uint8Array> {
    const answer = (this.left.shift() ?? assert.fail('the capture ends')).apdu.slice();
    if (answer[0] === 0xc4) answer[2] = invoke as number;
    return answer;
  }
}

function masked(apdu: Uint8Array): string {
  const copy = apdu.slice();
  if (copy[0] === 0xc0) copy[2] = 0xc1;
  return toHex(copy);
}

function open(
  one: Session,
  o: Partial<AssociationOptions> = {},
): { replay: Replay; services: Services; association: Association } {
  const replay = new Replay(one);
  const options: AssociationOptions = {
    ...bench().options,
    authentication: one.password ? 'low' : 'none',
    credentials: { password: new Uint8Array(Buffer.from(one.password ?? '')) },
    hasRelease: true,
    ...o,
  };
  const association = new Association(replay, options);
  run(association.open());
  return {
    replay,
    association,
    services: new Services(association, notesOf(memory(), one.id), options.referencing === 'SN', 0),
  };
}

/** Asks everything that the capture asked, in its order. */
function ask(one: Session): unknown[] {
  const { replay, services, association } = open(one);
  const values: unknown[] = [];
  while (replay.left[0]?.dir === 'TX' && replay.left[0].apdu[0] === 0xc0) {
    const request = decodeGetRequest(replay.left[0].apdu);
    if (request.kind !== 'with-list' && request.kind !== 'normal') assert.fail('a block out of turn');
    const isList = request.kind === 'with-list';
    const results = isList ? run(services.get(request.attributes)) : [run(services.getOne(request.attribute))];
    values.push(results.map((result: AttributeResult) => ('data' in result ? plainValue(result.data) : result)));
  }
  run(association.release());
  assert.equal(replay.left.length, 0);
  return values;
}

describe('captured sessions', () => {
  it('sess-hdlc-segmented and sess-wrapper-blocks: the same object list', () => {
    const [segmented] = ask(session('sess-hdlc-segmented')) as unknown[][];
    const [blocks] = ask(session('sess-wrapper-blocks')) as unknown[][];
    assert.ok(Array.isArray(segmented?.[0]) && Array.isArray(blocks?.[0]));
    assert.ok((segmented[0] as unknown[]).length > 10);
    assert.equal((segmented[0] as unknown[]).length, (blocks[0] as unknown[]).length);
  });
  it('sess-wrapper-profile: capture objects, three entries, four rows of a range', () => {
    const values = ask(session('sess-wrapper-profile')) as unknown[][][];
    assert.deepEqual(
      values.map(([list]) => list?.length),
      [5, 5, 3, 4],
    );
    assert.deepEqual(values[2]?.[0]?.[0], ['07e901010300000000000000', 128, 1000000, 5000, 2300]);
    assert.deepEqual(values[3]?.[0]?.[3], ['07e9010103002d0000000000', 0, 1000039, 5003, 2303]);
  });
  it('sess-wrapper-list: values, an undefined object, an unknown attribute', () => {
    assert.deepEqual(ask(session('sess-wrapper-list')), [
      [60, 1038987, [0, 30]],
      [1038987, { refused: 4 }],
      [{ refused: 3 }],
    ]);
  });
  it('sess-sn-wrapper: clock, value and scaler of short names', () => {
    const { replay, association } = open(session('sess-sn-wrapper'), { referencing: 'SN' });
    const values = [0x2bc8, 0x2008, 0x2010].map((name) => {
      const [result] = decodeReadResponse(run(association.request(encodeReadRequest([{ kind: 'name', name }]))));
      return result && 'data' in result ? plainValue(result.data) : undefined;
    });
    assert.deepEqual(values, ['07ea0b1607082c2200000000', 1038987, [0, 30]]);
    run(association.release());
    assert.equal(replay.left.length, 0);
  });
  it('sess-lls-refused: the password is wrong', () => {
    const error = thrown(() => open({ ...session('sess-lls-refused'), password: 'wrong' }));
    assert.deepEqual([error.code, /password or key is wrong/.test(said(error))], ['ACCESS_DENIED', true]);
  });
  it('sess-ic-error: the expected counter is taken from the exception', () => {
    const replay = new Replay(session('sess-ic-error'));
    const association = new Association(replay, {
      ...bench().options,
      authentication: 'gmac',
      security: 'auth+encrypt',
      credentials: { encryptionKey: EK, authenticationKey: AK },
    });
    const error = thrown(() => run(association.open()));
    assert.equal(error.code, 'SECURITY_FAILED');
    assert.equal(association.answers.expectedCounter, 0x186a5);
  });
});
