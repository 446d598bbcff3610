// Bytes as the wire shows them. Every protocol speaks Uint8Array; text forms are for people and tests.

/** Hex text without separators, lower case: `01 0a` is `"010a"`. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/**
 * Bytes of a hex text; white space is ignored. Throws RangeError on an odd count or a character that is no hex digit.
 */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new RangeError(`no hex: ${text.slice(0, 40)}`);
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/** One array of all parts, in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The bytes of a text in ISO 8859-1; a character above 0xFF is refused, for it has no single byte. */
export function fromLatin1(text: string): Uint8Array {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) throw new RangeError(`character ${i + 1}: above FF`);
  }
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** The text of bytes in UTF-8; what is none becomes U+FFFD. */
export function toUtf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** The bytes of a text in UTF-8. */
export function fromUtf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Characters that are not of the alphabet are passed over. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export function toLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** How many bytes a text takes in UTF-8. */
export function utf8Size(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
