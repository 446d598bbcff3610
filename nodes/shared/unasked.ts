// Hears a meter that sends by itself (IEC 62056-21 mode D, DLMS notifications), on the topic where its modem publishes. Law: bytes that do
// not follow each other are never joined: a telegram of two halves could hold a wrong value.
import { failure, ReadError, systemClock, wireMs, type Readout } from '../../src/core/index';
import type { Report } from './messages';
import type { ModemNode } from './palette';

export interface Unasked {
  readonly protocol: string;
  readonly meter: string;
  /** What these bytes completed, with its sender where the bytes name one; an error stands for what cannot be read. */
  take(bytes: Uint8Array): readonly ((Readout & { readonly meter?: string }) | ReadError)[];
  /** What comes next does not follow. */
  cut(): void;
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
  const gapMs = PAUSE_MS + wireMs(MODEM_BUFFER, profile.line);
  let heardAt = systemClock.now();
  let bytesIn = 0;
  const modem = modemNode.acquire(imei);
  const stop = modem.ports[0].onUnasked((bytes, isCut) => {
    const now = systemClock.now();
    if (isCut || now - heardAt > gapMs) unasked.cut();
    heardAt = now;
    bytesIn += bytes.length;
    for (const readout of unasked.take(bytes)) {
      if (readout instanceof ReadError) {
        emit(readout);
        continue;
      }
      const link = { exchanges: 0, bytesOut: 0, bytesIn, attempts: 0, queuedMs: 0, ms: 0 };
      bytesIn = 0;
      emit({
        imei,
        protocol: unasked.protocol,
        meter: unasked.meter,
        time: systemClock.date().toISOString(),
        ...readout,
        link,
      });
    }
  });
  return () => {
    stop();
    modemNode.release(imei);
  };
}

/** Between two characters of one telegram (IEC 62056-21, ta), and what a modem may collect before it publishes. */
const PAUSE_MS = 1_500;
const MODEM_BUFFER = 1_024;
