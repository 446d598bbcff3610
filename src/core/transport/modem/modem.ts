// One modem: its serial port and its AT channel as lanes over the shared link. AT is a lane of its own (one reply
// topic, no request id), so that a change of speed inside a meter's session cannot wait for itself.
import { failure, asReadError, type ReadError } from '../../wire/errors';
import type { Clock, Random } from '../lane/clock';
import { Gate, type AnswerChannel, type Diagnostics } from '../mqtt/diagnostics';
import { Lane } from '../lane/lane';
import { MeterBook } from '../lane/meter-book';
import type { Link, Message } from '../mqtt/mqtt-link';
import { atJob } from './at-job';
import type { ModemProfile } from './modem-profile';
import { expandTemplate, filterOfTemplate } from '../mqtt/topics';

export interface ModemContext {
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  /** From when on all is known that was asked of the modems. */
  readonly knownSince: number;
  /** Several modems of ours are asked on this topic: what is heard there need not be for one of them alone. */
  isRequestTopicShared?(topic: string): boolean;
}

/** What is known of the meters behind a modem, and of its two links. */
export interface ModemBooks {
  readonly tx: MeterBook;
  readonly atr: MeterBook;
}

export class Modem {
  readonly ports: readonly [Lane];
  readonly at: Lane;
  /** They outlive this modem: whoever puts it away keeps them for the next. */
  readonly books: ModemBooks;
  private readonly gates: Record<AnswerChannel, Gate> = { tx: new Gate(), atr: new Gate() };
  private readonly stops: (() => void)[] = [];
  /** Channels whose topic the broker refused when it was asked for. */
  private readonly failures = new Map<AnswerChannel, ReadError>();
  private isEchoed = false;
  private isOverhearingWanted = false;
  private wasOnline = false;
  private isClosed = false;

  constructor(
    readonly imei: string,
    private current: ModemProfile,
    private readonly context: ModemContext,
    /** The same modem with other settings, whose last talk may still be ending. */
    private before?: Modem,
    books?: ModemBooks,
  ) {
    const { clock, random } = context;
    this.books = books ?? { tx: new MeterBook(clock, random), atr: new MeterBook(clock, random) };
    this.ports = [this.lane('tx', this.current.topics.rx, (baud) => this.setBaud(baud))];
    this.at = this.lane('atr', this.current.topics.at);
  }

  get profile(): ModemProfile {
    return this.current;
  }

  /** Takes over what may change while the lines stay as they are: the time to expect, limits, QoS. */
  adopt({ qos, latencyMs, queueLimit, attempts, isCrAppended }: ModemProfile): void {
    this.current = { ...this.current, qos, latencyMs, queueLimit, attempts, isCrAppended };
  }

  /** Asks for the modem's topics. A refusal is kept and fails the jobs, each with this error. */
  async open(): Promise<void> {
    this.stops.push(this.context.link.onState(() => this.linkChanged()));
    const { before } = this;
    if (before) void before.close().then(() => this.succeed(before));
    await Promise.all([this.listen('tx'), this.listen('atr')]);
  }

  /**
   * Resolves within eleven seconds, whatever a broker still owes: Node-RED waits for 15, and the broker closes after.
   */
  async close(): Promise<void> {
    this.isClosed = true;
    const port = this.ports[0].close();
    await this.within(PORT_CLOSE_MS, port); // AT after it: a goodbye may have to set the speed back
    await this.within(AT_CLOSE_MS, Promise.all([port, this.at.close()]));
    for (const stop of this.stops.splice(0)) stop();
  }

  get diagnostics(): Diagnostics {
    const { tx, atr } = this.gates;
    const sum = (reason: keyof Gate['refused']): number => tx.refused[reason] + atr.refused[reason];
    return {
      received: tx.received + atr.received,
      refused: {
        retained: sum('retained'),
        duplicate: sum('duplicate'),
        empty: sum('empty'),
        oversize: sum('oversize'),
      },
      unasked: this.ports[0].unasked + this.at.unasked,
      last: { ...tx.last, ...atr.last },
    };
  }

  private succeed(before: Modem): void {
    this.before = undefined;
    this.ports[0].succeed(before.ports[0]);
    this.at.succeed(before.at);
    this.linkChanged();
  }

  private async within(ms: number, work: Promise<unknown>): Promise<void> {
    const ended = new AbortController();
    await Promise.race([work, this.context.clock.sleep(ms, ended.signal)]);
    ended.abort();
  }

  private lane(channel: AnswerChannel, template: string, setBaud?: (baud: number) => Promise<void>): Lane {
    const { link, clock, random } = this.context;
    // what was asked with other settings is known to the lane before, not to this one
    const knownSince = this.before ? clock.now() : this.context.knownSince;
    const topic = expandTemplate(template, this.imei);
    const now = (): ModemProfile => this.current;
    return new Lane({
      clock,
      random,
      knownSince,
      book: this.books[channel],
      line: now().line,
      get queueLimit() {
        return now().queueLimit;
      },
      roundTrip: {
        get guessMs() {
          return now().latencyMs;
        },
        get floorMs() {
          return Math.min(FLOOR_MS, now().latencyMs);
        },
        get ceilingMs() {
          return Math.max(CEILING_MS, now().latencyMs);
        },
      },
      onFirstJob: () => channel === 'tx' && this.overhearSoon(),
      isEchoed: () => channel === 'tx' && this.isEchoed,
      transmit: (bytes) => link.publish(topic, bytes, now().qos),
      linkState: () => this.linkState(channel),
      ...(setBaud && { setBaud }),
    });
  }

  private linkState(channel: AnswerChannel): 'online' | ReadError {
    const { link } = this.context;
    const refusal = this.failures.get(channel) ?? link.refusalOf(this.filterOf(channel));
    if (refusal) return refusal;
    if (this.before) return failure('modem.changed', {}, 'publish');
    return link.state === 'online' ? 'online' : (link.failure ?? failure('mqtt.noConnection', {}, 'publish'));
  }

  private linkChanged(): void {
    if (this.isClosed) return;
    const isNew = this.context.link.state === 'online' && !this.wasOnline;
    this.wasOnline = this.context.link.state === 'online';
    // a new connection may have new rights
    if (isNew) for (const channel of this.failures.keys()) void this.listen(channel);
    if (isNew && this.isOverhearingWanted) this.overhearSoon();
    this.ports[0].linkChanged();
    this.at.linkChanged();
  }

  private filterOf(channel: AnswerChannel): string {
    const template = this.profile.topics[channel];
    return this.profile.isFleet ? filterOfTemplate(template) : expandTemplate(template, this.imei);
  }

  private async listen(channel: AnswerChannel): Promise<void> {
    const lane = channel === 'tx' ? this.ports[0] : this.at;
    const on = (message: Message): void => {
      if (this.gates[channel].admit(channel, message, this.context.clock.date())) lane.hear(message.payload);
    };
    this.failures.delete(channel);
    try {
      const stop = await this.context.link.subscribe(
        expandTemplate(this.profile.topics[channel], this.imei),
        on,
        this.filterOf(channel),
      );
      if (this.isClosed) stop();
      else this.stops.push(stop);
    } catch (thrown) {
      this.failures.set(channel, asReadError(thrown, 'connect'));
    }
    lane.linkChanged();
  }

  /** Only of a broker that is there: what it refuses is no reason to warn. */
  private overhearSoon(): void {
    this.isOverhearingWanted = this.context.link.state !== 'online';
    if (!this.isOverhearingWanted) void this.overhear();
  }

  /**
   * What is sent to the port: our own requests come back, others' are another platform. Not needed, so a refusal is
   * none.
   */
  private async overhear(): Promise<void> {
    const { link, isRequestTopicShared } = this.context;
    const { rx } = this.profile.topics;
    const topic = expandTemplate(rx, this.imei);
    const on = ({ payload, isRetained }: Message): void => {
      if (!isRetained && payload.length > 0 && !isRequestTopicShared?.(topic)) this.ports[0].hearRequest(payload);
    };
    this.isEchoed = true;
    try {
      const stop = await link.subscribe(topic, on, this.profile.isFleet ? filterOfTemplate(rx) : topic);
      if (this.isClosed) stop();
      else this.stops.push(stop);
    } catch {
      this.isEchoed = false;
      this.ports[0].book.foreign.isDeaf = true; // others' answers are heard all the same
    }
  }

  private async setBaud(baud: number): Promise<void> {
    const command = `AT^MTXTUNNEL=SETBAUDRATE,${this.profile.port},${baud}`;
    const { isCrAppended } = this.profile;
    const { quietMs: _quietMs, ...job } = atJob(command, {
      timeoutMs: AT_TIMEOUT_MS,
      isCrAppended,
      attempts: 2, // setting the same speed twice is harmless
    });
    const { value: reply } = await this.at
      .run({ ...job, queueMs: SET_BAUD_MS, priority: Number.MAX_SAFE_INTEGER })
      .catch((thrown: unknown) => Promise.reject(unconfirmed(asReadError(thrown), baud)));
    if (!reply.isOk) throw failure('modem.speedRefused', { baud, result: reply.result }, 'connect');
  }
}

/** Whoever reads a meter has to learn that it was the modem that kept silent. */
function unconfirmed(error: ReadError, baud: number): ReadError {
  if (error.code !== 'NO_REPLY') return error;
  return failure('modem.speedSilent', { baud }, error.stage, { cause: error });
}

/** B1: a deadline below a second is luck on a cellular link; above half a minute it helps nobody. */
const FLOOR_MS = 1_000;
const CEILING_MS = 30_000;
const AT_TIMEOUT_MS = 15_000;
const SET_BAUD_MS = 60_000;
/** A goodbye's eight seconds, and one to spare. */
const PORT_CLOSE_MS = 9_000;
const AT_CLOSE_MS = 2_000;
