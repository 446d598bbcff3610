// Octets for a trace without the secrets in them: an LLS password travels in the clear (Green Book 9.2.2.2), a dedicated key
// does in an unciphered InitiateRequest.
import type { DlmsCredentials } from './options';

/** The octets with every occurrence of a secret overwritten by `*`. */
export function maskSecrets(bytes: Uint8Array, credentials: DlmsCredentials): Uint8Array {
  const masked = Buffer.from(bytes);
  for (const secret of Object.values(credentials)) {
    if (!(secret instanceof Uint8Array) || secret.length === 0) continue;
    for (let at = masked.indexOf(secret); at >= 0; at = masked.indexOf(secret, at + secret.length)) masked.fill(0x2a, at, at + secret.length);
  }
  return new Uint8Array(masked);
}
