// Opening an association (Green Book 9.4.2): AARQ/AARE, and what a meter must have granted to be believed. A refusal is
// said with its reason.
import type { Dialogue } from '../../wire/dialogue';
import { asReadError, failure, phrase, type ReadError } from '../../wire/errors';
import { decodeAare, encodeAarq, type Aare } from '../apdu/acse';
import {
  CONFORMANCE,
  decodeInitiateResponse,
  encodeInitiateRequest,
  PROPOSED,
  type InitiateResponse,
} from '../apdu/initiate';
import { isNotification } from '../apdu/notification';
import { associationRefusal } from '../apdu/result-codes';
import { isLateAnswer, TAG, apduTagOf, tagText } from '../apdu/tags';
import type { CosemLink } from '../link/cosem-link';
import type { AssociationOptions } from '../security/options';
import { ownTitleOf, type Protector } from '../security/protection';
import type { AnswerReader } from './answer-reader';
import type { AssociationMemory } from './association-memory';

/** Says the AARQ of one association and judges what comes back. */
export class Opening {
  /** The AARQ was answered as by a meter that still holds the association of an earlier client. */
  isHeldByOther = false;
  /** The meter's system title as its AARE tells it. */
  meterTitle: Uint8Array | undefined;

  constructor(
    private readonly link: CosemLink,
    private readonly o: AssociationOptions,
    private readonly protector: Protector | undefined,
    private readonly answers: AnswerReader,
    private readonly memory: AssociationMemory,
  ) {}

  /** General block transfer is asked for where the user wants it, or where this meter needs it: few have it right. */
  private get isBlockTransferWanted(): boolean {
    const { blockTransfer = 'auto' } = this.o;
    return blockTransfer === 'on' || (blockTransfer === 'auto' && this.memory.needsGeneralBlocks);
  }

  /** What the AARQ and each RLRQ of a ciphered association carry. */
  initiateRequest(): Uint8Array {
    const { referencing, credentials, maxPdu } = this.o;
    const blocks = this.isBlockTransferWanted ? CONFORMANCE.generalBlockTransfer : 0;
    const general = blocks | (this.protector ? CONFORMANCE.generalProtection : 0);
    return encodeInitiateRequest({
      conformance: referencing === 'LN' ? PROPOSED.LN | general : PROPOSED.SN,
      maxPdu,
      ...(this.protector && credentials.dedicatedKey && { dedicatedKey: credentials.dedicatedKey }),
    });
  }

  *associate(mechanism: number, challenge: Uint8Array | undefined): Dialogue<Aare> {
    const needsTitle = this.protector !== undefined || mechanism >= 5;
    const initiate = this.initiateRequest();
    const value = challenge ?? (mechanism === 1 ? this.o.credentials.password : undefined);
    const aarq = encodeAarq({
      context: { referencing: this.o.referencing, isCiphered: this.protector !== undefined },
      mechanism,
      userInformation: this.protector ? this.protector.protectInitiate(initiate) : initiate,
      ...(needsTitle && { systemTitle: ownTitleOf(this.o) }),
      ...(value && { authenticationValue: value }),
    });
    const answer = yield* this.answerTo(aarq);
    this.answers.lastWire = answer;
    const refusal = this.answers.refusal(answer);
    this.isHeldByOther = apduTagOf(answer) === TAG.exception && refusal?.code === 'REQUEST_REFUSED';
    if (refusal) throw refusal;
    if (apduTagOf(answer) !== TAG.aare) throw failure('dlms.otherToAarq', { tag: tagText(answer) });
    return decodedAare(answer);
  }

  /** Late answers to an earlier association pass; but where nothing follows one, it is what the meter has to say. */
  private *answerTo(aarq: Uint8Array): Dialogue<Uint8Array> {
    const { link } = this;
    let stray: Uint8Array | undefined;
    try {
      let answer = yield* link.exchange(aarq, this.o.meterMs);
      for (let strays = 0; strays < MAX_STRAYS && isStray(answer); strays++) {
        if (isLateAnswer(answer)) stray = answer;
        answer = yield* link.receive(this.o.meterMs);
      }
      return answer;
    } catch (thrown) {
      const error = asReadError(thrown);
      if (error.code !== 'NO_REPLY') throw error;
      if (stray) throw failure('dlms.aarqUnheard', { tag: tagText(stray) });
      throw link.isConnectionless ? this.silence() : error;
    }
  }

  /**
   * The wrapper has no connection to end: a meter that still holds another client's association may not answer at all.
   */
  private silence(): ReadError {
    const others = this.link.otherClients ?? [];
    const other =
      others.length > 0
        ? phrase('dlms.otherClients', { clients: others.join(', ') })
        : phrase('dlms.otherClientMaybe', {});
    return failure('dlms.aarqSilent', { other });
  }

  /** "Accepted" counts only with an InitiateResponse: without one nothing was granted. */
  grantedBy(aare: Aare): InitiateResponse {
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
    const refusal = this.answers.refusal(plain);
    if (refusal) throw refusal;
    return decodeInitiateResponse(plain);
  }

  /** A confirmedServiceError inside a refused AARE tells more than "no reason given". */
  private refusedBy(aare: Aare, information: Uint8Array | undefined): ReadError {
    const isTold = information && apduTagOf(information) === TAG.confirmedServiceError && aare.diagnostic <= 1;
    const told = isTold ? this.answers.refusal(information) : undefined;
    return told ?? associationRefusal(aare.result, aare.source, aare.diagnostic);
  }
}

function isStray(answer: Uint8Array): boolean {
  return isLateAnswer(answer) || isNotification(answer);
}

/**
 * Gurux Java begins an AARE that is too long for its frame, and goes on with an exception-response instead of the rest.
 */
function decodedAare(answer: Uint8Array): Aare {
  try {
    return decodeAare(answer);
  } catch (thrown) {
    const why = asReadError(thrown);
    throw why.code === 'BAD_VALUE' ? failure('dlms.aareBroken', { octets: answer.length, why }) : why;
  }
}

const MAX_STRAYS = 3;
