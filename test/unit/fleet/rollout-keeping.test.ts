// Where rollouts are kept in Node-RED, when the disk fails: nothing that is stored is written over, and nothing
// ends as a rejection that nobody takes, which would end Node-RED itself.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditFile } from '../../../nodes/mtx-config/audit-file';
import { Seal } from '../../../nodes/mtx-config/seal';
import { SealedKeys } from '../../../nodes/mtx-config/sealed-keys';
import { Journal } from '../../../src/core/fleet/journal/journal';
import { encodeLine } from '../../../src/core/fleet/journal/journal-line';
import type { Wanted } from '../../../src/core/fleet/rollout/request';
import { Rollouts } from '../../../src/core/fleet/rollout/rollouts';
import type { Told } from '../../../src/core/fleet/rollout/told';
import { systemClock } from '../../../src/core/transport/lane/clock';
import { explainError } from '../../../src/words/index';
import { toUtf8 } from '../../../src/core/wire/bytes';
import { MemoryFile } from '../../support/memory-file';
import { said } from '../../support/outcome-words';
import { failure, type ReadError } from '../../../src/core/wire/errors';

/** A node whose journal is on a disk that may fail. */
class Disk {
  readonly file = new MemoryFile();
  readonly warnings: string[] = [];

  get kept(): string {
    return toUtf8(this.file.bytes ?? new Uint8Array(0));
  }

  rollouts(stateKey = ''): Rollouts<object> {
    const told: Told<object> = {
      result: () => undefined,
      progress: () => undefined,
      gate: () => undefined,
      summary: () => undefined,
      audit: () => undefined,
      warn: (what) => void this.warnings.push(said(what)),
    };
    const keys = new SealedKeys(new Journal(this.file, async () => undefined), new Seal(stateKey));
    const none = {} as never;
    return new Rollouts<object>({
      clock: systemClock,
      link: none,
      registry: none,
      profile: none,
      acquire: () => none,
      release: () => undefined,
      sms: () => failure('settings.noSms', {}),
      keys,
      told,
      bare: () => ({}),
    });
  }
}

/** One that ends at once: its only target is none. */
function wanted(rollouts: Rollouts<object>, more: Partial<Wanted['request']> = {}): Wanted {
  const plan = {
    id: rollouts.newId(),
    canary: 0,
    wave: 0,
    concurrency: 1,
    abortShare: 1,
    gate: 'none',
    gateMs: 60_000,
    targetMs: 60_000,
    deadlineMs: 0,
    attempts: 1,
    retryMs: 1_000,
  } as const;
  const request = {
    action: 'check',
    target: 'list',
    template: {},
    commands: [],
    isReboot: false,
    rebootCommands: [],
    hasReboot: false,
    lifeMs: 1,
    atMs: 1,
    isConfirmed: false,
    smsAfterMs: null,
    variables: {},
    ownVariables: {},
    user: '',
    secretNames: [],
    ...more,
  } as const;
  return { request, plan, targets: [{ imei: 'x', fault: failure('settings.imei', { shown: 'x' }) }] };
}

describe('keeping rollouts in a journal that fails', () => {
  it('does not take a failure for "nothing is under way", and goes on when it can be read', async () => {
    const disk = new Disk();
    disk.file.bytes = encodeLine([['rollouts', JSON.stringify(JSON.stringify(['r0']))]]);
    const before = disk.kept;
    disk.file.isFailing = true;
    const rollouts = disk.rollouts();
    await assert.rejects(rollouts.resume(), (e: ReadError) =>
      /could not be read from the journal: .*disk/.test(explainError(e)),
    );
    disk.file.isFailing = false;
    assert.equal(disk.kept, before, 'nothing was written over it');
    await rollouts.resume();
    assert.match(disk.warnings.join(), /rollout r0 was under way/);
  });

  it('begins nothing that it cannot store', async () => {
    const disk = new Disk();
    const rollouts = disk.rollouts();
    await rollouts.resume();
    disk.file.isFailing = true;
    await assert.rejects(rollouts.start(wanted(rollouts), {} as never), (e: ReadError) =>
      /not begun.*disk full/.test(explainError(e)),
    );
    assert.deepEqual(rollouts.progress(), []);
    disk.file.isFailing = false;
    await rollouts.start(wanted(rollouts), {} as never);
    assert.deepEqual(
      rollouts.progress().map(({ isFinished, states }) => [isFinished, states]),
      [[true, { skipped: 1 }]],
    );
    await rollouts.close(true);
    const left = new Journal(disk.file, async () => undefined);
    await left.open();
    assert.deepEqual(left.keys(''), [], 'a deleted node leaves nothing behind');
  });

  it('keeps no secret in clear without a key, not even one that comes by a variable', async () => {
    for (const key of ['', 'a-key']) {
      const disk = new Disk();
      const rollouts = disk.rollouts(key);
      const template = { MQTT_password: 'x-{{pw}}', MQTT_login: 's3cret', MTX_pingIP: '{{site}}' };
      await rollouts.start(
        wanted(rollouts, {
          template,
          secretNames: ['MQTT_password', 'MQTT_login'],
          variables: { pw: 's3cret', site: '10.0.0.1' },
          ownVariables: { 353234028103206: { pw: 's3cret', site: '10.0.0.2' } },
        }),
        {} as never,
      );
      const { kept } = disk;
      assert.doesNotMatch(kept, /s3cret/);
      assert.equal(/10\.0\.0\.2/.test(kept), key === '', 'what is no secret is kept, and with a key all is sealed');
    }
  });

  it('writes its audit again when a folder that was taken away can be made again, and tells trouble once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mtx-audit-'));
    const troubles: string[] = [];
    const path = join(folder, 'sub', 'audit.jsonl');
    const file = new AuditFile(path, 10_000, 3, (detail) => void troubles.push(detail));
    void file.append('one\n');
    await file.close();
    rmSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'sub'), 'a file where the folder was');
    for (const line of ['two\n', 'three\n']) void file.append(line);
    await file.close();
    assert.equal(troubles.length, 1);
    rmSync(join(folder, 'sub'));
    void file.append('four\n');
    await file.close();
    assert.equal(readFileSync(path, 'utf8'), 'four\n');
    rmSync(folder, { recursive: true });
  });
});
