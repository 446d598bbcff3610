// The wrapper as a COSEM transport (IEC 62056-47): no connection of its own, one APDU per frame. What gets lost below
// is lost for the application layer too, for a repeated request might be done twice.
import { isSameBytes } from '../../wire/bytes';
import { send, wireMs, type Dialogue, type LineMemory } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import { Inbox } from '../../wire/inbox';
import { awaitFrame } from './frame-wait';
import type { CosemLink } from './cosem-link';
import { encodeWrapper, MAX_WRAPPED, scanWrapper, WRAPPER_HEADER, type Wpdu } from './wrapper';

/** Whom to talk to. */
export interface WrapperOptions {
  /** wPorts of IEC 62056-47, 4.4.3: client SAP and logical device. */
  readonly client: number;
  readonly server: number;
  readonly memory: LineMemory;
}

/** The wrapper between one client and one logical device. */
export class WrapperLink implements CosemLink {
  readonly maxInfoTransmit = MAX_WRAPPED;
  readonly maxInfoReceive = MAX_WRAPPED;
  readonly windowTransmit = 1;
  readonly windowReceive = 1;
  readonly mayRepeat = true;
  readonly isConnectionless = true;
  private readonly inbox = new Inbox(2 * (MAX_WRAPPED + WRAPPER_HEADER));
  private said: Uint8Array = new Uint8Array(0);
  private saidMs = 0;
  private isAnswered = false;
  /** Octets of whole frames, whoever's: no part of an answer that was cut off. */
  private passed = 0;
  /** APDUs between other SAPs than ours: notifications that nobody asked for, or late ones. */
  readonly notifications: Wpdu[] = [];

  constructor(private readonly options: WrapperOptions) {
    for (const name of ['client', 'server'] as const) {
      const port = options[name];
      if (!Number.isInteger(port) || port < 0 || port > 0xffff)
        throw failure('dlms.wPort', { name, port }, 'configure');
    }
  }

  /** By the answers that the meter gave to others, and by what this platform began itself and did not end. */
  get otherClients(): readonly number[] {
    const { client, server, memory } = this.options;
    const heard = this.notifications.filter(({ source }) => source === server).map(({ destination }) => destination);
    return [...new Set([...heard, ...openClients(memory, server)])].filter((one) => one !== client);
  }

  *open(): Dialogue<void> {
    // Nothing to set up: the first APDU is the application layer's AARQ.
  }

  *close(): Dialogue<void> {
    // Nothing to say: the association's own release is the goodbye.
  }

  *exchange(apdu: Uint8Array, ms: number): Dialogue<Uint8Array> {
    yield* this.send(apdu);
    return yield* this.receive(ms);
  }

  /** What lies unread is older than this request, and no answer to it. */
  *send(apdu: Uint8Array): Dialogue<void> {
    this.said = encodeWrapper({ source: this.options.client, destination: this.options.server, apdu });
    this.saidMs = wireMs(this.said.length, this.options.memory.line);
    this.isAnswered = false;
    this.inbox.clear();
    yield* send(this.said);
  }

  /** What this platform has open with a meter: an association that is not released stays until the meter's time-out. */
  tellOpen(isOpen: boolean): void {
    const open = openClients(this.options.memory, this.options.server);
    if (isOpen) open.add(this.options.client);
    else open.delete(this.options.client);
  }

  *receive(ms: number): Dialogue<Uint8Array> {
    const before = this.inbox.heard - this.passed;
    const { memory } = this.options;
    const gapMs = GAP_MS + wireMs(CHUNK, memory.line);
    const ear = {
      push: (chunk: Uint8Array) => this.inbox.push(chunk),
      next: () => this.nextOurs(),
      isBroken: () => this.inbox.bytes.length > 0,
    };
    const apdu = yield* awaitFrame(
      ear,
      {
        ms: ms + this.saidMs + wireMs(CHUNK, memory.line),
        since: this.isAnswered ? 'heard' : 'sent',
        gapMs,
        longestMs: wireMs(MAX_WRAPPED, memory.line),
      },
      memory,
    );
    if (apdu !== undefined) {
      this.isAnswered = true;
      return apdu;
    }
    const bytes = this.inbox.heard - this.passed - before;
    throw bytes === 0 ? failure('dlms.wrapperSilent', {}) : failure('dlms.wrapperCut', { bytes });
  }

  private nextOurs(): Uint8Array | undefined {
    const { client, server } = this.options;
    for (;;) {
      const found = this.inbox.next(scanWrapper);
      if (found === undefined) return undefined;
      this.passed += WRAPPER_HEADER + found.apdu.length;
      const isEcho =
        found.source === client && found.destination === server && isSameBytes(encodeWrapper(found), this.said);
      if (isEcho) continue;
      if (found.source === server && found.destination === client) return found.apdu;
      if (this.notifications.length < MAX_NOTIFICATIONS) this.notifications.push(found);
    }
  }
}

function openClients(memory: LineMemory, server: number): Set<number> {
  return memory.recall(`dlms wrapper clients ${server}`, () => new Set<number>());
}

/** Silence inside a frame that ends it, beside the time that one message of a modem takes on the wire. */
const GAP_MS = 2000;
const CHUNK = 2048;
const MAX_NOTIFICATIONS = 32;
