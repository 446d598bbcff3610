// One meter, one association, any number of reads (Green Book 9.4.2): opens the link, repairs the invocation counter,
// reads, and can stay open between the reads of one poll.
import { toHex } from '../wire/bytes';
import { stage, wireMs, type Dialogue, type LineMemory } from '../wire/dialogue';
import { failure, asReadError, type ReadError } from '../wire/errors';
import type { Readout, Value } from '../meter/reading';
import type { Association } from './association/association';
import { Connection } from './connection';
import { CounterRepair, type CounterOptions } from './counter-repair';
import type { CosemLink } from './link/cosem-link';
import { plainValue } from './model/cosem';
import type { Language } from './model/obis-names';
import { readAttributes } from './reading/attributes';
import { MeterIdentity } from './reading/identity';
import { forgetOldScalers, notesOf, type MeterKnowledge } from './reading/meter-memory';
import { objectReadings, readObjects, type ObjectCache } from './reading/object-list';
import { readProfile } from './reading/profile';
import type { DlmsRequest } from './reading/requests';
import type { LinkCapacity } from './reading/round-trips';
import { Services } from './reading/services';
import { isTooLong } from './apdu/result-codes';
import { checkAssociationOptions } from './security/check-options';
import type { AssociationOptions } from './security/options';

export interface DlmsSessionOptions extends CounterOptions {
  /** Says which meter this is among those of the line: address and client, as text. */
  readonly meter: string;
  readonly client: number;
  readonly language: Language;
  /** What has to be said before each link is opened: the sign-on of mode E. */
  readonly signOn?: () => Dialogue<void>;
  /** Object lists of meter types, shared between lines. */
  readonly objectCache?: ObjectCache;
}

/** What a read of an open session stands on. */
interface Opened {
  readonly services: Services;
  readonly identity: MeterIdentity;
}

/** open(), read() any number of times, close(): each a dialogue. Errors are ReadErrors with the stage they came in. */
export class DlmsSession {
  private readonly notes: MeterKnowledge;
  private readonly connection: Connection;
  private readonly counter: CounterRepair;
  private current: Opened | undefined;
  private hasFailed = false;

  constructor(
    linkFor: (client: number) => CosemLink,
    private readonly o: DlmsSessionOptions,
    private readonly memory: LineMemory,
  ) {
    this.notes = notesOf(memory, o.meter);
    this.connection = new Connection(linkFor, o.signOn);
    this.counter = new CounterRepair(o, this.connection, this.notes, notesOf(memory, `${o.meter} public`));
  }

  /** Whether another read may go over it. After a failed read nobody knows what the meter still sends: close it. */
  get isOpen(): boolean {
    return (this.connection.association?.isOpen ?? false) && !this.hasFailed;
  }

  /** Plain APDUs that the meter sent unasked during this session. */
  get notifications(): readonly Uint8Array[] {
    return this.connection.association?.answers.notifications ?? [];
  }

  *open(): Dialogue<void> {
    checkAssociationOptions(this.o);
    this.current = undefined;
    yield* this.counter.begin();
    for (let tries = 0, isFreed = false; ; tries++) {
      try {
        return yield* this.openOnce();
      } catch (thrown) {
        const error = asReadError(thrown);
        // An earlier client's association: the DISC that each new opening begins with ends it. The wrapper has none.
        if (!isFreed && !this.o.hasRelease && this.connection.association?.isHeldByOther) {
          isFreed = true;
          continue;
        }
        const isFixed = tries < MAX_REPAIRS && ((yield* this.counter.repair(error)) || this.refitted(error));
        if (!isFixed) throw error;
      }
    }
  }

  *read(request: DlmsRequest): Dialogue<Readout> {
    this.hasFailed = true;
    // here, not with an association: one opened anew in the middle of a read needs them
    forgetOldScalers(this.notes, this.memory.now());
    const readout = yield* this.readRepaired(request);
    this.hasFailed = false;
    return readout;
  }

  private *readRepaired(request: DlmsRequest): Dialogue<Readout> {
    try {
      return yield* stage('read', this.readOnce(request));
    } catch (thrown) {
      const error = asReadError(thrown);
      if (!(yield* this.counter.repair(error)) && !this.refitted(error)) throw error;
    }
    yield* this.openOnce();
    return yield* stage('read', this.readOnce(request));
  }

  /** True when general block transfer is to be used otherwise than it was, and the same may be tried again. */
  private refitted(error: ReadError): boolean {
    const { notes } = this;
    if (this.connection.association?.answers.blockFailure === error && notes.blockWindow > 1) {
      notes.blockWindow = 1;
      return (notes.hasNarrowBlocks = true);
    }
    if (!isTooLong(error) || !this.connection.association?.canAskBlocks) return false;
    return (notes.needsGeneralBlocks = true);
  }

  /** Goodbye; each part says it only if it ever said hello. */
  *close(): Dialogue<void> {
    this.current = undefined;
    yield* this.connection.close();
  }

  /** The talk goes on over the new association. */
  private *reopenFor(talk: { services: Services }): Dialogue<void> {
    yield* this.openOnce();
    talk.services = this.opened().services;
  }

  private *openOnce(): Dialogue<void> {
    this.current = undefined;
    const association = yield* this.associated();
    const identity = new MeterIdentity(this.notes);
    if (association.meterTitle) identity.settleByTitle(association.meterTitle);
    const isShortName = this.o.referencing === 'SN';
    const services = new Services(association, this.notes, isShortName, overheadOf(this.o), () => this.renewed());
    this.current = { identity, services };
  }

  private *associated(): Dialogue<Association> {
    yield* this.connection.abandon();
    yield* this.counter.ready();
    return yield* this.connection.open(this.o.client, this.o, this.notes);
  }

  private *renewed(): Dialogue<Association> {
    yield* this.connection.abandon(true);
    return yield* this.associated();
  }

  private *readOnce(request: DlmsRequest): Dialogue<Readout> {
    const readout = yield* this.readoutOf(request);
    const identity = this.identityFields();
    return Object.keys(identity).length > 0 ? { ...readout, identity } : readout;
  }

  private *readoutOf(request: DlmsRequest): Dialogue<Readout> {
    const talk = { ...this.opened(), notes: this.notes, language: this.o.language };
    switch (request.kind) {
      case 'attributes':
        return { readings: yield* readAttributes(talk, request.items) };
      case 'objects': {
        const objects = yield* readObjects(talk, this.o.referencing, this.o.client, this.o.objectCache);
        return { readings: objectReadings(objects, talk.language) };
      }
      case 'profile': {
        const live = { ...talk, capacity: this.capacity(), reopen: (): Dialogue<void> => this.reopenFor(live) };
        return yield* readProfile(live, request.profile);
      }
    }
  }

  private opened(): Opened {
    if (!this.current) throw failure('wire.defect', { where: 'association not open' });
    return this.current;
  }

  private capacity(): LinkCapacity {
    const { memory } = this;
    const { link } = this.connection;
    return {
      roundTripMs: memory.roundTripMs,
      octetMs: wireMs(1, memory.line),
      maxInfo: link?.maxInfoReceive ?? 128,
      window: link?.windowReceive ?? 1,
    };
  }

  private identityFields(): { readonly [field: string]: Value } {
    const name = this.current?.identity.deviceName;
    const title = this.connection.association?.meterTitle;
    return {
      ...(name && { logicalDeviceName: plainValue({ type: 'octet-string', value: name }) }),
      ...(title && { systemTitle: toHex(title) }),
    };
  }
}

/** Octets that header, tag, titles, keys and signatures add at most. */
function overheadOf(o: AssociationOptions): number {
  if (o.security === 'none') return 0;
  return OVERHEAD[o.ciphering ?? 'service'] + (o.isSigned ? 160 : 0);
}

const OVERHEAD = { service: 40, general: 40, wrapped: 96, 'agreed-static': 96, 'agreed-ephemeral': 256 } as const;
const MAX_REPAIRS = 2;
