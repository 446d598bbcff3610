// Only what lies in the interval asked for is delivered: a month that holds an hour of the next one is billed twice.
import assert from 'node:assert/strict';
import type { Iec870Options } from '../../../src/core/iec870/options';
import { ADDRESS, play, Script } from '../../support/iec870-script';
import { said, inWords } from '../../support/said';

const record = (time: string, kwh: string): string => `0b0105 01000b 01${kwh}00000000 ${time}`;
/** An increments request, its confirmation, these records, its termination. */
const curve = (from: string, to: string, times: string, records: readonly string[]): ReturnType<typeof play> => {
  const script = new Script().ask(`7b0106 01000b 0108 ${times}`).poll(`7b0107 01000b 0108 ${times}`);
  for (const one of records) script.poll(one);
  const options: Iec870Options = { ...ADDRESS, request: 'increments', from, to };
  return play(options, script.poll(`7b010a 01000b 0108 ${times}`).end());
};
const values = ({ result }: ReturnType<typeof play>): unknown =>
  result?.rows?.map(({ at, values: [first] }) => `${at.slice(5, 16)}${at.slice(19)} ${String(first)}`);
const JULY = ['2018-07-01T01:00', '2018-07-01T03:00', '0081e10712 0083e10712'] as const;

describe('iec 60870-5-102, the interval asked for', () => {
  it('counts both ends in, and leaves out with a word what lies outside', () => {
    const talk = curve(...JULY, [
      record('0080e10712', '01'),
      record('0081e10712', '02'),
      record('0083e10712', '03'),
      record('0084e10712', '04'),
      record('0081fe0612', '05'),
    ]);
    assert.deepEqual(values(talk), ['07-01T01:00+02:00 2', '07-01T03:00+02:00 3']);
    const [note] = inWords(talk.result?.readings ?? []);
    assert.deepEqual(
      [note?.name, note?.id, note?.value, note?.error?.code],
      ['outside_interval', '11:outside', undefined, 'BAD_VALUE'],
    );
    assert.match(note?.error?.message ?? '', /^3 records .*2018-06-30T01:00:00\+02:00 to 2018-07-01T04:00:00\+02:00/);
  });
  it('says nothing where all is inside', () =>
    assert.deepEqual(curve(...JULY, [record('0081e10712', '02')]).result?.readings, []));
  it('is an error where all that came lies outside: it is not "no data"', () => {
    const { error } = curve(...JULY, [record('0081e20712', '02'), record('0082e20712', '03')]);
    assert.deepEqual([error?.code, error?.stage], ['BAD_VALUE', 'read']);
    assert.match(said(error), /2018-07-02T01:00:00\+02:00 to 2018-07-02T02:00:00\+02:00/);
  });
  it('tells both 02:00 hours of October apart by SU, and so the hours of two reads', () => {
    const first = ['2019-10-27T01:00+02:00', '2019-10-27T02:00+02:00', '0081fb0a13 0082fb0a13'] as const;
    const second = ['2019-10-27T02:00+01:00', '2019-10-27T03:00+01:00', '0002fb0a13 0003fb0a13'] as const;
    const night = [
      record('0081fb0a13', '01'),
      record('0082fb0a13', '02'),
      record('0002fb0a13', '03'),
      record('0003fb0a13', '04'),
    ];
    assert.deepEqual(values(curve(...first, night)), ['10-27T01:00+02:00 1', '10-27T02:00+02:00 2']);
    assert.deepEqual(values(curve(...second, night)), ['10-27T02:00+01:00 3', '10-27T03:00+01:00 4']);
  });
  it('goes by the wall clock where SU contradicts the calendar: a meter that is never changed to summer time', () => {
    const talk = curve(...JULY, [
      record('0001e10712', '01'),
      record('0002e10712', '02'),
      record('0003e10712', '03'),
      record('0004e10712', '04'),
    ]);
    assert.deepEqual(values(talk), ['07-01T01:00 1', '07-01T02:00 2', '07-01T03:00 3']);
  });
  it('without from and to, a meter whose clock has no date is named, and nothing is asked for', () => {
    const { error } = play(
      { ...ADDRESS, request: 'increments' },
      new Script().ask('670005 010000').poll('480105 010000 00000000000012').end(),
    );
    assert.deepEqual([error?.code, error?.stage], ['BAD_VALUE', 'read']);
    assert.match(said(error), /clock has no date.*from and to/);
  });
  it('keeps a record without a date: its status says so', () => {
    const { result } = curve(...JULY, [record('0000000712', '09')]);
    assert.deepEqual(result?.rows, [{ at: '', status: 'time-unset', values: [9] }]);
  });
  it('asks once more for the record of the very beginning, where just this one did not come (as an Actaris SL761 does)', () => {
    const [asked, narrow] = [JULY[2], '0080e10712 0081e10712'];
    const begun = (): Script =>
      new Script()
        .ask(`7b0106 01000b 0108 ${asked}`)
        .poll(`7b0107 01000b 0108 ${asked}`)
        .poll(record('0082e10712', '02'))
        .poll(record('0083e10712', '03'))
        .poll(`7b010a 01000b 0108 ${asked}`)
        .ask(`7b0106 01000b 0108 ${narrow}`);
    const talk = play(
      { ...ADDRESS, request: 'increments', from: JULY[0], to: JULY[1] },
      begun()
        .poll(`7b0107 01000b 0108 ${narrow}`)
        .poll(record('0080e10712', '99'))
        .poll(record('0081e10712', '01'))
        .poll(`7b010a 01000b 0108 ${narrow}`)
        .end(),
    );
    assert.deepEqual(values(talk), ['07-01T01:00+02:00 1', '07-01T02:00+02:00 2', '07-01T03:00+02:00 3']);
    assert.deepEqual(talk.result?.readings, [], 'what was asked for beyond is dropped without a word');
    for (const no of ['4d', '4f']) {
      const refused = play(
        { ...ADDRESS, request: 'increments', from: JULY[0], to: JULY[1] },
        begun().poll(`7b01${no} 01000b 0108 ${narrow}`).end(),
      );
      assert.deepEqual(values(refused), ['07-01T02:00+02:00 2', '07-01T03:00+02:00 3'], 'what was read stands');
    }
  });
  it('asks no more where the first two records are of one time: a clock that was set back', () => {
    assert.deepEqual(values(curve(...JULY, [record('0081e10712', '01'), record('0081e10712', '02')])), [
      '07-01T01:00+02:00 1',
      '07-01T01:00+02:00 2',
    ]);
  });
  it('goes by minutes, as the request does: an event in the last minute is in it', () => {
    const times = '0081e10712 1e83e10712';
    const event = (time: string): string => `010105 010034 0302 ${time}`;
    const script = new Script()
      .ask(`660106 010034 ${times}`)
      .poll(`660107 010034 ${times}`)
      .poll(event('00501e83e10712'))
      .poll(event('00001f83e10712'))
      .poll(`66010a 010034 ${times}`);
    const { result } = play(
      { ...ADDRESS, request: 'events', register: 52, from: JULY[0], to: '2018-07-01T03:30' },
      script.end(),
    );
    assert.deepEqual(
      result?.rows?.map(({ at }) => at),
      ['2018-07-01T03:30:20+02:00'],
    );
    assert.deepEqual(
      result?.readings.map(({ id }) => id),
      ['52:outside'],
    );
  });
  it('takes the closings whose period touches the interval', () => {
    const times = '0080e10712 0080610812';
    const bill = (start: string, end: string): string => `880105 010087 14${'00'.repeat(52)}${start}${end}`;
    const script = new Script()
      .ask(`860106 010087 ${times}`)
      .poll(`860107 010087 ${times}`)
      .poll(bill('0080e10712', '0080610812'))
      .poll(bill('0080610812', '0080610912'))
      .poll(bill('0080610912', '0080610a12'))
      .poll(`86010a 010087 ${times}`);
    const { result } = play(
      { ...ADDRESS, request: 'billing', register: 135, from: '2018-07-01', to: '2018-08-01' },
      script.end(),
    );
    assert.deepEqual(
      result?.rows?.map(({ values: [, start] }) => start),
      ['2018-07-01T00:00:00+02:00', '2018-08-01T00:00:00+02:00'],
    );
    assert.deepEqual(
      result?.readings.filter(({ error }) => error).map(({ id }) => id),
      ['135:outside'],
    );
  });
});
