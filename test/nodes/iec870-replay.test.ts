// The sessions of IEC 60870-5-102 in the vectors, served by `mtx-sim --replay` through a broker to Node-RED: what is
// sent must be their very octets, and so is what is heard. Whole, byte by byte, and in odd pieces.
import assert from 'node:assert/strict';
import { ReplayRig, WAYS, type Outcome, type Way } from '../support/replay';
import { vectorFile } from '../support/vectors';

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly steps?: readonly { readonly dir: '>' | '<'; readonly hex: string }[];
}
interface Play {
  /** Rows that this play goes through. */
  readonly rows: readonly string[];
  readonly shows: string;
  readonly script: readonly string[];
  readonly meter: Readonly<Record<string, string>>;
  readonly gives: unknown;
}

const ROWS = vectorFile<{ iec870_5_102: Row[] }>('iec.json').iec870_5_102;
const steps = (id: string): readonly string[] =>
  (ROWS.find((row) => row.id === id)?.steps ?? assert.fail(id)).map(({ dir, hex }) => `${dir} ${hex}`);
const [LOGIN, INCREMENTS, NOISE] = [steps('C102-O02'), steps('C102-O04'), steps('C102-O15')];
/** End of session (187), as this reader says it after an odd and an even number of frames; the link acknowledges. */
const GOODBYE = ['> 68090968530100bb0006010000' + '1616', '> 68090968730100bb0006010000' + '3616'].flatMap((line) => [
  line,
  '< 100001000116',
]);
const HOURS = { from: '2018-07-01T01:00', to: '2018-07-01T03:00' };
const TWO_HOURS = [
  ['2018-07-01T01:00:00+02:00', [4, 0, 27, 0, 0, 0]],
  ['2018-07-01T02:00:00+02:00', [5, 0, 28, 0, 0, 0]],
];

const PLAYS: readonly Play[] = [
  {
    rows: ['C102-O02', 'C102-O04'],
    shows: 'increments one by one',
    script: [...LOGIN, ...INCREMENTS, ...GOODBYE],
    meter: { request: 'increments', ...HOURS },
    gives: TWO_HOURS,
  },
  {
    rows: ['C102-O02', 'C102-O12'],
    shows: 'three periods in one block, a total marked invalid is null',
    script: [...LOGIN, ...steps('C102-O12'), ...GOODBYE],
    meter: { request: 'load-curve', ...HOURS },
    gives: [
      ['2018-07-01T01:00:00+02:00', [0, 100, 200, 300, 400, 500]],
      ['2018-07-01T02:00:00+02:00', [1, 101, 201, 301, 401, null]],
      ['2018-07-01T03:00:00+02:00', [2, 102, 202, 302, 402, 502]],
    ],
  },
  {
    rows: ['C102-O03'],
    shows: 'a refused password',
    script: [...LOGIN.slice(0, 4), ...steps('C102-O03'), ...GOODBYE],
    meter: { request: 'time' },
    gives: '! ACCESS_DENIED authenticate',
  },
  {
    rows: ['C102-O15'],
    shows: 'modem text before the first frame, damaged frames before the first hour',
    meter: { request: 'increments', ...HOURS },
    gives: TWO_HOURS,
    script: [
      LOGIN[0] ?? '',
      ...NOISE.slice(0, 2),
      ...LOGIN.slice(2),
      ...INCREMENTS.slice(0, 5),
      ...NOISE.slice(2),
      ...INCREMENTS.slice(6),
      ...GOODBYE,
    ],
  },
];
const CASES = PLAYS.flatMap((play) => (Object.keys(WAYS) as Way[]).map((way) => ({ play, way })));

describe('recorded IEC 60870-5-102 meters through mtx-sim, broker and Node-RED', () => {
  let rig: ReplayRig;
  const outcomes: Outcome[] = [];
  before(async function () {
    const reader = { type: 'mtx-iec-read', protocol: '60870-5-102', link: '1', point: '1' };
    rig = await ReplayRig.start(
      reader,
      '1000',
      CASES.map(({ play, way }) => ({ text: play.script.join('\n'), way })),
    );
    await Promise.all(
      CASES.map(
        async ({ play }, i) => void (outcomes[i] = await rig.ask(rig.imeis[i] ?? '', { ...play.meter, password: '7' })),
      ),
    );
  });
  after(() => rig.stop());

  it('leaves no recorded session out', () => {
    for (const { id, kind } of ROWS)
      assert.ok(kind !== 'session' || PLAYS.some(({ rows }) => rows.includes(id)), `${id} is not played`);
  });

  CASES.forEach(({ play, way }, i) => {
    it(`${play.rows.join(' ')} ${way}: ${play.shows}`, () => {
      const { report, error } = outcomes[i] ?? assert.fail('no outcome');
      assert.deepEqual(error ?? report?.rows?.map(({ at, values }) => [at, values]), play.gives);
      const imei = rig.imeis[i] ?? '';
      const asked = play.script
        .filter((line) => line.startsWith('>') && !GOODBYE.includes(line))
        .map((line) => line.slice(2))
        .join('');
      const said = rig.said(imei, 'rx').join('');
      assert.ok(said.startsWith(asked), `said ${said}`);
      assert.ok(GOODBYE.includes(`> ${said.slice(asked.length)}`), `and then ${said.slice(asked.length)}`);
      const heard = rig.said(imei, 'tx');
      if (way === 'byte by byte') assert.ok(heard.every((hex) => hex.length === 2));
      if (way === 'in odd pieces') assert.ok(heard.length > 12);
    });
  });
});
