// High level security, passes 3 and 4 (Green Book 9.2.7.4): this client proves itself, and the meter has to.
import { isSameBytes } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import type { Aare } from '../apdu/acse';
import { decodeActionResponse, encodeActionRequest } from '../apdu/action';
import type { Data } from '../apdu/axdr';
import { accessRefusal } from '../apdu/result-codes';
import { decodeReadResponse, encodeReadRequest, hlsVariable } from '../apdu/sn-read';
import { answerChallenge, isRightAnswer, type Challenges, type HlsSecrets } from '../security/hls';
import type { AssociationOptions } from '../security/options';
import { nextCounter, ownTitleOf, peerTitleOf } from '../security/protection';

/** What the passes need of the association that they complete. */
export interface ProvenAssociation {
  readonly meterTitle: Uint8Array | undefined;
  /** The base name of the association object. */
  readonly vaaName: number;
  nextInvoke(): number;
  request(apdu: Uint8Array, isProof: boolean): Dialogue<Uint8Array>;
}

/**
 * `sent` = our challenge; the meter's stands in its AARE. Throws unless both sides proved that they know the secret.
 */
export function* proveBoth(
  association: ProvenAssociation,
  o: AssociationOptions,
  mechanism: number,
  sent: Uint8Array,
  aare: Aare,
): Dialogue<void> {
  const received = aare.authenticationValue;
  if (!received || received.length === 0) throw failure('dlms.noHighLevel', {});
  if (isSameBytes(received, sent)) throw failure('dlms.ownChallenge', {});
  const challenges: Challenges = { received, sent, ...titlesFor(association, o, mechanism) };
  const secrets = hlsSecrets(o);
  const answer = answerChallenge(mechanism, challenges, secrets, mechanism === 5 ? nextCounter(o) : 0);
  const proof = yield* replyToHls(association, o, answer);
  if (!isRightAnswer(mechanism, challenges, secrets, proof)) throw failure('dlms.meterUnproven', {});
}

function titlesFor(
  { meterTitle }: ProvenAssociation,
  o: AssociationOptions,
  mechanism: number,
): Pick<Challenges, 'ownTitle' | 'peerTitle'> {
  if (mechanism < 5) return { ownTitle: NOTHING, peerTitle: NOTHING };
  return { ownTitle: ownTitleOf(o), peerTitle: peerTitleOf(meterTitle ?? o.meterTitle) };
}

function* replyToHls(association: ProvenAssociation, o: AssociationOptions, answer: Uint8Array): Dialogue<Uint8Array> {
  const value: Data = { type: 'octet-string', value: answer };
  if (o.referencing === 'SN') {
    const variable = hlsVariable(association.vaaName + SN_REPLY_TO_HLS, value);
    const [result] = decodeReadResponse(yield* association.request(encodeReadRequest([variable]), true));
    return proofOf(result && 'data' in result ? result.data : undefined);
  }
  const invoke = association.nextInvoke();
  const action = { invoke, classId: 15, instance: CURRENT_ASSOCIATION, method: 1, parameter: value };
  const response = decodeActionResponse(yield* association.request(encodeActionRequest(action), true));
  if (response.result !== 0) throw failure('dlms.proofRejected', { why: accessRefusal(response.result) });
  return proofOf(response.returned && 'data' in response.returned ? response.returned.data : undefined);
}

function hlsSecrets({ credentials, suite }: AssociationOptions): HlsSecrets {
  const { password, encryptionKey, authenticationKey, signingKey, meterSigningKey, highLevel } = credentials;
  return {
    suite,
    ...(password && { password }),
    ...(encryptionKey && { encryptionKey }),
    ...(authenticationKey && { authenticationKey }),
    ...(signingKey && { ownSigningKey: signingKey }),
    ...(meterSigningKey && { peerSigningKey: meterSigningKey }),
    ...(highLevel && { highLevel }),
  };
}

function proofOf(data: Data | undefined): Uint8Array {
  if (data?.type !== 'octet-string') throw failure('dlms.challengeUnanswered', {});
  return data.value;
}

const NOTHING = new Uint8Array(0);
const CURRENT_ASSOCIATION = Uint8Array.of(0, 0, 40, 0, 0, 255);
/** Short name of reply_to_HLS_authentication, relative to the association's base (Blue Book 4.4.3). */
const SN_REPLY_TO_HLS = 0x58;
