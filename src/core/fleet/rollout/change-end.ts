// The end of a change: reboot, proof of life, the values read again; and for a modem that does not come back its old
// values by SMS.
import { asReadError, failure, phrase } from '../../wire/errors';
import { driftOf, isSameValue } from '../config/desired';
import { readParameter } from './config-read';
import { SMS_LIFE_FACTOR, type ModemJob } from './modem-job';
import type { WorkOutcome } from './outcome';
import type { Phrase } from '../../wire/errors';
import { proofOfLife, reboot } from './reboot';
import { rollbackTexts } from './rollback-texts';

export async function finishChange(job: ModemJob): Promise<WorkOutcome> {
  const { channel, order, host, journal } = job;
  if (order.hasReboot && journal.isRebootSent !== true) return rebootAndVerify(job);
  if (journal.isRebootSent !== true) return verified(job, { rebooted: false });
  const since = channel.clock.now() - RESUMED_MS;
  const life = await proofOfLife(channel, since, order.lifeMs + RESUMED_MS, host.signal);
  job.stopIfAborted();
  return life.isAlive ? verified(job, { rebooted: null }, phrase('fleet.rebootInterrupted', {})) : lostModem(job);
}

async function rebootAndVerify(job: ModemJob): Promise<WorkOutcome> {
  const { channel, order, host } = job;
  await job.note({ isRebootSent: true });
  const tell = (command: string, result: string): void => host.audit({ command, result });
  const back = await reboot(channel, order.rebootCommands, order.lifeMs, host.signal, tell);
  job.stopIfAborted();
  if (back.isRefused) return verified(job, { rebooted: false }, phrase('fleet.rebootRefused', {}));
  if (!back.isAlive) return lostModem(job);
  if (back.hasGap) return verified(job, { rebooted: true });
  return verified(job, { rebooted: false }, phrase('fleet.notGone', {}));
}

/** Reads again what was changed, now that it acts. */
async function verified(job: ModemJob, facts: Partial<WorkOutcome>, why?: Phrase): Promise<WorkOutcome> {
  const { channel, order, journal } = job;
  const names = Object.keys(journal.before ?? {}).filter((name) => order.desired.has(name));
  try {
    const reported = new Map<string, string | null>();
    for (const name of names) {
      const value = await readParameter(channel, name);
      if (value !== undefined) reported.set(name.toLowerCase(), value);
    }
    job.drift = driftOf(order.desired, reported, channel.imei).filter(({ name }) => names.includes(name));
  } catch (thrown) {
    const error = asReadError(thrown);
    if (error.code !== 'NO_REPLY') throw error;
    return job.told('changed', phrase('fleet.noReadBack', {}), { ...facts, changes: job.changes() });
  }
  const wrong = job.drift.filter(({ state }) => state !== 'same').map(({ name }) => name);
  if (wrong.length > 0)
    return job.told('failed', failure('fleet.wrongAfterwards', { names: wrong }), { changes: job.changes() });
  return job.told(journal.isRestoring === true ? 'rolledBack' : 'changed', why, { ...facts, changes: job.changes() });
}

/** It does not come back after the change. */
export async function lostModem(job: ModemJob): Promise<WorkOutcome> {
  const { channel, order, host } = job;
  const before = job.journal.before ?? {};
  const texts = rollbackTexts(before, false);
  const masked = rollbackTexts(before, true);
  const facts = { changes: job.changes(), sms: masked };
  if (texts.length === 0) return job.told('lost', failure('fleet.lostSafe', {}), facts);
  const isSent = host.rollbackBySms ? await host.rollbackBySms(channel.imei, texts) : false;
  const shown = phrase('fleet.said', { text: masked.join(' | ') });
  host.audit({ command: 'SMS', result: isSent ? 'sent' : 'not sent', why: shown });
  if (!isSent) return job.told('lost', failure('fleet.lostTexts', { texts: masked.join(' | ') }), facts);
  const life = await proofOfLife(channel, channel.clock.now(), SMS_LIFE_FACTOR * order.lifeMs, host.signal);
  return life.isAlive ? restoredBySms(job, before) : job.told('lost', failure('fleet.lostSent', {}), facts);
}

/** The lifeline came back by SMS; the rest goes back over MQTT. */
async function restoredBySms(job: ModemJob, before: Readonly<Record<string, string | null>>): Promise<WorkOutcome> {
  const changes = job.changes();
  for (const [name, old] of Object.entries(before)) {
    const now = await readParameter(job.channel, name);
    if (typeof now === 'string' && isSameValue(name, old ?? '', now, job.channel.imei)) continue;
    const { isOk } = await job.set(name, now ?? null, old ?? '', phrase('fleet.setBack', {}));
    if (!isOk) return job.told('failed', failure('fleet.refusesOld', { name }), { changes });
  }
  return job.told('rolledBack', failure('fleet.restoredBySms', {}), { changes });
}

/** The reboot was sent at least so long ago: an answer does not have to be waited for as if it were just now. */
const RESUMED_MS = 20_000;
