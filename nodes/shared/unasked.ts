// Hears a meter that sends by itself (IEC 62056-21 mode D, DLMS notifications), on the topic where its modem publishes.
import { failure, Listening, ReadError, systemClock, wireMs, type TelegramSource } from '../../src/core/index';
import type { Report } from './messages';
import type { ModemNode } from './palette';

export interface Unasked extends TelegramSource {
  readonly protocol: 'dlms' | 'iec62056-21';
  readonly meter: string;
  /** Takes invocation counters from any value on, where the protocol has them. */
  forgetCounters?(): void;
}

/** Starts to listen; returns the way to stop. Throws where there is nothing to listen to. */
export function listenUnasked(
  modemNode: ModemNode | ReadError,
  unasked: Unasked,
  emit: (report: Report | ReadError) => void,
): () => void {
  if (modemNode instanceof ReadError) throw modemNode;
  const { imei, profile } = modemNode;
  if (imei === '') throw failure('settings.fleetCannotListen', {}, 'configure');
  const { protocol, meter } = unasked;
  const listening = new Listening(unasked, {
    clock: systemClock,
    gapMs: PAUSE_MS + wireMs(MODEM_BUFFER, profile.line),
    expected: protocol,
    failed: emit,
    telegram: (telegram, bytesIn) => {
      const link = { exchanges: 0, bytesOut: 0, bytesIn, attempts: 0, queuedMs: 0, ms: 0 };
      emit({ imei, protocol, meter, time: systemClock.date().toISOString(), ...telegram, link });
    },
  });
  const modem = modemNode.acquire(imei);
  const stop = modem.ports[0].onUnasked((bytes, isCut) => listening.hear(bytes, isCut));
  return () => {
    stop();
    listening.close();
    modemNode.release(imei);
  };
}

/** Between two characters of one telegram (IEC 62056-21, ta), and what a modem may collect before it publishes. */
const PAUSE_MS = 1_500;
const MODEM_BUFFER = 1_024;
