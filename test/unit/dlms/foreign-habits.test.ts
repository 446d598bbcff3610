// Habits of foreign meters of which one case was recorded, each tried on its whole kind.
import assert from 'node:assert/strict';
import { Association } from '../../../src/core/dlms/association/association';
import { decodeGetResponse, encodeGetResponse } from '../../../src/core/dlms/apdu/get';
import { decodeReadResponse, decodeReadResults } from '../../../src/core/dlms/apdu/sn-read';
import { stripLlc } from '../../../src/core/dlms/link/llc';
import { encodeWrapper } from '../../../src/core/dlms/link/wrapper';
import { WrapperLink } from '../../../src/core/dlms/link/wrapper-link';
import { ProcessCounter } from '../../../src/core/dlms/security/counter';
import { obisOctets } from '../../../src/core/meter/obis';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { bench, thrown } from '../../support/dlms-bench';
import { VirtualLine, type Behind } from '../../support/virtual-line';

const register = (code: string, attribute?: number) => ({
  obis: obisOctets(code),
  classId: 3,
  ...(attribute !== undefined && { attribute }),
});
const PROFILE = { obis: obisOctets('1-0:99.1.0'), entries: 20 };

describe('what comes twice', () => {
  const GOOD = 'c401c10006000fda8b';
  it('an answer doubled in one frame, with or without fill between, is one answer', () => {
    for (const fill of ['', '00', '00000000'])
      assert.deepEqual(decodeGetResponse(fromHex(`${GOOD}${fill}${GOOD}`)), decodeGetResponse(fromHex(GOOD)), fill);
    const read = '0c010006000fda8b';
    assert.deepEqual(decodeReadResponse(fromHex(read + read)), decodeReadResponse(fromHex(read)));
  });
  it('anything else behind an answer is refused', () => {
    for (const more of ['00', '0000000000', `${GOOD.slice(0, -2)}8c`, `01${GOOD}`, `${'00'.repeat(5)}${GOOD}`])
      assert.equal(thrown(() => decodeGetResponse(fromHex(GOOD + more))).code, 'BAD_VALUE', more);
  });
  it('an LLC header is taken off as often as it stands there', () => {
    for (const llc of ['', 'e6e700', 'e6e700e6e700', 'e6e600e6e700'])
      assert.equal(toHex(stripLlc(fromHex(llc + GOOD))), GOOD);
  });
  it('the last block once more before the next one is passed over', () => {
    const rows = bench().read({ kind: 'profile', profile: PROFILE }).rows;
    assert.equal(rows?.length, 20);
    const strays = { server: { sendPdu: 128, quirks: { strays: true } } };
    assert.deepEqual(bench(strays).read({ kind: 'profile', profile: PROFILE }).rows, rows);
  });
});

describe('short names', () => {
  it('after a name that the meter does not know, what else it refuses is asked in a new session', () => {
    let isPoisoned = false;
    const set = bench({
      server: { referencing: 'SN' },
      session: { referencing: 'SN' },
      loses: (_n, apdu) => {
        if (apdu[0] === 0x60) isPoisoned = false;
        return false;
      },
      change: (answer) => {
        if (answer[0] !== 0x0c) return answer;
        isPoisoned ||= decodeReadResponse(answer).some((result) => 'refused' in result);
        return isPoisoned ? fromHex('0c010109') : answer;
      },
    });
    const items = [register('1.8.0', 9), register('32.7.0'), register('2.8.0', 9), register('1.8.0')];
    const { readings } = set.read({ kind: 'attributes', items });
    assert.deepEqual(
      readings.map(({ value, error }) => value ?? error?.facts?.['name']),
      ['object-class-inconsistent', 230.4, 'object-class-inconsistent', 1_043_677],
    );
  });
  it('an object that the list does not hold costs no word', () => {
    const asked: string[] = [];
    const set = bench({
      server: { referencing: 'SN' },
      session: { referencing: 'SN' },
      loses: (_n, apdu) => (asked.push(toHex(apdu)), false),
    });
    set.read({ kind: 'attributes', items: [register('1.8.0')] });
    const before = asked.length;
    const { readings } = set.read({ kind: 'attributes', items: [register('1-0:9.9.9'), register('1.8.0')] });
    assert.deepEqual(
      readings.map(({ value, error }) => value ?? error?.facts?.['name']),
      ['object-undefined', 1_043_677],
    );
    assert.equal(asked.length - before, 2); // AARQ and one list
  });
  it('blocks that carry the value itself instead of the list of results are understood', () => {
    const value = '0102060000000106000000 02'.replace(' ', '');
    assert.deepEqual(decodeReadResults(fromHex(value)), decodeReadResults(fromHex(`0100${value}`)));
    assert.equal(thrown(() => decodeReadResults(fromHex('0105ff'))).code, 'BAD_VALUE');
  });
});

describe('lists', () => {
  it('whatever a list refuses before its end is asked alone, until the meter has shown that its lists are true', () => {
    const asked: number[] = [];
    const set = bench({ loses: (_n, apdu) => (apdu[0] === 0xc0 && asked.push(apdu[1] ?? 0), false) });
    const items = ['1-0:9.9.9', '1.8.0', '1-0:9.9.8', '32.7.0'].map((code) => register(code, 2));
    const read = (): unknown => set.read({ kind: 'attributes', items }).readings.map(({ error }) => error?.code);
    const right = ['REQUEST_REFUSED', undefined, 'REQUEST_REFUSED', undefined];
    assert.deepEqual(read(), right);
    assert.equal(asked.filter((choice) => choice === 1).length, 4); // value and scaler of each
    asked.length = 0;
    assert.deepEqual(read(), right);
    assert.deepEqual(asked, [3]);
  });
  it('a meter whose error sticks to all that follows is asked for each of them every time', () => {
    const sticky = (answer: Uint8Array): Uint8Array => {
      if (answer[0] !== 0xc4 || answer[1] !== 3) return answer;
      const response = decodeGetResponse(answer);
      if (response.kind !== 'with-list') return answer;
      const first = response.results.findIndex((result) => 'refused' in result);
      return encodeGetResponse({
        ...response,
        results: response.results.map((result, i) => (first >= 0 && i > first ? { refused: 4 } : result)),
      });
    };
    const set = bench({ change: sticky });
    const items = ['1.8.0', '1-0:9.9.9', '32.7.0', '2.8.0'].map((code) => register(code, 2));
    for (let reads = 0; reads < 3; reads++)
      assert.deepEqual(
        set.read({ kind: 'attributes', items }).readings.map(({ error }) => error?.reason),
        [undefined, 'dlms.answered', undefined, undefined],
      );
  });
});

describe('the association of another client, over the wrapper', () => {
  const options = {
    referencing: 'LN',
    authentication: 'none',
    security: 'none',
    suite: 0,
    credentials: {},
    counter: new ProcessCounter(),
    maxPdu: 0xffff,
    blockWindow: 1,
    meterMs: 1000,
    hasRelease: true,
  } as const;
  const refusal = (behind: Behind, before?: (line: VirtualLine) => void): unknown => {
    const line = new VirtualLine(behind);
    before?.(line);
    const link = new WrapperLink({ client: 16, server: 1, memory: line });
    const { reason, facts } = thrown(() => line.run(new Association(link, options).open()));
    return [reason, (facts['other'] as { reason: string; facts: unknown }).facts];
  };
  it('is named where this platform opened it and could not release it', () => {
    const opened = (line: VirtualLine): void => new WrapperLink({ client: 17, server: 1, memory: line }).tellOpen(true);
    assert.deepEqual(
      refusal(() => [], opened),
      ['dlms.aarqSilent', { clients: '17' }],
    );
    const released = (line: VirtualLine): void => {
      opened(line);
      new WrapperLink({ client: 17, server: 1, memory: line }).tellOpen(false);
    };
    assert.deepEqual(
      refusal(() => [], released),
      ['dlms.aarqSilent', {}],
    );
  });
  it('is named where the meter is heard to answer another client', () => {
    const bytes = encodeWrapper({ source: 1, destination: 32, apdu: fromHex('c401c10000') });
    assert.deepEqual(
      refusal((_said, now) => [{ at: now + 100, bytes }]),
      ['dlms.aarqSilent', { clients: '32' }],
    );
  });
  it('tells of a read response to an AARQ that nothing follows: the meter did answer', () => {
    const bytes = encodeWrapper({ source: 1, destination: 16, apdu: fromHex('0c010109') });
    const line = new VirtualLine((_said, now) => [{ at: now + 100, bytes }]);
    const link = new WrapperLink({ client: 16, server: 1, memory: line });
    assert.equal(thrown(() => line.run(new Association(link, options).open())).reason, 'dlms.aarqUnheard');
  });
});
