// The parameters of a data link connection in SNRM and UA (IEC 62056-46, 6.4.4.4.3.2): format 81, group 80, then
// identifier, length, value. Each station names its own side: what the meter may transmit is what we may receive.
import { concatBytes } from '../../wire/bytes';

/** Largest information fields and windows, both ways. */
export interface LinkParameters {
  /** Largest information field that the sender of these parameters transmits and receives. */
  readonly maxInfoTransmit: number;
  readonly maxInfoReceive: number;
  readonly windowTransmit: number;
  readonly windowReceive: number;
}

/** What holds for every parameter that nobody names. */
export const DEFAULT_PARAMETERS: LinkParameters = {
  maxInfoTransmit: 128,
  maxInfoReceive: 128,
  windowTransmit: 1,
  windowReceive: 1,
};

/** The information field of an SNRM. */
export function encodeParameters(p: LinkParameters): Uint8Array {
  const items = concatBytes(
    item(INFO_TRANSMIT, p.maxInfoTransmit, p.maxInfoTransmit > 0xff ? 2 : 1),
    item(INFO_RECEIVE, p.maxInfoReceive, p.maxInfoReceive > 0xff ? 2 : 1),
    item(WINDOW_TRANSMIT, p.windowTransmit, 4),
    item(WINDOW_RECEIVE, p.windowReceive, 4),
  );
  return concatBytes(Uint8Array.of(0x81, 0x80, items.length), items);
}

/**
 * What the information field of an SNRM or UA grants. Total: an absent, strange or impossible parameter leaves the
 * default, which every meter has to bear; a group of user data or an unknown identifier is passed over.
 */
export function decodeParameters(info: Uint8Array): LinkParameters {
  const found = new Map<number, number>();
  const end = info[0] === 0x81 && info[1] === 0x80 ? Math.min(info.length, 3 + (info[2] ?? 0)) : 0;
  for (let at = 3; at + 2 <= end; at += 2 + (info[at + 1] ?? 0)) {
    const value = info.subarray(at + 2, at + 2 + (info[at + 1] ?? 0));
    if (at + 2 + (info[at + 1] ?? 0) <= end)
      found.set(
        info[at] ?? 0,
        value.reduce((sum, octet) => sum * 256 + octet, 0),
      );
  }
  const pick = (id: number, min: number, max: number, standard: number): number => {
    const value = found.get(id);
    return value !== undefined && value >= min && value <= max ? value : standard;
  };
  return {
    maxInfoTransmit: pick(INFO_TRANSMIT, MIN_INFO, 0xffff, DEFAULT_PARAMETERS.maxInfoTransmit),
    maxInfoReceive: pick(INFO_RECEIVE, MIN_INFO, 0xffff, DEFAULT_PARAMETERS.maxInfoReceive),
    windowTransmit: pick(WINDOW_TRANSMIT, 1, 7, DEFAULT_PARAMETERS.windowTransmit),
    windowReceive: pick(WINDOW_RECEIVE, 1, 7, DEFAULT_PARAMETERS.windowReceive),
  };
}

function item(id: number, value: number, size: 1 | 2 | 4): Uint8Array {
  return Uint8Array.from([id, size, ...[3, 2, 1, 0].slice(4 - size).map((octet) => (value >>> (8 * octet)) & 0xff)]);
}

const INFO_TRANSMIT = 5;
const INFO_RECEIVE = 6;
const WINDOW_TRANSMIT = 7;
const WINDOW_RECEIVE = 8;
/** The standard's least is 32; smaller grants are lived with as long as an LLC and an octet fit. */
const MIN_INFO = 4;
