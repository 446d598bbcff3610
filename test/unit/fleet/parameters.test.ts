// The table of parameters.
import assert from 'node:assert/strict';
import { said } from '../../support/outcome-words';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultOf, masked, parameterOf, parameterRows, shownValue } from '../../../src/core/fleet/config/parameters';
import { PARAMETER_NAMES } from '../../../src/simulator/modem/config-names';

describe('table of parameters', () => {
  it('knows every name of the documentation, in any case, in its spelling', () => {
    for (const name of PARAMETER_NAMES) {
      if (name === 'DNS_exdended') continue; // a misprint, known as such
      for (const typed of [
        name.replace('#', ''),
        name.replace('#', '').toLowerCase(),
        ...(name.endsWith('#') ? [name.replace('#', '12')] : []),
      ]) {
        assert.ok(parameterOf(typed).isKnown, typed);
        assert.equal(
          parameterOf(typed.toUpperCase()).name,
          typed === typed.toLowerCase() ? parameterOf(typed).name : typed,
        );
      }
    }
    assert.deepEqual(
      [
        parameterOf('mtx_pin').name,
        parameterOf('SMS_validphone7').name,
        parameterOf('NEW_Thing').name,
        parameterOf('NEW_Thing').isKnown,
      ],
      ['MTX_PIN', 'SMS_validPhone7', 'NEW_Thing', false],
    );
  });
  it('explains each in both languages, and has no name twice', () => {
    for (const row of parameterRows) assert.ok(row.en.length > 5 && row.es.length > 5, row.name);
    assert.equal(new Set(parameterRows.map(({ name }) => name.toLowerCase())).size, parameterRows.length);
  });
  it('says which can cut a modem off, and which are secret', () => {
    for (const name of [
      'MQTT_server',
      'MQTT_attopic1',
      'GPRS_apn',
      'MTX_PIN',
      'MTX_mode',
      'DNS_mqttTopic',
      'ULP_enabled',
    ])
      assert.ok(parameterOf(name).isLifeline, name);
    for (const name of ['DNS_period', 'COMM_baudrate', 'MTX_ping', 'SMS_validPhone1'])
      assert.ok(!parameterOf(name).isLifeline, name);
    for (const name of [
      'GPRS_login',
      'GPRS_password',
      'MTX_PIN',
      'MQTT_password',
      'TELNET_password',
      'LOGGER_serverPassword',
      'NEW_password',
    ])
      assert.ok(parameterOf(name).isSecret, name);
    for (const row of parameterRows) if (/password|login|_pin$/i.test(row.name)) assert.ok(row.isSecret, row.name);
  });
  it('has the same secrets in the dialog and its credentials', () => {
    const editor = readFileSync(join(__dirname, '../../../nodes/mtx-config/editor.ts'), 'utf8');
    const dialog = readFileSync(join(__dirname, '../../../nodes/mtx-config/mtx-config.html'), 'utf8');
    for (const { name } of parameterRows.filter((row) => row.isSecret)) {
      assert.ok(editor.includes(`'${name}'`) && editor.includes(`${name}: { type: 'password' }`), `editor.ts: ${name}`);
      assert.ok(dialog.includes(`id="node-input-${name}"`), `dialog: ${name}`);
    }
  });
  it('refuses what SETPARAM cannot carry or the parameter does not take', () => {
    const rows: [string, string, string | undefined][] = [
      ['DNS_period', '60', undefined],
      ['DNS_period', '0', 'outOfRange'],
      ['DNS_period', '1.5', 'notNumber'],
      ['DNS_period', 'x', 'notNumber'],
      ['DNS_period', '', undefined],
      ['DNS_enabled', 'ON', undefined],
      ['DNS_enabled', '1', 'notFlag'],
      ['COMM_parity', 'Even', undefined],
      ['COMM_parity', 'mark', 'notChoice'],
      ['COMM_baudrate', '9601', 'notChoice'],
      ['SMS_validPhone3', '+34 666 123 456', undefined],
      ['SMS_validPhone3', 'Ana', 'notPhone'],
      ['MQTT_attopic2', '+/AT', 'notTopic'],
      ['MTX_latitude', '-41.5', undefined],
      ['MTX_latitude', '91', 'outOfRange'],
      ['MTX_pingIP', 'a,b', 'comma'],
      ['MTX_pingIP', 'a\nAT', 'control'],
      ['MTX_pingIP', 'a\u0000', 'control'],
      ['MTX_pingIP', '語', 'notLatin1'],
      ['NEW_thing', 'anything', undefined],
      ['NEW_thing', 'x'.repeat(300), 'tooLong'],
    ];
    for (const [name, value, code] of rows)
      assert.equal(faultOf(name, value)?.code, code, `${name}: ${JSON.stringify(value)}`);
    fc.assert(
      fc.property(fc.string(), (value) => faultOf('NEW_thing', value) !== undefined || !/[\x00-\x1f\x7f,]/.test(value)),
      { seed: 1, numRuns: 300 },
    );
    assert.doesNotMatch(said(faultOf('MTX_PIN', '1,2')?.error), /1,2/);
  });
  it('masks secrets wherever they stand', () => {
    assert.equal(masked('AT^MTXTUNNEL=SETPARAM,gprs_password,hunter2'), 'AT^MTXTUNNEL=SETPARAM,gprs_password,***');
    assert.equal(
      masked('MTXTUNNEL AT^MTXTUNNEL=SETPARAM,DNS_period,60'),
      'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,DNS_period,60',
    );
    assert.equal(
      masked('GPRS_apn: a\r\nMQTT_password: x y\r\nDNS_period: 60'),
      'GPRS_apn: a\r\nMQTT_password: ***\r\nDNS_period: 60',
    );
    assert.deepEqual(
      [
        shownValue('MQTT_password', ''),
        shownValue('MQTT_password', 'x'),
        shownValue('MQTT_password', null),
        shownValue('DNS_period', '60'),
      ],
      ['', '***', null, '60'],
    );
  });
});
