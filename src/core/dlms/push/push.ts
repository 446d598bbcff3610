// What a meter sends by itself (Green Book 9.4.6.9 to 9.4.6.12): general blocks joined, protection opened, and the body as
// readings - as far as the body itself says what its values are.
import { concatBytes } from '../../wire/bytes';
import { ReadError } from '../../wire/errors';
import type { Reading, Value } from '../../meter/reading';
import type { Data } from '../apdu/axdr';
import { checkOptions } from '../security/check-options';
import { isScaled } from '../model/cosem-classes';
import { logicalNameOf, meaningOf, plainValue, scaledMeaning, scalerUnitOf, timeOf } from '../model/cosem';
import { decodeDateTime, isoOf } from '../model/date-time';
import { obisName } from '../model/obis';
import { obisText } from '../../meter/obis';
import type { Language } from '../model/obis-names';
import type { AssociationOptions } from '../security/options';
import { Protector } from '../security/protection';
import { decodeGeneralBlock } from '../apdu/block';
import { decodeNotification, isNotification, type EventNotification, type Notification } from '../apdu/notification';
import { TAG, tagOf } from '../apdu/tags';

export interface Push {
  readonly kind: Notification['kind'];
  /** The meter's time of sending, if it says one. */
  readonly at?: string;
  readonly readings: readonly Reading[];
}

/** Whether a meter sends this unasked: notifications, plain or ciphered (glo-, ded-event-notification, the general envelopes), and general blocks. */
export function isPush(apdu: Uint8Array): boolean {
  return isNotification(apdu) || CIPHERED.has(tagOf(apdu)) || tagOf(apdu) === TAG.generalBlock;
}

/** Collects the APDUs that one meter pushes; blocks of one message belong together until the last. */
export class PushCollector {
  private parts: Uint8Array[] = [];
  private octets = 0;
  private readonly protector: Protector | undefined;

  constructor(
    options: AssociationOptions,
    private readonly language: Language,
  ) {
    checkOptions(options);
    this.protector = options.security === 'none' ? undefined : new Protector(options, options.security);
  }

  /** The push that this APDU completes, or undefined while blocks are missing. */
  take(apdu: Uint8Array): Push | undefined {
    const whole = tagOf(apdu) === TAG.generalBlock ? this.joined(apdu) : apdu;
    if (whole && !this.protector && CIPHERED.has(tagOf(whole)))
      throw new ReadError(
        'SECURITY_FAILED',
        'the meter sends ciphered notifications; choose the security and enter its keys',
      );
    return whole && pushOf(decodeNotification(this.protector ? this.protector.unprotect(whole) : whole), this.language);
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
      throw new ReadError(
        'BAD_FRAME',
        `block ${block.block} of a notification came without the ones before it; the notification is lost`,
      );
    }
    this.octets += block.data.length;
    if (this.octets > MAX_OCTETS) {
      this.cut();
      throw new ReadError(
        'BAD_FRAME',
        `the blocks of a notification exceed ${MAX_OCTETS} octets; the notification is lost`,
      );
    }
    this.parts.push(block.data);
    if (!block.isLast) return undefined;
    const whole = concatBytes(...this.parts);
    this.cut();
    return whole;
  }
}

export function pushOf(notification: Notification, language: Language): Push {
  switch (notification.kind) {
    case 'data': {
      const at = notification.time && sentAt(notification.time);
      return { kind: 'data', ...(at && { at }), readings: readingsOf(notification.body, language) };
    }
    case 'event': {
      const at = notification.time && sentAt(notification.time);
      return { kind: 'event', ...(at && { at }), readings: [eventReading(notification, language)] };
    }
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

/** The number of a register comes without its scaler, so it is told raw only. */
function eventReading({ classId, instance, attribute, body }: EventNotification, language: Language): Reading {
  const { value, ...rest } = meaningOf(classId, attribute, body, undefined);
  if (!isScaled({ classId, attribute }) || !isNumber(body)) return { ...head(instance, language), value, ...rest };
  return {
    ...head(instance, language),
    raw: String(value),
    error: {
      code: 'BAD_VALUE',
      message:
        'the event tells no scaler and unit of this register, so its number has no sure meaning; read the register',
    },
  };
}

/**
 * A body names its values itself in two common ways: entries {code, value[, scaler_unit]}, or codes and values in turn.
 * Everything else is the value list of the meter's push set-up, numbered, for only that set-up says what they are.
 */
function readingsOf(body: Data, language: Language): readonly Reading[] {
  const items =
    body.type === 'structure' || body.type === 'array' || body.type === 'compact-array' ? body.value : [body];
  const readings: Reading[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const next = items[i + 1];
    if (!item) continue;
    const own = entryReading(item, language);
    const name = logicalNameOf(item);
    if (own) readings.push(own);
    else if (name && next && !logicalNameOf(next)) {
      readings.push({ ...head(name, language), value: valueOf(next) });
      i++;
    } else readings.push({ name: String(i + 1), id: String(i + 1), value: valueOf(item) });
  }
  return readings;
}

function entryReading(item: Data, language: Language): Reading | undefined {
  if (item.type !== 'structure' || item.value.length < 2 || item.value.length > 3) return undefined;
  const [first, value, scale] = item.value;
  const name = logicalNameOf(first);
  if (!name || !value) return undefined;
  const scalerUnit = scale && scalerUnitOf(scale);
  return scalerUnit
    ? { ...head(name, language), ...scaledMeaning(value, scalerUnit) }
    : { ...head(name, language), value: valueOf(value) };
}

/** Twelve octets that are a possible time are one: nothing else in a push has that length and its field ranges. */
function valueOf(data: Data): Value {
  const time = data.type === 'octet-string' && data.value.length === 12 ? timeOf(data) : undefined;
  return (time && isoOf(time)) ?? plainValue(data);
}

function sentAt(octets: Uint8Array): string | undefined {
  return octets.length === 12 ? (isoOf(decodeDateTime(octets)) ?? undefined) : undefined;
}

const isNumber = ({ value }: Data): boolean => typeof value === 'number' || typeof value === 'bigint';
const head = (name: Uint8Array, language: Language): { readonly name: string; readonly id: string } => ({
  name: obisName(name, language) ?? obisText(name),
  id: obisText(name),
});
const shortName = (name: number | undefined): string => `SN ${(name ?? 0).toString(16).padStart(4, '0').toUpperCase()}`;
/** glo- and ded-event-notification, general-glo, general-ded, general-ciphering, general-signing. */
const CIPHERED: ReadonlySet<number> = new Set([0xca, 0xd2, 0xdb, 0xdc, 0xdd, 0xdf]);
/** Of one message in blocks: 256 meters may be sending one at the same time. */
const MAX_OCTETS = 1 << 18;
