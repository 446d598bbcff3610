// What is known of one meter and outlives a read: never a secret, never a reading. It belongs to one identity (system
// title or logical device name); when another meter answers at the same address, everything is forgotten.
import type { LineMemory } from '../../wire/dialogue';
import { freshAssociationMemory, type AssociationMemory } from '../association/association-memory';
import type { ScalerUnit } from '../model/cosem';
import type { CosemObject } from '../model/objects';

/** How rows are asked for: by a range of time, by entries, or all. */
export type ProfileWay = 'range' | 'entry' | 'whole';

/** One column of a profile. */
export interface CaptureObject {
  readonly classId: number;
  readonly instance: Uint8Array;
  readonly attribute: number;
  readonly dataIndex: number;
}

/** What is known of a profile. */
export interface ProfileNotes {
  captured: readonly CaptureObject[];
  /**
   * Seconds between rows that stand together; 0 = not periodic, undefined = the meter does not say, or sorts them
   * otherwise.
   */
  periodS: number | undefined;
  isNewestFirst: boolean;
  /** By a value: neither place nor neighbours of a row tell its time. */
  isSorted: boolean;
  /** The first way that the meter has not refused. */
  way: ProfileWay;
  hasColumnSelection: boolean;
}

/** What is known of one meter, as one client sees it. */
export interface MeterKnowledge extends AssociationMemory {
  identity: string | undefined;
  /** Attributes in one list; 1 = the meter takes no lists. */
  listLimit: number;
  silentLists: number;
  /** What this meter refused in a list it refused alone as well. */
  hasTrueLists: boolean;
  hasNoPublicCounter: boolean;
  /** The clock's deviation in minutes; null = the meter tells none, undefined = not asked yet. */
  deviation: number | null | undefined;
  objects: readonly CosemObject[] | undefined;
  /** By `class/obis hex`; null = refused or unusable. */
  readonly scalers: Map<string, ScalerUnit>;
  /** By the memory's clock: from when on scalers are known. */
  scalersSince: number;
  readonly classes: Map<string, number>;
  readonly profiles: Map<string, ProfileNotes>;
}

/** What is known under this name on this line; fresh at first use. */
export function notesOf(memory: LineMemory, meter: string): MeterKnowledge {
  return memory.recall(`dlms ${meter}`, () => freshNotes(memory.now()));
}

/**
 * A meter may be set up anew, above all its transformer ratios, and stays who it is: its scalers are asked for again
 * with the first list of a day. That is no trip more where the list has room.
 */
export function forgetOldScalers(notes: MeterKnowledge, now: number): void {
  if (now - notes.scalersSince < SCALERS_MS) return;
  notes.scalers.clear();
  notes.scalersSince = now;
}

/** Another meter stands there now. */
export function forget(notes: MeterKnowledge): void {
  Object.assign(notes, {
    identity: undefined,
    listLimit: Infinity,
    silentLists: 0,
    hasTrueLists: false,
    hasNoPublicCounter: false,
    deviation: undefined,
    objects: undefined,
    ...freshAssociationMemory(),
    invokeId: notes.invokeId,
  });
  notes.scalers.clear();
  notes.classes.clear();
  notes.profiles.clear();
}

function freshNotes(now: number): MeterKnowledge {
  return {
    identity: undefined,
    listLimit: Infinity,
    silentLists: 0,
    hasTrueLists: false,
    ...freshAssociationMemory(),
    hasNoPublicCounter: false,
    deviation: undefined,
    objects: undefined,
    scalers: new Map(),
    scalersSince: now,
    classes: new Map(),
    profiles: new Map(),
  };
}

const SCALERS_MS = 24 * 3_600_000;
