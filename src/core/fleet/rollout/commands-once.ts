// Commands that must not run twice: each is noted before it is sent, and after a restart of the platform not sent
// again.
import { failure } from '../../wire/errors';
import { masked } from '../config/parameters';
import type { ModemJob } from './modem-job';
import type { WorkOutcome } from './outcome';
import { reboot } from './reboot';

export async function sendReboot(job: ModemJob): Promise<WorkOutcome> {
  const { channel, order, host } = job;
  if (job.journal.isRebootSent === true) return job.told('unknown', failure('fleet.rebootUnknown', {}));
  await channel.ask('AT', { timeoutMs: channel.atMs, attempts: 2 }); // a modem that is away is not told to reboot
  await job.note({ isRebootSent: true });
  job.isTouched = true;
  const tell = (command: string, result: string): void => host.audit({ command, result });
  const back = await reboot(channel, order.commands, order.lifeMs, host.signal, tell);
  job.stopIfAborted();
  if (back.isRefused)
    return job.told('failed', failure('fleet.refusesReboot', { commands: order.commands }), { rebooted: false });
  if (!back.isAlive) return job.told('lost', failure('fleet.lostReboot', {}));
  if (back.hasGap) return job.told('done', undefined, { rebooted: true });
  return job.told('failed', failure('fleet.stayed', {}), { rebooted: false });
}

export async function sendCommands(job: ModemJob): Promise<WorkOutcome> {
  const { channel, order, host } = job;
  const sent = job.journal.commandsSent ?? 0;
  if (sent > 0)
    return job.told('unknown', failure('fleet.commandInterrupted', { command: shown(order.commands[sent - 1] ?? '') }));
  for (const [i, command] of order.commands.entries()) {
    await job.note({ commandsSent: i + 1 });
    job.isTouched = true;
    const { isOk, result } = await channel.ask(command, { timeoutMs: channel.atMs, attempts: 1 });
    host.audit({ command, result: result || 'OK' });
    if (!isOk) return job.told('failed', failure('fleet.refusesCommand', { command: shown(command), result }));
  }
  return job.told('done');
}

function shown(command: string): string {
  return masked(command).slice(0, 60);
}
