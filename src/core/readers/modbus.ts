// From a Modbus reader's properties to what is to be read: a built-in profile, registers of one's own, or both.
import type { Readout } from '../meter/reading';
import { readModbus, type ModbusReadOptions } from '../modbus/read';
import { readSunSpec } from '../modbus/reading/read-sunspec';
import { findProfile, profileNames, type Profile } from '../modbus/registers/profiles';
import { parseRegisters, type Register } from '../modbus/registers/registers';
import type { Job } from '../transport/lane/job';
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { failure, phrase } from '../wire/errors';
import type { Fields } from './fields';
import type { MeterReader } from './meter-reader';
import { queryDigest } from './query-digest';

export interface ModbusQuery extends ModbusReadOptions {
  readonly profile: Profile | undefined;
}

export const modbusReader: MeterReader<'modbus', ModbusQuery> = {
  name: 'modbus',
  secrets: [],
  parse: parseModbus,
  meter: ({ unit }) => String(unit),
  job: modbusJob,
};

export function parseModbus(fields: Fields): ModbusQuery {
  const profile = parseProfile(fields.text('profile'));
  const registers = parseRows(fields, profile);
  return {
    unit: fields.integer('unit', { min: 1, max: 247 }),
    framing: fields.choice('framing', ['rtu', 'ascii'], 'rtu'),
    timeoutMs: fields.integer('timeout', { min: 50, max: 120_000, fallback: 1_000 }),
    maxRegisters: fields.integer('maxRegisters', { min: 1, max: 125, fallback: profile?.maxRegisters ?? 125 }),
    isEvenLength: profile?.isEvenLength ?? false,
    isOneSpace: profile?.isOneTable ?? false,
    expectEcho: fields.flag('expectEcho'),
    profile,
    registers,
  };
}

export function readModbusQuery(query: ModbusQuery, memory: LineMemory): Dialogue<Readout> {
  const model = query.profile?.sunspecModel;
  return model === undefined ? readModbus(query, memory) : readSunSpec(model, query, memory);
}

/** Late answers need not be waited out: they are told apart by their shape, so that only a cut-off one has to pass. */
export function modbusJob(query: ModbusQuery): Pick<Job<Readout>, 'start' | 'quietMs' | 'key'> {
  return {
    start: (memory) => readModbusQuery(query, memory),
    quietMs: QUIET_MS,
    key: queryDigest(query),
  };
}

function parseProfile(id: string): Profile | undefined {
  if (id === '') return undefined;
  const profile = findProfile(id);
  if (!profile) throw failure('modbus.noProfile', { shown: id.slice(0, 40), known: profileNames }, 'configure');
  return profile;
}

/** Names pick from the profile, objects are registers of one's own; none at all means the whole profile. */
function parseRows(fields: Fields, profile: Profile | undefined): readonly Register[] {
  const rows = [...fields.list('registers'), ...fields.list('items')];
  const names = rows.filter((row): row is string => typeof row === 'string');
  const own = parseRegisters(
    rows.filter((row) => typeof row !== 'string'),
    'registers',
  );
  const known = profile ? [...profile.registers, ...profile.settings] : [];
  const whole = own.length > 0 ? [] : (profile?.registers ?? []);
  const named = names.map((name) => known.find((register) => register.name === name) ?? unknownName(name, profile));
  const picked = names.length > 0 ? named : whole;
  const factors = picked.flatMap(({ scaleFactor }) =>
    known.filter((register) => register.name === scaleFactor && !picked.includes(register)),
  );
  const registers = [...picked, ...new Set(factors), ...own];
  const twice = registers.find((register, i) => registers.findIndex(({ name }) => name === register.name) < i);
  if (twice) throw fields.wrong('registers', phrase('modbus.sameName', { name: twice.name }));
  if (registers.length === 0) throw fields.wrong('registers', phrase('modbus.noRows', {}));
  return registers;
}

function unknownName(name: string, profile: Profile | undefined): never {
  const shown = name.slice(0, 40);
  throw profile
    ? failure('modbus.noSuchName', { name: shown, profile: profile.id }, 'configure')
    : failure('modbus.nameNeedsProfile', { name: shown }, 'configure');
}

/** Twice the pause after which a modem publishes what it collected (MTX_msToSend 100 ms). */
const QUIET_MS = 200;
