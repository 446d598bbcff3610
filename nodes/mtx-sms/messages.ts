// What messages ask of mtx-sms: a text to a modem, a text that came in, phone numbers to learn; and the node's
// settings.
import {
  failure,
  parseAliases,
  parsePhoneLines,
  parseSmsText,
  phrase,
  ReadError,
  smsOfAlias,
  smsOfCommand,
  systemClock,
  validPhonesOf,
  type Aliases,
  type InboundSms,
  type PhoneBook,
  type PhoneEntry,
  type SmsRequest,
  type SmsText,
  type Value,
  parseImei,
  type Fields,
} from '../../src/core/index';
import type { ModemNode, Msg } from '../shared/palette';

export interface SmsSettings {
  readonly way: 'gateway' | 'provider';
  /** IMEI of the modem that sends; empty for a provider. */
  readonly gateway: string;
  readonly sender: string;
  readonly countryCode: string;
  readonly phones: readonly PhoneEntry[];
  readonly aliases: Aliases;
  readonly timeoutMs: number;
  readonly perHour: number;
  readonly isAnswerAwaited: boolean;
}

export function settingsOf(fields: Fields, modemNode: ModemNode | ReadError): SmsSettings {
  const way = fields.choice('way', ['gateway', 'provider'], 'provider');
  const ownImei = modemNode instanceof ReadError ? '' : modemNode.imei;
  const gateway = way === 'gateway' ? fields.text('gateway', ownImei) : '';
  if (way === 'gateway') {
    if (modemNode instanceof ReadError) throw modemNode;
    if (gateway === '') throw fields.wrong('gateway', phrase('fleet.noGateway', {}));
    parseImei(gateway);
  }
  return {
    way,
    gateway,
    sender: fields.text('sender'),
    countryCode: fields.text('countryCode'),
    phones: parsePhoneLines(fields.text('phones')),
    aliases: parseAliases(fields.text('aliases')),
    timeoutMs: fields.integer('timeout', { min: 1_000, max: 86_400_000, fallback: 120_000 }),
    perHour: fields.integer('perHour', { min: 1, max: 10_000, fallback: 20 }),
    isAnswerAwaited: fields.flag('awaitAnswer', true),
  };
}

export interface Inbound extends InboundSms {
  /** Tells a message that is delivered again from a new one. */
  readonly id?: string;
}

/** A text that came in: `msg.payload = { from, text, at }`; undefined for anything else. */
export function inboundOf(msg: Msg): Inbound | undefined {
  const payload = objectOf(msg.payload);
  if (payload?.['from'] === undefined) return undefined;
  const { from, text, at, id } = payload;
  if ((typeof from !== 'string' && typeof from !== 'number') || typeof text !== 'string')
    throw failure('fleet.inboundForm', {}, 'configure');
  const received = timeOf(at);
  const known = id === undefined ? (received === undefined ? undefined : `${received} ${text}`) : String(id);
  return {
    from: String(from).trim(),
    text,
    at: received ?? systemClock.date().toISOString(),
    ...(known !== undefined && { id: known }),
  };
}

/**
 * The modem a message is for: as the modem node says, or `msg.imei` alone where there is none (a provider needs none).
 */
export function imeiOf(msg: Msg, modemNode: ModemNode | ReadError): string | undefined {
  const wanted = msg['imei'];
  if (typeof wanted === 'string' || typeof wanted === 'number') return parseImei(String(wanted).trim());
  return modemNode instanceof ReadError || modemNode.imei === '' ? undefined : modemNode.imei;
}

export function requestOf(msg: Msg, imei: string | undefined, settings: SmsSettings, signal: AbortSignal): SmsRequest {
  if (imei === undefined) throw failure('fleet.noModemSaid', {}, 'configure');
  if (settings.way === 'gateway' && imei === settings.gateway) throw failure('fleet.gatewayItself', {}, 'configure');
  const phone = msg['phone'];
  if (phone !== undefined && typeof phone !== 'string' && typeof phone !== 'number')
    throw failure('fleet.phoneNotText', {}, 'configure');
  return {
    imei,
    sms: textOf(msg.payload, settings.aliases),
    isConfirmed: msg['confirm'] === true,
    signal,
    ...(phone !== undefined && phone !== '' && { phone: String(phone) }),
  };
}

/** Numbers by message: a list of `{ imei, phone, validPhones?, config? }`, or an object of numbers by IMEI. */
export function learnPhones(book: PhoneBook, modems: unknown): void {
  const list: unknown[] = Array.isArray(modems)
    ? (modems as unknown[])
    : Object.entries(objectOf(modems) ?? {}).map(([imei, phone]) => ({ imei, phone }));
  for (const [index, each] of list.entries()) {
    const row = objectOf(each);
    const { imei, phone, validPhones, config } = row ?? {};
    if (phone === undefined || imei === undefined || (validPhones !== undefined && !Array.isArray(validPhones)))
      throw failure('fleet.modemsEntry', { index: index + 1 }, 'configure');
    const told = objectOf(config);
    const valid =
      validPhones === undefined
        ? told && validPhonesOf(told as Record<string, Value>)
        : (validPhones as unknown[]).map(String);
    book.learn({
      imei: parseImei(String(imei).trim()),
      phone: String(phone),
      ...(valid !== undefined && { validPhones: valid }),
    });
  }
}

function textOf(payload: unknown, aliases: Aliases): SmsText {
  const fields = objectOf(payload);
  if (typeof fields?.['command'] === 'string') return smsOfCommand(fields['command']);
  if (typeof fields?.['alias'] === 'string') return smsOfAlias(fields['alias'], aliases);
  if (typeof payload !== 'string') throw failure('fleet.noSmsText', {}, 'configure');
  return parseSmsText(payload, aliases);
}

/** ISO text, ms or a Date as ISO; undefined when it is none. */
function timeOf(at: unknown): string | undefined {
  if (!(at instanceof Date) && typeof at !== 'string' && typeof at !== 'number') return undefined;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
