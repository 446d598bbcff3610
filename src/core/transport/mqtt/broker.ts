// One MQTT connection, shared by all modems that name it. It comes back by itself for ever, says why it is away, and
// never sends anything later than it was asked to: each connection is a new client without memory. The only file that
// knows mqtt.js.
import { connect, type IClientOptions } from 'mqtt';
import { isSameBytes } from '../../wire/bytes';
import { failure, asReadError, type ReadError } from '../../wire/errors';
import { backoffMs, SLOWEST_MS } from './backoff';
import { type Clock, type Random, systemClock, systemRandom } from '../lane/clock';
import { type Failure, failureOf, takenOver } from './connect-errors';
import { type BrokerOptions, clientOptions, isTls, parseBrokerOptions, type Target } from './connect-options';
import { type Client, Connection } from './connection';
import { tlsOptionsInvalid } from './socket-errors';
import { FilterSync } from './filter-sync';
import type { Link, LinkState, Message, OnMessage, OnState, Qos } from './mqtt-link';
import { type Counters, Subscriptions } from './subscriptions';
import { checkFilter, checkTopic, matchesFilter } from './topics';

export class Broker implements Link {
  private readonly target: Target;
  private readonly subscriptions = new Subscriptions();
  private readonly sync = new FilterSync(this.subscriptions.filters);
  private readonly listeners = new Set<OnState>();
  private readonly closing = new AbortController();
  private connection: Connection | undefined;
  private last: Message | undefined;
  private current: LinkState = 'connecting';
  private why: ReadError | undefined;
  /** Connections in a row that did not last. */
  private attempt = 0;
  /** Of those, the ones that the broker closed without a word. */
  private silentCloses = 0;
  private closed: Promise<void> | undefined;

  /** Connects at once. Throws CONFIG_INVALID. */
  constructor(
    options: BrokerOptions,
    private readonly clock: Clock = systemClock,
    private readonly random: Random = systemRandom,
  ) {
    this.target = parseBrokerOptions(options, random);
    void this.live();
  }

  get state(): LinkState {
    return this.current;
  }

  get failure(): ReadError | undefined {
    return this.why;
  }

  refusalOf(filter: string): ReadError | undefined {
    return this.subscriptions.filters.refusalOf(filter);
  }

  get counters(): Readonly<Counters> {
    return this.subscriptions.counters;
  }

  get clientId(): string {
    return this.target.clientId;
  }

  async publish(topic: string, payload: Uint8Array, qos: Qos): Promise<void> {
    checkTopic(topic);
    if (!this.connection || this.current !== 'online') throw this.offline();
    await this.connection.publish(topic, payload, qos);
  }

  async subscribe(topic: string, on: OnMessage, filter = topic): Promise<() => void> {
    checkTopic(topic);
    checkFilter(filter);
    if (!matchesFilter(filter, topic)) throw failure('mqtt.notCovered', { filter, topic }, 'configure');
    return this.hear(topic, on, filter);
  }

  async observe(filter: string, on: OnMessage): Promise<() => void> {
    checkFilter(filter);
    return this.hear(filter, on, filter);
  }

  onState(on: OnState): () => void {
    const listener: OnState = (state, failure) => on(state, failure); // its own identity: one function may listen twice
    this.listeners.add(listener);
    tell(listener, this.current, this.why);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Ends within two seconds; nothing waits any longer. */
  close(): Promise<void> {
    this.closed ??= this.shut();
    return this.closed;
  }

  private async shut(): Promise<void> {
    const end: Failure = { error: failure('mqtt.closedHere', {}), isLasting: true };
    this.change('closed', end.error);
    this.closing.abort();
    await this.connection?.close(end);
  }

  /** From the first connection to close(): connect, stay as long as it lasts, wait, again. Never rejects. */
  private async live(): Promise<void> {
    while (this.current !== 'closed') {
      this.change('connecting', this.why);
      const started = this.clock.now();
      const failure = this.judge(await this.oneConnection(), this.clock.now() - started);
      if (this.isClosed()) return;
      this.change('offline', failure.error);
      await this.clock.sleep(
        failure.isLasting ? SLOWEST_MS : backoffMs(this.attempt, this.random),
        this.closing.signal,
      );
      this.attempt += 1;
    }
  }

  /** One connection from dialing to its end, and why it ended. */
  private async oneConnection(): Promise<Failure> {
    const { filters } = this.subscriptions;
    try {
      const connection = openConnection(this.target, this.clock, (message) => this.take(message), CONNECT_MS);
      this.connection = connection;
      if (await connection.opened) void this.greet(connection);
      return await connection.ended;
    } catch (thrown) {
      return isTls(this.target) ? tlsOptionsInvalid(thrown) : failureOf(this.target, thrown, 'dialing');
    } finally {
      this.connection = undefined;
      this.last = undefined;
      filters.connectionLost();
    }
  }

  /** Online is said when the broker has granted what was wanted: an answer to the first request would be lost otherwise. */
  private async greet(connection: Connection): Promise<void> {
    try {
      await this.sync.run(connection);
    } catch (thrown) {
      // It has ended and says why itself, unless the fault is ours: then it must not stay `connecting` for ever.
      return connection.close({ error: asReadError(thrown, 'connect'), isLasting: false });
    }
    if (this.connection === connection && !this.isClosed())
      this.change('online', this.subscriptions.filters.firstRefusal);
  }

  private take(message: Message): void {
    const { last } = this;
    this.last = message;
    // Copies made for two subscriptions arrive one after the other. Out of such a moment a repeated message is genuine.
    if (
      last?.topic === message.topic &&
      this.sync.mayDouble(message.topic) &&
      isSameBytes(last.payload, message.payload)
    )
      return;
    this.subscriptions.dispatch(message);
  }

  private judge(failure: Failure, lastedMs: number): Failure {
    const isStable = this.current === 'online' && lastedMs >= STABLE_MS;
    if (isStable) this.attempt = 0;
    this.silentCloses =
      !isStable && this.current === 'online' && failure.isSilentClose === true ? this.silentCloses + 1 : 0;
    // A generated id is nobody else's.
    return this.silentCloses >= FLAPPING && !this.target.isClientIdGenerated ? takenOver(this.target) : failure;
  }

  private async hear(topic: string, on: OnMessage, filter: string): Promise<() => void> {
    if (this.isClosed()) throw this.offline();
    const remove = this.subscriptions.add(topic, on, filter);
    const stop = (): void => {
      remove();
      this.syncSoon();
    };
    if (!this.connection || this.subscriptions.filters.isServed(filter)) return stop;
    this.syncSoon();
    try {
      await this.subscriptions.filters.served(filter);
    } catch (refusal) {
      stop();
      throw asReadError(refusal, 'connect');
    }
    return stop;
  }

  private syncSoon(): void {
    const { connection } = this;
    if (!connection || this.current !== 'online') return; // before that, greet() asks for everything
    this.sync.run(connection).then(
      () =>
        this.current === 'online' &&
        this.connection === connection &&
        this.change('online', this.subscriptions.filters.firstRefusal),
      () => undefined, // the connection has ended, and says why itself
    );
  }

  private change(state: LinkState, failure: ReadError | undefined): void {
    if (this.isClosed() || (state === this.current && failure === this.why)) return;
    this.current = state;
    this.why = failure;
    for (const listener of [...this.listeners]) tell(listener, state, failure);
  }

  private isClosed(): boolean {
    return this.current === 'closed';
  }

  private offline(): ReadError {
    return this.why
      ? failure('mqtt.offlineBecause', { why: this.why }, 'publish')
      : failure('mqtt.notYet', {}, 'publish');
  }
}

export interface ConnectionTest {
  readonly ok: boolean;
  readonly ms: number;
  readonly failure?: ReadError;
}

/** Connects and says goodbye, within ten seconds. Under a client id of its own, so that a running platform is not thrown out. */
export async function testConnection(
  options: BrokerOptions,
  clock: Clock = systemClock,
  random: Random = systemRandom,
): Promise<ConnectionTest> {
  const started = clock.now();
  const took = (): number => Math.round(clock.now() - started);
  try {
    const target = parseBrokerOptions(options, random);
    const guest = target.isClientIdGenerated ? target : { ...target, clientId: `${target.clientId}-test` };
    const failure = await tryTarget(guest, clock);
    return failure ? { ok: false, ms: took(), failure } : { ok: true, ms: took() };
  } catch (thrown) {
    return { ok: false, ms: took(), failure: asReadError(thrown, 'configure') };
  }
}

async function tryTarget(target: Target, clock: Clock): Promise<ReadError | undefined> {
  let connection: Connection;
  try {
    connection = openConnection(target, clock, () => undefined, TEST_MS);
  } catch (thrown) {
    return isTls(target) ? tlsOptionsInvalid(thrown).error : failureOf(target, thrown, 'dialing').error;
  }
  const isOpen = await connection.opened;
  const done: Failure = { error: failure('mqtt.testOver', {}), isLasting: false };
  void connection.close(done);
  return isOpen ? undefined : (await connection.ended).error;
}

function openConnection(
  target: Target,
  clock: Clock,
  onMessage: (message: Message) => void,
  connectMs: number,
): Connection {
  const client: Client = connect(clientOptions(target) as IClientOptions);
  return new Connection(client, target, clock, onMessage, connectMs);
}

function tell(listener: OnState, state: LinkState, failure: ReadError | undefined): void {
  try {
    listener(state, failure);
  } catch {
    // A listener's defect must not keep the others from hearing.
  }
}

const CONNECT_MS = 15_000;
const TEST_MS = 8000;
const STABLE_MS = 30_000;
const FLAPPING = 3;
