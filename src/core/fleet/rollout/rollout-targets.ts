// The work of one rollout on its modems: over the AT lane, and by text message where that is switched on.
import { ReadError } from '../../wire/errors';
import { rollbackBySms, type Rollback } from '../sms/sms-fallback';
import type { Signs } from './channel';
import { fleetWork } from './fleet-work';
import { orderFor } from './request';
import type { RolloutHost } from './rollout-run';
import type { RolloutPorts } from './rollout-ports';
import type { Running } from './told';

export function targetWork<M>(
  ports: RolloutPorts<M>,
  signs: Signs,
  { id: rollout, request }: Running<M>,
  signal: AbortSignal,
): Pick<RolloutHost, 'work' | 'restore' | 'gate'> {
  const { action, user, smsAfterMs } = request;
  const texted = async (imei: string, commands: readonly string[]): Promise<Rollback> => {
    const sms = ports.sms();
    if (!(sms instanceof ReadError)) return rollbackBySms(sms, imei, commands, signal);
    const steps = commands.slice(0, 1).map((command) => ({ command, state: 'not-sent' as const, error: sms }));
    return { imei, ok: false, steps };
  };
  return fleetWork({
    clock: ports.clock,
    signs,
    acquire: (imei) => ports.acquire(imei),
    release: (imei) => ports.release(imei),
    orderOf: (imei) => orderFor(request, imei),
    audit: (imei, event) => ports.told.audit(user, { ...event, imei, action, rollout }),
    // what was sent and not answered may still bring the modem back: its sign of life decides
    rollbackBySms: async (imei, texts) =>
      (
        await texted(
          imei,
          texts.map((text) => text.replace(/^MTXTUNNEL /, '')),
        )
      ).ok !== false,
    ...(typeof smsAfterMs === 'number' && { text: { afterMs: smsAfterMs, send: texted } }),
  });
}
