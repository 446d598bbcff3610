// One connection to a broker, from its first byte to its last: one mqtt.js client that is never used again. Everything
// asked of it is answered once, by the broker, by a time-out or by the end, and nothing of it outlives the end.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { utf8Size } from '../../wire/bytes';
import { failure, type ReadError } from '../../wire/errors';
import { afterTurn, type Clock } from '../lane/clock';
import type { Client } from './client';
import {
  closedByBroker,
  connectRefused,
  connectTimedOut,
  disconnected,
  type Failure,
  failureOf,
  notMqtt,
  type Phase,
  publishRefused,
} from './connect-errors';
import { isTls, type BrokerTarget } from './connect-options';
import { causeCodeOf } from './socket-errors';
import type { FilterWire } from './filter-sync';
import type { OnMessage, Qos } from './mqtt-link';
import { ANSWER_MS, PacketAnswers } from './packet-answers';
import { PublishTurns } from './publish-turns';

interface Packet {
  readonly retain: boolean;
  readonly dup: boolean;
  readonly reasonCode?: number;
  readonly properties?: {
    readonly receiveMaximum?: number;
    readonly maximumPacketSize?: number;
    readonly maximumQoS?: number;
  };
}

export class BrokerConnection implements FilterWire {
  /** False when it ended before the broker accepted it. */
  readonly opened: Promise<boolean>;
  readonly ended: Promise<Failure>;
  isOver = false;
  /** The broker answered a SUBSCRIBE: it is up and knows us. */
  isUseful = false;
  private readonly streamClosed: Promise<void>;
  private readonly stream: Duplex;
  private readonly answers: PacketAnswers;
  private readonly turns = new PublishTurns();
  private isCorked = false;
  private phase: Phase = 'dialing';
  private settleOpened: (isOpen: boolean) => void = ignore;
  private settleEnded: (failure: Failure) => void = ignore;
  /** What an MQTT 5 broker allows of us (clause 3.2.2.3); without limits otherwise. */
  private limits = { inFlight: 65_535, bytes: 268_435_455, qos: 1 };

  constructor(
    private readonly client: Client,
    private readonly target: BrokerTarget,
    private readonly clock: Clock,
    private readonly onMessage: OnMessage,
    connectMs: number,
  ) {
    this.stream = client.stream as Duplex;
    this.stream.setMaxListeners(0); // each message that a full socket holds back waits for its own `drain`
    this.answers = new PacketAnswers(clock);
    this.opened = new Promise((resolve) => (this.settleOpened = resolve));
    this.ended = new Promise((resolve) => (this.settleEnded = resolve));
    this.streamClosed = new Promise((resolve) => {
      this.stream.once('close', resolve);
    });
    // Small packets must not wait for the acknowledgement of the one before (Nagle): it costs 40 ms a frame.
    if (this.stream instanceof Socket) this.stream.setNoDelay(true);
    this.listen();
    const opening = new AbortController();
    void this.opened.then(() => opening.abort());
    void clock.sleep(connectMs, opening.signal).then(() => {
      if (!opening.signal.aborted) this.end(connectTimedOut(target, this.phase, connectMs / 1000));
    });
  }

  /** Resolves when the bytes have left (QoS 0) or the broker has them (QoS 1). Never sent again. */
  async publish(topic: string, payload: Uint8Array, qos: Qos, isRetained = false): Promise<void> {
    if (utf8Size(topic) + payload.length + PUBLISH_OVERHEAD > this.limits.bytes)
      throw failure('mqtt.tooLarge', { bytes: payload.length }, 'publish');
    if (qos > this.limits.qos) throw failure('mqtt.qos0Only', {}, 'publish');
    const bytes = new Uint8Array(payload); // a copy: the caller may reuse its array while these wait in the socket
    const send = (): Promise<void> =>
      this.answers.ask<void>(
        (done, fail) => {
          this.cork();
          this.client.publish(topic, bytes, { qos, retain: isRetained }, (error) =>
            error ? fail(this.publishFailure(topic, error)) : done(),
          );
        },
        () => this.unconfirmed(topic, qos),
      );
    return qos === 0 ? send() : this.turns.take(this.limits.inFlight, send);
  }

  /**
   * With QoS 0: on a clean session a higher one saves nothing over a broken connection, while its window (20 messages
   * in mosquitto) would hold a whole fleet to 20 messages a round trip, and let messages of different QoS overtake.
   */
  subscribe(filters: readonly string[]): Promise<readonly number[]> {
    return this.answers.ask<readonly number[]>(
      (done, fail) =>
        this.client.subscribe([...filters], { qos: 0 }, (error, _asked, suback) => {
          const codes = suback?.granted;
          if (Array.isArray(codes) && codes.length === filters.length) {
            this.isUseful = true;
            done(codes.map(Number));
          } else fail(failureOf(this.target, error ?? new Error('SUBACK without answer'), 'open').error);
        }),
      () => this.silent('SUBSCRIBE'),
    );
  }

  unsubscribe(filters: readonly string[]): Promise<void> {
    return this.answers.ask<void>(
      (done) => this.client.unsubscribe([...filters], () => done()),
      () => this.silent('UNSUBSCRIBE'),
    );
  }

  /** Says goodbye if there is somebody to say it to; gone within two seconds in any case. */
  async close(failure: Failure): Promise<void> {
    // mqtt.js would first wait for what the broker still owes.
    if (this.phase === 'open' && !this.isOver && this.answers.size === 0) {
      this.finish(failure);
      this.client.end(false);
      await this.closing(POLITE_MS);
    }
    this.end(failure);
    this.destroy();
    await this.closing(FORCED_MS);
  }

  /** The first reason counts; later ones are echoes of it. */
  private end(failure: Failure): void {
    if (this.isOver) return;
    this.finish(failure);
    this.destroy();
  }

  private finish(lost: Failure): void {
    if (this.isOver) return;
    this.isOver = true;
    this.answers.end(failure('mqtt.endedUnconfirmed', { why: lost.error }, 'publish'));
    this.turns.end();
    this.settleOpened(false);
    this.settleEnded(lost);
  }

  private destroy(): void {
    // A reset also empties the system's send buffer: what a dead network holds back must not reach a meter later.
    if (this.stream instanceof Socket && !(this.stream instanceof TLSSocket) && !this.stream.connecting)
      this.stream.resetAndDestroy();
    else this.stream.destroy();
    this.client.end(true);
  }

  private async closing(ms: number): Promise<void> {
    const waiting = new AbortController();
    await Promise.race([this.streamClosed, this.clock.sleep(ms, waiting.signal)]);
    waiting.abort();
  }

  private listen(): void {
    const { client, stream, target } = this;
    client.on('error', (error: Error) => this.end(this.reason(error)));
    // mqtt.js keeps errors without a code to itself; a dying stream may still raise some after its end.
    stream.on('error', (error: Error) => this.end(this.reason(error)));
    client.on('close', () => {
      const failure = closedByBroker(target, this.phase);
      this.end({ ...failure, isSilentClose: failure.isSilentClose === true && this.answers.size === 0 });
    });
    client.on('disconnect', (packet: Packet) => this.end(disconnected(target, packet.reasonCode ?? 0)));
    client.on('connect', (packet: Packet) => this.open(packet));
    client.on('message', (topic: string, payload: Uint8Array, packet: Packet) => {
      if (!this.isOver) this.onMessage({ topic, payload, isRetained: packet.retain, isDuplicate: packet.dup });
    });
    stream.once('connect', () => this.advance(isTls(target) ? 'securing' : 'greeting'));
    stream.once('secureConnect', () => this.advance('greeting'));
    stream.prependOnceListener('data', (first: Uint8Array) => {
      this.advance('greeting');
      if (first[0] !== CONNACK) this.end(notMqtt(target, first));
    });
  }

  private open(connack: Packet): void {
    if (this.isOver) return;
    this.phase = 'open';
    const allowed = connack.properties;
    this.limits = {
      inFlight: allowed?.receiveMaximum ?? this.limits.inFlight,
      bytes: allowed?.maximumPacketSize ?? this.limits.bytes,
      qos: allowed?.maximumQoS ?? this.limits.qos,
    };
    this.settleOpened(true);
  }

  private advance(phase: Phase): void {
    if (this.phase !== 'open') this.phase = phase;
  }

  private reason(error: Error): Failure {
    const code = causeCodeOf(error);
    return typeof code === 'number' && this.phase !== 'open'
      ? connectRefused(this.target, code)
      : failureOf(this.target, error, this.phase);
  }

  private publishFailure(topic: string, error: Error): ReadError {
    const code = causeCodeOf(error);
    // mqtt.js tells all it still waits for that the connection closed, before it tells why.
    return typeof code === 'number'
      ? publishRefused(topic, code)
      : failure('mqtt.endedUnconfirmedTopic', { topic }, 'publish');
  }

  private unconfirmed(topic: string, qos: Qos): ReadError {
    // Bytes still on this side would leave some time later, into another session's silence: they go down with the link.
    if (this.stream.writableLength > 0) this.end(connectionStuck(this.target));
    return failure(qos === 1 ? 'mqtt.unconfirmed' : 'mqtt.stuck', { topic, seconds: ANSWER_MS / 1000 }, 'publish');
  }

  private silent(packet: string): ReadError {
    this.end({
      error: failure('mqtt.packetSilent', { packet, seconds: ANSWER_MS / 1000 }, 'connect'),
      isLasting: false,
    });
    return failure('mqtt.packetUnanswered', { packet }, 'connect');
  }

  /** What one turn of the event loop publishes leaves in one write: many answers often come in one. */
  private cork(): void {
    if (this.isCorked) return;
    this.isCorked = true;
    this.stream.cork();
    afterTurn(() => {
      this.isCorked = false;
      this.stream.uncork();
    });
  }
}

function connectionStuck(target: BrokerTarget): Failure {
  return failureOf(target, new Error('it takes no more bytes; it is tried again by itself'), 'open');
}

function ignore(): void {
  // Replaced before it can be called.
}

/** First byte of CONNACK (clause 3.2.1): nothing else may come first; AUTH is never asked for. */
const CONNACK = 0x20;
const POLITE_MS = 1000;
const FORCED_MS = 500;
/** Fixed header, lengths, packet identifier and an empty property field. */
const PUBLISH_OVERHEAD = 16;
