import assert from 'node:assert/strict';
import type { Node, NodeAPI } from 'node-red';
import { placesOf } from '../../../nodes/dlms-read/place';
import { dlmsOptions } from '../../../src/core/readers/dlms';
import { parseDlms } from '../../../src/core/readers/dlms-query';
import { explainError, explainReason } from '../../../src/words/index';
import { type DlmsOptions, Fields } from '../../../src/core/index';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { bench, PASSWORD, thrown } from '../../support/dlms-bench';

const query = parseDlms(new Fields({ auth: 'high', highLevelFunction: 'meterMaker', items: ['1-0:1.8.0'] }), {});
const optionsWith = (found: unknown): DlmsOptions => {
  const node = {
    context: () => ({ global: { get: (name: string) => (name === 'meterMaker' ? found : undefined) } }),
  } as unknown as Node;
  return dlmsOptions(query, placesOf({ settings: {} } as unknown as NodeAPI)(node, '860000000000001'));
};
const flipped = (challenge: Buffer): Buffer => Buffer.from(challenge.map((octet) => octet ^ 0x5a));
const read = (found: unknown): unknown => {
  const { credentials } = optionsWith(found);
  const o = {
    client: 2,
    server: { clients: [{ client: 2, mechanism: 2, password: PASSWORD, policy: 0 }] },
    security: { highLevel: (challenge: Uint8Array) => new Uint8Array(flipped(Buffer.from(challenge))) },
    session: { authentication: 'high', credentials },
  } as const;
  return bench(o)
    .read(query.request)
    .readings.map((reading) => reading.value);
};

describe('HLS 2 with the function of a user', () => {
  it('opens the meter whose answer the function knows', () => {
    assert.deepEqual(read(flipped), [1043677]);
    assert.equal(toHex(optionsWith(flipped).credentials.highLevel?.(fromHex('00ff')) ?? fromHex('')), '5aa5');
  });
  it('says what is wrong with a function, never what it said', () => {
    assert.match(explainReason(thrown(() => read(undefined))), /no function "meterMaker"/);
    assert.match(explainReason(thrown(() => read(() => 'text'))), /has to return a Buffer/);
    assert.match(explainReason(thrown(() => read(() => Buffer.from('00')))), /did not prove|rejected the proof/);
    const error = thrown(() =>
      read(() => {
        throw new Error('bad secret 1234');
      }),
    );
    assert.deepEqual([error.code, error.stage], ['CONFIG_INVALID', 'authenticate']);
    assert.match(explainError(error), /"meterMaker" failed/);
    assert.ok(!explainError(error).includes('1234'));
  });
});
