// By text what MQTT could not deliver: never both at once, and never twice what may not happen twice. The platform
// cannot see a lost command, only a missing reply, so a command goes by text in two cases: it never left for MQTT, or
// doing it a second time changes nothing. What must not be doubled is therefore published only to a modem that has just
// answered `AT`; once published, a missing reply stays a missing reply.
import type { AtReply } from '../../at/at';
import type { Clock } from '../../transport/lane/clock';
import type { Done } from '../../transport/lane/job';
import {
  asReadError,
  errorBecause,
  failure as failureOf,
  phrase,
  type Phrase,
  type ReadError,
} from '../../wire/errors';
import type { SmsDispatch, SmsRequest } from './sms-dispatch';
import type { SmsAnswer } from './sms-exchange';
import { smsOfCommand, type SmsText } from './sms-text';

/** Where a command is: told at each change. */
export type FallbackState = 'mqtt' | 'not-delivered' | 'sms' | 'answered' | 'unknown';

export type CommandOutcome =
  { readonly way: 'mqtt'; readonly reply: Done<AtReply> } | { readonly way: 'sms'; readonly answer: SmsAnswer };

export interface FallbackOptions {
  readonly clock: Clock;
  readonly imei: string;
  readonly command: string;
  /** How long MQTT is tried. */
  readonly smsAfterMs: number;
  readonly sms: Pick<SmsDispatch, 'ask'>;
  /** The user's word for dangerous commands; it holds for both ways. */
  readonly isConfirmed: boolean;
  readonly asker?: string;
  readonly signal: AbortSignal;
  /** One try by MQTT: a job of the modem's AT lane that waits for its turn for `queueMs` at most. */
  byMqtt(command: string, queueMs: number): Promise<Done<AtReply>>;
  onState?(state: FallbackState): void;
}

/**
 * The reply by MQTT, or else the answer by text; throws the error of MQTT where a text is not allowed or not possible.
 */
export async function commandWithFallback(options: FallbackOptions): Promise<CommandOutcome> {
  const { command, imei, signal, isConfirmed, asker } = options;
  options.onState?.('mqtt');
  const reached = await reach(options);
  if ('reply' in reached) {
    options.onState?.('answered');
    return { way: 'mqtt', reply: reached.reply };
  }
  const { failure } = reached;
  const refusal = whyNotBySms({ command, ...reached });
  if (refusal) throw refusal;
  options.onState?.('not-delivered');
  return {
    way: 'sms',
    answer: await commandBySms(
      options.sms,
      { imei, sms: carriable(command, failure), isConfirmed, signal, ...(asker !== undefined && { asker }) },
      failure,
      options.onState,
    ),
  };
}

/** One command by text. An answer that does not come is OUTCOME_UNKNOWN. */
export async function commandBySms(
  sms: Pick<SmsDispatch, 'ask'>,
  request: SmsRequest,
  failure?: ReadError,
  onState?: (state: FallbackState) => void,
): Promise<SmsAnswer> {
  onState?.('sms');
  try {
    const outcome = await sms.ask(request);
    if (outcome.state === 'answered') {
      onState?.('answered');
      return outcome.answer;
    }
    throw failureOf('fleet.textNotAwaited', {}, 'read');
  } catch (thrown) {
    const error = asReadError(thrown);
    if (error.code === 'OUTCOME_UNKNOWN') onState?.('unknown');
    if (failure === undefined || error.code === 'OUTCOME_UNKNOWN' || error.code === 'CANCELLED') throw error;
    throw andMore(failure, phrase('fleet.andNotByText', { failure, why: error }));
  }
}

/**
 * Doing it twice changes nothing: queries and SETPARAM, which sets what it says. SETIO, RS232, SMS, REBOOT and EXECUTE
 * do something each time; what is not known here counts as doing something.
 */
export function isRepeatable(command: string): boolean {
  const bare = command.replace(/\s+/g, '').toUpperCase();
  return (
    QUERIES.test(bare) || /^AT\^MTXTUNNEL=(VERSION|GETPARAM,.+|GETCONFIG|GETIOS|GETMODBUS,.+|SETPARAM,.+)$/.test(bare)
  );
}

/** The decision: undefined = by text; else the error to tell. */
export function whyNotBySms(facts: {
  readonly command: string;
  readonly failure: ReadError;
  readonly isPublished: boolean;
}): ReadError | undefined {
  const { command, failure, isPublished } = facts;
  if (!UNDELIVERED.has(failure.code)) return failure;
  if (isPublished && !isRepeatable(command)) return andMore(failure, phrase('fleet.notSentAgain', { failure }));
  return undefined;
}

/**
 * The way back for a change that cut a modem off: commands by text, one after the other, each waiting for its answer.
 * A refusal, or a text that could not be sent, ends it; silence does not, for the next one (a reboot) makes what was
 * heard effective. Only the modem coming back proves that it worked.
 */
export async function rollbackBySms(
  sms: Pick<SmsDispatch, 'ask'>,
  imei: string,
  commands: readonly string[],
  signal?: AbortSignal,
): Promise<Rollback> {
  const steps: RollbackStep[] = [];
  for (const command of commands) {
    const step = await rollbackStep(sms, imei, command, signal);
    steps.push(step);
    if (step.state === 'refused' || step.state === 'not-sent') break;
  }
  const isWhole = steps.length === commands.length && steps.every(({ state }) => state === 'done');
  const isBroken = steps.some(({ state }) => state === 'refused' || state === 'not-sent');
  return { imei, ok: isWhole ? true : isBroken ? false : null, steps };
}

export interface Rollback {
  readonly imei: string;
  /** null: all was sent, and not all of it was answered. */
  readonly ok: boolean | null;
  readonly steps: readonly RollbackStep[];
}

export interface RollbackStep {
  readonly command: string;
  readonly state: 'done' | 'refused' | 'unknown' | 'not-sent';
  readonly answer?: SmsAnswer;
  readonly error?: ReadError;
}

async function rollbackStep(
  sms: Pick<SmsDispatch, 'ask'>,
  imei: string,
  command: string,
  signal: AbortSignal | undefined,
): Promise<RollbackStep> {
  try {
    const answer = await commandBySms(sms, {
      imei,
      sms: smsOfCommand(command),
      isConfirmed: true,
      ...(signal && { signal }),
    });
    return { command, state: answer.ok === null ? 'unknown' : answer.ok ? 'done' : 'refused', answer };
  } catch (thrown) {
    const error = asReadError(thrown);
    return { command, state: error.code === 'OUTCOME_UNKNOWN' ? 'unknown' : 'not-sent', error };
  }
}

type Reached = { readonly reply: Done<AtReply> } | { readonly failure: ReadError; readonly isPublished: boolean };

/**
 * Tries by MQTT until the time is up, and begins no try after that. What must not be doubled is published once at most.
 */
async function reach(options: FallbackOptions): Promise<Reached> {
  const { clock, command, smsAfterMs, signal, byMqtt } = options;
  const isSafe = isRepeatable(command);
  const end = clock.now() + smsAfterMs;
  for (;;) {
    try {
      const reply = await byMqtt(isSafe ? command : PROBE, Math.max(1, end - clock.now()));
      if (isSafe) return { reply };
      break;
    } catch (thrown) {
      const failure = asReadError(thrown);
      if (signal.aborted || !UNDELIVERED.has(failure.code)) return { failure, isPublished: isSafe };
      await clock.sleep(Math.min(PAUSE_MS, Math.max(0, end - clock.now())), signal);
      if (signal.aborted) return { failure: failureOf('fleet.cancelledBeforeText', {}, 'queue'), isPublished: isSafe };
      if (clock.now() >= end) return { failure, isPublished: isSafe };
    }
  }
  return byMqtt(command, PROBED_QUEUE_MS).then(
    (reply) => ({ reply }),
    (thrown: unknown) => ({ failure: asReadError(thrown), isPublished: true }),
  );
}

function carriable(command: string, failure: ReadError): SmsText {
  try {
    return smsOfCommand(command);
  } catch (thrown) {
    throw andMore(failure, phrase('fleet.andNotByText', { failure, why: asReadError(thrown) }));
  }
}

/** The same failure, with what came on top of it. */
function andMore(failure: ReadError, because: Phrase): ReadError {
  return errorBecause(failure.code, because, failure.stage ?? 'read', { cause: failure });
}

/**
 * Failures of the way to the modem. A refused login or topic is the platform's own: texts to the whole fleet would not
 * mend it.
 */
const UNDELIVERED: ReadonlySet<string> = new Set([
  'NO_REPLY',
  'BROKER_OFFLINE',
  'BROKER_UNREACHABLE',
  'QUEUE_TIMEOUT',
  'PUBLISH_FAILED',
]);
const QUERIES = /^AT(I\d?|[+^]C?[A-Z]+\?|\+CSQ|\+CGSN|\+CGMR|\+CGMM|\+CGMI|\+CIMI|\+CCID|\^SMONI|\^SCID)?$/;
const PROBE = 'AT';
/** A modem that just reconnects is back within its longest back-off. */
const PAUSE_MS = 30_000;
const PROBED_QUEUE_MS = 60_000;
