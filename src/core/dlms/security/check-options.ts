// What an authentication and a security need (Green Book 9.2.2, 9.2.3), checked before the first octet is sent.
import { failure, phrase, type Phrase } from '../../wire/errors';
import type { AssociationOptions, Authentication, DlmsCredentials } from './options';
import { isPrivateKey, isPublicKey, KEY_OCTETS } from './primitives';

/** Throws CONFIG_INVALID with what is missing or has the wrong length; never with a secret. */
export function checkAssociationOptions(o: AssociationOptions): void {
  const { authentication, security, credentials, suite } = o;
  for (const need of NEEDS[authentication])
    if (credentials[need] === undefined)
      throw failure('dlms.authenticationNeeds', { authentication, key: NAMES[need] }, 'configure');
  const isCiphered = security !== 'none';
  if (isCiphered && !credentials.encryptionKey)
    throw failure('dlms.securityNeeds', { security, key: NAMES.encryptionKey }, 'configure');
  if (isCiphered && security !== 'encrypt' && !credentials.authenticationKey)
    throw failure('dlms.securityNeeds', { security, key: NAMES.authenticationKey }, 'configure');
  if ((isCiphered || TITLED.includes(authentication)) && o.clientTitle?.length !== 8)
    throw failure('dlms.needsTitle', {}, 'configure');
  for (const name of ['encryptionKey', 'authenticationKey', 'dedicatedKey', 'masterKey'] as const) {
    const key = credentials[name];
    if (key && key.length !== KEY_OCTETS[suite])
      throw failure(
        'dlms.keySize',
        { key: NAMES[name], octets: key.length, suite, needed: KEY_OCTETS[suite] },
        'configure',
      );
  }
  for (const [names, isKey] of [
    [['signingKey', 'agreementKey'], isPrivateKey],
    [['meterSigningKey', 'meterAgreementKey'], isPublicKey],
  ] as const) {
    for (const name of names) {
      const key = credentials[name];
      if (key && !isKey(key)) throw failure('dlms.noCurveKey', { key: NAMES[name] }, 'configure');
    }
  }
  if (o.isSigned && !credentials.signingKey) throw failure('dlms.signingNeeds', { key: NAMES.signingKey }, 'configure');
}

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
const NAMES: { readonly [K in keyof DlmsCredentials]-?: Phrase } = {
  password: phrase('dlms.keyPassword', {}),
  authenticationKey: phrase('dlms.keyAuthentication', {}),
  encryptionKey: phrase('dlms.keyEncryption', {}),
  dedicatedKey: phrase('dlms.keyDedicated', {}),
  masterKey: phrase('dlms.keyMaster', {}),
  signingKey: phrase('dlms.keySigning', {}),
  agreementKey: phrase('dlms.keyAgreement', {}),
  meterSigningKey: phrase('dlms.keyMeterSigning', {}),
  meterAgreementKey: phrase('dlms.keyMeterAgreement', {}),
  highLevel: phrase('dlms.keyHighLevel', {}),
};
