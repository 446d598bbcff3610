// The audit file as a view of the journal: a record is kept there together with what it tells of, written to the file,
// and taken away once it stands there. After a crash what the file lacks is written, and nothing twice: each line has
// an id.
import { auditLine, systemClock, type AuditRecord, type Journal } from '../../src/core/index';
import type { AuditFile } from './audit-file';

export class AuditView {
  private readonly life = systemClock.date().getTime().toString(36);
  private count = 0;
  private turn: Promise<void> = Promise.resolve();
  /** Keys of what stands in the file: they go with the next that is put. */
  private done: string[] = [];

  constructor(
    private readonly journal: Journal,
    private readonly file: AuditFile,
  ) {}

  /** What an earlier life kept and did not write any more. */
  open(): Promise<void> {
    const first = this.turn.then(async () => {
      await this.journal.open();
      const left = this.journal.keys(KEY);
      if (left.length === 0) return;
      const end = await this.file.end();
      for (const key of left) {
        const line = String(this.journal.read(key));
        if (end.includes(idIn(key)) || (await this.file.append(line))) this.done.push(key);
      }
    });
    this.turn = first.catch(() => undefined);
    return first;
  }

  /** In one go with whatever else is put before anybody waits. */
  add(record: AuditRecord): void {
    if (!this.file.isWanted) return;
    const id = `${this.life}.${this.count++}`;
    const key = KEY + id;
    const line = auditLine({ ...record, id });
    // the file is told all the same
    const kept = this.journal.put({ ...this.taken(), [key]: line }).catch(() => undefined);
    this.turn = this.turn.then(async () => {
      await kept;
      if (await this.file.append(line)) this.done.push(key);
    });
  }

  async close(): Promise<void> {
    await this.turn;
    if (this.done.length > 0) await this.journal.put(this.taken()).catch(() => undefined);
  }

  private taken(): Record<string, undefined> {
    return Object.fromEntries(this.done.splice(0).map((key) => [key, undefined]));
  }
}

function idIn(key: string): string {
  return `"id":"${key.slice(KEY.length)}"`;
}

const KEY = 'audit_';
