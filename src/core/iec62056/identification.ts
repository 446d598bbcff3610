// What a meter says of itself: `/ XXX Z [\W] identification CR LF` (IEC 62056-21, 6.3.2 and 6.3.14).
// A field that the line does not carry stays absent; nothing is inferred from a maker's name.

/** The fields of an identification message. */
export interface Identification {
  readonly manufacturer: string;
  /** Z as sent: it tells the mode and the speed that the meter proposes. */
  readonly baudChar: string;
  readonly mode: 'A' | 'B' | 'C' | 'E';
  /** The speed of Z; 300 in mode A. Nominal only in a mode D push. */
  readonly baud: number;
  /** `2` = HDLC (mode E), `@` = national command set (VDEW), others are the maker's own. */
  readonly escapes: readonly string[];
  /** As sent, padding included. */
  readonly id: string;
  /** The meter's shortest reaction time: 20 ms when the third letter of the maker is lower case (6.3.2 item 13). */
  readonly reactionMs: 20 | 200;
}

/** The fields of an identification line without its line end, or undefined if it is none. */
export function decodeIdentification(line: string): Identification | undefined {
  const parts = /^\/([A-Za-z]{3})([\x20-\x7e])((?:\\[@0-9])*)(\/?[^/]*)$/.exec(line);
  if (!parts) return undefined;
  // Backslash and letter is part of the id: seen in the field as `/ISk5\MT382-1003`.
  const [, manufacturer = '', baudChar = '', escapes = '', id = ''] = parts;
  const escaped = [...escapes].filter((character) => character !== '\\');
  const letter = 'ABCDEF'.indexOf(baudChar);
  const digit = '0123456789'.indexOf(baudChar);
  const reactionMs = /[a-z]$/.test(manufacturer) ? 20 : 200;
  const common = { manufacturer, baudChar, escapes: escaped, id, reactionMs } as const;
  if (letter >= 0) return { ...common, mode: 'B', baud: BAUD[letter + 1] ?? 300 };
  if (digit >= 0) return { ...common, mode: escaped.includes('2') ? 'E' : 'C', baud: BAUD[digit] ?? 300 };
  return { ...common, mode: 'A', baud: 300 };
}

/** Z of a speed for the option select message, if the standard (or SATEC's 7 to 9) has one. */
export function baudCharOf(baud: number): string | undefined {
  const digit = BAUD.indexOf(baud);
  return digit < 0 ? undefined : String(digit);
}

/**
 * Speeds of `0` to `6` (6.3.14 item 13c); 7 to 9 are reserved there and used so by SATEC. `A` to `F` of mode B begin at
 * 600.
 */
const BAUD: readonly number[] = [300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200];
