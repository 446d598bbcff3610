// The mobile network's texts: what a modem sends to a number reaches the modem, or the phone, that has this number,
// minutes later or never. Messages to numbers that nobody has are lost. Order is not kept, as on the air.
import type { Clock, Random } from '../../core/transport/lane/clock';
import type { ModemEvent } from '../modem/body';
import type { ModemCore } from '../modem/modem-core';
import { between } from '../ground/random';

export interface SmsNetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** Share of messages that never arrive. */
  readonly lossShare: number;
}

export type OnSms = (from: string, text: string) => void;

export class SmsNetwork {
  private readonly subscribers = new Map<string, OnSms>();
  private readonly modems = new Map<string, { readonly modem: ModemCore; readonly number: string }>();

  constructor(private readonly options: SmsNetworkOptions) {}

  /** A modem with its SIM. Its events have to come in by `event`: they tell that it sent something. */
  attach(modem: ModemCore, number: string): void {
    this.modems.set(modem.imei, { modem, number });
    this.subscribers.set(number, (from, text) => void modem.receiveSms(from, text));
  }

  /** A phone, or a provider's number. */
  phone(number: string, on: OnSms): void {
    this.subscribers.set(number, on);
  }

  readonly event = ({ imei, kind, text }: ModemEvent): void => {
    const sender = this.modems.get(imei);
    const sent = sender?.modem.outbox.at(-1);
    if (sender && sent && kind === 'sms' && text.startsWith('to ')) this.send(sender.number, sent.number, sent.text);
  };

  send(from: string, to: string, text: string): void {
    const { clock, random, delayMsMin, delayMsMax, lossShare } = this.options;
    const isLost = random() < lossShare;
    void clock.sleep(between(random, delayMsMin, delayMsMax)).then(() => {
      if (!isLost) this.subscribers.get(to.replace(/\s/g, ''))?.(from, text);
    });
  }
}
