// The work on one modem: read, compare, set in a safe order with read-back, reboot, proof of life, read again. Laws:
// the old values are noted before the first one is changed; what may cut the modem off comes last and needs a
// confirmation; a reboot or another command that must not run twice is noted before it is sent and never sent again
// after a restart; a modem that does not come back gets its old values by SMS, or the texts are told; what MQTT cannot
// deliver goes by SMS where the user wants that (by-text.ts).
import { asReadError, failure, phrase, type ReadError } from '../../wire/errors';
import { driftOf } from '../config/desired';
import { parameterOf, shownValue } from '../config/parameters';
import type { ModemChannel } from './channel';
import { applyChange } from './change';
import { sendCommands, sendReboot } from './commands-once';
import { readConfig } from './config-read';
import { ModemJob, type WorkHost } from './modem-job';
import { outcomeCause, phraseOf, type WorkJournal, type WorkOutcome } from './outcome';
import { workByText } from './work-by-text';
import type { WorkOrder } from './work-order';

export type { WorkHost } from './modem-job';

/** Never throws: what goes wrong is an outcome. */
export async function work(
  channel: ModemChannel,
  order: WorkOrder,
  journal: WorkJournal,
  host: WorkHost,
): Promise<WorkOutcome> {
  const job = new ModemJob(channel, order, journal, host);
  try {
    return (await workByText(job)) ?? (await workByMqtt(job));
  } catch (thrown) {
    return outcomeOf(job, asReadError(thrown));
  }
}

/** The old values of a journal as what is wanted now. */
export function restoreOrder(order: WorkOrder, journal: WorkJournal): WorkOrder {
  return {
    ...order,
    mode: 'apply',
    isConfirmed: true,
    desired: new Map(Object.entries(journal.before ?? {}).map(([name, value]) => [name, value ?? ''])),
  };
}

async function workByMqtt(job: ModemJob): Promise<WorkOutcome> {
  const { channel, order } = job;
  if (order.mode === 'commands') return order.isReboot ? sendReboot(job) : sendCommands(job);
  const reported = await readConfig(channel, [...order.desired.keys()]);
  if (order.mode === 'read') {
    const shown = [...reported].map(
      ([name, value]) => [parameterOf(name).name, shownValue(name, value) ?? ''] as const,
    );
    return { result: 'read', values: Object.fromEntries(shown) };
  }
  job.drift = driftOf(order.desired, reported, channel.imei);
  if (order.mode === 'check') return job.told(job.drift.every(({ state }) => state === 'same') ? 'same' : 'differs');
  return applyChange(job, reported);
}

function outcomeOf(job: ModemJob, error: ReadError): WorkOutcome {
  if (error.code === 'CANCELLED')
    return job.isTouched
      ? job.told('unknown', failure('fleet.cutInChange', {}))
      : job.told('silent', failure('fleet.cutBeforeChange', {}));
  if (!error.retryable) return job.told('failed', error);
  // what was set may be set again without harm: so it is worth another try
  return job.isTouched
    ? job.told('silent', phrase('fleet.partSent', { why: phraseOf(error) }), { code: error.code })
    : { ...job.told('silent'), ...outcomeCause(error) };
}
