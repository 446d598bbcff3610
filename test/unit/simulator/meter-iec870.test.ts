// The simulated meter of IEC 60870-5-102 against recorded frames: what a client was heard to ask is asked of it, byte
// by byte; nothing of the reader is in between. And each fault that clients have to be tried with (reference 6, advice
// 8).
import assert from 'node:assert/strict';
import { CAUSE, TYPE } from '../../../src/core/iec870/asdu';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import type { Iec870MeterOptions } from '../../../src/simulator/meters/iec870/meter';
import { framed, goodbye, LOGGED_IN, stepsOf } from '../../support/iec870-script';
import { meterMemory, testMeter } from '../../support/iec870-meter';

/** Hours of O04: 4 and 5 kWh, 27 and 28 kvarh of Q1, recorded until 02:00. */
const memory = meterMemory({
  since: Date.UTC(2018, 0, 1),
  until: Date.parse('2018-07-01T02:00+02:00'),
  totals: (at) => {
    const hour = (at - Date.parse('2018-07-01T01:00+02:00')) / 3_600_000;
    return [4 + hour, 0, 27 + hour, 0, 0, 0, 0, 0].map((value, i) => ({
      address: i + 1,
      value,
      quality: i < 6 ? 0 : 0x80,
    }));
  },
});
type Script = readonly string[];
function answers(script: Script, over: Partial<Iec870MeterOptions> = {}): string[] {
  const meter = testMeter({ memory, ...over });
  return script
    .filter((line) => line.startsWith('>'))
    .flatMap((line) =>
      ['', ...meter.hear(fromHex(line.slice(1)), 0).map(({ bytes }) => toHex(bytes))].join(' ').trim(),
    );
}
const heardIn = (script: Script): string[] =>
  script.filter((line) => line.startsWith('<')).map((line) => line.slice(1));
const O04 = [...LOGGED_IN, ...stepsOf('C102-O04'), ...goodbye('53')];
const NACK = '100101000216';
const NO_DATA = '100901000a16';

describe('simulated iec 60870-5-102 meter', () => {
  it('answers the recorded session O02 + O04 with the recorded frames, IV of its absent totals included', () =>
    assert.deepEqual(answers(O04), heardIn(O04)));
  it('answers a frame with the same FCB with the same answer, and goes no further', () => {
    const doubled = O04.flatMap((line) => (/^>10[57]b|^>68/.test(line) ? [line, line] : [line]));
    const once = heardIn(O04);
    assert.deepEqual(answers(doubled), [...once.slice(0, 2), ...once.slice(2).flatMap((answer) => [answer, answer])]);
  });
  it('hears no other link address, no damaged frame and no other line settings', () => {
    assert.deepEqual(answers(['>104902004b16', '>104901004b16', `>${framed('730200 6700050100 00')}`]), ['', '', '']);
    assert.deepEqual(testMeter().line, { baud: 9600, dataBits: 8, parity: 'even', stopBits: 1 });
    assert.equal(testMeter({ line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } }).line.parity, 'none');
  });
  it('refuses with each negative cause', () => {
    for (const cause of Object.values(CAUSE).filter((one) => one > 0x0a)) {
      const refused = answers(O04.slice(0, 12), { quirks: { refuse: { [TYPE.C_CI_NU_2]: cause } } }).at(-1);
      assert.equal(refused, framed(`080100 7b01${(cause | 0x40).toString(16)}01000b 0108 0081e10712 0083e10712`));
    }
    // A request of the standard that it does not know is 0E by itself.
    assert.equal(
      answers([...LOGGED_IN, `>${framed('730100 9300050100 00')}`, '>105b01005c16']).at(-1),
      framed('080100 93004e0100 00'),
    );
  });
  it('says NACK, "no data", loses, doubles, never answers, and sends noise before its answers', () => {
    const [login, request] = [LOGGED_IN.filter((line) => line.startsWith('>')), O04.slice(8, 12)];
    assert.deepEqual(answers([...LOGGED_IN, ...request], { quirks: { nacks: 1 } }).slice(-2, -1), [NACK]);
    assert.deepEqual(answers([...LOGGED_IN, ...request], { quirks: { preparing: 1 } }).slice(-1), [NO_DATA]);
    assert.deepEqual(answers(login, { quirks: { lose: (n) => n === 2 } }).slice(0, 2), ['100b01000c16', '']);
    assert.deepEqual(answers(login, { quirks: { double: (n) => n === 1 } })[0], '100b01000c16 100b01000c16');
    assert.equal(answers(login, { quirks: { noise: Uint8Array.of(0xff, 0x68) } })[0], 'ff68100b01000c16');
    assert.deepEqual(answers([...LOGGED_IN, ...request], { quirks: { ignore: [TYPE.C_CI_NU_2] } }).slice(-2), [
      '100001000116',
      NO_DATA,
    ]);
  });
  it('takes no request without the password, refuses a wrong one, and forgets a session of silence', () => {
    const [status, , reset, , password] = LOGGED_IN;
    assert.equal(answers([status ?? '', reset ?? '', O04[8] ?? '']).at(-1), NACK);
    const wrong = answers([
      status ?? '',
      reset ?? '',
      (password ?? '').replace('070000003a', '080000003b'),
      '>105b01005c16',
    ]).at(-1);
    assert.equal(wrong, framed('080100 b7014701000008000000'));
    const meter = testMeter({ memory });
    for (const line of LOGGED_IN.filter((one) => one.startsWith('>'))) meter.hear(fromHex(line.slice(1)), 0);
    assert.deepEqual(
      meter.hear(fromHex((O04[8] ?? '').slice(1)), 100_000).map(({ bytes }) => toHex(bytes)),
      [NACK],
    );
  });
});
