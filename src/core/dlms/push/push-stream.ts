// What a meter sends by itself, from the octets of its line to readouts: UI frames over HDLC, or the wrapper; one collector
// per sender, so that blocks of two meters never mix. Law: octets that do not follow each other are never joined, and what
// is no notification (the talk of a second master) is passed over.
import { Inbox } from '../../wire/inbox';
import { asReadError, type ReadError } from '../../wire/errors';
import type { Readout } from '../../meter/reading';
import type { HdlcAddress } from '../link/hdlc-address';
import type { Language } from '../model/obis-names';
import type { AssociationOptions } from '../security/options';
import { isPush, PushCollector } from './push';
import { UiCollector } from '../link/ui-collector';
import { scanWrapper } from '../link/wrapper';
import { ProcessCounter } from '../security/counter';

export interface PushStreamOptions extends Pick<
  AssociationOptions,
  'security' | 'suite' | 'credentials' | 'clientTitle' | 'meterTitle'
> {
  readonly interface: 'hdlc' | 'wrapper';
  readonly language: Language;
}

/** A readout and the address that it came from. */
export type Pushed = Readout & { readonly meter: string };

export class PushStream {
  private frames = new UiCollector();
  private readonly wrapped = new Inbox(MAX_UNREAD);
  private readonly senders = new Map<string, PushCollector>();

  /** Throws CONFIG_INVALID when a key is missing. */
  constructor(private readonly o: PushStreamOptions) {
    this.collectorOf('');
  }

  /** What this chunk completed; an error stands for one notification that cannot be read. */
  take(chunk: Uint8Array): readonly (Pushed | ReadError)[] {
    return this.apdusOf(chunk).flatMap(({ sender, apdu }) => (isPush(apdu) ? this.readoutOf(sender, apdu) : []));
  }

  /** What comes next does not follow. */
  cut(): void {
    this.frames = new UiCollector();
    this.wrapped.clear();
    for (const collector of this.senders.values()) collector.cut();
  }

  private apdusOf(chunk: Uint8Array): readonly { readonly sender: string; readonly apdu: Uint8Array }[] {
    if (this.o.interface === 'hdlc')
      return this.frames.push(chunk).map(({ server, apdu }) => ({ sender: textOf(server), apdu }));
    if (this.wrapped.bytes.length + chunk.length > MAX_UNREAD) this.wrapped.clear();
    const found: { sender: string; apdu: Uint8Array }[] = [];
    if (chunk.length <= MAX_UNREAD) this.wrapped.push(chunk);
    for (let one = this.wrapped.next(scanWrapper); one; one = this.wrapped.next(scanWrapper))
      found.push({ sender: String(one.source), apdu: one.apdu });
    return found;
  }

  private readoutOf(sender: string, apdu: Uint8Array): readonly (Pushed | ReadError)[] {
    try {
      const push = this.collectorOf(sender).take(apdu);
      if (!push) return [];
      return [
        {
          meter: sender,
          readings: push.readings,
          identity: { notification: push.kind, ...(push.at !== undefined && { sentAt: push.at }) },
        },
      ];
    } catch (thrown) {
      return [asReadError(thrown, 'decode')];
    }
  }

  private collectorOf(sender: string): PushCollector {
    const known = this.senders.get(sender);
    if (known) return known;
    const { language, clientTitle, ...rest } = this.o;
    const options = {
      ...rest,
      clientTitle: clientTitle ?? new Uint8Array(8),
      referencing: 'LN',
      authentication: 'none',
      counter: new ProcessCounter(),
      maxPdu: 0xffff,
      blockWindow: 1,
      meterMs: 0,
      hasRelease: false,
    } as const;
    const collector = new PushCollector(options, language);
    const oldest = this.senders.keys().next();
    if (this.senders.size >= MAX_SENDERS && !oldest.done) this.senders.delete(oldest.value);
    this.senders.set(sender, collector);
    return collector;
  }
}

const textOf = ({ upper, lower }: HdlcAddress): string =>
  lower === undefined || lower === 0 ? String(upper) : `${upper}/${lower}`;
/** The longest wrapped APDU with its header, twice. */
const MAX_UNREAD = 131_088;
/** More than meters share a line. */
const MAX_SENDERS = 256;
