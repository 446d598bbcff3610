// One attempt of a job on its line: silence first, then the port as the job wants it, then its dialogue from the start.
import type { LineMemory } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import type { Clock } from './clock';
import type { Line } from './line';
import type { Overhearing } from './overhearing';
import type { PortSettings } from './port-settings';
import type { QuietWindow } from './quiet-window';
import { runSession } from './session';
import type { WaitingJob } from './waiting-job';
import type { WirePath } from './wire-path';

/** The parts of a lane that an attempt needs. */
export interface TalkParts {
  readonly clock: Clock;
  readonly line: Line;
  readonly path: WirePath;
  readonly quiet: QuietWindow;
  readonly beside: Overhearing;
  readonly settings: PortSettings;
  readonly memory: LineMemory;
}

/** What the dialogue returned; rejects with a ReadError. */
export async function talkOnce(parts: TalkParts, { job, stop }: WaitingJob): Promise<unknown> {
  const { clock, line, path, quiet, beside, settings, memory } = parts;
  const listen = async (ms: number): Promise<Uint8Array | undefined> => {
    const chunk = await path.take(ms, stop);
    if (chunk) beside.dropped([chunk]);
    return chunk;
  };
  await quiet.pass(job.quietMs, line.latencyMs, listen, stop);
  beside.dropped(path.clear());
  await (job.line ? settings.change(job.line) : settings.restore());
  if (stop.aborted) throw failure('lane.cancelled', {}, 'queue');
  const value = await runSession(line, job.start(memory), {
    clock,
    signal: stop,
    ...(job.trace && { trace: job.trace }),
  });
  path.settle(settings.current);
  return value;
}
