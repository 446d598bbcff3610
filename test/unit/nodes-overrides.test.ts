// What a message may set for itself alone, over the node's properties.
import assert from 'node:assert/strict';
import { overridden } from '../../nodes/shared/asking-node';
import type { Msg } from '../../nodes/shared/palette';
import { asReadError } from '../../src/core/wire/errors';

const SPEC = { fields: ['action'], objects: ['config', 'rollout'] };
const over = (msg: object): Record<string, unknown> => ({
  ...overridden({ action: 'check', wave: '1' }, msg as Msg, SPEC),
});

describe("what a message sets over a node's properties", () => {
  it('takes the objects in their order, then what stands on the message itself', () => {
    const msg = { config: { action: 'read', wave: '2' }, rollout: { wave: '3' }, action: 'apply', other: 1 };
    assert.deepEqual(over(msg), { action: 'apply', wave: '3', confirm: false });
  });

  it('takes consent only where it stands by itself', () => {
    assert.equal(over({ config: { confirm: true } })['confirm'], false);
    assert.equal(over({ confirm: 'true' })['confirm'], false);
    assert.equal(over({ confirm: true })['confirm'], true);
  });

  it('refuses what is no object of properties', () => {
    for (const config of [null, 'text', 5, [1]]) {
      const thrown = ((): unknown => {
        try {
          return over({ config });
        } catch (error) {
          return error;
        }
      })();
      assert.equal(asReadError(thrown).reason, 'settings.notProperties', JSON.stringify(config));
      assert.equal(asReadError(thrown).facts['where'], 'msg.config');
    }
  });

  it('takes a name that means something to the language as a name', () => {
    const msg = { config: JSON.parse('{"__proto__": {"wave": "9"}}') as object };
    assert.equal(over(msg)['wave'], '1');
  });
});
