import assert from 'node:assert/strict';
import { decodeReply } from '../../../src/core/at/at';
import { decodeValues, signalOf } from '../../../src/core/at/values';
import { fromLatin1 } from '../../../src/core/wire/bytes';

const values = (command: string, text: string): Readonly<Record<string, unknown>> =>
  decodeValues(command, decodeReply(fromLatin1(text), command));

describe('values of AT replies', () => {
  it('signal quality by 3GPP TS 27.007, 8.5', () => {
    assert.deepEqual(values('AT+CSQ', '\r\n+CSQ: 18,3\r\n\r\nOK\r\n'), { csq: 18, dbm: -77, bars: 4, ber: 3 });
    assert.deepEqual(values('AT+CSQ', '\r\n+CSQ: 99,99\r\n\r\nOK\r\n'), {
      csq: null,
      dbm: null,
      bars: null,
      ber: null,
    });
    assert.deepEqual(values('AT+CSQ', '\r\n+CSQ: ?\r\n\r\nOK\r\n'), {});
    // the table's ends, and what lies outside of it
    assert.deepEqual(
      [0, 1, 31].map((csq) => signalOf(csq).dbm),
      [-113, -111, -51],
    );
    assert.deepEqual(
      [32, 99, 100, 18.5, NaN].map((csq) => signalOf(csq).dbm),
      [null, null, null, null, null],
    );
    assert.deepEqual(signalOf(-77), { csq: null, dbm: -77, bars: 4 });
    assert.deepEqual(
      [-113, -109, -101, -93, -85, -73].map((dbm) => signalOf(dbm).bars),
      [0, 1, 2, 3, 4, 5],
    );
  });

  it('registration, with the number of its report or without', () => {
    assert.deepEqual(values('AT+CREG?', '\r\n+CREG: 0,5\r\n\r\nOK\r\n'), { registration: 5, isRegistered: true });
    assert.deepEqual(values('AT+CREG?', '\r\n+CREG: 2\r\n\r\nOK\r\n'), { registration: 2, isRegistered: false });
    // a form that is not known says nothing
    assert.deepEqual(values('AT+CREG?', '\r\n+CREG: 1,"02A1","9F"\r\n\r\nOK\r\n'), {});
  });

  it('parameters by their name, however the modem writes them', () => {
    const command = 'AT^MTXTUNNEL=GETPARAM,DNS_period';
    for (const line of ['60', 'DNS_period: 60', 'DNS_period=60', 'dns_PERIOD , 60'])
      assert.deepEqual(values(command, `${line}\r\nOK\r\n`), { DNS_period: '60' }, line);
    assert.deepEqual(values(command, '\r\nERROR\r\n'), {});
    assert.deepEqual(values(command, 'one\r\ntwo\r\nOK\r\n'), {});
    assert.deepEqual(values('AT^MTXTUNNEL=GETPARAM,MTX_name', `AT^MTXTUNNEL=GETPARAM,MTX_name BOOK OK`), {
      MTX_name: 'BOOK',
    });
  });

  it('version and configuration', () => {
    assert.deepEqual(values('AT^MTXTUNNEL=VERSION', '10.20\r\nOK\r\n'), { version: '10.20' });
    const config =
      'MQTT_server: ssl://broker:8883\r\nMTX_mode: mqtt\r\nGPRS_login:\r\nno parameter\r\nMTX_mode: server\r\n\r\nOK\r\n';
    assert.deepEqual(values('AT^MTXTUNNEL=GETCONFIG', config), {
      MQTT_server: 'ssl://broker:8883',
      MTX_mode: 'server',
      GPRS_login: '',
    });
  });
});
