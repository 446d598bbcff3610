// Work by text message where MQTT does not reach the modem: tried once, noted before the first text leaves.
import { failure, phrase, type Phrase, ReadError } from '../../wire/errors';
import { masked, parameterOf } from '../config/parameters';
import type { RollbackStep } from '../sms/sms-fallback';
import { textCommands, unreached, whyNotAsTexts, type TextWay } from './by-text';
import { SMS_LIFE_FACTOR, type ModemJob } from './modem-job';
import { phraseOf, type WorkOutcome } from './outcome';
import { proofOfLife } from './reboot';

/** An outcome where the work ended by text, or could not; undefined: it goes on over MQTT. */
export async function workByText(job: ModemJob): Promise<WorkOutcome | undefined> {
  const { channel, order, host, journal } = job;
  const isBegun = journal.before !== undefined || journal.isRebootSent === true || (journal.commandsSent ?? 0) > 0;
  const isFit = order.mode === 'apply' || order.mode === 'commands';
  if (!host.text || isBegun || journal.isTexted === true || !isFit) return undefined;
  const reachFailure = await unreached(channel, host.text.afterMs, host.signal);
  job.stopIfAborted();
  if (!reachFailure) return undefined;
  const silent = (why: Phrase | ReadError): WorkOutcome => notByText(job, reachFailure, why);
  const names = [...order.desired.keys()].filter((name) => parameterOf(name).isDangerous);
  if (order.mode === 'apply' && !order.isConfirmed && names.length > 0)
    return silent(phrase('fleet.unconfirmedText', { names }));
  const commands = textCommands(order);
  const unfit = whyNotAsTexts(commands);
  if (unfit) return silent(unfit);
  return sendTexts(job, host.text, commands, silent);
}

async function sendTexts(
  job: ModemJob,
  text: TextWay,
  commands: readonly string[],
  silent: (why: Phrase | ReadError) => WorkOutcome,
): Promise<WorkOutcome | undefined> {
  await job.note({ isTexted: true });
  job.isTouched = true;
  const { ok, steps } = await text.send(job.channel.imei, commands);
  for (const { command, state, error } of steps)
    job.host.audit({ command: `SMS ${command}`, result: state, ...(error && { why: phraseOf(error) }) });
  const last = steps.at(-1);
  if (steps.length <= 1 && last?.state === 'not-sent') {
    await job.note({ isTexted: false });
    job.isTouched = false;
    return silent(last.error ?? phrase('fleet.notTexted', {}));
  }
  if (ok === false) return job.told('failed', brokenOff(last), { way: 'sms' });
  return afterTexts(job, ok);
}

/** The texts are on their way; the modem coming back proves that they worked. */
async function afterTexts(job: ModemJob, ok: boolean | null): Promise<WorkOutcome | undefined> {
  const { channel, order, host } = job;
  if (order.mode === 'commands' && !order.isReboot)
    return ok
      ? job.told('done', undefined, { way: 'sms' })
      : job.told('unknown', failure('fleet.textUnanswered', {}), { way: 'sms' });
  const life = await proofOfLife(channel, channel.clock.now(), SMS_LIFE_FACTOR * order.lifeMs, host.signal);
  job.stopIfAborted();
  if (order.mode === 'commands')
    return life.isAlive
      ? job.told('done', undefined, { way: 'sms', rebooted: true })
      : job.told('unknown', failure('fleet.textRebootNotBack', {}), { way: 'sms' });
  return life.isAlive ? undefined : job.told('silent', failure('fleet.textNotBack', {}), { way: 'sms' });
}

function notByText(job: ModemJob, reachFailure: ReadError, why: Phrase | ReadError): WorkOutcome {
  const because = why instanceof ReadError ? phraseOf(why) : why;
  const told = phrase('fleet.notByText', { failure: phraseOf(reachFailure), why: because });
  return job.told('silent', told, { code: reachFailure.code });
}

function brokenOff(last: RollbackStep | undefined): ReadError {
  const command = masked(last?.command ?? '');
  if (last?.state === 'refused') return failure('fleet.refusedText', { command });
  return failure('fleet.unsentText', {
    command,
    why: last?.error ? phraseOf(last.error) : phrase('fleet.notTexted', {}),
  });
}
