// What a lane refuses of its port's settings, and why: the reason, for its words are in the catalogs.
import assert from 'node:assert/strict';
import { PortSettings } from '../../../src/core/transport/lane/port-settings';
import type { ReadError } from '../../../src/core/wire/errors';

const LINE = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const reasonOf = async (change: Promise<void>): Promise<string | undefined> => {
  try {
    await change;
    return undefined;
  } catch (thrown) {
    return (thrown as ReadError).reason;
  }
};

describe('the settings of a port', () => {
  it('cannot change in speed where the modem takes no command', async () => {
    const settings = new PortSettings(LINE, undefined);
    assert.equal(await reasonOf(settings.change({ ...LINE, baud: 300 })), 'lane.fixedSpeed');
    assert.equal(await reasonOf(settings.change(LINE)), undefined);
  });

  it('cannot change in format at all', async () => {
    const settings = new PortSettings(LINE, async () => undefined);
    assert.equal(await reasonOf(settings.change({ ...LINE, dataBits: 7, parity: 'even' })), 'lane.onlySpeed');
    assert.equal(await reasonOf(settings.change({ ...LINE, baud: 300 })), undefined);
    assert.equal(settings.current.baud, 300);
  });
});
