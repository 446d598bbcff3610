// What a meter sends by itself, from the octets of its line to readouts: UI frames over HDLC, or the wrapper; one
// collector per sender, so that blocks of two meters never mix. Law: octets that do not follow each other are never
// joined, and what is no notification (the talk of a second master) is passed over.
import { BoundedMap } from '../../wire/bounded-map';
import { failure, asReadError, type ReadError } from '../../wire/errors';
import type { Readout } from '../../meter/reading';
import type { Language } from '../model/obis-names';
import type { AssociationOptions } from '../security/options';
import { isPush, PushCollector } from './push';
import { SerialFraming, WrapperFraming, type PushFraming } from './push-framing';
import { ProcessCounter } from '../security/counter';

/** What opens the pushes of one meter. */
export interface PushStreamOptions extends Pick<
  AssociationOptions,
  'security' | 'suite' | 'credentials' | 'clientTitle' | 'meterTitle'
> {
  readonly interface: 'hdlc' | 'wrapper';
  readonly language: Language;
  /** Reads a telegram in text that stood in the ciphering, as P1 ports have it (DSMR). */
  readonly readText?: (octets: Uint8Array) => readonly Readout[];
}

/** A readout and the address that it came from. */
export type Pushed = Readout & { readonly meter: string };

/** Octets of a line in, readings or a ReadError out; bounded, and resumed after anything strange. */
export class PushStream {
  private readonly framing: PushFraming;
  private readonly senders = new BoundedMap<string, PushCollector>(MAX_SENDERS);

  /** Throws CONFIG_INVALID when a key is missing. */
  constructor(private readonly o: PushStreamOptions) {
    this.framing = o.interface === 'hdlc' ? new SerialFraming() : new WrapperFraming();
    this.collectorOf('');
  }

  /** What this chunk completed; an error stands for one notification that cannot be read. */
  take(chunk: Uint8Array): readonly (Pushed | ReadError)[] {
    return this.framing.push(chunk).flatMap(({ sender, apdu }) => (isPush(apdu) ? this.readoutOf(sender, apdu) : []));
  }

  /** What comes next does not follow. */
  cut(): void {
    this.framing.cut();
    for (const collector of this.senders.values()) collector.cut();
  }

  /** Takes counters from any value on: a meter's own begins anew where its key or the meter was changed. */
  forgetCounters(): void {
    this.senders.clear();
  }

  private readoutOf(sender: string, apdu: Uint8Array): readonly (Pushed | ReadError)[] {
    try {
      const push = this.collectorOf(sender).take(apdu);
      if (!push) return [];
      if (push.text) return this.textReadouts(sender, push.text);
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

  /** A telegram in text: another protocol's, so whoever knows that one reads it. */
  private textReadouts(sender: string, text: Uint8Array): readonly (Pushed | ReadError)[] {
    const readouts = this.o.readText?.(text) ?? [];
    return readouts.length > 0
      ? readouts.map((readout) => ({ meter: sender, ...readout }))
      : [failure('cosem.pushUndeciphered', {}, 'decode')];
  }

  private collectorOf(sender: string): PushCollector {
    const known = this.senders.get(sender);
    if (known) return known;
    const { language, clientTitle, readText: _readText, ...rest } = this.o;
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
    this.senders.set(sender, collector);
    return collector;
  }
}

/** More than meters share a line. */
const MAX_SENDERS = 256;
