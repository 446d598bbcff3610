// The text of registers. No standard says how it is written: UTF-8 is taken where the bytes are UTF-8, else Latin-1;
// NUL ends a C string and what stands behind it is old memory; NUL, blanks and FF around a text are padding.
import { toHex } from '../../wire/bytes';
import { phrase, type Phrase } from '../../wire/errors';

type Encoding = 'utf-8' | 'latin-1';

/** Undefined: erased memory, all FF, holds none. A phrase: what the bytes hold cannot be a text. */
export function decodeText(bytes: Uint8Array, charsPerRegister?: 1, encoding?: Encoding): string | Phrase | undefined {
  if (bytes.every((byte) => byte === ERASED)) return undefined;
  const pairs = Array.from({ length: bytes.length / 2 }, (_, i) => bytes.subarray(i * 2, i * 2 + 2));
  if (charsPerRegister === 1) return oneEach(pairs, encoding);
  // One character a register looks like a C string that ends after the first: its shape tells, so it is asked for.
  const written = pairs.filter((pair) => !pair.every((byte) => PADDING.includes(byte)));
  const isOneEach = written.length > 1 && [0, 1].some((half) => written.every((pair) => pair[half] === 0));
  const start = bytes.findIndex((byte) => byte !== 0 && byte !== 0x20);
  if (start < 0) return '';
  const nul = bytes.indexOf(0, start);
  if (isOneEach) return noCharacter(bytes, nul);
  return textOf(bytes, start, nul < 0 ? bytes.length : nul, encoding);
}

function oneEach(pairs: readonly Uint8Array[], encoding?: Encoding): string | Phrase {
  const wide = pairs.findIndex((pair) => !pair.includes(0));
  const isPadding = (pair: Uint8Array): boolean => pair.every((byte) => PADDING.includes(byte));
  if (wide >= 0 && pairs.slice(wide).some((pair) => !isPadding(pair)))
    return phrase('modbus.twoCharacters', { hex: toHex(pairs[wide] ?? new Uint8Array()) });
  const characters = Uint8Array.from(pairs.slice(0, wide < 0 ? pairs.length : wide), (pair) => Math.max(...pair));
  const nul = characters.indexOf(0);
  return textOf(characters, 0, nul < 0 ? characters.length : nul, encoding);
}

function textOf(bytes: Uint8Array, from: number, to: number, encoding?: Encoding): string | Phrase {
  let end = to;
  while (end > from && PADDING.includes(bytes[end - 1] ?? 0)) end--;
  const part = bytes.subarray(from, end);
  const utf8 = encoding === 'latin-1' ? undefined : decodeUtf8(part);
  const wrong = encoding === 'utf-8' && utf8 === undefined;
  if (wrong) return noCharacter(bytes, from + part.findIndex((byte) => byte > 0x7f));
  const text = utf8 ?? String.fromCharCode(...part);
  const bad = Array.from(text).findIndex((character) => /[\u0000-\u001f\u007f-\u009f]/.test(character));
  if (bad < 0) return text.trim();
  const at = part.findIndex((byte) => byte < 0x20 || (byte >= 0x7f && byte <= 0x9f));
  return noCharacter(bytes, from + Math.max(0, at));
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function noCharacter(bytes: Uint8Array, at: number): Phrase {
  return phrase('modbus.noCharacter', { place: at + 1, hex: toHex(bytes.subarray(at, at + 1)) });
}

const ERASED = 0xff;
const PADDING: readonly number[] = [0, 0x20, ERASED];
