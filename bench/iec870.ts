// Round trips and seconds of IEC 60870-5-102 reads at 9600 Bd against the least that the protocol allows, in virtual
// time against the simulated meter. The least: the session's frames and one poll per answer, nothing lost, no thinking.
import { wireMs } from '../src/core/wire/dialogue';
import type { Iec870Options } from '../src/core/iec870/options';
import { predictIec870 } from '../src/core/iec870/predict';
import { readIec870 } from '../src/core/iec870/read';
import { EVEN, talk } from '../test/support/iec870-driver';
import { LOGIN, meterMemory, testMeter } from '../test/support/iec870-meter';

export interface Result {
  readonly name: string;
  readonly roundTripMs: number;
  readonly records: number;
  readonly exchanges: number;
  readonly leastExchanges: number;
  readonly seconds: number;
  readonly leastSeconds: number;
  readonly predictedSeconds: number;
}

export function run(): readonly Result[] {
  return [300, 1000, 2000].flatMap((roundTripMs) =>
    CASES.map((example): Result => {
      const options: Iec870Options = { ...LOGIN, ...example.options };
      const meter = testMeter({ memory: meterMemory({ blocks: example.blocks }), reactionMs: 20 });
      const { result, error, sent, bytesBack, ms } = talk((memory) => readIec870(options, memory), {
        meter,
        roundTripMs,
      });
      if (!result) throw error ?? new Error('no result');
      const records = result.rows?.length ?? 0;
      const leastExchanges = SESSION + INTERVAL + Math.ceil(records / example.perAnswer);
      const bytesOut = sent.reduce((sum, bytes) => sum + bytes.length, 0);
      const predicted = predictIec870(options, roundTripMs);
      return {
        name: example.name,
        roundTripMs,
        records,
        exchanges: sent.length,
        leastExchanges,
        seconds: ms / 1000,
        leastSeconds: (leastExchanges * roundTripMs + wireMs(bytesOut + bytesBack, EVEN)) / 1000,
        predictedSeconds: (example.blocks ? predicted.ms : predicted.withoutBlocks.ms) / 1000,
      };
    }),
  );
}

function table(results: readonly Result[]): string {
  const head = ['read', 'round trip', 'records', 'exchanges', 'least', 'seconds', 'least', 'predicted'];
  const lines = results.map((r) => [
    r.name,
    `${r.roundTripMs / 1000} s`,
    r.records,
    r.exchanges,
    r.leastExchanges,
    r.seconds.toFixed(1),
    r.leastSeconds.toFixed(1),
    r.predictedSeconds.toFixed(1),
  ]);
  return [head, ...lines]
    .map((cells) => cells.map((cell, i) => (i === 0 ? String(cell).padEnd(36) : String(cell).padStart(10))).join(' '))
    .join('\n');
}

/** Status, reset, password, its confirmation; end of session. */
const SESSION = 5;
/** Request, confirmation, termination. */
const INTERVAL = 3;
const day = { from: '2026-11-20T01:00', to: '2026-11-21T00:00' } as const;
const month = { from: '2026-10-01T01:00', to: '2026-11-01T00:00' } as const;
const CASES = [
  { name: 'day of hourly curve, blocks', options: { request: 'load-curve', ...day }, blocks: true, perAnswer: 6 },
  { name: 'day of hourly curve, one by one', options: { request: 'increments', ...day }, blocks: false, perAnswer: 1 },
  { name: 'month of hourly curve, blocks', options: { request: 'load-curve', ...month }, blocks: true, perAnswer: 6 },
  {
    name: 'month of hourly curve, one by one',
    options: { request: 'increments', ...month },
    blocks: false,
    perAnswer: 1,
  },
  {
    name: 'month of billing (3 tariff records)',
    options: { request: 'billing', from: '2026-10-15', to: '2026-11-01' },
    blocks: true,
    perAnswer: 1,
  },
] as const;

if (require.main === module) console.log(table(run()));
