// Recorded readouts of real meters, served by `mtx-sim --replay` through a broker to Node-RED: no codec of ours stands
// on the meter's side. Whole, byte by byte, and in odd pieces.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import { systemClock } from '../../src/core/transport/clock';
import { imeiRow, startCli } from '../../src/simulator/index';
import type { ModemCore } from '../../src/simulator/modem-core';
import { flowOf, helper, IDS, onMessage, paletteNodes, startBroker, until, type TestBroker } from '../support/palette';
import { vectorFile } from '../support/vectors';

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly wire: string;
  readonly expect: { readonly ident?: { readonly manufacturer: string; readonly mode: string }; readonly sets: readonly [code: string, value: string, unit: string | null][]; readonly bcc?: { readonly valid: 'xor' | 'sum7' | false } };
}
interface Reading {
  readonly name: string;
  readonly value: unknown;
  readonly raw?: string;
  readonly unit?: string;
}
interface Outcome {
  readonly report?: { readonly identity: { readonly manufacturer?: string }; readonly readings: readonly Reading[] };
  readonly code?: string;
}

const ROWS = vectorFile<{ iec62056_21: Row[] }>('iec.json').iec62056_21.filter(({ kind }) => kind === 'readout');
const WAYS: Readonly<Record<string, readonly string[]>> = {
  whole: ['--chunks', 'whole'],
  'byte by byte': ['--chunks', 'whole', '--fault', 'tx:split=1'],
  'in odd pieces': ['--chunks', 'odd', '--set', 'MTX_msToSend=20'],
};
const CASES = Object.keys(WAYS).flatMap((way) => ROWS.map((row) => ({ way, row })));
const IMEIS = imeiRow('353234028103206', CASES.length);

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
function readSets(readings: readonly Reading[]): string[] {
  return readings.map(({ name, value, raw, unit }) => `${name} ${raw ?? String(value)}${unit === undefined ? '' : `*${unit}`}`);
}

describe('recorded meters through mtx-sim, broker and Node-RED', () => {
  const outcomes = new Map<string, Outcome>();
  const modems: ModemCore[] = [];
  let broker: TestBroker;
  let folder = '';

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), 'mtx-replay-'));
    broker = await startBroker();
    CASES.forEach(({ way, row }, i) => {
      const file = join(folder, `${row.id}.txt`);
      writeFileSync(file, recordingOf(row));
      const words = ['--broker', `mqtt://127.0.0.1:${broker.port}`, '--imei', IMEIS[i] ?? '', '--replay', file, '--boot-ms', '0', '--time-factor', '20', ...(WAYS[way] ?? [])];
      const cli = startCli(words, { clock: systemClock, print: () => undefined, printError: (line) => assert.fail(line) });
      modems.push(...cli.modems);
    });
    await until(() => IMEIS.every((imei) => broker.subscribed.includes(`${imei}/rx`)));
    const reader = { type: 'mtx-iec-read', protocol: '62056-21', request: 'readout', parity: 'none', baud: 'fixed', mode: 'auto' };
    await helper.load(paletteNodes(), flowOf(broker, reader, { imei: '', latency: '1000', attempts: '1' }));
    onMessage((msg) => outcomes.set(String(msg['imei']), { report: msg['payload'] as NonNullable<Outcome['report']> }));
    helper.getNode('e000000000000002').on('input', (msg: unknown) => {
      const { imei, error } = msg as { imei: string; error: { cause: { code: string } } };
      outcomes.set(imei, { code: error.cause.code });
    });
    for (const imei of IMEIS) helper.getNode(IDS.node).receive({ imei } as never);
    await until(() => outcomes.size === CASES.length, 40_000);
  });
  after(async () => {
    await helper.unload();
    for (const modem of modems) modem.stop();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  CASES.forEach(({ way, row }, i) => {
    it(`${row.id} ${way}: ${row.title}`, () => {
      const { report, code } = outcomes.get(IMEIS[i] ?? '') ?? assert.fail('no outcome');
      const pieces = broker.published.filter((line) => line.startsWith(`${IMEIS[i] ?? ''}/tx `)).map((line) => line.split(' ')[1] ?? '');
      if (way !== 'whole') assert.ok(pieces.length > 5, `it came in ${pieces.length} pieces`);
      if (way === 'byte by byte') assert.ok(pieces.every((hex) => hex.length === 2));
      if (row.expect.bcc?.valid === false) return assert.equal(code, 'BAD_FRAME', 'a block check that does not fit is never accepted');
      assert.equal(code, undefined);
      assert.deepEqual(readSets(report?.readings ?? []), expectedSets(row));
      if (row.expect.ident) assert.equal(report?.identity.manufacturer, row.expect.ident.manufacturer);
    });
  });
});
