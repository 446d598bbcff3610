import assert from 'node:assert/strict';
import type { Node, NodeAPI } from 'node-red';
import { InvocationCounters } from '../../../nodes/dlms-read/counters';
import { dlmsOptions, objectCache } from '../../../nodes/dlms-read/job';
import { parseDlms } from '../../../nodes/dlms-read/query';
import { type DlmsOptions, Fields } from '../../../src/core/index';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { bench, PASSWORD, thrown } from '../../support/dlms-bench';

const query = parseDlms(new Fields({ auth: 'high', highLevelFunction: 'meterMaker', items: ['1-0:1.8.0'] }), {});
const optionsWith = (found: unknown): DlmsOptions => {
  const node = {
    context: () => ({ global: { get: (name: string) => (name === 'meterMaker' ? found : undefined) } }),
  } as unknown as Node;
  return dlmsOptions(query, {
    imei: '860000000000001',
    node,
    objects: objectCache(),
    counters: new InvocationCounters({ settings: {} } as unknown as NodeAPI),
  });
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
    assert.match(thrown(() => read(undefined)).detail, /no function "meterMaker"/);
    assert.match(thrown(() => read(() => 'text')).detail, /has to return a Buffer/);
    assert.match(thrown(() => read(() => Buffer.from('00'))).detail, /did not prove|rejected the proof/);
    const error = thrown(() =>
      read(() => {
        throw new Error('bad secret 1234');
      }),
    );
    assert.deepEqual([error.code, error.stage], ['CONFIG_INVALID', 'authenticate']);
    assert.match(error.detail, /"meterMaker" failed/);
    assert.ok(!error.detail.includes('1234'));
  });
});
