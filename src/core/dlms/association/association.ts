// One application association (Green Book 9.4.2, 9.4.5): AARQ/AARE, HLS passes 3 and 4, requests under the agreed
// protection, RLRQ/RLRE. It accepts a meter only by what the meter proved, and says why a refusal came.
import { isSameBytes } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure, asReadError, type ReadError } from '../../wire/errors';
import { decodeAare, decodeRelease, encodeAarq, encodeRlrq, type Aare } from '../apdu/acse';
import type { Data } from '../apdu/axdr';
import { isCiphered } from '../security/ciphering';
import { checkOptions } from '../security/check-options';
import { receiveInBlocks, sendInBlocks } from './general-blocks';
import { answerChallenge, isRightAnswer, type Challenges, type HlsSecrets } from '../security/hls';
import type { CosemLink } from '../link/cosem-link';
import type { AssociationOptions, Authentication } from '../security/options';
import { nextCounter, ownTitleOf, peerTitleOf, Protector } from '../security/protection';
import {
  accessRefusal,
  associationRefusal,
  confirmedServiceError,
  exceptionResponse,
  releaseRefusal,
} from '../apdu/result-codes';
import { randomOctets } from '../security/primitives';
import { decodeActionResponse, encodeActionRequest } from '../apdu/action';
import { partsOf } from '../apdu/block';
import { decodeConfirmedServiceError, decodeException } from '../apdu/exception';
import {
  CONFORMANCE,
  decodeInitiateResponse,
  encodeInitiateRequest,
  PROPOSED,
  type InitiateResponse,
} from '../apdu/initiate';
import { isNotification } from '../apdu/notification';
import { decodeReadResponse, encodeReadRequest, hlsVariable } from '../apdu/sn-read';
import { isLateAnswer, TAG, tagOf, tagText } from '../apdu/tags';

export class Association {
  private granted: InitiateResponse | undefined;
  private readonly protector: Protector | undefined;
  /** What the meter sent unasked while an answer was awaited; plain APDUs. */
  readonly notifications: Uint8Array[] = [];
  /** What a counter error named as the next value. */
  expectedCounter: number | undefined;
  /** The meter could not decipher a request: a wrong key, or, with some meters, a counter too low. */
  isUndeciphered = false;
  /** The AARQ was answered as by a meter that still holds the association of an earlier client. */
  isHeldByOther = false;
  /** The meter's system title as its AARE tells it. */
  meterTitle: Uint8Array | undefined;
  /** The last answers, plain: what a double could be of. */
  private readonly earlier: Uint8Array[] = [];
  /** The last APDU as it came: what the network delivers twice is the same to the octet, and no answer to anything new. */
  private lastWire: Uint8Array | undefined;
  /** The meter answered in general blocks: requests then go in blocks too, which tells it our window at once. */
  hasGeneralBlocks = false;

  constructor(
    private readonly link: CosemLink,
    private readonly o: AssociationOptions,
    /** The invoke id goes on from session to session, so that a late answer to an earlier session matches nothing. */
    private readonly last: { invokeId: number } = { invokeId: 0 },
  ) {
    checkOptions(o);
    this.protector = o.security === 'none' ? undefined : new Protector(o, o.security);
  }

  get isOpen(): boolean {
    return this.granted !== undefined;
  }
  /** The largest APDU the meter takes; 0 = any. */
  get maxPdu(): number {
    return this.granted?.maxPdu ?? 0;
  }
  /** The base name of the association object (short names); some meters wrongly send the long-name value 0007. */
  get vaaName(): number {
    const name = this.granted?.vaaName ?? 0;
    return name < 0x0100 ? SN_ASSOCIATION : name;
  }
  /** What arrived of an answer that broke off; a ciphered one cannot be trusted without its tag. */
  get unfinished(): Uint8Array | undefined {
    return this.protector ? undefined : this.link.unfinished;
  }
  has(service: keyof typeof CONFORMANCE): boolean {
    return ((this.granted?.conformance ?? 0) & CONFORMANCE[service]) !== 0;
  }
  /** A fresh invoke-id-and-priority: confirmed, high priority. A late answer to an earlier request does not match it. */
  nextInvoke(): number {
    this.last.invokeId = (this.last.invokeId + 1) & 0x0f;
    return 0xc0 | this.last.invokeId;
  }

  *open(): Dialogue<void> {
    const mechanism = MECHANISMS[this.o.authentication];
    const challenge = mechanism >= 2 ? randomOctets(mechanism === 7 ? 32 : 16) : undefined;
    const aare = yield* this.associate(mechanism, challenge);
    const granted = this.initiateResponse(aare);
    if (challenge) yield* this.authenticate(mechanism, challenge, aare, granted);
    this.granted = granted;
  }

  /** Goodbye only if there was a hello. */
  *release(): Dialogue<void> {
    if (!this.granted) return;
    this.granted = undefined;
    if (!this.o.hasRelease) return;
    const information = this.protector?.protectInitiate(this.initiateRequest());
    const answer = yield* this.link.exchange(encodeRlrq(information), this.o.meterMs);
    if (tagOf(answer) !== TAG.rlre) throw this.refusal(answer) ?? failure('dlms.otherRelease', {});
    const { reason } = decodeRelease(answer, 0x63);
    if (reason !== 0) throw releaseRefusal(reason);
  }

  /** One request and its answer, both plain; protection, blocks and refusals are dealt with here. */
  *request(apdu: Uint8Array, isProof = false): Dialogue<Uint8Array> {
    const wire = this.protector ? this.protector.protect(apdu, isProof) : apdu;
    const rules = { window: this.o.blockWindow, meterMs: this.o.meterMs };
    const isLong = this.maxPdu > 0 && wire.length > this.maxPdu;
    const isInBlocks = this.has('generalBlockTransfer') && (isLong || this.hasGeneralBlocks);
    if (isLong && !isInBlocks) throw failure('dlms.requestLarge', { octets: wire.length, most: this.maxPdu });
    const parts = isInBlocks ? partsOf(wire, this.maxPdu) : [];
    const answer = isInBlocks
      ? yield* sendInBlocks(this.link, parts, rules)
      : yield* this.link.exchange(wire, this.o.meterMs);
    return yield* this.settled(yield* this.answered(answer, parts.length + 1));
  }

  /**
   * Short names have no invoke id. Where the network may deliver a message twice, an answer equal to one heard before may
   * be that one's double: the true one follows it then, and nothing does when two values are just equal.
   */
  private *settled(answer: Uint8Array): Dialogue<Uint8Array> {
    if (this.o.referencing !== 'SN' || this.protector || !this.link.mayRepeat) return answer;
    let settled = answer;
    for (let doubles = 0; doubles < MAX_UNASKED && this.earlier.some((one) => isSameBytes(one, settled)); doubles++) {
      const next = yield* ifAny(this.await());
      if (next === undefined) break;
      settled = next;
    }
    this.earlier.push(settled);
    if (this.earlier.length > MAX_EARLIER) this.earlier.shift();
    return settled;
  }

  /** The next APDU that was not asked for, plain: for late answers. */
  *await(): Dialogue<Uint8Array> {
    return yield* this.answered(yield* this.link.receive(this.o.meterMs), 1);
  }

  private *answered(first: Uint8Array, ownBlock: number): Dialogue<Uint8Array> {
    let wire = first;
    for (let unasked = 0; unasked <= MAX_UNASKED; unasked++) {
      if (tagOf(wire) === TAG.generalBlock) {
        this.hasGeneralBlocks = true;
        wire = yield* receiveInBlocks(
          this.link,
          wire,
          { window: this.o.blockWindow, meterMs: this.o.meterMs },
          ownBlock,
        );
      }
      if (this.isDouble(wire)) {
        wire = yield* this.link.receive(this.o.meterMs);
        continue;
      }
      this.lastWire = wire;
      if (!this.protector && isCiphered(wire)) {
        wire = yield* this.afterCiphered();
        continue;
      }
      const isBare = isNotification(wire);
      const plain = this.protector && !isBare ? this.protector.unprotect(wire) : wire;
      const refusal = this.refusal(plain);
      if (refusal) throw refusal;
      if (!isNotification(plain)) return plain;
      if (!isBare || !this.protector) this.notifications.push(plain); // an unprotected one is no news where protection was agreed
      wire = yield* this.link.receive(this.o.meterMs);
    }
    throw failure('dlms.onlyNotifications', {});
  }

  /** Ciphered answers are never alike, for each has a counter of its own; plain ones, and refusals, may be. */
  private isDouble(wire: Uint8Array): boolean {
    return (
      (isCiphered(wire) || tagOf(wire) === TAG.aare) && this.lastWire !== undefined && isSameBytes(wire, this.lastWire)
    );
  }

  /** A ciphered APDU in a plain association: a push for somebody else, or a meter that ciphers its answers unasked. */
  private *afterCiphered(): Dialogue<Uint8Array> {
    const next = yield* ifAny(this.link.receive(this.o.meterMs));
    if (next) return next;
    throw failure('dlms.cipheredUnasked', {});
  }

  private *associate(mechanism: number, challenge: Uint8Array | undefined): Dialogue<Aare> {
    const { credentials, referencing } = this.o;
    const needsTitle = this.protector !== undefined || mechanism >= 5;
    const initiate = this.initiateRequest();
    const aarq = encodeAarq({
      context: { referencing, isCiphered: this.protector !== undefined },
      mechanism,
      userInformation: this.protector ? this.protector.protectInitiate(initiate) : initiate,
      ...(needsTitle && { systemTitle: ownTitleOf(this.o) }),
      ...(challenge
        ? { authenticationValue: challenge }
        : mechanism === 1 && credentials.password
          ? { authenticationValue: credentials.password }
          : {}),
    });
    let answer = yield* this.link.exchange(aarq, this.o.meterMs);
    for (let strays = 0; strays < MAX_STRAYS && (isLateAnswer(answer) || isNotification(answer)); strays++)
      answer = yield* this.link.receive(this.o.meterMs);
    this.lastWire = answer;
    const refusal = this.refusal(answer);
    this.isHeldByOther = tagOf(answer) === TAG.exception && refusal?.code === 'REQUEST_REFUSED';
    if (refusal) throw refusal;
    if (tagOf(answer) !== TAG.aare) throw failure('dlms.otherToAarq', { tag: tagText(answer) });
    return decodeAare(answer);
  }

  /** "Accepted" counts only with an InitiateResponse: without one nothing was granted. */
  private initiateResponse(aare: Aare): InitiateResponse {
    if (aare.systemTitle?.length === 8) this.meterTitle = aare.systemTitle;
    if (this.protector && this.meterTitle) this.protector.peerTitle = this.meterTitle;
    const information = aare.userInformation;
    if (aare.result !== 0) {
      const refusal = this.refusedBy(aare, information);
      // Behind this answer a meter may also hide a wrong password, and wrong tries lock meters: not said again at once.
      this.isHeldByOther = refusal.code === 'METER_BUSY' && this.o.authentication !== 'low';
      throw refusal;
    }
    if (!information || information.length === 0) throw failure('dlms.nothingGranted', {});
    const plain = this.protector ? this.protector.unprotectInitiate(information) : information;
    const refusal = this.refusal(plain);
    if (refusal) throw refusal;
    return decodeInitiateResponse(plain);
  }

  /** A confirmedServiceError inside a refused AARE tells more than "no reason given". */
  private refusedBy(aare: Aare, information: Uint8Array | undefined): ReadError {
    const told =
      information && tagOf(information) === TAG.confirmedServiceError ? this.refusal(information) : undefined;
    return told && aare.diagnostic <= 1 ? told : associationRefusal(aare.result, aare.source, aare.diagnostic);
  }

  /** HLS passes 3 and 4: this client proves itself, and the meter has to. */
  private *authenticate(mechanism: number, sent: Uint8Array, aare: Aare, granted: InitiateResponse): Dialogue<void> {
    const received = aare.authenticationValue;
    if (!received || received.length === 0) throw failure('dlms.noHighLevel', {});
    if (isSameBytes(received, sent)) throw failure('dlms.ownChallenge', {});
    const challenges: Challenges = {
      received,
      sent,
      ...(mechanism >= 5
        ? { ownTitle: ownTitleOf(this.o), peerTitle: peerTitleOf(this.meterTitle ?? this.o.meterTitle) }
        : NO_TITLES),
    };
    const secrets = this.hlsSecrets();
    const answer = answerChallenge(mechanism, challenges, secrets, mechanism === 5 ? nextCounter(this.o) : 0);
    const proof = yield* this.replyToHls(answer, granted);
    if (!isRightAnswer(mechanism, challenges, secrets, proof)) throw failure('dlms.meterUnproven', {});
  }

  private *replyToHls(answer: Uint8Array, granted: InitiateResponse): Dialogue<Uint8Array> {
    const value: Data = { type: 'octet-string', value: answer };
    if (this.o.referencing === 'SN') {
      const name = (granted.vaaName < 0x0100 ? SN_ASSOCIATION : granted.vaaName) + SN_REPLY_TO_HLS;
      const [result] = decodeReadResponse(yield* this.request(encodeReadRequest([hlsVariable(name, value)]), true));
      return proofOf(result && 'data' in result ? result.data : undefined);
    }
    const invoke = this.nextInvoke();
    const response = decodeActionResponse(
      yield* this.request(
        encodeActionRequest({ invoke, classId: 15, instance: CURRENT_ASSOCIATION, method: 1, parameter: value }),
        true,
      ),
    );
    if (response.result !== 0) throw failure('dlms.proofRejected', { why: accessRefusal(response.result) });
    return proofOf(response.returned && 'data' in response.returned ? response.returned.data : undefined);
  }

  private hlsSecrets(): HlsSecrets {
    const { password, encryptionKey, authenticationKey, signingKey, meterSigningKey, highLevel } = this.o.credentials;
    return {
      suite: this.o.suite,
      ...(password && { password }),
      ...(encryptionKey && { encryptionKey }),
      ...(authenticationKey && { authenticationKey }),
      ...(signingKey && { ownSigningKey: signingKey }),
      ...(meterSigningKey && { peerSigningKey: meterSigningKey }),
      ...(highLevel && { highLevel }),
    };
  }

  private initiateRequest(): Uint8Array {
    const { referencing, credentials, maxPdu } = this.o;
    const general = this.protector ? CONFORMANCE.generalProtection : 0;
    return encodeInitiateRequest({
      conformance: referencing === 'LN' ? PROPOSED.LN | general : PROPOSED.SN,
      maxPdu,
      ...(this.protector && credentials.dedicatedKey && { dedicatedKey: credentials.dedicatedKey }),
    });
  }

  /** The error in an APDU that is none of the answers asked for; a counter error leaves the value behind for the repair. */
  private refusal(apdu: Uint8Array): ReadError | undefined {
    if (tagOf(apdu) === TAG.confirmedServiceError) {
      const { service, kind, value } = decodeConfirmedServiceError(apdu);
      return confirmedServiceError(service, kind, value);
    }
    if (tagOf(apdu) !== TAG.exception) return undefined;
    const { stateError, serviceError, expectedCounter } = decodeException(apdu);
    this.expectedCounter = expectedCounter;
    this.isUndeciphered = serviceError === DECIPHERING_ERROR;
    return exceptionResponse(stateError, serviceError, expectedCounter);
  }
}

function* ifAny(part: Dialogue<Uint8Array>): Dialogue<Uint8Array | undefined> {
  try {
    return yield* part;
  } catch (thrown) {
    const error = asReadError(thrown);
    if (error.code !== 'NO_REPLY') throw error;
    return undefined;
  }
}

function proofOf(data: Data | undefined): Uint8Array {
  if (data?.type !== 'octet-string') throw failure('dlms.challengeUnanswered', {});
  return data.value;
}

const NO_TITLES = { ownTitle: new Uint8Array(0), peerTitle: new Uint8Array(0) } as const;
const MECHANISMS: { readonly [A in Authentication]: number } = {
  none: 0,
  low: 1,
  high: 2,
  md5: 3,
  sha1: 4,
  gmac: 5,
  sha256: 6,
  ecdsa: 7,
};
const CURRENT_ASSOCIATION = Uint8Array.of(0, 0, 40, 0, 0, 255);
const SN_ASSOCIATION = 0xfa00;
/** Short name of reply_to_HLS_authentication, relative to the association's base (Blue Book 4.4.3). */
const SN_REPLY_TO_HLS = 0x58;
const MAX_UNASKED = 32;
const MAX_STRAYS = 3;
const MAX_EARLIER = 8;
const DECIPHERING_ERROR = 5;
