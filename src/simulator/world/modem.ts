// The simulated modem on a real MQTT connection: one client per modem, clean sessions, no queue while off line, and no
// reconnect by the library: the modem itself decides when it tries again. The only file here that says mqtt.
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Clock, Random } from '../../core/transport/lane/clock';
import type { ModemSpec } from '../modem/body';
import type { Session, Uplink } from '../modem/session';
import { withMessageFaults, type MessageFault, type Pass } from '../faults/message-faults';
import { ModemCore } from '../modem/modem-core';

export interface MqttOptions {
  /** 3 = MQTT 3.1, 4 = 3.1.1, 5. */
  readonly protocolVersion: 3 | 4 | 5;
  /** PEM texts; the client certificate and its key are needed together. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False takes any server certificate: for test brokers only. */
  readonly isServerChecked: boolean;
  readonly toModem?: readonly MessageFault[];
  readonly fromModem?: readonly MessageFault[];
  readonly onTrouble?: (imei: string, text: string) => void;
}

/** Not started yet. */
export function simulatedModem(spec: ModemSpec, options: MqttOptions, clock: Clock, random: Random): ModemCore {
  const uplink = new MqttUplink(spec.imei, options, clock, random);
  const modem = new ModemCore(spec, uplink, clock, random);
  uplink.modem = modem;
  return modem;
}

/** `ssl://host:8883` as a modem's configuration says it, in the library's words. */
export function brokerUrl(server: string): string {
  return server.replace(/^tcp:/i, 'mqtt:').replace(/^(ssl|tls):/i, 'mqtts:');
}

class MqttUplink implements Uplink {
  modem: ModemCore | undefined;
  private client: MqttClient | undefined;
  private readonly toModem: Pass;
  private readonly fromModem: Pass;
  private qos: 0 | 1 = 0;

  constructor(
    private readonly imei: string,
    private readonly options: MqttOptions,
    clock: Clock,
    random: Random,
  ) {
    const deliver: Pass = (topic, payload) => this.modem?.deliver(topic, payload);
    this.toModem = withMessageFaults(deliver, options.toModem ?? [], clock, random);
    this.fromModem = withMessageFaults(
      (topic, payload) => this.send(topic, payload),
      options.fromModem ?? [],
      clock,
      random,
    );
  }

  open(session: Session): void {
    this.close(false);
    let client: MqttClient;
    try {
      client = connect(brokerUrl(session.server), clientOptions(session, this.options));
    } catch (thrown) {
      this.trouble(thrown);
      return void queueMicrotask(() => this.modem?.linkDown());
    }
    this.client = client;
    const isCurrent = (): boolean => this.client === client;
    client.on('connect', () => {
      client.subscribe([...session.topics], { qos: session.qos }, (error) => {
        if (!isCurrent()) return;
        if (!error) return this.modem?.linkUp();
        this.trouble(error);
        this.lost();
      });
    });
    client.on('message', (topic, payload) => {
      if (isCurrent()) this.toModem(topic, payload);
    });
    client.on('error', (error) => this.trouble(error));
    client.on('close', () => {
      if (isCurrent()) this.lost();
    });
  }

  close(isClean: boolean): void {
    const client = this.client;
    this.client = undefined;
    client?.end(!isClean);
  }

  publish(topic: string, payload: Uint8Array, qos: 0 | 1): void {
    this.qos = qos;
    this.fromModem(topic, payload);
  }

  private send(topic: string, payload: Uint8Array): void {
    if (this.client?.connected === true) this.client.publish(topic, Buffer.from(payload), { qos: this.qos });
  }

  private lost(): void {
    this.close(false);
    this.modem?.linkDown();
  }

  private trouble(thrown: unknown): void {
    const text =
      thrown instanceof Error
        ? thrown.message || ('code' in thrown ? String(thrown.code) : thrown.name)
        : String(thrown);
    this.options.onTrouble?.(this.imei, text);
  }
}

function clientOptions(session: Session, options: MqttOptions): IClientOptions {
  return {
    clientId: session.clientId,
    ...(session.login !== '' && { username: session.login }),
    ...(session.password !== '' && { password: session.password }),
    clean: session.isClean,
    keepalive: session.keepaliveS,
    protocolVersion: options.protocolVersion,
    ...(options.protocolVersion === 3 && { protocolId: 'MQIsdp' as const }),
    reconnectPeriod: 0,
    queueQoSZero: false,
    connectTimeout: 30_000,
    rejectUnauthorized: options.isServerChecked,
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.cert !== undefined && { cert: options.cert }),
    ...(options.key !== undefined && { key: options.key }),
    ...(session.will && {
      will: { topic: session.will.topic, payload: Buffer.from(session.will.payload), qos: 0 as const, retain: false },
    }),
  };
}
