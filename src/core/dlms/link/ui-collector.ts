// APDUs that a meter sends unasked (DataNotification, EventNotification): UI frames, or I-frames of meters that push
// without a connection (Kaifa). Chunks of any size in, APDUs with their addresses out. General blocks stay as they are:
// to join them is the application layer's.
import { concatBytes } from '../../wire/bytes';
import type { HdlcFrame } from './hdlc';
import { isSameAddress, type HdlcAddress } from './hdlc-address';
import { HdlcInbox } from './hdlc-inbox';
import { hasLlc, stripLlc } from './llc';

/** What a meter sent by itself. */
export interface UnaskedApdu {
  /** Who sent it, and to which client. */
  readonly server: HdlcAddress;
  readonly client: HdlcAddress;
  readonly apdu: Uint8Array;
}

/** One for each line that is listened to. */
export class UiCollector {
  private readonly inbox = new HdlcInbox();
  private parts: readonly Uint8Array[] = [];
  private last: HdlcFrame | undefined;

  /** Everything that this chunk completed. */
  push(chunk: Uint8Array): readonly UnaskedApdu[] {
    const found: UnaskedApdu[] = [];
    // In pieces, so that no chunk however long outgrows the inbox between two looks.
    for (let at = 0; at < chunk.length; at += PIECE) {
      this.inbox.push(chunk.subarray(at, at + PIECE));
      for (let frame = this.inbox.next(); frame !== undefined; frame = this.inbox.next()) {
        if (this.inbox.hasGap) this.parts = [];
        this.inbox.forgive();
        found.push(...this.take(frame));
      }
    }
    return found;
  }

  /** One frame that was found by somebody else. */
  take(frame: HdlcFrame): readonly UnaskedApdu[] {
    if ((frame.type !== 'UI' && frame.type !== 'I') || frame.info.length === 0) return [];
    const isNext = this.isContinued(frame) && this.parts.length < MAX_SEGMENTS;
    this.last = frame;
    this.parts = isNext ? [...this.parts, frame.info] : isHead(frame) ? [frame.info] : [];
    if (this.parts.length === 0) return []; // the rest of an APDU whose head or middle was lost
    if (frame.isSegmented) return [];
    const apdu = stripLlc(concatBytes(...this.parts));
    this.parts = [];
    return [{ server: frame.src, client: frame.dest, apdu }];
  }

  /** UI frames carry no number: neighbourhood, addresses and the LLC at the head of each APDU have to do. */
  private isContinued(frame: HdlcFrame): boolean {
    const { last } = this;
    if (this.parts.length === 0 || last === undefined || hasLlc(frame.info) || last.type !== frame.type) return false;
    const isInOrder = last.type !== 'I' || frame.type !== 'I' || frame.ns === (last.ns + 1) % 8;
    return isInOrder && isSameAddress(last.src, frame.src) && isSameAddress(last.dest, frame.dest);
  }
}

/**
 * An APDU begins with an LLC; only general blocks come without it (E450, blocks 2 and above), and are numbered
 * themselves.
 */
function isHead(frame: HdlcFrame): boolean {
  return hasLlc(frame.info) || (!frame.isSegmented && frame.info[0] === GENERAL_BLOCK_TRANSFER);
}

const GENERAL_BLOCK_TRANSFER = 0xe0;
const PIECE = 16_384;
const MAX_SEGMENTS = 512;
