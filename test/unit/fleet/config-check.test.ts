// The check of a config.txt against what the platform expects.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkConfig, type CheckAgainst, type Finding } from '../../../src/core/fleet/config/config-check';
import { PROFILE } from '../../support/fleet-world';
import { IMEI, AGAINST } from './config-support';

/** The file of this project's set-up guide, with the broker of the tests. */
const GOOD = `COMM_baudrate: 9600
COMM_bitsperchar: 8
COMM_autorts: off
COMM_autocts: off
COMM_stopbits: 1
COMM_parity: none
GPRS_apn: movistar.es
GPRS_login: MOVISTAR
GPRS_password: MOVISTAR
GPRS_timeout: 0
MTX_PIN: 0000
MTX_mode: mqtt
MTX_model: 199801445
MTX_ping: 35
MTX_pingIP: 8.8.8.8
MTX_invertedCom: off
MTX_msToSend: 100
SMS_allPhones: off
SMS_sendIP: off
SMS_ATEnabled: on
SMS_ATResponse: on
SMS_validPhone1: +34666123456
SMS_validPhone2: +34666123457
FIREWALL_enabled: off
DNS_enabled: on
DNS_mode: mqtt
DNS_mqttTopic: [IMEI]/dns
DNS_extended: off
DNS_period: 300
MQTT_enabled: on
MQTT_server: ssl://broker.example:8883
MQTT_id: [IMEI]
MQTT_attopic1: [IMEI]/AT
MQTT_atrtopic: [IMEI]/ATR
MQTT_keepalive: 300
MQTT_commrxtopic: [IMEI]/rx
MQTT_commtxtopic: [IMEI]/tx
`;

function codes(text: string, against: Partial<CheckAgainst> = {}): string[] {
  return checkConfig(text, { ...AGAINST, ...against }).map(({ code }) => code);
}
function finding(text: string, code: string, against: Partial<CheckAgainst> = {}): Finding {
  const found = checkConfig(text, { ...AGAINST, ...against }).find((each) => each.code === code);
  assert.ok(found, `${code} not found in ${JSON.stringify(codes(text, against))}`);
  return found;
}
describe('check of a config.txt', () => {
  it("has nothing to say against the set-up guide's file", () => {
    assert.deepEqual(checkConfig(GOOD, AGAINST), []);
    assert.deepEqual(checkConfig(GOOD.replace(/\[IMEI\]/g, IMEI), { ...AGAINST, imei: IMEI }), []);
  });
  it('finds swapped directions, other topics and shared ones', () => {
    const swapped = GOOD.replace('MQTT_commrxtopic: [IMEI]/rx', 'MQTT_commrxtopic: [IMEI]/tx').replace(
      'MQTT_commtxtopic: [IMEI]/tx',
      'MQTT_commtxtopic: [IMEI]/rx',
    );
    assert.deepEqual(codes(swapped), ['swapped']);
    assert.deepEqual(finding(GOOD.replace('[IMEI]/ATR', '[IMEI]/answers'), 'topic').values, {
      name: 'MQTT_atrtopic',
      value: '[IMEI]/answers',
      field: 'atrTopic',
      wanted: '[IMEI]/ATR',
    });
    const shared = { ...AGAINST.profile, topics: { ...AGAINST.profile.topics, rx: 'rxmaster' } };
    assert.equal(finding(GOOD.replace('[IMEI]/rx', 'rxmaster'), 'sharedTopic', { profile: shared }).level, 'error');
    assert.deepEqual(
      codes(GOOD.replace('MQTT_attopic1: [IMEI]/AT', 'MQTT_attopic1: all/AT\nMQTT_attopic2: [IMEI]/AT')),
      [],
    );
    assert.deepEqual(codes(GOOD, { profile: PROFILE }), ['broadcast']);
    assert.deepEqual(finding(GOOD.replace(/MQTT_attopic1.*\n/, ''), 'missing').values, {
      name: 'MQTT_attopic1',
      wanted: '[IMEI]/AT',
    });
  });
  it("finds serial settings that are not the node's", () => {
    const profile = {
      ...AGAINST.profile,
      line: { baud: 300, dataBits: 7, parity: 'even', stopBits: 2 } as const,
      port: 1 as const,
    };
    const found = checkConfig(GOOD, { ...AGAINST, profile });
    assert.deepEqual(
      found.map(({ code, values, line }) => [code, values['field'] ?? values['name'], line]),
      [
        ['serial', 'baudrate', 1],
        ['serial', 'dataBits', 2],
        ['serial', 'stopBits', 5],
        ['serial', 'parity', 6],
        ['port', 'MTX_invertedCom', 16],
      ],
    );
  });
  it("finds the vendor's own slips", () => {
    assert.deepEqual(finding(GOOD.replace('DNS_extended', 'DNS_exdended'), 'misprint').values, {
      name: 'DNS_exdended',
      meant: 'DNS_extended',
    });
    const twice = GOOD.replace('MTX_mode: mqtt', 'MTX_mode: 2G\nMTX_mode: mqtt');
    assert.deepEqual(codes(twice), ['modeIs2g']);
    assert.deepEqual(finding(`${GOOD}DNS_period: 200\n`, 'duplicate').values, { name: 'DNS_period', winner: '38' });
    assert.equal(finding(GOOD.replace('MTX_PIN', 'MTX_pin'), 'spelling').level, 'info');
  });
  it('finds what keeps a modem away or makes it unsafe', () => {
    const rows: [string, string, string][] = [
      ['MQTT_enabled: on', 'MQTT_enabled: off', 'mqttOff'],
      ['MTX_mode: mqtt', 'MTX_mode: server', 'modeNotMqtt'],
      ['ssl://broker.example', 'ssl://other.example', 'broker'],
      ['ssl://broker.example', 'tcp://broker.example', 'plainBroker'],
      ['DNS_enabled: on', 'DNS_enabled: off', 'statusOff'],
      ['DNS_period: 300', 'DNS_period: 900', 'statusPeriod'],
      ['DNS_period: 300', 'DNS_period: soon', 'badValue'],
      ['GPRS_timeout: 0', 'GPRS_timeout: 5', 'timeout'],
      ['COMM_autorts: off', 'COMM_autorts: on', 'flowControl'],
      ['SMS_allPhones: off', 'SMS_allPhones: on', 'allPhones'],
      ['SMS_ATEnabled: on', 'SMS_ATEnabled: off', 'smsOff'],
      ['MQTT_id: [IMEI]', 'MQTT_id: modem', 'sharedId'],
      ['MTX_msToSend: 100', 'MQTT_persistent: on', 'persistent'],
      ['MTX_msToSend: 100', 'MTX_ATLimited: on', 'atLimited'],
      ['MTX_msToSend: 100', 'MTX_ATEmbedded: on', 'atEmbedded'],
      ['MTX_msToSend: 100', 'CSD_enabled: on', 'dataCalls'],
      ['MTX_msToSend: 100', 'ULP_enabled: on', 'battery'],
      ['MTX_msToSend: 100', 'LOGGER_enabled: on\nLOGGER_serialData1: 0103', 'logger'],
      ['MTX_msToSend: 100', 'what is this', 'unreadable'],
      ['MTX_msToSend: 100', 'NEW_thing: 1', 'unknown'],
      ['GPRS_apn: movistar.es', 'GPRS_apn:', 'missing'],
      [/SMS_validPhone1.*\n.*\n/.exec(GOOD)?.[0] ?? '', '', 'noPhones'],
    ];
    for (const [from, to, code] of rows)
      assert.ok(codes(GOOD.replace(from, to)).includes(code), `${to}: ${codes(GOOD.replace(from, to)).join()}`);
  });
  it('never throws and never shows a secret, whatever is pasted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...GOOD.split('\n'), 'MTX_PIN: 12ab', 'MQTT_password: s3cret', 'x', ': :', 'A_b: ')),
        (lines) => {
          const text = JSON.stringify(checkConfig(lines.join('\n'), AGAINST));
          assert.doesNotMatch(text, /s3cret|12ab/);
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });
  it('has a sentence for every finding and note, in both languages', () => {
    const source = ['config-check', 'config-generate'].map((name) =>
      readFileSync(join(__dirname, `../../../src/core/fleet/config/${name}.ts`), 'utf8'),
    );
    const keys = (text: string, type: string): string[] =>
      [...(new RegExp(`type ${type} =([^;]+);`).exec(text)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
        (match) => match[1] ?? '',
      );
    const catalogs = ['en-US', 'es-ES'].map(
      (language) =>
        (
          JSON.parse(
            readFileSync(join(__dirname, `../../../nodes/mtx-config/locales/${language}/mtx-config.json`), 'utf8'),
          ) as { 'mtx-config': Record<string, Record<string, string>> }
        )['mtx-config'],
    );
    for (const catalog of catalogs) {
      assert.deepEqual(
        keys(source[0] ?? '', 'FindingCode').filter((code) => !catalog['finding']?.[code]),
        [],
      );
      assert.deepEqual(
        keys(source[1] ?? '', 'ConfigNote').filter((note) => !catalog['note']?.[note]),
        [],
      );
    }
    const shape = (catalog: Record<string, Record<string, string>> | undefined): string[] =>
      Object.entries(catalog ?? {})
        .flatMap(([group, texts]) => Object.keys(texts).map((key) => `${group}.${key}`))
        .sort();
    assert.deepEqual(shape(catalogs[0]), shape(catalogs[1]));
  });
});
