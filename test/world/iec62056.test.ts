// Dialogues against the simulated meter behind a modem, in virtual time: right values or the right error, the session
// closed, the port as it was, the line quiet.
import assert from 'node:assert/strict';
import { fromLatin1 } from '../../src/core/wire/bytes';
import type { Dialogue } from '../../src/core/wire/dialogue';
import type { Readout } from '../../src/core/meter/reading';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import type { ProfileRow } from '../../src/core/iec62056/profile';
import { readIec62056 } from '../../src/core/iec62056/read';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import { VDEW_MODEL, pushTelegram, type Iec62056Faults } from '../../src/simulator/meters/iec62056/data';
import { PORT_7E1, PORT_8N1, TestMemory, hasSent, runInWorld, type Outcome } from '../support/iec-driver';
import { BREAK, at9600, bareRows, expectedRows, fast, find, options, scene, type Scene } from '../support/iec-scene';
import { inWords } from '../support/said';

function assertReadout(outcome: Outcome<Readout>): void {
  assert.equal(outcome.error, undefined, outcome.error?.message);
  assert.deepEqual(
    outcome.result?.readings.map((reading) => reading.name),
    VDEW_MODEL.readout.map((line) => line.slice(0, line.indexOf('('))),
  );
  assert.deepEqual(find(outcome, '1.8.0'), {
    name: '1.8.0',
    id: '1-0:1.8.0*255',
    value: 1234.5,
    unit: 'kWh',
    raw: '0001234.5',
  });
  assert.deepEqual(find(outcome, '1.6.1'), {
    name: '1.6.1',
    id: '1-0:1.6.1*255',
    value: 0.50262,
    unit: 'kW',
    at: '2026-11-12T07:30:00',
  });
  assert.equal(outcome.leftover, 0, 'the line is quiet');
}

describe('IEC 62056-21 world: readout', () => {
  const scenes: Record<string, Scene> = {
    'mode C at 300 Bd, acknowledged with the sign-on speed': {},
    'mode C with a change of speed': { read: { baud: 'switch' }, world: { latencyMs: 100 } },
    'mode C at a fixed speed of 9600': { read: { baud: 'fixed' }, model: at9600, world: { memory: fast() } },
    'mode C, fixed 9600, acknowledged with the port speed': { model: at9600, world: { memory: fast() } },
    'mode A: data at once': { model: { mode: 'A', identification: 'KAM MC' } },
    'mode A meter whose identification looks like mode C': { model: { mode: 'A' } },
    'mode A asked for by name': { read: { mode: 'A' }, model: { mode: 'A' }, world: { bufferBytes: 1024 } },
    'mode B with its change of speed': {
      read: { baud: 'switch' },
      model: { mode: 'B', identification: 'SIEC2WR5' },
      world: { latencyMs: 20 },
    },
    'mode B at one speed': { model: { mode: 'B', identification: 'SIEC2WR5', ...at9600 }, world: { memory: fast() } },
    'with address, leading zeros left out': { read: { address: '3878504' } },
    'late acknowledgement: the mode A fall-back is a full answer': { world: { latencyMs: 2500 } },
    'lost acknowledgement: the fall-back again': { faults: { lostOptions: 1 } },
    'echo of all we say': { world: { hasEcho: true } },
    'stray ACK before the identification': { faults: { strayAck: true } },
    'damaged BCC: NAK, and the repetition': { model: at9600, world: { memory: fast() }, faults: { damagedBlocks: 1 } },
    'sum as BCC': { model: { bcc: 'sum' } },
    'no ETX and BCC': { model: { framing: 'no-check' } },
    'no STX, ETX and BCC': { model: { framing: 'bare' } },
    'LF line ends': { model: { lineEnd: '\n' } },
    'LF line ends and no framing': { model: { lineEnd: '\n', framing: 'bare' } },
    'seven bits through a port of eight: soft-even': {
      read: { parity: 'soft-even' },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }) },
    },
    'seven bits, odd parity: soft-odd': {
      read: { parity: 'soft-odd' },
      model: { line: { ...PORT_7E1, parity: 'odd' } },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }) },
    },
    'parity found out: even': {
      read: { parity: 'auto' },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }) },
    },
    'parity found out: odd': {
      read: { parity: 'auto' },
      model: { line: { ...PORT_7E1, parity: 'odd' } },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }) },
    },
    'parity found out: none': {
      read: { parity: 'auto' },
      model: { line: PORT_8N1, switches: false },
      world: { memory: new TestMemory(PORT_8N1) },
    },
    'parity found out: even, with echo': {
      read: { parity: 'auto' },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }), hasEcho: true },
    },
    'modem that sends every character alone': { world: { idleMs: 1 } },
    'modem with a full kilobyte of buffer': { world: { bufferBytes: 1024 } },
    'a list of the maker by option select': { read: { list: '6' } },
  };
  for (const [title, one] of Object.entries(scenes)) {
    it(title, () => {
      const { outcome, memory, again } = scene(one);
      assertReadout(outcome);
      assert.deepEqual(outcome.line, one.world?.memory ? memory.line : PORT_7E1, 'the port is as it was');
      assertReadout(again());
    });
  }

  it('a damaged readout is asked for once more by NAK, and only so', () => {
    const { outcome } = scene({ model: at9600, world: { memory: fast() }, faults: { damagedBlocks: 2 } });
    assertReadout(outcome);
    assert.deepEqual(
      outcome.sent.slice(2).map((bytes) => [...bytes]),
      [[0x15], [0x15]],
    );
  });

  it('remembers parity and echo: the second read asks once', () => {
    const { again } = scene({
      read: { parity: 'auto' },
      model: { line: { ...PORT_7E1, parity: 'odd' } },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }), hasEcho: true },
    });
    assert.equal(again().sends, 2);
  });

  it('wakes a battery meter by one run of NULs before the request', () => {
    const { outcome } = scene({ read: { wakeUp: true } });
    assertReadout(outcome);
    assert.deepEqual([outcome.sent[0]?.length, outcome.sent[0]?.every((byte) => byte === 0)], [66, true]);
  });

  it('9.5 kB at 300 Bd take five minutes and arrive: silence counts, not the total', () => {
    const history = Array.from(
      { length: 430 },
      (_, i) => `1.8.${i % 5}*${String(i % 100).padStart(2, '0')}(0${100000 + i}*kWh)`,
    );
    const { outcome } = scene({ model: { readout: [...VDEW_MODEL.readout, ...history] } });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.equal(outcome.result?.readings.length, VDEW_MODEL.readout.length + 430);
    assert.ok(outcome.heard > 9500 && outcome.ms > 5 * 60_000, `${outcome.heard} bytes, ${outcome.ms} ms`);
  });

  it('nobody there: NO_REPLY, and soon', () => {
    const { outcome } = scene({ read: { address: '999' } });
    assert.equal(outcome.error?.code, 'NO_REPLY');
    assert.ok(outcome.ms < 12_000, `${outcome.ms} ms`);
  });

  it('nobody there but the echo of our words: NO_REPLY too, so that a dead meter on a two-wire line rests', () => {
    const { outcome } = scene({ read: { address: '999' }, world: { hasEcho: true } });
    assert.equal(outcome.error?.code, 'NO_REPLY');
  });

  it('always damaged: BAD_FRAME, never a value', () => {
    const { outcome } = scene({ model: at9600, world: { memory: fast() }, faults: { damagedBlocks: 99 } });
    assert.equal(outcome.error?.code, 'BAD_FRAME');
    assert.equal(outcome.leftover, 0);
  });

  it('a chunk lost in the tunnel: NAK brings the readout again', () => {
    const { outcome } = scene({
      model: at9600,
      world: { memory: fast(), bufferBytes: 128, onPublish: (chunk, count) => (count === 3 ? [] : [chunk]) },
    });
    assertReadout(outcome);
  });

  it('a lost end of a meter that is known to send a BCC is damage, not a readout without one', () => {
    const { outcome, again } = scene({ model: at9600, world: { memory: fast(), bufferBytes: 4096 } });
    assertReadout(outcome);
    let cuts = 0;
    const cut = again(
      {},
      { onPublish: (chunk) => (chunk.length > 100 && cuts++ < 9 ? [chunk.slice(0, -2)] : [chunk]) },
    );
    assert.equal(cut.error?.code, 'BAD_FRAME');
  });

  it('a failed change of speed is not tried again, and the port comes back', () => {
    const { outcome, memory, again } = scene({ read: { baud: 'switch' }, world: { latencyMs: 1200 } });
    assert.ok(outcome.error?.retryable, 'the acknowledgement came too late for the meter');
    assert.deepEqual(memory.line, PORT_7E1);
    memory.time += 600_000;
    const second = again();
    assertReadout(second);
    assert.ok(
      second.sent.some((bytes) => Buffer.from(bytes).toString('latin1') === '\x06000\r\n'),
      'acknowledged with the sign-on speed',
    );
  });

  it('endless noise ends as LINE_NOISY', () => {
    const noise = (): Uint8Array => Uint8Array.from({ length: 100 }, (_, i) => 0x80 + (i % 100));
    const { outcome } = scene({ world: { onPublish: () => Array.from({ length: 200 }, noise) } });
    assert.equal(outcome.error?.code, 'LINE_NOISY');
  });

  it('mode D: the next whole telegram of a stream entered in the middle', () => {
    for (const hasCrc of [true, false]) {
      const telegram = pushTelegram(VDEW_MODEL, hasCrc);
      const stream = [telegram.slice(70), telegram, telegram];
      const meter = { line: PORT_7E1, hear: () => [] };
      const dialogue = readIec62056(options({ mode: 'D' }), new TestMemory());
      let turn = dialogue.next();
      while (!turn.done) turn = dialogue.next(stream.shift());
      const result = turn.value;
      assert.equal(result.readings.length, VDEW_MODEL.readout.length);
      assert.equal(stream.length, 1, 'one telegram was enough');
      const silent = runInWorld(readIec62056(options({ mode: 'D' }), new TestMemory()), {
        memory: new TestMemory(),
        meter,
      });
      assert.equal(silent.error?.code, 'NO_REPLY');
    }
  });
});

describe('IEC 62056-21 world: programming mode', () => {
  const registers: Partial<Iec62056Options> = {
    request: 'registers',
    items: ['1.8.0', '9.9.9', '32.7.0'],
    password: '00000000',
  };
  const scenes: Record<string, Scene> = {
    'at 300 Bd': {},
    'at 9600': { model: at9600, world: { memory: fast() } },
    'with a change of speed': { read: { baud: 'switch' }, world: { latencyMs: 100 } },
    'R1 acknowledged only, R5 answers': { model: { ...at9600, identification: 'EMH5D4' }, world: { memory: fast() } },
    'R1 not understood, R5 answers': {
      model: { ...at9600, identification: 'EMH5D4', unknownCommand: 'nak' },
      world: { memory: fast() },
    },
    'partial blocks by R6': { read: { command: 'R6' }, model: { ...at9600, blockBytes: 8 }, world: { memory: fast() } },
    'NAK to a good command': { model: at9600, world: { memory: fast() }, faults: { naks: 1 } },
    'damaged operand': { model: at9600, world: { memory: fast() }, faults: { damagedBlocks: 1 } },
    echo: { model: at9600, world: { memory: fast(), hasEcho: true } },
    'soft parity': { read: { parity: 'auto' }, model: at9600, world: { memory: new TestMemory(PORT_8N1) } },
    'answers without codes': { model: { ...at9600, repeatsAddress: false }, world: { memory: fast() } },
    'sum as BCC': { model: { ...at9600, bcc: 'sum' }, world: { memory: fast() } },
    'password of the second level': {
      read: { passwordLevel: 'P2' },
      model: { ...at9600, passwords: { P2: '00000000' } },
      world: { memory: fast() },
    },
  };
  for (const [title, one] of Object.entries(scenes)) {
    it(title, () => {
      const { outcome, meter } = scene({ ...one, read: { ...registers, ...one.read } });
      assert.equal(outcome.error, undefined, outcome.error?.message);
      assert.deepEqual(inWords(outcome.result?.readings ?? []), [
        { name: '1.8.0', id: '1-0:1.8.0*255', value: 1234.5, unit: 'kWh', raw: '0001234.5' },
        { name: '9.9.9', id: '1-0:9.9.9*255', error: { code: 'REQUEST_REFUSED', message: 'the meter answers (ER07)' } },
        { name: '32.7.0', id: '1-0:32.7.0*255', value: 230.1, unit: 'V' },
      ]);
      assert.equal(meter.seen.filter((line) => line.startsWith('P')).length, 1, 'the password went out once');
      assert.equal(meter.seen.at(-1), 'B0 ');
      assert.equal(outcome.leftover, one.world?.hasEcho ? 5 : 0, 'nothing but the echo of the break');
    });
  }

  for (const refusal of ['nak', 'break', 'bell', 'silence', 'error'] as const) {
    it(`wrong password, refused by ${refusal}: sent once, final, closed, and never a third time`, () => {
      const { outcome, meter, again } = scene({
        read: { ...registers, password: '11111111' },
        model: { ...at9600, refusal },
        world: { memory: fast() },
      });
      assert.equal(outcome.error?.code, refusal === 'silence' ? 'SESSION_BROKEN' : 'ACCESS_DENIED');
      assert.equal(outcome.error?.retryable, false);
      assert.equal(hasSent(outcome, BREAK), refusal !== 'break', 'the break is ours unless the meter sent it');
      for (let i = 0; i < 5; i++) assert.equal(again().error?.retryable, false);
      assert.equal(meter.seen.filter((line) => line.startsWith('P1')).length, 2);
      assert.ok(!meter.isLocked);
      assert.equal(again({ password: '00000000' }).error, undefined, 'a corrected password goes out at once');
    });
  }

  it('whatever fails after the password, no error is retryable and the session is closed', () => {
    const faults: Record<string, Iec62056Faults> = {
      silent: { silentFromRead: 2 },
      damaged: { damagedBlocks: 0 },
      break: { breakAtRead: 2 },
    };
    for (const [name, fault] of Object.entries(faults)) {
      const { outcome } = scene({
        read: registers,
        model: at9600,
        faults: name === 'damaged' ? {} : fault,
        world: {
          memory: fast(),
          ...(name === 'damaged' && {
            onPublish: (chunk: Uint8Array, count: number) => [
              count > 3 ? chunk.map((byte, i) => (i === 1 ? byte ^ 1 : byte)) : chunk,
            ],
          }),
        },
      });
      assert.equal(outcome.error?.code, 'SESSION_BROKEN', name);
      assert.equal(outcome.error?.retryable, false);
      assert.equal(hasSent(outcome, BREAK), name !== 'break', `${name}: break by us unless the meter sent it`);
    }
  });

  it('without a password the same failures may be tried again', () => {
    const { password: _, ...open } = registers;
    const { outcome } = scene({ read: open, model: at9600, faults: { silentFromRead: 1 }, world: { memory: fast() } });
    assert.equal(outcome.error?.code, 'NO_REPLY');
  });

  it('a cancelled read still says goodbye and restores the port', () => {
    for (let cancelAt = 1; cancelAt < 40; cancelAt++) {
      const { outcome, meter, memory } = scene({
        read: { ...registers, baud: 'switch' },
        world: { latencyMs: 100, cancelAt },
      });
      if (!outcome.error) continue;
      assert.equal(outcome.error.code, 'CANCELLED', `step ${cancelAt}`);
      assert.deepEqual(memory.line, PORT_7E1, `step ${cancelAt}`);
      if (outcome.sent.some((bytes) => bytes[0] === 0x06 && bytes.length === 6))
        assert.equal(Buffer.from(outcome.sent.at(-1) ?? []).toString('hex'), BREAK, `step ${cancelAt}`);
      assert.ok(meter.seen.length < 10);
    }
  });

  it('readout instead of programming mode: registers are taken from it', () => {
    const { outcome } = scene({ read: { ...registers, items: ['1.8.0'] }, world: { latencyMs: 2500 } });
    assert.equal(find(outcome, '1.8.0').value, 1234.5);
    assert.ok(!outcome.sent.some((bytes) => Buffer.from(bytes).includes('00000000')), 'no password was needed');
  });

  it('a mode A meter gives its registers by its readout', () => {
    const { outcome } = scene({
      read: { ...registers, items: ['1.8.0', '7.7.7'] },
      model: { mode: 'A', identification: 'KAM MC' },
    });
    assert.equal(find(outcome, '1.8.0').value, 1234.5);
    assert.equal(find(outcome, '7.7.7').error?.code, 'REQUEST_REFUSED');
  });

  it("Energomera's group read is one exchange", () => {
    const { outcome } = scene({
      read: { address: '3878504', request: 'registers', command: 'group', items: ['1.8.0', '32.7.0'] },
      model: { ...at9600, bcc: 'sum' },
      world: { memory: fast() },
    });
    assert.deepEqual(
      outcome.result?.readings.map((reading) => reading.value),
      [1234.5, 230.1],
    );
    assert.equal(outcome.sends, 1);
  });
});

describe('IEC 62056-21 world: load profile and log', () => {
  const profile: Partial<Iec62056Options> = {
    request: 'profile',
    from: '2026-11-19T00:00',
    to: '2026-11-21T00:00',
    password: '00000000',
  };
  const fastScene = (more: Scene): ReturnType<typeof scene> =>
    scene({
      ...more,
      read: { ...profile, ...more.read },
      model: { ...at9600, ...more.model },
      world: { memory: fast(), ...more.world },
    });

  it('fetches days, with a gap and a change of status inside', () => {
    const { outcome, meter } = fastScene({});
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(bareRows(outcome), expectedRows('2026-11-19T00:00:00', '2026-11-21T00:00:00'));
    assert.equal(outcome.result?.rows?.length, 2 * 96 + 1 - 1);
    assert.deepEqual(outcome.result?.columns?.[0], { id: '1-0:1.5.0*255', unit: 'kW', name: '1.5' });
    assert.deepEqual(
      outcome.result?.rows
        ?.filter((row) => (row as ProfileRow).flags?.length)
        .map((row) => [row.at, (row as ProfileRow).flags]),
      [
        ['2026-11-20T11:15:00', ['power-down']],
        ['2026-11-20T11:45:00', ['power-up']],
      ],
    );
    assert.equal(meter.seen.filter((line) => line.startsWith('R5')).length, 2, 'a day a piece');
    assert.equal(meter.seen.at(-1), 'B0 ');
  });

  it('keeps the hour that comes twice apart by its season', () => {
    const { outcome } = fastScene({ read: { from: '2026-10-25T00:00', to: '2026-10-25T06:00' } });
    assert.deepEqual(bareRows(outcome), expectedRows('2026-10-25T00:00:00', '2026-10-25T06:00:00'));
    assert.equal(outcome.result?.rows?.filter((row) => row.at === '2026-10-25T02:15:00').length, 2);
  });

  it('loses no hour of summer time to a season digit taken at its word', () => {
    const { outcome } = fastScene({ read: { from: '2026-07-01T00:00', to: '2026-07-02T00:00' } });
    assert.deepEqual(bareRows(outcome), expectedRows('2026-07-01T00:00:00', '2026-07-02T00:00:00'));
  });

  it('by R6 in partial blocks, one of them damaged', () => {
    let count = 0;
    const { outcome } = fastScene({
      read: { command: 'R6' },
      world: {
        memory: fast(),
        onPublish: (chunk) => [
          chunk.length > 200 && ++count === 3 ? chunk.map((byte, i) => (i === 50 ? byte ^ 1 : byte)) : chunk,
        ],
      },
    });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(bareRows(outcome), expectedRows('2026-11-19T00:00:00', '2026-11-21T00:00:00'));
  });

  for (const nth of [1, 2, 3, 4, 5])
    it(`by R6, partial block ${nth} delivered twice: no row doubled, shifted or skipped`, () => {
      let blocks = 0;
      const { outcome } = fastScene({
        read: { command: 'R6' },
        world: {
          memory: fast(),
          onPublish: (chunk) => (chunk.length > 200 && ++blocks === nth ? [chunk, chunk] : [chunk]),
        },
      });
      assert.equal(outcome.error, undefined, outcome.error?.message);
      assert.deepEqual(bareRows(outcome), expectedRows('2026-11-19T00:00:00', '2026-11-21T00:00:00'));
    });

  it('broken off between two pieces: the next read goes on where it was', () => {
    const { outcome, meter, again } = fastScene({ faults: { silentFromRead: 2 } });
    assert.equal(outcome.error?.code, 'SESSION_BROKEN');
    const before = meter.seen.length;
    const resumed = runAgainWithoutFault(again, meter);
    assert.deepEqual(bareRows(resumed), expectedRows('2026-11-19T00:00:00', '2026-11-21T00:00:00'));
    assert.deepEqual(
      meter.seen.slice(before).filter((line) => line.startsWith('R5')).length,
      1,
      'only what was missing',
    );
  });

  for (const day of ['2026-11-19', '2026-07-19'])
    it(`broken off inside partial blocks: the next read begins at the last good row (${day})`, () => {
      let blocks = 0;
      const [from, to] = [`${day}T00:00:00`, `${day}T23:45:00`];
      const { outcome, meter, again } = fastScene({
        read: { command: 'R6', from, to },
        world: { memory: fast(), onPublish: (chunk) => (chunk.length > 200 && ++blocks > 5 ? [] : [chunk]) },
      });
      assert.equal(outcome.error?.code, 'SESSION_BROKEN');
      const before = meter.seen.length;
      const resumed = again({}, { onPublish: (chunk) => [chunk] });
      assert.deepEqual(bareRows(resumed), expectedRows(from, to));
      const asked = meter.seen.slice(before).find((line) => line.startsWith('R6')) ?? '';
      assert.match(asked, /P\.01\(026\d\d190[2-9]/, asked);
    });

  it('daily values are fetched by the month, and a read that ended well is begun anew', () => {
    const days = {
      ...(VDEW_MODEL.profile ?? assert.fail()),
      code: 'P.02',
      periodMinutes: 1440,
      first: '2026-01-01T23:00:00Z',
      status: {},
      gaps: [],
    };
    const { outcome, meter, again } = fastScene({
      read: { items: ['P.02'], from: '2026-09-01T00:00', to: '2026-11-01T00:00' },
      model: { profile: days },
    });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(bareRows(outcome), expectedRows('2026-09-01T00:00:00', '2026-11-01T00:00:00', days));
    const asked = meter.seen.filter((line) => line.startsWith('R5'));
    assert.equal(asked.length, 2);
    assert.deepEqual(again().result?.rows, outcome.result?.rows);
    assert.deepEqual(meter.seen.filter((line) => line.startsWith('R5')).slice(2), asked);
  });

  it('broken off, and asked again later: what the meter measured in between is not missing', () => {
    const model = VDEW_MODEL.profile ?? assert.fail();
    const growing = { ...model, last: '2026-11-20T09:00:00Z' };
    for (const silentFromRead of [2, 3, 4, 5]) {
      const { outcome, meter, again } = fastScene({
        read: { to: '2026-11-23T00:00' },
        model: { profile: growing },
        faults: { silentFromRead },
      });
      assert.equal(outcome.error?.code, 'SESSION_BROKEN', String(silentFromRead));
      growing.last = '2026-11-21T12:00:00Z';
      assert.deepEqual(
        bareRows(runAgainWithoutFault(again, meter)),
        expectedRows('2026-11-19T00:00:00', '2026-11-21T13:00:00', growing),
        String(silentFromRead),
      );
      growing.last = '2026-11-20T09:00:00Z';
    }
  });

  it('an interval without data says so', () => {
    const { outcome } = fastScene({ read: { from: '2020-01-01', to: '2020-01-02' } });
    assert.equal(outcome.error?.code, 'REQUEST_REFUSED');
    assert.match(outcome.error?.message ?? '', /2020-01-01/);
  });

  it('the log: entries with and without values, words decoded', () => {
    const { outcome } = fastScene({ read: { request: 'log', from: '2026-08-01', to: '2026-11-22' } });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.deepEqual(
      outcome.result?.columns?.map((column) => column.name),
      ['0.9.1', '0.9.2'],
    );
    assert.deepEqual(outcome.result?.rows, [
      {
        at: '2026-08-26T23:56:46',
        season: 'summer',
        status: '00008020',
        flags: ['before-synchronisation', 'clock-set'],
        values: ['1235703', '1260826'],
      },
      { at: '2026-11-20T11:05:00', season: 'winter', status: '00000080', flags: ['power-down'], values: [null, null] },
      { at: '2026-11-20T11:35:00', season: 'winter', status: '00000040', flags: ['power-up'], values: [null, null] },
    ]);
    assert.ok(outcome.result?.readings.length, 'weeks without entries are told, not hidden');
  });

  it('by R2 with spelled times', () => {
    const { outcome, meter } = fastScene({
      read: { command: 'R2', to: '2026-11-19T02:00' },
      model: { commands: ['R2'] },
    });
    assert.ok(meter.seen.includes('R2 P.01(26-11-19,00:00;26-11-19,02:00)'), meter.seen.join());
    assert.equal(outcome.result?.rows?.length, 9);
  });

  it('a meter without programming mode is told from one that fails', () => {
    const { outcome } = scene({ read: profile, model: { mode: 'A', identification: 'KAM MC' } });
    assert.equal(outcome.error?.code, 'REQUEST_REFUSED');
  });
});

function runAgainWithoutFault(again: () => Outcome<Readout>, meter: Iec62056Meter): Outcome<Readout> {
  meter.mend();
  return again();
}

it('the driver itself: a meter hears nothing at the wrong speed', () => {
  const memory = new TestMemory(PORT_7E1);
  const meter = new Iec62056Meter({ model: at9600, now: () => memory.time });
  const ask = function* (): Dialogue<Uint8Array | undefined> {
    yield { do: 'send', bytes: fromLatin1('/?!\r\n') };
    return yield { do: 'receive', ms: 5000 };
  };
  assert.equal(runInWorld(ask(), { memory, meter }).result, undefined);
});
