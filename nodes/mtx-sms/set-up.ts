// From settings to a dispatch with its way out: a gateway modem's AT lane, or a message for a provider.
import type { Node } from 'node-red';
import {
  atJob,
  gatewayCommand,
  HourLimit,
  parseSenders,
  PhoneBook,
  ReadError,
  SmsDispatch,
  systemClock,
  asReadError,
  failure,
  type Carry,
  type Phrase,
  type OutgoingSms,
} from '../../src/core/index';
import type { ModemNode } from '../shared/palette';
import type { SmsSettings } from './messages';

export function smsDispatch(
  node: Node,
  settings: SmsSettings,
  carry: Carry,
  warn: (what: Phrase) => void,
): SmsDispatch {
  const book = new PhoneBook(settings.countryCode, settings.phones);
  const own = book.phoneOf(settings.gateway);
  return new SmsDispatch({
    clock: systemClock,
    book,
    limit: keptLimit(node, settings.perHour),
    senders: settings.sender === '' && own !== undefined ? [own] : parseSenders(settings.sender, book),
    timeoutMs: settings.timeoutMs,
    isAnswerAwaited: settings.isAnswerAwaited,
    carry,
    warn,
  });
}

/**
 * The limit with what an earlier life sent. By callback: a store that is not cached knows no other way, and may answer
 * late.
 */
function keptLimit(node: Node, perHour: number): HourLimit {
  const context = node.context() as unknown as AsyncContext;
  const tell = (error: Error | null | undefined): void => void (error && node.warn(asReadError(error).detail));
  const limit = new HourLimit(systemClock, perHour, [], (moments) => context.set(SENT_AT, [...moments], tell));
  context.get(SENT_AT, (error, stored) =>
    error ? tell(error) : limit.remember(Array.isArray(stored) ? stored.map(Number) : []),
  );
  return limit;
}

/** Node-RED's own form, which its types tell only in part. */
interface AsyncContext {
  get(key: string, done: (error: Error | null | undefined, value?: unknown) => void): void;
  set(key: string, value: unknown, done: (error?: Error | null) => void): void;
}

/** Hands the text to the flow. Whether a provider then sends it is the flow's business. */
export function providerCarry(emit: (payload: OutgoingSms) => void): Carry {
  return async (sms) => {
    emit(sms);
    return 'sent';
  };
}

/** Through a modem that is on line: one try, for a text may be out although the gateway's reply was lost. */
export function gatewayCarry(modemNode: ModemNode | ReadError, gateway: string): Carry {
  return async (sms, signal) => {
    if (modemNode instanceof ReadError) throw modemNode;
    const command = gatewayCommand(sms.to, sms.text);
    if (sms.imei === gateway) throw failure('fleet.gatewayItself', {}, 'configure');
    const modem = modemNode.acquire(gateway);
    const job = atJob(command, { timeoutMs: SEND_MS, isCrAppended: modemNode.profile.isCrAppended });
    let hasBegun = false;
    try {
      const { value } = await modem.at.run({
        ...job,
        label: `SMS to ${sms.imei}`,
        queueMs: QUEUE_MS,
        ...(signal && { signal }),
        start: (memory) => {
          hasBegun = true;
          return job.start(memory);
        },
      });
      if (!value.isOk) throw failure('fleet.gatewayRefused', { gateway, result: value.result }, 'publish');
      return 'sent';
    } catch (thrown) {
      const error = asReadError(thrown, 'publish');
      if (!hasBegun || error.code === 'AT_ERROR') throw error;
      return 'unsure';
    } finally {
      modemNode.release(gateway);
    }
  };
}

const SENT_AT = 'smsSentAt';
const QUEUE_MS = 60_000;
/** A module needs up to a minute to hand a text to the network. */
const SEND_MS = 60_000;
