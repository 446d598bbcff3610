// Which topic filters the broker must know, counted by their users. A filter that a granted wildcard covers is not
// asked for itself: for overlapping subscriptions a broker may deliver each message twice (MQTT 3.1.1, clause 3.3.5).
// Coverage is never lost on the way: the wildcard is granted before what it covers is given back, and the other way
// round.
import { type ReadError } from '../../wire/errors';
import { coversLevels, isWildcard } from './topics';

interface Entry {
  readonly filter: string;
  readonly levels: readonly string[];
  readonly isWildcard: boolean;
  users: number;
  isGranted: boolean;
  refusal: ReadError | undefined;
  /** The broker closed the connection because of it: asking again would cut all the others off. */
  isBarred: boolean;
  waiters: Waiter[];
}
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (refusal: ReadError) => void;
}

export class Filters {
  private readonly entries = new Map<string, Entry>();
  private readonly wildcards = new Set<Entry>();
  private readonly missingWildcards = new Set<Entry>();
  private readonly missing = new Set<Entry>();
  private readonly surplus = new Set<Entry>();
  private readonly unserved = new Set<Entry>();
  private isCoverChanged = false;

  /** One more user. A filter refused before is asked for again. */
  add(filter: string): void {
    const entry = this.entries.get(filter) ?? this.create(filter);
    entry.users += 1;
    entry.refusal = undefined;
    entry.isBarred = false;
    this.review(entry);
    if (entry.isWildcard && entry.users === 1) this.isCoverChanged = true;
  }

  remove(filter: string): void {
    const entry = this.entries.get(filter);
    if (!entry || entry.users === 0) return;
    entry.users -= 1;
    if (entry.users === 0 && entry.isWildcard) this.isCoverChanged = true;
    this.review(entry);
  }

  /** Resolves once the broker serves the filter or nobody can say (connection lost); rejects its refusal. */
  served(filter: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = this.entries.get(filter);
      if (!entry) return resolve();
      entry.waiters.push({ resolve, reject });
      this.review(entry);
    });
  }

  /** What every further user of a wildcard meets: nothing to wait for. */
  isServed(filter: string): boolean {
    return this.entries.get(filter)?.isGranted === true;
  }

  get hasWork(): boolean {
    this.reviewCover();
    return this.missingWildcards.size > 0 || this.missing.size > 0 || this.surplus.size > 0;
  }

  /** The next filters to subscribe; wildcards before what they may cover. */
  nextMissing(limit: number): readonly string[] {
    this.reviewCover();
    return firstOf(this.missingWildcards.size > 0 ? this.missingWildcards : this.missing, limit);
  }

  /** The next filters to unsubscribe; only to be asked when nothing is missing. */
  nextSurplus(limit: number): readonly string[] {
    this.reviewCover();
    return firstOf(this.surplus, limit);
  }

  /** Known or not: what was given up while the broker was asked must be given back. */
  granted(filter: string): void {
    if (!this.entries.has(filter)) this.create(filter);
    this.change(filter, (entry) => (entry.isGranted = true));
  }

  /** `isBarred`: not asked for again before somebody new wants it. Else it is tried again on the next connection. */
  refused(filter: string, refusal: ReadError, isBarred = false): void {
    this.change(filter, (entry) => {
      entry.refusal = refusal;
      entry.isBarred = isBarred;
      for (const waiter of entry.waiters.splice(0)) waiter.reject(refusal);
    });
  }

  /** To be said before the broker is asked: who comes back meanwhile must wait for a new grant. */
  unsubscribing(filter: string): void {
    this.change(filter, (entry) => (entry.isGranted = false));
  }

  /** The connection is gone: nothing is granted any more, and nobody waits longer. */
  connectionLost(): void {
    for (const entry of this.entries.values()) {
      entry.isGranted = false;
      if (!entry.isBarred) entry.refusal = undefined;
    }
    this.reviewAll();
    for (const entry of this.entries.values()) for (const waiter of entry.waiters.splice(0)) waiter.resolve();
  }

  /** Whether a subscription that is on its way out still matches. */
  hasSurplusFor(topic: readonly string[]): boolean {
    for (const entry of this.surplus) if (coversLevels(entry.levels, topic)) return true;
    return false;
  }

  /** Why nobody hears this filter, if the broker refused it. */
  refusalOf(filter: string): ReadError | undefined {
    const entry = this.entries.get(filter);
    return entry && this.unserved.has(entry) ? entry.refusal : undefined;
  }

  /** A refusal that leaves somebody without messages. */
  get firstRefusal(): ReadError | undefined {
    const [entry] = this.unserved;
    return entry?.refusal;
  }

  private create(filter: string): Entry {
    const entry: Entry = {
      filter,
      levels: filter.split('/'),
      isWildcard: isWildcard(filter),
      users: 0,
      isGranted: false,
      refusal: undefined,
      isBarred: false,
      waiters: [],
    };
    this.entries.set(filter, entry);
    if (entry.isWildcard) this.wildcards.add(entry);
    return entry;
  }

  private change(filter: string, make: (entry: Entry) => void): void {
    const entry = this.entries.get(filter);
    if (!entry) return;
    make(entry);
    if (entry.isWildcard) this.isCoverChanged = true;
    this.review(entry);
  }

  /** Work for all entries, so once for many changes of wildcards. */
  private reviewCover(): void {
    if (this.isCoverChanged) this.reviewAll();
  }

  private reviewAll(): void {
    this.isCoverChanged = false;
    for (const entry of this.entries.values()) this.review(entry);
  }

  private review(entry: Entry): void {
    const isCovered = entry.users > 0 && this.isCovered(entry);
    const isNeeded = entry.users > 0 && !isCovered && entry.refusal === undefined;
    put(entry.isWildcard ? this.missingWildcards : this.missing, entry, isNeeded && !entry.isGranted);
    put(this.surplus, entry, entry.isGranted && !isNeeded);
    put(this.unserved, entry, entry.users > 0 && !isCovered && entry.refusal !== undefined);
    if (entry.isGranted || isCovered) for (const waiter of entry.waiters.splice(0)) waiter.resolve();
    if (entry.users > 0 || entry.isGranted) return;
    for (const waiter of entry.waiters.splice(0)) waiter.resolve();
    this.entries.delete(entry.filter);
    this.wildcards.delete(entry);
  }

  private isCovered(entry: Entry): boolean {
    for (const other of this.wildcards) {
      if (other !== entry && other.isGranted && other.users > 0 && coversLevels(other.levels, entry.levels))
        return true;
    }
    return false;
  }
}

function put(set: Set<Entry>, entry: Entry, isIn: boolean): void {
  if (isIn) set.add(entry);
  else set.delete(entry);
}

function firstOf(set: ReadonlySet<Entry>, limit: number): readonly string[] {
  const filters: string[] = [];
  for (const entry of set) {
    if (filters.length >= limit) break;
    filters.push(entry.filter);
  }
  return filters;
}
