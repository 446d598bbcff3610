// config.txt: read, written, and kept in its order.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkConfig } from '../../../src/core/fleet/config/config-check';
import { DEFAULT_CONFIG_OPTIONS, generateConfig, modemBrokerUrl } from '../../../src/core/fleet/config/config-generate';
import { formatConfigText, parseConfigReply, parseConfigText } from '../../../src/core/fleet/config/config-text';
import { parseConfig } from '../../../src/simulator';
import { PROFILE } from '../../support/fleet-world';
import { AGAINST } from './config-support';

describe('config.txt', () => {
  it('is read without losing anything', () => {
    const { lines, unreadable } = parseConfigText(
      '\uFEFF# comment\r\n\r\n comm_Baudrate : 9600 \r\nnonsense\r\nMQTT_login:\r\nMQTT_server: ssl://h:8883\r\nDNS_period: 60\rDNS_period: 70',
    );
    assert.deepEqual(
      lines.map(({ number, typed, name, value }) => [number, typed, name, value]),
      [
        [3, 'comm_Baudrate', 'COMM_baudrate', '9600'],
        [5, 'MQTT_login', 'MQTT_login', ''],
        [6, 'MQTT_server', 'MQTT_server', 'ssl://h:8883'],
        [7, 'DNS_period', 'DNS_period', '60'],
        [8, 'DNS_period', 'DNS_period', '70'],
      ],
    );
    assert.deepEqual(unreadable, [{ number: 4, text: 'nonsense' }]);
  });
  it('comes back as it was written, for any values of one line', () => {
    const value = fc.stringMatching(/^[!-~]( ?[!-~])*$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('GPRS_apn', 'MQTT_server', 'NEW_x', 'SMS_alias4'), value), { maxLength: 8 }),
        (entries) => {
          assert.deepEqual(
            parseConfigText(formatConfigText(entries)).lines.map(({ name, value: read }) => [name, read]),
            entries,
          );
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });
  it('is no configuration when it is folded into one line, or only an echo', () => {
    assert.equal(parseConfigReply(['COMM_baudrate: 9600 COMM_parity: none']), undefined);
    assert.equal(parseConfigReply(['AT^MTXTUNNEL=GETCONFIG']), undefined);
    assert.equal(parseConfigReply([]), undefined);
    assert.equal(parseConfigReply(['MQTT_server: ssl://h:8883', 'DNS_Period: 60'])?.get('dns_period'), '60');
  });
  it('is made complete: the modem of the simulator takes it, and the checker finds nothing', () => {
    const profile = { ...PROFILE, line: { baud: 300, dataBits: 7, parity: 'even', stopBits: 1 } as const };
    const { text, notes } = generateConfig(profile, {
      ...DEFAULT_CONFIG_OPTIONS,
      apn: 'm2m.es',
      phones: ['+34 666 123 456'],
      model: '199801445',
    });
    const { config, repeated, unknown } = parseConfig(text);
    assert.deepEqual([repeated, unknown], [[], []]);
    assert.deepEqual(
      [
        'comm_baudrate',
        'comm_parity',
        'comm_bitsperchar',
        'mqtt_server',
        'mtx_invertedcom',
        'sms_validphone1',
        'mqtt_attopic2',
      ].map((name) => config.get(name)?.value),
      ['300', 'even', '7', 'ssl://broker.example:8883', 'off', '+34666123456', 'all/AT'],
    );
    assert.deepEqual(checkConfig(text, { ...AGAINST, profile }), []);
    assert.deepEqual(notes, ['certificates']);
    const rs485 = generateConfig(
      { ...PROFILE, port: 1 },
      { ...DEFAULT_CONFIG_OPTIONS, bus: 'rs485', brokerUrl: 'mqtt://localhost', hasDailyReset: true },
    );
    assert.match(rs485.text, /^MTX_invertedCom: on\r$/m);
    assert.match(rs485.text, /^MQTT_server: tcp:\/\/localhost:1883\r$/m);
    assert.deepEqual(rs485.notes, ['plainBroker', 'localBroker', 'noApn', 'noPhones', 'rs485', 'dailyResetAssumed']);
  });
  it("turns the platform's broker address into the modem's", () => {
    const rows = [
      ['mqtts://h', 'ssl://h:8883'],
      ['mqtt://h:1234', 'tcp://h:1234'],
      ['ssl://h:1/x', 'ssl://h:1'],
      ['h', 'tcp://h:1883'],
      ['mqtts://[::1]:8883', 'ssl://[::1]:8883'],
    ];
    for (const [url = '', wanted] of rows) assert.equal(modemBrokerUrl(url), wanted);
  });
});
