// What one UART hears of another, bit by bit: a start bit, the data bits low end first, the parity bit, the stop bits;
// a line at rest is 1. The hearing side samples the middle of its own bits from the edge of the start bit on. So equal
// settings give the bytes, 7E1 against 8N1 gives parity in bit 7, and wrong speeds give what they give on a real line:
// garbage or nothing.
import type { LineSettings } from '../../core/wire/dialogue';
import type { Random } from '../../core/transport/lane/clock';

/**
 * The characters that a port set as `to` hears when one set as `from` sends `bytes` without a pause.
 * Characters with a wrong parity or stop bit are dropped; with `random`, every second one is passed on as it was
 * sampled.
 */
export function heardBytes(bytes: Uint8Array, from: LineSettings, to: LineSettings, random?: Random): Uint8Array {
  if (isSameFormat(from, to)) return from.dataBits === 7 ? bytes.map((byte) => byte & 0x7f) : bytes;
  const bits = sentBits(bytes, from);
  const step = from.baud / to.baud; // one bit of the hearing side in bits of the sending side
  const level = (at: number): number => bits[Math.floor(at)] ?? 1;
  const heard: number[] = [];
  for (let edge = nextFall(bits, 0); edge < bits.length;) {
    const sample = (bit: number): number => level(edge + (bit + 0.5) * step);
    let value = 0;
    for (let bit = 0; bit < to.dataBits; bit++) value |= sample(1 + bit) << bit;
    const hasParity = to.parity !== 'none';
    const isWhole =
      (!hasParity || sample(1 + to.dataBits) === parityBit(value, to.parity)) &&
      sample(1 + to.dataBits + (hasParity ? 1 : 0)) === 1;
    if (isWhole || (random !== undefined && random() < 0.5)) heard.push(value);
    edge = nextFall(bits, Math.max(edge + 1, Math.floor(edge + (1.5 + to.dataBits + (hasParity ? 1 : 0)) * step)));
  }
  return Uint8Array.from(heard);
}

/** Milliseconds of one character on the wire. */
export function characterMs(line: LineSettings): number {
  return ((1 + line.dataBits + (line.parity === 'none' ? 0 : 1) + line.stopBits) * 1000) / line.baud;
}

/** Stop bits do not matter to the hearing side: it needs one. */
function isSameFormat(a: LineSettings, b: LineSettings): boolean {
  return a.baud === b.baud && a.dataBits === b.dataBits && a.parity === b.parity;
}

function sentBits(bytes: Uint8Array, line: LineSettings): Uint8Array {
  const bits: number[] = [];
  for (const byte of bytes) {
    bits.push(0);
    for (let bit = 0; bit < line.dataBits; bit++) bits.push((byte >> bit) & 1);
    if (line.parity !== 'none') bits.push(parityBit(line.dataBits === 7 ? byte & 0x7f : byte, line.parity));
    for (let stop = 0; stop < line.stopBits; stop++) bits.push(1);
  }
  return Uint8Array.from(bits);
}

/**
 * Where the line next goes from 1 to 0 at or after `at`: a start bit. Inside a long 0 the hearing side waits for a 1
 * first.
 */
function nextFall(bits: Uint8Array, at: number): number {
  while (at < bits.length && at > 0 && bits[at] === 0 && bits[at - 1] === 0) at++;
  while (at < bits.length && bits[at] === 1) at++;
  return at;
}

function parityBit(value: number, parity: LineSettings['parity']): number {
  let ones = 0;
  for (let rest = value; rest > 0; rest >>= 1) ones += rest & 1;
  return parity === 'even' ? ones & 1 : (ones & 1) ^ 1;
}
