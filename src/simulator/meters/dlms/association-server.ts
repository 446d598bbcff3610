// Associations of a simulated COSEM server (Green Book 9.4.2, 9.2.2, server side): who may come in, and with what
// proof.
import { concatBytes } from '../../../core/wire/bytes';
import { decodeAarq, encodeAare, type Aarq } from '../../../core/dlms/apdu/acse';
import { decodeEnvelope } from '../../../core/dlms/security/ciphering';
import { answerChallenge, isRightAnswer, type HlsSecrets } from '../../../core/dlms/security/hls';
import { randomOctets } from '../../../core/dlms/security/primitives';
import { decodeActionRequest, encodeActionResponse } from '../../../core/dlms/apdu/action';
import { encodeException } from '../../../core/dlms/apdu/exception';
import { CONFORMANCE, decodeInitiateRequest, encodeInitiateResponse } from '../../../core/dlms/apdu/initiate';
import { decodeReadRequest, encodeReadResponse } from '../../../core/dlms/apdu/sn-read';
import { openRequest, sealAnswer } from './security-server';
import type { ServerAssociation, ServerOptions } from './server-types';

export function acceptAssociation(
  apdu: Uint8Array,
  client: number,
  options: ServerOptions,
): { readonly aare: Uint8Array; readonly association?: ServerAssociation } {
  const aarq = decodeAarq(apdu);
  const { quirks } = options;
  const rule = options.clients.find((candidate) => candidate.client === client);
  const refused = (diagnostic: number): { readonly aare: Uint8Array } => ({
    aare: aare(aarq, options, 1, 'user', diagnostic, undefined),
  });
  if (quirks.refuses)
    return { aare: aare(aarq, options, quirks.refuses[0], quirks.refuses[1], quirks.refuses[2], undefined) };
  if (!rule) return refused(1);
  if (aarq.context.referencing !== options.referencing) return refused(2);
  const isCiphered = rule.policy !== 0;
  if (aarq.context.isCiphered !== isCiphered) return refused(2);
  if ((aarq.mechanism ?? 0) !== rule.mechanism) return refused(rule.mechanism === 0 ? 11 : aarq.mechanism ? 11 : 12);
  if (rule.mechanism === 1 && !isSame(aarq.authenticationValue, rule.password)) return refused(13);

  const association: ServerAssociation = {
    client,
    policy: rule.policy,
    mechanism: rule.mechanism,
    clientTitle: aarq.systemTitle ?? new Uint8Array(8),
    clientMaxPdu: 0,
    hasGeneralBlocks: false,
    dedicatedKey: undefined,
    pendingHls: undefined,
    long: undefined,
    lastCounter: -1,
  };
  const information = aarq.userInformation ?? new Uint8Array(0);
  const opened = isCiphered
    ? openRequest(information, decodeEnvelope(information), association, options)
    : { plain: information };
  if ('refused' in opened) return { aare: opened.refused };
  const initiate = decodeInitiateRequest(opened.plain);
  const granted = initiate.conformance & options.conformance;
  const ready: ServerAssociation = {
    ...association,
    clientMaxPdu: initiate.maxPdu,
    hasGeneralBlocks: (granted & CONFORMANCE.generalBlockTransfer) !== 0,
    dedicatedKey: initiate.dedicatedKey,
    ...(rule.mechanism >= 2 &&
      !quirks.skipsHls && {
        pendingHls: {
          ctos: aarq.authenticationValue ?? new Uint8Array(0),
          stoc: randomOctets(rule.mechanism === 7 ? 32 : 16),
        },
      }),
  };
  const response = encodeInitiateResponse({
    version: 6,
    conformance: granted,
    maxPdu: options.maxPdu,
    vaaName: options.referencing === 'LN' || quirks.wrongVaaName ? 0x0007 : 0xfa00,
  });
  const envelope = isCiphered ? decodeEnvelope(information) : undefined;
  const user = quirks.bareAare ? undefined : isCiphered ? sealAnswer(response, envelope, ready, options) : response;
  return { aare: aare(aarq, options, 0, 'user', ready.pendingHls ? 14 : 0, user, ready), association: ready };
}

function aare(
  aarq: Aarq,
  options: ServerOptions,
  result: number,
  source: 'user' | 'provider',
  diagnostic: number,
  userInformation: Uint8Array | undefined,
  association?: ServerAssociation,
): Uint8Array {
  const { quirks } = options;
  const needsTitle = aarq.context.isCiphered || (aarq.mechanism ?? 0) >= 5;
  const plain = encodeAare({
    context: quirks.wrongContext ? { ...aarq.context, isCiphered: !aarq.context.isCiphered } : aarq.context,
    result,
    source,
    diagnostic,
    ...(needsTitle &&
      quirks.hidesTitle !== true && {
        systemTitle: quirks.hidesTitle === 'empty' ? new Uint8Array(0) : options.security.title,
      }),
    ...(association?.pendingHls && {
      mechanism: association.mechanism,
      authenticationValue: association.pendingHls.stoc,
    }),
    ...(userInformation && { userInformation }),
  });
  const withVersion = quirks.protocolVersion ? insert(plain, Uint8Array.of(0x80, 0x02, 0x07, 0x80)) : plain;
  return quirks.shortUserInformation && userInformation ? shorten(withVersion, userInformation.length) : withVersion;
}

/** Pass 3 and 4: the client's proof is checked, and answered with the server's own. */
export function replyToHls(plain: Uint8Array, association: ServerAssociation, options: ServerOptions): Uint8Array {
  const pending = association.pendingHls;
  const action = plain[0] === 0xc3 ? decodeActionRequest(plain) : undefined;
  const [variable] = action ? [] : decodeReadRequest(plain);
  const selection = variable?.kind === 'parameterised' ? variable.selection : undefined;
  const parameter = action ? action.parameter : selection?.parameter;
  if (!pending || parameter?.type !== 'octet-string') return encodeException({ stateError: 1, serviceError: 1 });
  const challenges = {
    ownTitle: options.security.title,
    peerTitle: association.clientTitle,
    received: pending.ctos,
    sent: pending.stoc,
  };
  const secrets = secretsOf(association, options);
  const isProven = isRightAnswer(association.mechanism, challenges, secrets, parameter.value);
  if (isProven) association.pendingHls = undefined;
  const proof = answerChallenge(association.mechanism, challenges, secrets, options.security.nextCounter());
  const value = options.quirks.wrongProof
    ? proof.map((octet, i) => (i === proof.length - 1 ? octet ^ 1 : octet))
    : proof;
  if (!action) return encodeReadResponse([isProven ? { data: { type: 'octet-string', value } } : { refused: 3 }]);
  return encodeActionResponse(
    isProven
      ? { invoke: action.invoke, result: 0, returned: { data: { type: 'octet-string', value } } }
      : { invoke: action.invoke, result: 3 },
  );
}

function secretsOf(association: ServerAssociation, options: ServerOptions): HlsSecrets {
  const { security } = options;
  const password = options.clients.find((rule) => rule.client === association.client)?.password;
  return {
    suite: security.suite,
    encryptionKey: security.encryptionKey,
    authenticationKey: security.authenticationKey,
    ...(password && { password }),
    ...(security.signingKey && { ownSigningKey: security.signingKey }),
    ...(security.clientSigningKey && { peerSigningKey: security.clientSigningKey }),
    ...(security.highLevel && { highLevel: security.highLevel }),
  };
}

/** An element in front of the others, with the outer length put right (below 0x80 in these APDUs, or with 0x81). */
function insert(apdu: Uint8Array, element: Uint8Array): Uint8Array {
  const head = apdu[1] === 0x81 ? 3 : 2;
  const length = apdu.length - head + element.length;
  return concatBytes(
    apdu.subarray(0, 1),
    length < 0x80 ? Uint8Array.of(length) : Uint8Array.of(0x81, length),
    element,
    apdu.subarray(head),
  );
}

/** The length of BE counts one octet less than it holds. */
function shorten(apdu: Uint8Array, inner: number): Uint8Array {
  const copy = apdu.slice();
  const at = copy.length - inner - 3;
  copy[at] = (copy[at] ?? 0) - 1;
  return copy;
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((octet, i) => octet === b[i]);
