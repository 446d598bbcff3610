// Whole talks of real meters and of the standard, byte for byte: what we send, what we make of the answers.
import assert from 'node:assert/strict';
import { toHex, fromLatin1 } from '../../../src/core/wire/bytes';
import { exchange } from '../../../src/core/iec62056/exchange';
import { knownMeter } from '../../../src/core/iec62056/known-meter';
import { openModeE } from '../../../src/core/iec62056/mode-e';
import type { Iec62056Options } from '../../../src/core/iec62056/options';
import { readIec62056 } from '../../../src/core/iec62056/read';
import { MeterTalk } from '../../../src/core/iec62056/meter-talk';
import { withParity } from '../../../src/core/iec62056/parity';
import { PORT_7E1, PORT_8N1, TestMemory, replay, type ExchangeStep } from '../../support/iec-driver';
import { vectorFile } from '../../support/vectors';
import { inWords } from '../../support/said';

type Row = { id: string; steps: ExchangeStep[]; expect: { values: Record<string, string[]> } };
const steps = (id: string): ExchangeStep[] =>
  vectorFile<{ iec62056_21: Row[] }>('iec.json').iec62056_21.find((row) => row.id === id)?.steps ?? assert.fail(id);
const options = (some: Partial<Iec62056Options>): Iec62056Options => ({
  address: '',
  mode: 'auto',
  baud: 'fixed',
  parity: 'none',
  request: 'readout',
  items: [],
  command: 'auto',
  ...some,
});
const heard = (text: string): ExchangeStep => ({ dir: '<', hex: toHex(fromLatin1(text)) });
const said = (text: string): ExchangeStep => ({ dir: '>', hex: toHex(fromLatin1(text)) });
const BREAK_XOR: ExchangeStep = { dir: '>', hex: '0142300371' };
const BREAK_SUM: ExchangeStep = { dir: '>', hex: '0142300375' };
/** With the XOR from the second byte on, as 5.3.3 says. */
const xor = (text: string): string =>
  text + String.fromCharCode([...text.slice(1)].reduce((bcc, c) => bcc ^ c.charCodeAt(0), 0));
const bytewise = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));

function play(
  some: Partial<Iec62056Options>,
  script: readonly ExchangeStep[],
  memory = new TestMemory({ ...PORT_7E1, baud: 9600 }),
): ReturnType<typeof replay<import('../../../src/core/meter/reading').Readout>> {
  return replay(readIec62056(options(some), memory), script);
}
function readings(played: ReturnType<typeof play>): unknown {
  return 'result' in played ? inWords(played.result.readings) : assert.fail(played.error.message);
}
function failure(played: ReturnType<typeof play>): string {
  return 'error' in played
    ? `${played.error.code} ${played.error.stage ?? ''} ${played.error.retryable ? 'retryable' : 'final'}`
    : assert.fail('a result');
}

describe('IEC 62056-21 exchanges', () => {
  for (const cut of [(bytes: Uint8Array) => [bytes], bytewise]) {
    it(`C21-O17 Energomera: sum as BCC, bare further values (${cut === bytewise ? 'byte by byte' : 'whole'})`, () => {
      const memory = new TestMemory({ ...PORT_7E1, baud: 9600 });
      const o = options({
        address: '141628345',
        request: 'registers',
        items: ['ET0PE', 'CURRE', 'FREQU', 'VOLTA'],
        command: 'R1',
        password: '777777',
      });
      const played = replay(readIec62056(o, memory), [...steps('C21-O17'), BREAK_SUM], cut);
      assert.deepEqual(readings(played), [
        { name: 'ET0PE', id: 'ET0PE', value: 68.42, more: [45.54, 22.88, 0, 0, 0] },
        { name: 'CURRE', id: 'CURRE', value: 0.402 },
        { name: 'FREQU', id: 'FREQU', value: 49.97 },
        { name: 'VOLTA', id: 'VOLTA', value: 237.58 },
      ]);
      assert.equal(knownMeter(memory, '141628345/EKTCE102Mv01').bcc, 'sum');
    });
  }

  it('C21-O18 NEVA: a bare (01) after answers with codes is an error of that item', () => {
    const played = play(
      {
        address: '00000201',
        request: 'registers',
        items: ['100700FF', '2107FFFF', '600900FF', '030880FF', '0F0880FF'],
        password: '00000000',
      },
      [...steps('C21-O18'), BREAK_XOR],
    );
    assert.deepEqual(readings(played), [
      { name: '100700FF', id: '100700FF', value: 5.3, raw: '00005.3' },
      { name: '2107FFFF', id: '2107FFFF', value: 0.717, raw: '00.717' },
      { name: '600900FF', id: '600900FF', value: '029' },
      {
        name: '030880FF',
        id: '030880FF',
        error: { code: 'REQUEST_REFUSED', message: 'the meter answers with error 01' },
      },
      { name: '0F0880FF', id: '0F0880FF', value: '000046.24,000031.14,000015.10,000000.00,000000.00' },
    ]);
  });

  it('a bare (01) as the only answer is not taken for a value', () => {
    const script = [...steps('C21-O18').slice(0, 6), ...steps('C21-O18').slice(12, 14), BREAK_XOR];
    const played = play(
      { address: '00000201', request: 'registers', items: ['030880FF'], password: '00000000' },
      script,
    );
    assert.equal((readings(played) as { error: { code: string } }[])[0]?.error.code, 'BAD_VALUE');
  });

  it('C21-O19 LEM/EMH: the national command set asks by R5 first', () => {
    const played = play({ request: 'registers', items: ['0.9.2', '0.9.1'], password: '00000000' }, [
      ...steps('C21-O19').slice(0, 10),
      BREAK_XOR,
    ]);
    assert.deepEqual(readings(played), [
      { name: '0.9.2', id: '1-0:0.9.2*255', value: '130103' },
      { name: '0.9.1', id: '1-0:0.9.1*255', value: '101415' },
    ]);
  });

  it('C21-O25 partial blocks: ACK, NAK for the damaged one, and its repetition', () => {
    const talk = new MeterTalk(new TestMemory(), 'none');
    const played = replay(exchange(talk, 'R6', { set: 'T1(10)' }), steps('C21-O25'));
    assert.deepEqual(played, {
      result: {
        kind: 'text',
        isDoubtful: false,
        text: '1-1:1.8.0(0012.5*kWh)\r\n1-1:2.8.0(0000.0*kWh)\r\n1-1:F.F(00000000)\r\n',
      },
    });
  });

  it('C21-O26 wrong password: denied, not retryable, and no break to a meter that sent one', () => {
    const memory = new TestMemory({ ...PORT_7E1, baud: 9600 });
    const script = steps('C21-O26');
    assert.equal(
      failure(play({ request: 'profile', password: '11111111' }, script, memory)),
      'ACCESS_DENIED authenticate final',
    );
    assert.equal(
      failure(play({ request: 'profile', password: '11111111' }, script, memory)),
      'ACCESS_DENIED authenticate final',
    );
    // The third try never leaves: many meters lock for hours then.
    assert.equal(
      failure(play({ request: 'profile', password: '11111111' }, [...script.slice(0, 4), BREAK_XOR], memory)),
      'ACCESS_DENIED authenticate final',
    );
    assert.ok(!memory.contents.includes('11111111'));
  });

  it('a password is not said again: not for NAK, silence, bell or an error answer', () => {
    const script = steps('C21-O26').slice(0, 5);
    for (const [answer, code] of [
      ['\x15', 'ACCESS_DENIED'],
      ['\x07', 'ACCESS_DENIED'],
      [xor('\x02(ER05)\x03'), 'ACCESS_DENIED'],
      [undefined, 'SESSION_BROKEN'],
    ] as const) {
      const end: ExchangeStep[] = answer === undefined ? [{ dir: '.' }] : [heard(answer)];
      const played = play({ request: 'profile', password: '11111111' }, [...script, ...end, BREAK_XOR]);
      assert.equal(failure(played), `${code} authenticate final`, JSON.stringify(answer));
    }
  });

  it('no error after a password is retryable, whatever goes wrong later', () => {
    const script = [...steps('C21-O19').slice(0, 7), { dir: '.' } as const, BREAK_XOR];
    assert.equal(
      failure(play({ request: 'registers', items: ['0.9.2'], password: '00000000' }, script)),
      'SESSION_BROKEN read final',
    );
  });

  it('an answer for another code is never taken for this one', () => {
    const opening = [said('/?!\r\n'), heard('/ABC5TEST\r\n'), said('\x06051\r\n'), heard(xor('\x01P0\x02()\x03'))];
    const script = [...opening, said(xor('\x01R1\x021.8.0()\x03')), heard(xor('\x022.8.0(12.5*kWh)\x03')), BREAK_XOR];
    assert.equal(failure(play({ request: 'registers', items: ['1.8.0'] }, script)), 'BAD_FRAME read retryable');
  });

  it('an operand that comes twice is no refusal of the password', () => {
    const [request, identification, select, operand, password, ack, ...rest] = steps('C21-O19').slice(0, 8);
    const script = [request, identification, select, operand, password, operand, ack, ...rest, BREAK_XOR].filter(
      (step) => step !== undefined,
    );
    assert.deepEqual(
      (
        readings(play({ request: 'registers', items: ['0.9.2'], password: '00000000' }, script)) as { value: string }[]
      )[0]?.value,
      '130103',
    );
  });

  it('C21-O27 the acknowledgement came late: the mode A readout is a full answer', () => {
    const played = play({}, steps('C21-O27'));
    assert.deepEqual(readings(played), [
      { name: '0.0.0', id: '1-0:0.0.0*255', value: '123' },
      { name: '1.8.0', id: '1-0:1.8.0*255', value: 1, unit: 'kWh', raw: '0001.0' },
    ]);
  });

  it('the mode A readout answers a wish for registers too, and what it lacks is an error of that item', () => {
    const [request, identification, , readout] = steps('C21-O27');
    const played = play(
      { request: 'registers', items: ['1.8.0', '2.8.0'] },
      [request, identification, said('\x06051\r\n'), readout].filter((step) => step !== undefined),
    );
    assert.deepEqual(readings(played), [
      { name: '1.8.0', id: '1-0:1.8.0*255', value: 1, unit: 'kWh', raw: '0001.0' },
      {
        name: '2.8.0',
        id: '1-0:2.8.0*255',
        error: { code: 'REQUEST_REFUSED', message: "the meter's readout does not hold this code" },
      },
    ]);
  });

  it('bare ACK to R1: the other command is asked, and remembered', () => {
    const memory = new TestMemory({ ...PORT_7E1, baud: 9600 });
    const opening = [said('/?!\r\n'), heard('/ABC5TEST\r\n'), said('\x06051\r\n'), heard('\x01P0\x02()\x03\x60')];
    const first = [
      said(xor('\x01R1\x021.8.0()\x03')),
      heard('\x06'),
      { dir: '.' } as const,
      said(xor('\x01R5\x021.8.0()\x03')),
      heard(xor('\x021.8.0(12.5*kWh)\x03')),
    ];
    const second = [said(xor('\x01R5\x022.8.0()\x03')), heard(xor('\x022.8.0(1.5*kWh)\x03'))];
    const played = play(
      { request: 'registers', items: ['1.8.0', '2.8.0'] },
      [...opening, ...first, ...second, BREAK_XOR],
      memory,
    );
    assert.deepEqual(
      (readings(played) as { value: number }[]).map((reading) => reading.value),
      [12.5, 1.5],
    );
    assert.equal(knownMeter(memory, '/ABCTEST').command, 'R5');
  });

  describe('several codes in one command', () => {
    const opening = [said('/?!\r\n'), heard('/ABC5TEST\r\n'), said('\x06051\r\n'), heard('\x01P0\x02()\x03\x60')];
    const ask = (...codes: string[]): ExchangeStep =>
      said(xor(`\x01R1\x02${codes.map((code) => `${code}()`).join('')}\x03`));
    const told = (text: string): ExchangeStep => heard(xor(`\x02${text}\x03`));
    const read = (
      items: string[],
      script: ExchangeStep[],
      memory = new TestMemory({ ...PORT_7E1, baud: 9600 }),
    ): unknown =>
      (
        readings(
          play(
            { request: 'registers', items, codesPerCommand: items.length, command: 'R1' },
            [...opening, ...script, BREAK_XOR],
            memory,
          ),
        ) as { value?: unknown; at?: string; more?: unknown; error?: { code: string } }[]
      ).map(({ value, at, more, error }) => error?.code ?? (at ? [value, at] : more ? [value, more] : value));

    it('sets under their own codes, in whatever order', () => {
      assert.deepEqual(read(['0.9.1', '0.9.2'], [ask('0.9.1', '0.9.2'), told('0.9.2(130103)0.9.1(101415)')]), [
        '101415',
        '130103',
      ]);
    });

    it('bare sets in order count once it is known how many values each code has: until then each is asked alone', () => {
      const memory = new TestMemory({ ...PORT_7E1, baud: 9600 });
      const both = [ask('0.9.1', '0.9.2'), told('(101415)(130103)')];
      assert.deepEqual(
        read(['0.9.1', '0.9.2'], [...both, ask('0.9.1'), told('(101416)'), ask('0.9.2'), told('(130103)')], memory),
        ['101416', '130103'],
      );
      assert.deepEqual(read(['0.9.1', '0.9.2'], both, memory), ['101415', '130103']);
      // The number does not fit what is known: something is missing, or too much.
      for (const answer of ['(101420)', '(101420)(130103)(1)']) {
        const doubt = [
          ask('0.9.1', '0.9.2'),
          told(answer),
          ask('0.9.1'),
          told('(101421)'),
          ask('0.9.2'),
          told('(130103)'),
        ];
        assert.deepEqual(read(['0.9.1', '0.9.2'], doubt, memory), ['101421', '130103'], answer);
      }
    });

    it('two values of one code and none of the other fit the count of two: nothing is shifted', () => {
      const alone = [ask('1.6.1'), told('(0.5*kW)(2211120730)')];
      // Word for word what came before: asked once more.
      const script = [
        ask('1.6.1', '1.8.0'),
        told('(0.5*kW)(2211120730)'),
        ...alone,
        ...alone,
        ask('1.8.0'),
        told('(ER07)'),
      ];
      const memory = new TestMemory({ ...PORT_7E1, baud: 9600 });
      assert.deepEqual(read(['1.6.1', '1.8.0'], script, memory), [[0.5, '2022-11-12T07:30:00'], 'REQUEST_REFUSED']);
      assert.deepEqual(
        read(['1.6.1', '1.8.0'], script, memory),
        [[0.5, '2022-11-12T07:30:00'], 'REQUEST_REFUSED'],
        'nothing wrong was learned',
      );
      const three = [ask('1.6.1', '1.8.0'), told('(0.5*kW)(2211120730)(7.5*kWh)')];
      assert.deepEqual(read(['1.6.1', '1.8.0'], [...three, ...alone, ask('1.8.0'), told('(7.5*kWh)')], memory), [
        [0.5, '2022-11-12T07:30:00'],
        7.5,
      ]);
      assert.deepEqual(
        read(['1.6.1', '1.8.0'], three, memory),
        [[0.5, '2022-11-12T07:30:00'], 7.5],
        'known now: two and one',
      );
    });

    it('an error for one of them is the error of that one, and the others are read', () => {
      const alone = [ask('1.8.0'), told('(1.5*kWh)'), ask('9.9.9'), told('(ER07)'), ask('2.8.0'), told('(2.5*kWh)')];
      const codes = ['1.8.0', '9.9.9', '2.8.0'];
      for (const answer of ['(1.5*kWh)(ER07)(2.5*kWh)', '(1.5*kWh)(2.5*kWh)', '(ER07)', '(ER07)(ER07)(ER07)']) {
        // The same word as before could be a late copy of it: it is asked once more.
        const twice =
          answer === '(ER07)' ? [...alone.slice(0, 3), told('(ER07)'), ask('9.9.9'), ...alone.slice(3)] : alone;
        assert.deepEqual(read(codes, [ask(...codes), told(answer), ...twice]), [1.5, 'REQUEST_REFUSED', 2.5], answer);
      }
      assert.deepEqual(
        read(codes, [ask(...codes), heard('\x06'), { dir: '.' }, ...alone]),
        [1.5, 'REQUEST_REFUSED', 2.5],
        'a meter that takes one code at a time',
      );
    });

    it('an error word under its code is the error of that code, asked alone or with others', () => {
      for (const word of ['ER07', 'ERROR', 'ERR12']) {
        assert.deepEqual(read(['1.8.0', '9.9.9'], [ask('1.8.0', '9.9.9'), told(`1.8.0(1.5*kWh)9.9.9(${word})`)]), [
          1.5,
          'REQUEST_REFUSED',
        ]);
        assert.deepEqual(read(['9.9.9'], [ask('9.9.9'), told(`9.9.9(${word})`)]), ['REQUEST_REFUSED']);
      }
    });

    it("a short code that fits two of them is neither's: both are asked alone", () => {
      const script = [
        ask('1-1:1.8.0', '1-2:1.8.0'),
        told('1.8.0(1.5*kWh)1.8.0(2.5*kWh)'),
        ask('1-1:1.8.0'),
        told('1.8.0(1.5*kWh)'),
        ask('1-2:1.8.0'),
        told('1.8.0(2.5*kWh)'),
      ];
      assert.deepEqual(read(['1-1:1.8.0', '1-2:1.8.0'], script), [1.5, 2.5]);
    });

    it("a bare set behind a set with its code may be the next code's: both are asked alone", () => {
      const script = [
        ask('1.8.0', '9.9.9', '2.8.0'),
        told('1.8.0(1.5*kWh)(ER07)2.8.0(2.5*kWh)'),
        ask('1.8.0'),
        told('1.8.0(1.5*kWh)'),
        ask('9.9.9'),
        told('(ER07)'),
      ];
      assert.deepEqual(read(['1.8.0', '9.9.9', '2.8.0'], script), [1.5, 'REQUEST_REFUSED', 2.5]);
      assert.deepEqual(
        read(['1.8.0', '2.8.0'], [ask('1.8.0', '2.8.0'), told('1.8.0(1.5*kWh)(0.1)2.8.0(2.5*kWh)')]),
        [[1.5, [0.1]], 2.5],
        'all named: no doubt',
      );
    });
  });

  it("Energomera's group read: one exchange, no session, no break", () => {
    const sum = (text: string): string =>
      String.fromCharCode([...text].reduce((bcc, c) => (bcc + c.charCodeAt(0)) & 0x7f, 0));
    const ask = 'R1\x02GROUP(1001(1)2001(7))\x03';
    const answer = '1001(68.42)2001(0.402)(0.1)(ER12)\x03';
    const script = [said(`/?42!\x01${ask}${sum(ask)}`), heard(`\x02${answer}${sum(answer)}`)];
    const played = play(
      { address: '42', request: 'registers', command: 'group', items: ['1001(1)', '2001(7)'] },
      script,
    );
    assert.deepEqual(
      (readings(played) as { value: number; more?: unknown }[]).map(({ value, more }) => [value, more]),
      [
        [68.42, undefined],
        [0.402, [0.1, 'ER12']],
      ],
    );
  });

  it('mode E: V 2, Y 2, confirmed in seven or eight bits', () => {
    for (const confirm of ['06b235b28d0a', '063235320d0a']) {
      const memory = new TestMemory(PORT_8N1);
      const parity = (text: string): string => toHex(withParity(fromLatin1(text), 'even'));
      const script: ExchangeStep[] = [
        { dir: '>', hex: parity('/?!\r\n') },
        { dir: '<', hex: parity('/APA5\\2NORAX30\r\n') },
        { dir: '>', hex: '06b235b28d0a' },
        { dir: '<', hex: confirm },
      ];
      const played = replay(openModeE({ address: '', baud: 'stay', parity: 'soft-even' }, memory), script);
      assert.ok('result' in played && played.result.line.dataBits === 8, JSON.stringify(played));
    }
    const captured =
      vectorFile<{ vectors: readonly { id: string; frames?: readonly { dir: string; hex: string }[] }[] }>(
        'dlms.json',
      ).vectors.find(({ id }) => id === 'mode-e-handshake')?.frames ?? [];
    const silentOffer: ExchangeStep[] = captured
      .slice(0, 4)
      .map(({ dir, hex }) => ({ dir: dir === 'TX' ? '>' : '<', hex }));
    assert.equal(silentOffer.length, 4);
    // no \\2, and HDLC all the same
    const opened = replay(openModeE({ address: '', baud: 'fixed', parity: 'none' }, new TestMemory()), silentOffer);
    assert.ok('result' in opened && opened.result.identification.manufacturer === 'GRX', JSON.stringify(opened));
    const plain = [
      said('/?!\r\n'),
      heard('/APA5\\2NORAX30\r\n'),
      said('\x06252\r\n'),
      heard('\x021.8.0(1)\r\n!\r\n\x03\x0a'),
    ];
    const played = replay(openModeE({ address: '', baud: 'fixed', parity: 'none' }, new TestMemory()), plain);
    assert.ok('error' in played && played.error.code === 'REQUEST_REFUSED');
  });

  it('refuses what can never work before a byte is sent', () => {
    for (const some of [
      { address: 'a/b' },
      { request: 'registers' },
      { request: 'registers', items: ['1.8.0(('] },
      { password: 'a)b' },
      { from: '2026-11-21T00:00Z' },
      { from: '2026-02-30' },
    ] as Partial<Iec62056Options>[]) {
      assert.equal(failure(play(some, [])).split(' ')[0], 'CONFIG_INVALID', JSON.stringify(some));
    }
    const played = play({ password: 'geh)eim' }, []);
    assert.ok('error' in played && !played.error.message.includes('geh'));
  });
});
