// Texts and the fallback on them in virtual time: modems of the simulator, a broker in memory, a mobile network that is
// slow, loses messages and does not keep their order.
import assert from 'node:assert/strict';
import { said } from '../support/outcome-words';
import {
  commandWithFallback,
  isRepeatable,
  rollbackBySms,
  whyNotBySms,
  type FallbackState,
} from '../../src/core/fleet/sms/sms-fallback';
import { parseSmsText, smsOfAlias } from '../../src/core/fleet/sms/sms-text';
import type { SmsAnswer } from '../../src/core/fleet/sms/sms-exchange';
import { ReadError } from '../../src/core/wire/errors';
import { seededRandom, valueOf } from '../../src/simulator';
import { NUMBERS, SmsWorld, TARGET, type WorldOptions } from '../support/sms-world';

const code =
  (wanted: string) =>
  (e: unknown): boolean =>
    e instanceof ReadError && e.code === wanted;
const REPAIR = ['AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es', 'AT^MTXTUNNEL=REBOOT'];

async function ask(world: SmsWorld, text: string): Promise<SmsAnswer> {
  const sms = text.startsWith('alias:') ? smsOfAlias(text.slice(6), new Map()) : parseSmsText(text, new Map());
  const outcome = await world.clock.runUntil(world.sms.ask({ imei: TARGET, sms, isConfirmed: true }));
  if (outcome.state !== 'answered') throw new Error('no answer was waited for');
  return outcome.answer;
}

async function lost(options: WorldOptions = {}): Promise<SmsWorld> {
  const world = await new SmsWorld({
    ...options,
    target: { config: { GPRS_apn: 'wrong.apn', ...(options.target?.config as Record<string, string>) } },
  }).start();
  assert.equal(world.target.state, 'offline');
  return world;
}

function fallback(
  world: SmsWorld,
  command: string,
  more: { smsAfterMs?: number; states?: FallbackState[]; byMqtt?: SmsWorld['byMqtt'] } = {},
): ReturnType<typeof commandWithFallback> {
  return commandWithFallback({
    clock: world.clock,
    imei: TARGET,
    command,
    smsAfterMs: more.smsAfterMs ?? 90_000,
    sms: world.sms,
    isConfirmed: true,
    signal: new AbortController().signal,
    byMqtt: more.byMqtt ?? ((text, queueMs) => world.byMqtt(text, queueMs)),
    onState: (state) => more.states?.push(state),
  });
}

describe('text messages in a world', () => {
  it('ask a modem that obeys, and understand it', async () => {
    const world = await new SmsWorld({
      target: { config: { SMS_sendIP: 'on', SMS_alias1: 'RL0ON>AT^MTXTUNNEL=SETIO,0,1', SMS_aliasResponse: 'result' } },
    }).start();
    assert.deepEqual((await ask(world, 'AT+CSQ')).values, { csq: 18, dbm: -77, bars: 4, ber: null });
    assert.equal((await ask(world, 'AT^MTXTUNNEL=GETPARAM,GPRS_apn')).values['GPRS_apn'], 'movistar.es');
    assert.match(String((await ask(world, 'mtxtunnel on')).values['ip']), /^10\./);
    assert.equal((await ask(world, 'alias:RL0ON')).ok, true);
    assert.equal(world.target.body.outputs[0], 1);
    assert.equal((await ask(world, 'AT^NOSUCH')).ok, false);
    const whole = await ask(world, 'AT^MTXTUNNEL=GETCONFIG');
    assert.deepEqual(
      [whole.isTruncated, whole.ok, whole.values['COMM_parity'], whole.values['GPRS_apn']],
      [true, null, 'none', 'movistar.es'],
    );
    const known = new Set(
      Object.entries(whole.values).map(([name, value]) => valueOf(world.target.config, name) === value),
    );
    assert.deepEqual([...known], [true], 'a value was cut');
  });
  it('get silence for a number that is not authorised', async () => {
    const world = await new SmsWorld({ target: { config: { SMS_validPhone1: '+34999999999' } } }).start();
    await assert.rejects(ask(world, 'AT+CSQ'), code('OUTCOME_UNKNOWN'));
    assert.deepEqual(world.target.outbox, []);
    assert.match(world.warnings.join(' '), /SMS_validPhone/);
  });
  it('bring back a modem with a wrong APN, through a provider', async () => {
    const world = await lost();
    const rollback = await world.clock.runUntil(rollbackBySms(world.sms, TARGET, REPAIR));
    assert.deepEqual([rollback.ok, rollback.steps.map(({ state }) => state)], [true, ['done', 'done']]);
    await world.clock.advance(120_000);
    assert.equal(world.target.state, 'online');
    assert.equal((await world.clock.runUntil(world.byMqtt('AT'))).value.isOk, true);
  });
  it('and through a gateway modem, which tells nothing of the answers', async () => {
    const world = await lost({ way: 'gateway' });
    const rollback = await world.clock.runUntil(rollbackBySms(world.sms, TARGET, REPAIR));
    assert.deepEqual([rollback.ok, rollback.steps.map(({ state }) => state)], [null, ['unknown', 'unknown']]);
    await world.clock.advance(180_000);
    assert.deepEqual(
      [world.gateway.outbox.map(({ number }) => number), world.target.state],
      [[NUMBERS[TARGET], NUMBERS[TARGET]], 'online'],
    );
    assert.equal(world.target.outbox.length, 2, 'its answers went to the gateway');
  });
  it('a rollback ends at a refusal, and at a text that cannot be sent', async () => {
    const world = await lost();
    const refused = await world.clock.runUntil(
      rollbackBySms(world.sms, TARGET, ['AT^MTXTUNNEL=SETPARAM,NO_such,1', 'AT^MTXTUNNEL=REBOOT']),
    );
    assert.deepEqual([refused.ok, refused.steps.map(({ state }) => state)], [false, ['refused']]);
    const tooLong = await world.clock.runUntil(
      rollbackBySms(world.sms, TARGET, [`AT^MTXTUNNEL=SETPARAM,GPRS_apn,${'x'.repeat(150)}`, 'AT^MTXTUNNEL=REBOOT']),
    );
    assert.deepEqual([tooLong.ok, tooLong.steps.map(({ state }) => state)], [false, ['not-sent']]);
    assert.deepEqual(
      world.commands.map(({ text }) => text),
      ['MTXTUNNEL AT^MTXTUNNEL=SETPARAM,NO_such,1'],
    );
  });
});

describe('the fallback on text messages', () => {
  it('decides by what can happen twice', () => {
    const failure = new ReadError('NO_REPLY', 'silence');
    for (const command of [
      'AT',
      'AT+CSQ',
      'at ^ smoni',
      'AT+CREG?',
      'AT^MTXTUNNEL=GETPARAM,GPRS_apn',
      'at^mtxtunnel = setparam, GPRS_apn,x',
      'AT^MTXTUNNEL=GETCONFIG',
      'ATI',
    ]) {
      assert.equal(isRepeatable(command), true, command);
      assert.equal(whyNotBySms({ command, failure, isPublished: true }), undefined, command);
    }
    for (const command of [
      'AT^MTXTUNNEL=REBOOT',
      'AT^MTXTUNNEL=SETIO,0,1',
      'AT^MTXTUNNEL=RS232,0,x',
      'AT^MTXTUNNEL=SMS,+34666123456,x',
      'AT^MTXTUNNEL=EXECUTE,a',
      'AT+CFUN=1,1',
      'AT^UNKNOWN=1',
      'AT+COPS=?',
      'ATD123',
    ]) {
      assert.equal(isRepeatable(command), false, command);
      assert.match(said(whyNotBySms({ command, failure, isPublished: true })), /may have carried it out/, command);
      assert.equal(whyNotBySms({ command, failure, isPublished: false }), undefined, command);
    }
    for (const refused of [
      'BROKER_REFUSED',
      'SUBSCRIBE_REFUSED',
      'CONFIG_INVALID',
      'QUEUE_FULL',
      'CANCELLED',
      'BAD_FRAME',
      'AT_ERROR',
    ] as const) {
      const failure = new ReadError(refused, '');
      assert.equal(whyNotBySms({ command: 'AT', failure, isPublished: false }), failure, refused);
    }
  });
  it('is not used where MQTT answers', async () => {
    const world = await new SmsWorld().start();
    for (const command of ['AT+CSQ', 'AT^MTXTUNNEL=SETIO,1,1']) {
      const states: FallbackState[] = [];
      assert.equal((await world.clock.runUntil(fallback(world, command, { states }))).way, 'mqtt');
      assert.deepEqual(states, ['mqtt', 'answered']);
    }
    assert.equal(world.sms.counters.sent, 0);
    assert.deepEqual(
      world.commands.map(({ text }) => text),
      ['AT+CSQ', 'AT', 'AT^MTXTUNNEL=SETIO,1,1'],
    );
  });
  it('texts a query after its time, once, and not sooner', async () => {
    const world = await lost();
    const states: FallbackState[] = [];
    const began = world.clock.now();
    const outcome = await world.clock.runUntil(fallback(world, 'AT+CSQ', { states }));
    assert.deepEqual(
      [outcome.way, outcome.way === 'sms' && outcome.answer.values['csq'], states],
      ['sms', 18, ['mqtt', 'not-delivered', 'sms', 'answered']],
    );
    assert.ok(world.clock.now() - began > 90_000 && world.clock.now() - began < 220_000);
    assert.equal(world.sms.counters.sent, 1);
  });
  it('waits for a modem that comes back in time, and spends nothing', async () => {
    const world = await lost();
    const work = fallback(world, 'AT^MTXTUNNEL=SETIO,1,1', { smsAfterMs: 300_000 });
    await world.clock.advance(60_000);
    world.target.body.stored = new Map(world.target.body.stored).set('gprs_apn', {
      name: 'GPRS_apn',
      value: 'movistar.es',
    });
    world.target.reboot();
    assert.equal((await world.clock.runUntil(work)).way, 'mqtt');
    assert.deepEqual([world.sms.counters.sent, world.target.body.outputs[1]], [0, 1]);
  });
  it('texts a reboot only because it was never published', async () => {
    const world = await lost();
    assert.equal((await world.clock.runUntil(fallback(world, 'AT^MTXTUNNEL=REBOOT'))).way, 'sms');
    await world.clock.advance(60_000);
    assert.deepEqual([world.target.boots, world.commands.filter(({ text }) => text.includes('REBOOT')).length], [2, 1]);
  });
  it('does not text what may have been carried out already', async () => {
    const world = await new SmsWorld().start();
    const byMqtt: SmsWorld['byMqtt'] = async (command, queueMs) => {
      const done = await world.byMqtt(command, queueMs);
      if (command.includes('SETIO')) throw new ReadError('NO_REPLY', 'its reply was lost');
      return done;
    };
    await world.clock.runUntil(
      assert.rejects(
        fallback(world, 'AT^MTXTUNNEL=SETIO,1,1', { byMqtt }),
        (e: ReadError) => e.code === 'NO_REPLY' && /not sent again by text/.test(said(e)),
      ),
    );
    assert.deepEqual([world.sms.counters.sent, world.target.body.outputs[1]], [0, 1]);
  });
  it('tells both reasons when the text cannot go', async () => {
    const world = await lost({ sms: {} });
    const none = new SmsWorld({ target: {} });
    await assert.rejects(
      world.clock.runUntil(fallback(world, `AT^MTXTUNNEL=SETPARAM,GPRS_apn,${'x'.repeat(150)}`)),
      (e: ReadError) => e.code === 'NO_REPLY' && /shorten it by/.test(said(e)),
    );
    await assert.rejects(
      world.clock.runUntil(
        commandWithFallback({
          clock: world.clock,
          imei: '353234028103222',
          command: 'AT',
          smsAfterMs: 1_000,
          sms: none.sms,
          isConfirmed: false,
          signal: new AbortController().signal,
          byMqtt: (text, queueMs) => world.byMqtt(text, queueMs),
        }),
      ),
      (e: ReadError) => e.code === 'NO_REPLY' && /phone number/.test(said(e)),
    );
  });
  it('ends as unknown when the text is not answered, and repeats nothing', async () => {
    const world = await lost({ lossShare: 1 });
    const states: FallbackState[] = [];
    await world.clock.runUntil(assert.rejects(fallback(world, 'AT+CSQ', { states }), code('OUTCOME_UNKNOWN')));
    await world.clock.advance(3_600_000);
    assert.deepEqual([states.at(-1), world.sms.counters.sent], ['unknown', 1]);
  });
  it('never does twice what may not happen twice, whatever comes and goes (seeds 1 to 30)', async () => {
    const ways = new Map<string, number>();
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed);
      const done: string[] = [];
      const world = new SmsWorld({
        seed,
        lossShare: 0.3,
        target: { choices: { bootMsMin: 1_000, bootMsMax: 5_000, replyStyle: random() < 0.15 ? 'silent' : 'echo' } },
      });
      const run = world.target.body;
      await world.start();
      const hits = (): number => run.outputs.filter((value) => value === 1).length;
      const weather = async (): Promise<void> => {
        for (let i = 0; i < 40; i++) {
          await world.clock.sleep(5_000 + random() * 40_000);
          if (random() < 0.5) world.target.dropLink();
          else world.target.setNetwork(random() < 0.5);
        }
      };
      void weather();
      for (let n = 0; n < 3; n++) {
        const command = `AT^MTXTUNNEL=SETIO,${n},1`;
        const outcome = await world.clock.runUntil(
          fallback(world, command, { smsAfterMs: 60_000 }).then(
            ({ way }) => way,
            (e: ReadError) => e.code,
          ),
        );
        done.push(outcome);
        ways.set(outcome, (ways.get(outcome) ?? 0) + 1);
        await world.clock.advance(60_000);
        const arrived = world.commands.filter(({ text }) => text.includes(`SETIO,${n},`)).length;
        assert.ok(arrived <= 1, `seed ${seed}, ${command}: arrived ${arrived} times, ${outcome}`);
        if (outcome === 'mqtt' || outcome === 'sms')
          assert.equal(run.outputs[n], 1, `seed ${seed}, ${command}: ${outcome}, but not done`);
      }
      assert.ok(
        hits() >= done.filter((way) => way === 'mqtt' || way === 'sms').length,
        `seed ${seed}: ${done.join(' ')}`,
      );
    }
    for (const way of ['mqtt', 'sms', 'OUTCOME_UNKNOWN', 'NO_REPLY'])
      assert.ok((ways.get(way) ?? 0) > 0, `${way} never happened: ${JSON.stringify([...ways])}`);
  });
});
