// Rows of profiles and logs by their times: forward, once each, of the interval asked; and what is whole of a cut text.
import assert from 'node:assert/strict';
import { fromLatin1, toHex } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';
import { decodeProfileBlocks, tableOf } from '../../../src/core/iec62056/profile';
import { checkForward, judgeFor, wholeBlocks, withoutRepeats } from '../../../src/core/iec62056/profile-rows';
import { readIec62056 } from '../../../src/core/iec62056/read';
import { PORT_7E1, TestMemory, replay, type ExchangeStep } from '../../support/iec-driver';
import { vectorFile } from '../../support/vectors';
import { said } from '../../support/said';

const LINE = '(0.1)(0.2)\r\n';
const block = (stamp: string, lines: number, status = '00'): string =>
  `P.01(${stamp})(${status})(15)(2)(1.5)(kW)(2.5)(kW)\r\n${LINE.repeat(lines)}`;
const event = (stamp: string, values: string): string => `P.98(${stamp})(20)()(1)(0.9.1)()${values}\r\n`;
const isForward = (text: string): boolean => {
  try {
    checkForward(decodeProfileBlocks(text));
    return true;
  } catch (thrown) {
    assert.equal((thrown as ReadError).code, 'BAD_FRAME');
    return false;
  }
};
const ats = (text: string): string[] => tableOf(wholeBlocks(text), undefined).rows.map(({ at }) => at.slice(8, 16));

describe('IEC 62056-21 rows', () => {
  it('the profiles of real meters go forward', () => {
    const rows = vectorFile<{ iec62056_21: { id: string; kind: string; wire: string }[] }>(
      'iec.json',
    ).iec62056_21.filter(({ kind }) => kind === 'profile');
    assert.ok(rows.length >= 3);
    for (const { id, wire } of rows)
      assert.ok(
        isForward(
          Buffer.from(wire, 'hex')
            .toString('latin1')
            .replace(/^\x02|\x03.$/gs, ''),
        ),
        id,
      );
  });

  it('rows at one time are an error, unless the clock or the season changed', () => {
    const cases: [string, boolean][] = [
      [block('0261119000000', 4) + block('0261119010000', 4), true],
      [block('0261119000000', 5) + block('0261119010000', 4), false], // a row too many
      [block('0261119000000', 4) + block('0261119000000', 4), false], // the same once more
      [block('0261119000000', 5) + block('0261119010000', 4, '20'), true], // set back
      [block('0261119000000', 5, '00000020') + block('0261119010000', 4, '00000000'), true],
      [block('0261119000000', 5, 'text') + block('0261119010000', 4, 'text'), false],
      [block('1261025020000', 4) + block('0261025020000', 4), true], // the hour that comes twice
      [block('261025020000', 4) + block('261025020000', 4), true], // and where no season digit tells
      [block('261025020000', 6) + block('261025020000', 4), false],
      [block('261119120000', 4) + block('261119120000', 4), false],
      [block('0261120000000', 4) + block('0261119000000', 4), true], // newest first
    ];
    for (const [text, expected] of cases) assert.equal(isForward(text), expected, text);
    assert.ok(isForward(event('0261119000000', '(1)') + event('0261119000000', '(1)')), 'a log may say it twice');
  });

  it('of a cut text the whole rows count, and no event whose values may be missing', () => {
    const whole = block('0261119000000', 3);
    const all = ['19T00:00', '19T00:15', '19T00:30'];
    assert.deepEqual(ats(whole), all);
    assert.deepEqual(ats(`${whole}(0.1`), all);
    assert.deepEqual(ats(`${whole}(0.1)\r\n`), all, 'a row wrapped over two lines');
    assert.deepEqual(ats(`${whole}(0.1)\r\n(0.`), all);
    assert.deepEqual(ats(`${whole}P.01(0261119010000)(00)(15)(2)(1.5)\r\n`), all, 'a header wrapped over two lines');
    assert.deepEqual(ats('P.01(0261119'), []);
    assert.deepEqual(ats('P.01(x)(00)(15)(1)(1.5)(kW)\r\n(1)\r\n'), []);
    assert.deepEqual(ats('P.01(ERROR)\r\n'), []);
    assert.deepEqual(ats(event('0261119000000', '(1)') + event('0261119010000', '')), ['19T00:00']);
    assert.deepEqual(
      ats(event('0261120000000', '(1)') + event('0261119000000', '(1)') + event('0261118000000', '(1)')),
      [],
      'newest first: what is missing is older',
    );
    assert.deepEqual(
      ats(block('0261119000000', 5) + block('0261119010000', 1)),
      [],
      'rows that overlap are none to keep',
    );
  });

  it('a break inside a wrapped row stays the break that it was', () => {
    const step = (dir: '>' | '<', text: string): ExchangeStep => ({ dir, hex: toHex(fromLatin1(text)) });
    const xor = (text: string): string =>
      text + String.fromCharCode([...text.slice(1)].reduce((bcc, c) => bcc ^ c.charCodeAt(0), 0));
    const opening = [
      step('>', '/?!\r\n'),
      step('<', '/ABC5TEST\r\n'),
      step('>', '\x06051\r\n'),
      step('<', xor('\x01P0\x02()\x03')),
    ];
    const memory = new TestMemory({ ...PORT_7E1, baud: 9600 });
    const read = (
      set: string,
      answer: ExchangeStep[],
    ): ReturnType<typeof replay<import('../../../src/core/meter/reading').Readout>> =>
      replay(
        readIec62056(
          {
            address: '',
            mode: 'auto',
            baud: 'fixed',
            parity: 'none',
            request: 'profile',
            items: [],
            command: 'R6',
            from: '2026-11-19',
            to: '2026-11-19T00:45',
          },
          memory,
        ),
        [...opening, step('>', xor(`\x01R6\x02P.01(${set})\x03`)), ...answer, step('>', xor('\x01B0\x03'))],
      );
    const broken = read('02611182300;02611190145', [
      step('<', xor(`\x02${block('0261119000000', 2)}(0.1)\r\n\x04`)),
      step('>', '\x06'),
      { dir: '.' },
    ]);
    assert.ok('error' in broken && broken.error.code === 'NO_REPLY', JSON.stringify(broken));
    const resumed = read('02611182315;02611190145', [step('<', xor(`\x02${block('0261119001500', 3)}\x03`))]);
    assert.deepEqual('result' in resumed && resumed.result.rows?.map(({ at }) => at), [
      '2026-11-19T00:00:00',
      '2026-11-19T00:15:00',
      '2026-11-19T00:30:00',
      '2026-11-19T00:45:00',
    ]);
  });

  it('an answer whose rows overlap is an error of the line, and keeps nothing', () => {
    const step = (dir: '>' | '<', text: string): ExchangeStep => ({ dir, hex: toHex(fromLatin1(text)) });
    const xor = (text: string): string =>
      text + String.fromCharCode([...text.slice(1)].reduce((bcc, c) => bcc ^ c.charCodeAt(0), 0));
    const memory = new TestMemory({ ...PORT_7E1, baud: 9600 });
    const read = (answer: string): ReturnType<typeof replay<import('../../../src/core/meter/reading').Readout>> =>
      replay(
        readIec62056(
          {
            address: '',
            mode: 'auto',
            baud: 'fixed',
            parity: 'none',
            request: 'profile',
            items: [],
            command: 'R5',
            from: '2026-11-19',
            to: '2026-11-19T02:00',
          },
          memory,
        ),
        [
          ...[
            step('>', '/?!\r\n'),
            step('<', '/ABC5TEST\r\n'),
            step('>', '\x06051\r\n'),
            step('<', xor('\x01P0\x02()\x03')),
          ],
          ...[
            step('>', xor('\x01R5\x02P.01(02611182300;02611190300)\x03')),
            step('<', xor(`\x02${answer}\x03`)),
            step('>', xor('\x01B0\x03')),
          ],
        ],
      );
    const doubled = read(block('0261119000000', 5) + block('0261119010000', 4, '80'));
    assert.deepEqual('error' in doubled && [doubled.error.code, doubled.error.retryable], ['BAD_FRAME', true]);
    const whole = read(block('0261119000000', 4) + block('0261119010000', 4, '80'));
    assert.equal('result' in whole && whole.result.rows?.length, 8);
  });

  it('two pieces that differ at one time are an error, not two rows', () => {
    const pieces = (...texts: string[]): string[] => {
      const blocks = texts.map(decodeProfileBlocks);
      return withoutRepeats(tableOf(blocks.flat(), undefined).rows, blocks).map(({ at }) => at.slice(8, 16));
    };
    assert.deepEqual(pieces(block('0261119000000', 2), block('0261119001500', 2)), [
      '19T00:00',
      '19T00:15',
      '19T00:30',
    ]);
    assert.throws(
      () => pieces(block('0261119000000', 2), block('0261119001500', 2).replace('0.1', '0.3')),
      (e: ReadError) => e.code === 'BAD_FRAME' && /00:15/.test(said(e)),
    );
    assert.deepEqual(
      pieces(event('0261119000000', '(1)'), event('0261119000000', '(2)')),
      ['19T00:00', '19T00:00'],
      'two events of one moment',
    );
  });

  it('an answer may hold more than was asked, but not only other times', () => {
    const judge = judgeFor('P.01', '2026-11-19T00:00:00', '2026-11-20T00:00:00');
    const cases: [string, string][] = [
      [block('0261119000000', 2), 'perhaps'],
      [block('0261118234500', 2), 'perhaps'], // the period that begins the interval
      [block('0250101000000', 2) + block('0261119120000', 2), 'perhaps'], // all there is
      [block('2261118120000', 2), 'perhaps'], // UTC: nobody knows how far from the wall
      [block('0261118120000', 2), 'foreign'],
      [block('0261121000000', 2), 'foreign'],
      [block('0261119000000', 2).replace('P.01', 'P.02'), 'foreign'],
      [block('0261119000000', 2).replace('P.01', '1-0:P.01'), 'perhaps'],
      ['P.01(ERROR)', 'perhaps'],
      ['P.01()', 'perhaps'],
      [LINE, 'foreign'],
    ];
    for (const [text, verdict] of cases) assert.equal(judge(text, '', true), verdict, text);
    assert.equal(judge(block('0261118120000', 2), '', false), 'perhaps', 'more is to come');
    assert.equal(
      judgeFor('P.01', undefined, undefined)(block('0050101000000', 2), '', true),
      'perhaps',
      'P.01(;) has no bounds',
    );
    const before = block('0261119000000', 2);
    assert.deepEqual([judge(before, before + LINE, false), judge(LINE, before + LINE, false)], ['foreign', 'perhaps']);
  });
});
