// Whose status message it is: from the topic, or on a shared topic from the message itself. Where both tell and differ,
// the message is nobody's.
import type { Message } from '../../transport/mqtt/mqtt-link';
import { isLiteralTemplate } from '../../transport/mqtt/topics';
import type { RefusalReason } from './refusals';
import type { Status } from './status';

export class StatusIdentity {
  private readonly isShared: boolean;
  /** What stands before and behind the IMEI in the topic. */
  private readonly before: string;
  private readonly behind: string;

  constructor(
    statusTopic: string,
    /** The only modem that is listened to; empty: a fleet. */
    private readonly own: string,
  ) {
    this.isShared = isLiteralTemplate(statusTopic);
    const [before = '', behind = ''] = statusTopic.split(/\[imei\]/i);
    [this.before, this.behind] = [before, behind];
  }

  of(message: Message, status: Status): { readonly imei: string } | { readonly refusal: RefusalReason } {
    const ofTopic = this.isShared ? undefined : this.between(message.topic);
    const imei = ofTopic ?? status.imei;
    if (imei === undefined || !/^\d{15}$/.test(imei)) return { refusal: 'noIdentity' };
    if (status.imei !== undefined && status.imei !== imei) return { refusal: 'identityDiffers' };
    // others on a shared topic are nothing wrong
    return this.own !== '' && this.own !== imei ? { refusal: 'foreign' } : { imei };
  }

  /** A name with a slash in it is no IMEI, so the topic need not be cut into levels. */
  private between(topic: string): string | undefined {
    const { before, behind } = this;
    return topic.startsWith(before) && topic.endsWith(behind)
      ? topic.slice(before.length, topic.length - behind.length)
      : undefined;
  }
}

/**
 * The check digit of an IMEI (3GPP TS 23.003, annex B): a typing error, or an invention, misses it nine times in ten.
 */
export function hasCheckDigit(imei: string): boolean {
  let sum = 0;
  for (let i = 0; i < imei.length; i++) {
    const value = Number(imei[i]) * (i % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
