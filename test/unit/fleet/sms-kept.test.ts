// The limit of text messages per hour over a restart, in context stores that answer by callback only, late or not at
// all.
import assert from 'node:assert/strict';
import { settingsOf } from '../../../nodes/mtx-sms/messages';
import { smsDispatch } from '../../../nodes/mtx-sms/set-up';
import { Fields } from '../../../src/core/index';
import { smsOfCommand } from '../../../src/core/fleet/sms/sms-text';
import type { SmsDispatch } from '../../../src/core/fleet/sms/sms-dispatch';
import { ReadError } from '../../../src/core/wire/errors';

const IMEI = '353234028103206';
type Done = (error: Error | null, value?: unknown) => void;

function dispatch(get: (done: Done) => void, kept: unknown[] = [], warnings: string[] = []): SmsDispatch {
  const context = {
    get: (_key: string, done?: Done) => {
      if (!done) throw new Error('only asynchronous access supported');
      get(done);
    },
    set: (_key: string, value: unknown, done?: Done) => {
      if (!done) throw new Error('only asynchronous access supported');
      kept.push(value);
      done(null);
    },
  };
  const fields = new Fields({ phones: `${IMEI}, +34666000001`, perHour: '2', awaitAnswer: false });
  return smsDispatch(
    { context: () => context, warn: (text: string) => void warnings.push(text) } as never,
    settingsOf(fields, new ReadError('CONFIG_INVALID', 'none')),
    async () => 'sent',
    () => undefined,
  );
}
const ask = (sms: SmsDispatch): Promise<unknown> =>
  sms.ask({ imei: IMEI, sms: smsOfCommand('AT'), isConfirmed: false });

describe('the limit of text messages over a restart', () => {
  it('counts what an earlier life sent, whenever the store tells it', async () => {
    for (const delayed of [false, true]) {
      let answer: Done | undefined;
      const kept: unknown[] = [];
      const sms = dispatch((done) => (delayed ? (answer = done) : done(null, [Date.now() - 1_000])), kept);
      await ask(sms);
      answer?.(null, [Date.now() - 1_000]);
      await assert.rejects(
        ask(sms).then(() => ask(sms)),
        (error: ReadError) => error.code === 'LIMIT_REACHED',
      );
      assert.ok(kept.length >= 1);
    }
  });

  it('works on where the store fails, and tells it', async () => {
    const warnings: string[] = [];
    const sms = dispatch((done) => done(new Error('disk')), [], warnings);
    await ask(sms);
    assert.ok(warnings.some((text) => text.includes('disk')));
  });
});
