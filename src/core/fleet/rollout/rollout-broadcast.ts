// A rollout in one publish, to all modems that share a topic.
import type { Signs } from './channel';
import { broadcastWork } from './broadcast-work';
import { outcomeCause, type WorkOutcome } from './outcome';
import { orderFor, type Wanted } from './request';
import type { FinalState } from './rollout-state';
import type { RolloutPorts } from './rollout-ports';
import { progressOfAll, summaryOf, type SummaryTold } from './told';

type Ended = readonly [imei: string, state: FinalState, outcome: WorkOutcome];

export async function broadcastRollout<M>(
  ports: RolloutPorts<M>,
  signs: Signs,
  { request, plan, targets }: Wanted,
  signal: AbortSignal,
): Promise<{ readonly summary: SummaryTold; readonly all: readonly Ended[] }> {
  const { link, registry, clock, profile, told } = ports;
  const { action, user } = request;
  const imeis = targets.filter(({ fault }) => fault === undefined).map(({ imei }) => imei);
  const outcomes = await broadcastWork(
    { link, registry, clock, signs, profile },
    orderFor(request, imeis[0] ?? ANY_IMEI),
    imeis,
    { signal, audit: (event) => told.audit(user, { ...event, imei: '', action, rollout: plan.id }) },
  );
  const all: Ended[] = [...outcomes].map(([imei, outcome]) => [imei, outcome.result, outcome]);
  for (const { imei, fault } of targets)
    if (fault) all.push([imei, 'skipped', { result: 'failed', ...outcomeCause(fault) }]);
  const states = all.map(([, state]) => state);
  return { summary: summaryOf(request, progressOfAll(plan.id, states), all), all };
}

/** Stands for any modem where the order is the same for all. */
const ANY_IMEI = '000000000000000';
