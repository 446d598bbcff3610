// A job and everyone who asked for it. Law: each asker's promise settles exactly once, whatever becomes of the job.
import { ReadError, failure } from '../../wire/errors';
import { onlookerOf, type Done, type Job, type JobProgress } from './job';
import { Stopper } from './stopper';

interface Asker {
  resolve(done: Done<unknown>): void;
  reject(error: ReadError): void;
  onProgress(progress: JobProgress): void;
}

export class WaitingJob {
  /** Stops when nobody wants it any more, when it is settled, or when the lane closes. */
  readonly stop = new Stopper();
  attempt = 0;
  state: 'waiting' | 'running' | 'settled' = 'waiting';
  /** The highest that anybody asked for it with. */
  priority: number;
  private readonly askers = new Set<Asker>();

  /**
   * `since`: when it was first asked for, in ms of the lane's clock. The value's type is known only to whoever asked.
   */
  constructor(
    readonly job: Job<unknown>,
    readonly since: number,
  ) {
    this.priority = job.priority ?? 0;
  }

  /** One more who wants it; `onAbandoned` is called when the last of them leaves. */
  join<R>(job: Job<R>, onAbandoned: () => void): Promise<Done<R>> {
    return new Promise<Done<R>>((resolve, reject) => {
      const leave = (): void => {
        if (!this.askers.delete(asker)) return;
        reject(failure('lane.cancelled', {}, this.state === 'running' ? 'read' : 'queue'));
        if (this.askers.size === 0) onAbandoned();
      };
      const finish = (): void => job.signal?.removeEventListener('abort', leave);
      const asker: Asker = {
        resolve: (done) => (finish(), resolve(done as Done<R>)),
        reject: (error) => (finish(), reject(error)),
        onProgress: onlookerOf(job),
      };
      this.askers.add(asker);
      job.signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** Tells all askers the end; the second time does nothing. */
  settle(outcome: ReadError | Done<unknown>): void {
    if (this.state === 'settled') return;
    this.state = 'settled';
    for (const asker of this.askers) {
      if (outcome instanceof ReadError) asker.reject(outcome);
      else asker.resolve(outcome);
    }
    this.askers.clear();
    this.stop.abort();
  }

  tell(progress: JobProgress): void {
    for (const asker of this.askers) asker.onProgress(progress);
  }

  /** Only who asked last: the others know where the job is. */
  tellLast(progress: JobProgress): void {
    [...this.askers].at(-1)?.onProgress(progress);
  }
}
