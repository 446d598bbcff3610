// One MQTT connection, shared by all modems that name it. It comes back by itself for ever, says why it is away, and
// never sends anything later than it was asked to: each connection is a new client without memory.
import { isSameBytes } from '../../wire/bytes';
import { failure, asReadError, type ReadError } from '../../wire/errors';
import { Pace } from './backoff';
import { dial } from './client';
import { type Clock, type Random, systemClock, systemRandom } from '../lane/clock';
import { type Failure, failureOf, takenOver } from './connect-errors';
import { type BrokerOptions, isTls, parseBrokerOptions, type BrokerTarget } from './connect-options';
import { BrokerConnection } from './connection';
import { tlsOptionsInvalid } from './socket-errors';
import { FilterSync } from './filter-sync';
import type { Link, LinkState, Message, OnMessage, OnState, Qos } from './mqtt-link';
import { type Counters, Subscriptions } from './subscriptions';
import { checkFilter, checkTopic, matchesFilter } from './topics';

export class Broker implements Link {
  private readonly target: BrokerTarget;
  private readonly subscriptions = new Subscriptions();
  private readonly sync = new FilterSync(this.subscriptions.filters);
  private readonly listeners = new Set<OnState>();
  private connection: BrokerConnection | undefined;
  private last: Message | undefined;
  private current: LinkState = 'connecting';
  private why: ReadError | undefined;
  private readonly pace: Pace;
  /** Ends the wait before the next connection. */
  private waiting = new AbortController();
  private closed: Promise<void> | undefined;

  /** Connects at once. Throws CONFIG_INVALID. */
  constructor(
    options: BrokerOptions,
    private readonly clock: Clock = systemClock,
    random: Random = systemRandom,
  ) {
    this.target = parseBrokerOptions(options, random);
    this.pace = new Pace(random);
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

  async publish(topic: string, payload: Uint8Array, qos: Qos, isRetained = false): Promise<void> {
    checkTopic(topic);
    if (!this.connection || this.current !== 'online') throw this.offline();
    await this.connection.publish(topic, payload, qos, isRetained);
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

  /**
   * Ends the wait before the next connection: a person has mended what was wrong. Resolves when the broker is online,
   * has failed once more (within about 25 s), or is closed; never rejects.
   */
  async connectNow(): Promise<void> {
    let isBegun = this.current !== 'offline';
    if (!isBegun) this.waiting.abort();
    let stop = (): void => undefined;
    await new Promise<void>((resolve) => {
      stop = this.onState((state) => {
        if (state === 'connecting') isBegun = true;
        else if (isBegun || state === 'closed') resolve();
      });
    });
    stop();
  }

  /** Ends within two seconds; nothing waits any longer. */
  close(): Promise<void> {
    this.closed ??= this.shut();
    return this.closed;
  }

  private async shut(): Promise<void> {
    const end: Failure = { error: failure('mqtt.closedHere', {}), isLasting: true };
    this.change('closed', end.error);
    this.waiting.abort();
    await this.connection?.close(end);
  }

  /** From the first connection to close(): connect, stay as long as it lasts, wait, again. Never rejects. */
  private async live(): Promise<void> {
    while (this.current !== 'closed') {
      this.change('connecting', this.why);
      const failure = await this.oneConnection();
      if (this.isClosed()) return;
      const toldAs = this.pace.isFlapping && !this.target.isClientIdGenerated ? takenOver(this.target) : failure;
      this.change('offline', toldAs.error);
      this.waiting = new AbortController();
      await this.clock.sleep(this.pace.nextMs(failure, this.clock.now()), this.waiting.signal);
    }
  }

  /** One connection from dialing to its end, and why it ended. */
  private async oneConnection(): Promise<Failure> {
    const { filters } = this.subscriptions;
    const started = this.clock.now();
    let connection: BrokerConnection | undefined;
    let ended: Failure;
    try {
      connection = new BrokerConnection(
        dial(this.target),
        this.target,
        this.clock,
        (message) => this.take(message),
        CONNECT_MS,
      );
      this.connection = connection;
      if (await connection.opened) void this.greet(connection);
      ended = await connection.ended;
    } catch (thrown) {
      ended = isTls(this.target) ? tlsOptionsInvalid(thrown) : failureOf(this.target, thrown, 'dialing');
    }
    this.connection = undefined;
    this.last = undefined;
    filters.connectionLost();
    const now = this.clock.now();
    const wasUseful = connection?.isUseful === true;
    this.pace.ended({ lastedMs: now - started, wasOnline: this.current === 'online', wasUseful }, ended, now);
    return ended;
  }

  /**
   * Online is said when the broker has granted what was wanted: an answer to the first request would be lost otherwise.
   */
  private async greet(connection: BrokerConnection): Promise<void> {
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

function tell(listener: OnState, state: LinkState, failure: ReadError | undefined): void {
  try {
    listener(state, failure);
  } catch {
    // A listener's defect must not keep the others from hearing.
  }
}

const CONNECT_MS = 15_000;
