// What makes two reads one: everything that was asked and how, as a digest, so that keys of a queue hold no password.
import { digest } from '../dlms/security/primitives';
import { toHex } from '../wire/bytes';

/** SHA-256 in hex over all of a query; octets count as hex. */
export function queryDigest(query: object): string {
  const text = JSON.stringify(query, (_name, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value));
  return toHex(digest('sha256', new TextEncoder().encode(text)));
}
