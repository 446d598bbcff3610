// What an authentication and a security need (Green Book 9.2.2, 9.2.3), checked before the first octet is sent.
import { ReadError } from '../../wire/errors';
import type { AssociationOptions, Authentication, DlmsCredentials } from './options';
import { isPrivateKey, isPublicKey, KEY_OCTETS } from './primitives';

/** Throws CONFIG_INVALID with what is missing or has the wrong length; never with a secret. */
export function checkOptions(o: AssociationOptions): void {
  const { authentication, security, credentials, suite } = o;
  for (const need of NEEDS[authentication])
    if (credentials[need] === undefined) throw invalid(`authentication ${authentication} needs ${NAMES[need]}`);
  const isCiphered = security !== 'none';
  if (isCiphered && !credentials.encryptionKey) throw invalid(`security ${security} needs ${NAMES.encryptionKey}`);
  if (isCiphered && security !== 'encrypt' && !credentials.authenticationKey)
    throw invalid(`security ${security} needs ${NAMES.authenticationKey}`);
  if ((isCiphered || TITLED.includes(authentication)) && o.clientTitle?.length !== 8)
    throw invalid('this authentication or security needs a client system title of 8 octets');
  for (const name of ['encryptionKey', 'authenticationKey', 'dedicatedKey', 'masterKey'] as const) {
    const key = credentials[name];
    if (key && key.length !== KEY_OCTETS[suite])
      throw invalid(`${NAMES[name]} has ${key.length} octets; security suite ${suite} needs ${KEY_OCTETS[suite]}`);
  }
  for (const [names, isKey] of [
    [['signingKey', 'agreementKey'], isPrivateKey],
    [['meterSigningKey', 'meterAgreementKey'], isPublicKey],
  ] as const) {
    for (const name of names) {
      const key = credentials[name];
      if (key && !isKey(key))
        throw invalid(
          `${NAMES[name]} is no key of P-256 or P-384: a private key is the scalar (32 or 48 octets), a public one x and y (64 or 96)`,
        );
    }
  }
  if (o.isSigned && !credentials.signingKey) throw invalid(`signing needs ${NAMES.signingKey}`);
}

const invalid = (why: string): ReadError => new ReadError('CONFIG_INVALID', why, 'configure');
const TITLED: readonly Authentication[] = ['gmac', 'sha256', 'ecdsa'];
const NEEDS: { readonly [A in Authentication]: readonly (keyof DlmsCredentials)[] } = {
  none: [],
  low: ['password'],
  high: ['highLevel'],
  md5: ['password'],
  sha1: ['password'],
  gmac: ['encryptionKey', 'authenticationKey'],
  sha256: ['password'],
  ecdsa: ['signingKey', 'meterSigningKey'],
};
const NAMES: { readonly [K in keyof DlmsCredentials]-?: string } = {
  password: 'the password',
  authenticationKey: 'the authentication key',
  encryptionKey: 'the encryption key',
  dedicatedKey: 'the dedicated key',
  masterKey: 'the master key',
  signingKey: 'the private signing key of this client',
  agreementKey: 'the private agreement key of this client',
  meterSigningKey: 'the public signing key of the meter',
  meterAgreementKey: 'the public agreement key of the meter',
  highLevel: "the function of the meter's manufacturer",
};
