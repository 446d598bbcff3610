// The mobile network between the demo's modems: what one texts to another's number arrives there a moment later, and
// what reaches the gateway is handed to the platform, as an SMS provider does.
import { systemClock } from '../src/core/transport/lane/clock';
import type { ModemCore } from '../src/simulator/modem/modem-core';

export interface InboundText {
  readonly from: string;
  readonly text: string;
  readonly at: string;
}

export class DemoSms {
  private readonly phones = new Map<string, string>();
  private readonly modems = new Map<string, ModemCore>();
  private readonly carried = new Map<string, number>();

  constructor(
    private readonly gateway: string,
    private readonly toPlatform: (text: InboundText) => void,
  ) {}

  join(modem: ModemCore, phone: string): void {
    this.phones.set(phone, modem.imei);
    this.modems.set(modem.imei, modem);
  }

  /** To be called when a modem may have sent texts. */
  look(imei: string): void {
    const outbox = this.modems.get(imei)?.outbox ?? [];
    const done = this.carried.get(imei) ?? 0;
    this.carried.set(imei, outbox.length);
    for (const { number, text } of outbox.slice(done)) void this.carry(this.phoneOf(imei), number, text);
  }

  private async carry(from: string, to: string, text: string): Promise<void> {
    await systemClock.sleep(CARRY_MS);
    const receiver = this.phones.get(to);
    if (receiver === this.gateway) this.toPlatform({ from, text, at: systemClock.date().toISOString() });
    else if (receiver !== undefined) await this.modems.get(receiver)?.receiveSms(from, text);
  }

  private phoneOf(imei: string): string {
    return [...this.phones].find(([, owner]) => owner === imei)?.[0] ?? '';
  }
}

const CARRY_MS = 700;
