// The modems of a fleet by IMEI and by slot, and which of them are newcomers. A slot is a modem's place in the pages of
// its history and in the chunks that are stored; it is given to another modem once its own is forgotten.
import { CHUNK } from './fleet-store';
import { ModemRecord } from './record';

export class Roster {
  private readonly byImei = new Map<string, ModemRecord>();
  private readonly slots: (ModemRecord | undefined)[] = [];
  private readonly free: number[] = [];
  /** Those that hold a place until a newer one needs it, oldest first. */
  private readonly newcomers = new Map<string, ModemRecord>();
  /** Numbers of the chunks that changed since they were stored, oldest change first. */
  readonly changed = new Set<number>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.byImei.size;
  }

  get chunks(): number {
    return Math.ceil(this.slots.length / CHUNK);
  }

  /** No further place: somebody publishing under invented IMEIs must not eat the memory. */
  get isFull(): boolean {
    return this.byImei.size >= this.limit;
  }

  get oldestNewcomer(): ModemRecord | undefined {
    const first = this.newcomers.values().next();
    return first.done ? undefined : first.value;
  }

  find(imei: string): ModemRecord | undefined {
    return this.byImei.get(imei);
  }

  all(): Iterable<ModemRecord> {
    return this.byImei.values();
  }

  /** A newcomer. */
  create(imei: string): ModemRecord {
    const slot = this.free.pop() ?? this.slots.length;
    const record = new ModemRecord(imei, slot);
    this.slots[slot] = record;
    this.byImei.set(imei, record);
    this.newcomers.set(imei, record);
    return record;
  }

  confirm(record: ModemRecord): void {
    record.isConfirmed = true;
    this.newcomers.delete(record.imei);
  }

  remove(record: ModemRecord): void {
    this.byImei.delete(record.imei);
    this.newcomers.delete(record.imei);
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
