// The work of a rollout done on real modems: each with its order, its AT lane, and the reads on its port as the gate.
import type { Clock } from '../../transport/lane/clock';
import type { Lane } from '../../transport/lane/lane';
import type { Modem } from '../../transport/modem/modem';
import { restoreOrder, work, type WorkHost } from './modem-work';
import type { WorkOrder } from './work-order';
import { laneChannel, type Signs } from './channel';
import type { RolloutHost, TargetWork } from './rollout-run';

export interface FleetPlace {
  readonly clock: Clock;
  readonly signs: Signs;
  acquire(imei: string): Modem;
  release(imei: string): void;
  /** What is to be done to this one; throws CONFIG_INVALID where that cannot be said. */
  orderOf(imei: string): WorkOrder;
  audit(imei: string, event: Parameters<WorkHost['audit']>[0]): void;
  readonly rollbackBySms?: WorkHost['rollbackBySms'];
  readonly text?: WorkHost['text'];
}

export function fleetWork(place: FleetPlace): Pick<RolloutHost, 'work' | 'restore' | 'gate'> {
  const carryOut = async (
    { target, signal, note }: TargetWork,
    orderOf: (order: WorkOrder) => WorkOrder,
    text?: WorkHost['text'],
  ): ReturnType<RolloutHost['work']> => {
    const { imei, journal } = target;
    const order = orderOf(place.orderOf(imei));
    const modem = place.acquire(imei);
    try {
      const host: WorkHost = {
        signal,
        note,
        audit: (event) => place.audit(imei, event),
        ...(place.rollbackBySms && { rollbackBySms: place.rollbackBySms }),
        ...(text && { text }),
      };
      return await work(laneChannel(modem, place.signs, place.clock, signal, order.atMs), order, journal, host);
    } finally {
      place.release(imei);
    }
  };
  return {
    work: (job) => carryOut(job, (order) => order, place.text),
    restore: (job) => carryOut(job, (order) => restoreOrder(order, job.target.journal)),
    gate: async (imei, since, signal) => {
      const modem = place.acquire(imei);
      try {
        const { clock } = place;
        const sinceHere = clock.now() - (clock.date().getTime() - since); // wall time on this life's clock
        return await answersAfter(modem.ports[0].book, sinceHere, signal);
      } finally {
        place.release(imei);
      }
    },
  };
}

/** True once the meters behind the modem have answered after `since`; undefined when told to stop before. */
function answersAfter(book: Lane['book'], since: number, signal: AbortSignal): Promise<true | undefined> {
  return new Promise((resolve) => {
    const end = (isOk: true | undefined): void => {
      stop();
      signal.removeEventListener('abort', give);
      resolve(isOk);
    };
    const give = (): void => end(undefined);
    const look = (): void => {
      if (book.haveAnsweredSince(since)) end(true);
    };
    const stop = book.onAnswer(look);
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
    else look();
  });
}
