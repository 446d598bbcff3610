// A desired configuration against a reported one, and the ready actions.
import assert from 'node:assert/strict';
import { phrase } from '../../../src/core/wire/errors';
import { actionContent, USUAL_WISH } from '../../../src/core/fleet/config/actions';
import { auditLine, auditRecord } from '../../../src/core/fleet/rollout/audit';
import { parameterIn } from '../../../src/core/fleet/rollout/config-read';
import { desiredOf, driftOf, isSameForAll } from '../../../src/core/fleet/config/desired';
import { rollbackTexts } from '../../../src/core/fleet/rollout/rollback-texts';
import { IMEI } from './config-support';

describe('desired configuration', () => {
  it('fills in variables and the IMEI, where the modem does not do that itself', () => {
    const desired = desiredOf(
      { mqtt_attopic1: '[IMEI]/{{site}}/AT', mqtt_id: '[imei]', MQTT_login: 'm-[IMEI]', DNS_PERIOD: '{{ period }}' },
      IMEI,
      { site: 'north', period: '60' },
    );
    assert.deepEqual(
      [...desired],
      [
        ['MQTT_attopic1', '[IMEI]/north/AT'],
        ['MQTT_id', '[imei]'],
        ['MQTT_login', `m-${IMEI}`],
        ['DNS_period', '60'],
      ],
    );
    assert.throws(
      () => desiredOf({ DNS_period: '{{missing}}' }, IMEI),
      /noVariable name=DNS_period variable=missing.*353234028103206/,
    );
    assert.throws(() => desiredOf({ DNS_period: '1', dns_PERIOD: '2' }, IMEI), /wantedTwice/);
    assert.throws(() => desiredOf({ DNS_period: '{{x}}' }, IMEI, { x: '60\r\nAT' }), /valueControl/);
    assert.deepEqual(
      [{ DNS_period: '60' }, { MQTT_attopic1: '[IMEI]/AT' }, { MQTT_login: '[IMEI]' }, { DNS_period: '{{x}}' }].map(
        isSameForAll,
      ),
      [true, true, false, false],
    );
  });
  it('shows the drift, and takes for the same what a modem takes for the same', () => {
    const desired = desiredOf(
      {
        DNS_enabled: 'on',
        MQTT_attopic1: '[IMEI]/AT',
        DNS_period: '60',
        GPRS_apn: 'A',
        GPRS_password: 'x',
        MTX_autoreset: 'on',
        MTX_pingIP: '1.1.1.1',
        MQTT_login: '',
      },
      IMEI,
    );
    const reported = new Map<string, string | null>([
      ['dns_enabled', 'ON'],
      ['mqtt_attopic1', `${IMEI}/AT`],
      ['dns_period', '060'],
      ['gprs_apn', 'a'],
      ['gprs_password', 'y'],
      ['mtx_autoreset', null],
      ['mqtt_login', null],
    ]);
    assert.deepEqual(
      driftOf(desired, reported, IMEI).map(({ name, state, desired: wanted, reported: has }) => [
        name,
        state,
        wanted,
        has,
      ]),
      [
        ['DNS_enabled', 'same', 'on', 'ON'],
        ['MQTT_attopic1', 'same', '[IMEI]/AT', `${IMEI}/AT`],
        ['DNS_period', 'same', '60', '060'],
        ['GPRS_apn', 'differs', 'A', 'a'],
        ['GPRS_password', 'differs', '***', '***'],
        ['MTX_autoreset', 'missing', 'on', null],
        ['MTX_pingIP', 'unread', '1.1.1.1', null],
        ['MQTT_login', 'same', '', null],
      ],
    );
  });
  it('takes the reply for one parameter as nothing else', () => {
    const reply = (lines: string[], result = 'OK') => ({ isOk: result !== 'ERROR', result, lines });
    const rows: [ReturnType<typeof reply>, string | null | undefined][] = [
      [reply(['60']), '60'],
      [reply(['dns_period: 60']), '60'],
      [reply(['DNS_extended: on']), undefined],
      [reply(['60', '70']), undefined],
      [reply([]), ''],
      [reply([], ''), undefined],
      [reply([], 'ERROR'), null],
    ];
    for (const [given, wanted] of rows) assert.equal(parameterIn(given, 'DNS_period'), wanted, JSON.stringify(given));
  });
});

describe('actions, SMS texts and audit', () => {
  it('say what they send and whether that is documented', () => {
    assert.deepEqual(actionContent('dailyReset', {}, USUAL_WISH), {
      basis: 'assumed',
      parameters: { MTX_autoreset: 'on' },
      commands: [],
      isReboot: false,
    });
    assert.deepEqual(actionContent('watchdogs', {}, USUAL_WISH).parameters, {
      MTX_ping: '35',
      MTX_pingIP: '8.8.8.8',
      MTX_numGSMErrors: '180',
    });
    assert.deepEqual(actionContent('lock', {}, USUAL_WISH, ['AT^SLOCK']).commands, ['AT^SLOCK']);
    assert.throws(() => actionContent('smsNumbers', {}, USUAL_WISH), /noPhone/);
  });
  it('restore the lifeline only, the mobile network first, in texts of one SMS each', () => {
    const before = {
      DNS_period: '300',
      MQTT_server: 'ssl://old:8883',
      GPRS_apn: 'old',
      GPRS_login: 'me',
      MTX_PIN: null,
    };
    const texts = rollbackTexts(before, false);
    assert.deepEqual(
      texts.map((text) => text.replace('MTXTUNNEL AT^MTXTUNNEL=', '')),
      [
        'SETPARAM,GPRS_apn,old',
        'SETPARAM,GPRS_login,me',
        'SETPARAM,MTX_PIN,',
        'SETPARAM,MQTT_server,ssl://old:8883',
        'REBOOT',
      ],
    );
    assert.ok(texts.every((text) => text.length <= 160));
    assert.deepEqual(rollbackTexts({ DNS_period: '300' }, false), []);
  });
  it('keep no secret in a record, and one record on one line', () => {
    const who = { node: 'n', flow: 'f', user: 'ana' };
    const record = auditRecord(new Date(0), who, {
      imei: IMEI,
      action: 'apply',
      rollout: 'r',
      command: 'AT^MTXTUNNEL=SETPARAM,MTX_PIN,1234',
      parameter: 'mtx_pin',
      from: '0000',
      to: '1234',
      result: 'OK',
      why: phrase('fleet.said', { text: 'GPRS_password: x\n' }),
    });
    assert.doesNotMatch(JSON.stringify(record), /1234|0000/);
    assert.deepEqual(
      [record.at, record.parameter, record.from, record.to],
      ['1970-01-01T00:00:00.000Z', 'MTX_PIN', '***', '***'],
    );
    assert.equal(auditLine(record).split('\n').length, 2);
  });
});
