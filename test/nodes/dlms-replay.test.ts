// Captured sessions of foreign DLMS meters, served by `mtx-sim --replay` through a broker to Node-RED: no codec of ours
// stands on the meter's side. Whole, and in odd pieces.
//
// Played are the captures that one read of the node follows. The others cannot fit, and are played against the dialogues
// in test/unit/dlms and test/unit/dlms-link: sess-gmac-general-glo, sess-dedicated and sess-ic-error answer a challenge or
// a counter that we draw ourselves; in sess-hdlc-segmented, sess-wrapper-blocks, sess-wrapper-profile, sess-wrapper-list and
// sess-sn-wrapper nobody asks the meter for its name, which this reader does first, and all requests carry one invoke id;
// echo-snrm and mode-e-handshake end before an association.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/transport/clock';
import { imeiRow, startCli } from '../../src/simulator/index';
import type { ModemCore } from '../../src/simulator/modem-core';
import { flowOf, helper, IDS, onMessage, paletteNodes, startBroker, until, type TestBroker } from '../support/palette';
import { vectorFile } from '../support/vectors';

interface Session {
  readonly id: string;
  readonly title: string;
  readonly password?: string;
  readonly frames: readonly { readonly dir: 'TX' | 'RX'; readonly hex: string }[];
}
interface Outcome {
  readonly report?: { readonly readings: readonly { readonly id: string; readonly value: unknown }[] };
  readonly code?: string;
}
interface Played {
  readonly id: string;
  readonly meter: Readonly<Record<string, unknown>>;
  /** Requests that have to be the foreign client's own octets; the first ones offer what we can, and differ. */
  readonly exactFrom: number;
  check(outcome: Outcome): void;
}

const PLAYED: readonly Played[] = [
  {
    id: 'sess-broadcast-7f',
    meter: { server: '127', addressBytes: '1', items: [{ obis: '0-0:42.0.0*255', class: 1, attribute: 2 }] },
    exactFrom: 2,
    check: ({ report }) => assert.deepEqual(report?.readings.map(({ value }) => value), ['GRX0000000123456']),
  },
  { id: 'sess-lls-refused', meter: { items: ['1-0:1.8.0*255'] }, exactFrom: 9, check: ({ code }) => assert.ok(code === 'ACCESS_DENIED' || code === 'ASSOCIATION_REFUSED', code) },
];
const WAYS: Readonly<Record<string, readonly string[]>> = { whole: ['--chunks', 'whole'], 'in odd pieces': ['--chunks', 'odd', '--set', 'MTX_msToSend=20'] };
const SESSIONS = vectorFile<{ vectors: readonly Session[] }>('dlms.json').vectors;
const session = (id: string): Session => SESSIONS.find((one) => one.id === id) ?? assert.fail(id);
const CASES = Object.keys(WAYS).flatMap((way) => PLAYED.map((played) => ({ way, played })));
const IMEIS = imeiRow('353234028103206', CASES.length);

/** Requests before `exactFrom` are whatever comes. */
function recordingOf({ id, exactFrom }: Played): string {
  let asked = 0;
  return session(id).frames.map(({ dir, hex }) => (dir === 'RX' ? `< ${hex}\n` : asked++ < exactFrom ? '*\n' : `> ${hex}\n`)).join('');
}

describe('captured DLMS meters through mtx-sim, broker and Node-RED', () => {
  const outcomes = new Map<string, Outcome>();
  const modems: ModemCore[] = [];
  let broker: TestBroker;
  let folder = '';

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), 'mtx-dlms-replay-'));
    broker = await startBroker();
    CASES.forEach(({ way, played }, i) => {
      const file = join(folder, `${i}.txt`);
      writeFileSync(file, recordingOf(played));
      const words = ['--broker', `mqtt://127.0.0.1:${broker.port}`, '--imei', IMEIS[i] ?? '', '--replay', file, '--boot-ms', '0', '--time-factor', '20', ...(WAYS[way] ?? [])];
      modems.push(...startCli(words, { clock: systemClock, print: () => undefined, printError: (line) => assert.fail(line) }).modems);
    });
    await until(() => IMEIS.every((imei) => broker.subscribed.includes(`${imei}/rx`)));
    const reader = { type: 'mtx-dlms-read', client: '17', auth: 'low', timeout: '1500' };
    await helper.load(paletteNodes(), flowOf(broker, reader, { imei: '', latency: '1000', attempts: '1' }));
    onMessage((msg) => outcomes.set(String(msg['imei']), { report: msg['payload'] as NonNullable<Outcome['report']> }));
    helper.getNode('e000000000000002').on('input', (msg: unknown) => {
      const { imei, error } = msg as { imei: string; error: { cause: { code: string; detail: string } } };
      outcomes.set(imei, { code: `${error.cause.code}` });
    });
    CASES.forEach(({ played }, i) => helper.getNode(IDS.node).receive({ imei: IMEIS[i], meter: { ...played.meter, password: session(played.id).password } } as never));
    await until(() => outcomes.size === CASES.length, 40_000);
  });
  after(async () => {
    await helper.unload();
    for (const modem of modems) modem.stop();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  CASES.forEach(({ way, played }, i) => {
    it(`${played.id} ${way}: ${session(played.id).title}`, () => {
      const imei = IMEIS[i] ?? '';
      if (way !== 'whole') assert.ok(broker.published.filter((line) => line.startsWith(`${imei}/tx `)).length > 4);
      played.check(outcomes.get(imei) ?? assert.fail('no outcome'));
      const said = broker.published.filter((line) => line.startsWith(`${imei}/rx `)).map((line) => line.split(' ')[1] ?? '').join('');
      const captured = session(played.id).frames.filter(({ dir, hex }) => dir === 'TX' && !hex.includes('6203800100')).slice(played.exactFrom);
      for (const { hex } of captured) assert.ok(said.includes(hex), `${hex} was not said`);
    });
  });
});
