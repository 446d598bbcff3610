// Every captured session of a foreign DLMS meter, served by `mtx-sim --replay` through a broker to Node-RED: no codec
// of ours stands on the meter's side. Whole, and in odd pieces. The plays stand in test/support/dlms-plays.ts; a
// session without one fails here, and so does a captured request that no play asks with its very octets and nobody
// excused.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import sinon from 'sinon';
import { notesOf, type MeterKnowledge } from '../../src/core/dlms/reading/meter-memory';
import type { Dialogue } from '../../src/core/wire/dialogue';
import type { ModemNode } from '../../nodes/shared/palette';
import { guruxAnswer, ownWords, PLAYS, type Ask, type Play, type Step } from '../support/dlms-plays';
import { helper, IDS, until } from '../support/palette';
import { ReplayRig, type Outcome, type Way } from '../support/replay';
import { vectorFile } from '../support/vectors';

interface Frame {
  readonly dir: 'TX' | 'RX';
  readonly hex: string;
}
interface Exchange {
  readonly asked: string;
  readonly answers: readonly string[];
}
const SESSIONS = vectorFile<{
  vectors: readonly {
    readonly id: string;
    readonly layer: string;
    readonly title: string;
    readonly frames: readonly Frame[];
  }[];
}>('dlms.json').vectors.filter(({ layer }) => layer === 'transcript');
const CASES = PLAYS.flatMap((play) =>
  (['whole', 'in odd pieces'] as Way[]).slice(0, play.isSlow ? 1 : 2).map((way) => ({ play, way })),
);

function exchangesOf(id: string): readonly Exchange[] {
  const exchanges: { asked: string; answers: string[] }[] = [];
  for (const { dir, hex } of SESSIONS.find((one) => one.id === id)?.frames ?? assert.fail(id)) {
    if (dir === 'TX') exchanges.push({ asked: hex, answers: [] });
    else exchanges.at(-1)?.answers.push(hex);
  }
  return exchanges;
}

/** Request (none = whatever comes) and answers of a step. */
function played(
  step: Step,
  exchanges: readonly Exchange[],
): { readonly request: string | undefined; readonly answers: readonly string[] } {
  if (typeof step === 'object' && 'made' in step) return { request: step.request, answers: [step.made] };
  const exchange =
    exchanges[typeof step === 'number' ? step : step.any] ?? assert.fail(`no exchange ${JSON.stringify(step)}`);
  return { request: typeof step === 'number' ? exchange.asked : undefined, answers: exchange.answers };
}
const stepsOf = (play: Play): ReturnType<typeof played>[] =>
  play.script.map((step) => played(step, exchangesOf(play.id)));
const recordingOf = (play: Play): string =>
  stepsOf(play)
    .map(({ request, answers }) =>
      [request === undefined ? '*' : `> ${request}`, ...answers.map((hex) => `< ${hex}`)].join('\n'),
    )
    .join('\n');
const exactOf = (play: Play): readonly string[] =>
  play.script.flatMap((step) => (typeof step === 'number' ? [exchangesOf(play.id)[step]?.asked ?? assert.fail()] : []));

/** {class, version, logical name} of a captured object list, found in the information fields and blocks by pattern. */
function objectsIn(id: string): string[] {
  const inFrame = (hex: string): string =>
    hex.startsWith('7e') ? hex.slice(16, -6) : hex.slice(16).replace(/^c402c1.{12}82..../, '');
  const text = exchangesOf(id)
    .flatMap(({ answers }) => answers.map(inFrame))
    .join('');
  return [...text.matchAll(/020412(....)11(..)0906(.{12})/g)].map(
    ([, classId = '', version = '', name = '']) => `${parseInt(classId, 16)} ${parseInt(version, 16)} ${name}`,
  );
}

function* handOut<T>(value: T): Dialogue<T> {
  yield { do: 'pause', ms: 0 };
  return value;
}

/** Where src/core/readers/invocation-counters.ts keeps the counter of a key and a client title. */
function counterName({ meter }: Play, imei: string): string {
  const octets = (name: string): Buffer => Buffer.from(String(meter[name]), 'hex');
  const digest = crypto
    .createHash('sha256')
    .update('mtx-dlms')
    .update(octets('encryptionKey'))
    .update('|')
    .update(octets('clientTitle'))
    .digest('hex');
  return `mtxDlmsCounter_${imei}_${String(meter['server'] ?? '1')}_${digest.slice(0, 16)}`;
}

function shown({ report, error }: Outcome): unknown {
  if (error !== undefined) return error;
  return report?.rows
    ? report.rows.map(({ at, values }) => [at, values])
    : report?.readings.map(({ value, error: refused }) => value ?? refused?.code);
}

describe('captured DLMS meters through mtx-sim, broker and Node-RED', () => {
  const warnings: string[] = [];
  const warn = (warning: Error): void => void warnings.push(warning.message);
  let rig: ReplayRig;

  before(async function () {
    process.on('warning', warn);
    rig = await ReplayRig.start(
      { type: 'mtx-dlms-read', timeout: '1500' },
      '1000',
      CASES.map(({ play, way }) => ({ text: recordingOf(play), way })),
    );
    helper.getNode(IDS.node).context().global.set('gurux', guruxAnswer);
    const isDrawing = ({ meter }: Play): boolean => meter['auth'] === 'gmac' || meter['auth'] === 'high';
    const others = playAll((play) => !isDrawing(play));
    // One challenge after the other can be ours.
    for (const challenge of new Set(PLAYS.flatMap((play) => play.challenge ?? []))) {
      const drawn = sinon.stub(crypto, 'randomBytes').callThrough();
      drawn.withArgs(16).callsFake((() => Buffer.from(challenge, 'hex')) as never);
      await playAll((play) => play.challenge === challenge).finally(() => drawn.restore());
    }
    await playAll((play) => isDrawing(play) && play.challenge === undefined);
    await others;
  });
  after(async () => {
    await rig.stop();
    process.off('warning', warn);
  });

  async function playAll(isDue: (play: Play) => boolean): Promise<void> {
    await Promise.all(
      CASES.map(async ({ play }, i) => {
        if (isDue(play)) await playOne(play, rig.imeis[i] ?? '');
      }),
    );
  }

  async function playOne(play: Play, imei: string): Promise<void> {
    const { meter } = play;
    if (play.counter !== undefined)
      helper
        .getNode(IDS.node)
        .context()
        .global.set(counterName(play, imei), `${play.counter} ${String(meter['client'])}`);
    const notes = await notesFor(play, imei);
    if (!play.countsInvokes) Object.defineProperty(notes, 'invokeId', { get: () => 1, set: () => undefined });
    for (const ask of play.reads) {
      Object.assign(notes, ask.knows);
      await rig.ask(imei, { ...meter, ...ask.meter });
    }
    await until(() => exactOf(play).every((hex) => rig.said(imei, 'rx').join('').includes(hex)), 3_000).catch(
      () => undefined,
    ); // the tests say which is missing
  }

  /** What the reader knows of this meter: a job of the lane that says nothing hands it out. */
  async function notesFor(play: Play, imei: string): Promise<MeterKnowledge> {
    const { interface: transport = 'hdlc', server = '1', physical = '0', client, referencing = 'LN' } = play.meter;
    const node = helper.getNode(IDS.modem) as unknown as ModemNode;
    const key = `${transport === 'wrapper' ? 'wrapper' : 'hdlc'} ${String(server)}/${String(physical)} client ${String(client)} ${String(referencing)}`;
    const { value } = await node
      .acquire(imei)
      .ports[0].run({ label: 'notes', attempts: 1, queueMs: 1000, start: (memory) => handOut(notesOf(memory, key)) });
    return value;
  }

  it('leaves no captured session and no captured request out', () => {
    for (const { id } of SESSIONS) {
      const plays = PLAYS.filter((play) => play.id === id);
      assert.ok(plays.length > 0, `${id} is not played`);
      for (const { asked } of exchangesOf(id))
        assert.ok(
          ownWords(asked) ?? plays.some((play) => exactOf(play).includes(asked)),
          `${id}: no play asks ${asked}`,
        );
    }
  });

  it('makes Node.js warn of nothing', () => assert.deepEqual(warnings, []));

  CASES.forEach(({ play, way }, i) => {
    it(`${play.id} ${way}: ${play.shows}`, () => {
      const imei = rig.imeis[i] ?? '';
      const got = rig.of(imei).map(shown);
      play.reads.forEach(({ gives }: Ask, k) => {
        if (gives !== 'objects') return assert.deepEqual(got[k], gives);
        const [list] = got[k] as [readonly [number, number, string][]];
        assert.equal(list.length, 18);
        assert.deepEqual(
          list.map(([classId, version, name]) => `${classId} ${version} ${name}`),
          objectsIn(play.id),
        );
      });
      const rx = rig.said(imei, 'rx').join('');
      for (const hex of [...exactOf(play), play.says ?? '']) assert.ok(rx.includes(hex), `${hex} was not said`);
      if (way !== 'whole') assert.ok(rig.said(imei, 'tx').length > 4);
      assert.match(
        rig.said(imei, 'tx').join(''),
        new RegExp(`^(${[...new Set(stepsOf(play).flatMap(({ answers }) => answers))].join('|')})*$`),
        'the meter said its captured octets and nothing else',
      );
    });
  });
});
