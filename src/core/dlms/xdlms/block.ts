// general-block-transfer APDU (Green Book 9.4.6.13, 9.5): a part of any APDU, with window, streaming and acknowledge.
import { concatBytes } from '../../wire/bytes';
import { Cursor, octetString, u16Octets } from '../cursor';

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

export function encodeGeneralBlock(b: GeneralBlock): Uint8Array {
  const control = (b.isLast ? 0x80 : 0) | (b.isStreaming ? 0x40 : 0) | (b.window & 0x3f);
  return concatBytes(Uint8Array.of(0xe0, control), u16Octets(b.block), u16Octets(b.acknowledged), octetString(b.data));
}

export function decodeGeneralBlock(apdu: Uint8Array): GeneralBlock {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xe0) throw cursor.fail('general-block-transfer expected', 0);
  const control = cursor.u8();
  const head = { isLast: (control & 0x80) !== 0, isStreaming: (control & 0x40) !== 0, window: control & 0x3f, block: cursor.u16(), acknowledged: cursor.u16() };
  const data = cursor.octets();
  cursor.finish();
  return { ...head, data };
}
