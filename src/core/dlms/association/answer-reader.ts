// From what the link brings to the one plain answer of a request (Green Book 9.4.5): blocks joined, doubles and
// notifications passed over, protection taken off, refusals told apart.
import { isSameBytes } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure, asReadError, type ReadError } from '../../wire/errors';
import { decodeConfirmedServiceError, decodeException } from '../apdu/exception';
import { isNotification } from '../apdu/notification';
import { confirmedServiceError, exceptionResponse } from '../apdu/result-codes';
import { TAG, apduTagOf } from '../apdu/tags';
import type { CosemLink } from '../link/cosem-link';
import { isCiphered } from '../security/ciphering';
import type { AssociationOptions } from '../security/options';
import type { Protector } from '../security/protection';
import type { AssociationMemory } from './association-memory';
import { receiveInBlocks } from './general-blocks';

/** Reads the answers of one association. */
export class AnswerReader {
  /** What the meter sent unasked while an answer was awaited; plain APDUs. */
  readonly notifications: Uint8Array[] = [];
  /** What a counter error named as the next value. */
  expectedCounter: number | undefined;
  /** The meter could not decipher a request: a wrong key, or, with some meters, a counter too low. */
  isUndeciphered = false;
  /** What broke an answer in general blocks. */
  blockFailure: unknown;
  /**
   * The last APDU as it came: what the network delivers twice is the same to the octet, and no answer to anything new.
   */
  lastWire: Uint8Array | undefined;
  /** The last answers, plain: what a double could be of. */
  private readonly earlier: Uint8Array[] = [];

  constructor(
    private readonly link: CosemLink,
    private readonly o: AssociationOptions,
    private readonly protector: Protector | undefined,
    private readonly memory: AssociationMemory,
  ) {}

  /** General blocks that this client takes in a row: one until that worked with this meter. */
  get blockWindow(): number {
    return Math.min(this.o.blockWindow, this.memory.blockWindow);
  }

  /** The plain answer that begins with `first`. `sentBlocks` = general blocks that the request went in; 0 = whole. */
  *answer(first: Uint8Array, sentBlocks = 0): Dialogue<Uint8Array> {
    return yield* this.settled(yield* this.answered(first, sentBlocks));
  }

  /** The next APDU that was not asked for, plain: for late answers. */
  *await(): Dialogue<Uint8Array> {
    return yield* this.answered(yield* this.link.receive(this.o.meterMs), 0);
  }

  /**
   * The error in an APDU that is none of the answers asked for; a counter error leaves the value behind for the repair.
   */
  refusal(apdu: Uint8Array): ReadError | undefined {
    if (apduTagOf(apdu) === TAG.confirmedServiceError) {
      const { service, kind, value } = decodeConfirmedServiceError(apdu);
      return confirmedServiceError(service, kind, value);
    }
    if (apduTagOf(apdu) !== TAG.exception) return undefined;
    const { stateError, serviceError, expectedCounter } = decodeException(apdu);
    this.expectedCounter = expectedCounter;
    this.isUndeciphered = serviceError === DECIPHERING_ERROR;
    return exceptionResponse(stateError, serviceError, expectedCounter);
  }

  /**
   * Short names have no invoke id. Where the network may deliver a message twice, an answer equal to one heard before
   * may be that one's double: the true one follows it then, and nothing does when two values are just equal.
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

  private *answered(first: Uint8Array, sentBlocks: number): Dialogue<Uint8Array> {
    let wire = first;
    for (let unasked = 0; unasked <= MAX_UNASKED; unasked++) {
      if (apduTagOf(wire) === TAG.generalBlock) wire = yield* this.joined(wire, sentBlocks);
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
      // an unprotected one is no news where protection was agreed
      if (!isBare || !this.protector) this.notifications.push(plain);
      wire = yield* this.link.receive(this.o.meterMs);
    }
    throw failure('dlms.onlyNotifications', {});
  }

  /** After one answer that came whole with a window of one, more blocks in a row are taken. */
  private *joined(first: Uint8Array, sentBlocks: number): Dialogue<Uint8Array> {
    const { memory } = this;
    memory.hasGeneralBlocks = true;
    const rules = { window: this.blockWindow, meterMs: this.o.meterMs };
    try {
      const whole = yield* receiveInBlocks(this.link, first, rules, sentBlocks + 1, sentBlocks > 0 ? rules.window : 1);
      if (!memory.hasNarrowBlocks) memory.blockWindow = this.o.blockWindow;
      return whole;
    } catch (thrown) {
      this.blockFailure = thrown;
      throw thrown;
    }
  }

  /** Ciphered answers are never alike, for each has a counter of its own; plain ones, and refusals, may be. */
  private isDouble(wire: Uint8Array): boolean {
    return (
      (isCiphered(wire) || apduTagOf(wire) === TAG.aare) &&
      this.lastWire !== undefined &&
      isSameBytes(wire, this.lastWire)
    );
  }

  /** A ciphered APDU in a plain association: a push for somebody else, or a meter that ciphers its answers unasked. */
  private *afterCiphered(): Dialogue<Uint8Array> {
    const next = yield* ifAny(this.link.receive(this.o.meterMs));
    if (next) return next;
    throw failure('dlms.cipheredUnasked', {});
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

const MAX_UNASKED = 32;
const MAX_EARLIER = 8;
const DECIPHERING_ERROR = 5;
