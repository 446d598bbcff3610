// What texts of meters mean, and what they do not: codes, times, numbers, status words, rows.
import assert from 'node:assert/strict';
import { decodeDataSets } from '../../../src/core/iec62056/dataset';
import { countTry } from '../../../src/core/iec62056/known-meter';
import { idOf, isSameCode } from '../../../src/core/meter/obis';
import { decodeProfileBlocks, encodeProfileInterval, refusalOf, tableOf } from '../../../src/core/iec62056/profile';
import { readIec62056 } from '../../../src/core/iec62056/read';
import { readingOf } from '../../../src/core/iec62056/readings';
import { decodeStatus } from '../../../src/core/iec62056/status-words';
import { addMinutes, parseMeterTime, parseStamp } from '../../../src/core/iec62056/meter-time';
import type { ReadError } from '../../../src/core/wire/errors';
import { toHex, fromLatin1 } from '../../../src/core/wire/bytes';
import { PORT_7E1, TestMemory, replay, type ExchangeStep } from '../../support/iec-driver';
import { said } from '../../support/said';

const reading = (text: string): unknown => {
  const [set, ...others] = decodeDataSets(text);
  assert.equal(others.length, 0);
  return set ? readingOf(set) : assert.fail();
};

describe('IEC 62056-21 values', () => {
  it('a unit, or a decimal point under a measured quantity, makes a number; all else is text', () => {
    const cases: [string, object][] = [
      ['1.8.0(0001234.5*kWh)', { value: 1234.5, unit: 'kWh', raw: '0001234.5' }],
      ['31.7.0(+000.8*A)', { value: 0.8, unit: 'A', raw: '+000.8' }],
      ['1-0:1.7.255*255(-000142.30*W)', { id: '1-0:1.7.255*255', value: -142.3, unit: 'W', raw: '-000142.30' }],
      ['1.6(000007,4*kW)', { id: '1-0:1.6.0*255', value: 7.4, unit: 'kW', raw: '000007,4' }],
      ['1.6*1(000013,0)', { id: '1-0:1.6.0*1', value: '000013,0' }],
      ['13.7.0(0.98)', { value: 0.98 }],
      ['0.0.0(97846089)', { value: '97846089' }],
      ['0.9.1(063058)', { value: '063058' }],
      ['0.2.0(1.10)', { value: '1.10' }],
      ['F.F(00000000)', { id: '0-0:97.97.0*255', value: '00000000' }],
      ['C.8.1(024616.21*h)', { id: '0-0:96.8.1*255', value: 24616.21, unit: 'h', raw: '024616.21' }],
      ['1.8.0(12.3*)', { value: 12.3 }],
      ['1.8.0(00007041.2292533*kWh)', { value: 7041.2292533, unit: 'kWh', raw: '00007041.2292533' }],
      ['1.8.0(123456789012345678.9*Wh)', { value: '123456789012345678.9', unit: 'Wh' }],
      ['0.0.1(  1ELS0012345678)', { value: '  1ELS0012345678' }],
      ['9.4(088*C&082*C)', { id: '1-0:9.4.0*255', value: '088*C&082*C' }],
      ['1.8.0()', { value: null, raw: '' }],
      ['1.8.0(-.--*kWh)', { value: null, unit: 'kWh', raw: '-.--' }],
      ['1.8.0( -.--)', { value: null, raw: ' -.--' }],
      ['1.8.0(########)', { value: null, raw: '########' }],
      ['1-1:30D(12)', { id: '1-1:30D', value: '12' }],
      ['1.6.0,5(202601130730)', { id: '1.6.0,5', value: '202601130730' }],
    ];
    for (const [text, expected] of cases) {
      const name = text.slice(0, text.indexOf('('));
      assert.deepEqual(
        reading(text),
        { name, ...('id' in expected ? {} : { id: `1-0:${name.replace(/^1-0:/, '')}*255` }), ...expected },
        text,
      );
    }
  });

  it('a second value is a time, the first is one, or neither is claimed', () => {
    const base = { name: '1.6.1', id: '1-0:1.6.1*255', value: 0.5, unit: 'kW' };
    const cases: [string, object][] = [
      ['1.6.1(0.5*kW)(2211120730)', { ...base, at: '2022-11-12T07:30:00' }],
      ['1.6.1(0.5*kW)(10-02-01 00:15)', { ...base, at: '2010-02-01T00:15:00' }],
      ['1.6.1(0.5*kW)(16-12-05,12:45)', { ...base, at: '2016-12-05T12:45:00' }],
      ['1.6.1(0.5*kW)(202601130730)', { ...base, at: '2026-01-13T07:30:00' }],
      ['1.6.1(0.5*kW)(201201130730)', { ...base, more: ['201201130730'] }], // 2012 or 2020: it fits both
      ['1.6.1(0.5*kW)(00-00-00,00:00)', { ...base, more: ['00-00-00,00:00'] }],
      ['1.6.1(0.5*kW)(0.25*kW)', { ...base, more: [{ value: 0.25, unit: 'kW' }] }],
      ['1.6.1(0.5*kW)(2211120730)(x)', { ...base, more: ['2211120730', 'x'] }],
      [
        '0-1:24.2.1(180104231507W)\r\n(00212.529*m3)',
        {
          name: '0-1:24.2.1',
          id: '0-1:24.2.1*255',
          value: 212.529,
          unit: 'm3',
          raw: '00212.529',
          at: '2018-01-04T23:15:07',
        },
      ],
      [
        '32.36.0(0002)(17-08-04 13:24)',
        { name: '32.36.0', id: '1-0:32.36.0*255', value: '0002', at: '2017-08-04T13:24:00' },
      ],
      [
        '96.77.4*1(18-04-07,10:46)(18-04-07,11:00)',
        { name: '96.77.4*1', id: '1-0:96.77.4*1', value: '18-04-07,10:46', more: ['18-04-07,11:00'] },
      ],
    ];
    for (const [text, expected] of cases) assert.deepEqual(reading(text), expected, text);
  });

  it('codes: full, short, letters, history; and what is no OBIS stays as it is', () => {
    const cases = {
      '1.8.0': '1-0:1.8.0*255',
      '1.8.0*01': '1-0:1.8.0*1',
      '1.8.0&04': '1-0:1.8.0*4',
      'C.1': '0-0:96.1.0*255',
      '1-0:C.1.9*255': '1-0:96.1.9*255',
      'P.01': '1-0:99.1.0*255',
      '0-1:24.2.1': '0-1:24.2.1*255',
      'C.60.5.1': 'C.60.5.1',
      ET0PE: 'ET0PE',
      '100700FF': '100700FF',
      '1.8.999': '1.8.999',
    };
    for (const [code, id] of Object.entries(cases)) assert.equal(idOf(code), id);
    assert.ok(isSameCode('1.8.0', '1-0:1.8.0*255') && isSameCode('1-1:1.8.0', '1.8.0') && isSameCode('et0pe', 'ET0PE'));
    assert.ok(
      !isSameCode('1.8.0', '1.8.1') && !isSameCode('1-0:1.8.0', '1-1:1.8.0') && !isSameCode('1.8.0', '1.8.0*1'),
    );
  });

  it('times: none that does not exist, none that could be another', () => {
    const cases: Record<string, string | undefined> = {
      '2211120730': '2022-11-12T07:30:00',
      '2213120730': undefined,
      '230229': undefined,
      '2302291200': undefined,
      '99-99-99,99:99': undefined,
      '01301310800': '2013-01-31T08:00:00',
      '21301310800': '2013-01-31T08:00:00Z',
      '31301310800': undefined,
      '1220823161500': '2022-08-23T16:15:00',
      '2211122430': undefined,
    };
    for (const [text, iso] of Object.entries(cases)) assert.equal(parseMeterTime(text)?.iso, iso, text);
    assert.deepEqual(parseStamp('130131080000'), { iso: '2013-01-31T08:00:00' });
    assert.equal(addMinutes('2026-02-28T23:50:00', 15), '2026-03-01T00:05:00');
    assert.equal(addMinutes('2026-02-28T23:50:00Z', 15), '2026-03-01T00:05:00Z');
  });

  it('status words by maker, and by nobody else', () => {
    assert.deepEqual(decodeStatus('000000A0', 'EMH'), ['power-down', 'clock-set']);
    assert.deepEqual(decodeStatus('04', 'EMH'), ['disturbed-value']);
    assert.deepEqual(decodeStatus('04', 'MCS'), ['not-valid']);
    assert.deepEqual(decodeStatus('00', 'MCS'), []);
    assert.deepEqual(decodeStatus('10', 'MCS'), ['0x10']);
    assert.deepEqual(
      [decodeStatus('80', 'XYZ'), decodeStatus('80', undefined), decodeStatus('8g', 'EMH')],
      [undefined, undefined, undefined],
    );
  });

  it('blocks with other channels share one table; a missing channel is null, a missing value too', () => {
    const text =
      'P.01(1220823161500)(00)(15)(2)(1.5)(kW)(2.5)(kW)\r\n(0.1)(0.2)\r\n(########)()\r\nP.01(1220823170000)(80)(15)(2)(2.5)(kW)(9.5)(kVA)\r\n(0.3)(0.4)\r\n';
    const table = tableOf(decodeProfileBlocks(text), 'MCS');
    assert.deepEqual(
      table.columns.map((column) => column.id),
      ['1-0:1.5.0*255', '1-0:2.5.0*255', '1-0:9.5.0*255'],
    );
    assert.deepEqual(
      table.rows.map(({ at, values }) => [at, ...values]),
      [
        ['2022-08-23T16:15:00', 0.1, 0.2, null],
        ['2022-08-23T16:30:00', null, null, null],
        ['2022-08-23T17:00:00', null, 0.3, 0.4],
      ],
    );
    assert.deepEqual(decodeProfileBlocks('P.01()'), []);
    for (const bad of [
      'P.01(1220823161500)(00)(15)(2)(1.5)(kW)(2.5)(kW)(1)(2)(3)',
      'P.01(1221323161500)(00)(15)(0)',
      'P.01(1220823161500)(00)(15)(2)(1.5)(kW)',
      'P.01(1220823161500)(00)(x)(1)(1.5)(kW)(1)',
      '1.8.0(12*kWh)',
    ]) {
      assert.throws(
        () => decodeProfileBlocks(bad),
        (e: ReadError) => e.code === 'BAD_VALUE',
        bad,
      );
    }
    assert.deepEqual(
      ['P.01(ERROR)', '(ER07)', 'P.01(ER07)\r\n', 'P.01(1220823161500)(00)', '1.8.0(12)'].map(refusalOf),
      ['ERROR', 'ER07', 'ER07', undefined, undefined],
    );
    assert.equal(
      encodeProfileInterval('2013-01-31T08:00:00', '2013-02-01T08:00:00', 'vdew'),
      '01301310800;01302010800',
    );
    assert.equal(encodeProfileInterval(undefined, undefined, 'vdew'), ';');
  });

  it('one code in two units is two columns: no value stands under the other unit', () => {
    const text =
      'P.01(1220823161500)(00)(15)(1)(1.5)(kW)\r\n(0.1)\r\nP.01(1220823170000)(80)(15)(2)(1.5)(W)(1.5)(kW)\r\n(300.0)(0.3)\r\n';
    const table = tableOf(decodeProfileBlocks(text), 'MCS');
    assert.deepEqual(
      table.columns.map(({ unit }) => unit),
      ['kW', 'W'],
    );
    assert.deepEqual(
      table.rows.map(({ values }) => values),
      [
        [0.1, null],
        [0.3, 300],
      ],
    );
  });

  it('refuses text that is no data set, and says where', () => {
    for (const bad of ['1.8.0(12', '1.8.0(1(2)', '1.8.0(12)x', '/ESY\r\n1.8.0(12)', 'a\r\nb(12)'])
      assert.throws(
        () => decodeDataSets(bad),
        (e: ReadError) => e.code === 'BAD_VALUE' && /character \d+/.test(said(e)),
        bad,
      );
  });

  it('an unprotected readout that cannot be read is a damaged one: BAD_FRAME, to be tried again', () => {
    const step = (dir: '>' | '<', text: string): ExchangeStep => ({ dir, hex: toHex(fromLatin1(text)) });
    const play = (readout: string): string => {
      const steps = [step('>', '/?!\r\n'), step('<', '/KAM MC\r\n'), step('<', readout)];
      const played = replay(
        readIec62056(
          { address: '', mode: 'auto', baud: 'stay', parity: 'none', request: 'readout', items: [], command: 'auto' },
          new TestMemory(PORT_7E1),
        ),
        steps,
      );
      return 'error' in played ? played.error.code : 'read';
    };
    assert.equal(play('\x021.8.0(1)\r\n1.8.1(2\r\n1.8.2(3)\r\n!\r\n'), 'BAD_FRAME');
    assert.equal(play('\x021.8.0(1)\r\n1.8.1(2)\r\n!\r\n'), 'read');
  });

  it('a meter whose BCC form changes is believed after two refusals, not before', () => {
    const memory = new TestMemory({ ...PORT_7E1, baud: 9600 });
    const step = (dir: '>' | '<', text: string): ExchangeStep => ({ dir, hex: toHex(fromLatin1(text)) });
    const body = '1.8.0(1)\r\n!\r\n\x03';
    const sealed = (kind: 'xor' | 'sum'): ExchangeStep =>
      step(
        '<',
        `\x02${body}${String.fromCharCode([...body].reduce((bcc, c) => (kind === 'xor' ? bcc ^ c.charCodeAt(0) : (bcc + c.charCodeAt(0)) & 0x7f), 0))}`,
      );
    const read = (...rest: ExchangeStep[]): boolean =>
      'result' in
      replay(
        readIec62056(
          { address: '', mode: 'auto', baud: 'stay', parity: 'none', request: 'readout', items: [], command: 'auto' },
          memory,
        ),
        [step('>', '/?!\r\n'), step('<', '/KAM MC\r\n'), ...rest],
      );
    assert.ok(read(sealed('xor')));
    assert.ok(read(sealed('sum'), step('>', '\x15'), sealed('xor')));
    assert.ok(read(sealed('sum'), step('>', '\x15'), sealed('sum'), step('>', '\x15'), sealed('sum')));
    assert.ok(read(sealed('sum')));
  });

  it('counts tries of one password, and forgets them after a day or with another one', () => {
    const tries = { failed: 0, at: 0, mark: 0 };
    assert.deepEqual(
      [
        countTry(tries, 'a', 0),
        countTry(tries, 'a', 1),
        countTry(tries, 'a', 2),
        countTry(tries, 'b', 3),
        countTry(tries, 'b', 4),
        countTry(tries, 'b', 5),
        countTry(tries, 'b', 90_000_000),
      ],
      [true, true, false, true, true, false, true],
    );
  });
});
