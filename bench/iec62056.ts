// IEC 62056-21: how fast data sets are decoded, beside smartmeter-obis where it is installed; and what a readout, a
// register and a day of load profile cost over a slow link, beside the least the protocol allows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toLatin1 } from '../src/core/wire/bytes';
import { wireMs, type LineSettings } from '../src/core/wire/dialogue';
import { decodeDataSets } from '../src/core/iec62056/dataset';
import type { Iec62056Options } from '../src/core/iec62056/options';
import { readIec62056 } from '../src/core/iec62056/read';
import { readingOf } from '../src/core/iec62056/readings';
import { systemClock } from '../src/core/transport/lane/clock';
import { Iec62056Meter } from '../src/simulator/meters/iec62056/meter';
import { TestMemory, runInWorld } from '../test/support/iec-driver';

export interface BenchLine {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly least?: number;
}

export function run(): readonly BenchLine[] {
  return [
    ...parsing(),
    ...[300, 1000, 2000].flatMap((roundTripMs) => [300, 9600].flatMap((baud) => links(roundTripMs, baud))),
  ];
}

function parsing(): readonly BenchLine[] {
  const vectors = JSON.parse(readFileSync(join(__dirname, '..', 'test', 'vectors', 'iec.json'), 'utf8')) as {
    iec62056_21: { id: string; wire: string }[];
  };
  const wire = fromHex(vectors.iec62056_21.find((row) => row.id === 'C21-O02')?.wire ?? '');
  const text = toLatin1(wire.slice(wire.indexOf(0x02) + 1, wire.lastIndexOf(0x21)));
  const ours = rateOf(wire.length, () => decodeDataSets(text).map((set) => readingOf(set)));
  const lines: BenchLine[] = [
    { name: 'decode data sets', value: rateOf(wire.length, () => decodeDataSets(text)), unit: 'MB/s' },
    { name: 'decode data sets to readings', value: ours, unit: 'MB/s' },
  ];
  const peer = loadPeer();
  if (!peer) return lines;
  const theirs = rateOf(wire.length, () => {
    const protocol = new peer.D0Protocol({ debug: 0, logger: () => undefined }, () => undefined);
    protocol.initState();
    for (let rest: Uint8Array | null = Buffer.from(wire); rest && rest.length > 3 && protocol.checkMessage(rest);)
      rest = protocol.handleMessage(rest);
  });
  return [...lines, { name: 'the same by smartmeter-obis', value: theirs, unit: 'MB/s' }];
}

function links(roundTripMs: number, baud: number): readonly BenchLine[] {
  const line: LineSettings = { baud, dataBits: 7, parity: 'even', stopBits: 1 };
  const talk = (some: Partial<Iec62056Options>): { ms: number; sends: number; least: number } => {
    const memory = new TestMemory(line, roundTripMs);
    const meter = new Iec62056Meter({ model: { line, switches: false }, now: () => memory.time });
    const o: Iec62056Options = {
      address: '',
      mode: 'auto',
      baud: 'stay',
      parity: 'none',
      request: 'readout',
      items: [],
      command: 'auto',
      ...some,
    };
    const outcome = runInWorld(readIec62056(o, memory), {
      memory,
      meter,
      latencyMs: roundTripMs / 2,
      bufferBytes: 1024,
    });
    if (!outcome.result) throw new Error(`${outcome.error?.code}: ${outcome.error?.message}`);
    const goodbye = some.request === undefined ? 0 : 1; // A break is not answered.
    const exchanges = outcome.sends - goodbye;
    const bytes = outcome.heard + outcome.sent.slice(0, exchanges).reduce((sum, one) => sum + one.length, 0);
    return { ms: outcome.ms, sends: exchanges, least: exchanges * (roundTripMs + METER_MS) + wireMs(bytes, line) };
  };
  const rows: readonly (readonly [string, Partial<Iec62056Options>])[] = [
    ['readout', {}],
    ['one register', { request: 'registers', items: ['1.8.0'] }],
    ['a day of profile', { request: 'profile', from: '2026-11-19T00:00', to: '2026-11-20T00:00' }],
  ];
  return rows.flatMap(([name, some]) => {
    // Over slow links the meter's wait for the option select runs out: then only the readout remains.
    if (some.request && roundTripMs >= 2000) return [];
    const { ms, sends, least } = talk(some);
    const where = `${name}, RTT ${roundTripMs / 1000} s, ${baud} Bd`;
    return [
      { name: where, value: ms / 1000, unit: 's', least: least / 1000 },
      { name: `${where}: exchanges`, value: sends, unit: '' },
    ];
  });
}

function rateOf(bytes: number, work: () => unknown): number {
  for (let i = 0; i < 50; i++) work();
  const start = systemClock.now();
  let rounds = 0;
  while (systemClock.now() - start < 500) {
    work();
    rounds += 1;
  }
  return (bytes * rounds) / (systemClock.now() - start) / 1000;
}

interface Peer {
  readonly D0Protocol: new (
    options: object,
    store: () => void,
  ) => {
    initState(): void;
    checkMessage(data: Uint8Array): boolean;
    handleMessage(data: Uint8Array): Uint8Array | null;
  };
}
function loadPeer(): Peer | undefined {
  try {
    return require('smartmeter-obis') as Peer;
  } catch {
    return undefined;
  }
}

/** The meter's own reaction time in each exchange. */
const METER_MS = 200;

if (require.main === module) {
  for (const { name, value, unit, least } of run()) {
    console.log(
      `${name.padEnd(46)} ${value.toFixed(unit === '' ? 0 : 2).padStart(8)} ${unit}${least === undefined ? '' : `  (least ${least.toFixed(2)} s)`}`,
    );
  }
}
