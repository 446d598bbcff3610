// Hears a meter that sends by itself (IEC 62056-21 mode D, DLMS notifications) on its modem's port, and makes reports.
import type { Readout } from '../meter/reading';
import type { Clock } from '../transport/lane/clock';
import type { JobFigures } from '../transport/lane/job';
import type { Modem } from '../transport/modem/modem';
import { wireMs } from '../wire/dialogue';
import type { ReadError } from '../wire/errors';
import { TelegramListener, type TelegramSource } from './listening';

/** Whose telegrams they are; a telegram that names its meter itself goes before. */
export interface Unasked extends TelegramSource {
  readonly protocol: string;
  readonly meter: string;
  /** Takes invocation counters from any value on, where the protocol has them. */
  forgetCounters?(): void;
}

/** A readout that nobody asked for: no exchange, only octets that came. */
export interface UnaskedReport extends Readout {
  readonly imei: string;
  readonly protocol: string;
  readonly meter: string;
  /** When it was complete: ISO text in UTC. */
  readonly time: string;
  readonly link: JobFigures;
}

/** Starts to listen; returns the way to stop. Octets that make no telegram are told as an error, at most hourly. */
export function hearUnasked(
  modem: Modem,
  unasked: Unasked,
  clock: Clock,
  emit: (report: UnaskedReport | ReadError) => void,
): () => void {
  const { imei, profile } = modem;
  const { protocol, meter } = unasked;
  const listening = new TelegramListener(unasked, {
    clock,
    gapMs: PAUSE_MS + wireMs(MODEM_BUFFER, profile.line),
    expected: protocol,
    failed: emit,
    telegram: (telegram, bytesIn) => {
      const link = { exchanges: 0, bytesOut: 0, bytesIn, attempts: 0, queuedMs: 0, ms: 0 };
      emit({ imei, protocol, meter, time: clock.date().toISOString(), ...telegram, link });
    },
  });
  const stop = modem.ports[0].onUnasked((bytes, isCut) => listening.hear(bytes, isCut));
  return () => {
    stop();
    listening.close();
  };
}

/** Between two characters of one telegram (IEC 62056-21, ta), and what a modem may collect before it publishes. */
const PAUSE_MS = 1_500;
const MODEM_BUFFER = 1_024;
