// What an earlier request left in the meter, or what comes late from it, has the same type and register as the answer
// to this one. The confirmation (cause 7) mirrors the request with its interval: recorded so of an Actaris SL761, which
// keeps the times byte for byte, and nowhere was a meter seen that leaves the confirmation out.
import assert from 'node:assert/strict';
import { ADDRESS, play, Script } from '../../support/iec870-script';
import { vectorFile } from '../../support/vectors';

const increments = { ...ADDRESS, request: 'increments', from: '2018-07-01T01:00', to: '2018-07-01T03:00' } as const;
const TIMES = '0081e10712 0083e10712';
const REQUEST = `7b0106 01000b 0108 ${TIMES}`;
const CONFIRMED = `7b0107 01000b 0108 ${TIMES}`;
const DONE = `7b010a 01000b 0108 ${TIMES}`;
const record = (hour: string, kwh: string): string => `0b0105 01000b 01${kwh}00000000 00${hour}e10712`;
const OURS = [record('81', '04'), record('82', '05'), record('83', '06')] as const;
const values = (result: ReturnType<typeof play>['result']): unknown =>
  result?.rows?.map(({ at, values: [first] }) => `${at.slice(11, 13)} ${String(first)}`);

/** Once it may be a late copy; heard again for the repeat of its poll, it is the meter's answer to it: past it. */
const leftover = (script: Script, asdu: string): Script => script.poll(asdu, '.', asdu).quiet();

describe('iec 60870-5-102, answers of an earlier request', () => {
  const frame = (name: string): string =>
    vectorFile<{ frames: { name: string; hex: string }[] }>('iec870-more.json')
      .frames.find((one) => one.name.endsWith(name))
      ?.hex.slice(14, -4) ?? assert.fail(name);

  it('an Actaris SL761 confirms first and mirrors the times as they were sent: SU and weekday may be other ones', () => {
    const script = new Script()
      .ask('7b0106 01000b 0108 0080e10510 0080610610')
      .poll(frame('confirmation, with the times as that client sent them (SU clear in May, no weekday)'))
      .poll(frame('the first record'))
      .poll(frame('the second record'))
      .poll(frame('the last record'))
      .poll(frame('termination'))
      // The record of 00:00 did not come: asked for once more, by an interval that begins before it.
      .ask('7b0106 01000b 0108 0097de0410 0080e10510')
      .poll('7b014d 01000b 0108 0097de0410 0080e10510');
    const { result } = play(
      { ...ADDRESS, request: 'increments', from: '2016-05-01T00:00', to: '2016-06-01T00:00' },
      script.end(),
    );
    assert.deepEqual(result?.rows, [
      { at: '2016-05-01T01:00:00+02:00', values: [79] },
      { at: '2016-05-01T02:00:00+02:00', values: [75] },
      { at: '2016-06-01T00:00:00+02:00', values: [77] },
    ]);
  });
  it('a record that comes before the confirmation is not taken', () => {
    const script = leftover(new Script().ask(REQUEST), record('82', '63'))
      .poll(CONFIRMED)
      .poll(OURS[0])
      .poll(OURS[1])
      .poll(OURS[2])
      .poll(DONE);
    assert.deepEqual(values(play(increments, script.end()).result), ['01 4', '02 5', '03 6']);
  });
  it('a termination that comes before the confirmation ends nothing', () => {
    const script = leftover(new Script().ask(REQUEST), DONE).poll(CONFIRMED).poll(OURS[0]).poll(DONE);
    assert.deepEqual(values(play(increments, script.end()).result), ['01 4']);
  });
  it('a confirmation, a termination and a refusal that name another interval are not for this request', () => {
    const of = (cause: string): string => `7b01${cause} 01000b 0108 0081fe0612 0083fe0612`;
    const script = leftover(leftover(leftover(new Script().ask(REQUEST), of('07')), record('81', '63')), of('0a'));
    leftover(script, of('4d')).poll(CONFIRMED).poll(OURS[0]);
    leftover(script, of('0a')).poll(OURS[1]).poll(DONE);
    assert.deepEqual(values(play(increments, script.end()).result), ['01 4', '02 5']);
  });
  it('a record with the P/N bit is a refusal, not a value', () => {
    const { error } = play(
      increments,
      new Script().ask(REQUEST).poll(CONFIRMED).poll(OURS[0].replace('0b0105', '0b0145')).end(),
    );
    assert.equal(error?.code, 'REQUEST_REFUSED');
  });
});
