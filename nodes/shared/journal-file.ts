// A journal's file on the disk of the machine, with a file beside it that says who owns it: a process that lives keeps
// others out, one that died does not. The number of a process is given again, so its start is told with it.
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failure, type JournalFile } from '../../src/core/index';

export class DiskFile implements JournalFile {
  private handle: FileHandle | undefined;

  constructor(private readonly path: string) {}

  get isThere(): boolean {
    return existsSync(this.path);
  }

  async open(): Promise<Uint8Array | undefined> {
    await mkdir(dirname(this.path), { recursive: true });
    await this.own();
    const bytes = await readFile(this.path).catch(missing);
    this.handle = await open(this.path, 'a', MODE);
    if (!bytes) await syncFolder(this.path);
    return bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.handle ??= await open(this.path, 'a', MODE);
    await this.handle.appendFile(bytes);
    await this.handle.datasync();
  }

  async replace(parts: Iterable<Uint8Array>): Promise<void> {
    const next = `${this.path}.new`;
    const handle = await open(next, 'w', MODE);
    try {
      let pieces: Uint8Array[] = [];
      let size = 0;
      for (const part of parts) {
        pieces.push(part);
        size += part.length;
        if (size < PIECE) continue;
        await handle.appendFile(Buffer.concat(pieces));
        [pieces, size] = [[], 0];
      }
      await handle.appendFile(Buffer.concat(pieces));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.handle?.close();
    this.handle = undefined;
    await rename(next, this.path);
    await syncFolder(this.path);
  }

  async close(isRemoved: boolean): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
    if (isRemoved) await rm(this.path, { force: true });
    await rm(this.lock, { force: true });
  }

  private get lock(): string {
    return `${this.path}.lock`;
  }

  private async own(): Promise<void> {
    const told = await readFile(this.lock, 'utf8').catch(missing);
    const [pid = '', start = ''] = told?.split(' ') ?? [];
    const isOther = told !== undefined && pid !== '' && pid !== String(process.pid);
    if (isOther && isAlive(Number(pid)) && (await startOf(pid)) === start)
      throw failure('fleet.journalOwned', { pid, path: this.path }, 'configure');
    await writeFile(this.lock, `${process.pid} ${await startOf(String(process.pid))}`, { mode: MODE });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks, and ends nothing
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, where the system tells (proc(5), stat, field 22); else nothing, and its number has to do. */
async function startOf(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(missing);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** The names in the folder are on the disk too; not every system lets a folder be opened for that. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function missing(thrown: unknown): undefined {
  if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
}

/** Its values are sealed or hold no secret; still nobody else's. */
const MODE = 0o600;
/** Octets in one write. */
const PIECE = 262_144;
