// The LLC sublayer (IEC 62056-46, 5.3.2): three octets before each APDU, E6 E6 00 in commands and E6 E7 00 in
// responses. They stand at the head of an APDU, so only its first HDLC segment carries them.
import { concatBytes } from '../../wire/bytes';

/** Who speaks: the client gives commands, the meter responses. */
export type LlcSide = 'command' | 'response';

/** An APDU with its LLC before it. */
export function addLlc(apdu: Uint8Array, side: LlcSide = 'command'): Uint8Array {
  return concatBytes(LLC[side], apdu);
}

/**
 * Whether these bytes begin an APDU. Some meters write the command's LLC into responses (jDLMS based), so either
 * counts.
 */
export function hasLlc(info: Uint8Array): boolean {
  return info.length >= 3 && info[0] === 0xe6 && (info[1] === 0xe7 || info[1] === 0xe6) && info[2] === 0x00;
}

/**
 * The APDU itself. Without LLC it is taken as it is: E450 meters leave it out of their general blocks 2 and above. A
 * second one is a leftover in the meter's buffer (Gurux Java); no APDU begins with E6.
 */
export function stripLlc(info: Uint8Array): Uint8Array {
  let apdu = info;
  while (hasLlc(apdu)) apdu = apdu.subarray(3);
  return apdu;
}

const LLC: { readonly [side in LlcSide]: Uint8Array } = {
  command: Uint8Array.of(0xe6, 0xe6, 0x00),
  response: Uint8Array.of(0xe6, 0xe7, 0x00),
};
