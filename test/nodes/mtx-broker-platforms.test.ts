// Two platforms on one broker that ask on the topics of one modem: each broker node says so.
import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import { helper, IMEI, paletteNodes, startBroker, until, type TestBroker } from '../support/palette';

const IDS = ['b000000000000001', 'b000000000000002'] as const;

describe('two mtx-broker nodes on one broker', () => {
  let broker: TestBroker;
  beforeEach(async () => void (broker = await startBroker()));
  afterEach(async () => {
    await helper.unload();
    await broker.close();
  });

  it('warn that another platform asks the same modem', async () => {
    const url = `mqtt://127.0.0.1:${broker.port}`;
    await helper.load(paletteNodes(), [
      ...IDS.map((id) => ({ id, type: 'mtx-broker', url, version: 1 })),
      ...IDS.map((id, n) => ({ id: `a00000000000000${n}`, type: 'mtx-modem', broker: id, imei: IMEI, version: 1 })),
    ] as never);
    const warned = (id: string): string[] =>
      (helper.getNode(id) as Node & { warn: { args: [string][] } }).warn.args.map(([text]) => text);
    await until(() => IDS.some((id) => warned(id).length > 0));
    assert.match(IDS.flatMap(warned)[0] ?? '', new RegExp(`another platform .*${IMEI}/rx`));
  });
});
