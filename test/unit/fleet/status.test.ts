// The tolerant parser: what the format may be (docs of the firmware name the content, not one key), and what it may not
// do.
import assert from 'node:assert/strict';
import { parseMapping, StatusReader, type Status } from '../../../src/core/fleet/presence/status';
import { dbmFrom, signalFrom, timeFrom } from '../../../src/core/fleet/presence/status-values';
import { ReadError } from '../../../src/core/wire/errors';

const reader = new StatusReader();
const read = (payload: string | Uint8Array, by = reader): Status => {
  const status = by.read(typeof payload === 'string' ? Buffer.from(payload) : payload);
  if (typeof status === 'string') throw new Error(`refused: ${status}`);
  return status;
};
const refused = (payload: string | Uint8Array): unknown =>
  reader.read(typeof payload === 'string' ? Buffer.from(payload) : payload);

const LONG =
  '{"IMEI":"353234028103206","P":"METER-0001","IP":"10.23.4.17","CSQ":"18","MOD":"MTX-4G-JAVA-T","VER":"10.20","TECH":"4G","OP":"21407","LAC":"0F2A","CELL":"01A2B3C4","TS":"1718000000","IO0":"0","IO1":"1","ADC0":"3271"}';

describe('status message', () => {
  it('gives every fact of the long form', () => {
    const { raw, text, ...facts } = read(LONG);
    assert.deepEqual(facts, {
      imei: '353234028103206',
      name: 'METER-0001',
      ip: '10.23.4.17',
      signal: { csq: 18, dbm: -77, bars: 4 },
      model: 'MTX-4G-JAVA-T',
      firmware: '10.20',
      technology: '4G',
      operator: '21407',
      cell: '01A2B3C4',
      area: '0F2A',
      sim: undefined,
      time: 1_718_000_000_000,
      uptimeS: undefined,
      inputs: { IO0: 0, IO1: 1, ADC0: 3271 },
    });
    assert.deepEqual(raw, JSON.parse(LONG));
    assert.equal(text, LONG);
  });

  it('takes any case, numbers or text, an array of one, and what trails', () => {
    for (const variant of [
      LONG.toLowerCase()
        .replace('mtx-4g-java-t', 'MTX-4G-JAVA-T')
        .replace('4g"', '4G"')
        .replace('0f2a', '0F2A')
        .replace('01a2b3c4', '01A2B3C4')
        .replace('meter-0001', 'METER-0001'),
      LONG.replace('"18"', '18').replace('"353234028103206"', '353234028103206').replace('"1718000000"', '1718000000'),
      `[${LONG}]`,
      `\uFEFF${LONG}\r\n\0\0`,
      ` ${LONG} `,
    ]) {
      const { imei, signal, model, firmware, technology, time } = read(variant);
      assert.deepEqual(
        { imei, signal, model, firmware, technology, time },
        {
          imei: '353234028103206',
          signal: { csq: 18, dbm: -77, bars: 4 },
          model: 'MTX-4G-JAVA-T',
          firmware: '10.20',
          technology: '4G',
          time: 1_718_000_000_000,
        },
        variant,
      );
    }
  });

  it('knows the other names of a fact', () => {
    for (const key of ['csq', 'rssi', 'signal', 'Rssi', 'SIGNAL'])
      assert.equal(read(`{"${key}":"11"}`).signal?.dbm, -91, key);
    for (const key of ['ver', 'VERSION', 'fw', 'Firmware']) assert.equal(read(`{"${key}":"9.1"}`).firmware, '9.1', key);
    for (const key of ['mod', 'model']) assert.equal(read(`{"${key}":199802407}`).model, '199802407', key);
    for (const key of ['iccid', 'CCID', 'sim'])
      assert.equal(read(`{"${key}":"8934071100000000001"}`).sim, '8934071100000000001', key);
    assert.equal(
      read('{"version":"2","VER":"1"}').firmware,
      '1',
      'of two names the better known one, whatever their order',
    );
  });

  it('keeps what it does not know, and lacks what is not there', () => {
    const { raw, ip, signal } = read('{"temp":31.5,"nested":{"a":[1,null]}}');
    assert.deepEqual(raw, { temp: 31.5, nested: { a: [1, null] } });
    assert.equal(ip, undefined);
    assert.equal(signal, undefined);
  });

  it("reads names of the user's own, into objects too", () => {
    const own = new StatusReader(parseMapping('{"csq":"senal","ip":["red.ip","dir"],"imei":"equipo"}'));
    const { signal, ip, imei } = read(
      '{"equipo":"353234028103206","Senal":7,"red":{"IP":"10.0.0.1"},"dir":"9.9.9.9","CSQ":31}',
      own,
    );
    assert.deepEqual([signal?.csq, ip, imei], [7, '10.0.0.1', '353234028103206']);
    assert.equal(read('{"CSQ":31}', own).signal, undefined, 'a mapped fact has no built-in names any more');
    for (const wrong of ['nonsense', '[]', '{"colour":"x"}', '{"csq":5}', '{"csq":[]}', 5])
      assert.throws(
        () => parseMapping(wrong),
        (e: unknown) => e instanceof ReadError && e.code === 'CONFIG_INVALID',
        String(wrong),
      );
  });

  it('takes no guess for a signal', () => {
    const known: [unknown, number][] = [
      [0, -113],
      ['0', -113],
      [31, -51],
      ['18,99', -77],
      [' 18 ', -77],
      [-77, -77],
      ['-77', -77],
      ['-77 dBm', -77],
      [-98.4, -98],
      [-113, -113],
    ];
    for (const [value, dbm] of known) assert.equal(signalFrom(value).dbm, dbm, String(value));
    for (const value of [
      99,
      '99',
      199,
      32,
      18.5,
      -1,
      0.5,
      -5,
      -200,
      'strong',
      '',
      '18,5,9',
      null,
      {},
      [18],
      true,
      Infinity,
      '1e400',
      '75%',
      '0x12',
    ])
      assert.deepEqual(signalFrom(value), { csq: null, dbm: null, bars: null }, String(value));
    assert.equal(read('{"dbm":20}').signal?.dbm, null, 'a positive number under dBm is no CSQ');
    assert.equal(read('{"csq":99,"dbm":-88}').signal?.dbm, -88);
    assert.equal(dbmFrom('-88 dBm').bars, 3);
  });

  it('takes a clock only with a zone', () => {
    assert.equal(timeFrom('2026-01-31T12:00:00+01:00'), Date.UTC(2026, 0, 31, 11));
    assert.equal(timeFrom('2026-01-31 12:00:00Z'), Date.UTC(2026, 0, 31, 12));
    assert.equal(timeFrom('26/01/31,12:00:00+04'), Date.UTC(2026, 0, 31, 11)); // AT+CCLK counts quarter hours
    assert.equal(timeFrom(1_718_000_000_123), 1_718_000_000_123);
    for (const local of ['2026-01-31 12:00:00', '2026-01-31', '31/01/2026 12:00', 'now', '', -5, 1e20, {}])
      assert.equal(timeFrom(local), undefined, String(local));
  });

  it('refuses what is none, by kind', () => {
    assert.equal(refused(''), 'empty');
    assert.equal(refused('\0\r\n'), 'empty');
    for (const text of ['hello', LONG.slice(0, 50), '{', 'NaN', "{'a':1}"])
      assert.equal(refused(text), 'notJson', text);
    for (const text of ['5', '"x"', 'null', 'true', '[]', '[1,2]', `[${LONG},${LONG}]`, '[[]]'])
      assert.equal(refused(text), 'notObject', text);
    assert.equal(refused(Buffer.alloc(1_000_000, 0x20)), 'oversize');
    assert.equal(refused(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`), 'tooDeep');
    assert.equal(refused(`{"a":${'['.repeat(8_000)}${']'.repeat(8_000)}}`), 'tooDeep');
  });

  it('lets no key change the nature of an object', () => {
    for (const text of [
      '{"__proto__":{"polluted":1},"IMEI":"353234028103206"}',
      '{"\\u005f_proto__":{"polluted":1}}',
      '{"a":{"constructor":{"prototype":{"polluted":1}}}}',
    ]) {
      const { raw } = read(text);
      const copy = Object.assign({}, raw) as Record<string, unknown>;
      assert.equal(copy['polluted'], undefined);
      assert.equal(Object.getPrototypeOf(copy), Object.prototype);
      assert.ok(!Object.hasOwn(raw, '__proto__'));
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    }
  });

  it('cuts and cleans texts, and reads ISO 8859-1 where it is no UTF-8', () => {
    assert.equal(read(JSON.stringify({ P: `a\r\nb\u0000${'x'.repeat(500)}` })).name?.length, 64);
    assert.equal(read(JSON.stringify({ P: 'a\r\nb' })).name, 'a  b');
    assert.equal(read(Buffer.from('{"P":"Estaci\xf3n"}', 'latin1')).name, 'Estación');
    assert.equal(read('{"P":"Estación"}').name, 'Estación');
    assert.equal(read('{"P":"","IP":"0.0.0.0","MOD":{"a":1},"VER":null}').ip, undefined);
  });

  it('takes 15 digits for an identity, nothing else', () => {
    for (const wrong of [
      '"35323402810320"',
      '"3532340281032061"',
      '"METER-1"',
      '1e13',
      '{}',
      'null',
      '353234028103206.5',
    ])
      assert.equal(read(`{"id":${wrong}}`).imei, undefined, wrong);
  });
});
