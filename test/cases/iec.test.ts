// What people saw IEC meters send, each case by its id and beside it what else has the same cause: octets of the line
// in, values or a clear error out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TelegramStream } from '../../src/core/iec62056/push';
import { readIec62056 } from '../../src/core/iec62056/read';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import type { Readout } from '../../src/core/meter/reading';
import { concatBytes, fromHex, fromLatin1, toHex } from '../../src/core/wire/bytes';
import type { ReadError } from '../../src/core/wire/errors';
import { explainError } from '../../src/words/index';
import { PORT_8N1, replay, TestMemory, type ExchangeStep } from '../support/iec-driver';
import { options } from '../support/iec-scene';
import { play } from '../support/iec870-script';

const CASES = JSON.parse(readFileSync(join(__dirname, 'iec.json'), 'utf8')) as readonly {
  readonly id: string;
  readonly answer: readonly string[];
}[];
const answerOf = (id: string): readonly string[] => (CASES.find((one) => one.id === id) ?? assert.fail(id)).answer;

const pushed = (text: string | Uint8Array): readonly Readout[] =>
  new TelegramStream().take(typeof text === 'string' ? fromLatin1(text) : text);
const pushedOf = (id: string): Readout => pushed(fromHex(answerOf(id).join('')))[0] ?? assert.fail(`${id}: nothing`);
const of = ({ readings }: Readout, name: string): readonly unknown[] => {
  const { value, unit, at } = readings.find((reading) => reading.name === name) ?? assert.fail(`no ${name}`);
  return [value, ...(unit === undefined ? [] : [unit]), ...(at === undefined ? [] : [at])];
};

/** A telegram closed by DSMR's CRC, reckoned here bit by bit. */
function withCrc(text: string, start = 0, polynomial = 0xa001, end = 0): string {
  let crc = start;
  for (const octet of fromLatin1(`${text}!`)) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  }
  return `${text}!${(crc ^ end).toString(16).toUpperCase().padStart(4, '0')}\r\n`;
}

const says = (text: string): ExchangeStep => ({ dir: '>', hex: toHex(fromLatin1(text)) });
const hears = (text: string): ExchangeStep => ({ dir: '<', hex: toHex(fromLatin1(text)) });
const SILENCE: ExchangeStep = { dir: '.' };
/** STX text ETX BCC; the check is reckoned here. */
function block(text: string): string {
  const bcc = [...fromLatin1(`${text}\x03`)].reduce((sum, octet) => sum ^ octet, 0);
  return `\x02${text}\x03${String.fromCharCode(bcc)}`;
}
function command(text: string): string {
  const bcc = [...fromLatin1(text)].reduce((sum, octet) => sum ^ octet, 0);
  return `\x01${text}${String.fromCharCode(bcc)}`;
}
const stepsOf = (id: string): readonly ExchangeStep[] =>
  answerOf(id).map((line) => ({ dir: line[0] as '>' | '<', hex: line.slice(2) }));

function read(some: Partial<Iec62056Options>, steps: readonly ExchangeStep[]): { result?: Readout; error?: ReadError } {
  return replay(readIec62056(options(some), new TestMemory(PORT_8N1)), steps);
}
const OPENING: readonly ExchangeStep[] = [says('/?!\r\n'), hears('/LGZ5\\2ZMD\r\n'), says('\x06050\r\n')];
const SESSION: readonly ExchangeStep[] = [says('/?!\r\n'), hears('/EMR5\\2CE307\r\n'), says('\x06051\r\n')];
const BREAK = says(command('B0\x03'));

describe('IEC field cases: telegrams', () => {
  const GAS = '/ISk5\\2MT382\r\n\r\n0-1:24.1.0(003)\r\n';
  it('am550-gas-1970: a time stamp is no value of a gas meter that is not there', () => {
    const readout = pushedOf('am550-gas-1970');
    assert.deepEqual(of(readout, '0-1:24.2.1'), ['00000000', '2070-01-01T01:00:00']);
    assert.deepEqual(of(readout, '1-0:1.8.1'), [0.558, 'kWh']);
    assert.deepEqual(of(readout, '0-0:1.0.0'), ['171006151639S'], 'of a clock it is the value');
  });
  for (const [set, right] of [
    ['(700101010000W)()', [null, '2070-01-01T01:00:00']],
    ['(201022100000S)', [null, '2020-10-22T10:00:00']],
    ['(201022100000S)(00012.345*m3)', [12.345, 'm3', '2020-10-22T10:00:00']],
    ['(201022100000W)(00012345)', ['00012345', '2020-10-22T10:00:00']],
    ['(121030140000)(00024.123)', [24.123, '2012-10-30T14:00:00']],
    ['(632525252525S)(0000000000)', ['0000000000']],
    ['(632525252525S)', [null]],
    ['(000000000000)(00000.000)', [0]],
  ] as const)
    it(`a gas meter's ${set}`, () => {
      const [readout] = pushed(withCrc(`${GAS}0-1:24.2.1${set}\r\n`));
      assert.deepEqual(of(readout ?? assert.fail(), '0-1:24.2.1'), right);
    });
  it('a register that gives only a time stamp has no value, and a maximum keeps its own', () => {
    const [readout] = pushed(
      withCrc('/ISk5\\2MT382\r\n1-0:1.6.0(230101000000W)(02.351*kW)\r\n1-0:1.8.0(230101000000W)\r\n'),
    );
    assert.deepEqual(of(readout ?? assert.fail(), '1-0:1.6.0'), [2.351, 'kW', '2023-01-01T00:00:00']);
    assert.deepEqual(of(readout ?? assert.fail(), '1-0:1.8.0'), [null, '2023-01-01T00:00:00']);
  });

  it('dsmr22-2C: the volume of a gas profile, at its time, with its status', () => {
    const readout = pushedOf('dsmr22-2C');
    assert.deepEqual(of(readout, '0-1:24.3.0'), [3575.334, 'm3', '2020-10-22T10:00:00']);
    assert.deepEqual(readout.readings.find(({ name }) => name === '0-1:24.3.0')?.more, [
      { status: '2C', code: '0-1:24.2.0' },
    ]);
  });
  it('a profile of several hours gives each its time; one whose value is missing has none', () => {
    const profile = (values: string): Readout =>
      pushed(`/KMP5 ZABF\r\n0-1:24.3.0(121030140000)(00)(60)(1)(0-1:24.2.1)(m3)\r\n${values}!\r\n`)[0] ?? assert.fail();
    assert.deepEqual(
      profile('(00024.123)(00024)\r\n').readings.map(({ value, at }) => [value, at]),
      [
        [24.123, '2012-10-30T14:00:00'],
        [24, '2012-10-30T15:00:00'],
      ],
    );
    assert.deepEqual(of(profile(''), '0-1:24.3.0'), [null, 'm3', '2012-10-30T14:00:00']);
    const [never] = pushed('/KMP5 ZABF\r\n0-1:24.3.0(000000000000)(00)(60)(1)(0-1:24.2.1)(m3)\r\n(00000.000)\r\n!\r\n');
    assert.deepEqual(of(never ?? assert.fail(), '0-1:24.3.0'), [0, 'm3']);
  });

  it('sx631-ff: octets above 7F that the CRC proves are no damage; a field filled with FF has no value', () => {
    const readout = pushedOf('sx631-ff');
    assert.deepEqual(of(readout, '1-0:1.8.0'), [101.821, 'kWh']);
    assert.deepEqual(of(readout, '1-0:1.7.0'), [0.383, 'kW']);
    assert.deepEqual(of(readout, '0-0:96.13.0'), [null]);
    const wire = fromHex(answerOf('sx631-ff').join(''));
    assert.deepEqual(pushed(concatBytes(wire.slice(30), wire)).length, 1, 'entered inside the filled field');
  });
  it('octets above 7F that nothing proves are damage', () => {
    assert.deepEqual(pushed('/AUX50001\r\n1-0:1.8.0(000101.821*kWh)\r\n0-0:96.13.0(\xff\xff)\r\n!\r\n'), []);
  });

  it('holley-x25: a telegram that CRC-16/X-25 closes', () => {
    const readout = pushedOf('holley-x25');
    assert.deepEqual(of(readout, '1-0:1.8.0'), [3668.743, 'kWh']);
    assert.deepEqual(of(readout, '1-0:15.8.0'), [7137.694, 'kWh']);
    assert.deepEqual(of(readout, '1-0:32.7.0'), [238.2, 'V']);
    assert.equal(readout.identity?.['check'], 'crc');
  });
  it("Holley's older firmware has a slash in its identification; without a CRC it is two telegrams run together", () => {
    const text = '/HLY5/D545-METER\r\n\r\n1-0:1.8.0(00003668.743*kWh)\r\n';
    const [readout] = pushed(withCrc(text, 0xffff, 0x8408, 0xffff));
    assert.deepEqual(of(readout ?? assert.fail(), '1-0:1.8.0'), [3668.743, 'kWh']);
    assert.deepEqual([readout?.identity?.['manufacturer'], readout?.identity?.['id']], ['HLY', '/D545-METER']);
    assert.deepEqual(pushed(`${text}!\r\n`), []);
    const whole = pushed(`/ABC5${withCrc('/ABC5E350\r\n1.8.0(1.5*kWh)\r\n')}`);
    assert.deepEqual([whole.length, whole[0]?.identity?.['id']], [1, 'E350']);
  });
  it('a slash in a text begins nothing, and a mark in a text ends nothing', () => {
    const [readout] = pushed('/ABC5E350\r\n0.0.1(http://abc5def)\r\n0.0.2(hello!)\r\n1.8.0(1.5*kWh)\r\n!\r\n');
    assert.deepEqual(of(readout ?? assert.fail(), '1.8.0'), [1.5, 'kWh']);
    assert.deepEqual(of(readout ?? assert.fail(), '0.0.2'), ['hello!']);
  });
  it('lines may end by CR alone', () => {
    const [readout] = pushed('/ABC5E350\r\r1.8.0(1.5*kWh)\r2.8.0(2.5*kWh)\r!\r');
    assert.deepEqual(of(readout ?? assert.fail(), '2.8.0'), [2.5, 'kWh']);
  });
  it('P2: what a stranger sends is looked at once', () => {
    const stream = new TelegramStream();
    const good = '/ABC5E350\r\n1.8.0(1.5*kWh)\r\n!\r\n';
    for (const piece of ['/', '/ABC5\n', '/ABC5\n1(', '1(/ABC5\n', '!'])
      assert.deepEqual(stream.take(fromLatin1(`${piece.repeat(15_000)}!\r\n`)), [], piece);
    assert.equal(stream.take(fromLatin1(good)).length, 1, 'and the next telegram is heard');
  });
});

describe('IEC field cases: readouts', () => {
  it('e350-mark-last: a readout that ends with its mark is whole when silence follows, and no NAK goes out', () => {
    const { result } = read({}, [...stepsOf('e350-mark-last').slice(0, -1), SILENCE]);
    assert.ok(result);
    assert.deepEqual(of(result, 'F.F'), ['00']);
    assert.deepEqual(of(result, '1.8.0'), [219.252, 'kWh']);
    assert.equal(result.identity?.['check'], 'none');
  });
  for (const end of ['!', '!\r', '!\r\n', '!\r\n\x03', ')!'])
    it(`a readout that ends with ${JSON.stringify(end)}`, () => {
      const text = `\x02F.F(00)\r\n1.8.0(0219.252*kWh${end === ')!' ? end : `)\r\n${end}`}`;
      const { result } = read({}, [...OPENING, hears(text), SILENCE]);
      assert.deepEqual(of(result ?? assert.fail(), '1.8.0'), [219.252, 'kWh']);
    });
  it('one that is cut is refused, and the error says how much was heard and why', () => {
    const cut = '\x02F.F(00)\r\n1.8.0(0219.25';
    const { error } = read({}, [...OPENING, hears(cut), SILENCE, says('\x15'), SILENCE]);
    assert.deepEqual(
      [error?.code, error?.reason, error?.facts?.['octets']],
      ['BAD_FRAME', 'iec62056.readoutDamaged', 23],
    );
    assert.match(explainError(error), /23 bytes.*its end was not heard/);
  });
  it('NAK is not sent to a meter without block checks', () => {
    const { error } = read({}, [...OPENING, hears('F.F(00)\r\n1.8.0(0219.25'), SILENCE]);
    assert.deepEqual([error?.code, error?.facts?.['octets']], ['BAD_FRAME', 22]);
  });
  it('an open bracket before the mark is no whole readout', () => {
    const { error } = read({}, [
      ...OPENING,
      hears('\x021.8.0(0219.252*kWh)\r\n2.8.0(00!\r\n'),
      SILENCE,
      says('\x15'),
      SILENCE,
    ]);
    assert.equal(error?.code, 'BAD_FRAME');
  });
  it('an identification may end by CR alone', () => {
    const { result } = read({}, [
      says('/?!\r\n'),
      hears('/LGZ5\\2ZMD\r'),
      SILENCE,
      says('\x06050\r\n'),
      hears(block('1.8.0(0219.252*kWh)\r\n!\r\n')),
    ]);
    assert.ok(result);
    assert.deepEqual(of(result, '1.8.0'), [219.252, 'kWh']);
    assert.equal(result.identity?.['id'], 'ZMD');
    const modeA = read({}, [says('/?!\r\n'), hears(`/XYZ id\r${block('1.8.0(1.5*kWh)\r\n!\r\n')}`)]);
    assert.deepEqual(of(modeA.result ?? assert.fail(modeA.error?.message), '1.8.0'), [1.5, 'kWh']);
  });
  it('NUL and signs above 7F in a block whose check fits are no damage', () => {
    const { result } = read({}, [
      ...OPENING,
      hears(block('0.0.1(AB\0\0)\r\n\0' + '0.0.2(21\xb0)\r\n0.0.3(\xff\xff)\r\n1.8.0(0219.252*kWh)\r\n!\r\n')),
    ]);
    assert.deepEqual(
      ['0.0.1', '0.0.2', '0.0.3', '1.8.0'].map((name) => of(result ?? assert.fail(), name)[0]),
      ['AB', '21\xb0', null, 219.252],
    );
  });
  it('a degree sign is the unit of an angle, by a check of seven bits too; elsewhere such a check proves nothing', () => {
    const text = '81.7.4(023*\xb0)\r\n!\r\n';
    const sevenBits = `${block(text).slice(0, -1)}${String.fromCharCode(block(text).charCodeAt(text.length + 2) & 0x7f)}`;
    for (const wire of [block(text), sevenBits]) {
      const { result } = read({}, [...OPENING, hears(wire)]);
      assert.deepEqual(of(result ?? assert.fail(), '81.7.4'), [23, '\xb0']);
    }
    const digit = block('1.8.0(2\xb09.252*kWh)\r\n!\r\n');
    const bent = `${digit.slice(0, -1)}${String.fromCharCode(digit.charCodeAt(digit.length - 1) & 0x7f)}`;
    assert.equal(read({}, [...OPENING, hears(bent), says('\x15'), SILENCE]).error?.reason, 'iec62056.readoutDamaged');
  });
  it('behind soft parity an octet above 7F is damage, whatever its check', () => {
    const damaged = block('1.8.0(02\xb9\xb2.252*kWh)\r\n!\r\n');
    const { error } = replay(
      readIec62056(options({ parity: 'soft-even' }), new TestMemory(PORT_8N1)),
      [...OPENING, hears(damaged), says('\x15'), SILENCE].map((step) => ({ ...step, hex: evenParity(step.hex ?? '') })),
      (bytes) => [bytes],
    ) as { error?: ReadError };
    assert.notEqual(error?.code, undefined);
  });
});

/** Seven bits with even parity in the eighth; an octet that has it already goes as it is. */
function evenParity(hex: string): string {
  const ones = (octet: number): number => [...octet.toString(2)].filter((bit) => bit === '1').length;
  return toHex(fromHex(hex).map((octet) => (octet < 0x80 && ones(octet) % 2 === 1 ? octet | 0x80 : octet)));
}

describe('IEC field cases: registers', () => {
  const item = (n: number): string => `EMD01(0.0,${n})`;
  const ask = (n: number): ExchangeStep => says(command(`R1\x02${item(n)}\x03`));
  const answer = (value: string): ExchangeStep => hears(block(`EMD01(18.08.24,${value})`));
  const items = [item(1), item(2), item(3)];
  const session = { request: 'registers', command: 'R1', items } as const;
  const OPEN = [...SESSION, hears(command('P0\x02(00000000)\x03'))];
  const valuesOf = (result: Readout | undefined): unknown =>
    result?.readings.map(({ name, id, value }) => [name, id, value]);
  const RIGHT = ['1111.1111', '2222.2222', '3333.3333'].map((value, i) => [items[i], items[i], `18.08.24,${value}`]);

  it('ce307-emd01-copy: a late copy under the same code shifts nothing, and each reading carries its argument', () => {
    const password = { ...session, password: '777777' };
    assert.deepEqual(valuesOf(read(password, orderOf(stepsOf('ce307-emd01-copy'))).result), RIGHT);
  });
  it('the answer lost and a copy in its place: the question is put once more, and a doubt is an error', () => {
    const first = [...OPEN, ask(1), answer('1111.1111')];
    const lost = [ask(2), answer('1111.1111'), SILENCE, ask(2)];
    const good = read(session, [...first, ...lost, answer('2222.2222'), BREAK]);
    assert.equal(good.error?.code, 'BAD_FRAME');
    const again = read({ ...session, items: items.slice(0, 2) }, [...first, ...lost, answer('1111.1111'), BREAK]);
    assert.deepEqual(
      valuesOf(again.result)?.toString(),
      [
        [item(1), item(1), '18.08.24,1111.1111'],
        [item(2), item(2), '18.08.24,1111.1111'],
      ].toString(),
    );
  });
  it('one code with several arguments in one group read: in the order asked, or an error where one is missing', () => {
    const group = (answers: string): ReturnType<typeof read> =>
      read({ ...session, command: 'group' }, [
        says(`/?!${sumCommand(`R1\x02GROUP(${items.join('')})\x03`)}`),
        hears(sumBlock(answers)),
      ]);
    const all = group('EMD01(18.08.24,1111.1111)EMD01(18.08.24,2222.2222)EMD01(18.08.24,3333.3333)');
    assert.deepEqual(valuesOf(all.result), RIGHT);
    const fewer = group('EMD01(18.08.24,1111.1111)EMD01(18.08.24,3333.3333)');
    assert.deepEqual(
      fewer.result?.readings.map(({ name, error }) => [name, error?.code]),
      items.map((name) => [name, 'BAD_VALUE']),
    );
  });

  it('e550-nak: a meter that asks for a password and gets none is told so after one command', () => {
    const steps = stepsOf('e550-nak');
    const { result } = read({ request: 'registers', items: ['1.8.0'] }, [...steps.slice(0, 6), ...steps.slice(-1)]);
    const error = result?.readings[0]?.error;
    assert.deepEqual([error?.code, error?.reason], ['ACCESS_DENIED', 'iec62056.missingPassword']);
    const table = read({ request: 'profile' }, [
      ...steps.slice(0, 4),
      says(command('R5\x02P.01(;)\x03')),
      hears('\x15'),
      ...steps.slice(-1),
    ]);
    assert.equal(table.error?.reason, 'iec62056.missingPassword');
  });
  it('zeros may be an operand too: said once no command was understood', () => {
    const nak = [says(command('R1\x021.8.0()\x03')), hears('\x15')];
    const { result } = read({ ...session, items: ['1.8.0'] }, [...OPEN, ...nak, ...nak, ...nak, ...nak, BREAK]);
    const error = result?.readings[0]?.error;
    assert.equal(error?.code, 'REQUEST_REFUSED');
    assert.match(JSON.stringify(error), /iec62056\.perhapsPassword/);
  });
  it('a NAK after data was read is no word about a password', () => {
    const one = { ...session, items: ['1.8.0', '2.8.0'] };
    const nak = [says(command('R1\x022.8.0()\x03')), hears('\x15')];
    const { result } = read(one, [
      ...SESSION,
      hears(command('P0\x02(BE0B0660)\x03')),
      says(command('R1\x021.8.0()\x03')),
      hears(block('1.8.0(1.5*kWh)')),
      ...nak,
      ...nak,
      ...nak,
      ...nak,
      BREAK,
    ]);
    assert.deepEqual([result?.readings[0]?.value, result?.readings[1]?.error?.code], [1.5, 'REQUEST_REFUSED']);
  });
  it('damage that a NAK does not cure is told as damage, not as silence', () => {
    const { error } = read({ ...session, items: ['1.8.0'] }, [
      ...OPEN,
      says(command('R1\x021.8.0()\x03')),
      hears('\x021.8.0(1.5*kWh)\x03\x00'),
      says('\x15'),
      SILENCE,
      BREAK,
    ]);
    assert.deepEqual([error?.code, error?.reason], ['BAD_FRAME', 'iec62056.damagedTimes']);
  });
});

describe('IEC field cases: IEC 60870-5-102', () => {
  it('ree-export: powers of an exporting plant carry their sign', () => {
    const steps = answerOf('ree-export').map((line) => line.replace(' ', ''));
    const { result, error } = play({ link: 1, point: 1, password: 1, request: 'instantaneous' }, steps);
    assert.ok(result, error?.message);
    assert.deepEqual(of(result, 'active_power'), [-412, 'kW', '2023-06-15T12:30:00+02:00']);
    assert.deepEqual(of(result, 'reactive_power'), [35, 'kvar', '2023-06-15T12:30:00+02:00']);
    assert.deepEqual(of(result, 'power_factor')[0], 0.996);
    assert.deepEqual(of(result, 'active_power_l2')[0], -138);
  });
});

/** The copy of the trace behind the next command, as the world had it. */
function orderOf(steps: readonly ExchangeStep[]): readonly ExchangeStep[] {
  const at = steps.findIndex((step, i) => step.dir === '<' && steps[i - 1]?.hex === step.hex);
  const [copy, command2] = [steps[at], steps[at + 1]];
  assert.ok(copy && command2);
  return [...steps.slice(0, at), command2, copy, ...steps.slice(at + 2)];
}
const sum7 = (text: string): string =>
  String.fromCharCode([...fromLatin1(text)].reduce((sum, octet) => sum + octet, 0) & 0x7f);
const sumCommand = (text: string): string => `\x01${text}${sum7(text)}`;
const sumBlock = (text: string): string => `\x02${text}\x03${sum7(`${text}\x03`)}`;
