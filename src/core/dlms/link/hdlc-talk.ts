// The talk on an open HDLC connection (IEC 62056-46, 6.4.4.5; ISO/IEC 13239 NRM, two-way alternate): the turn to speak
// passes with the P and F bits. A lost or damaged frame costs one round trip: RR tells the meter what we have, its
// N(R) tells us what it has, and only what is missing is said again. REJ is understood, but not said: 62056-46 has
// none.
import { pause, type Dialogue } from '../../wire/dialogue';
import { failure, type ReadError } from '../../wire/errors';
import { rejectionAdvice, rejectionOf, type HdlcFrame } from './hdlc';
import { grant } from './hdlc-connect';
import type { LinkParameters } from './hdlc-negotiation';
import type { HdlcPort } from './hdlc-port';
import { ReceiveWindow, SendWindow } from './hdlc-window';
import { addLlc, hasLlc } from './llc';
import { UiCollector } from './ui-collector';

/** Meters that break the rules of sequence numbers. Each costs safety, so none is on by default. */
export interface HdlcQuirks {
  /**
   * N(S) stays 0 in every frame (Hexing HXE130). Lost frames then cannot be recovered: the read fails and starts anew.
   */
  readonly frozenNs?: boolean;
  /**
   * N(R) never advances (meters with a jDLMS based stack). Then an answer is taken for one whatever it acknowledges.
   */
  readonly frozenNr?: boolean;
}

/** The talk from UA to DISC. */
export class HdlcTalk {
  private readonly sender = new SendWindow();
  private readonly receiver = new ReceiveWindow();
  private readonly collector = new UiCollector();
  private hasTurn = true;
  /** Ask with RR before saying anything else: after silence nobody knows what the other one has. */
  private mustPoll = false;
  private isMeterBusy = false;
  /** New frames since we last spoke: at the window's size the meter must stop, whatever its F bit says. */
  private burst = 0;
  /** The meter is in the middle of a burst: only a gap ends it. */
  private isMidBurst = false;
  /** Information frames that we said last; 0 = a poll. */
  private saidFrames = 0;
  private refusals = 0;
  /**
   * An information frame answered a new request under a number of before: not a repeated frame, but one misnumbered.
   */
  private isMisnumbered = false;
  /** Why no more can be said on this connection but DISC. */
  private broken: ReadError | undefined;
  /** The meter said nothing to a request and the polls after it. */
  isSilent = false;
  /** Whether the meter took part in this connection beyond UA. */
  isUsed = false;

  constructor(
    private readonly port: HdlcPort,
    /** What the meter granted of `offered`. */
    public agreed: LinkParameters,
    private readonly offered: LinkParameters,
    private readonly linkMs: number,
    private readonly quirks: HdlcQuirks,
    /** Takes APDUs of UI frames heard in between, which nobody asked for. */
    private readonly notify: (apdu: Uint8Array) => void,
  ) {}

  get unfinished(): Uint8Array | undefined {
    return this.receiver.unfinished;
  }

  /** Half duplex: nothing is said while the meter may still be talking, or has not taken in what was said. */
  *takeTurn(): Dialogue<void> {
    yield* this.until(this.linkMs, () => this.hasTurn && this.sender.isDone && !this.receiver.isOpen);
  }

  /** Says one APDU, in as many windows as it needs; the last one may not have arrived yet. */
  *say(apdu: Uint8Array): Dialogue<void> {
    this.load(apdu);
    yield* this.until(this.linkMs, () => this.sender.isAllSent && !this.hasTurn);
  }

  *ask(apdu: Uint8Array, ms: number): Dialogue<Uint8Array> {
    this.load(apdu);
    return yield* this.answer(ms);
  }

  /** The next APDU of the meter; with our turn it is polled for. */
  *answer(ms: number): Dialogue<Uint8Array> {
    let apdu: Uint8Array | undefined;
    yield* this.until(ms, () => (apdu ??= this.receiver.shift()) !== undefined);
    if (apdu === undefined) throw failure('wire.defect', { where: 'HDLC talk without answer' });
    return apdu;
  }

  private load(apdu: Uint8Array): void {
    while (this.receiver.shift()) continue; // answers nobody waited for are no answer to this
    this.sender.load(addLlc(apdu), this.agreed.maxInfoTransmit);
  }

  /** Speaks and listens until `isOver`. `ms`: the meter's time to answer once everything is said. */
  private *until(ms: number, isOver: () => boolean): Dialogue<void> {
    if (this.broken) throw this.broken;
    const { memory } = this.port;
    const end = memory.now() + ms;
    const heardBefore = this.port.heardBytes;
    const count = { progress: 0, vain: 0, waiting: 0, silence: 0, stale: 0 };
    let heard: Heard = 'progress';
    while (!isOver()) {
      let isAsked = false;
      if (this.hasTurn) {
        const hasHeard = this.port.heardBytes > heardBefore;
        if (count.vain > MAX_VAIN || count.silence > (hasHeard ? MAX_LOSSES : MAX_SILENCES))
          throw (this.broken = this.givenUp(hasHeard));
        if (count.waiting > MIN_POLLS && memory.now() > end) throw (this.broken = this.busy());
        if (heard === 'waiting') yield* pause(POLL_PAUSE_MS);
        isAsked = yield* this.speak();
        if (isOver()) return;
      }
      const frame = yield* this.port.listen({
        ms: isAsked || !this.sender.isAllSent ? this.linkMs : ms,
        isBurst: this.isMidBurst,
        info: this.agreed.maxInfoReceive,
        frames: this.agreed.windowReceive - this.burst,
        attempt: count.silence,
        isSearch: count.silence > 0,
      });
      heard = frame === undefined ? this.onSilence() : this.onFrame(frame);
      count[heard] += 1;
      if (heard === 'silence') count.vain += 1;
      else if (heard !== 'stale') count.silence = 0;
      if (heard === 'progress') count.vain = 0;
      if (count.stale > MAX_STALE) throw (this.broken = failure('dlms.foreignFrames', { count: MAX_STALE }));
    }
  }

  /** Our turn: the next information frames, else RR. Returns whether it was only an RR. */
  private *speak(): Dialogue<boolean> {
    const segments = this.mustPoll || this.isMeterBusy ? [] : this.sender.take(this.agreed.windowTransmit);
    const nr = this.receiver.vr;
    this.hasTurn = this.mustPoll = false;
    this.burst = 0;
    this.isMidBurst = false;
    this.saidFrames = segments.length;
    if (segments.length === 0) yield* this.port.say([{ type: 'RR', nr, isFinal: true }]);
    else
      yield* this.port.say(
        segments.map((segment, i) => ({ type: 'I', ...segment, nr, isFinal: i === segments.length - 1 })),
      );
    return segments.length === 0;
  }

  private onSilence(): Heard {
    this.hasTurn = true;
    // A meter that leaves its last F bit out ends its turn by silence, and nothing is missing.
    if (this.isMidBurst && this.sender.isDone && !this.receiver.isOpen) return 'vain';
    if (this.quirks.frozenNs) throw (this.broken = failure('dlms.frameLostUnnumbered', {}));
    this.mustPoll = true;
    return 'silence';
  }

  private onFrame(frame: HdlcFrame): Heard {
    switch (frame.type) {
      case 'I':
        return this.onInformation(frame);
      case 'RR':
      case 'RNR':
      case 'REJ':
        return this.onSupervisory(frame);
      case 'DM':
      case 'FRMR':
        return this.onRefusal(frame);
      case 'UA':
        // Two UAs are under way when an SNRM was repeated: the later one tells what the meter holds to.
        if (!this.isUsed && frame.info.length > 0) this.agreed = grant(frame, this.offered);
        return 'stale';
      case 'UI':
        for (const { apdu } of this.collector.take(frame)) this.notify(apdu);
        return 'stale';
      default:
        return 'stale';
    }
  }

  private onInformation(frame: HdlcFrame & { type: 'I' }): Heard {
    const acknowledged = this.acknowledge(frame.nr);
    if (acknowledged === undefined) return 'stale';
    this.refusals = 0;
    // An answer acknowledges its request. One that does not is from before, and the request is said again.
    const isNew = this.sender.isDone && this.accept(frame);
    this.isUsed ||= isNew;
    if (!isNew && acknowledged > 0 && (frame.ns + 1) % 8 === this.receiver.vr) this.isMisnumbered = true;
    // an old burst's end, said twice
    if (!isNew && acknowledged === 0 && (frame.ns + 1) % 8 === this.receiver.vr) return 'stale';
    this.isMidBurst = !frame.isFinal;
    if (isNew) this.burst += 1;
    return this.passTurn(
      frame.isFinal || this.burst >= this.agreed.windowReceive,
      isNew || acknowledged > 0 ? 'progress' : 'vain',
    );
  }

  private accept(frame: HdlcFrame & { type: 'I' }): boolean {
    const { frozenNs } = this.quirks;
    // With frozen numbers the head of an APDU is the only sign that the end of the one before it was lost.
    if (frozenNs && this.receiver.isOpen && hasLlc(frame.info))
      throw (this.broken = failure('dlms.frameLostBetween', {}));
    return this.receiver.accept(frozenNs ? this.receiver.vr : frame.ns, frame.info, frame.isSegmented === true);
  }

  private onSupervisory(frame: HdlcFrame & { nr: number }): Heard {
    const acknowledged = this.acknowledge(frame.nr);
    if (acknowledged === undefined) return 'stale';
    this.refusals = 0;
    // A single frame that is lost is met by silence. RR without it was said to an earlier poll, and the answer follows.
    if (frame.type === 'RR' && acknowledged === 0 && this.saidFrames === 1) return 'stale';
    this.isMeterBusy = frame.type === 'RNR';
    const isWaiting = this.isMeterBusy || (this.sender.isDone && !this.receiver.isOpen);
    return this.passTurn(frame.isFinal, isWaiting ? 'waiting' : acknowledged > 0 ? 'progress' : 'vain');
  }

  /** The F bit gives the turn back, and with it the checkpoint: what is not acknowledged now is said again. */
  private passTurn(isPassed: boolean, heard: Heard): Heard {
    if (!isPassed) return heard === 'vain' ? 'stale' : heard;
    this.hasTurn = true;
    this.sender.rewind();
    return heard;
  }

  /** DM or FRMR may be a late one of an earlier session: the meter is asked, and believed when it says so again. */
  private onRefusal(frame: HdlcFrame): Heard {
    this.refusals += 1;
    this.hasTurn = this.mustPoll = true;
    if (this.refusals < 2) return 'vain';
    throw (this.broken =
      frame.type === 'DM'
        ? failure('dlms.endedMiddle', {})
        : failure('dlms.frameRejected', { rejection: rejectionOf(frame.info), next: rejectionAdvice(frame.info) }));
  }

  private acknowledge(nr: number): number | undefined {
    return this.quirks.frozenNr ? this.sender.acknowledgeAll() : this.sender.acknowledge(nr);
  }

  private givenUp(hasHeard: boolean): ReadError {
    if (!hasHeard) {
      this.isSilent = true;
      return failure('dlms.fellSilent', {});
    }
    return this.sender.isDone ? failure('dlms.repeats', {}) : failure('dlms.neverAcknowledges', {});
  }

  private busy(): ReadError {
    if (this.isMisnumbered) return failure('dlms.misnumbered', {});
    return this.isMeterBusy ? failure('dlms.notReady', {}) : failure('dlms.noAnswerYet', {});
  }
}

/** `stale`: no concern of this talk; `vain`: an answer that brought nothing on; `waiting`: the meter needs time. */
type Heard = 'progress' | 'vain' | 'waiting' | 'silence' | 'stale';

const POLL_PAUSE_MS = 250;
/** Polls that bring nothing on until the talk is given up: answered ones, lost ones, and ones into a dead line. */
const MAX_VAIN = 12;
const MAX_LOSSES = 8;
const MAX_SILENCES = 3;
/** Polls that a meter may answer with "nothing yet", however short its time was. */
const MIN_POLLS = 4;
const MAX_STALE = 512;
