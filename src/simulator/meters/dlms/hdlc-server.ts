// The meter's side of HDLC (IEC 62056-46, 6.4.4 and 6.4.5; ISO/IEC 13239: secondary station, NRM, two-way alternate):
// answers only when polled, sends real windows, and keeps what it sent until N(R) acknowledges it. What an APDU means
// is the business of the application that it is given.
import { concatBytes } from '../../../core/wire/bytes';
import type { LineSettings } from '../../../core/wire/dialogue';
import { Inbox } from '../../../core/wire/inbox';
import { encodeHdlc, scanHdlc, type Control, type HdlcFrame } from '../../../core/dlms/link/hdlc';
import { isAllStation, isSameAddress, type HdlcAddress } from '../../../core/dlms/link/hdlc-address';
import { decodeParameters, encodeParameters, type LinkParameters } from '../../../core/dlms/link/hdlc-negotiation';
import { addLlc, stripLlc } from '../../../core/dlms/link/llc';
import type { Meter, Reply } from '../../serial/meter';

/** The application layer of a meter: one complete APDU in, one out, or none. */
export type Application = (apdu: Uint8Array, client: number, server: number) => Uint8Array | undefined;

export interface HdlcServerQuirks {
  /** N(S) 0 in every frame, as the Hexing HXE130 has it. */
  readonly frozenNs?: boolean;
  /** N(R) never advances. */
  readonly frozenNr?: boolean;
  /** E6 E6 00 also in responses. */
  readonly commandLlc?: boolean;
  /** F only in the last segment of an APDU, though the window is full before. */
  readonly lateFinal?: boolean;
  /** UA without information field. */
  readonly bareUa?: boolean;
  /** An SNRM with parameters is not answered. */
  readonly bareSnrmOnly?: boolean;
  /** While a connection is open, SNRM is answered so, until DISC; `silence` for no answer. */
  readonly whileOpen?: 'DM' | 'FRMR' | 'silence';
  /** Frames out of sequence are answered with REJ instead of RR. */
  readonly rejects?: boolean;
  /** Polls answered with RNR before the meter takes in an APDU. */
  readonly busyPolls?: number;
  /** Polls answered with an empty RR before an answer is ready. */
  readonly thinkingPolls?: number;
  /** Flags between and before frames, one flag shared by two neighbours. */
  readonly fill?: boolean;
}

export interface HdlcServerOptions {
  /** Addresses that this meter answers; all-station calls are answered from the first. */
  readonly addresses: readonly HdlcAddress[];
  /** What the meter can, seen from its own side. */
  readonly limits: LinkParameters;
  readonly line?: LineSettings;
  readonly answerMs?: number;
  readonly inactivityMs?: number;
  readonly quirks?: HdlcServerQuirks;
  /** Called when a connection begins anew or ends: associations end with it. */
  readonly onReset?: (client: number) => void;
}

/** One data link connection; another client's SNRM ends it. */
interface Connection {
  readonly client: HdlcAddress;
  readonly own: HdlcAddress;
  readonly agreed: LinkParameters;
  vs: number;
  vr: number;
  /** Sent and not acknowledged, or waiting for the window. */
  queue: { readonly ns: number; readonly info: Uint8Array; readonly isSegmented: boolean }[];
  sent: number;
  parts: Uint8Array[];
  isRejecting: boolean;
}

export class HdlcServer implements Meter {
  readonly line: LineSettings;
  private readonly inbox = new Inbox();
  private readonly quirks: HdlcServerQuirks;
  private connection: Connection | undefined;
  private heardAt = 0;
  private busyPolls: number;
  private thinkingPolls = 0;
  /** For tests: everything this meter took in, and how many connections are open. */
  readonly requests: Uint8Array[] = [];

  constructor(
    private readonly options: HdlcServerOptions,
    private readonly application: Application,
  ) {
    this.line = options.line ?? { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };
    this.quirks = options.quirks ?? {};
    this.busyPolls = this.quirks.busyPolls ?? 0;
  }

  get isConnected(): boolean {
    return this.connection !== undefined;
  }

  hear(bytes: Uint8Array, now: number): readonly Reply[] {
    if (this.connection && now - this.heardAt > (this.options.inactivityMs ?? 120_000)) this.end();
    this.heardAt = now;
    const said: Uint8Array[] = [];
    this.inbox.push(bytes);
    for (let frame = this.inbox.next(scanHdlc); frame; frame = this.inbox.next(scanHdlc)) {
      const own = this.calledAs(frame.dest);
      if (own) said.push(...this.answer(frame, own));
    }
    return said.length === 0 ? [] : [{ afterMs: this.options.answerMs ?? 50, bytes: this.filled(said) }];
  }

  /** Pulls the plug: what was connected is forgotten, as after a power failure. */
  restart(): void {
    this.end();
    this.inbox.clear();
  }

  /** Bytes of a notification that this meter sends of itself, in one UI frame per part. */
  push(apdu: Uint8Array, client: number): Uint8Array {
    const lpdu = addLlc(apdu, 'response');
    const size = this.options.limits.maxInfoTransmit;
    const frames: Uint8Array[] = [];
    for (let at = 0; at < lpdu.length; at += size) {
      const isSegmented = at + size < lpdu.length;
      frames.push(
        encodeHdlc({
          type: 'UI',
          isFinal: !isSegmented,
          dest: { size: 1, upper: client },
          src: this.firstAddress(),
          isSegmented,
          info: lpdu.slice(at, at + size),
        }),
      );
    }
    return concatBytes(...frames);
  }

  private answer(frame: HdlcFrame, own: HdlcAddress): Uint8Array[] {
    const speak = (control: Control, info: Uint8Array = NOTHING): Uint8Array[] => [
      encodeHdlc({ ...control, dest: frame.src, src: own, info }),
    ];
    const open = this.connection;
    if (frame.type === 'SNRM') {
      if (this.quirks.bareSnrmOnly && frame.info.length > 0) return [];
      if (open && this.quirks.whileOpen === 'silence') return [];
      if (open && this.quirks.whileOpen === 'DM') return speak({ type: 'DM', isFinal: true });
      if (open && this.quirks.whileOpen === 'FRMR')
        return speak({ type: 'FRMR', isFinal: true }, Uint8Array.of(0x93, 0, 1));
      return speak({ type: 'UA', isFinal: true }, this.begin(frame, own));
    }
    if (frame.type === 'DISC') {
      this.end();
      return speak({ type: open ? 'UA' : 'DM', isFinal: true });
    }
    if (frame.type !== 'I' && frame.type !== 'RR' && frame.type !== 'RNR' && frame.type !== 'REJ') return [];
    if (!open || !isSameAddress(open.client, frame.src))
      return frame.isFinal ? speak({ type: 'DM', isFinal: true }) : [];
    if (open.isRejecting) return speak({ type: 'FRMR', isFinal: true }, rejection(open, 8));
    if (!this.acknowledge(open, frame.nr)) return this.reject(open, speak, 8);
    if (frame.type === 'I' && frame.info.length > open.agreed.maxInfoReceive) return this.reject(open, speak, 4);
    if (frame.type === 'REJ') open.sent = 0;
    const isInOrder = frame.type !== 'I' || this.takeIn(open, frame);
    return frame.isFinal ? this.speakInTurn(open, isInOrder, speak) : [];
  }

  /** SNRM: sequence numbers start at 0; each side gets the smaller of what both can. */
  private begin(frame: HdlcFrame, own: HdlcAddress): Uint8Array {
    this.end();
    const asked = decodeParameters(frame.info);
    const { limits } = this.options;
    const agreed = {
      maxInfoTransmit: Math.min(limits.maxInfoTransmit, asked.maxInfoReceive),
      maxInfoReceive: Math.min(limits.maxInfoReceive, asked.maxInfoTransmit),
      windowTransmit: Math.min(limits.windowTransmit, asked.windowReceive),
      windowReceive: Math.min(limits.windowReceive, asked.windowTransmit),
    };
    const granted = this.quirks.bareUa ? decodeParameters(NOTHING) : agreed;
    this.connection = {
      client: frame.src,
      own,
      agreed: granted,
      vs: 0,
      vr: 0,
      queue: [],
      sent: 0,
      parts: [],
      isRejecting: false,
    };
    this.options.onReset?.(frame.src.upper);
    return this.quirks.bareUa ? NOTHING : encodeParameters(agreed);
  }

  private end(): void {
    const open = this.connection;
    this.connection = undefined;
    if (open) this.options.onReset?.(open.client.upper);
  }

  /** N(R) must lie between what is acknowledged and what was sent; anything else is beyond recovery. */
  private acknowledge(open: Connection, nr: number): boolean {
    if (this.quirks.frozenNs) {
      open.queue.splice(0, open.sent); // it goes on with every poll, and repeats nothing
      open.sent = 0;
      return true;
    }
    const first = open.queue[0];
    const count = (nr - (first ? first.ns : open.vs) + 8) % 8;
    if (count > open.queue.length) return false;
    open.queue.splice(0, count);
    open.sent = Math.max(0, open.sent - count);
    return true;
  }

  /** Whether the frame was the next one. A complete APDU goes to the application and its answer into the queue. */
  private takeIn(open: Connection, frame: HdlcFrame & { type: 'I' }): boolean {
    if (frame.ns !== open.vr) return false;
    if (this.busyPolls > 0) return true;
    open.vr = (open.vr + 1) % 8;
    open.parts.push(frame.info);
    if (frame.isSegmented) return true;
    const apdu = stripLlc(concatBytes(...open.parts));
    open.parts = [];
    this.requests.push(apdu);
    const answer = this.application(apdu, open.client.upper, open.own.upper);
    this.thinkingPolls = this.quirks.thinkingPolls ?? 0;
    if (answer) this.queue(open, addLlc(answer, this.quirks.commandLlc ? 'command' : 'response'));
    return true;
  }

  private queue(open: Connection, lpdu: Uint8Array): void {
    const size = open.agreed.maxInfoTransmit;
    for (let at = 0; at < lpdu.length; at += size) {
      open.queue.push({ ns: open.vs, info: lpdu.slice(at, at + size), isSegmented: at + size < lpdu.length });
      open.vs = (open.vs + 1) % 8;
    }
  }

  /** P was set: a window of information frames, the last with F, or a supervisory frame with F. */
  private speakInTurn(
    open: Connection,
    isInOrder: boolean,
    speak: (control: Control, info?: Uint8Array) => Uint8Array[],
  ): Uint8Array[] {
    const nr = this.quirks.frozenNr ? 0 : open.vr;
    if (this.busyPolls > 0) {
      this.busyPolls -= 1;
      return speak({ type: 'RNR', nr, isFinal: true });
    }
    if (!isInOrder && this.quirks.rejects) return speak({ type: 'REJ', nr, isFinal: true });
    if (this.thinkingPolls > 0) {
      this.thinkingPolls -= 1;
      return speak({ type: 'RR', nr, isFinal: true });
    }
    const burst = open.queue.slice(0, open.agreed.windowTransmit);
    open.sent = burst.length;
    if (burst.length === 0) return speak({ type: 'RR', nr, isFinal: true });
    return burst.flatMap(({ ns, info, isSegmented }, i) => [
      encodeHdlc({
        type: 'I',
        ns: this.quirks.frozenNs ? 0 : ns,
        nr,
        isFinal: this.quirks.lateFinal ? !isSegmented : i === burst.length - 1,
        isSegmented,
        info,
        dest: open.client,
        src: open.own,
      }),
    ]);
  }

  private reject(
    open: Connection,
    speak: (control: Control, info?: Uint8Array) => Uint8Array[],
    reason: number,
  ): Uint8Array[] {
    open.isRejecting = true;
    return speak({ type: 'FRMR', isFinal: true }, rejection(open, reason));
  }

  private calledAs(dest: HdlcAddress): HdlcAddress | undefined {
    return (
      this.options.addresses.find((own) => isSameAddress(own, dest)) ??
      (isAllStation(dest) ? this.firstAddress() : undefined)
    );
  }

  private firstAddress(): HdlcAddress {
    return this.options.addresses[0] ?? { size: 1, upper: 1 };
  }

  private filled(frames: readonly Uint8Array[]): Uint8Array {
    if (!this.quirks.fill) return concatBytes(...frames);
    const shared = frames.map((frame, i) => (i === 0 ? frame : frame.slice(1)));
    return concatBytes(FILL, ...shared, FILL);
  }
}

function rejection(open: Connection, reason: number): Uint8Array {
  return Uint8Array.of(0, (open.vr << 5) | (open.vs << 1), reason);
}

const NOTHING = new Uint8Array(0);
const FILL = Uint8Array.of(0x7e, 0x7e, 0x7e);
