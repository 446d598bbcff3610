// The two framings of a serial line, chosen by configuration (Modbus over Serial Line V1.02, 2.5).
import type { PatientScan, Scan } from '../../wire/inbox';
import type { Adu, Answer, Expected } from './adu';
import { ASCII_FRAME_CHARACTERS, encodeAscii, scanAsciiAnswer, scanAsciiRequest } from './ascii';
import { RTU_FRAME_BYTES, encodeRtu, scanRtuAnswer, scanRtuRequest } from './rtu';

export interface Framing {
  encode(unit: number, pdu: Uint8Array): Uint8Array;
  scanAnswer(expected: readonly Expected[]): PatientScan<Answer>;
  readonly scanRequest: Scan<Adu>;
  /** Characters on the wire for a PDU of so many bytes. */
  aduLength(pduBytes: number): number;
}

export const framings: { readonly rtu: Framing; readonly ascii: Framing } = {
  rtu: {
    encode: encodeRtu,
    scanAnswer: scanRtuAnswer,
    scanRequest: scanRtuRequest,
    aduLength: (pduBytes) => pduBytes + RTU_FRAME_BYTES,
  },
  ascii: {
    encode: encodeAscii,
    scanAnswer: scanAsciiAnswer,
    scanRequest: scanAsciiRequest,
    aduLength: (pduBytes) => pduBytes * 2 + ASCII_FRAME_CHARACTERS,
  },
};

/**
 * The same scan once nothing more can come: an unfinished candidate is noise then, and what stands behind it is looked
 * at. A cut-off long answer may so hide a complete short one only until the deadline, not for ever.
 */
export function afterSilence<F>(scan: PatientScan<F>): Scan<F> {
  return (buf) => {
    const found = scan(buf);
    return found === 'more' || 'need' in found ? { skip: 1 } : found;
  };
}
