// One application association (Green Book 9.4.2, 9.4.5): opened, asked under the agreed protection, released. It
// accepts a meter only by what the meter proved, and says why a refusal came.
import type { Dialogue } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import { decodeRelease, encodeRlrq } from '../apdu/acse';
import { partsOf } from '../apdu/block';
import { CONFORMANCE, type InitiateResponse } from '../apdu/initiate';
import { releaseRefusal } from '../apdu/result-codes';
import { TAG, apduTagOf } from '../apdu/tags';
import type { CosemLink } from '../link/cosem-link';
import { checkAssociationOptions } from '../security/check-options';
import type { AssociationOptions, Authentication } from '../security/options';
import { randomOctets } from '../security/primitives';
import { Protector } from '../security/protection';
import { AnswerReader } from './answer-reader';
import { freshAssociationMemory, type AssociationMemory } from './association-memory';
import { sendInBlocks } from './general-blocks';
import { proveBoth } from './hls-passes';
import { Opening } from './opening';

/** One association on one link: open(), request() any number of times, release(). */
export class Association {
  private granted: InitiateResponse | undefined;
  private readonly protector: Protector | undefined;
  /** What comes back: what the meter sent unasked, and how it refused. */
  readonly answers: AnswerReader;
  private readonly opening: Opening;

  constructor(
    private readonly link: CosemLink,
    private readonly o: AssociationOptions,
    private readonly memory: AssociationMemory = freshAssociationMemory(),
  ) {
    checkAssociationOptions(o);
    this.protector = o.security === 'none' ? undefined : new Protector(o, o.security);
    this.answers = new AnswerReader(link, o, this.protector, memory);
    this.opening = new Opening(link, o, this.protector, this.answers, memory);
  }

  get isOpen(): boolean {
    return this.granted !== undefined;
  }
  /** The largest APDU the meter takes; 0 = any. */
  get maxPdu(): number {
    return this.granted?.maxPdu ?? 0;
  }
  /** Whether general block transfer was not asked for and may be, where something does not fit without. */
  get canAskBlocks(): boolean {
    return (this.o.blockTransfer ?? 'auto') === 'auto' && !this.memory.needsGeneralBlocks;
  }
  /** The base name of the association object (short names); some meters wrongly send the long-name value 0007. */
  get vaaName(): number {
    return vaaNameOf(this.granted);
  }
  /** The meter's system title as its AARE tells it. */
  get meterTitle(): Uint8Array | undefined {
    return this.opening.meterTitle;
  }
  /** The AARQ was answered as by a meter that still holds the association of an earlier client. */
  get isHeldByOther(): boolean {
    return this.opening.isHeldByOther;
  }
  /** What arrived of an answer that broke off; a ciphered one cannot be trusted without its tag. */
  get unfinished(): Uint8Array | undefined {
    return this.protector ? undefined : this.link.unfinished;
  }
  has(service: keyof typeof CONFORMANCE): boolean {
    return ((this.granted?.conformance ?? 0) & CONFORMANCE[service]) !== 0;
  }
  /**
   * A fresh invoke-id-and-priority: confirmed, high priority. A late answer to an earlier request does not match it.
   */
  nextInvoke(): number {
    this.memory.invokeId = (this.memory.invokeId + 1) & 0x0f;
    return 0xc0 | this.memory.invokeId;
  }

  *open(): Dialogue<void> {
    const mechanism = MECHANISMS[this.o.authentication];
    const challenge = mechanism >= 2 ? randomOctets(mechanism === 7 ? 32 : 16) : undefined;
    const aare = yield* this.opening.associate(mechanism, challenge);
    const granted = this.opening.grantedBy(aare);
    if (challenge) {
      const unproven = {
        meterTitle: this.meterTitle,
        vaaName: vaaNameOf(granted),
        nextInvoke: () => this.nextInvoke(),
        request: (apdu: Uint8Array, isProof: boolean) => this.request(apdu, isProof),
      };
      yield* proveBoth(unproven, this.o, mechanism, challenge, aare);
    }
    this.granted = granted;
    this.link.tellOpen?.(true);
  }

  /** Goodbye only if there was a hello. */
  *release(): Dialogue<void> {
    if (!this.granted) return;
    this.granted = undefined;
    if (!this.o.hasRelease) return;
    const information = this.protector?.protectInitiate(this.opening.initiateRequest());
    const answer = yield* this.link.exchange(encodeRlrq(information), this.o.meterMs);
    if (apduTagOf(answer) !== TAG.rlre) throw this.answers.refusal(answer) ?? failure('dlms.otherRelease', {});
    const { reason } = decodeRelease(answer, 0x63);
    if (reason !== 0) throw releaseRefusal(reason);
    this.link.tellOpen?.(false);
  }

  /** One request and its answer, both plain; protection, blocks and refusals are dealt with here. */
  *request(apdu: Uint8Array, isProof = false): Dialogue<Uint8Array> {
    const wire = this.protector ? this.protector.protect(apdu, isProof) : apdu;
    const isLong = this.maxPdu > 0 && wire.length > this.maxPdu;
    // A request in blocks tells the meter our window at once, which saves acknowledges once more than one block works.
    const window = this.answers.blockWindow;
    const isWindowTold = this.memory.hasGeneralBlocks && window > 1;
    const isInBlocks = this.has('generalBlockTransfer') && (isLong || isWindowTold);
    if (isLong && !isInBlocks) throw failure('dlms.requestLarge', { octets: wire.length, most: this.maxPdu });
    if (!isInBlocks) return yield* this.answers.answer(yield* this.link.exchange(wire, this.o.meterMs));
    const parts = partsOf(wire, this.maxPdu);
    const first = yield* sendInBlocks(this.link, parts, { window, meterMs: this.o.meterMs });
    return yield* this.answers.answer(first, parts.length);
  }

  /** The next APDU that was not asked for, plain: for late answers. */
  *await(): Dialogue<Uint8Array> {
    return yield* this.answers.await();
  }
}

function vaaNameOf(granted: InitiateResponse | undefined): number {
  const name = granted?.vaaName ?? 0;
  return name < 0x0100 ? SN_ASSOCIATION : name;
}

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
const SN_ASSOCIATION = 0xfa00;
