// Fewest round trips for the least total time: pure arithmetic over what the link granted. It decides how much goes
// into one request; read, profile and services only follow.

/** What the link granted, and how long it takes. */
export interface LinkCapacity {
  readonly roundTripMs: number;
  /** Milliseconds of one octet on the serial wire; 0 where there is none. */
  readonly octetMs: number;
  /** Octets of one information field from the meter, and fields in a row. */
  readonly maxInfo: number;
  readonly window: number;
}

/**
 * Exchanges that an answer of so many octets takes: the first field answers the request, each further window costs one
 * RR.
 */
export function tripsOf(octets: number, link: LinkCapacity): number {
  return Math.max(1, Math.ceil(Math.ceil(octets / link.maxInfo) / link.window));
}

/** Seconds that an answer of so many octets takes. */
export function secondsOf(octets: number, link: LinkCapacity): number {
  return (tripsOf(octets, link) * link.roundTripMs + octets * link.octetMs) / 1000;
}

/**
 * Requests in as few lists as the meter's PDU takes. `room` = octets for the list itself (Infinity when any size goes),
 * `limit` = attributes that the meter takes in one.
 */
export function listsOf<T>(
  wanted: readonly T[],
  octetsOf: (one: T) => number,
  room: number,
  limit: number,
): readonly (readonly T[])[] {
  const lists: T[][] = [];
  let left = 0;
  for (const one of wanted) {
    const octets = octetsOf(one);
    const last = lists[lists.length - 1];
    if (last && last.length < limit && octets <= left) last.push(one);
    else lists.push([one]);
    left = (last && last === lists[lists.length - 1] ? left : room) - octets;
  }
  return lists;
}

/**
 * Rows to ask for at once. An answer that breaks off is lost as a whole where the meter sends it as one APDU, so it is
 * cut where the time lost by a break outweighs the round trip that a cut costs: Young's interval, sqrt(2 x cost x mean
 * time between breaks).
 */
export function rowsAtOnce(rowOctets: number, link: LinkCapacity): number {
  const seconds = Math.sqrt(2 * (link.roundTripMs / 1000) * SECONDS_BETWEEN_BREAKS);
  const perRow = secondsOf(rowOctets * SAMPLE_ROWS, link) / SAMPLE_ROWS;
  return Math.max(MIN_ROWS, Math.floor(seconds / perRow));
}

/** What cellular tunnels show: a lost publish or a reset every ten minutes of talk, at worst. */
const SECONDS_BETWEEN_BREAKS = 600;
const SAMPLE_ROWS = 1000;
/** A day of quarter hours is always asked for at once. */
const MIN_ROWS = 97;
