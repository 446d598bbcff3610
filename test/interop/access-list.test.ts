// The access list of docs/security.md in a real mosquitto: each modem reaches its own topics only, the platform all.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/transport/lane/clock';
import { Broker } from '../../src/core/transport/mqtt/broker';
import type { ReadError } from '../../src/core/wire/errors';
import { PATIENCE_MS } from '../support/patience';
import { needs } from '../support/tier';

const IMEI = '353234028103206';
const OTHER = '353234028103214';

describe('access list of docs/security.md', () => {
  let folder = '';
  let port = 0;
  let mosquitto: ChildProcess | undefined;
  const closing: Broker[] = [];

  before(async function () {
    const program = needs(this, 'mosquitto');
    const passwords = needs(this, 'mosquitto_passwd');
    const text = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');
    const list = /mosquitto, `acl_file`:\n\n```\n([^`]*)```/.exec(text)?.[1] ?? assert.fail('no list in the docs');
    folder = mkdtempSync(join(tmpdir(), 'mtx-access-'));
    chmodSync(folder, 0o755);
    port = await freePort();
    const place = (name: string): string => join(folder, name);
    writeFileSync(place('acl'), list);
    writeFileSync(place('passwords'), '');
    for (const user of ['platform', IMEI]) execFileSync(passwords, ['-b', place('passwords'), user, 'right']);
    for (const name of ['acl', 'passwords']) chmodSync(place(name), 0o644);
    writeFileSync(
      place('mosquitto.conf'),
      `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${place('passwords')}\nacl_file ${place('acl')}\n`,
    );
    mosquitto = spawn(program, ['-c', place('mosquitto.conf')], { stdio: 'ignore' });
  });
  after(async () => {
    await Promise.all(closing.splice(0).map((broker) => broker.close()));
    mosquitto?.kill();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const connected = async (user: string): Promise<Broker> => {
    const broker = new Broker({ url: `mqtt://127.0.0.1:${port}`, protocolVersion: 5, user, password: 'right' });
    closing.push(broker);
    for (let waited = 0; broker.state !== 'online'; waited += 20) {
      assert.ok(waited < PATIENCE_MS, broker.failure?.detail);
      await systemClock.sleep(20);
    }
    return broker;
  };
  const mayPublish = (broker: Broker, topic: string): Promise<boolean> =>
    broker.publish(topic, Uint8Array.of(1), 1).then(
      () => true,
      (error: ReadError) => (assert.equal(error.reason, 'mqtt.writeAcl'), false),
    );

  it('lets the platform ask every modem, and answer for none', async () => {
    const platform = await connected('platform');
    for (const [topic, isAllowed] of [
      [`${IMEI}/rx`, true],
      [`${OTHER}/AT`, true],
      [`${IMEI}/tx`, false],
      ['else', false],
    ] as const)
      assert.equal(await mayPublish(platform, topic), isAllowed, topic);
  });

  it('lets a modem answer under its own IMEI, and do nothing to others', async () => {
    const platform = await connected('platform');
    const heard: string[] = [];
    await platform.subscribe(`${IMEI}/tx`, ({ topic }) => heard.push(topic), '+/tx');
    const modem = await connected(IMEI);
    for (const [topic, isAllowed] of [
      [`${IMEI}/tx`, true],
      [`${IMEI}/ATR`, true],
      [`${IMEI}/dns`, true],
      [`${OTHER}/tx`, false],
      [`${OTHER}/rx`, false],
      [`${IMEI}/rx`, false],
      [`${OTHER}/AT`, false],
    ] as const)
      assert.equal(await mayPublish(modem, topic), isAllowed, topic);
    for (let waited = 0; heard.length === 0; waited += 20) {
      assert.ok(waited < PATIENCE_MS);
      await systemClock.sleep(20);
    }
    assert.deepEqual(heard, [`${IMEI}/tx`]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
