// AT commands as jobs of one modem's AT lane, or by text message where MQTT does not reach it. Law: a command may have
// been carried out although its reply was lost, so it is sent once; what is about to be sent is noted before.
import type { AtReply } from '../../at/at';
import { QUEUE_MS, type Done, type JobProgress } from '../../transport/lane/job';
import { atJob } from '../../transport/modem/at-job';
import type { Modem } from '../../transport/modem/modem';
import { ReadError } from '../../wire/errors';
import type { FleetPorts } from '../rollout/fleet-ports';
import type { SmsRequest } from '../sms/sms-dispatch';
import { commandBySms, commandWithFallback, type CommandOutcome } from '../sms/sms-fallback';
import { smsOfCommand } from '../sms/sms-text';
import { answerByMqtt, answerBySms, type CommandAnswer, type CommandOrder } from './command-order';

export interface CommandHost {
  readonly signal: AbortSignal;
  /** Who asks, as answers by text message name it. */
  readonly asker: string;
  /** How far the job is, and that a command goes by text. */
  onProgress(progress: JobProgress): void;
  onBySms(): void;
  answer(answer: CommandAnswer): void;
  /** Resolves when it is kept that `count` of the commands may have been sent to this modem. */
  sending?(imei: string, count: number): Promise<void>;
}

/** The commands in order; ends after a refusal (ERROR). Silence throws. */
export async function commandModem(
  ports: FleetPorts,
  imei: string,
  order: CommandOrder,
  host: CommandHost,
): Promise<void> {
  const modem = ports.acquire(imei);
  try {
    let isBySms = false;
    for (const [index, command] of order.commands.entries()) {
      await host.sending?.(imei, index + 1);
      const outcome = await sendOne(ports, modem, order, command, isBySms, host);
      isBySms = outcome.way === 'sms';
      const answer =
        outcome.way === 'sms'
          ? answerBySms(imei, command, outcome.answer)
          : answerByMqtt(imei, command, outcome.reply.value, outcome.reply.link.ms);
      host.answer(answer);
      if (answer.ok === false) return;
    }
  } finally {
    ports.release(imei);
  }
}

/** Once out of reach, the rest follows the same way (`isBySms`), so that the order stays. */
async function sendOne(
  ports: FleetPorts,
  modem: Modem,
  order: CommandOrder,
  command: string,
  isBySms: boolean,
  host: CommandHost,
): Promise<CommandOutcome> {
  const { smsAfterMs, isConfirmed } = order;
  const { signal, asker } = host;
  const { imei } = modem;
  const byMqtt = (text: string, queueMs: number): Promise<Done<AtReply>> =>
    onLane(modem, text, order.timeoutMs, queueMs, host);
  if (smsAfterMs === undefined) return { way: 'mqtt', reply: await byMqtt(command, QUEUE_MS) };
  const sms = { ask: async (request: SmsRequest) => wayByText(ports).ask(request) };
  if (isBySms) {
    const request: SmsRequest = { imei, sms: smsOfCommand(command), isConfirmed, signal, asker };
    return { way: 'sms', answer: await commandBySms(sms, request) };
  }
  return commandWithFallback({
    clock: ports.clock,
    imei,
    command,
    smsAfterMs,
    isConfirmed,
    signal,
    asker,
    byMqtt,
    sms,
    onState: (state) => state === 'sms' && host.onBySms(),
  });
}

function wayByText(ports: FleetPorts): Exclude<ReturnType<FleetPorts['sms']>, ReadError> {
  const found = ports.sms();
  if (found instanceof ReadError) throw found;
  return found;
}

function onLane(
  modem: Modem,
  command: string,
  timeoutMs: number,
  queueMs: number,
  { signal, onProgress }: CommandHost,
): Promise<Done<AtReply>> {
  return modem.at.run({
    ...atJob(command, { timeoutMs, isCrAppended: modem.profile.isCrAppended }),
    queueMs,
    signal,
    onProgress,
  });
}
