// Passwords and keys of a DLMS meter, from the credentials (or a message, for its own meter) to octets. What is wrong
// with one is said without showing it.
import type { DlmsCredentials } from '../dlms/security/options';
import { fromHex } from '../wire/bytes';
import { failure } from '../wire/errors';

/** What a user entered, by name. */
export type Secrets = Readonly<Record<string, string | undefined>>;

export const DLMS_SECRETS = [
  'password',
  'authenticationKey',
  'encryptionKey',
  'dedicatedKey',
  'masterKey',
  'signingKey',
  'agreementKey',
  'meterSigningKey',
  'meterAgreementKey',
] as const;

export function parseCredentials(secrets: Secrets, suite: 0 | 1 | 2): Omit<DlmsCredentials, 'highLevel'> {
  const keyBytes = suite === 2 ? 32 : 16;
  const scalarBytes = suite === 2 ? 48 : 32;
  const password = parsePassword(secrets['password'] ?? '');
  const key = (name: string, bytes: number): Record<string, Uint8Array> => {
    const text = secrets[name] ?? '';
    return text === '' ? {} : { [name]: parseKey(name, text, bytes) };
  };
  return {
    ...(password && { password }),
    ...key('authenticationKey', keyBytes),
    ...key('encryptionKey', keyBytes),
    ...key('dedicatedKey', keyBytes),
    ...key('masterKey', keyBytes),
    ...key('signingKey', scalarBytes),
    ...key('agreementKey', scalarBytes),
    ...key('meterSigningKey', 2 * scalarBytes),
    ...key('meterAgreementKey', 2 * scalarBytes),
  };
}

/** A text, or octets as `0x...`. */
function parsePassword(text: string): Uint8Array | undefined {
  if (text === '') return undefined;
  if (!/^0x/i.test(text)) return new TextEncoder().encode(text);
  return hexOf('password', text.slice(2));
}

function parseKey(name: string, text: string, bytes: number): Uint8Array {
  const key = hexOf(name, text.replace(/^0x/i, ''));
  if (key.length !== bytes)
    throw failure('dlmsSettings.keyLength', { field: name, came: key.length, bytes, digits: 2 * bytes }, 'configure');
  return key;
}

function hexOf(name: string, text: string): Uint8Array {
  try {
    return fromHex(text);
  } catch {
    throw failure('dlmsSettings.noHex', { field: name }, 'configure');
  }
}
