// What the device manager refuses before anything is sent, and what it says of who stays silent: each by its reason.
import assert from 'node:assert/strict';
import { controlRollouts } from '../../../nodes/mtx-config/control';
import { parseWanted } from '../../../nodes/mtx-config/request';
import { parseOrder } from '../../../nodes/mtx-at/order';
import { requestOf, settingsOf } from '../../../nodes/mtx-sms/messages';
import { gatewayCarry } from '../../../nodes/mtx-sms/set-up';
import type { ModemNode, Msg } from '../../../nodes/shared/palette';
import { commandFleet } from '../../../src/core/fleet/commands/command-fleet';
import { desiredOf } from '../../../src/core/fleet/config/desired';
import { broadcastWork, checkShared } from '../../../src/core/fleet/rollout/broadcast-work';
import { orderFor } from '../../../src/core/fleet/rollout/request';
import { unknownRollout } from '../../../src/core/fleet/rollout/rollouts';
import { HourLimit } from '../../../src/core/fleet/sms/sms-limit';
import { PhoneBook } from '../../../src/core/fleet/sms/sms-book';
import { SmsDispatch } from '../../../src/core/fleet/sms/sms-dispatch';
import { smsOfCommand } from '../../../src/core/fleet/sms/sms-text';
import { Fields } from '../../../src/core/readers/fields';
import { ReadError } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator';
import { FleetWorld, PROFILE } from '../../support/fleet-world';
import { because } from '../../support/scripted-modem';

const IMEI = '353234028103206';
const OTHER = '353234028103214';
const msg = (fields: object): Msg => ({ _msgid: '1', ...fields }) as unknown as Msg;
const NODE = { imei: '', profile: PROFILE, imeiOf: () => IMEI } as unknown as ModemNode;
const host = { signal: new AbortController().signal, audit: () => undefined };

describe('commands to several modems', () => {
  const order = (fields: object): unknown => parseOrder(new Fields({ ...fields }), msg(fields), NODE);

  it('need modems that are named, and consent for a restart of more than one', () => {
    assert.throws(() => order({ target: 'list', command: 'AT' }), because('fleet.commandNoImeis'));
    assert.throws(
      () => order({ target: 'list', command: 'AT^MTXTUNNEL=REBOOT', imeis: [IMEI, OTHER] }),
      because('fleet.dangerRestarts'),
    );
  });

  it('need a topic that all share, and one of its own for each reply', () => {
    const { topics } = PROFILE;
    assert.throws(() => checkShared({ ...topics, broadcast: '' }), because('fleet.noBroadcastTopic'));
    assert.throws(() => checkShared({ ...topics, atr: 'all/ATR' }), because('fleet.repliesShared'));
  });

  it('name who did not answer in time', async () => {
    const world = new FleetWorld();
    world.add({ imei: IMEI, config: { MQTT_attopic2: 'all/AT' } }).start();
    await world.clock.advance(60_000);
    const { clock, link, registry } = world;
    const ports = {
      clock,
      link,
      registry,
      profile: PROFILE,
      acquire: (imei: string) => registry.acquire(imei, PROFILE),
      release: (imei: string) => registry.release(imei),
      sms: () => new ReadError('CONFIG_INVALID', 'none'),
    };
    const wish = { target: 'all', commands: ['AT'], imeis: [IMEI, OTHER], timeoutMs: 5_000, concurrency: 1 } as const;
    const results = await clock.runUntil(
      commandFleet(ports, { ...wish, smsAfterMs: undefined, isConfirmed: false }, {
        ...host,
        answer: () => undefined,
        failed: () => undefined,
        progress: () => undefined,
        texted: () => undefined,
      } as never),
    );
    assert.ok(because('fleet.noReplyInTime')(results.get(OTHER)));
    assert.ok(!(results.get(IMEI) instanceof ReadError));
  });

  it('of a configuration: who stays silent to a message to all is told apart', async () => {
    const world = new FleetWorld();
    const { clock, link, registry, signs } = world;
    const outcomes = await clock.runUntil(
      broadcastWork(
        { link, registry, clock, signs, profile: PROFILE },
        {
          mode: 'check',
          desired: desiredOf({ DNS_period: '60' }, IMEI),
          commands: [],
          isReboot: false,
          rebootCommands: [],
          hasReboot: false,
          isConfirmed: false,
          lifeMs: 60_000,
          atMs: 2_000,
        },
        [IMEI],
        host,
      ),
    );
    assert.equal(outcomes.get(IMEI)?.why?.reason, 'fleet.silentToAll');
  });
});

describe('a configuration that is asked for', () => {
  const wanted = (fields: object): unknown => parseWanted(new Fields({ ...fields }), msg(fields), NODE, {}, 'r1');

  it('holds plain values, and reboots a fleet with consent only', () => {
    assert.throws(() => wanted({ desired: { DNS_period: {} } }), because('fleet.notPlainValue'));
    assert.throws(
      () => wanted({ action: 'reboot', target: 'list', imeis: [IMEI, OTHER] }),
      because('fleet.dangerRestarts'),
    );
  });

  it('is not carried out after a restart without the secrets that no store may keep', () => {
    const request = { template: {}, secretNames: ['GPRS_password'], variables: {}, ownVariables: {} };
    assert.throws(() => orderFor(request as never, IMEI), because('fleet.secretsNotKept'));
  });

  it('is steered by words that are known, and by a rollout that runs', async () => {
    await assert.rejects(controlRollouts({} as never, msg({ rollout: 'faster' })), because('fleet.controlWord'));
    assert.equal(unknownRollout('r7').reason, 'fleet.unknownRollout');
  });
});

describe('texts', () => {
  const clock = new VirtualClock();
  const dispatch = (carry: () => Promise<'sent' | 'unsure'>, isAnswerAwaited: boolean): SmsDispatch =>
    new SmsDispatch({
      clock,
      book: new PhoneBook('34', [{ imei: IMEI, phone: '600000007' }]),
      limit: new HourLimit(clock, 10_000),
      senders: ['+34600000001'],
      timeoutMs: 60_000,
      isAnswerAwaited,
      carry,
      warn: () => undefined,
    });
  const ask = (sms: SmsDispatch) => sms.ask({ imei: IMEI, sms: smsOfCommand('AT+CSQ'), isConfirmed: false });

  it('that may be out or not are told so, and no more wait than can be answered for', async () => {
    await assert.rejects(clock.runUntil(ask(dispatch(async () => 'unsure', false))), because('fleet.gatewayUnsure'));
    const full = dispatch(() => new Promise(() => undefined), true);
    for (let i = 0; i < 200; i++) void ask(full);
    await assert.rejects(ask(full), because('fleet.smsQueueFull'));
  });

  it('go to a phone number, and not through a gateway that refuses them', async () => {
    const settings = settingsOf(new Fields({ way: 'provider' }), NODE);
    assert.throws(
      () => requestOf(msg({ payload: 'AT+CSQ', phone: {} }), IMEI, settings, host.signal),
      because('fleet.phoneNotText'),
    );
    const refusing = {
      profile: PROFILE,
      acquire: () => ({ at: { run: async () => ({ value: { isOk: false, result: '+CMS ERROR: 38', lines: [] } }) } }),
      release: () => undefined,
    };
    await assert.rejects(
      gatewayCarry(refusing as never, OTHER)({ imei: IMEI, to: '+34600000007', text: 'AT+CSQ', from: '' }, host.signal),
      because('fleet.gatewayRefused'),
    );
  });
});
