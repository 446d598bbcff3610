// A node that listens: the one modem that it hears, from the chosen config node.
import { failure, hearUnasked, ReadError, systemClock, type Unasked, type UnaskedReport } from '../../src/core/index';
import type { ModemNode } from './palette';

/** Starts to listen; returns the way to stop. Throws where there is nothing to listen to. */
export function listenUnasked(
  modemNode: ModemNode | ReadError,
  unasked: Unasked,
  emit: (report: UnaskedReport | ReadError) => void,
): () => void {
  if (modemNode instanceof ReadError) throw modemNode;
  const { imei } = modemNode;
  if (imei === '') throw failure('settings.fleetCannotListen', {}, 'configure');
  const stop = hearUnasked(modemNode.acquire(imei), unasked, systemClock, emit);
  return () => {
    stop();
    modemNode.release(imei);
  };
}
