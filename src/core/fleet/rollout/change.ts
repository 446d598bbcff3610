// A change of a modem's configuration: the harmless first, each read back; then the reboot that makes it act.
import { asReadError, failure, type ReadError } from '../../wire/errors';
import { isSameValue, type Reported } from '../config/desired';
import { SET_PARAMETER } from '../config/parameter-commands';
import { parameterOf, riskOf, shownValue } from '../config/parameters';
import { phrase } from '../../wire/errors';
import { finishChange, lostModem } from './change-end';
import { readParameter } from './config-read';
import type { ModemJob } from './modem-job';
import { phraseOf, type WorkOutcome } from './outcome';
import { proofOfLife } from './reboot';

export async function applyChange(job: ModemJob, reported: Reported): Promise<WorkOutcome> {
  const named = (states: readonly string[]): readonly string[] =>
    (job.drift ?? []).filter(({ state }) => states.includes(state)).map(({ name }) => name);
  const unread = named(['unread']);
  if (unread.length > 0) return job.told('failed', failure('fleet.answerUnclear', { names: unread }));
  const todo = named(['differs', 'missing']);
  const dangerous = todo.filter((name) => parameterOf(name).isDangerous);
  if (dangerous.length > 0 && !job.order.isConfirmed)
    return job.told('failed', failure('fleet.unconfirmed', { names: dangerous }));
  if (todo.length === 0 && job.journal.before === undefined)
    return job.journal.isTexted === true
      ? job.told('changed', phrase('fleet.textReadBack', {}), { way: 'sms' })
      : job.told('same');
  // what an earlier attempt noted stands: by now the modem may hold new values already
  const before = Object.fromEntries(todo.map((name) => [name, reported.get(name.toLowerCase()) ?? null]));
  await job.note({ before: { ...before, ...job.journal.before } });
  for (const name of Object.keys(job.journal.before ?? {}))
    if (!todo.includes(name)) job.changed.set(name, job.order.desired.get(name) ?? '');
  for (const name of [...todo].sort((a, b) => riskOf(a) - riskOf(b))) {
    const outcome = await setOne(job, name);
    if (outcome) return outcome;
  }
  return finishChange(job);
}

/** Sets one parameter and reads it back; an outcome only where the work cannot go on. */
async function setOne(job: ModemJob, name: string): Promise<WorkOutcome | undefined> {
  const { channel, order, host } = job;
  const wanted = order.desired.get(name) ?? '';
  const from = job.journal.before?.[name] ?? null;
  const since = channel.clock.now();
  try {
    job.isTouched = true;
    const { isOk, result } = await job.set(name, from, wanted);
    if (!isOk) return await refused(job, name, failure('fleet.refusesToSet', { name, result }));
    job.changed.set(name, wanted);
    const now = await readParameter(channel, name);
    if (typeof now === 'string' && isSameValue(name, wanted, now, channel.imei)) return undefined;
    return await refused(job, name, readsWrong(name, now ?? null, wanted));
  } catch (thrown) {
    const error = asReadError(thrown);
    if (error.code !== 'NO_REPLY' || !parameterOf(name).isLifeline) throw error;
    // some firmware acts at once, and the answer was lost with the connection
    host.audit({ command: SET_PARAMETER, parameter: name, from, to: wanted, result: 'NO_REPLY' });
    job.changed.set(name, wanted);
    const life = await proofOfLife(channel, since, order.lifeMs, host.signal);
    job.stopIfAborted();
    return life.isAlive ? undefined : lostModem(job);
  }
}

function readsWrong(name: string, now: string | null, wanted: string): ReadError {
  const shown = shownValue(name, wanted) ?? '';
  return now === null
    ? failure('fleet.readsNothing', { name, wanted: shown })
    : failure('fleet.readsOther', { name, now: shownValue(name, now) ?? '', wanted: shown });
}

/** What was set already is set back: half a change is worse than none. */
async function refused(job: ModemJob, name: string, why: ReadError): Promise<WorkOutcome> {
  const stuck: string[] = [];
  for (const [set] of [...job.changed].reverse()) {
    const old = job.journal.before?.[set] ?? '';
    const { isOk } = await job.set(set, job.changed.get(set) ?? null, old, phrase('fleet.setBackAfter', { name }));
    if (!isOk && set !== name) stuck.push(set);
  }
  return job.told('failed', stuck.length > 0 ? failure('fleet.notSetBack', { why: phraseOf(why), names: stuck }) : why);
}
