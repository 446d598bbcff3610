// general-block-transfer APDU (Green Book 9.4.6.13, 9.5): a part of any APDU, with window, streaming and acknowledge.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { Cursor, octetString, u16Octets } from './cursor';

/** One general-block-transfer APDU. */
export interface GeneralBlock {
  readonly isLast: boolean;
  /** More blocks follow at once, without being asked for. */
  readonly isStreaming: boolean;
  /** How many blocks the sender of this APDU can take before it acknowledges, 0..63. */
  readonly window: number;
  readonly block: number;
  /** The last block in sequence that the sender of this APDU has received. */
  readonly acknowledged: number;
  readonly data: Uint8Array;
}

/** The octets of a general-block-transfer APDU. */
export function encodeGeneralBlock(b: GeneralBlock): Uint8Array {
  const control = (b.isLast ? 0x80 : 0) | (b.isStreaming ? 0x40 : 0) | (b.window & 0x3f);
  return concatBytes(Uint8Array.of(0xe0, control), u16Octets(b.block), u16Octets(b.acknowledged), octetString(b.data));
}

/** An APDU cut into what general blocks of at most `maxPdu` octets hold; 0 = any size. */
export function partsOf(apdu: Uint8Array, maxPdu: number): readonly Uint8Array[] {
  const size = maxPdu === 0 ? apdu.length : Math.max(MIN_PART, maxPdu - HEAD);
  return Array.from({ length: Math.max(1, Math.ceil(apdu.length / size)) }, (_, i) =>
    apdu.slice(i * size, (i + 1) * size),
  );
}

/** A general-block-transfer APDU; BAD_VALUE for anything else. */
export function decodeGeneralBlock(apdu: Uint8Array): GeneralBlock {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xe0) throw cursor.fail(phrase('dlms.expected', { what: 'general-block-transfer' }), 0);
  const control = cursor.u8();
  const head = {
    isLast: (control & 0x80) !== 0,
    isStreaming: (control & 0x40) !== 0,
    window: control & 0x3f,
    block: cursor.u16(),
    acknowledged: cursor.u16(),
  };
  const data = cursor.octets();
  cursor.finishAnswer();
  return { ...head, data };
}

/** Tag, control, two numbers and up to three length octets. */
const HEAD = 9;
const MIN_PART = 16;
