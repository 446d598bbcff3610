// The same time, run faster: for tests and demonstrations that cannot wait half a minute for a modem to boot.
import type { Clock } from '../../core/transport/lane/clock';

export function fasterClock(clock: Clock, factor: number): Clock {
  const [start, startDate] = [clock.now(), clock.date().getTime()];
  const now = (): number => start + (clock.now() - start) * factor;
  return {
    now,
    date: () => new Date(startDate + now() - start),
    sleep: (ms, signal) => clock.sleep(ms / factor, signal),
  };
}
