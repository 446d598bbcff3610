// The invocation counter that a meter accepts (Green Book 9.2.3.3.7.3): stored, named by a counter error, or read from
// the meter through its public client. Never goes back, and never begins anywhere by guess.
import { stage, type Dialogue } from '../wire/dialogue';
import { asReadError, failure, type ErrorCode, type ReadError } from '../wire/errors';
import type { Association } from './association/association';
import type { Connection } from './connection';
import type { MeterKnowledge } from './reading/meter-memory';
import { Services } from './reading/services';
import { MAX_COUNTER } from './security/counter';
import type { AssociationOptions } from './security/options';

/** What an association is told, and where its counter stands in the meter. */
export interface CounterOptions extends AssociationOptions {
  /** The object that holds this client's invocation counter, for the public client to read. */
  readonly counterObject: Uint8Array;
}

/** One for each session: it asks the public client once at most. */
export class CounterRepair {
  private hasAskedCounter = false;

  constructor(
    private readonly o: CounterOptions,
    private readonly connection: Connection,
    /** Of the meter as this client sees it. */
    private readonly notes: MeterKnowledge,
    /** As the public client sees it: other objects. */
    private readonly publicNotes: MeterKnowledge,
  ) {}

  /** Before the first association: a counter that was never stored is asked for. */
  *begin(): Dialogue<void> {
    yield* this.ready();
    if (this.usesCounter && !this.o.counter.isKnown) yield* this.askCounter();
  }

  /** Waits for the storage; an error is the end of the read. */
  *ready(): Dialogue<void> {
    if (this.usesCounter && this.o.counter.ready) yield* this.o.counter.ready();
  }

  /** True when a counter error was put right and the same may be tried again. */
  *repair(error: ReadError): Dialogue<boolean> {
    if (!this.usesCounter || error.code !== 'SECURITY_FAILED') return false;
    const answers = this.connection.association?.answers;
    if (answers?.expectedCounter !== undefined) {
      // some meters name the value last used: the second try is above it by itself
      this.raiseCounter(BigInt(answers.expectedCounter));
      return true;
    }
    if (!answers?.isUndeciphered || this.hasAskedCounter) return false;
    const before = this.o.counter.next();
    yield* this.askCounter();
    yield* this.ready();
    return this.o.counter.next() > before + 1n;
  }

  /**
   * The counter as the meter keeps it, through the public client; a meter that does not offer it is not asked again.
   */
  private *askCounter(): Dialogue<void> {
    if (this.hasAskedCounter || this.notes.hasNoPublicCounter) return;
    this.hasAskedCounter = true;
    if (yield* this.askPublicClient(!this.o.hasRelease)) yield* this.askPublicClient(false);
  }

  /** Whether to ask once more: an earlier client's association was in the way, and asking says DISC first. */
  private *askPublicClient(mayBeHeld: boolean): Dialogue<boolean> {
    try {
      const value = yield* this.publicValue();
      if (typeof value === 'bigint' || Number.isInteger(value))
        this.raiseCounter(BigInt(value as number | bigint) + 1n);
      else this.notes.hasNoPublicCounter = true;
    } catch (thrown) {
      const error = asReadError(thrown);
      const isSilent = error.code === 'NO_REPLY';
      const { association } = this.connection;
      // A meter that opened and then fell silent lost a message: to begin anywhere could use a value twice.
      if (mayBeHeld && association?.isHeldByOther) return true;
      if (!PUBLIC_REFUSALS.has(error.code) || (isSilent && association?.isOpen)) throw error;
      this.notes.hasNoPublicCounter = !isSilent; // silence is no refusal: when a counter error comes, it is asked again
    }
    yield* this.connection.abandon(true);
    return false;
  }

  private *publicValue(): Dialogue<unknown> {
    const associated = (): Dialogue<Association> =>
      this.connection.open(PUBLIC_CLIENT, { ...this.o, ...PUBLIC }, this.publicNotes);
    const isShortName = this.o.referencing === 'SN';
    const services = new Services(yield* associated(), this.publicNotes, isShortName, 0, associated);
    const counter = { classId: 1, instance: this.o.counterObject, attribute: 2 };
    const result = yield* stage('authenticate', services.getOne(counter));
    return 'data' in result ? result.data.value : undefined;
  }

  private raiseCounter(least: bigint): void {
    if (least > MAX_COUNTER - COUNTER_RESERVE) throw failure('dlms.counterNearEnd', { counter: String(least) });
    this.o.counter.atLeast(least);
  }

  private get usesCounter(): boolean {
    return this.o.security !== 'none' || this.o.authentication === 'gmac';
  }
}

const PUBLIC_CLIENT = 16;
const PUBLIC = { authentication: 'none', security: 'none', isSigned: false, credentials: {} } as const;
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
const COUNTER_RESERVE = 65_536n;
