// The modems of a fleet by IMEI and by slot. A slot is a modem's place in the pages of its history and in the chunks that
// are stored; it is given to another modem once its own is forgotten.
import { CHUNK } from './fleet-store';
import { ModemRecord } from './record';

export class Roster {
  private readonly byImei = new Map<string, ModemRecord>();
  private readonly slots: (ModemRecord | undefined)[] = [];
  private readonly free: number[] = [];
  /** Numbers of the chunks that changed since they were stored, oldest change first. */
  readonly changed = new Set<number>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.byImei.size;
  }

  get chunks(): number {
    return Math.ceil(this.slots.length / CHUNK);
  }

  find(imei: string): ModemRecord | undefined {
    return this.byImei.get(imei);
  }

  all(): Iterable<ModemRecord> {
    return this.byImei.values();
  }

  /** Undefined when the roster is full: somebody publishing under invented IMEIs must not eat the memory. */
  create(imei: string): ModemRecord | undefined {
    if (this.byImei.size >= this.limit) return undefined;
    const slot = this.free.pop() ?? this.slots.length;
    const record = new ModemRecord(imei, slot);
    this.slots[slot] = record;
    this.byImei.set(imei, record);
    return record;
  }

  remove(record: ModemRecord): void {
    this.byImei.delete(record.imei);
    this.slots[record.slot] = undefined;
    this.free.push(record.slot);
    this.touch(record);
  }

  touch(record: ModemRecord): void {
    this.changed.add(Math.floor(record.slot / CHUNK));
  }

  inChunk(chunk: number): readonly ModemRecord[] {
    return this.slots.slice(chunk * CHUNK, (chunk + 1) * CHUNK).filter((record) => record !== undefined);
  }
}
