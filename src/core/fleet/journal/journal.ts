// What must outlive the process is written here before it is done: an append-only file of our own, independent of
// whatever else stores. Laws: what is put in one go is kept together or not at all; a put resolves when it is on the
// disk; what a put could not write is not there; puts that wait are written together. The file is written anew when
// most of it is past.
import { failure } from '../../wire/errors';
import { decodeLines, encodeLine, type JournalEntries } from './journal-line';

/** One file, and its only owner. */
export interface JournalFile {
  /** Whether an earlier life left something. */
  readonly isThere: boolean;
  /**
   * Becomes the owner; throws where another living process is. Returns what the file holds; undefined: there is none.
   */
  open(): Promise<Uint8Array | undefined>;
  /** Resolves when it is on the disk. */
  append(bytes: Uint8Array): Promise<void>;
  /** In place of all that is there: the whole of it, or what was there before. */
  replace(parts: Iterable<Uint8Array>): Promise<void>;
  /** Gives the ownership up; `isRemoved` takes the file away. */
  close(isRemoved: boolean): Promise<void>;
}

export class Journal {
  private values = new Map<string, string>();
  private size = 0;
  /** What of it was not past when it was read or written anew. */
  private live = 0;
  private waiting: [key: string, text: string | null][] = [];
  private writing: Promise<void> = Promise.resolve();
  private joined: Promise<void> | undefined;
  /** After a failure nobody knows what the file holds: it is written anew before anything else. */
  private isDoubtful = false;
  private opened: Promise<number> | undefined;
  private isClosed = false;

  constructor(
    private readonly file: JournalFile,
    /** Lets others have their turn. */
    private readonly pause: () => Promise<void>,
  ) {}

  /**
   * Reads what an earlier life wrote; resolves to the number of lines that were damaged. Once it failed it may be tried
   * again.
   */
  open(): Promise<number> {
    this.opened ??= this.load().catch((thrown: unknown) => {
      this.opened = undefined;
      throw failure('fleet.journalUnread', { why: textOf(thrown) }, 'configure', { cause: thrown });
    });
    return this.opened;
  }

  /** Whether an earlier life left something. */
  get isThere(): boolean {
    return this.file.isThere;
  }

  /** What was put last; undefined: nothing. */
  read(key: string): unknown {
    const text = this.values.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  keys(prefix: string): readonly string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix));
  }

  /** Undefined takes a key away. All that is put before anybody waits is written in one go. */
  put(entries: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.isClosed) return Promise.reject(failure('fleet.cancelled', {}, 'queue'));
    for (const [key, value] of Object.entries(entries))
      this.waiting.push([key, value === undefined ? null : JSON.stringify(value)]);
    this.joined ??= this.writing = this.writing.then(
      () => this.flush(),
      () => this.flush(),
    );
    return this.joined;
  }

  /** Writes what waits; the file goes with whoever owns it if `isRemoved`. */
  async close(isRemoved: boolean): Promise<void> {
    this.isClosed = true;
    await this.writing.catch(() => undefined);
    if (this.opened) await this.file.close(isRemoved || this.values.size === 0);
    this.opened = undefined;
  }

  private async load(): Promise<number> {
    const bytes = (await this.file.open()) ?? new Uint8Array(0);
    const { values, damaged, isTorn } = await decodeLines(bytes, this.pause);
    this.values = values;
    this.size = bytes.length;
    for (const [key, text] of values) this.live += key.length + text.length;
    this.isDoubtful = isTorn || damaged > 0;
    return damaged;
  }

  private async flush(): Promise<void> {
    const entries = this.waiting;
    this.waiting = [];
    this.joined = undefined;
    await this.open();
    const next = encodeLine(entries);
    if (this.isDoubtful || this.size + next.length > this.limit()) return this.rewrite(entries);
    this.isDoubtful = true;
    await this.file.append(next);
    this.isDoubtful = false;
    this.size += next.length;
    take(this.values, entries);
  }

  private async rewrite(entries: JournalEntries): Promise<void> {
    const values = new Map(this.values);
    take(values, entries);
    this.isDoubtful = true;
    let size = 0;
    await this.file.replace(
      (function* (): Iterable<Uint8Array> {
        for (const [key, text] of values) {
          const line = encodeLine([[key, text]]);
          size += line.length;
          yield line;
        }
      })(),
    );
    this.isDoubtful = false;
    [this.values, this.size] = [values, size];
    this.live = size;
  }

  /** So large may the file grow before it is written anew. */
  private limit(): number {
    return Math.max(MIN_SIZE, GROWTH * this.live);
  }
}

function take(values: Map<string, string>, entries: JournalEntries): void {
  for (const [key, text] of entries) {
    if (text === null) values.delete(key);
    else values.set(key, text);
  }
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

const MIN_SIZE = 262_144;
const GROWTH = 4;
