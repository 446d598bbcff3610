// What protocols remember of one line between dialogues. Bounded: the least recently recalled entries go first.

const MAX_ENTRIES = 512;

export class Recall {
  private readonly entries = new Map<string, unknown>();

  recall<T>(key: string, create: () => T): T {
    const known = this.entries.has(key) ? (this.entries.get(key) as T) : create();
    this.entries.delete(key);
    this.entries.set(key, known);
    if (this.entries.size > MAX_ENTRIES) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    return known;
  }
}
