// The append-only file of the audit: one JSON line per record, in order; when it is full it is renamed to .1 (.1 to .2
// and so on) and the oldest goes. A file that cannot be written is told once, and the records still go out as messages.
import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
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

  append(line: string): void {
    if (this.path === '') return;
    this.turn = this.turn
      .then(() => this.write(line))
      .then(
        () => void (this.isTold = false),
        (thrown: unknown) => {
          if (!this.isTold) this.onTrouble(thrown instanceof Error ? thrown.message : String(thrown));
          this.isTold = true;
          this.size = undefined; // the folder may be gone, or the file another one: looked at again
        },
      );
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

function ignoreMissing(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
}
