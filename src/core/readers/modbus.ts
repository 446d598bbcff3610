// From a Modbus reader's properties to what is to be read: a built-in profile, registers of one's own, or both.
import type { Readout } from '../meter/reading';
import { readModbus, type ModbusReadOptions } from '../modbus/read';
import { readSunSpec } from '../modbus/read-sunspec';
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
    unit: fields.integer('unit', { min: 1, max: 255 }),
    framing: fields.choice('framing', ['rtu', 'ascii'], 'rtu'),
    timeoutMs: fields.integer('timeout', { min: 50, max: 120_000, fallback: 1_000 }),
    maxRegisters: fields.integer('maxRegisters', { min: 1, max: 125, fallback: profile?.maxRegisters ?? 125 }),
    isEvenLength: profile?.isEvenLength ?? false,
    isOneSpace: profile?.isOneTable ?? false,
    expectEcho: fields.flag('expectEcho'),
    pauseMs: fields.integer('pause', { min: 0, max: 60_000, fallback: 0 }),
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
  if (rows.length > MAX_ROWS)
    throw fields.wrong('registers', phrase('modbus.tooManyRows', { count: rows.length, most: MAX_ROWS }));
  const own = parseRegisters(
    rows.filter((row) => typeof row !== 'string').map((row) => withAnswerLength(row, fields.raw('answerLength'))),
    'registers',
  );
  const known = new Map([...(profile?.registers ?? []), ...(profile?.settings ?? [])].map((row) => [row.name, row]));
  const whole = own.length > 0 ? [] : (profile?.registers ?? []);
  const named = names.map((name) => known.get(name) ?? unknownName(name, profile));
  const picked = names.length > 0 ? named : whole;
  const factors = picked.flatMap(({ scaleFactor = '' }) => known.get(scaleFactor) ?? []);
  const chosen = new Set(picked);
  const registers = [...picked, ...new Set(factors.filter((factor) => !chosen.has(factor))), ...own];
  const seen = new Set<string>();
  const twice = registers.find(({ name }) => seen.size === seen.add(name).size);
  if (twice) throw fields.wrong('registers', phrase('modbus.sameName', { name: twice.name }));
  if (registers.length === 0) throw fields.wrong('registers', phrase('modbus.noRows', {}));
  return registers;
}

/** The node's own says it for every row that does not. */
function withAnswerLength(row: unknown, answerLength: unknown): unknown {
  if (answerLength === undefined || answerLength === '' || typeof row !== 'object' || row === null) return row;
  return { answerLength, ...row };
}

function unknownName(name: string, profile: Profile | undefined): never {
  const shown = name.slice(0, 40);
  throw profile
    ? failure('modbus.noSuchName', { name: shown, profile: profile.id }, 'configure')
    : failure('modbus.nameNeedsProfile', { name: shown }, 'configure');
}

/** What a device may have and a plan may hold, with room: a table of Modbus has 65,536 registers. */
const MAX_ROWS = 5_000;
/** Twice the pause after which a modem publishes what it collected (MTX_msToSend 100 ms). */
const QUIET_MS = 200;
