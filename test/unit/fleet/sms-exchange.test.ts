// Which answer belongs to which question, and what an answer says.
import assert from 'node:assert/strict';
import { said } from '../../support/outcome-words';
import { explainError } from '../../../src/words/index';
import fc from 'fast-check';
import { canAnswer, decodeSmsReply } from '../../../src/core/fleet/sms/sms-answer';
import { PhoneBook } from '../../../src/core/fleet/sms/sms-book';
import { SmsDispatch, type Carry, type SmsOptions } from '../../../src/core/fleet/sms/sms-dispatch';
import type { SmsAnswer } from '../../../src/core/fleet/sms/sms-exchange';
import { HourLimit } from '../../../src/core/fleet/sms/sms-limit';
import { smsOfAlias, smsOfCommand } from '../../../src/core/fleet/sms/sms-text';
import { ReadError } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator';

const A = '353234028103206';
const B = '353234028103214';
const PHONE = { [A]: '+34666123456', [B]: '+34666123457' } as const;
const code =
  (wanted: string) =>
  (e: unknown): boolean =>
    e instanceof ReadError && e.code === wanted;

interface Desk {
  readonly clock: VirtualClock;
  readonly sms: SmsDispatch;
  readonly carried: string[];
  readonly warnings: string[];
  ask(command: string, imei?: string): Promise<SmsAnswer>;
  hear(text: string, from?: string, id?: string): SmsAnswer | undefined;
}

function desk(options: Partial<SmsOptions> = {}, perHour = 100): Desk {
  const clock = new VirtualClock();
  const carried: string[] = [];
  const warnings: string[] = [];
  const carry: Carry = async (sms) => {
    carried.push(`${sms.to} ${sms.text}`);
    return 'sent';
  };
  const book = new PhoneBook('34', [
    { imei: A, phone: PHONE[A] },
    { imei: B, phone: PHONE[B] },
  ]);
  const sms = new SmsDispatch({
    clock,
    book,
    limit: new HourLimit(clock, perHour),
    senders: ['+34600000001'],
    timeoutMs: 120_000,
    isAnswerAwaited: true,
    carry,
    warn: (what) => warnings.push(said(what)),
    ...options,
  });
  return {
    clock,
    sms,
    carried,
    warnings,
    ask: async (command, imei = A) => {
      const outcome = await sms.ask({ imei, sms: smsOfCommand(command), isConfirmed: true });
      if (outcome.state !== 'answered') throw new Error('not answered');
      return outcome.answer;
    },
    hear: (text, from = PHONE[A], id) => sms.hear({ from, text, at: clock.date().toISOString() }, id),
  };
}

describe('answers by text', () => {
  it('say what the command gave', () => {
    const csq = decodeSmsReply('+CSQ: 18,99\r\nOK', smsOfCommand('AT+CSQ'));
    assert.deepEqual([csq.ok, csq.result, csq.values], [true, 'OK', { csq: 18, dbm: -77, bars: 4, ber: null }]);
    assert.deepEqual(decodeSmsReply('movistar.es\r\nOK', smsOfCommand('AT^MTXTUNNEL=GETPARAM,GPRS_apn')).values, {
      GPRS_apn: 'movistar.es',
    });
    assert.equal(decodeSmsReply('ERROR', smsOfCommand('AT^X')).ok, false);
    assert.equal(decodeSmsReply('+CME ERROR: 10', smsOfCommand('AT^X')).ok, false);
    assert.deepEqual(decodeSmsReply('10.1.2.3', { kind: 'connect', text: 'mtxtunnel on' }).values, { ip: '10.1.2.3' });
  });
  it('with the echo, in tags, or on one line as some providers deliver them', () => {
    for (const text of [
      'AT+CSQ\r\n+CSQ: 18,99\r\nOK',
      '<MTXTUNNEL>+CSQ: 18,99\r\nOK</MTXTUNNEL>',
      '+CSQ: 18,99 OK',
      '+CSQ: 18,99\nOK\n',
    ])
      assert.deepEqual(
        [decodeSmsReply(text, smsOfCommand('AT+CSQ')).ok, decodeSmsReply(text, smsOfCommand('AT+CSQ')).values['csq']],
        [true, 18],
        text,
      );
    assert.deepEqual(decodeSmsReply('BOOK', smsOfCommand('AT^MTXTUNNEL=GETPARAM,DNS_password')), {
      ok: null,
      result: '',
      lines: ['BOOK'],
      values: { DNS_password: 'BOOK' },
      isTruncated: false,
    });
  });
  it('give no value that may be cut, and neither yes nor no', () => {
    const config = `${'COMM_baudrate: 9600\r\n'.repeat(7)}GPRS_apn: movistar.es`.slice(0, 160);
    assert.equal(config.length, 160);
    const cut = decodeSmsReply(config, smsOfCommand('AT^MTXTUNNEL=GETCONFIG'));
    assert.deepEqual([cut.ok, cut.isTruncated, cut.values], [null, true, { COMM_baudrate: '9600' }]);
    const value = decodeSmsReply('v'.repeat(160), smsOfCommand('AT^MTXTUNNEL=GETPARAM,SMS_alias1'));
    assert.deepEqual([value.ok, value.values], [null, {}]);
    assert.equal(decodeSmsReply(`${'x'.repeat(156)}\r\nOK`, smsOfCommand('AT^MTXTUNNEL=GETCONFIG')).ok, null);
  });
  it('are ruled out only where they cannot belong', () => {
    const rows: [string, string, boolean][] = [
      ['+CSQ: 1,99\r\nOK', 'AT+CSQ', true],
      ['+CSQ: 1,99\r\nOK', 'AT+CREG?', false],
      ['OK', 'AT+CSQ', false],
      ['ERROR', 'AT+CSQ', true],
      ['OK', 'AT^MTXTUNNEL=REBOOT', true],
      ['9600\r\nOK', 'AT^MTXTUNNEL=SETPARAM,COMM_baudrate,9600', false],
      ['9600\r\nOK', 'AT^MTXTUNNEL=GETPARAM,COMM_baudrate', true],
      ['10.2.3.4\r\nOK', 'AT^MTXTUNNEL=GETPARAM,MTX_pingIP', true],
      ['OK', 'AT^MTXTUNNEL=VERSION', false],
    ];
    for (const [text, command, can] of rows)
      assert.equal(canAnswer(text, smsOfCommand(command)), can, `${text} to ${command}`);
    assert.equal(canAnswer('anything', smsOfAlias('X', new Map())), true);
    assert.equal(canAnswer('OK', { kind: 'connect', text: 'mtxtunnel on' }), false);
  });
});

describe('questions by text', () => {
  it('get their answer by the number, in whatever spelling', async () => {
    const { clock, ask, hear, carried } = desk();
    const answer = ask('AT+CSQ');
    await clock.advance(9_000);
    assert.deepEqual(carried, ['+34666123456 MTXTUNNEL AT+CSQ']);
    assert.equal(hear('+CSQ: 20,99\r\nOK', '34666123456')?.match, 'answer');
    const got = await clock.runUntil(answer);
    assert.deepEqual([got.imei, got.command, got.ok, got.values['csq'], got.ms], [A, 'AT+CSQ', true, 20, 9_000]);
  });
  it('wait for their turn: one at a time per modem, and others meanwhile', async () => {
    const { clock, ask, hear, carried } = desk();
    const first = ask('AT+CSQ');
    const second = ask('AT+CREG?');
    const other = ask('AT+CGSN', B);
    await clock.advance(1_000);
    assert.deepEqual(carried, ['+34666123456 MTXTUNNEL AT+CSQ', '+34666123457 MTXTUNNEL AT+CGSN']);
    hear('+CSQ: 20,99\r\nOK');
    await clock.runUntil(first);
    await clock.advance(1_000);
    assert.equal(carried.length, 3);
    hear('+CREG: 0,1\r\nOK');
    hear(`${B}\r\nOK`, PHONE[B]);
    assert.deepEqual([(await clock.runUntil(second)).command, (await clock.runUntil(other)).lines], ['AT+CREG?', [B]]);
  });
  it('end as unknown when nothing comes, are not repeated, and what comes then is late', async () => {
    const { clock, ask, hear, carried, sms } = desk();
    await clock.runUntil(assert.rejects(ask('AT+CSQ'), code('OUTCOME_UNKNOWN')));
    assert.equal(clock.now(), 120_000);
    await clock.advance(3_600_000);
    assert.equal(carried.length, 1);
    const late = hear('+CSQ: 20,99\r\nOK');
    assert.deepEqual([late?.match, late?.command, late?.values['csq'], late?.ms], ['late', 'AT+CSQ', 20, 3_720_000]);
    assert.equal(hear('+CSQ: 20,99\r\nOK')?.match, 'unasked');
    assert.deepEqual(sms.counters, {
      sent: 1,
      answered: 0,
      late: 1,
      uncertain: 0,
      unasked: 1,
      unknown: 0,
      duplicate: 0,
    });
  });
  it('after an unanswered one take nothing that may be its late answer', async () => {
    const { clock, ask, hear } = desk();
    await clock.runUntil(assert.rejects(ask('AT^MTXTUNNEL=SETPARAM,DNS_period,60')));
    const next = ask('AT^MTXTUNNEL=SETPARAM,MTX_ping,5');
    await clock.advance(1_000);
    const heard = hear('ERROR');
    assert.deepEqual([heard?.match, heard?.ok, heard?.asked, heard?.imei], ['uncertain', null, null, A]);
    await clock.runUntil(assert.rejects(next, code('OUTCOME_UNKNOWN')));
    // a second answer: now both are answered, and the next question is clean
    assert.equal(hear('OK')?.match, 'uncertain');
    const third = ask('AT^MTXTUNNEL=SETPARAM,MTX_ping,5');
    await clock.advance(1_000);
    assert.equal(hear('OK')?.match, 'answer');
    await clock.runUntil(third);
  });
  it('take what can only be theirs, even then', async () => {
    const { clock, ask, hear } = desk();
    await clock.runUntil(assert.rejects(ask('AT^MTXTUNNEL=REBOOT')));
    const next = ask('AT+CSQ');
    await clock.advance(1_000);
    assert.equal(hear('OK')?.match, 'late');
    assert.equal(hear('+CSQ: 3,99\r\nOK')?.match, 'answer');
    assert.equal((await clock.runUntil(next)).values['csq'], 3);
  });
  it('know no stranger', async () => {
    const { clock, ask, hear, sms } = desk();
    const answer = ask('AT+CSQ');
    await clock.advance(1_000);
    for (const from of ['+34666999999', '+34600000001', 'MOVISTAR', '', '66612345']) {
      const heard = hear('+CSQ: 31,99\r\nOK', from);
      assert.deepEqual([heard?.match, heard?.imei, heard?.values, heard?.ok], ['unknown', null, {}, null], from);
    }
    assert.equal(hear('+CSQ: 31,99\r\nOK', PHONE[B])?.match, 'unasked');
    assert.equal(sms.counters.unknown, 5);
    await clock.runUntil(assert.rejects(answer, code('OUTCOME_UNKNOWN')));
  });
  it('take a message that the provider delivers twice once', async () => {
    const { clock, ask, hear } = desk();
    const first = ask('AT');
    await clock.advance(1_000);
    hear('OK', PHONE[A], 'SM1');
    await clock.runUntil(first);
    const second = ask('AT^MTXTUNNEL=REBOOT');
    await clock.advance(1_000);
    assert.equal(hear('OK', PHONE[A], 'SM1'), undefined);
    assert.equal(hear('OK', PHONE[A], 'SM2')?.match, 'answer');
    await clock.runUntil(second);
  });
  it("get an answer that overtakes the gateway's own word", async () => {
    const world: Desk = desk({
      carry: async () => {
        world.hear('+CSQ: 7,99\r\nOK');
        await world.clock.sleep(30_000);
        return 'unsure';
      },
    });
    assert.equal((await world.clock.runUntil(world.ask('AT+CSQ'))).values['csq'], 7);
  });
  it('cost no more per hour than allowed, and nothing when they did not leave', async () => {
    let isBroken = true;
    const world = desk(
      {
        isAnswerAwaited: false,
        carry: async () => {
          if (isBroken) throw new ReadError('BROKER_OFFLINE', 'gone');
          return 'sent';
        },
      },
      1,
    );
    const limited = new SmsDispatch({
      clock: world.clock,
      book: world.sms.book,
      limit: new HourLimit(world.clock, 2, [world.clock.date().getTime() - 1_800_000]),
      senders: ['+34600000001'],
      timeoutMs: 1,
      isAnswerAwaited: false,
      warn: () => undefined,
      carry: async () => {
        if (isBroken) throw new ReadError('BROKER_OFFLINE', 'gone');
        return 'sent';
      },
    });
    const send = (): Promise<unknown> => limited.ask({ imei: A, sms: smsOfCommand('AT'), isConfirmed: false });
    await world.clock.runUntil(assert.rejects(send(), code('BROKER_OFFLINE')));
    isBroken = false;
    await world.clock.runUntil(send());
    await world.clock.runUntil(
      assert.rejects(send(), (e: ReadError) => e.code === 'LIMIT_REACHED' && /30 min/.test(explainError(e))),
    );
    await world.clock.advance(1_800_001);
    await world.clock.runUntil(send());
    await world.clock.runUntil(assert.rejects(send(), code('LIMIT_REACHED')));
  });
  it('that did not leave are no questions: the next answer is certain', async () => {
    let isBroken = true;
    const world = desk({
      carry: async () => {
        if (isBroken) throw new ReadError('AT_ERROR', 'refused');
        return 'sent';
      },
    });
    await world.clock.runUntil(assert.rejects(world.ask('AT^MTXTUNNEL=REBOOT'), code('AT_ERROR')));
    isBroken = false;
    const second = world.ask('AT^MTXTUNNEL=REBOOT');
    await world.clock.advance(1_000);
    assert.equal(world.hear('OK')?.match, 'answer');
    await world.clock.runUntil(second);
  });
  it('are not blocked for longer than an hour by a clock that was set back', async () => {
    const clock = new VirtualClock();
    const limit = new HourLimit(clock, 1, [clock.date().getTime() + 365 * 86_400_000, Number.NaN]);
    assert.throws(() => limit.take(), code('LIMIT_REACHED'));
    await clock.advance(3_600_001);
    limit.take();
    assert.equal(limit.used, 1);
  });
  it('go only from a number that the modem obeys', async () => {
    const world = desk({ senders: ['+34600000001', '+34600000002'] });
    const from: string[] = [];
    const carry: Carry = async (sms) => (from.push(sms.from), 'sent');
    const ask = (isConfirmed = false): Promise<unknown> =>
      world.clock.runUntil(
        world.sms
          .ask({ imei: A, sms: smsOfCommand('AT'), isConfirmed, carry })
          .catch((e: unknown) => (code('OUTCOME_UNKNOWN')(e) ? undefined : Promise.reject(e))),
      );
    await ask();
    assert.match(world.warnings[0] ?? '', /not known whether/);
    await ask();
    assert.equal(world.warnings.length, 1);
    world.sms.book.learnConfig(A, { SMS_allPhones: 'off', SMS_validPhone1: '+34600000002' });
    await ask();
    world.sms.book.learnConfig(A, { SMS_allPhones: 'off', SMS_validPhone1: '+34600000009' });
    await assert.rejects(ask(), (e: ReadError) => e.code === 'CONFIG_INVALID' && /would ignore/.test(explainError(e)));
    world.sms.book.learnConfig(A, { SMS_allPhones: 'on' });
    await ask();
    assert.deepEqual(from, ['+34600000001', '+34600000001', '+34600000002', '+34600000001']);
  });
  it('go to nobody without a number, and to danger only with a word', async () => {
    const { sms } = desk();
    await assert.rejects(
      sms.ask({ imei: '353234028103222', sms: smsOfCommand('AT'), isConfirmed: true }),
      (e: ReadError) => e.code === 'CONFIG_INVALID' && /msg\.phone/.test(explainError(e)),
    );
    await assert.rejects(
      sms.ask({ imei: A, sms: smsOfCommand('AT^MTXTUNNEL=SETPARAM,GPRS_apn,x'), isConfirmed: false }),
      (e: ReadError) => e.code === 'CONFIG_INVALID' && /confirm/.test(explainError(e)),
    );
  });
  it('that are cancelled while they wait are never sent', async () => {
    const { clock, sms, ask, carried } = desk();
    const stop = new AbortController();
    const first = ask('AT+CSQ').catch(() => undefined);
    const second = sms.ask({ imei: A, sms: smsOfCommand('AT+CREG?'), isConfirmed: true, signal: stop.signal });
    stop.abort();
    await clock.runUntil(assert.rejects(second, code('CANCELLED')));
    await clock.runUntil(first);
    assert.equal(carried.length, 1);
  });
  it('property: an answer is only ever matched to its own modem, and every question settles', async () => {
    const step = fc.record({
      imei: fc.constantFrom(A, B),
      isAsked: fc.boolean(),
      from: fc.constantFrom(PHONE[A], PHONE[B], '34666123456', '+34666999999'),
      waitMs: fc.integer({ min: 0, max: 200_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { clock, ask, hear } = desk();
        const settled: Promise<unknown>[] = [];
        let tag = 0;
        for (const { imei, isAsked, from, waitMs } of steps) {
          if (isAsked) {
            const asked = ask(`AT^MTXTUNNEL=GETPARAM,SMS_alias${++tag}`, imei);
            settled.push(
              asked.then(
                (answer) => assert.equal(answer.imei, imei),
                (e: unknown) => assert.ok(code('OUTCOME_UNKNOWN')(e)),
              ),
            );
          } else {
            const heard = hear('x\r\nOK', from);
            const owner = from === PHONE[B] ? B : from === '+34666999999' ? null : A;
            assert.equal(heard?.imei, owner);
            if (owner === null) assert.equal(heard?.match, 'unknown');
            if (heard?.match === 'uncertain' || heard?.match === 'unasked')
              assert.deepEqual([heard.ok, heard.values], [null, {}]);
          }
          await clock.advance(waitMs);
        }
        await clock.runUntil(Promise.all(settled), 10 * 86_400_000);
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});
