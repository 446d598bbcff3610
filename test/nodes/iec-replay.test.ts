// Recorded readouts and talks of real meters, served by `mtx-sim --replay` through a broker to Node-RED: no codec of
// ours stands on the meter's side. Whole, byte by byte, and in odd pieces. A row of the vectors that is neither played
// nor excused fails.
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import { ReplayRig, WAYS, type Outcome, type Report, type Way } from '../support/replay';
import { vectorFile } from '../support/vectors';

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly wire: string;
  readonly steps: readonly { readonly dir: '>' | '<'; readonly hex: string }[];
  readonly expect: {
    readonly ident?: { readonly manufacturer: string; readonly mode: string };
    readonly sets: readonly [code: string, value: string, unit: string | null][];
    readonly bcc?: { readonly valid: 'xor' | 'sum7' | false };
  };
}
interface Talk {
  readonly id: string;
  readonly meter: Readonly<Record<string, unknown>>;
  /** Steps that this reader does not follow to the end. */
  readonly until?: number;
  readonly gives: unknown;
}

const ALL = vectorFile<{ iec62056_21: Row[] }>('iec.json').iec62056_21;
const ROWS = ALL.filter(({ kind }) => kind === 'readout');
const TALKS: readonly Talk[] = [
  {
    id: 'C21-O17',
    meter: {
      address: '141628345',
      request: 'registers',
      items: ['ET0PE', 'CURRE', 'FREQU', 'VOLTA'],
      command: 'R1',
      password: '777777',
    },
    gives: [68.42, 0.402, 49.97, 237.58],
  },
  {
    id: 'C21-O18',
    meter: {
      address: '00000201',
      request: 'registers',
      items: ['100700FF', '2107FFFF', '600900FF', '030880FF', '0F0880FF'],
      password: '00000000',
    },
    gives: [5.3, 0.717, '029', 'REQUEST_REFUSED', '000046.24,000031.14,000015.10,000000.00,000000.00'],
  },
  // What follows sets the clock, which this reader does not do.
  {
    id: 'C21-O19',
    meter: { request: 'registers', items: ['0.9.2', '0.9.1'], command: 'R5', password: '00000000' },
    until: 10,
    gives: ['130103', '101415'],
  },
  { id: 'C21-O26', meter: { request: 'profile', password: '11111111' }, gives: '! ACCESS_DENIED authenticate' },
  { id: 'C21-O27', meter: {}, gives: ['123', 1] },
];
const UNPLAYED: Readonly<Record<string, string>> = {
  ident: 'lines without a readout behind',
  command: 'what a client says, nothing heard',
  fragment: 'the middle of a readout',
  'mode-d': 'nobody asks a meter that sends by itself, and a replay answers',
  profile: 'answers without the sign-on before them',
  log: 'an answer without the sign-on before it',
  'C21-O25': 'three blocks without the sign-on before them',
};
const CASES = (Object.keys(WAYS) as Way[]).flatMap((way) => ROWS.map((row) => ({ way, row })));

/**
 * The identification answers the request, what follows answers the option select; mode B, and a capture with echoes,
 * stay as they were.
 */
function recordingOf({ wire, expect }: Row): string {
  const bytes = fromHex(wire);
  const end = bytes.indexOf(0x0a) + 1;
  const isAcknowledged = bytes[0] === 0x2f && bytes[end] === 0x02 && expect.ident?.mode !== 'B';
  const [identification, data] = [toHex(bytes.slice(0, end)), toHex(bytes.slice(end))];
  // NAK asks for the block once more.
  return isAcknowledged
    ? `> 2f 3f 21 0d 0a\n< ${identification}\n*\n< ${data}\n`
    : `> 2f 3f 21 0d 0a\n< ${wire}\n> 15\n< ${data}\n`;
}

/** The first bracket of each code, as text, and its unit. */
function expectedSets({ expect }: Row): string[] {
  return expect.sets
    .filter(([code]) => code !== '')
    .map(([code, value, unit]) => `${code} ${value}${unit === null ? '' : `*${unit}`}`);
}
function readSets(readings: Report['readings']): string[] {
  return readings.map(
    ({ name, value, raw, unit }) => `${name} ${raw ?? String(value)}${unit === undefined ? '' : `*${unit}`}`,
  );
}

const stepsOf = ({ id, until }: Talk): Row['steps'] =>
  (ALL.find((row) => row.id === id)?.steps ?? assert.fail(id)).slice(0, until);
const TALK_CASES = (Object.keys(WAYS) as Way[]).flatMap((way) => TALKS.map((talk) => ({ way, talk })));

describe('recorded meters through mtx-sim, broker and Node-RED', () => {
  const outcomes: Outcome[] = [];
  let rig: ReplayRig;
  before(async function () {
    this.timeout(300_000);
    const reader = {
      type: 'mtx-iec-read',
      protocol: '62056-21',
      request: 'readout',
      parity: 'none',
      baud: 'fixed',
      mode: 'auto',
    };
    const talks = TALK_CASES.map(({ talk, way }) => ({
      text: stepsOf(talk)
        .map(({ dir, hex }) => `${dir} ${hex}`)
        .join('\n'),
      way,
    }));
    rig = await ReplayRig.start(reader, '6000', [
      ...CASES.map(({ row, way }) => ({ text: recordingOf(row), way })),
      ...talks,
    ]);
    // Cut in single bytes a readout is thousands of messages on the one connection, and others would wait behind them.
    const places = [...CASES, ...TALK_CASES].map(({ way }, i) => ({ i, isFlood: way === 'byte by byte' }));
    await play(
      places.filter(({ isFlood }) => isFlood),
      3,
    );
    await play(
      places.filter(({ isFlood }) => !isFlood),
      18,
    );
  });
  after(() => rig.stop());

  async function play(waiting: { readonly i: number }[], sideBySide: number): Promise<void> {
    await Promise.all(
      Array.from({ length: sideBySide }, async () => {
        for (let next = waiting.shift(); next; next = waiting.shift())
          outcomes[next.i] = await rig.ask(rig.imeis[next.i] ?? '', TALK_CASES[next.i - CASES.length]?.talk.meter);
      }),
    );
  }

  it('leaves no row out', () => {
    for (const { id, kind } of ALL)
      assert.ok(
        kind === 'readout' || TALKS.some((talk) => talk.id === id) || (UNPLAYED[kind] ?? UNPLAYED[id]),
        `${id} is not played`,
      );
  });

  CASES.forEach(({ way, row }, i) => {
    it(`${row.id} ${way}: ${row.title}`, () => {
      const { report, error } = outcomes[i] ?? assert.fail('no outcome');
      const pieces = rig.said(rig.imeis[i] ?? '', 'tx');
      if (way !== 'whole') assert.ok(pieces.length > 5, `it came in ${pieces.length} pieces`);
      if (way === 'byte by byte') assert.ok(pieces.every((hex) => hex.length === 2));
      if (row.expect.bcc?.valid === false)
        return assert.match(error ?? '', /BAD_FRAME/, 'a block check that does not fit is never accepted');
      assert.equal(error, undefined);
      assert.deepEqual(readSets(report?.readings ?? []), expectedSets(row));
      if (row.expect.ident) assert.equal(report?.identity?.manufacturer, row.expect.ident.manufacturer);
    });
  });

  TALK_CASES.forEach(({ way, talk }, i) => {
    it(`${talk.id} ${way}, octet for octet`, () => {
      const { report, error } = outcomes[CASES.length + i] ?? assert.fail('no outcome');
      assert.deepEqual(
        error ?? report?.readings.map(({ value, error: refused }) => value ?? refused?.code),
        talk.gives,
      );
      const asked = stepsOf(talk)
        .filter(({ dir }) => dir === '>')
        .map(({ hex }) => hex)
        .join('');
      const said = rig.said(rig.imeis[CASES.length + i] ?? '', 'rx').join('');
      assert.ok(said.startsWith(asked), `said ${said}`);
    });
  });
});
