// How one modem is set up, as the platform needs to know it. Parsed once, from a config node or a message.
import type { LineSettings } from '../../wire/dialogue';
import type { Qos } from '../mqtt/mqtt-link';

export interface TopicTemplates {
  /** Platform to meter: the modem subscribes (MQTT_commrxtopic). */
  readonly rx: string;
  /** Meter to platform: the modem publishes (MQTT_commtxtopic). */
  readonly tx: string;
  readonly at: string;
  readonly atr: string;
  readonly status: string;
  /** The AT topic that all modems share, or empty. */
  readonly broadcast: string;
}

export interface ModemProfile {
  readonly topics: TopicTemplates;
  readonly qos: Qos;
  /** The worst round trip to expect, in ms. */
  readonly latencyMs: number;
  readonly queueLimit: number;
  /** How often a read is tried in all before its error is told. */
  readonly attempts: number;
  readonly line: LineSettings;
  /** The port's number for SETBAUDRATE: 0 = ASC0 (COM1), 1 = ASC1 (COM2). */
  readonly port: 0 | 1;
  /** AT commands closed by CR. */
  readonly isCrAppended: boolean;
  /** One of many modems with the same set-up: wildcard subscriptions serve it. */
  readonly isFleet: boolean;
}
