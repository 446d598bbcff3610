// What the settings must hold by the time it is used: checked before the first octet, and here once more by the types.
import type { ReadError } from '../../wire/errors';

/** The value, or the error that says what is missing. */
export function needed<T>(value: T | undefined, because: () => ReadError): T {
  if (value === undefined) throw because();
  return value;
}
