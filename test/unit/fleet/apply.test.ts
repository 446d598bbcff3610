// The work on one modem, against the simulated modem in virtual time.
import assert from 'node:assert/strict';
import { wordsOf } from '../../support/outcome-words';
import { work, type WorkHost } from '../../../src/core/fleet/rollout/modem-work';
import type { WorkOrder } from '../../../src/core/fleet/rollout/work-order';
import { REBOOT_COMMANDS } from '../../../src/core/fleet/config/actions';
import { laneChannel } from '../../../src/core/fleet/rollout/channel';
import { desiredOf, type Template } from '../../../src/core/fleet/config/desired';
import type { WorkJournal, WorkOutcome } from '../../../src/core/fleet/rollout/outcome';
import { ReadError } from '../../../src/core/wire/errors';
import { REPLY_STYLES, valueOf, type ModemOptions } from '../../../src/simulator';
import { FleetWorld, PROFILE } from '../../support/fleet-world';

const IMEI = '353234028103206';

interface Run {
  readonly outcome: WorkOutcome;
  readonly journals: readonly WorkJournal[];
  readonly commands: readonly string[];
  readonly audit: readonly unknown[];
  readonly world: FleetWorld;
  value(name: string): string | undefined;
}

function orderOf(template: Template, more: Partial<WorkOrder> = {}): WorkOrder {
  return {
    mode: 'apply',
    desired: desiredOf(template, IMEI),
    commands: [],
    isReboot: false,
    rebootCommands: REBOOT_COMMANDS,
    hasReboot: true,
    isConfirmed: false,
    lifeMs: 180_000,
    atMs: 15_000,
    ...more,
  };
}

async function run(
  order: WorkOrder,
  options: Partial<ModemOptions> = {},
  more: { journal?: WorkJournal; host?: Partial<WorkHost>; before?: (world: FleetWorld) => void } = {},
): Promise<Run> {
  const world = new FleetWorld();
  const modem = world.add({ imei: IMEI, ...options });
  modem.start();
  await world.clock.advance(60_000);
  more.before?.(world);
  const journals: WorkJournal[] = [];
  const audit: unknown[] = [];
  const stop = new AbortController();
  const host: WorkHost = {
    signal: stop.signal,
    note: async (journal) => void journals.push(journal),
    audit: (event) => void audit.push(event),
    ...more.host,
  };
  const channel = laneChannel(world.registry.acquire(IMEI, PROFILE), world.signs, world.clock, host.signal);
  const outcome = await world.clock.runUntil(work(channel, order, more.journal ?? {}, host));
  return {
    outcome,
    journals,
    commands: world.commandsTo(IMEI),
    audit,
    world,
    value: (name) => valueOf(modem.config, name),
  };
}

describe('work on one modem', () => {
  it('sets what differs, reads it back, reboots, waits for the modem and reads again', async () => {
    const { outcome, commands, journals, value, world } = await run(
      orderOf({ dns_period: '60', MTX_ping: '35', SMS_sendIP: 'on' }),
    );
    assert.deepEqual([outcome.result, outcome.rebooted], ['changed', true]);
    assert.deepEqual(outcome.changes, [
      { name: 'DNS_period', from: '300', to: '60' },
      { name: 'SMS_sendIP', from: 'off', to: 'on' },
    ]);
    assert.deepEqual(
      commands.filter((command) => command !== 'AT'),
      [
        'AT^MTXTUNNEL=GETPARAM,DNS_period',
        'AT^MTXTUNNEL=GETPARAM,MTX_ping',
        'AT^MTXTUNNEL=GETPARAM,SMS_sendIP',
        'AT^MTXTUNNEL=SETPARAM,DNS_period,60',
        'AT^MTXTUNNEL=GETPARAM,DNS_period',
        'AT^MTXTUNNEL=SETPARAM,SMS_sendIP,on',
        'AT^MTXTUNNEL=GETPARAM,SMS_sendIP',
        'AT^MTXTUNNEL=REBOOT',
        'AT^MTXTUNNEL=GETPARAM,DNS_period',
        'AT^MTXTUNNEL=GETPARAM,SMS_sendIP',
      ],
    );
    assert.deepEqual(journals[0], { before: { DNS_period: '300', SMS_sendIP: 'off' } });
    assert.deepEqual([value('DNS_period'), world.modems.get(IMEI)?.boots], ['60', 2]);
  });

  it('understands every reply style, and reads the whole configuration where that is shorter', async () => {
    const template = {
      DNS_period: '60',
      MTX_ping: '30',
      MTX_pingIP: '1.1.1.1',
      MTX_numGSMErrors: '99',
      SMS_sendIP: 'on',
    };
    for (const replyStyle of REPLY_STYLES.filter((style) => style !== 'silent')) {
      for (const paramReply of ['value', 'named'] as const) {
        const { outcome, commands, value } = await run(orderOf(template), { choices: { replyStyle, paramReply } });
        assert.equal(outcome.result, 'changed', `${replyStyle} ${paramReply}: ${wordsOf(outcome)}`);
        assert.equal(value('MTX_pingIP'), '1.1.1.1');
        assert.equal(commands[0], 'AT^MTXTUNNEL=GETCONFIG');
      }
    }
  });

  it('sends nothing where nothing differs, and nothing at all in a check', async () => {
    const same = await run(orderOf({ DNS_period: '300', MQTT_enabled: 'ON', MQTT_attopic1: `${IMEI}/AT` }));
    assert.deepEqual(
      [same.outcome.result, same.commands.some((command) => /SETPARAM|REBOOT/.test(command))],
      ['same', false],
    );
    const check = await run(orderOf({ DNS_period: '60', GPRS_password: 'secret' }, { mode: 'check' }));
    assert.equal(check.outcome.result, 'differs');
    assert.deepEqual(
      check.outcome.drift?.map(({ name, state, desired, reported }) => [name, state, desired, reported]),
      [
        ['DNS_period', 'differs', '60', '300'],
        ['GPRS_password', 'differs', '***', '***'],
      ],
    );
    assert.ok(check.commands.every((command) => /GETPARAM|GETCONFIG/.test(command)));
  });

  it('reads the whole configuration with its secrets masked', async () => {
    const { outcome } = await run(orderOf({}, { mode: 'read' }));
    assert.equal(outcome.values?.['DNS_period'], '300');
    assert.equal(outcome.values?.['GPRS_password'], '***');
    assert.doesNotMatch(JSON.stringify(outcome), /MOVISTAR/);
  });

  it('touches nothing that could cut the modem off without a confirmation', async () => {
    const { outcome, commands } = await run(orderOf({ DNS_period: '60', GPRS_apn: 'wrong' }));
    assert.deepEqual([outcome.result, outcome.code], ['failed', 'CONFIG_INVALID']);
    assert.match(wordsOf(outcome), /GPRS_apn.*msg\.confirm/);
    assert.ok(!commands.some((command) => command.includes('SETPARAM')));
  });

  it('sets harmless parameters first and the mobile network last', async () => {
    const { commands, outcome } = await run(
      orderOf(
        {
          GPRS_apn: 'good',
          MQTT_keepalive: '60',
          MQTT_attopic2: 'x/AT',
          COMM_baudrate: '19200',
          MQTT_login: 'me',
          SMS_sendIP: 'on',
        },
        { isConfirmed: true },
      ),
    );
    assert.equal(outcome.result, 'changed', wordsOf(outcome));
    assert.deepEqual(
      commands.filter((command) => command.includes('SETPARAM')).map((command) => command.split(',')[1]),
      ['MQTT_keepalive', 'SMS_sendIP', 'COMM_baudrate', 'MQTT_attopic2', 'MQTT_login', 'GPRS_apn'],
    );
  });

  it('sets back what it set when a later one is refused', async () => {
    const { outcome, value, commands } = await run(orderOf({ DNS_period: '60', NEW_thing: '1' }));
    assert.deepEqual([outcome.result, outcome.code, value('DNS_period')], ['failed', 'AT_ERROR', '300']);
    assert.match(wordsOf(outcome), /NEW_thing/);
    assert.ok(!commands.includes('AT^MTXTUNNEL=REBOOT'));
  });

  it('shows no secret of an own command that is refused, or was interrupted', async () => {
    const order = orderOf({}, { mode: 'commands', commands: ['AT^MTXTUNNEL=SETPARAM,MTX_PIN,9876'] });
    for (const journal of [{}, { commandsSent: 1 }]) {
      const { outcome } = await run(order, { isLocked: true, choices: { lockRefusesSetparam: true } }, { journal });
      assert.match(wordsOf(outcome), /MTX_PIN/);
      assert.doesNotMatch(JSON.stringify(outcome), /9876/);
    }
  });

  it('tells a locked modem', async () => {
    const { outcome } = await run(orderOf({ DNS_period: '60' }), {
      isLocked: true,
      choices: { lockRefusesSetparam: true },
    });
    assert.deepEqual([outcome.result, outcome.code], ['failed', 'AT_ERROR']);
    assert.match(wordsOf(outcome), /locked/);
  });

  it('calls a modem that is away silent, having changed nothing', async () => {
    const { outcome, journals } = await run(
      orderOf({ DNS_period: '60' }),
      {},
      { before: (world) => world.modems.get(IMEI)?.stop() },
    );
    assert.deepEqual([outcome.result, outcome.code, journals.length], ['silent', 'NO_REPLY', 0]);
  });

  it('falls back to AT+CFUN=1,1, and says when neither reboots', async () => {
    // a firmware without REBOOT: the simulated one is made to refuse it by its name
    const world = new FleetWorld();
    const channel = (rebootResult: 'OK' | 'ERROR', cfun: 'OK' | 'ERROR') => {
      const sent: string[] = [];
      return {
        sent,
        channel: {
          imei: IMEI,
          clock: world.clock,
          atMs: 15_000,
          sign: async (_since: number, ms: number) => (await world.clock.sleep(ms), false),
          ask: async (command: string) => {
            sent.push(command);
            const result = /REBOOT/.test(command) ? rebootResult : /CFUN/.test(command) ? cfun : 'OK';
            return {
              isOk: result === 'OK',
              result,
              lines: /GETPARAM/.test(command) ? [sent.some((each) => each.includes('SETPARAM')) ? '60' : '300'] : [],
            };
          },
        },
      };
    };
    const host = (): WorkHost => ({
      signal: new AbortController().signal,
      note: async () => undefined,
      audit: () => undefined,
    });
    const refused = channel('ERROR', 'ERROR');
    const first = await world.clock.runUntil(work(refused.channel, orderOf({ DNS_period: '60' }), {}, host()));
    assert.deepEqual([first.result, first.rebooted], ['changed', false]);
    assert.match(wordsOf(first), /refuses to reboot/);
    assert.ok(refused.sent.includes('AT+CFUN=1,1'));
    const deaf = channel('OK', 'OK'); // answers all the time: it never went away
    const second = await world.clock.runUntil(work(deaf.channel, orderOf({ DNS_period: '60' }), {}, host()));
    assert.deepEqual([second.result, second.rebooted], ['changed', false]);
    assert.match(wordsOf(second), /did not go away/);
    assert.ok(deaf.sent.indexOf('AT+CFUN=1,1') > deaf.sent.indexOf('AT^MTXTUNNEL=REBOOT'));
  });

  it('waits for a modem that is slow to go away, and sends one reboot', async () => {
    const { clock } = new FleetWorld();
    const sent: string[] = [];
    let rebootedAt = Infinity;
    const isAway = (): boolean => clock.now() > rebootedAt + 8_000 && clock.now() < rebootedAt + 30_000;
    const channel = {
      imei: IMEI,
      clock,
      atMs: 15_000,
      sign: async (_since: number, ms: number) => (await clock.sleep(ms), false),
      ask: async (command: string, { timeoutMs }: { timeoutMs: number }) => {
        sent.push(command);
        if (isAway()) {
          await clock.sleep(timeoutMs);
          throw new ReadError('NO_REPLY', 'silence');
        }
        if (command.includes('REBOOT')) rebootedAt = clock.now();
        return {
          isOk: true,
          result: 'OK',
          lines: command.includes('GETPARAM') ? [sent.some((each) => each.includes('SETPARAM')) ? '60' : '300'] : [],
        };
      },
    };
    const outcome = await clock.runUntil(
      work(
        channel,
        orderOf({ DNS_period: '60' }),
        {},
        { signal: new AbortController().signal, note: async () => undefined, audit: () => undefined },
      ),
    );
    assert.deepEqual([outcome.result, outcome.rebooted], ['changed', true]);
    assert.deepEqual(
      sent.filter((command) => /REBOOT|CFUN/.test(command)),
      ['AT^MTXTUNNEL=REBOOT'],
    );
  });

  it('takes no value from a configuration that was cut short', async () => {
    const { clock } = new FleetWorld();
    const channel = {
      imei: IMEI,
      clock,
      atMs: 15_000,
      sign: async () => false,
      ask: async (command: string) =>
        command.includes('GETCONFIG')
          ? { isOk: true, result: '', lines: ['DNS_mode: mqtt', 'DNS_period: 30'] }
          : { isOk: true, result: 'OK', lines: ['300'] },
    };
    const outcome = await clock.runUntil(
      work(
        channel,
        orderOf(
          { DNS_period: '30', MTX_ping: '300', SMS_tunnelString: '300', GPRS_timeout: '300', MQTT_keepalive: '300' },
          { mode: 'check' },
        ),
        {},
        { signal: new AbortController().signal, note: async () => undefined, audit: () => undefined },
      ),
    );
    assert.deepEqual(outcome.drift?.[0], {
      name: 'DNS_period',
      state: 'differs',
      desired: '30',
      reported: '300',
      isSecret: false,
      isLifeline: false,
    });
  });

  it('gives the SMS texts for a modem that a wrong APN cut off, secrets masked', async () => {
    const { outcome } = await run(orderOf({ GPRS_apn: 'wrong', GPRS_password: 'x' }, { isConfirmed: true }), {
      simApn: 'movistar.es',
    });
    assert.deepEqual([outcome.result, outcome.code], ['lost', 'NO_REPLY']);
    assert.deepEqual(outcome.sms, [
      'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es',
      'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,GPRS_password,***',
      'MTXTUNNEL AT^MTXTUNNEL=REBOOT',
    ]);
  });

  it('restores it by SMS where there is a way, and puts the rest back over MQTT', async () => {
    const sent: string[] = [];
    let world: FleetWorld | undefined;
    const rollbackBySms = async (imei: string, texts: readonly string[]): Promise<boolean> => {
      for (const text of texts) {
        sent.push(text);
        await world?.modems.get(imei)?.receiveSms('+34666123456', text);
      }
      return true;
    };
    const { outcome, value } = await run(
      orderOf({ GPRS_apn: 'wrong', DNS_period: '60' }, { isConfirmed: true }),
      { simApn: 'movistar.es' },
      { host: { rollbackBySms }, before: (made) => (world = made) },
    );
    assert.equal(outcome.result, 'rolledBack', wordsOf(outcome));
    assert.deepEqual([value('GPRS_apn'), value('DNS_period')], ['movistar.es', '300']);
    assert.equal(sent.length, 2);
  });

  it('goes on where an earlier life stopped: the old values stay the old ones, a reboot is not sent twice', async () => {
    const half = await run(
      orderOf({ DNS_period: '60', SMS_sendIP: 'on' }),
      { config: { DNS_period: '60' } },
      { journal: { before: { DNS_period: '300', SMS_sendIP: 'off' } } },
    );
    assert.equal(half.outcome.result, 'changed');
    assert.deepEqual(
      half.outcome.changes?.find(({ name }) => name === 'DNS_period'),
      { name: 'DNS_period', from: '300', to: '60' },
    );
    assert.ok(!half.commands.includes('AT^MTXTUNNEL=SETPARAM,DNS_period,60'));
    const between = await run(
      orderOf({ DNS_period: '60' }),
      { config: { DNS_period: '90' } },
      { journal: { before: { DNS_period: '300' } } },
    );
    assert.deepEqual(between.journals[0]?.before, { DNS_period: '300' });
    const rebooting = await run(
      orderOf({ DNS_period: '60' }),
      { config: { DNS_period: '60' } },
      { journal: { before: { DNS_period: '300' }, isRebootSent: true } },
    );
    assert.deepEqual([rebooting.outcome.result, rebooting.outcome.rebooted], ['changed', null]);
    assert.ok(!rebooting.commands.includes('AT^MTXTUNNEL=REBOOT'));
    const order = orderOf({}, { mode: 'commands', commands: ['AT^MTXTUNNEL=LOCK'] });
    const locked = await run(order, {}, { journal: { commandsSent: 1 } });
    assert.deepEqual([locked.outcome.result, locked.commands], ['unknown', []]);
    const again = await run(
      { ...order, isReboot: true, commands: REBOOT_COMMANDS },
      {},
      { journal: { isRebootSent: true } },
    );
    assert.deepEqual([again.outcome.result, again.commands], ['unknown', []]);
  });

  it('reboots and locks on request, and notes it before', async () => {
    const rebooted = await run(orderOf({}, { mode: 'commands', commands: REBOOT_COMMANDS, isReboot: true }));
    assert.deepEqual(
      [rebooted.outcome.result, rebooted.world.modems.get(IMEI)?.boots, rebooted.journals],
      ['done', 2, [{ isRebootSent: true }]],
    );
    const locked = await run(orderOf({}, { mode: 'commands', commands: ['AT^MTXTUNNEL=LOCK'] }));
    assert.deepEqual(
      [locked.outcome.result, locked.world.modems.get(IMEI)?.body.isLocked, locked.journals],
      ['done', true, [{ commandsSent: 1 }]],
    );
  });

  it('survives a modem on which a change acts at once', async () => {
    const { outcome, value } = await run(orderOf({ MQTT_login: 'other' }, { isConfirmed: true }), {
      choices: { setparamActs: 'at once' },
    });
    assert.equal(outcome.result, 'changed', wordsOf(outcome));
    assert.equal(value('MQTT_login'), 'other');
  });

  it('says that it is unknown when its time is over in the middle', async () => {
    const stop = new AbortController();
    const { outcome } = await run(
      orderOf({ DNS_period: '60' }),
      {},
      { host: { signal: stop.signal, audit: () => stop.abort() } },
    );
    assert.deepEqual([outcome.result, outcome.code], ['unknown', 'CANCELLED']);
  });
});
