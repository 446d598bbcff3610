// A store that never answers must not keep what waits for it from living, nor Node-RED from closing.
import type { Clock } from '../../transport/lane/clock';

/** The work's own end, or a rejection when it has none in `ms`. */
export async function inTime<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then(() => {
    if (!done.signal.aborted) throw new Error(`no answer in ${ms / 1000} s`);
    return work;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
