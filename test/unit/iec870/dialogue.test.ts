// Recorded talks: the bytes we send must be the recorded ones, the bytes we hear are the recorded ones.
import assert from 'node:assert/strict';
import type { Iec870Options } from '../../../src/core/iec870/options';
import { predictIec870 } from '../../../src/core/iec870/predict';
import { ADDRESS as base, framed, goodbye, LOGGED_IN as O02, play, stepsOf, wireOf } from '../../support/iec870-script';
import { said } from '../../support/said';

const increments = { ...base, request: 'increments', from: '2018-07-01T01:00', to: '2018-07-01T03:00' } as const;

describe('iec 60870-5-102 dialogue, recorded', () => {
  it('O02 + O04: increments of an interval, one by one', () => {
    const { result } = play({ ...base, request: 'increments', from: '2018-07-01T01:00', to: '2018-07-01T03:00' }, [
      ...O02,
      ...stepsOf('C102-O04'),
      ...goodbye('53'),
    ]);
    assert.deepEqual(result?.rows, [
      { at: '2018-07-01T01:00:00+02:00', values: [4, 0, 27, 0, 0, 0] },
      { at: '2018-07-01T02:00:00+02:00', values: [5, 0, 28, 0, 0, 0] },
    ]);
    assert.deepEqual(result?.columns?.map(({ id, name, unit }) => [id, name, unit]).slice(0, 3), [
      ['11:1', 'active_import', 'kWh'],
      ['11:2', 'active_export', 'kWh'],
      ['11:3', 'reactive_q1', 'kvarh'],
    ]);
    assert.equal(
      predictIec870({ ...base, request: 'increments', from: '2018-07-01T01:00', to: '2018-07-01T02:00' }, 1000)
        .exchanges,
      10,
    );
  });
  it('O02 + O12: a load curve in blocks, a total marked invalid is null', () => {
    const { result } = play({ ...base, request: 'load-curve', from: '2018-07-01T01:00', to: '2018-07-01T03:00' }, [
      ...O02,
      ...stepsOf('C102-O12'),
      ...goodbye('73'),
    ]);
    assert.deepEqual(result?.rows, [
      { at: '2018-07-01T01:00:00+02:00', values: [0, 100, 200, 300, 400, 500] },
      { at: '2018-07-01T02:00:00+02:00', values: [1, 101, 201, 301, 401, null], status: 'invalid:reactive_q4' },
      { at: '2018-07-01T03:00:00+02:00', values: [2, 102, 202, 302, 402, 502] },
    ]);
  });
  it('O03: a refused password is ACCESS_DENIED, said goodbye to, and not tried again', () => {
    const { error } = play({ ...base, request: 'time' }, [
      ...O02.slice(0, 4),
      ...stepsOf('C102-O03'),
      ...goodbye('73'),
    ]);
    assert.deepEqual([error?.code, error?.stage, error?.retryable], ['ACCESS_DENIED', 'authenticate', false]);
    assert.match(said(error), /check the password/);
  });
  it('O07: the clock', () => {
    const { result } = play({ ...base, request: 'time' }, [
      ...O02,
      `>${wireOf('C102-O07', 0)}`,
      '<100001000116',
      '>105b01005c16',
      `<${wireOf('C102-O07', 1)}`,
      ...goodbye('73'),
    ]);
    assert.deepEqual(result?.readings[0], { name: 'time', id: '72:time', value: '2018-08-18T04:42:25' });
  });
  it('O08: the identity', () => {
    const { result } = play({ ...base, request: 'identity' }, [
      ...O02,
      `>${wireOf('C102-O08', 0)}`,
      '<100001000116',
      '>105b01005c16',
      `<${wireOf('C102-O08', 1)}`,
      ...goodbye('73'),
    ]);
    assert.deepEqual(result?.identity, { manufacturer: 251, device: 608343970, standard: '2000-04' });
  });
  it('O09: instantaneous values', () => {
    const request = '680c0c68730100a20305010000c0c1c26216';
    const { result } = play({ ...base, request: 'instantaneous' }, [
      ...O02,
      `>${request}`,
      '<100001000116',
      '>105b01005c16',
      `<${wireOf('C102-O09', 0)}`,
      ...goodbye('73'),
    ]);
    const value = (name: string): unknown => result?.readings.find((reading) => reading.name === name)?.value;
    assert.deepEqual(
      ['active_import', 'reactive_q4', 'active_power', 'power_factor', 'voltage_l3', 'current_l2'].map(value),
      [255842, 2822, 8, 0.922, 237.5, 1.3],
    );
    assert.equal(result?.readings[0]?.at, '2021-04-14T18:55:00+02:00');
  });
  it('O10: stored billing', () => {
    const times = '0080e10712 0080610812';
    const { result } = play({ ...base, request: 'billing', register: 135, from: '2018-07-01', to: '2018-08-01' }, [
      ...O02,
      `>${framed(`730100 860106010087 ${times}`)}`,
      '<100001000116',
      '>105b01005c16',
      `<${framed(`080100 860107010087 ${times}`)}`,
      '>107b01007c16',
      `<${wireOf('C102-O10', 0)}`,
      '>105b01005c16',
      `<${framed(`080100 86010a010087 ${times}`)}`,
      ...goodbye('73'),
    ]);
    assert.deepEqual(result?.rows, [
      {
        at: '2018-08-01T00:00:00+02:00',
        status: 'invalid:excess_power',
        values: [
          'total',
          '2018-07-01T00:00:00+02:00',
          3880820,
          28352,
          1858043,
          23738,
          376292,
          1755,
          357,
          null,
          '2018-07-18T07:15:00+02:00',
        ],
      },
    ]);
    assert.deepEqual(
      result?.readings.find(({ name }) => name === 'total.max_power'),
      { name: 'total.max_power', id: '135:20:max_power', value: 357, unit: 'kW', at: '2018-07-18T07:15:00+02:00' },
    );
  });
  it('O14: 0D is no data, 0F a refusal in words, 10 names the measuring point', () => {
    const options = { ...base, request: 'increments', from: '2018-07-01T01:00', to: '2018-07-01T03:00' } as const;
    const until = [...O02, ...stepsOf('C102-O04').slice(0, 3)];
    assert.deepEqual(play(options, [...until, `<${wireOf('C102-O14', 0)}`, ...goodbye('73')]).result, {
      readings: [],
      rows: [],
      columns: [],
    });
    for (const [index, code, words] of [
      [1, 'REQUEST_REFUSED', /type of request/],
      [2, 'REQUEST_REFUSED', /register/],
      [3, 'CONFIG_INVALID', /measuring point 1/],
    ] as const) {
      const { error } = play(options, [...until, `<${wireOf('C102-O14', index)}`, ...goodbye('73')]);
      assert.deepEqual([error?.code, error?.stage, error?.retryable], [code, 'read', false]);
      assert.match(said(error), words);
    }
  });
  it('sends a lost frame again with the same frame count bit, at every step', () => {
    const script = [...O02, ...stepsOf('C102-O04'), ...goodbye('53')];
    const doubled = script.flatMap((line, i) =>
      line[0] === '>' && i < script.length - 2 ? [line, '.', line] : [line],
    );
    const { result } = play(
      { ...base, request: 'increments', from: '2018-07-01T01:00', to: '2018-07-01T03:00' },
      doubled,
    );
    assert.equal(result?.rows?.length, 2);
  });
  it('hears its own echo, another meter and answers to other questions, and takes none of them', () => {
    const script = [...O02, ...stepsOf('C102-O04'), ...goodbye('53')];
    const echoing = script.flatMap((line, i) =>
      line[0] === '>' && i < script.length - 2 ? [line, `<${line.slice(1)}`] : [line],
    );
    assert.equal(play(increments, echoing).result?.rows?.length, 2);
    const another = script.flatMap((line) => (line[0] === '<' ? ['<100b09001416', '<100809001116', line] : [line]));
    assert.equal(play(increments, another).result?.rows?.length, 2);
    // The same record of register 12, and an absolute total, where an increment of register 11 was asked.
    const foreign = ['0b080501000c', '08080501000b'].map((head) =>
      framed(
        `080100${head}${'010400000000020000000000031b0000000004000000000005000000000006000000000007000000008008000000008000'}81e10712`,
      ),
    );
    const at = script.findIndex((line) => line.startsWith('<683e3e'));
    assert.deepEqual(
      play(increments, [
        ...script.slice(0, at),
        ...foreign.map((hex) => `<${hex}`),
        ...script.slice(at),
      ]).result?.rows?.map(({ at: time }) => time),
      ['2018-07-01T01:00:00+02:00', '2018-07-01T02:00:00+02:00'],
    );
  });
  it('polls past what an older request left in the meter', () => {
    const script = [...O02, ...stepsOf('C102-O04')];
    const at = script.findIndex((line) => line.startsWith('<681515680801007b0107'));
    const leftover = `<${wireOf('C102-O08', 1)}`;
    const [first, other] = ['>105b01005c16', '>107b01007c16'];
    const flipped = script.slice(at + 1).map((line) => (line === first ? other : line === other ? first : line));
    const { result } = play(increments, [
      ...script.slice(0, at),
      leftover,
      '.',
      first,
      leftover,
      '.',
      other,
      ...script.slice(at, at + 1),
      ...flipped,
      ...goodbye('73'),
    ]);
    assert.equal(result?.rows?.length, 2);
  });
  it('a record whose bytes cannot be right is asked again, and is an error if the meter insists', () => {
    const script = [...O02, ...stepsOf('C102-O04')];
    const at = script.findIndex((line) => line.startsWith('<683e3e'));
    const broken = `<${framed('080100 0b0805010 00b 0104000000 81e10712'.replace(/ /g, ''))}`;
    const poll = script[at - 1] ?? '';
    assert.equal(
      play(increments, [...script.slice(0, at), broken, poll, ...script.slice(at), ...goodbye('53')]).result?.rows
        ?.length,
      2,
    );
    const { error } = play(increments, [
      ...script.slice(0, at),
      broken,
      poll,
      broken,
      poll,
      broken,
      poll,
      broken,
      ...goodbye('53'),
      ...goodbye('73'),
    ]);
    assert.deepEqual([error?.code, error?.stage], ['BAD_VALUE', 'read']);
    assert.match(said(error), /type 11/);
  });
  it('an answer for another measuring point is no answer of ours', () => {
    const answer = framed('080100 48010502 0000 00642a44120812'.replace(/ /g, ''));
    const once = [`>${wireOf('C102-O07', 0)}`, '<100001000116'];
    const tries = ['>105b01005c16', `<${answer}`];
    const { error } = play({ ...base, request: 'time' }, [
      ...O02,
      ...once,
      ...tries,
      ...tries,
      ...tries,
      ...tries,
      ...goodbye('73'),
      ...goodbye('53'),
    ]);
    assert.equal(error?.code, 'BAD_VALUE');
    assert.match(said(error), /measuring point 2, asked was 1; check/);
  });
  it('asks before the first byte for what is missing', () => {
    const bad: [Partial<Record<keyof Iec870Options, unknown>>, RegExp][] = [
      [{ password: undefined }, /password/],
      [{ password: 'secret1' }, /password/],
      [{ password: -1 }, /password/],
      [{ link: 70000 }, /link/],
      [{ point: 1.5 }, /point/],
      [{ request: 'all' }, /request/],
      [{ register: 99 }, /register/],
      [{ request: 'time', register: 11 }, /register/],
      [{ from: 'tomorrow' }, /from/],
      [{ from: '2026-02-02', to: '2026-02-01' }, /from/],
      [{ request: 'set-time', time: 0 }, /confirm/],
      [{ request: 'set-time', confirm: true }, /time/],
      [{ request: 'set-time', confirm: true, time: 'noon' }, /time/],
    ];
    for (const [over, words] of bad) {
      const { error } = play({ ...base, request: 'load-curve', ...over } as Iec870Options, []);
      assert.deepEqual([error?.code, error?.stage], ['CONFIG_INVALID', 'configure'], JSON.stringify(over));
      assert.match(said(error), words);
      assert.doesNotMatch(said(error), /secret/);
    }
  });
});
