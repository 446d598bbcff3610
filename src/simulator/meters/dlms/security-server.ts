// Protection on the side of a simulated COSEM server (Green Book 9.2.7): opens requests, watches their counters, and
// answers in the envelope that the request came in.
import { concatBytes } from '../../../core/wire/bytes';
import {
  encodeEnvelope,
  openBody,
  protectBody,
  signedOctets,
  takeSecuredBody,
  type Envelope,
  type GeneralHeader,
  type KeyInfo,
  type Protection,
} from '../../../core/dlms/security/ciphering';
import { octetString, u32Octets } from '../../../core/dlms/apdu/cursor';
import {
  deriveKey,
  ecdsaSign,
  ecdsaVerify,
  ephemeralPair,
  randomOctets,
  sharedSecret,
  unwrapKey,
  wrapKey,
  type Suite,
} from '../../../core/dlms/security/primitives';
import { decodeEnvelope } from '../../../core/dlms/security/ciphering';
import { encodeException } from '../../../core/dlms/apdu/exception';
import type { ServerAssociation, ServerOptions, ServerSecurity } from './server-types';

export type Opened = { readonly plain: Uint8Array } | { readonly refused: Uint8Array };

export function openRequest(
  apdu: Uint8Array,
  envelope: Envelope | undefined,
  association: ServerAssociation,
  options: ServerOptions,
): Opened {
  if (!envelope)
    return association.policy === 0 || apdu[0] === 0x60
      ? { plain: apdu }
      : { refused: encodeException({ stateError: 1, serviceError: 2 }) };
  const { security } = options;
  if (envelope.kind === 'signing') {
    if (
      !security.clientSigningKey ||
      !ecdsaVerify(security.clientSigningKey, signedOctets(envelope.header, envelope.content), envelope.signature)
    )
      return { refused: encodeException({ stateError: 1, serviceError: 5 }) };
    return openRequest(envelope.content, decodeEnvelope(envelope.content), association, options);
  }
  const body = takeSecuredBody(envelope.body);
  if (body.counter < security.lowestCounter) return { refused: lowCounter(options) };
  const key = requestKey(envelope, association, security);
  if (!key) return { refused: encodeException({ stateError: 1, serviceError: 5 }) };
  const title = envelope.kind === 'general' && envelope.title.length === 8 ? envelope.title : association.clientTitle;
  try {
    const plain = openBody(
      { suite: security.suite, encryptionKey: key, authenticationKey: security.authenticationKey },
      protectionOf(association.policy),
      title,
      body,
      envelope.kind === 'ciphering' ? envelope.header : undefined,
    );
    security.lowestCounter = body.counter + 1;
    return { plain };
  } catch {
    return { refused: encodeException({ stateError: 1, serviceError: 5 }) };
  }
}

function requestKey(
  envelope: Exclude<Envelope, { kind: 'signing' }>,
  association: ServerAssociation,
  security: ServerSecurity,
): Uint8Array | undefined {
  if (envelope.kind === 'ciphering') return keyOf(envelope.header, envelope.keyInfo, security);
  return envelope.isDedicated ? association.dedicatedKey : security.encryptionKey;
}

function lowCounter({ security, quirks }: ServerOptions): Uint8Array {
  if (quirks.counterAsDecipheringError) return encodeException({ stateError: 2, serviceError: 5 });
  return encodeException({
    stateError: 1,
    serviceError: 6,
    expectedCounter: quirks.namesLastCounter ? security.lowestCounter - 1 : security.lowestCounter,
  });
}

function answerTitle({ security, quirks }: ServerOptions): Uint8Array {
  if (quirks.emptyTitle) return new Uint8Array(0);
  return quirks.foreignTitle ? security.title.map((octet) => octet ^ 1) : security.title;
}

export function sealAnswer(
  plain: Uint8Array,
  request: Envelope | undefined,
  association: ServerAssociation,
  options: ServerOptions,
): Uint8Array {
  const { security, quirks } = options;
  if (!request || quirks.answers === 'plain') return plain;
  if (request.kind === 'signing') {
    const content = sealAnswer(plain, decodeEnvelope(request.content), association, options);
    if (quirks.forgetsSignature) return content;
    const header = headerOf(security, association);
    const signature = security.signingKey
      ? ecdsaSign(security.signingKey, signedOctets(header, content))
      : new Uint8Array(0);
    return encodeEnvelope({ kind: 'signing', header, content, signature });
  }
  const counter = quirks.answers === 'repeated' ? 7 : security.nextCounter();
  const protection = quirks.answers === 'weaker' ? 'auth' : protectionOf(association.policy);
  const header = request.kind === 'ciphering' ? headerOf(security, association) : undefined;
  const agreed = header && request.kind === 'ciphering' ? freshKey(request.keyInfo, header, security) : undefined;
  const isDedicated = request.kind !== 'ciphering' && request.isDedicated;
  const dedicated = isDedicated ? association.dedicatedKey : undefined;
  const key = agreed?.key ?? dedicated ?? security.encryptionKey;
  const body = protectBody(
    { suite: security.suite, encryptionKey: key, authenticationKey: security.authenticationKey },
    protection,
    security.title,
    counter,
    plain,
    header,
  );
  if (quirks.answers === 'wrong-tag') body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 0x01;
  if (quirks.answers === 'compressed') body[0] = (body[0] ?? 0) | 0x80;
  if (header && agreed) return encodeEnvelope({ kind: 'ciphering', header, keyInfo: agreed.keyInfo, body });
  if (request.kind === 'general')
    return encodeEnvelope({
      kind: 'general',
      isDedicated: request.isDedicated,
      title: answerTitle(options),
      body,
    });
  return encodeEnvelope({
    kind: 'service',
    isDedicated: request.kind === 'service' && request.isDedicated,
    tag: plain[0] ?? 0,
    body,
  });
}

/** The key of a request in general-ciphering: wrapped, agreed with an ephemeral key, or agreed from two static ones. */
function keyOf(header: GeneralHeader, info: KeyInfo | undefined, security: ServerSecurity): Uint8Array | undefined {
  if (!info || info.kind === 'identified') return security.encryptionKey;
  if (info.kind === 'wrapped') return security.masterKey && unwrapKey(security.masterKey, info.wrapped);
  if (!security.agreementKey) return undefined;
  if (info.parameters[0] === 2)
    return (
      security.clientAgreementKey &&
      deriveKey(
        security.suite,
        sharedSecret(security.agreementKey, security.clientAgreementKey),
        otherInformation(security.suite, header, true),
      )
    );
  const half = info.keyData.length / 2;
  if (
    !security.clientSigningKey ||
    !ecdsaVerify(security.clientSigningKey, info.keyData.subarray(0, half), info.keyData.subarray(half))
  )
    return undefined;
  return deriveKey(
    security.suite,
    sharedSecret(security.agreementKey, info.keyData.subarray(0, half)),
    otherInformation(security.suite, header, false),
  );
}

function freshKey(
  info: KeyInfo | undefined,
  header: GeneralHeader,
  security: ServerSecurity,
): { key: Uint8Array; keyInfo: KeyInfo | undefined } {
  const { clientAgreementKey, agreementKey, signingKey, masterKey, suite } = security;
  if (info?.kind === 'wrapped' && masterKey) {
    const key = randomOctets(suite === 2 ? 32 : 16);
    return { key, keyInfo: { kind: 'wrapped', kek: 0, wrapped: wrapKey(masterKey, key) } };
  }
  if (info?.kind === 'agreed' && clientAgreementKey && agreementKey && signingKey) {
    if (info.parameters[0] === 2)
      return {
        key: deriveKey(suite, sharedSecret(agreementKey, clientAgreementKey), otherInformation(suite, header, true)),
        keyInfo: { ...info, keyData: new Uint8Array(0) },
      };
    const pair = ephemeralPair(suite);
    const key = deriveKey(
      suite,
      sharedSecret(pair.privateKey, clientAgreementKey),
      otherInformation(suite, header, false),
    );
    return {
      key,
      keyInfo: {
        kind: 'agreed',
        parameters: info.parameters,
        keyData: concatBytes(pair.publicKey, ecdsaSign(signingKey, pair.publicKey)),
      },
    };
  }
  return { key: security.encryptionKey, keyInfo: info };
}

function headerOf(security: ServerSecurity, association: ServerAssociation): GeneralHeader {
  const nothing = new Uint8Array(0);
  return {
    transaction: concatBytes(new Uint8Array(4), u32Octets(security.nextCounter())),
    originator: security.title,
    recipient: association.clientTitle,
    time: nothing,
    other: nothing,
  };
}

function otherInformation(suite: Suite, header: GeneralHeader, isStatic: boolean): Uint8Array {
  const algorithm = Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x03, suite === 2 ? 1 : 0);
  return concatBytes(
    algorithm,
    header.originator,
    isStatic ? octetString(header.transaction) : new Uint8Array(0),
    header.recipient,
  );
}

const protectionOf = (policy: number): Protection =>
  policy === 0x10 ? 'auth' : policy === 0x20 ? 'encrypt' : 'auth+encrypt';
