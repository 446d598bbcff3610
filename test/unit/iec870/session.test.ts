// The requests with one answer, and what makes an answer not count: point, SQ, silence of the right link address.
import assert from 'node:assert/strict';
import type { Iec870Request } from '../../../src/core/iec870/options';
import { ADDRESS, framed, goodbye, LOGGED_IN, play, Script } from '../../support/iec870-script';
import { said } from '../../support/said';

const read = (request: Iec870Request, script: Script, over = {}): ReturnType<typeof play> =>
  play({ ...ADDRESS, request, ...over }, script.end());

describe('iec 60870-5-102 session', () => {
  it('sets the clock to the time of this try and half a round trip on, and takes a confirmation without the time', () => {
    // 2026-11-22 09:30:00.300 (Sunday, winter) by the field table of time B; seen at meters: 181 confirmed without
    // objects.
    const set = (): Script =>
      new Script().ask('b50106 010000 2c011e09f60b1a').poll('b50107 010000').ask('670005 010000');
    const at = (clock: string): unknown =>
      read('set-time', set().poll(`480105 010000 ${clock}`), {
        confirm: true,
        time: Date.UTC(2026, 10, 22, 8, 30),
      }).result?.readings.map(({ name, value }) => [name, value]);
    assert.deepEqual(at('2c011e09f60b1a'), [
      ['time', '2026-11-22T09:30:00.300+01:00'],
      ['summer_time', false],
      ['time_valid', true],
      ['clock_difference', 0],
    ]);
    // 09:31:10.300, and the meter does not vouch for it.
    assert.deepEqual(at('2c299f09f60b1a'), [
      ['time', '2026-11-22T09:31:10.300+01:00'],
      ['summer_time', false],
      ['time_valid', false],
      ['clock_difference', 70],
    ]);
  });
  it('never sets the clock without consent: not one byte goes out', () => {
    for (const confirm of [undefined, false]) {
      const { error } = play(
        { ...ADDRESS, request: 'set-time', time: 0, ...(confirm !== undefined && { confirm }) },
        [],
      );
      assert.equal(error?.code, 'CONFIG_INVALID');
    }
  });
  it('a refused setting of the clock is an error, and the clock is not read as if it had been set', () => {
    const { error } = read(
      'set-time',
      new Script().ask('b50106 010000 2c011e09f60b1a').poll('b50147 010000 2c011e09f60b1a'),
      { confirm: true, time: Date.UTC(2026, 10, 22, 8, 30) },
    );
    assert.deepEqual([error?.code, error?.stage, error?.retryable], ['REQUEST_REFUSED', 'read', false]);
  });
  it('an unknown measuring point is named also by a meter that answers with another one', () => {
    const { error } = read('time', new Script().ask('670005 010000').poll('670050 050000'));
    assert.deepEqual([error?.code, /measuring point 1/.test(said(error))], ['CONFIG_INVALID', true]);
  });
  it('a request that the meter ends without an answer is no value', () => {
    const { error } = read('time', new Script().ask('670005 010000').poll('48000a 010000'));
    assert.deepEqual([error?.code, error?.stage], ['BAD_VALUE', 'read']);
  });
  it('an answer in sequence form is asked for again, and an error if the meter insists', () => {
    const tries = Array.from({ length: 4 }, () => [
      '>105b01005c16',
      `<${framed('080100 488105 010000 00642a04120812')}`,
    ]).flat();
    const { error } = play({ ...ADDRESS, request: 'time' }, [
      ...LOGGED_IN,
      `>${framed('730100 670005 010000')}`,
      '<100001000116',
      ...tries,
      ...goodbye('73'),
      ...goodbye('53'),
    ]);
    assert.deepEqual([error?.code, /sequence/.test(said(error))], ['BAD_VALUE', true]);
  });
  it('instantaneous values refused as a whole are an error; one object refused is an error of this one', () => {
    const whole = new Script().ask('a20305 010000 c0c1c2');
    assert.equal(read('instantaneous', whole.poll('a2034e 010000 c0c1c2')).error?.code, 'REQUEST_REFUSED');
  });
  it('events: an unknown measuring point ends the read, whichever section said so', () => {
    const times = '0081e10712 0083e10712';
    const script = new Script().ask(`660106 010034 ${times}`).poll(`660150 010034 ${times}`);
    assert.equal(
      read('events', script, { from: '2018-07-01T01:00', to: '2018-07-01T03:00' }).error?.code,
      'CONFIG_INVALID',
    );
  });
  it('contracted powers of another contract are not those that were asked for', () => {
    const powers = (register: string, kw: string): string => `910105 0100${register} 01${kw}000000 0080810612`;
    const script = new Script()
      .ask('900005 010087')
      .poll(powers('86', '33'), '.', powers('86', '33'))
      .quiet()
      .poll(powers('87', '22'));
    assert.deepEqual(
      read('contracted-power', script, { register: 135 }).result?.readings.map(({ id, value }) => [id, value]),
      [['135:1', 34]],
    );
  });
  it('names the link address that did answer', () => {
    const status = '>104901004a16';
    const { error } = play({ ...ADDRESS, request: 'time', repeats: 1, settleMs: 0 }, [
      status,
      '<100b02000d16',
      '.',
      status,
      '<100b02000d16',
      '.',
    ]);
    assert.deepEqual([error?.code, error?.stage], ['NO_REPLY', 'connect']);
    assert.match(said(error), /link address 1 did not answer, but one with link address 2 did/);
  });
  it('half a frame of a lost answer does not swallow the answer to the repeat', () => {
    const answer = framed('080100 480105 010000 00642a04120812');
    const poll = '>105b01005c16';
    // A head that promises more than ever comes: without a fresh start the repeated answer would be part of it.
    const talk = [
      ...LOGGED_IN,
      `>${framed('730100 670005 010000')}`,
      '<100001000116',
      poll,
      '<68ffff68080100',
      '.',
      poll,
      `<${answer}`,
      ...goodbye('73'),
    ];
    assert.equal(play({ ...ADDRESS, request: 'time' }, talk).result?.readings[0]?.value, '2018-08-18T04:42:25');
  });
  it('polls on, each time with a new frame count bit, while the meter prepares the answer', () => {
    const { result } = read(
      'time',
      new Script()
        .ask('670005 010000')
        .poll('none')
        .quiet()
        .poll('none')
        .quiet()
        .poll('none')
        .quiet()
        .poll('480105 010000 00642a04120812'),
    );
    assert.equal(result?.readings[0]?.value, '2018-08-18T04:42:25');
  });
});
