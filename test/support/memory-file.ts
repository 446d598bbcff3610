// A journal's file in memory: what was appended survives, and the disk can fail or die in the middle of a write.
import { concatBytes } from '../../src/core/wire/bytes';
import type { JournalFile } from '../../src/core/fleet/journal/journal';

export class MemoryFile implements JournalFile {
  isFailing = false;
  /** The machine dies after so many octets more: the rest of a write is lost, and nothing follows. */
  diesAfter = Infinity;
  appends = 0;
  replacements = 0;
  isRemoved = false;

  constructor(public bytes: Uint8Array | undefined = undefined) {}

  get isThere(): boolean {
    return this.bytes !== undefined;
  }

  async open(): Promise<Uint8Array | undefined> {
    if (this.isFailing) throw new Error('disk');
    return this.bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.appends += 1;
    if (this.isFailing) throw new Error('disk full');
    const written = bytes.subarray(0, this.diesAfter);
    this.diesAfter -= bytes.length;
    this.bytes = concatBytes(this.bytes ?? new Uint8Array(0), written);
    if (this.diesAfter < 0) await this.dead();
  }

  async replace(parts: Iterable<Uint8Array>): Promise<void> {
    this.replacements += 1;
    if (this.isFailing) throw new Error('disk full');
    const whole = concatBytes(...parts);
    this.diesAfter -= whole.length;
    if (this.diesAfter < 0) await this.dead();
    this.bytes = whole;
  }

  async close(isRemoved: boolean): Promise<void> {
    this.isRemoved = isRemoved;
    if (isRemoved) this.bytes = undefined;
  }

  private dead(): Promise<void> {
    this.diesAfter = -1;
    return new Promise(() => undefined);
  }
}
