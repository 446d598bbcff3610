// Recordings served by `mtx-sim --replay`, one modem each, through a broker to one reader node in Node-RED's runtime.
// The meter's bytes are the recording's: no codec of ours stands on its side.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/transport/lane/clock';
import { imeiRow, startCli } from '../../src/simulator/index';
import { flowOf, helper, IDS, onMessage, paletteNodes, startBroker, until, type TestBroker } from './palette';

/** How a recording is cut, as words of mtx-sim. */
export const WAYS = {
  whole: ['--chunks', 'whole'],
  'byte by byte': ['--chunks', 'whole', '--fault', 'tx:split=1'],
  'in odd pieces': ['--chunks', 'odd', '--set', 'MTX_msToSend=20'],
} as const;
export type Way = keyof typeof WAYS;

export interface Report {
  readonly identity?: { readonly manufacturer?: string };
  readonly readings: readonly {
    readonly name: string;
    readonly value?: unknown;
    readonly raw?: string;
    readonly unit?: string;
    readonly error?: { readonly code: string };
  }[];
  readonly rows?: readonly { readonly at: string; readonly status?: string; readonly values: readonly unknown[] }[];
}
export interface Outcome {
  readonly report?: Report;
  /** `! CODE stage` */
  readonly error?: string;
}

export class ReplayRig {
  private readonly outcomes = new Map<string, Outcome[]>();

  private constructor(
    readonly broker: TestBroker,
    readonly imeis: readonly string[],
    private readonly release: () => void,
  ) {}

  static async start(
    reader: Record<string, unknown>,
    latency: string,
    recordings: readonly { readonly text: string; readonly way: Way }[],
  ): Promise<ReplayRig> {
    const folder = mkdtempSync(join(tmpdir(), 'mtx-replay-'));
    const broker = await startBroker();
    const imeis = imeiRow('353234028103206', recordings.length);
    const modems = recordings.flatMap(({ text, way }, i) => {
      const file = join(folder, `${i}.txt`);
      writeFileSync(file, text);
      const words = [
        '--broker',
        `mqtt://127.0.0.1:${broker.port}`,
        '--imei',
        imeis[i] ?? '',
        '--replay',
        file,
        '--boot-ms',
        '0',
        '--time-factor',
        '20',
        ...WAYS[way],
      ];
      return startCli(words, { clock: systemClock, print: () => undefined, printError: (line) => assert.fail(line) })
        .modems;
    });
    const rig = new ReplayRig(broker, imeis, () => {
      for (const modem of modems) modem.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    await until(() => imeis.every((imei) => broker.subscribed.includes(`${imei}/rx`)));
    await helper.load(paletteNodes(), flowOf(broker, reader, { imei: '', latency, attempts: '1' }));
    onMessage((msg) => rig.of(String(msg['imei'])).push({ report: msg['payload'] as Report }));
    helper.getNode('e000000000000002').on('input', (msg: unknown) => {
      const { imei, error } = msg as { imei: string; error: { cause: { code: string; stage: string } } };
      rig.of(imei).push({ error: `! ${error.cause.code} ${error.cause.stage}` });
    });
    return rig;
  }

  /** What came of the reads of a modem, in their order. */
  of(imei: string): Outcome[] {
    const found = this.outcomes.get(imei) ?? [];
    this.outcomes.set(imei, found);
    return found;
  }

  async ask(imei: string, meter: Record<string, unknown> = {}): Promise<Outcome> {
    const before = this.of(imei).length;
    helper.getNode(IDS.node).receive({ imei, meter } as never);
    await until(() => this.of(imei).length > before);
    return this.of(imei)[before] ?? assert.fail();
  }

  /** Messages to (`rx`) or from (`tx`) a meter, as hex. */
  said(imei: string, topic: 'rx' | 'tx'): string[] {
    return this.broker.published
      .filter((line) => line.startsWith(`${imei}/${topic} `))
      .map((line) => line.split(' ')[1] ?? '');
  }

  async stop(): Promise<void> {
    await helper.unload();
    this.release();
    await this.broker.close();
  }
}
