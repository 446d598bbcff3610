// What a modem's set-up cannot be.
import assert from 'node:assert/strict';
import { Fields } from '../../../src/core/readers/fields';
import { modemProfile } from '../../../src/core/readers/modem-profile';

describe("a modem's properties", () => {
  it('do not let the platform hear itself', () => {
    const fields = new Fields({ rxTopic: '[IMEI]/x', txTopic: '[IMEI]/x' });
    assert.throws(() => modemProfile(fields, false), {
      reason: 'settings.field',
      facts: { field: 'txTopic', why: { reason: 'modem.sameTopics', facts: {} } },
    });
  });
});
