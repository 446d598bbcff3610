// How often a Modbus client returns another request's answer, on the same faulty line: ours beside modbus-serial and
// jsmodbus, unmodified, all in virtual time. Back-to-back reads of two registers at changing addresses; every peer with
// a time-out of 2 s, ours with its own adaptive one.
import { EventEmitter } from 'node:events';
import Module, { createRequire } from 'node:module';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { readModbus } from '../src/core/modbus/read';
import type { Register } from '../src/core/modbus/registers/registers';
import {
  faultyTunnel,
  modbusDevice,
  registerValue,
  seededRandom,
  type TunnelFaults,
} from '../test/support/modbus-device';
import { VirtualLine, type Behind } from '../test/support/virtual-line';

export interface WorldRow {
  readonly line: string;
  readonly client: string;
  readonly reads: number;
  readonly wrongPercent: number;
  readonly errorPercent: number;
  readonly secondsPerRead: number;
}

export async function run(reads = 2000): Promise<readonly WorldRow[]> {
  const rows: WorldRow[] = [];
  for (const [line, faults] of Object.entries(LINES)) {
    rows.push({ line, client: 'ours', ...ours(reads, faults) });
    for (const [client, connect] of Object.entries(PEERS))
      rows.push({ line, client, ...(await peer(reads, faults, connect)) });
  }
  return rows;
}

export function table(rows: readonly WorldRow[]): string {
  const text = rows.map((row) => [
    row.line,
    row.client,
    `${row.wrongPercent.toFixed(2)} %`,
    `${row.errorPercent.toFixed(1)} %`,
    row.secondsPerRead.toFixed(2),
  ]);
  return [['line', 'client', 'wrong values', 'errors', 's per read'], ...text]
    .map((cells) => cells.map((cell, i) => (i < 2 ? cell.padEnd([44, 16][i] ?? 0) : cell.padStart(14))).join(''))
    .join('\n');
}

const LINES: { readonly [name: string]: TunnelFaults } = {
  'clean, 0.3 to 0.5 s': { rttMs: [300, 500] },
  'loss 0.5 %, doubled 0.5 %, spikes 2 %': { rttMs: [300, 500], loss: 0.005, duplicate: 0.005, spike: 0.02 },
  'loss 3 %, doubled 2 %, spikes 8 %': { rttMs: [300, 500], loss: 0.03, duplicate: 0.02, spike: 0.08 },
};
const SEED = 4711;
const TIMEOUT_MS = 2000;

type Figures = Omit<WorldRow, 'line' | 'client'>;
/** Reads two holding registers of unit 1. */
type Read = (address: number) => Promise<readonly number[]>;
type Connect = (behind: Behind, clock: SinonFakeTimers) => Read;

const PEERS: { readonly [name: string]: Connect } = { 'modbus-serial': modbusSerial, jsmodbus };

function ours(reads: number, faults: TunnelFaults): Figures {
  const random = seededRandom(SEED);
  const line = new VirtualLine(faultyTunnel(modbusDevice(), faults, random), { latencyMs: TIMEOUT_MS });
  let [wrong, errors] = [0, 0];
  for (let i = 0; i < reads; i++) {
    const address = nextAddress(random);
    const registers = [0, 1].map((n): Register => ({
      name: `r${n}`,
      fc: 3,
      address: address + n,
      type: 'uint16',
      order: 'ABCD',
      scale: 1,
      unit: '',
      length: 1,
    }));
    const outcome = line.outcome(
      readModbus({ unit: 1, framing: 'rtu', registers, maxRegisters: 125, timeoutMs: 300 }, line),
    );
    if ('error' in outcome) errors += 1;
    else if (
      !isRight(
        outcome.value.readings.map(({ value }) => value),
        address,
      )
    )
      wrong += 1;
  }
  return figures(reads, wrong, errors, line.now());
}

async function peer(reads: number, faults: TunnelFaults, connect: Connect): Promise<Figures> {
  const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  try {
    const random = seededRandom(SEED);
    const read = connect(faultyTunnel(modbusDevice(), faults, random), clock);
    const start = clock.now;
    let [wrong, errors] = [0, 0];
    for (let i = 0; i < reads; i++) {
      const address = nextAddress(random);
      let isSettled = false;
      const result = read(address).then(
        (values) => void (wrong += isRight(values, address) ? 0 : 1),
        () => void (errors += 1),
      );
      void result.then(() => (isSettled = true));
      while (!isSettled) await clock.nextAsync();
    }
    return figures(reads, wrong, errors, clock.now - start);
  } finally {
    clock.restore();
  }
}

/** modbus-serial asks the `serialport` package for its port: it gets one that ends in the simulated line. */
function modbusSerial(behind: Behind, clock: SinonFakeTimers): Read {
  const serialport = {
    SerialPort: class extends FakePort {
      constructor() {
        super(behind, clock);
      }
    },
  };
  const ModbusRTU = requireWith('modbus-serial', { serialport }) as new (port: object) => ModbusSerial;
  const Port = requireWith('modbus-serial/ports/rtubufferedport', { serialport }) as new (
    path: string,
    options: object,
  ) => object;
  const client = new ModbusRTU(new Port('fake', {}));
  client.open(() => undefined);
  client.setID(1);
  client.setTimeout(TIMEOUT_MS);
  return async (address) => (await client.readHoldingRegisters(address, 2)).data;
}

function jsmodbus(behind: Behind, clock: SinonFakeTimers): Read {
  const { client } = requireHere('jsmodbus') as {
    client: { RTU: new (socket: object, unit: number, timeout: number) => JsModbus };
  };
  const rtu = new client.RTU(new FakePort(behind, clock), 1, TIMEOUT_MS);
  return async (address) => (await rtu.readHoldingRegisters(address, 2)).response.body.valuesAsArray;
}

/** A serial port as both libraries use one. */
class FakePort extends EventEmitter {
  readonly isOpen = true;
  constructor(
    private readonly behind: Behind,
    private readonly clock: SinonFakeTimers,
  ) {
    super();
  }
  open(done: () => void): void {
    done();
  }
  write(bytes: Uint8Array, done?: () => void): boolean {
    for (const arrival of this.behind(Uint8Array.from(bytes), this.clock.now)) {
      setTimeout(() => this.emit('data', Buffer.from(arrival.bytes)), Math.max(0, arrival.at - this.clock.now));
    }
    done?.();
    return true;
  }
}

interface ModbusSerial {
  open(done: () => void): void;
  setID(unit: number): void;
  setTimeout(ms: number): void;
  readHoldingRegisters(address: number, quantity: number): Promise<{ readonly data: readonly number[] }>;
}

interface JsModbus {
  readHoldingRegisters(
    address: number,
    quantity: number,
  ): Promise<{ readonly response: { readonly body: { readonly valuesAsArray: readonly number[] } } }>;
}

const requireHere = createRequire(__filename);

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

function nextAddress(random: () => number): number {
  return Math.floor(random() * 200) * 16;
}

function isRight(values: readonly unknown[], address: number): boolean {
  return values.length === 2 && values.every((value, i) => value === registerValue(1, address + i));
}

function figures(reads: number, wrong: number, errors: number, ms: number): Figures {
  return {
    reads,
    wrongPercent: (100 * wrong) / reads,
    errorPercent: (100 * errors) / reads,
    secondsPerRead: ms / reads / 1000,
  };
}

if (require.main === module) void run().then((rows) => console.log(table(rows)));
