// Built-in device profiles: facts from makers' manuals and open sources, one data file each with its source. They are
// parsed as strictly as a user's own rows. A new device is a new file in profiles/ and a line in FILES.
import { failure } from '../../wire/errors';
import type { LineSettings } from '../../wire/dialogue';
import { parseRegisters, type Register } from './registers';
import abbB23 from './profiles/abb-b23.json';
import carlogavazziEm340 from './profiles/carlogavazzi-em340.json';
import circutorCvmC10 from './profiles/circutor-cvm-c10.json';
import circutorCvmMini from './profiles/circutor-cvm-mini.json';
import eastronSdm630 from './profiles/eastron-sdm630.json';
import janitzaUmg96rm from './profiles/janitza-umg96rm.json';
import schneiderIem3000 from './profiles/schneider-iem3000.json';
import siemensPac2200 from './profiles/siemens-pac2200.json';
import sunspec203 from './profiles/sunspec-203.json';

export interface Profile {
  readonly id: string;
  readonly vendor: string;
  readonly models: readonly string[];
  readonly source: string;
  /** How the device leaves the factory, where it is known. */
  readonly serial?: LineSettings;
  readonly unit?: number;
  /** Registers that one read may ask for. */
  readonly maxRegisters: number;
  /** The device answers an odd number of registers with an exception. */
  readonly isEvenLength: boolean;
  /** Functions 3 and 4 read the same registers. */
  readonly isOneTable: boolean;
  /** Addresses count from the first register of this SunSpec model, which must be found first (sunspec.ts). */
  readonly sunspecModel?: number;
  /** What else the sources say: address notation, limits of siblings, doubts. */
  readonly notes: readonly string[];
  /** What it measures, and apart from that how it is set. */
  readonly registers: readonly Register[];
  readonly settings: readonly Register[];
  /** By register name: what nobody has confirmed yet, and which manual a row is from where that differs. */
  readonly unverified: { readonly [register: string]: string };
  readonly origins: { readonly [register: string]: string };
}

/** undefined for a name that is none of `profileNames`. */
export function findProfile(id: string): Profile | undefined {
  return PROFILES.get(id);
}

interface Row {
  readonly name: string;
  readonly from?: string;
  readonly unverified?: string;
}
interface ProfileFile extends Partial<Omit<Profile, 'serial' | 'registers' | 'settings'>> {
  readonly id: string;
  readonly vendor: string;
  readonly models: readonly string[];
  readonly source: string;
  readonly maxRegisters: number;
  readonly notes: readonly string[];
  readonly serial?: {
    readonly baud: number;
    readonly dataBits: number;
    readonly parity: string;
    readonly stopBits: number;
  };
  readonly registers: readonly Row[];
  readonly settings?: readonly Row[];
}

function parseProfile(file: ProfileFile): Profile {
  const { serial, registers, settings = [], isEvenLength = false, isOneTable = false, ...facts } = file;
  const rows = [...registers, ...settings];
  return {
    ...facts,
    ...(serial === undefined ? {} : { serial: parseSerial(serial, file.id) }),
    isEvenLength,
    isOneTable,
    registers: parseRegisters(registers.map(withoutRemarks), `${file.id}.registers`),
    settings: parseRegisters(settings.map(withoutRemarks), `${file.id}.settings`),
    unverified: remarks(rows, 'unverified'),
    origins: remarks(rows, 'from'),
  };
}

function withoutRemarks({ from: _, unverified: __, ...register }: Row): object {
  return register;
}

function remarks(rows: readonly Row[], field: 'from' | 'unverified'): { readonly [register: string]: string } {
  return Object.fromEntries(rows.flatMap((row) => (row[field] === undefined ? [] : [[row.name, row[field]]])));
}

function parseSerial(
  { baud, dataBits, parity, stopBits }: NonNullable<ProfileFile['serial']>,
  id: string,
): LineSettings {
  const isKnown =
    (dataBits === 7 || dataBits === 8) &&
    (parity === 'none' || parity === 'even' || parity === 'odd') &&
    (stopBits === 1 || stopBits === 2);
  if (!isKnown) throw failure('wire.defect', { where: `profile ${id}` });
  return { baud, dataBits, parity, stopBits };
}

const FILES: readonly ProfileFile[] = [
  abbB23,
  carlogavazziEm340,
  circutorCvmC10,
  circutorCvmMini,
  eastronSdm630,
  janitzaUmg96rm,
  schneiderIem3000,
  siemensPac2200,
  sunspec203,
];
const PROFILES: ReadonlyMap<string, Profile> = new Map(FILES.map((file) => [file.id, parseProfile(file)]));

export const profileNames: readonly string[] = [...PROFILES.keys()];
