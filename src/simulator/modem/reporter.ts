// When a modem reports its status: as its session comes up, every DNS_period seconds, when its address changes, and on
// input changes where a topic for them is set.
import type { Clock } from '../../core/transport/lane/clock';
import type { ModemBody } from './body';
import { isOn, numberOf, valueOf } from './config';
import { statusPayload, type StatusKind } from './status';

export type Publish = (topic: string, payload: Uint8Array, qos: 0 | 1) => void;

export class Reporter {
  private count = 0;

  constructor(
    private readonly body: ModemBody,
    private readonly publish: Publish,
    private readonly clock: Clock,
  ) {}

  async reportPeriodically(link: AbortSignal): Promise<void> {
    const periodMs = Math.max(1, numberOf(this.body.running, 'DNS_period', 300)) * 1000;
    if (this.body.choices.hasStatusAtOnce) this.report();
    for (;;) {
      await this.clock.sleep(periodMs, link);
      if (link.aborted) return;
      this.report();
    }
  }

  report(): void {
    const { running } = this.body;
    if (!isOn(running, 'DNS_enabled') || valueOf(running, 'DNS_mode')?.toLowerCase() !== 'mqtt') return;
    const isLong = isOn(running, 'DNS_extended') || isOn(running, 'DNS_exdended');
    this.send(this.body.topic('DNS_mqttTopic'), isLong ? 'long' : 'short', 0);
  }

  reportInputs(): void {
    const topic = this.body.topic('MQTT_defaultIOTopic') || this.body.topic('MQTT_defaultOTopic');
    this.send(topic, 'io', numberOf(this.body.running, 'MQTT_defaultIOQos', 0) === 1 ? 1 : 0);
  }

  private send(topic: string, kind: StatusKind, qos: 0 | 1): void {
    if (topic === '') return;
    const { choices } = this.body;
    const text = statusPayload(kind, this.body.facts(), choices);
    this.count += 1;
    const isBroken = choices.invalidStatusEvery > 0 && this.count % choices.invalidStatusEvery === 0;
    this.publish(topic, Buffer.from(isBroken ? text.slice(0, Math.floor(text.length / 2)) : text, 'latin1'), qos);
  }
}
