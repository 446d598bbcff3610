// One meter, one association, any number of reads (Green Book 9.4.2): opens the link, repairs the invocation counter,
// reads, and can stay open between the reads of one poll.
import { toHex } from '../wire/bytes';
import { stage, wireMs, type Dialogue, type LineMemory } from '../wire/dialogue';
import { failure, asReadError, type ReadError, type ErrorCode } from '../wire/errors';
import type { Readout, Value } from '../meter/reading';
import { Association } from './association/association';
import { readAttributes } from './reading/attributes';
import { checkOptions } from './security/check-options';
import { plainValue } from './model/cosem';
import { COSEM_CLASSES } from './model/cosem-classes';
import { MAX_COUNTER } from './security/counter';
import { Identity } from './reading/identity';
import type { CosemLink } from './link/cosem-link';
import { forgetOldScalers, notesOf, type MeterNotes } from './reading/meter-memory';
import { readObjects, type ObjectCache } from './reading/object-list';
import { obisName } from './model/obis';
import { obisText } from '../meter/obis';
import type { Language } from './model/obis-names';
import type { AssociationOptions } from './security/options';
import type { LinkFigures } from './reading/round-trips';
import { readProfile } from './reading/profile';
import type { DlmsRequest } from './reading/requests';
import { Services } from './reading/services';

export interface SessionOptions extends AssociationOptions {
  /** Says which meter this is among those of the line: address and client, as text. */
  readonly meter: string;
  readonly client: number;
  readonly language: Language;
  /** The object that holds this client's invocation counter, for the public client to read. */
  readonly counterObject: Uint8Array;
  /** What has to be said before each link is opened: the sign-on of mode E. */
  readonly signOn?: () => Dialogue<void>;
  /** Object lists of meter types, shared between lines. */
  readonly objectCache?: ObjectCache;
}

export class DlmsSession {
  private readonly notes: MeterNotes;
  private link: CosemLink | undefined;
  private association: Association | undefined;
  private current: { readonly services: Services; readonly identity: Identity } | undefined;
  private hasAskedCounter = false;
  private hasFailed = false;

  constructor(
    private readonly linkFor: (client: number) => CosemLink,
    private readonly o: SessionOptions,
    private readonly memory: LineMemory,
  ) {
    this.notes = notesOf(memory, o.meter);
  }

  /** Whether another read may go over it. After a failed read nobody knows what the meter still sends: close it. */
  get isOpen(): boolean {
    return (this.association?.isOpen ?? false) && !this.hasFailed;
  }

  /** Plain APDUs that the meter sent unasked during this session. */
  get notifications(): readonly Uint8Array[] {
    return this.association?.notifications ?? [];
  }

  *open(): Dialogue<void> {
    checkOptions(this.o);
    yield* this.counterReady();
    if (this.usesCounter && !this.o.counter.isKnown) yield* this.askCounter();
    for (let tries = 0, isFreed = false; ; tries++) {
      try {
        return yield* this.openOnce();
      } catch (thrown) {
        const error = asReadError(thrown);
        // An earlier client's association: the DISC that each new opening begins with ends it. The wrapper has none.
        if (!isFreed && !this.o.hasRelease && this.association?.isHeldByOther) {
          isFreed = true;
          continue;
        }
        const isFixed = tries < MAX_REPAIRS && (yield* this.repair(error));
        if (!isFixed) throw error;
      }
    }
  }

  *read(request: DlmsRequest): Dialogue<Readout> {
    this.hasFailed = true;
    forgetOldScalers(this.notes, this.memory.now()); // here, not with an association: one opened anew in the middle of a read needs them
    const readout = yield* this.readRepaired(request);
    this.hasFailed = false;
    return readout;
  }

  private *readRepaired(request: DlmsRequest): Dialogue<Readout> {
    try {
      return yield* stage('read', this.readOnce(request));
    } catch (thrown) {
      const error = asReadError(thrown);
      if (!(yield* this.repair(error))) throw error;
    }
    yield* this.reopen();
    return yield* stage('read', this.readOnce(request));
  }

  /** Goodbye; each part says it only if it ever said hello. */
  *close(): Dialogue<void> {
    const { association, link } = this;
    this.association = this.link = this.current = undefined;
    try {
      if (association) yield* stage('release', association.release());
    } finally {
      if (link) yield* stage('release', link.close());
    }
  }

  /** Decided here alone: an old association is given up without ceremony, for it may be what broke. */
  private *reopen(): Dialogue<void> {
    yield* this.abandon();
    yield* this.openOnce();
  }

  /** The talk goes on over the new association. */
  private *reopenFor(talk: { services: Services }): Dialogue<void> {
    yield* this.reopen();
    talk.services = this.opened().services;
  }

  private *openOnce(): Dialogue<void> {
    yield* this.abandon();
    yield* this.counterReady();
    this.link = this.linkFor(this.o.client);
    const association = new Association(this.link, this.o, this.notes);
    association.hasGeneralBlocks = this.notes.hasGeneralBlocks;
    this.association = association;
    yield* stage('connect', this.connected(this.link));
    yield* stage('authenticate', association.open());
    const identity = new Identity(this.notes);
    if (association.meterTitle) identity.settleByTitle(association.meterTitle);
    this.current = {
      identity,
      services: new Services(association, this.notes, this.o.referencing === 'SN', overheadOf(this.o)),
    };
  }

  private *connected(link: CosemLink): Dialogue<void> {
    if (this.o.signOn) yield* this.o.signOn();
    yield* link.open();
  }

  private *abandon(isPolite = false): Dialogue<void> {
    const { association, link } = this;
    this.current = undefined;
    // A goodbye that nobody heard, or that was refused (GuruxDLMS.c: D8 01 02), changes nothing: the new connection decides.
    if (association && isPolite) yield* this.attempt(association.release());
    if (link) yield* this.attempt(link.close());
    this.association = this.link = undefined; // not before: cancelled here, close() still says what was not said
  }

  private *attempt(goodbye: Dialogue<void>): Dialogue<void> {
    try {
      yield* goodbye;
    } catch (thrown) {
      const error = asReadError(thrown);
      if (error.code === 'INTERNAL' || error.code === 'CANCELLED') throw error;
    }
  }

  private *readOnce(request: DlmsRequest): Dialogue<Readout> {
    const talk = { ...this.opened(), notes: this.notes, language: this.o.language };
    const readout = yield* this.readoutOf(request, talk);
    this.notes.hasGeneralBlocks = this.association?.hasGeneralBlocks ?? false;
    const identity = this.identityFields();
    return Object.keys(identity).length > 0 ? { ...readout, identity } : readout;
  }

  private *readoutOf(
    request: DlmsRequest,
    talk: { services: Services; identity: Identity; notes: MeterNotes; language: Language },
  ): Dialogue<Readout> {
    switch (request.kind) {
      case 'attributes':
        return { readings: yield* readAttributes(talk, request.items) };
      case 'objects': {
        const objects = yield* readObjects(talk, this.o.referencing, this.o.client, this.o.objectCache);
        return {
          readings: objects.map(({ classId, version, instance, baseName, attributes, methods }) => ({
            name: obisName(instance, talk.language) ?? obisText(instance),
            id: obisText(instance),
            value: {
              class: classId,
              className: COSEM_CLASSES[classId]?.name ?? null,
              version,
              ...(baseName !== undefined && { baseName }),
              attributes: attributes.map(({ attribute, access, selectors }) => ({ attribute, access, selectors })),
              methods: methods.map(({ method, access }) => ({ method, access })),
            },
          })),
        };
      }
      case 'profile': {
        const live = { ...talk, figures: this.figures(), reopen: (): Dialogue<void> => this.reopenFor(live) };
        return { readings: [], ...(yield* readProfile(live, request.profile)) };
      }
    }
  }

  /** The counter as the meter keeps it, through the public client; a meter that does not offer it is not asked again. */
  private *askCounter(): Dialogue<void> {
    if (this.hasAskedCounter || this.notes.hasNoPublicCounter) return;
    this.hasAskedCounter = true;
    if (yield* this.askPublicClient(!this.o.hasRelease)) yield* this.askPublicClient(false);
  }

  /** Whether to ask once more: an earlier client's association was in the way, and asking says DISC first. */
  private *askPublicClient(mayBeHeld: boolean): Dialogue<boolean> {
    yield* this.abandon();
    const link = this.linkFor(PUBLIC_CLIENT);
    const open: AssociationOptions = {
      ...this.o,
      authentication: 'none',
      security: 'none',
      isSigned: false,
      credentials: {},
    };
    const notes = notesOf(this.memory, `${this.o.meter} public`); // the public client sees other objects
    const association = new Association(link, open, notes);
    this.link = link;
    this.association = association; // close() says its goodbyes if this is cancelled
    try {
      yield* stage('connect', this.connected(link));
      yield* stage('authenticate', association.open());
      const services = new Services(association, notes, this.o.referencing === 'SN', 0);
      const result = yield* stage(
        'authenticate',
        services.getOne({ classId: 1, instance: this.o.counterObject, attribute: 2 }),
      );
      const value = 'data' in result ? result.data.value : undefined;
      if (typeof value === 'bigint' || Number.isInteger(value))
        this.raiseCounter(BigInt(value as number | bigint) + 1n);
      else this.notes.hasNoPublicCounter = true;
    } catch (thrown) {
      const error = asReadError(thrown);
      const isSilent = error.code === 'NO_REPLY';
      // A meter that opened and then fell silent lost a message: to begin anywhere could use a value twice.
      if (mayBeHeld && association.isHeldByOther) return true;
      if (!PUBLIC_REFUSALS.has(error.code) || (isSilent && association.isOpen)) throw error;
      this.notes.hasNoPublicCounter = !isSilent; // silence is no refusal: when a counter error comes, it is asked again
    }
    yield* this.abandon(true);
    return false;
  }

  /** True when a counter error was put right and the same may be tried again. */
  private *repair(error: ReadError): Dialogue<boolean> {
    if (!this.usesCounter || error.code !== 'SECURITY_FAILED') return false;
    const expected = this.association?.expectedCounter;
    if (expected !== undefined) {
      this.raiseCounter(BigInt(expected)); // some meters name the value last used: the second try is above it by itself
      return true;
    }
    if (!this.association?.isUndeciphered || this.hasAskedCounter) return false;
    const before = this.o.counter.next();
    yield* this.askCounter();
    yield* this.counterReady();
    return this.o.counter.next() > before + 1n;
  }

  private raiseCounter(least: bigint): void {
    if (least > MAX_COUNTER - COUNTER_RESERVE) throw failure('dlms.counterNearEnd', { counter: String(least) });
    this.o.counter.atLeast(least);
  }

  private *counterReady(): Dialogue<void> {
    if (this.usesCounter && this.o.counter.ready) yield* this.o.counter.ready();
  }

  private get usesCounter(): boolean {
    return this.o.security !== 'none' || this.o.authentication === 'gmac';
  }

  private opened(): { readonly services: Services; readonly identity: Identity } {
    if (!this.current) throw failure('wire.defect', { where: 'association not open' });
    return this.current;
  }

  private figures(): LinkFigures {
    const { memory, link } = this;
    return {
      roundTripMs: memory.roundTripMs,
      octetMs: wireMs(1, memory.line),
      maxInfo: link?.maxInfoReceive ?? 128,
      window: link?.windowReceive ?? 1,
    };
  }

  private identityFields(): { readonly [field: string]: Value } {
    const name = this.current?.identity.deviceName;
    const title = this.association?.meterTitle;
    return {
      ...(name && { logicalDeviceName: plainValue({ type: 'octet-string', value: name }) }),
      ...(title && { systemTitle: toHex(title) }),
    };
  }
}

/** Octets that header, tag, titles, keys and signatures add at most. */
function overheadOf(o: AssociationOptions): number {
  if (o.security === 'none') return 0;
  const general =
    o.ciphering === 'agreed-ephemeral' ? 256 : o.ciphering === 'agreed-static' || o.ciphering === 'wrapped' ? 96 : 40;
  return general + (o.isSigned ? 160 : 0);
}

const PUBLIC_CLIENT = 16;
/** Answers, and the silence, of a meter that has no public client or hides the counter from it. */
const PUBLIC_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NO_REPLY',
  'ASSOCIATION_REFUSED',
  'ACCESS_DENIED',
  'REQUEST_REFUSED',
  'BAD_VALUE',
  'SECURITY_FAILED',
  'DISCONNECTED',
]);
const MAX_REPAIRS = 2;
const COUNTER_RESERVE = 65_536n;
