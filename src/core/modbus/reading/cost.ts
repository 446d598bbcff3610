// What one read costs on a serial line behind a tunnel: c(L) = alpha + beta L. alpha is the round trip of the link, the
// device's own time and the frames' fixed part; beta the time of one more register on the wire.
import { wireMs, type LineSettings } from '../../wire/dialogue';
import { framings } from '../frames/framing';
import type { Cost } from './plan';

export interface LineFigures {
  readonly framing: 'rtu' | 'ascii';
  readonly line: LineSettings;
  /** Of the link, the modem's idle aggregation included. */
  readonly roundTripMs: number;
  /** Between the end of a request and the begin of its answer. */
  readonly deviceMs?: number;
}

export function lineCost({ framing, line, roundTripMs, deviceMs = 0 }: LineFigures): Cost {
  const { aduLength } = framings[framing];
  const bytes = (byteCount: number): number => aduLength(READ_REQUEST_BYTES) + aduLength(byteCount + READ_ANSWER_HEAD);
  const fixedMs = roundTripMs + deviceMs + (framing === 'rtu' ? 2 * silentMs(line) : 0);
  return { bytes, ms: (byteCount) => fixedMs + wireMs(bytes(byteCount), line) };
}

/**
 * t3.5, the silence before and after an RTU frame (serial line V1.02, 2.5.1.1): 3.5 characters, above 19200 baud 1.75
 * ms.
 */
function silentMs(line: LineSettings): number {
  return line.baud > 19_200 ? 1.75 : wireMs(3.5, line);
}

/** Function, address and quantity; function and byte count (V1.1b3, 6.1 to 6.4). */
const READ_REQUEST_BYTES = 5;
const READ_ANSWER_HEAD = 2;
