import assert from 'node:assert/strict';
import { migrate, type Migration } from '../../nodes/shared/migrate';

const steps: readonly Migration[] = [
  { to: 2, up: ({ old, ...rest }) => ({ ...rest, renamed: old }) },
  { to: 3, up: (config) => ({ ...config, added: true }) },
];

describe('migrations', () => {
  it('bring a flow of any earlier version to this one, each step once, and lose nothing unknown', () => {
    assert.deepEqual(migrate({ old: 1, mine: 'kept' }, steps), { renamed: 1, mine: 'kept', added: true, version: 3 });
    assert.deepEqual(migrate({ renamed: 1, version: 2 }, steps), { renamed: 1, added: true, version: 3 });
    assert.deepEqual(migrate({ renamed: 1, added: false, version: 3 }, steps), {
      renamed: 1,
      added: false,
      version: 3,
    });
  });
  it('leave a flow of a later release as it is', () => {
    assert.deepEqual(migrate({ future: 1, version: 9 }, steps), { future: 1, version: 9 });
  });
});
