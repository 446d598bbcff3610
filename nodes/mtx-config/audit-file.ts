// The append-only file of the audit: one JSON line per record, in order; when it is full it is renamed to .1 (.1 to .2
// and so on) and the oldest goes. A file that cannot be written is told once, and the records still go out as messages.
import { appendFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export class AuditFile {
  private turn: Promise<void> = Promise.resolve();
  private size: number | undefined;
  private isTold = false;

  constructor(
    private readonly path: string,
    private readonly maxBytes: number,
    /** Files in all, the one being written included. */
    private readonly count: number,
    private readonly onTrouble: (detail: string) => void,
  ) {}

  get isWanted(): boolean {
    return this.path !== '';
  }

  /** Resolves to whether it was written. */
  append(line: string): Promise<boolean> {
    if (!this.isWanted) return Promise.resolve(false);
    const written = this.turn
      .then(() => this.write(line))
      .then(
        () => !(this.isTold = false),
        (thrown: unknown) => {
          if (!this.isTold) this.onTrouble(thrown instanceof Error ? thrown.message : String(thrown));
          this.isTold = true;
          this.size = undefined; // the folder may be gone, or the file another one: looked at again
          return false;
        },
      );
    this.turn = written.then(() => undefined);
    return written;
  }

  /** The last lines, of the file before it too. */
  async end(): Promise<string> {
    const ends = await Promise.all([`${this.path}.1`, this.path].map((path) => endOf(path)));
    return ends.join('');
  }

  /** Resolves when all that was appended is written. */
  close(): Promise<void> {
    return this.turn;
  }

  private async write(line: string): Promise<void> {
    const bytes = Buffer.byteLength(line);
    if (this.size === undefined) {
      await mkdir(dirname(this.path), { recursive: true });
      this.size = await stat(this.path).then(
        (found) => found.size,
        () => 0,
      );
    }
    if (this.size > 0 && this.size + bytes > this.maxBytes) await this.rotate();
    await appendFile(this.path, line, { mode: 0o600 });
    this.size += bytes;
  }

  private async rotate(): Promise<void> {
    const name = (index: number): string => (index === 0 ? this.path : `${this.path}.${index}`);
    await rm(name(Math.max(0, this.count - 1)), { force: true });
    for (let index = this.count - 2; index >= 0; index--)
      await rename(name(index), name(index + 1)).catch(ignoreMissing);
    this.size = 0;
  }
}

async function endOf(path: string): Promise<string> {
  const handle = await open(path, 'r').catch(ignoreMissing);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - END);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}

function ignoreMissing(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
}

/** Octets looked through for what was written before a crash: far more than one life leaves unwritten. */
const END = 262_144;
