// Names that mean something to the language, in the place of an IMEI: counted and told like any other.
import assert from 'node:assert/strict';
import { countsOf } from '../../../src/core/fleet/commands/command-fleet';
import { failure } from '../../../src/core/wire/errors';
import { createRollout, stepRollout } from '../../../src/core/fleet/rollout/rollout';
import { progressOf, type RolloutTarget } from '../../../src/core/fleet/rollout/rollout-state';
import { Journal } from '../../../src/core/fleet/journal/journal';
import { MemoryFile } from '../../support/memory-file';

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

describe('a name of the language in place of an IMEI', () => {
  it('is counted and told in a summary of commands', () => {
    const results = new Map(NAMES.map((name) => [name, failure('settings.imei', { shown: name })] as const));
    assert.deepEqual(countsOf(results), { total: 4, ok: 0, failed: 4, silent: 0 });
    const byImei = Object.fromEntries([...results].map(([imei, { code }]) => [imei, code]));
    assert.deepEqual(Object.keys(byImei), NAMES);
    assert.equal(Object.values(byImei).length, 4);
  });

  it('is a target of a rollout with an end of its own', () => {
    const wishes = NAMES.map((imei) => ({ imei, fault: failure('settings.imei', { shown: imei }) }));
    const plan = {
      id: 'r',
      canary: 0,
      wave: 0,
      concurrency: 1,
      abortShare: 1,
      gate: 'none',
      gateMs: 1,
      targetMs: 1,
      deadlineMs: 0,
      attempts: 1,
      retryMs: 1,
    } as const;
    const { head, targets } = createRollout(plan, wishes, 0);
    const known = new Map<string, RolloutTarget>(targets.map((target) => [target.imei, target]));
    const view = { order: NAMES, find: (imei: string) => known.get(imei) };
    const step = stepRollout(head, view, { on: 'start', at: 0 });
    assert.deepEqual(
      step.commands.flatMap((command) => (command.do === 'tell' ? [command.imei] : [])),
      NAMES,
    );
    assert.deepEqual(progressOf(step.head).states, { skipped: 4 });
  });

  it('is a key of the journal', async () => {
    const file = new MemoryFile();
    const journal = new Journal(file, async () => undefined);
    await journal.put(Object.fromEntries(NAMES.map((name) => [name, name])));
    const again = new Journal(new MemoryFile(file.bytes), async () => undefined);
    await again.open();
    assert.deepEqual(
      NAMES.map((name) => again.read(name)),
      NAMES,
    );
    assert.equal(again.read('valueOf'), undefined);
  });
});
