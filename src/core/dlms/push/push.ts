// What a meter sends by itself (Green Book 9.4.6.9 to 9.4.6.12): general blocks joined, protection opened, and the body
// as readings - as far as the body itself says what its values are.
import { concatBytes } from '../../wire/bytes';
import { failure, asReadError } from '../../wire/errors';
import type { Reading } from '../../meter/reading';
import { decodeGeneralBlock } from '../apdu/block';
import { decodeNotification, isNotification, type Notification } from '../apdu/notification';
import { TAG, apduTagOf } from '../apdu/tags';
import { plainValue, timeOf } from '../model/cosem';
import { isoOf } from '../model/date-time';
import type { Language } from '../model/obis-names';
import { checkAssociationOptions } from '../security/check-options';
import type { AssociationOptions } from '../security/options';
import { Protector } from '../security/protection';
import { decodeDescribed, describedReadings, type DescribedPush } from './descriptors';
import { readingsOf } from './push-body';
import { attributeReading } from './pushed-reading';

/** What one notification says. */
export interface Push {
  readonly kind: Notification['kind'] | 'text';
  /** The meter's time of sending, if it says one. */
  readonly at?: string;
  readonly readings: readonly Reading[];
  /** What stood in the ciphering where it is a telegram in text, not a notification. */
  readonly text?: Uint8Array;
}

/**
 * Whether a meter sends this unasked: notifications, plain or ciphered (glo-, ded-event-notification, the general
 * envelopes), and general blocks.
 */
export function isPush(apdu: Uint8Array): boolean {
  return isNotification(apdu) || CIPHERED.has(apduTagOf(apdu)) || apduTagOf(apdu) === TAG.generalBlock;
}

/** Collects the APDUs that one meter pushes; blocks of one message belong together until the last. */
export class PushCollector {
  private parts: Uint8Array[] = [];
  private octets = 0;
  private readonly protector: Protector | undefined;
  /** The tag that the meter has to send proves the key. */
  private readonly isProven: boolean;

  constructor(
    private readonly options: AssociationOptions,
    private readonly language: Language,
  ) {
    checkAssociationOptions(options);
    this.isProven = options.security !== 'encrypt';
    this.protector = options.security === 'none' ? undefined : new Protector(options, options.security);
  }

  /** The push that this APDU completes, or undefined while blocks are missing. */
  take(apdu: Uint8Array): Push | undefined {
    const whole = apduTagOf(apdu) === TAG.generalBlock ? this.joined(apdu) : apdu;
    if (!whole) return undefined;
    const isCiphered = CIPHERED.has(apduTagOf(whole));
    if (isCiphered && !this.protector) throw failure('cosem.pushCiphered', {});
    const plain = this.protector ? this.opened(this.protector, whole) : whole;
    if (isCiphered && plain[0] === SLASH) return { kind: 'text', readings: [], text: plain };
    return pushOf(isCiphered ? this.deciphered(plain) : decodePush(plain), this.language);
  }

  /** A counter that went back: recorded long ago, or the meter counts anew. Only a person can know which. */
  private opened(protector: Protector, apdu: Uint8Array): Uint8Array {
    try {
      return protector.unprotect(apdu);
    } catch (thrown) {
      if (!this.isGenuine(apdu)) throw thrown;
      throw failure('cosem.pushCounterBack', {}, undefined, { cause: thrown });
    }
  }

  /** Whether nothing but the counter speaks against it. */
  private isGenuine(apdu: Uint8Array): boolean {
    const { options } = this;
    if (options.security === 'none') return false;
    try {
      const plain = new Protector(options, options.security).unprotect(apdu);
      return isNotification(plain) || plain[0] === SLASH;
    } catch {
      return false;
    }
  }

  /** Without an authentication tag a wrong key shows only in what comes of it: octets that are no notification. */
  private deciphered(plain: Uint8Array): Notification | DescribedPush {
    if (!isNotification(plain)) throw failure('cosem.pushUndeciphered', {});
    try {
      return decodePush(plain);
    } catch (thrown) {
      const error = asReadError(thrown);
      throw this.isProven || error.code !== 'BAD_VALUE'
        ? error
        : failure('cosem.pushUndeciphered', {}, undefined, { cause: error });
    }
  }

  /** What comes next does not follow. */
  cut(): void {
    this.parts = [];
    this.octets = 0;
  }

  /** Nobody asks for a lost block of a push again: a gap ends the message. */
  private joined(apdu: Uint8Array): Uint8Array | undefined {
    const block = decodeGeneralBlock(apdu);
    if (block.block === 1) this.cut();
    if (block.block !== this.parts.length + 1) {
      this.cut();
      throw failure('cosem.pushBlockAlone', { block: block.block });
    }
    this.octets += block.data.length;
    if (this.octets > MAX_OCTETS) {
      this.cut();
      throw failure('cosem.pushTooLong', { octets: MAX_OCTETS });
    }
    this.parts.push(block.data);
    if (!block.isLast) return undefined;
    const whole = concatBytes(...this.parts);
    this.cut();
    return whole;
  }
}

/** The readings of a notification; BAD_VALUE where it cannot be understood. */
export function pushOf(notification: Notification | DescribedPush, language: Language): Push {
  switch (notification.kind) {
    case 'described':
      return { kind: 'data', ...sentAt(notification.time), readings: describedReadings(notification, language) };
    case 'data':
      return { kind: 'data', ...sentAt(notification.time), readings: readingsOf(notification.body, language) };
    case 'event':
      return {
        kind: 'event',
        ...sentAt(notification.time),
        readings: [attributeReading(notification, notification.body, undefined, language)],
      };
    case 'report':
      return {
        kind: 'report',
        readings: notification.values.map((value, i) => ({
          name: shortName(notification.names[i]),
          id: shortName(notification.names[i]),
          value: plainValue(value),
        })),
      };
  }
}

function decodePush(apdu: Uint8Array): Notification | DescribedPush {
  return decodeDescribed(apdu) ?? decodeNotification(apdu);
}

/** A time that is open, all zero or impossible says nothing, and takes nothing from the readings. */
function sentAt(octets: Uint8Array | undefined): { readonly at?: string } {
  const time = octets?.length === 12 ? timeOf({ type: 'date-time', value: octets }) : undefined;
  const at = time && isoOf(time);
  return at ? { at } : {};
}

const shortName = (name: number | undefined): string => `SN ${(name ?? 0).toString(16).padStart(4, '0').toUpperCase()}`;
/** glo- and ded-event-notification, general-glo, general-ded, general-ciphering, general-signing. */
const CIPHERED: ReadonlySet<number> = new Set([0xca, 0xd2, 0xdb, 0xdc, 0xdd, 0xdf]);
/** How a telegram of IEC 62056-21 begins. */
const SLASH = 0x2f;
/** Of one message in blocks: 256 meters may be sending one at the same time. */
const MAX_OCTETS = 1 << 18;
