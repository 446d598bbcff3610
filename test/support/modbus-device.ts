// A Modbus server of the simplest kind, and the faulty tunnel before it, for virtual time. The device is written from
// the server's side of V1.1b3 by bytes; only the checksum and the request scan are shared with the client.
import { crc16Modbus } from '../../src/core/wire/checksum';
import { concatBytes } from '../../src/core/wire/bytes';
import type { Behind } from './virtual-line';

export interface DeviceOptions {
  readonly maxRegisters?: number;
  readonly isEvenOnly?: boolean;
  /** Registers that do not exist: exception 2. */
  readonly isMissing?: (unit: number, fn: number, address: number) => boolean;
  /** Reads that start before and end behind this address are refused. */
  readonly barriers?: readonly number[];
  readonly units?: readonly number[];
  readonly functions?: readonly number[];
  /** FC08 passes in silence. */
  readonly ignoresDiagnostics?: boolean;
  /** An exception for everything, by the number of the request. */
  readonly exceptionAt?: (count: number) => number | undefined;
}

/** HR[a] = IR[a] = (0x1000 x unit + a), 16 bits; coil a is set when a is a multiple of 3. */
export function modbusDevice(options: DeviceOptions = {}): (adu: Uint8Array) => Uint8Array | undefined {
  let count = 0;
  return (adu) => {
    const [unit = 0, fn = 0] = adu;
    const body = adu.subarray(0, adu.length - 2);
    if (adu.length < 4 || crc16Modbus(body) !== (((adu[adu.length - 1] ?? 0) << 8) | (adu[adu.length - 2] ?? 0)))
      return undefined;
    if (options.units && !options.units.includes(unit)) return undefined;
    count += 1;
    const refuse = (code: number): Uint8Array => sealed(Uint8Array.of(unit, fn | 0x80, code));
    const forced = options.exceptionAt?.(count);
    if (forced !== undefined) return refuse(forced);
    if (options.functions && !options.functions.includes(fn)) return refuse(1);
    if (fn === 8) return options.ignoresDiagnostics ? undefined : sealed(body);
    if (fn < 1 || fn > 4) return refuse(1);
    const address = ((adu[2] ?? 0) << 8) | (adu[3] ?? 0);
    const quantity = ((adu[4] ?? 0) << 8) | (adu[5] ?? 0);
    const most = fn <= 2 ? 2000 : (options.maxRegisters ?? 125);
    if (quantity < 1 || quantity > most || (options.isEvenOnly && quantity % 2 === 1)) return refuse(3);
    if (address + quantity > 0x10000) return refuse(2);
    for (let a = address; a < address + quantity; a++) if (options.isMissing?.(unit, fn, a)) return refuse(2);
    if (options.barriers?.some((b) => address < b && address + quantity > b)) return refuse(2);
    return sealed(fn <= 2 ? coils(unit, fn, address, quantity) : registers(unit, fn, address, quantity));
  };
}

export function registerValue(unit: number, address: number): number {
  return (0x1000 * unit + address) & 0xffff;
}

export function sealed(body: Uint8Array): Uint8Array {
  const crc = crc16Modbus(body);
  return concatBytes(body, Uint8Array.of(crc & 0xff, crc >>> 8));
}

function registers(unit: number, fn: number, address: number, quantity: number): Uint8Array {
  const body = new Uint8Array(3 + quantity * 2);
  body.set([unit, fn, quantity * 2]);
  for (let i = 0; i < quantity; i++) {
    const value = registerValue(unit, address + i);
    body[3 + i * 2] = value >>> 8;
    body[4 + i * 2] = value;
  }
  return body;
}

function coils(unit: number, fn: number, address: number, quantity: number): Uint8Array {
  const bytes = Math.ceil(quantity / 8);
  const body = new Uint8Array(3 + bytes);
  body.set([unit, fn, bytes]);
  for (let i = 0; i < quantity; i++)
    if ((address + i) % 3 === 0) body[3 + (i >> 3)] = (body[3 + (i >> 3)] ?? 0) | (1 << (i & 7));
  return body;
}

export interface TunnelFaults {
  readonly rttMs: readonly [number, number];
  /** Shares of requests. */
  readonly loss?: number;
  readonly duplicate?: number;
  readonly spike?: number;
  readonly truncate?: number;
  readonly flip?: number;
  readonly noise?: number;
  readonly split?: number;
  readonly spikeMs?: readonly [number, number];
  readonly duplicateMs?: readonly [number, number];
}

/** A tunnel that keeps order and loses, doubles, delays, cuts, flips and joins what goes through it. */
export function faultyTunnel(
  device: (adu: Uint8Array) => Uint8Array | undefined,
  faults: TunnelFaults,
  random: () => number,
): Behind {
  let downFreeAt = 0;
  let busFreeAt = 0;
  let upFreeAt = 0;
  const between = ([least, most]: readonly [number, number]): number => least + (most - least) * random();
  const happens = (share = 0): boolean => share > 0 && random() < share;
  return (bytes, now) => {
    const chunks: { at: number; bytes: Uint8Array }[] = [];
    const up = (at: number, chunk: Uint8Array): void => {
      upFreeAt = Math.max(upFreeAt, at);
      chunks.push({ at: upFreeAt, bytes: chunk });
    };
    const spikeMs = happens(faults.spike) ? between(faults.spikeMs ?? [2000, 20_000]) : 0;
    const isSpikeDown = random() < 0.5;
    const oneWay = between(faults.rttMs) / 2;
    downFreeAt = Math.max(downFreeAt, now + oneWay + (isSpikeDown ? spikeMs : 0));
    if (happens((faults.loss ?? 0) / 2)) return chunks;
    const answer = device(bytes);
    if (!answer) return chunks;
    // Bytes at 9600 baud, a device of 5 to 50 ms, and a bus that carries one thing at a time.
    busFreeAt = Math.max(busFreeAt, downFreeAt) + (bytes.length + answer.length) * 1.05 + 5 + 45 * random();
    let sent = answer;
    if (happens((faults.loss ?? 0) / 2)) return chunks;
    if (happens(faults.truncate)) sent = sent.slice(0, Math.max(1, sent.length - 1 - Math.floor(random() * 6)));
    if (happens(faults.flip)) sent = flipped(sent, 1 + Math.floor(random() * 3), random);
    if (happens(faults.noise))
      sent = concatBytes(
        Uint8Array.from({ length: 1 + Math.floor(random() * 24) }, () => Math.floor(random() * 256)),
        sent,
      );
    const at = busFreeAt + oneWay + (isSpikeDown ? 0 : spikeMs);
    if (happens(faults.split)) {
      const cut = 1 + Math.floor(random() * (sent.length - 1));
      up(at, sent.slice(0, cut));
      up(at + 5 + 200 * random(), sent.slice(cut));
    } else up(at, sent);
    if (happens(faults.duplicate)) up(at + between(faults.duplicateMs ?? [0, 2000]), sent);
    return joined(chunks);
  };
}

/** Distinct bits: CRC-16 finds any one, two or three wrong bits in frames of this length. */
function flipped(bytes: Uint8Array, bits: number, random: () => number): Uint8Array {
  const places = new Set<number>();
  while (places.size < bits) places.add(Math.floor(random() * bytes.length * 8));
  const changed = bytes.slice();
  for (const bit of places) changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

/** What arrives at the same moment arrives in one piece. */
function joined(
  chunks: readonly { readonly at: number; readonly bytes: Uint8Array }[],
): { at: number; bytes: Uint8Array }[] {
  const merged: { at: number; bytes: Uint8Array }[] = [];
  for (const chunk of chunks) {
    const last = merged[merged.length - 1];
    if (last && last.at === chunk.at) last.bytes = concatBytes(last.bytes, chunk.bytes);
    else merged.push({ ...chunk });
  }
  return merged;
}

/** mulberry32: small, seeded, good enough to draw faults. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
