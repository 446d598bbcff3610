// What a simulated modem is and has at one moment: its identity, its two configurations, its signals and its memory of
// the last traffic. No behaviour in time: that is modem-core's.
import type { Clock } from '../../core/transport/lane/clock';
import type { SerialSide } from '../serial/bus';
import type { Choices } from './choices';
import { expanded, family, isOn, numberOf, valueOf, type Config } from './config';
import type { Session } from './session';
import type { StatusFacts } from './status';

export interface ModemSpec {
  readonly imei: string;
  readonly config: Config;
  readonly choices: Choices;
  /** What is wired to the modem. */
  readonly side: SerialSide;
  /** The port it is wired to: 0 = ASC0 (RS232), 1 = ASC1 (RS485). The gateway uses 0, or 1 with MTX_invertedCom. */
  readonly wiredPort: 0 | 1;
  readonly version: string;
  /** The free text that tells the device in its status. */
  readonly name: string;
  /** Batch files for EXECUTE. */
  readonly files: ReadonlyMap<string, string>;
  /**
   * The access point name of the SIM's operator: with another one in GPRS_apn there is no data, SMS still works. Empty
   * = any.
   */
  readonly simApn: string;
  readonly isLocked: boolean;
  readonly onEvent: (event: ModemEvent) => void;
}

export interface ModemEvent {
  readonly imei: string;
  /** `heard`: from the platform to the port; `sent`: from the port to the platform. */
  readonly kind: 'state' | 'heard' | 'sent' | 'at' | 'sms';
  readonly text: string;
  readonly bytes?: Uint8Array;
}

export class ModemBody {
  /** Relays and outputs, by number. */
  readonly outputs: number[] = Array<number>(9).fill(0);
  readonly inputs: number[] = [0, 1];
  stored: Config;
  /** What acts of COMM_, MQTT_, DNS_ and GPRS_: as stored at the last boot. */
  running: Config;
  isLocked: boolean;
  csq = 18;
  ip = '0.0.0.0';
  hasNetwork = true;
  /** Whether MTX_pingIP answers. */
  isPingAnswered = true;
  lastTraffic = 0;

  constructor(
    readonly spec: ModemSpec,
    private readonly clock: Clock,
  ) {
    this.stored = this.running = spec.config;
    this.isLocked = spec.isLocked;
  }

  get imei(): string {
    return this.spec.imei;
  }

  get choices(): Choices {
    return this.spec.choices;
  }

  get qos(): 0 | 1 {
    return numberOf(this.running, 'MQTT_qos', 0) === 1 ? 1 : 0;
  }

  /** Up to three; one topic may be the same in all modems. */
  get atTopics(): readonly string[] {
    return family(this.running, 'MQTT_attopic')
      .slice(0, 3)
      .map((topic) => topic.replace(/\[IMEI\]/gi, this.imei));
  }

  get canConnect(): boolean {
    const { simApn } = this.spec;
    return (
      this.hasNetwork &&
      isOn(this.running, 'MQTT_enabled') &&
      (simApn === '' || simApn === valueOf(this.running, 'GPRS_apn'))
    );
  }

  topic(name: string): string {
    return expanded(this.running, name, this.imei);
  }

  /** The topic that the serial port hears, and the one it speaks on. */
  get serialTopics(): { readonly heard: string; readonly spoken: string } {
    const [rx, tx] = [this.topic('MQTT_commrxtopic'), this.topic('MQTT_commtxtopic')];
    return this.choices.direction === 'A' ? { heard: rx, spoken: tx } : { heard: tx, spoken: rx };
  }

  session(): Session {
    const { running } = this;
    const will = { topic: this.topic('DNS_mqttTopic'), payload: JSON.stringify({ IMEI: this.imei, STATE: 'offline' }) };
    return {
      server: valueOf(running, 'MQTT_server') ?? '',
      clientId: this.topic('MQTT_id'),
      login: this.topic('MQTT_login'),
      password: this.topic('MQTT_password'),
      keepaliveS: numberOf(running, 'MQTT_keepalive', 60),
      isClean: !isOn(running, 'MQTT_persistent'),
      qos: this.qos,
      topics: [...new Set([...this.atTopics, this.serialTopics.heard])].filter((topic) => topic !== ''),
      will: this.choices.hasWill ? will : undefined,
    };
  }

  facts(): StatusFacts {
    const { imei, name, version, choices } = this.spec;
    const seconds = Math.floor(this.clock.date().getTime() / 1000) + choices.clockErrorS;
    const model = valueOf(this.running, 'MTX_model') ?? '';
    return { imei, name, version, ip: this.ip, csq: this.csq, model, seconds, inputs: this.inputs, adc: ADC0 };
  }

  /** What GETIOS lists. */
  get ios(): readonly string[] {
    return [
      ...this.inputs.map((value, i) => `IO${i}: ${value}`),
      ...this.outputs.map((value, i) => `OUT${i}: ${value}`),
      `ADC0: ${ADC0}`,
    ];
  }
}

/** Microamperes on the analog input: 3.271 mA. */
const ADC0 = 3271;
