// The link and the session in the small: what a single wrong step would lose or repeat (IEC 60870-5-2, reference 2.3).
import assert from 'node:assert/strict';
import { ADDRESS, framed, goodbye, LOGGED_IN, play, Script } from '../../support/iec870-script';
import { said } from '../../support/said';

const increments = { ...ADDRESS, request: 'increments', from: '2018-07-01T01:00', to: '2018-07-01T03:00' } as const;
const TIMES = '0081e10712 0083e10712';
const mirrored = (type: string, cause: string, times = TIMES): string =>
  `${type}${'01'}${cause} 01000b ${type === '7b' ? '0108' : '0a'} ${times}`;
const record = (hour: string, kwh: string): string => `0b0105 01000b 01${kwh}00000000 00${hour}e10712`;
const values = (result: ReturnType<typeof play>['result']): unknown =>
  result?.rows?.map(({ at, values: [first] }) => `${at.slice(11, 13)} ${String(first)}`);
const asked = (): Script => new Script().ask(mirrored('7b', '06'));

describe('iec 60870-5-102 link', () => {
  it('a late copy of "no data" does not stand for the next answer: that record would be lost', () => {
    const script = asked()
      .poll('.', 'none')
      .quiet()
      .poll('none', mirrored('7b', '07'))
      .poll(record('81', '04'))
      .poll(mirrored('7b', '0a'));
    assert.deepEqual(values(play(increments, script.end()).result), ['01 4']);
  });
  it('a second "no data" that no repeat explains is an answer: polled again with a new frame count bit', () => {
    const script = asked()
      .poll('none')
      .quiet()
      .poll('none')
      .quiet()
      .poll(mirrored('7b', '07'))
      .poll(record('81', '04'))
      .poll(mirrored('7b', '0a'));
    assert.deepEqual(values(play(increments, script.end()).result), ['01 4']);
  });
  it('a meter whose buffer is full (DFC) gets a pause before the next frame', () => {
    const script = new Script().end().slice(0, LOGGED_IN.length);
    const [request, confirmed, done] = ['06', '07', '0a'].map((cause) =>
      framed(`${cause === '06' ? '730100' : '080100'} ${mirrored('7b', cause)}`),
    );
    // 10 = acknowledged, DFC set; then the link is listened to before the poll goes out.
    const talk = [
      ...script,
      `>${request}`,
      '<101001001116',
      '.',
      '>105b01005c16',
      `<${confirmed}`,
      '>107b01007c16',
      `<${done}`,
      ...goodbye('53'),
    ];
    assert.deepEqual(play(increments, talk).result?.rows, []);
  });
  it('the password that the link refuses (NACK) is not sent a second time: nobody knows what the meter counts', () => {
    const { error } = play(increments, [...LOGGED_IN.slice(0, 5), '<100101000216', ...goodbye('53')]);
    assert.deepEqual([error?.code, error?.stage, error?.retryable], ['REQUEST_REFUSED', 'authenticate', false]);
  });
  it('a request refused by the link (NACK) is asked again after a pause, as a new frame', () => {
    const frame = (control: string): string => `>${framed(`${control}0100 ${mirrored('7b', '06')}`)}`;
    const talk = [
      ...LOGGED_IN,
      frame('73'),
      '<100101000216',
      '.',
      frame('53'),
      '<100001000116',
      '>107b01007c16',
      `<${framed(`080100 ${mirrored('7b', '0a').replace('7b010a', '7b014d')}`)}`,
      ...goodbye('53'),
    ];
    assert.deepEqual(play(increments, talk).result?.rows, []);
  });
});

describe('iec 60870-5-102 requests, where the answer is a no', () => {
  it('0D means "no data" for an interval only: contracted powers that are not there are a refusal', () => {
    const { error } = play(
      { ...ADDRESS, request: 'contracted-power' },
      new Script().ask('900005 010086').poll('90004d 010086').end(),
    );
    assert.deepEqual([error?.code, error?.stage], ['REQUEST_REFUSED', 'read']);
  });
  for (const [cause, code, words] of [
    ['4e', 'REQUEST_REFUSED', /does not know the type/],
    ['4f', 'REQUEST_REFUSED', /does not know the register/],
    ['50', 'CONFIG_INVALID', /measuring point 1/],
    ['51', 'REQUEST_REFUSED', /object is not available/],
  ] as const) {
    it(`cause ${cause} is ${code}, in words`, () => {
      const { error } = play(increments, asked().poll(mirrored('7b', cause)).end());
      assert.deepEqual([error?.code, error?.stage, error?.retryable], [code, 'read', false]);
      assert.match(said(error), words);
    });
  }
  for (const cause of ['4d', '52', '0d', '12']) {
    it(`cause ${cause} is an interval without data`, () =>
      assert.deepEqual(play(increments, asked().poll(mirrored('7b', cause)).end()).result, {
        readings: [],
        rows: [],
        columns: [],
      }));
  }
  it('blocks refused in the middle, after they had worked: goes on one by one behind the last one, nothing twice', () => {
    const curve = { ...increments, request: 'load-curve', to: '2018-07-01T04:00' } as const;
    const [whole, rest] = ['0081e10712 0084e10712', '0082e10712 0084e10712'];
    const block = (hour: string, kwh: string): string => `0a${kwh}000000000${'0'.repeat(49)}00${hour}e10712`;
    const script = new Script()
      .ask(mirrored('be', '06', whole))
      .poll(mirrored('be', '07', whole))
      .poll(`8c0205 01000b ${block('81', '04')}${block('82', '05')}`)
      .poll(mirrored('be', '4e', whole))
      .ask(mirrored('7b', '06', rest))
      .poll(mirrored('7b', '07', rest));
    // One by one the totals that a block left invalid may be absent: the same hour, known by what both forms carry.
    const one = (hour: string, kwh: string): string =>
      `0b0605 01000b ${['01', '02', '03', '04', '05', '06'].map((address) => `${address}${address === '01' ? kwh : '00'}00000000`).join('')}00${hour}e10712`;
    script
      .poll(one('82', '05'))
      .poll(one('83', '06'))
      .poll(one('84', '07'))
      .poll(mirrored('7b', '0a', rest));
    assert.deepEqual(values(play(curve, script.end()).result), ['01 4', '02 5', '03 6', '04 7']);
  });
  it('blocks of a register that the meter does not know are a refusal, not a reason to ask one by one', () => {
    const { error } = play(
      { ...increments, request: 'load-curve' },
      new Script().ask(mirrored('be', '06')).poll(mirrored('be', '4f')).end(),
    );
    assert.equal(error?.code, 'REQUEST_REFUSED');
  });
  describe('the single character E5 (IEC 60870-5-2, 5.1.2)', () => {
    const curve = (): Script => asked().poll(mirrored('7b', '07')).poll(record('81', '04')).poll(mirrored('7b', '0a'));
    const singles = (lines: readonly string[]): string[] =>
      lines.map((line) => (line === '<100001000116' ? '<e5' : line));
    it('acknowledges reset, password, request and goodbye', () => {
      assert.deepEqual(values(play(increments, singles(curve().end())).result), ['01 4']);
    });
    it('a late copy of it does not stand for "no data": the record behind it is read', () => {
      const lines = singles(curve().end());
      const answers = lines.findIndex(
        (line) => line.startsWith('<68') && lines[lines.indexOf(line) - 1]?.length === 13,
      );
      for (const [i, line] of [...lines.entries()].reverse())
        if (line.startsWith('<68') && i >= answers) lines.splice(i, 0, '<e5');
      assert.deepEqual(values(play(increments, lines).result), ['01 4']);
    });
    it('is "no data" where the repeat of the poll brings it again', () => {
      const lines = singles(asked().poll('none').quiet().poll(mirrored('7b', '07')).poll(mirrored('7b', '0a')).end());
      const at = lines.indexOf('<100901000a16');
      lines.splice(at, 1, '<e5', '.', lines[at - 1] ?? '', '<e5');
      assert.deepEqual(play(increments, lines).result?.rows, []);
    });
    it('among the ruins of a frame it is no word of the meter: what was sent is sent again', () => {
      const lines = singles(curve().end());
      const at = LOGGED_IN.length;
      lines.splice(at + 1, 0, '<6803', '<e5', '.', lines[at] ?? '');
      assert.deepEqual(values(play(increments, lines).result), ['01 4']);
    });
  });
});
