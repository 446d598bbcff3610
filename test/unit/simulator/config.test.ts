import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  documentedName,
  expanded,
  factoryConfig,
  family,
  formatConfig,
  numberOf,
  parseConfig,
  portSettings,
  valueOf,
  withParameter,
} from '../../../src/simulator/modem/config';
import { imeiRow, isImei } from '../../../src/simulator';

describe('config.txt', () => {
  it('finds names in any case and keeps the documented spelling', () => {
    const { config } = parseConfig('comm_BAUDRATE: 19200\r\nMTX_pin:0000\nSms_ValidPhone12: +34600\n');
    assert.equal(valueOf(config, 'COMM_baudrate'), '19200');
    assert.equal(valueOf(config, 'mtx_PIN'), '0000');
    assert.equal(formatConfig(config), 'COMM_baudrate: 19200\r\nMTX_PIN: 0000\r\nSMS_validPhone12: +34600\r\n');
    assert.equal(documentedName('mqtt_ATTOPIC2'), 'MQTT_attopic2');
    assert.equal(documentedName('MQTT_commrxtopic'), 'MQTT_commrxtopic');
    assert.equal(documentedName('MTX_colour'), undefined);
  });
  it('lets the last of a repeated name win, and says so', () => {
    const { config, repeated, unknown } = parseConfig('MTX_mode: 2G\nMTX_mode: server\nMTX_new: 1');
    assert.equal(valueOf(config, 'MTX_mode'), 'server');
    assert.deepEqual([repeated, unknown], [['MTX_mode'], ['MTX_new']]);
  });
  it('reads back what it wrote, also values with colons and commas', () => {
    const changed = withParameter(factoryConfig(), 'sms_alias1', 'RL0ON>AT^MTXTUNNEL=SETIO,0,1: x');
    assert.deepEqual([...parseConfig(formatConfig(changed)).config], [...changed]);
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/), (value) => {
        assert.equal(
          valueOf(parseConfig(formatConfig(withParameter(factoryConfig(), 'GPRS_apn', value))).config, 'GPRS_apn'),
          value,
        );
      }),
    );
  });
  it('is as this project ships it', () => {
    const config = factoryConfig();
    assert.equal(expanded(config, 'MQTT_commrxtopic', '123'), '123/rx');
    assert.equal(expanded(config, 'MQTT_commtxtopic', '123'), '123/tx');
    assert.equal(expanded(config, 'DNS_mqttTopic', '123'), '123/dns');
    assert.deepEqual(family(config, 'SMS_validPhone'), ['+34666123456', '+34666123457']);
    assert.deepEqual(portSettings(config, 'COMM'), { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 });
    assert.deepEqual(
      portSettings(
        factoryConfig({ COMM_bitsperchar: '7', COMM_parity: 'Even', COMM_stopbits: '2', COMM_baudrate: '300' }),
        'COMM',
      ),
      { baud: 300, dataBits: 7, parity: 'even', stopBits: 2 },
    );
    assert.equal(numberOf(factoryConfig({ DNS_period: 'soon' }), 'DNS_period', 300), 300);
  });
  it('changes by making a new one', () => {
    const before = factoryConfig();
    withParameter(before, 'MTX_ping', '1');
    assert.equal(valueOf(before, 'MTX_ping'), '35');
  });
});

describe('imei', () => {
  it('has a right Luhn digit in a whole row', () => {
    const row = imeiRow('353234028103206', 1200);
    assert.equal(row[0], '353234028103206');
    assert.equal(new Set(row).size, 1200);
    assert.ok(row.every(isImei));
    // The example of 3GPP TS 23.003 style texts: 49015420323751 has check digit 8.
    assert.equal(imeiRow('49015420323751', 1)[0], '490154203237518');
  });
  it('refuses what is none', () => {
    assert.throws(() => imeiRow('12345', 1), /15 digits/);
    assert.throws(() => imeiRow('353234028103207', 1), /353234028103206 would be right/);
    assert.throws(() => imeiRow('999999999999994', 5), RangeError);
  });
});
