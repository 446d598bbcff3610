// Ends of a talk that are rare, and have to be told for what they are: each is played as the line would have it.
import assert from 'node:assert/strict';
import { readIec62056 } from '../../../src/core/iec62056/read';
import type { Iec62056Options } from '../../../src/core/iec62056/options';
import { planIec } from '../../../src/core/readers/iec';
import { fromLatin1, toHex } from '../../../src/core/wire/bytes';
import { asReadError, type ReadError } from '../../../src/core/wire/errors';
import { PORT_8N1, replay, TestMemory, type ExchangeStep } from '../../support/iec-driver';
import { options } from '../../support/iec-scene';

const says = (text: string): ExchangeStep => ({ dir: '>', hex: toHex(fromLatin1(text)) });
const hears = (text: string): ExchangeStep => ({ dir: '<', hex: toHex(fromLatin1(text)) });
const SILENCE: ExchangeStep = { dir: '.' };
const checked = (text: string): string =>
  text + String.fromCharCode([...fromLatin1(text.slice(1))].reduce((sum, octet) => sum ^ octet, 0));
const block = (text: string): string => checked(`\x02${text}\x03`);
const partBlock = (text: string): string => checked(`\x02${text}\x04`);
const command = (text: string): string => checked(`\x01${text}\x03`);
const BREAK = command('B0');
const ACK = '\x06';

const READOUT: readonly ExchangeStep[] = [says('/?!\r\n'), hears('/ABC5E1\r\n'), says('\x06050\r\n')];
const OPENING: readonly ExchangeStep[] = [says('/?!\r\n'), hears('/ABC5E1\r\n'), says('\x06051\r\n')];
const SESSION: readonly ExchangeStep[] = [...OPENING, hears(command('P0\x02()'))];
const ask = (code: string): ExchangeStep => says(command(`R1\x02${code}()`));

function refusal(some: Partial<Iec62056Options>, steps: readonly ExchangeStep[]): ReadError {
  const played = replay(readIec62056(options(some), new TestMemory(PORT_8N1)), steps);
  return 'error' in played ? played.error : assert.fail(`read: ${JSON.stringify(played.result)}`);
}
const registers = { request: 'registers', command: 'R1', items: ['1.8.0'] } as const;

describe('IEC 62056-21, how a talk may end', () => {
  const cases: readonly (readonly [
    what: string,
    right: string,
    some: Partial<Iec62056Options>,
    steps: readonly ExchangeStep[],
  ])[] = [
    [
      'a meter that heard the acknowledgement too late sends its readout in place of a profile',
      'NO_REPLY iec62056.acknowledgedLate',
      { request: 'profile' },
      [...OPENING, hears(block('1.8.0(1.5*kWh)\r\n!\r\n'))],
    ],
    [
      'a block of the readout twice, and none after it',
      'BAD_FRAME iec62056.blockTwice',
      {},
      [...READOUT, hears(partBlock('1.8.0(1.5*kWh)\r\n')), says(ACK), hears(partBlock('1.8.0(1.5*kWh)\r\n')), SILENCE],
    ],
    ['the break in place of the readout', 'REQUEST_REFUSED iec62056.endedForReadout', {}, [...READOUT, hears(BREAK)]],
    [
      'the break in place of an answer, where no password was sent',
      'ACCESS_DENIED iec62056.endedPassword',
      registers,
      [...SESSION, ask('1.8.0'), hears(BREAK)],
    ],
    [
      'a group read that is answered, but not with data',
      'BAD_FRAME iec62056.groupEmpty',
      { ...registers, command: 'group' },
      [says(`/?!${groupOf('1.8.0()')}`), hears(ACK.repeat(16))],
    ],
    [
      'an answer without end',
      'BAD_FRAME iec62056.neverEnds',
      registers,
      [...SESSION, ask('1.8.0'), hears(ACK.repeat(100_000)), says(BREAK)],
    ],
    [
      'everything but an identification',
      'BAD_FRAME iec62056.neverIdentification',
      {},
      [says('/?!\r\n'), hears(ACK.repeat(64))],
    ],
    [
      'everything but the operand of programming mode',
      'BAD_FRAME iec62056.noProgramming',
      registers,
      [...OPENING, hears(ACK.repeat(64)), says(BREAK)],
    ],
    [
      'an answer that goes on to another code',
      'BAD_FRAME iec62056.otherCode',
      registers,
      [...SESSION, ask('1.8.0'), hears(block('1.8.0(1.5*kWh)2.8.0(2.5*kWh)')), says(BREAK)],
    ],
    [
      'talk, but no answer to the password',
      'SESSION_BROKEN iec62056.passwordTalked',
      { ...registers, password: '1234' },
      [...SESSION, says(command('P1\x02(1234)')), hears('/ABC5E1\r\n'.repeat(64)), says(BREAK)],
    ],
    [
      'the same block over and over',
      'LINE_NOISY iec62056.sameBlock',
      { ...registers, items: ['1.8.0', '2.8.0'] },
      [
        ...SESSION,
        ask('1.8.0'),
        hears(block('(1.5*kWh)')),
        ask('2.8.0'),
        hears(block('(1.5*kWh)').repeat(64)),
        says(BREAK),
      ],
    ],
    [
      'a readout whose check is right and whose text is none',
      'BAD_VALUE iec62056.unreadable',
      {},
      [...READOUT, hears(block('1.8.0(1.5*kWh\r\n!\r\n'))],
    ],
    [
      'less than one code in a command',
      'CONFIG_INVALID iec62056.codesPerCommand',
      { ...registers, codesPerCommand: 0 },
      [],
    ],
    ['a group read of a readout', 'CONFIG_INVALID iec62056.groupOnly', { command: 'group' }, []],
    ['a list that no option select has', 'CONFIG_INVALID iec62056.list', { list: '3' }, []],
  ];
  for (const [what, right, some, steps] of cases)
    it(`${what}: ${right}`, () => {
      const error = refusal(some, steps);
      assert.equal(`${error.code} ${error.reason}`, right);
    });

  it('how long a read of it takes cannot be told before', () => {
    const query = { protocol: 'iec62056-21', options: options({}) } as const;
    assert.throws(
      () => planIec(query, 600, PORT_8N1),
      (thrown) => asReadError(thrown).reason === 'iec62056.onlyPredicts',
    );
  });
});

/** Energomera's group read carries the sum of seven bits. */
function groupOf(items: string): string {
  const body = `R1\x02GROUP(${items})\x03`;
  return `\x01${body}${String.fromCharCode([...fromLatin1(body)].reduce((sum, octet) => sum + octet, 0) & 0x7f)}`;
}
