// An HDLC data link connection as a COSEM transport (IEC 62056-46; Green Book 8): SNRM, any number of APDUs, DISC.
import { stage, type Dialogue, type LineMemory } from '../../wire/dialogue';
import { ReadError, failure } from '../../wire/errors';
import { MAX_INFO } from './hdlc';
import { clientAddress, serverAddresses, type AddressSize, type HdlcAddress } from './hdlc-address';
import { connect, disconnect, isAmong, isFreshlySilent, recallAddress, type KnownAddress } from './hdlc-connect';
import { DEFAULT_PARAMETERS, type LinkParameters } from './hdlc-negotiation';
import { HdlcPort } from './hdlc-port';
import { HdlcTalk, type HdlcQuirks } from './hdlc-talk';
import type { CosemLink } from './cosem-link';

/** Whom to talk to, and what to offer it. */
export interface HdlcOptions {
  readonly client: number;
  readonly server: number;
  /** 0 = none. */
  readonly physical: number;
  readonly addressBytes: AddressSize | 'auto';
  readonly memory: LineMemory;
  /** What is asked for; the meter grants less, or says nothing (128 and 1). */
  readonly maxInfo?: number;
  readonly window?: number;
  /** The meter's time to answer at link level (SNRM, DISC, RR). */
  readonly linkMs?: number;
  readonly quirks?: HdlcQuirks;
}

/** One data link connection; a new one for each opening. */
export class HdlcLink implements CosemLink {
  private readonly port: HdlcPort;
  private readonly addresses: readonly HdlcAddress[];
  private readonly known: KnownAddress;
  private readonly proposal: LinkParameters;
  private readonly linkMs: number;
  private readonly quirks: HdlcQuirks;
  private talk: HdlcTalk | undefined;
  /** Addresses that heard an SNRM of ours and no DISC yet. */
  private greeted: readonly HdlcAddress[] = [];
  /** APDUs of UI frames heard in between: notifications that nobody asked for. */
  readonly notifications: Uint8Array[] = [];

  constructor(options: HdlcOptions) {
    const maxInfo = within('maxInfo', options.maxInfo ?? MAX_INFO, 32, MAX_INFO);
    const window = within('window', options.window ?? MAX_WINDOW, 1, MAX_WINDOW);
    this.proposal = {
      maxInfoTransmit: maxInfo,
      maxInfoReceive: maxInfo,
      windowTransmit: window,
      windowReceive: window,
    };
    const addresses = serverAddresses(options.server, options.physical, options.addressBytes);
    this.addresses = addresses;
    this.known = recallAddress(options.memory, options.server, options.physical);
    this.port = new HdlcPort(clientAddress(options.client), addresses[0], options.memory);
    this.linkMs = options.linkMs ?? LINK_MS;
    this.quirks = options.quirks ?? {};
  }

  get maxInfoTransmit(): number {
    return this.agreed.maxInfoTransmit;
  }
  get maxInfoReceive(): number {
    return this.agreed.maxInfoReceive;
  }
  get windowTransmit(): number {
    return this.agreed.windowTransmit;
  }
  get windowReceive(): number {
    return this.agreed.windowReceive;
  }

  get unfinished(): Uint8Array | undefined {
    return this.talk?.unfinished;
  }

  *open(): Dialogue<void> {
    const known = this.known.address;
    const addresses = known && isAmong(known, this.addresses) ? [known] : this.addresses;
    const isSearch = addresses.length === this.addresses.length;
    const isShort = isSearch && isFreshlySilent(this.known, this.port.memory.now());
    const searchMs = Math.min(this.linkMs, SEARCH_MS);
    this.greeted = addresses;
    try {
      const agreed = yield* stage('connect', connect(this.port, addresses, this.proposal, searchMs, isShort));
      this.talk = new HdlcTalk(this.port, agreed, this.proposal, this.linkMs, this.quirks, (apdu) => this.keep(apdu));
    } catch (thrown) {
      // The meter was exchanged for one with another address: search anew next time.
      if (thrown instanceof ReadError && thrown.code === 'NO_REPLY') {
        delete this.known.address;
        if (isSearch) this.known.silentAt = this.port.memory.now();
        this.greeted = []; // nobody there to say goodbye to
      }
      throw thrown;
    }
    delete this.known.silentAt;
    this.greeted = [this.port.server];
    this.known.address = this.port.server;
  }

  /** A meter that fell silent is told, and its answer not waited for. */
  *close(): Dialogue<void> {
    const isSilent = this.talk?.isSilent ?? false;
    if (isSilent) yield* this.port.say([{ type: 'DISC', isFinal: true }], this.greeted);
    else if (this.greeted.length > 0)
      yield* disconnect(this.port, this.greeted, this.linkMs, this.port.heardBytes > 0 ? DISC_TRIES : 1);
    this.talk = undefined;
    this.greeted = []; // cancelled before, the DISC may not have gone out: said again
  }

  *exchange(apdu: Uint8Array, ms: number): Dialogue<Uint8Array> {
    const talk = this.opened();
    yield* talk.takeTurn();
    try {
      return yield* talk.ask(apdu, ms);
    } catch (thrown) {
      // The UA was a late one and our SNRM was lost: the meter knows of no connection and has taken in nothing.
      if (talk.isUsed || !(thrown instanceof ReadError) || thrown.code !== 'DISCONNECTED') throw thrown;
    }
    yield* this.open();
    return yield* this.opened().ask(apdu, ms);
  }

  *receive(ms: number): Dialogue<Uint8Array> {
    return yield* this.opened().answer(ms);
  }

  *send(apdu: Uint8Array): Dialogue<void> {
    const talk = this.opened();
    yield* talk.takeTurn();
    yield* talk.say(apdu);
  }

  private get agreed(): LinkParameters {
    return this.talk?.agreed ?? DEFAULT_PARAMETERS;
  }

  private opened(): HdlcTalk {
    if (this.talk) return this.talk;
    throw failure('wire.defect', { where: 'HDLC link not open' });
  }

  private keep(apdu: Uint8Array): void {
    if (this.notifications.length < MAX_NOTIFICATIONS) this.notifications.push(apdu);
  }
}

function within(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw failure('dlms.range', { name, value, min, max }, 'configure');
}

const MAX_WINDOW = 7;
const DISC_TRIES = 2;
const LINK_MS = 2000;
/** SNRM and DISC ask for no work; an answer that comes later is heard while the next word waits for its own. */
const SEARCH_MS = 1500;
const MAX_NOTIFICATIONS = 32;
