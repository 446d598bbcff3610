// One client's end of an HDLC line: says frames to one server address and hears only what that server says to this
// client. Foreign meters, our own echo and all-station answers of a second meter are told apart here.
import { concatBytes, isSameBytes } from '../../wire/bytes';
import { send, wireMs, type Dialogue, type LineMemory } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import { awaitFrame } from './frame-wait';
import { encodeHdlc, frameBytes, type Control, type HdlcFrame } from './hdlc';
import { addressText, isAllStation, isSameAddress, type HdlcAddress } from './hdlc-address';
import { HdlcInbox } from './hdlc-inbox';

/** A frame to say; addresses are the port's. */
export type Saying = Control & { readonly info?: Uint8Array; readonly isSegmented?: boolean };

/** What is waited for, in words of HDLC. */
export interface HdlcWait {
  /** The meter's time until it begins to answer; ignored within a burst. */
  readonly ms: number;
  /** A frame of the same burst was heard already: only the gap counts. */
  readonly isBurst?: boolean;
  /**
   * Largest information field to expect, and how many frames at once: a modem may hand a whole burst over in one
   * message.
   */
  readonly info: number;
  readonly frames: number;
  /** How often the wait was in vain: meters that pause inside a frame get more time each time. */
  readonly attempt: number;
  /** Asked of nobody who is known to be there: silence tells nothing of the link. */
  readonly isSearch?: boolean;
}

/** Says frames and hears those of one server. */
export class HdlcPort {
  private readonly inbox = new HdlcInbox();
  private said: readonly Uint8Array[] = [];
  private saidMs = 0;
  private isEchoing = false;
  /** Addresses that one meter may have: who answers from one of them has it, and is the server from then on. */
  candidates: readonly HdlcAddress[] = [];
  /** Who answered an all-station call first; nobody else is listened to from then on. */
  private responder: HdlcAddress | undefined;

  constructor(
    readonly client: HdlcAddress,
    public server: HdlcAddress,
    readonly memory: LineMemory,
  ) {}

  get heardBytes(): number {
    return this.inbox.heard;
  }

  /** What lies unread is older than these frames, and no answer to them. */
  *say(frames: readonly Saying[], to: readonly HdlcAddress[] = [this.server]): Dialogue<void> {
    this.said = to.flatMap((dest) =>
      frames.map((frame) => encodeHdlc({ info: NOTHING, ...frame, dest, src: this.client })),
    );
    const bytes = concatBytes(...this.said);
    this.saidMs = wireMs(bytes.length, this.memory.line);
    this.inbox.clear();
    yield* send(bytes);
  }

  /** The next frame of our meter to us, or undefined after silence. */
  *listen(to: HdlcWait): Dialogue<HdlcFrame | undefined> {
    const frameMs = wireMs(frameBytes(to.info), this.memory.line);
    const gapMs = frameMs + INTER_OCTET_MS * (1 + to.attempt);
    const burstMs = frameMs * Math.max(1, to.frames);
    const wait = to.isBurst
      ? ({ ms: INTER_OCTET_MS + burstMs, since: 'heard' } as const)
      : ({ ms: to.ms + this.saidMs + burstMs, since: 'sent' } as const);
    return yield* awaitFrame(
      { push: (chunk) => this.inbox.push(chunk), next: () => this.nextOurs(), isBroken: () => this.inbox.isBroken() },
      { ...wait, gapMs, longestMs: frameMs, ...(to.isSearch && { isSearch: true }) },
      this.memory,
    );
  }

  private nextOurs(): HdlcFrame | undefined {
    for (;;) {
      const frame = this.inbox.next();
      if (frame === undefined) return undefined;
      this.inbox.forgive();
      if (isSameAddress(frame.dest, this.client) && !this.isEcho(frame) && this.isFromServer(frame)) return frame;
    }
  }

  private isFromServer(frame: HdlcFrame): boolean {
    if (!isAllStation(this.server)) {
      if (this.candidates.some((one) => isSameAddress(frame.src, one))) this.server = frame.src;
      return isSameAddress(frame.src, this.server);
    }
    this.responder ??= frame.src;
    if (isSameAddress(frame.src, this.responder)) return true;
    throw failure('dlms.severalMeters', { first: addressText(this.responder), second: addressText(frame.src) });
  }

  /**
   * A half-duplex line or an optical head gives back what we said. Usually the addresses tell; where client and server
   * carry the same number, only commands do, and once one came back every frame equal to ours is an echo, once.
   */
  private isEcho(frame: HdlcFrame): boolean {
    if (!isSameAddress(frame.src, this.client) || !isSameAddress(this.server, this.client)) return false;
    if (frame.type === 'SNRM' || frame.type === 'DISC') return (this.isEchoing = true);
    if (!this.isEchoing) return false;
    const bytes = encodeHdlc(frame);
    const at = this.said.findIndex((own) => isSameBytes(own, bytes));
    this.said = this.said.filter((_, i) => i !== at);
    return at >= 0;
  }
}

const NOTHING = new Uint8Array(0);
/** Silence within a frame; meters pause far longer than the standard's 25 ms, and modems cut messages. */
const INTER_OCTET_MS = 1500;
