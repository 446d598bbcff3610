// When which modem has to be looked at again, without a timer per modem: a wheel of buckets. A message only moves the
// modem's own deadline; the modem stays in its bucket and is put on when that comes up, so a message costs nothing
// here.
import type { ModemRecord } from './record';

export class Deadlines {
  private readonly buckets = new Map<number, ModemRecord[]>();
  private next: number;

  constructor(
    now: number,
    private readonly grainMs: number,
  ) {
    this.next = Math.floor(now / grainMs) + 1; // never 0, which means "not planned"
  }

  /**
   * Looks at the modem at `due` or a little later; an earlier look that is planned already stays and plans the next
   * one.
   */
  plan(record: ModemRecord, due: number): void {
    const bucket = Math.max(this.next, Math.ceil(due / this.grainMs));
    if (record.due !== 0 && record.due <= bucket) return;
    record.due = bucket;
    const waiting = this.buckets.get(bucket);
    if (waiting) waiting.push(record);
    else this.buckets.set(bucket, [record]);
  }

  /** Modems whose time has come, at most `limit`; the rest comes with the next call. Each has to be planned anew. */
  take(now: number, limit: number): readonly ModemRecord[] {
    const taken: ModemRecord[] = [];
    const last = Math.floor(now / this.grainMs);
    while (this.next <= last && taken.length < limit) {
      const waiting = this.buckets.get(this.next);
      while (waiting && waiting.length > 0 && taken.length < limit) {
        const record = waiting.pop();
        if (record?.due !== this.next) continue; // planned earlier meanwhile, or forgotten
        record.due = 0;
        taken.push(record);
      }
      if (waiting && waiting.length > 0) return taken;
      this.buckets.delete(this.next);
      this.next += 1;
    }
    return taken;
  }

  get size(): number {
    let size = 0;
    for (const bucket of this.buckets.values()) size += bucket.length;
    return size;
  }
}
