// A flow of version 1 reads the same registers in version 2.
import assert from 'node:assert/strict';
import { migrate } from '../../../nodes/shared/migrate';
import { modbusMigrations } from '../../../nodes/modbus-read/migrations';
import { parseRegister } from '../../../src/core/modbus/registers/registers';

const row = { name: 'x', type: 'uint16' };

describe('Modbus flows of version 1', () => {
  // what version 1 read: function and wire address
  for (const [fields, fc, address] of [
    [{ fc: 3, address: '40001' }, 3, 0],
    [{ fc: '3', address: '40001' }, 3, 0],
    [{ address: '40001' }, 3, 0],
    [{ fc: 3, address: 40001 }, 3, 40001],
    [{ fc: 4, address: '30775' }, 4, 774],
    [{ fc: 4, address: 30775 }, 4, 30775],
    [{ fc: 1, address: '00001', type: 'bits' }, 1, 0],
    [{ fc: '', address: '00017', type: 'bits' }, 1, 16],
    [{ address: '400001' }, 3, 0],
    [{ fc: 2, address: '10001', type: 'bits' }, 2, 0],
    [{ fc: 3, address: '0x9C41' }, 3, 40001],
    [{ fc: 3, address: '100' }, 3, 100],
    [{ fc: 3, address: 100 }, 3, 100],
    [{ fc: 3, address: '20000' }, 3, 20000],
  ] as const)
    it(JSON.stringify(fields), () => {
      const config = migrate({ registers: [{ ...row, ...fields }, 'a name'] }, modbusMigrations);
      const [migrated, name] = config['registers'] as readonly unknown[];
      const register = parseRegister(migrated, 'r');
      assert.deepEqual([register.fc, register.address], [fc, address]);
      assert.equal(name, 'a name');
      assert.deepEqual(migrate(config, modbusMigrations), config);
    });
});
