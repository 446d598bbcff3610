// Coverage over time, bounded and down-sampled: per modem a mean for each quarter of an hour of the last day, and mean
// and worst for each of the last 60 days, in 216 bytes of shared pages plus 28 for the sums of the running buckets. A
// value is stored as dBm + 151 in one byte; 0 = nothing was reported in that time.
import { fromBase64, toBase64 } from '../../wire/bytes';

export interface CoverageHistory {
  /** Oldest first; times without a report are left out. */
  readonly quarters: readonly { readonly at: string; readonly dbm: number }[];
  readonly days: readonly { readonly at: string; readonly dbm: number; readonly worst: number }[];
}

export class Coverage {
  private readonly pages: Page[] = [];

  add(slot: number, dbm: number, at: number): void {
    const page = this.page(slot);
    const bytes = (slot % PAGE) * BYTES;
    const sums = (slot % PAGE) * SUMS;
    const quarter = page.advance(bytes, QUARTERS, sums, Math.floor(at / QUARTER_MS));
    page.mean(bytes + quarter, sums, dbm);
    const day = page.advance(bytes + QUARTERS, DAYS, sums + 3, Math.floor(at / DAY_MS));
    page.mean(bytes + QUARTERS + day, sums + 3, dbm);
    page.worst(bytes + QUARTERS + DAYS + day, dbm);
  }

  read(slot: number): CoverageHistory {
    const page = this.page(slot);
    const bytes = (slot % PAGE) * BYTES;
    const sums = (slot % PAGE) * SUMS;
    return {
      quarters: page
        .row(bytes, QUARTERS, sums)
        .map(({ bucket, byte }) => ({ at: iso(bucket * QUARTER_MS), dbm: byte - OFFSET })),
      days: page.row(bytes + QUARTERS, DAYS, sums + 3).map(({ bucket, byte, place }) => ({
        at: iso(bucket * DAY_MS),
        dbm: byte - OFFSET,
        worst: (page.bytes[bytes + QUARTERS + DAYS + place] ?? 0) - OFFSET,
      })),
    };
  }

  forget(slot: number): void {
    const page = this.page(slot);
    page.bytes.fill(0, (slot % PAGE) * BYTES, ((slot % PAGE) + 1) * BYTES);
    page.sums.fill(0, (slot % PAGE) * SUMS, ((slot % PAGE) + 1) * SUMS);
  }

  /** For a store: the last buckets' numbers and the bytes, empty when nothing was ever reported. */
  pack(slot: number): string {
    const page = this.page(slot);
    const sums = (slot % PAGE) * SUMS;
    const [quarter = 0, day = 0] = [page.sums[sums], page.sums[sums + 3]];
    if (day === 0) return '';
    const start = (slot % PAGE) * BYTES;
    return `${quarter} ${day} ${toBase64(page.bytes.subarray(start, start + BYTES))}`;
  }

  /** What pack() gave; anything else is left out. */
  unpack(slot: number, packed: string): void {
    const parts = /^(\d{1,9}) (\d{1,9}) ([A-Za-z0-9+/=]{288})$/.exec(packed);
    const bytes = fromBase64(parts?.[3] ?? '');
    if (!parts || bytes.length !== BYTES) return;
    const page = this.page(slot);
    const sums = (slot % PAGE) * SUMS;
    page.bytes.set(bytes, (slot % PAGE) * BYTES);
    for (const [at, bucket, size, start] of [
      [sums, Number(parts[1]), QUARTERS, 0],
      [sums + 3, Number(parts[2]), DAYS, QUARTERS],
    ] as const) {
      const byte = bytes[start + (bucket % size)] ?? 0;
      // the running mean goes on from what was stored, as one report
      page.sums.set([bucket, byte === 0 ? 0 : byte - OFFSET, byte === 0 ? 0 : 1], at);
    }
  }

  private page(slot: number): Page {
    const at = Math.floor(slot / PAGE);
    return (this.pages[at] ??= new Page());
  }
}

class Page {
  readonly bytes = new Uint8Array(PAGE * BYTES);
  /** Per ring: the bucket's number since 1970, sum and count of its reports. */
  readonly sums = new Int32Array(PAGE * SUMS);

  /** Makes the bucket's place in its ring the current one; places that were skipped are emptied. Returns the place. */
  advance(start: number, size: number, sums: number, bucket: number): number {
    const last = this.sums[sums] ?? 0;
    const steps = bucket - last;
    if (steps === 0) return bucket % size;
    if (steps < 0 && steps > -size) return last % size; // the platform's clock was set back: go on in the newest bucket
    if (Math.abs(steps) >= size) this.bytes.fill(0, start, start + size);
    else for (let step = 1; step <= steps; step++) this.bytes[start + ((last + step) % size)] = 0;
    if (size === DAYS) {
      const worst = start + DAYS;
      if (Math.abs(steps) >= size) this.bytes.fill(0, worst, worst + size);
      else for (let step = 1; step <= steps; step++) this.bytes[worst + ((last + step) % size)] = 0;
    }
    this.sums[sums] = bucket;
    this.sums[sums + 1] = this.sums[sums + 2] = 0;
    return bucket % size;
  }

  mean(at: number, sums: number, dbm: number): void {
    const sum = (this.sums[sums + 1] ?? 0) + dbm;
    const count = (this.sums[sums + 2] ?? 0) + 1;
    this.sums[sums + 1] = sum;
    this.sums[sums + 2] = count;
    this.bytes[at] = Math.round(sum / count) + OFFSET;
  }

  worst(at: number, dbm: number): void {
    const known = this.bytes[at] ?? 0;
    this.bytes[at] = known === 0 ? dbm + OFFSET : Math.min(known, dbm + OFFSET);
  }

  row(start: number, size: number, sums: number): { bucket: number; place: number; byte: number }[] {
    const last = this.sums[sums] ?? 0;
    if (last === 0) return [];
    return Array.from({ length: size }, (_, i) => last - size + 1 + i)
      .map((bucket) => ({ bucket, place: bucket % size, byte: this.bytes[start + (bucket % size)] ?? 0 }))
      .filter(({ byte }) => byte !== 0);
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const QUARTERS = 96;
const DAYS = 60;
/** Quarters' means, days' means, days' worst. */
const BYTES = QUARTERS + 2 * DAYS;
const SUMS = 6;
const OFFSET = 151;
const PAGE = 1024;
