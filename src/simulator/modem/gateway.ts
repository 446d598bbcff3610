// The transparent gateway between the MQTT serial topics and the modem's wired port: bytes as they are, in both
// directions. The port is COM1, or COM2 with MTX_invertedCom; wired to the other one, a meter hears nothing.
import type { Clock } from '../../core/transport/lane/clock';
import type { LineSettings } from '../../core/wire/dialogue';
import type { ModemBody } from './body';
import { isOn, numberOf, portSettings, valueOf } from './config';
import { SerialLine } from './line';
import type { Publish } from './reporter';

export interface GatewayModem {
  readonly publish: Publish;
  dropLink(): void;
  reboot(why: string): void;
  onSerial(kind: 'heard' | 'sent', bytes: Uint8Array): void;
}

export class Gateway {
  readonly line: SerialLine;
  private messages = 0;
  private writes = 0;

  constructor(
    private readonly body: ModemBody,
    private readonly modem: GatewayModem,
    clock: Clock,
  ) {
    const { messageCap: cap, localEcho, whileTalking, whileFrozen } = body.choices;
    const msToSend = (): number => numberOf(body.running, 'MTX_msToSend', 100);
    this.line = new SerialLine(body.spec.side, this.configured(), {
      clock,
      msToSend,
      cap,
      localEcho,
      whileTalking,
      whileFrozen,
      onMessage: (bytes) => this.toPlatform(bytes),
    });
  }

  toSerial(bytes: Uint8Array): void {
    if (!this.isOpen()) return;
    this.writes += 1;
    const { rebootEvery } = this.body.choices;
    if (rebootEvery > 0 && this.writes % rebootEvery === 0)
      return this.modem.reboot('reboot in the middle of a session');
    this.modem.onSerial('heard', bytes);
    void this.line.write(bytes);
  }

  /** Back to what config.txt says: SETBAUDRATE does not outlive a boot. */
  restoreLine(): void {
    this.line.setLine(this.configured());
  }

  /** SETBAUDRATE: speed only, at once. The other port has nothing wired to it. */
  setBaud(port: number, baud: number): boolean {
    if (port === this.body.spec.wiredPort) this.line.setLine({ ...this.line.settings, baud });
    return port === 0 || port === 1;
  }

  /** AT^MTXTUNNEL=RS232. */
  write(port: number, bytes: Uint8Array): boolean {
    if (port === this.body.spec.wiredPort) void this.line.write(bytes);
    return port === 0 || port === 1;
  }

  private toPlatform(bytes: Uint8Array): void {
    if (!this.isOpen()) return;
    this.messages += 1;
    const { cutLinkEvery } = this.body.choices;
    if (cutLinkEvery > 0 && this.messages % cutLinkEvery === 0) return this.modem.dropLink();
    this.modem.onSerial('sent', bytes);
    const topic = this.body.serialTopics.spoken;
    if (topic !== '') this.modem.publish(topic, bytes, this.body.qos);
  }

  private isOpen(): boolean {
    return (
      valueOf(this.body.running, 'MTX_mode')?.toLowerCase() === 'mqtt' &&
      this.gatewayPort() === this.body.spec.wiredPort
    );
  }

  private gatewayPort(): 0 | 1 {
    return isOn(this.body.running, 'MTX_invertedCom') ? 1 : 0;
  }

  private configured(): LineSettings {
    return portSettings(this.body.running, this.gatewayPort() === this.body.spec.wiredPort ? 'COMM' : 'COMM2');
  }
}
