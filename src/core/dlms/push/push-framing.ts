// Whatever stands around pushed APDUs on a line: UI frames of HDLC, M-Bus frames, nothing at all, or the wrapper.
import { toHex } from '../../wire/bytes';
import { Inbox } from '../../wire/inbox';
import { decodeEnvelope } from '../security/ciphering';
import { BareGeneral } from '../link/bare-general';
import type { HdlcAddress } from '../link/hdlc-address';
import { MbusCollector } from '../link/mbus';
import { UiCollector } from '../link/ui-collector';
import { scanWrapper } from '../link/wrapper';

/** An APDU and the address it came from. */
export interface HeardApdu {
  readonly sender: string;
  readonly apdu: Uint8Array;
}

/** Finds APDUs in what a line brings. */
export interface PushFraming {
  /** The APDUs that this chunk completed. */
  push(chunk: Uint8Array): readonly HeardApdu[];
  /** What comes next does not follow. */
  cut(): void;
}

/** On a serial line each frame has its check, so that all that are in use are heard at once. */
export class SerialFraming implements PushFraming {
  private hdlc = new UiCollector();
  private mbus = new MbusCollector();
  private readonly bare = new BareGeneral();

  push(chunk: Uint8Array): readonly HeardApdu[] {
    const bare = this.bare.push(chunk);
    return [
      ...this.hdlc.push(chunk).map(({ server, apdu }) => ({ sender: textOf(server), apdu })),
      ...this.mbus.push(chunk).map(({ source, apdu }) => ({ sender: String(source), apdu })),
      ...bare.map((apdu) => ({ sender: titleOf(apdu), apdu })),
    ];
  }

  cut(): void {
    this.hdlc = new UiCollector();
    this.mbus = new MbusCollector();
    this.bare.cut();
  }
}

/** APDUs in the wrapper. */
export class WrapperFraming implements PushFraming {
  private readonly inbox = new Inbox(MAX_UNREAD);

  push(chunk: Uint8Array): readonly HeardApdu[] {
    if (this.inbox.bytes.length + chunk.length > MAX_UNREAD) this.inbox.clear();
    const found: HeardApdu[] = [];
    if (chunk.length <= MAX_UNREAD) this.inbox.push(chunk);
    for (let one = this.inbox.next(scanWrapper); one; one = this.inbox.next(scanWrapper))
      found.push({ sender: String(one.source), apdu: one.apdu });
    return found;
  }

  cut(): void {
    this.inbox.clear();
  }
}

/** Who sent an APDU without frame: its own system title says it. */
function titleOf(apdu: Uint8Array): string {
  const envelope = decodeEnvelope(apdu);
  return envelope?.kind === 'general' ? toHex(envelope.title) : '';
}

const textOf = ({ upper, lower }: HdlcAddress): string =>
  lower === undefined || lower === 0 ? String(upper) : `${upper}/${lower}`;
/** The longest wrapped APDU with its header, twice. */
const MAX_UNREAD = 131_088;
