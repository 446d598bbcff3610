// Chunks in, HDLC frames out, whatever the cuts between chunks (a message boundary is never a frame boundary). It also
// tells damage from silence: after a broken frame there is no point in waiting out the meter's whole answering time.
import { Inbox, type Scan } from '../../wire/inbox';
import { scanHdlc, type HdlcFrame } from './hdlc';

/** Frames of one line, found as chunks come. */
export class HdlcInbox {
  private readonly inbox = new Inbox();
  /** Octets in a row that belonged to no frame, fill flags left out. */
  private garbage = 0;
  /** All octets heard. */
  get heard(): number {
    return this.inbox.heard;
  }

  push(chunk: Uint8Array): void {
    this.inbox.push(chunk);
  }

  next(): HdlcFrame | undefined {
    return this.inbox.next(this.scan);
  }

  /** A frame began and has not ended, or one was there and is damaged. A stray octet or a closing flag is neither. */
  isBroken(): boolean {
    return this.garbage > STRAY_OCTETS || this.inbox.bytes.length > 1;
  }

  /** How much was passed over since the last frame; for collectors that must know whether frames are neighbours. */
  get hasGap(): boolean {
    return this.garbage > 0;
  }

  clear(): void {
    this.inbox.clear();
    this.garbage = 0;
  }

  forgive(): void {
    this.garbage = 0;
  }

  private readonly scan: Scan<HdlcFrame> = (buf) => {
    const found = scanHdlc(buf);
    if (found !== 'more' && 'skip' in found && !(found.skip === 1 && buf[0] === FILL)) this.garbage += found.skip;
    return found;
  };
}

const FILL = 0x7e;
/** Up to here it is the noise of a line that turns round; the shortest frame without flags has seven octets. */
const STRAY_OCTETS = 4;
