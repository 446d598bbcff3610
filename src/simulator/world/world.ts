// Modems and a platform without MQTT: a broker in memory that carries messages with a delay, for thousands of modems in
// virtual time. It keeps what MQTT keeps: order per connection, nothing for those who are away, retained messages.
import type { Clock, Random } from '../../core/transport/lane/clock';
import type { ModemSpec } from '../modem/body';
import type { Session, Uplink } from '../modem/session';
import { withMessageFaults, type MessageFault, type Pass } from '../faults/message-faults';
import { ModemCore } from '../modem/modem-core';
import { between, seededRandom, seedOf } from '../ground/random';

export interface AirOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** One way, in ms. */
  readonly latencyMsMin: number;
  readonly latencyMsMax: number;
  readonly toModem?: readonly MessageFault[];
  readonly fromModem?: readonly MessageFault[];
}

export class MemoryBroker {
  /** While false, every connect fails; set it to drop everybody at once. */
  private isUp = true;
  private readonly wires = new Map<string, Wire>();
  private readonly ears = new Set<Pass>();
  private readonly platforms = new Set<Pass>();
  private readonly retained = new Map<string, Uint8Array>();
  private readonly subscribers = new Map<string, Set<Wire>>();

  constructor(private readonly options: AirOptions) {}

  /** A modem that lives on this broker; it is not started yet. */
  modem(spec: ModemSpec): ModemCore {
    const random = seededRandom(seedOf(this.options.seed, spec.imei));
    const wire = new Wire(this, this.options, random);
    const modem = new ModemCore(spec, wire, this.options.clock, random);
    wire.modem = modem;
    return modem;
  }

  /** The platform publishes. */
  publish(topic: string, payload: Uint8Array, isRetained = false): void {
    if (isRetained) {
      if (payload.length > 0) this.retained.set(topic, payload);
      else this.retained.delete(topic);
    }
    for (const wire of this.subscribers.get(topic) ?? []) wire.toModem(topic, payload);
    for (const ear of this.platforms) ear(topic, payload);
  }

  /** The platform hears everything that modems publish; returns the way to stop. */
  listen(ear: Pass): () => void {
    this.ears.add(ear);
    return () => void this.ears.delete(ear);
  }

  /** Hears everything that platforms publish, one's own messages too; returns the way to stop. */
  listenToPlatforms(ear: Pass): () => void {
    this.platforms.add(ear);
    return () => void this.platforms.delete(ear);
  }

  /** The broker stops, or starts again. */
  setUp(isUp: boolean): void {
    this.isUp = isUp;
    if (!isUp) for (const wire of [...this.wires.values()]) wire.lose();
  }

  /** A second connection of one client id takes over the session of the first. Returns whether the broker takes it. */
  take(clientId: string, wire: Wire): boolean {
    if (!this.isUp) return false;
    this.wires.get(clientId)?.lose();
    this.wires.set(clientId, wire);
    return true;
  }

  leave(clientId: string, wire: Wire): void {
    if (this.wires.get(clientId) === wire) this.wires.delete(clientId);
    for (const topic of wire.topics) this.subscribers.get(topic)?.delete(wire);
  }

  /** Subscribes, and sends what is retained. */
  subscribe(wire: Wire): void {
    for (const topic of wire.topics) {
      const wires = this.subscribers.get(topic) ?? new Set();
      this.subscribers.set(topic, wires.add(wire));
      const retained = this.retained.get(topic);
      if (retained) wire.toModem(topic, retained);
    }
  }

  heard(topic: string, payload: Uint8Array): void {
    for (const ear of this.ears) ear(topic, payload);
  }
}

/** One modem's connection. */
class Wire implements Uplink {
  modem: ModemCore | undefined;
  topics: readonly string[] = [];
  readonly toModem: Pass;
  private readonly fromModem: Pass;
  private clientId = '';
  /** Counts connects: what was on its way for an earlier one is lost. */
  private epoch = 0;

  constructor(
    private readonly broker: MemoryBroker,
    private readonly options: AirOptions,
    private readonly random: Random,
  ) {
    const { clock, toModem = [], fromModem = [] } = options;
    this.toModem = withMessageFaults(
      this.carrier((topic, payload) => this.modem?.deliver(topic, payload)),
      toModem,
      clock,
      random,
    );
    this.fromModem = withMessageFaults(
      this.carrier((topic, payload) => broker.heard(topic, payload)),
      fromModem,
      clock,
      random,
    );
  }

  open(session: Session): void {
    const epoch = ++this.epoch;
    this.clientId = session.clientId;
    void this.options.clock.sleep(this.latency()).then(() => {
      if (epoch !== this.epoch) return;
      if (!this.broker.take(session.clientId, this)) return this.modem?.linkDown();
      this.topics = session.topics;
      this.modem?.linkUp();
      this.broker.subscribe(this);
    });
  }

  close(): void {
    this.epoch += 1;
    this.broker.leave(this.clientId, this);
    this.topics = [];
  }

  publish(topic: string, payload: Uint8Array): void {
    this.fromModem(topic, payload);
  }

  lose(): void {
    this.close();
    this.modem?.linkDown();
  }

  private carrier(arrive: Pass): Pass {
    let last = 0;
    return (topic, payload) => {
      const { clock } = this.options;
      const epoch = this.epoch;
      last = Math.max(last, clock.now() + this.latency());
      void clock.sleep(last - clock.now()).then(() => {
        if (epoch === this.epoch) arrive(topic, payload);
      });
    };
  }

  private latency(): number {
    return between(this.random, this.options.latencyMsMin, this.options.latencyMsMax);
  }
}
