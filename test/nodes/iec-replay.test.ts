// Recorded readouts of real meters, served by `mtx-sim --replay` through a broker to Node-RED: no codec of ours stands
// on the meter's side. Whole, byte by byte, and in odd pieces.
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import { ReplayRig, WAYS, type Outcome, type Report, type Way } from '../support/replay';
import { vectorFile } from '../support/vectors';

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly wire: string;
  readonly expect: { readonly ident?: { readonly manufacturer: string; readonly mode: string }; readonly sets: readonly [code: string, value: string, unit: string | null][]; readonly bcc?: { readonly valid: 'xor' | 'sum7' | false } };
}
const ROWS = vectorFile<{ iec62056_21: Row[] }>('iec.json').iec62056_21.filter(({ kind }) => kind === 'readout');
const CASES = (Object.keys(WAYS) as Way[]).flatMap((way) => ROWS.map((row) => ({ way, row })));

/** The identification answers the request, what follows answers the option select; mode B, and a capture with echoes, stay as they were. */
function recordingOf({ wire, expect }: Row): string {
  const bytes = fromHex(wire);
  const end = bytes.indexOf(0x0a) + 1;
  const isAcknowledged = bytes[0] === 0x2f && bytes[end] === 0x02 && expect.ident?.mode !== 'B';
  const [identification, data] = [toHex(bytes.slice(0, end)), toHex(bytes.slice(end))];
  // NAK asks for the block once more.
  return isAcknowledged ? `> 2f 3f 21 0d 0a\n< ${identification}\n*\n< ${data}\n` : `> 2f 3f 21 0d 0a\n< ${wire}\n> 15\n< ${data}\n`;
}

/** The first bracket of each code, as text, and its unit. */
function expectedSets({ expect }: Row): string[] {
  return expect.sets.filter(([code]) => code !== '').map(([code, value, unit]) => `${code} ${value}${unit === null ? '' : `*${unit}`}`);
}
function readSets(readings: Report['readings']): string[] {
  return readings.map(({ name, value, raw, unit }) => `${name} ${raw ?? String(value)}${unit === undefined ? '' : `*${unit}`}`);
}

describe('recorded meters through mtx-sim, broker and Node-RED', () => {
  const outcomes: Outcome[] = [];
  let rig: ReplayRig;
  before(async function () {
    this.timeout(60_000);
    const reader = { type: 'mtx-iec-read', protocol: '62056-21', request: 'readout', parity: 'none', baud: 'fixed', mode: 'auto' };
    rig = await ReplayRig.start(reader, '1000', CASES.map(({ row, way }) => ({ text: recordingOf(row), way })));
    await Promise.all(rig.imeis.map(async (imei, i) => void (outcomes[i] = await rig.ask(imei))));
  });
  after(() => rig.stop());

  CASES.forEach(({ way, row }, i) => {
    it(`${row.id} ${way}: ${row.title}`, () => {
      const { report, error } = outcomes[i] ?? assert.fail('no outcome');
      const pieces = rig.said(rig.imeis[i] ?? '', 'tx');
      if (way !== 'whole') assert.ok(pieces.length > 5, `it came in ${pieces.length} pieces`);
      if (way === 'byte by byte') assert.ok(pieces.every((hex) => hex.length === 2));
      if (row.expect.bcc?.valid === false) return assert.match(error ?? '', /BAD_FRAME/, 'a block check that does not fit is never accepted');
      assert.equal(error, undefined);
      assert.deepEqual(readSets(report?.readings ?? []), expectedSets(row));
      if (row.expect.ident) assert.equal(report?.identity?.manufacturer, row.expect.ident.manufacturer);
    });
  });
});
