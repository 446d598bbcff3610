// A node that listens says what it heard where that makes no telegram: once its burst is over, then at most hourly.
import assert from 'node:assert/strict';
import { TelegramListener, type PushedReadout } from '../../../src/core/readers/listening';
import { encodeWrapper } from '../../../src/core/dlms/link/wrapper';
import { PushStream as DlmsStream } from '../../../src/core/dlms/push/push-stream';
import { TelegramStream } from '../../../src/core/iec62056/push';
import { fromHex } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';
import { failure } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/index';
import { explainError } from '../../../src/words/index';

const text = (line: string): Uint8Array => new TextEncoder().encode(line);
const FRAME = fromHex('7ea027010201105a87e6e7000f40000000090c07e7031603031c2aff800000020106000008e580bc7e');
const PUSH = fromHex('7ea027010201105a87e6e7000f40000000090c07e7031603031c2aff800000020106000008e580bb7e');

function scene(expected: 'dlms' | 'iec62056-21' = 'dlms'): {
  clock: VirtualClock;
  listening: TelegramListener;
  telegrams: PushedReadout[];
  errors: ReadError[];
} {
  const clock = new VirtualClock();
  const source =
    expected === 'dlms'
      ? new DlmsStream({ interface: 'hdlc', language: 'en', security: 'none', suite: 0, credentials: {} })
      : new TelegramStream();
  const [telegrams, errors]: [PushedReadout[], ReadError[]] = [[], []];
  const listening = new TelegramListener(source, {
    clock,
    gapMs: 2_000,
    expected,
    telegram: (telegram) => telegrams.push(telegram),
    failed: (error) => errors.push(error),
  });
  return { clock, listening, telegrams, errors };
}
const causeOf = (error: ReadError | undefined): unknown => {
  const cause = error?.facts['cause'];
  return typeof cause === 'object' && 'reason' in cause ? cause.reason : undefined;
};

describe('a node that listens', () => {
  it('tells bytes without a telegram when their burst is over, and again not before an hour', async () => {
    const { clock, listening, errors } = scene();
    for (let burst = 0; burst < 370; burst++) {
      listening.hear(fromHex('55aa1234deadbeef0102'), false);
      await clock.advance(10_000);
      assert.equal(errors.length, burst < 360 ? 1 : 2, `burst ${burst}`);
    }
    const [error] = errors;
    assert.deepEqual(
      [error?.code, error?.reason, error?.facts['octets']],
      ['BAD_FRAME', 'listening.noTelegramYet', 10],
    );
    assert.match(explainError(error), /10 bytes came .* beginning with 55aa1234deadbeef0102: .*another protocol/);
    assert.match(explainError(error, 'es'), /llegaron 10 bytes/);
  });
  it('tells what never pauses as well, and nothing while telegrams come', async () => {
    const { clock, listening, errors } = scene();
    for (let second = 0; second < 90; second++) {
      listening.hear(fromHex('0102030405'), false);
      await clock.advance(1_000);
    }
    assert.equal(errors.length, 1);
    const other = scene();
    for (let burst = 0; burst < 20; burst++) {
      other.listening.hear(burst % 2 === 0 ? PUSH : fromHex('0102030405060708'), false);
      await other.clock.advance(10_000);
    }
    assert.deepEqual([other.telegrams.length, other.errors.length], [10, 0]);
  });
  it('says the same of a wrong key at most hourly, but every other failure', async () => {
    const clock = new VirtualClock();
    const errors: ReadError[] = [];
    let made = 0;
    const source = {
      cut: () => undefined,
      take: () => [
        made++ % 2 === 0 ? failure('cosem.pushUndeciphered', {}) : failure('cosem.pushBlockAlone', { block: 2 }),
      ],
    };
    const failed = (error: ReadError): void => void errors.push(error);
    const listening = new TelegramListener(source, {
      clock,
      gapMs: 2_000,
      expected: 'dlms',
      telegram: () => undefined,
      failed,
    });
    for (let n = 0; n < 10; n++) {
      listening.hear(Uint8Array.of(1), false);
      await clock.advance(10_000);
    }
    assert.deepEqual([errors.length, errors.filter(({ code }) => code === 'SECURITY_FAILED').length], [6, 1]);
  });
  it('guesses why, by what the bytes look like', async () => {
    const even = (octet: number): number => {
      let ones = 0;
      for (let bit = 0; bit < 7; bit++) ones += (octet >> bit) & 1;
      return ones % 2 === 0 ? octet : octet | 0x80;
    };
    const telegram = text('/ISk5MT174-0001\r\n\r\n1-0:1.8.0(000123.4*kWh)\r\n!FFFF\r\n');
    const wrapped = encodeWrapper({ source: 1, destination: 16, apdu: Uint8Array.of(0xc4, 1, 2, 3, 0x84, 0x85, 0x99) });
    const table: readonly (readonly ['dlms' | 'iec62056-21', Uint8Array, string])[] = [
      ['dlms', new Uint8Array(40).fill(0xff), 'filled'],
      ['dlms', fromHex('7ea007032353b3f47e'), 'otherTalk'],
      ['iec62056-21', PUSH, 'isDlms'],
      ['iec62056-21', fromHex('db08534147350000000181c130000001a8274c14'), 'isDlms'],
      ['dlms', telegram, 'isText'],
      ['iec62056-21', telegram, 'badTelegram'],
      ['iec62056-21', text('1-0:1.8.0(000123.4*kWh)\r\n'), 'noTelegram'],
      ['dlms', telegram.map(even), 'parity'],
      ['dlms', wrapped, 'isWrapper'],
      ['dlms', FRAME, 'damagedHdlc'],
      ['dlms', fromHex('68050568530010016799161122'), 'damagedMbus'],
      ['dlms', fromHex('55aa1234deadbeef0102'), 'unknown'],
    ];
    for (const [expected, bytes, cause] of table) {
      const { clock, listening, errors } = scene(expected);
      listening.hear(bytes, false);
      await clock.advance(90_000);
      assert.deepEqual(errors.map(causeOf), [`listening.${cause}`]);
    }
  });
  it('stops watching when it is closed', async () => {
    const { clock, listening, errors } = scene();
    listening.hear(fromHex('55aa1234deadbeef0102'), false);
    listening.close();
    await clock.advance(10_000);
    assert.equal(errors.length, 0);
  });
});
