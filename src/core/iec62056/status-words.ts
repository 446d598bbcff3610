// Status words of load profiles and logs, by maker (VDEW 2.1; EMH/LEM and Metcom manuals). The same bit means different
// things at different makers: a maker that is not listed keeps its text and gets no flags.

/** Names of the set bits, lowest bit last, or undefined when the word or its maker is unknown. */
export function decodeStatus(text: string, manufacturer: string | undefined): readonly string[] | undefined {
  const bits = manufacturer === undefined ? undefined : STATUS_BITS[manufacturer];
  if (!bits || !/^([0-9a-f]{2}){1,4}$/i.test(text)) return undefined;
  const word = Number.parseInt(text, 16);
  const flags = bits.filter(([mask]) => (word & mask) !== 0).map(([, name]) => name);
  const known = bits.reduce((sum, [mask]) => sum | mask, 0);
  const unknown = (word & ~known) >>> 0;
  return unknown === 0 ? flags : [...flags, `0x${unknown.toString(16)}`];
}

type Bits = readonly (readonly [mask: number, name: string])[];

const EMH: Bits = [
  [0x8000, 'before-synchronisation'],
  [0x4000, 'profile-erased'],
  [0x2000, 'log-erased'],
  [0x0100, 'settings-changed'],
  [0x80, 'power-down'],
  [0x40, 'power-up'],
  [0x20, 'clock-set'],
  [0x10, 'reset'],
  [0x08, 'season-change'],
  [0x04, 'disturbed-value'],
  [0x02, 'reserve-exhausted'],
  [0x01, 'fatal-error'],
];

const METCOM: Bits = [
  [0x80, 'power-down'],
  [0x20, 'clock-set'],
  [0x08, 'season-change'],
  [0x04, 'not-valid'],
  [0x02, 'clock-invalid'],
  [0x01, 'fatal-error'],
];

/** By the three letters of the identification. */
const STATUS_BITS: Readonly<Record<string, Bits>> = { EMH, MCS: METCOM };
