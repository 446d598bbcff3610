// How much CPU one Modbus exchange costs: encode the request, feed the answer, decode it. Operations per CPU second of
// this process (user + system), best of three rounds, beside modbus-serial and jsmodbus on a fake byte stream.
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { encodeResponse } from '../src/core/modbus/frames/pdu';
import { encodeRtu } from '../src/core/modbus/frames/rtu';
import type * as Ours from './modbus-codec-ours';

export interface BenchRow {
  readonly case: string;
  /** Operations per CPU second by client. */
  readonly opsPerSecond: { readonly [client: string]: number };
}

/** `seconds`: CPU time of one round of one client. */
export async function run(seconds = 0.25): Promise<readonly BenchRow[]> {
  const clients: { readonly [name: string]: Client } = {
    [OURS]: await oursAsShipped(),
    'modbus-serial': modbusSerial(),
    jsmodbus: jsmodbus(),
  };
  const rows: BenchRow[] = [];
  for (const { quantity, isBytewise } of CASES) {
    const opsPerSecond: Record<string, number> = {};
    for (const [name, client] of Object.entries(clients))
      opsPerSecond[name] = await measure(client(quantity, answerChunks(quantity, isBytewise)), seconds);
    rows.push({ case: `${quantity} registers${isBytewise ? ' byte by byte' : ''}`, opsPerSecond });
  }
  return rows;
}

export function table(rows: readonly BenchRow[]): string {
  const names = Object.keys(rows[0]?.opsPerSecond ?? {});
  const lines = rows.map((row) => {
    const ours = row.opsPerSecond[OURS] ?? 0;
    return [
      row.case,
      ...names.map(
        (name) =>
          thousands(row.opsPerSecond[name] ?? 0) +
          (name === OURS ? '' : ` (1/${(ours / (row.opsPerSecond[name] ?? 0)).toFixed(1)})`),
      ),
    ];
  });
  return [['ops per CPU second', ...names], ...lines]
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(26) : cell.padStart(26))).join(''))
    .join('\n');
}

/** One exchange; resolves (or returns) once the registers are there. */
type Exchange = () => Promise<unknown> | undefined;
type Client = (quantity: number, chunks: readonly Buffer[]) => Exchange;

/**
 * Built as it is shipped: run through the test loader, every call between modules would cost more than it does for
 * users.
 */
async function oursAsShipped(): Promise<Client> {
  const folder = await mkdtemp(join(tmpdir(), 'modbus-bench-'));
  try {
    await build({
      entryPoints: [join(__dirname, 'modbus-codec-ours.ts')],
      outdir: folder,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
    });
    return (requireHere(join(folder, 'modbus-codec-ours.js')) as typeof Ours).exchange;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** modbus-serial asks the `serialport` package for its port: it gets one whose device is this file. */
function modbusSerial(): Client {
  const serialport = { SerialPort: FakePort };
  const ModbusRTU = requireWith('modbus-serial', { serialport }) as new (port: object) => ModbusSerial;
  const RTUBufferedPort = requireWith('modbus-serial/ports/rtubufferedport', { serialport }) as new (
    path: string,
    options: object,
  ) => object;
  return (quantity, chunks) => {
    const client = new ModbusRTU(new RTUBufferedPort('fake', { chunks }));
    client.open(() => undefined);
    client.setID(1);
    return async () => {
      const { data } = await client.readHoldingRegisters(100, quantity);
      if (data[quantity - 1] !== quantity) throw new Error('wrong answer');
    };
  };
}

function jsmodbus(): Client {
  const { client } = requireHere('jsmodbus') as { client: { RTU: new (socket: object, unit: number) => JsModbus } };
  return (quantity, chunks) => {
    const socket = Object.assign(new EventEmitter(), {
      isOpen: true,
      write(_: Uint8Array, done?: () => void): boolean {
        done?.();
        emitSoon(socket, chunks);
        return true;
      },
    });
    const rtu = new client.RTU(socket, 1);
    return async () => {
      const { response } = await rtu.readHoldingRegisters(100, quantity);
      if (response.body.values[quantity - 1] !== quantity) throw new Error('wrong answer');
    };
  };
}

/** Best of three rounds, each long enough for the clock and after a warm-up for the compiler. */
async function measure(exchange: Exchange, seconds: number): Promise<number> {
  await repeat(exchange, seconds / 2);
  let best = 0;
  for (let round = 0; round < 3; round++) best = Math.max(best, await repeat(exchange, seconds));
  return best;
}

async function repeat(exchange: Exchange, seconds: number): Promise<number> {
  const start = process.cpuUsage();
  let operations = 0;
  for (;;) {
    for (let i = 0; i < BATCH; i++) {
      const pending = exchange();
      if (pending !== undefined) await pending;
    }
    operations += BATCH;
    const { user, system } = process.cpuUsage(start);
    if (user + system >= seconds * 1e6) return (operations * 1e6) / (user + system);
  }
}

/** The answer counts 1, 2, ... so that its last register tells whether it was read rightly. */
function answerChunks(quantity: number, isBytewise: boolean): readonly Buffer[] {
  const registers = Array.from({ length: quantity }, (_, i) => i + 1);
  const wire = Buffer.from(encodeRtu(1, encodeResponse({ function: 3, registers })));
  return isBytewise ? Array.from(wire, (byte) => Buffer.of(byte)) : [wire];
}

/** As a socket does: after the writer is done with its turn. */
function emitSoon(port: EventEmitter, chunks: readonly Buffer[]): void {
  queueMicrotask(() => {
    for (const chunk of chunks) port.emit('data', chunk);
  });
}

/** What modbus-serial gets for a serial port: it makes one by `new`. */
function FakePort({ chunks }: { readonly chunks: readonly Buffer[] }): EventEmitter {
  const port = new EventEmitter();
  return Object.assign(port, {
    isOpen: true,
    open: (done: () => void) => done(),
    write: () => emitSoon(port, chunks),
  });
}

/** Loads a package while some of its own imports are replaced. */
function requireWith(name: string, replaced: { readonly [name: string]: unknown }): unknown {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load;
  loader._load = (request, ...rest) => replaced[request] ?? load.call(loader, request, ...rest);
  try {
    return requireHere(name);
  } finally {
    loader._load = load;
  }
}

function thousands(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 1000)} k` : `${(value / 1000).toFixed(2)} k`;
}

interface ModbusSerial {
  open(done: () => void): void;
  setID(unit: number): void;
  readHoldingRegisters(address: number, quantity: number): Promise<{ readonly data: readonly number[] }>;
}
interface JsModbus {
  readHoldingRegisters(
    address: number,
    quantity: number,
  ): Promise<{ readonly response: { readonly body: { readonly values: ArrayLike<number> } } }>;
}

const requireHere = createRequire(__filename);
const BATCH = 100;
const OURS = 'this palette';
const CASES: readonly { readonly quantity: number; readonly isBytewise: boolean }[] = [
  { quantity: 2, isBytewise: false },
  { quantity: 10, isBytewise: false },
  { quantity: 60, isBytewise: false },
  { quantity: 125, isBytewise: false },
  { quantity: 60, isBytewise: true },
];

if (require.main === module) void run().then((rows) => console.log(table(rows)));
