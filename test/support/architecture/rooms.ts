// The rooms of the house and what each may know (docs/architecture.md). A folder that is in no row has no place yet.
import TABLE from '../../../scripts/protocols.json';

/** The meter protocols: folders of src/core. */
export const PROTOCOLS: readonly string[] = TABLE.map(({ protocol }) => protocol);

const WIRE = 'src/core/wire';
const METER = 'src/core/meter';
const AT = 'src/core/at';
const CLOCK = 'src/core/transport/lane/clock';
const protocols = PROTOCOLS.map((name) => `src/core/${name}`);

/** A room: the rooms and single files that it may import, beside its own. The longest name that fits a path counts. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  [WIRE]: [],
  [METER]: [WIRE],
  [AT]: [WIRE, METER],
  ...Object.fromEntries(protocols.map((room) => [room, [WIRE, METER]])),
  'src/core/transport': [WIRE, METER, AT],
  'src/core/fleet': [WIRE, METER, AT, 'src/core/transport'],
  'src/core/readers': [WIRE, METER, AT, 'src/core/transport', ...protocols],
  'src/core/index.ts': ['src/core'],
  'src/words': [WIRE],
  'src/index.ts': ['src/core/index', 'src/words'],
  'src/simulator': [WIRE, METER, CLOCK, ...protocols],
  nodes: ['src/core/index', 'src/words/index'],
  scripts: ['src', 'test/support'],
  bench: ['src', 'test/support'],
};

/** Inside a room: its sub-rooms from the ground up. Each knows those of the rows before its own; none knows another of
 *  its own row, nor a file that stands above them all in the room itself. */
export const SUB_ROOMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'src/core/dlms': [['link', 'apdu'], ['security'], ['model'], ['association'], ['reading'], ['push']],
  'src/core/modbus': [['frames', 'registers'], ['reading']],
  'src/core/transport': [['lane'], ['mqtt'], ['modem']],
  'src/core/fleet': [['presence', 'config', 'sms'], ['rollout'], ['commands']],
  'src/simulator': [['ground'], ['serial'], ['faults'], ['sources', 'meters', 'modem'], ['world'], ['cli']],
};

/** Packages, and modules of Node, that only these may import. */
export const PACKAGE_OWNERS: Readonly<Record<string, readonly string[]>> = {
  mqtt: ['src/core/transport/mqtt', 'src/simulator/world/modem.ts'],
  'node-red': ['nodes', 'scripts'],
};
export const BUILTIN_OWNERS: Readonly<Record<string, readonly string[]>> = {
  'node:crypto': ['src/core/dlms/security/primitives.ts'],
  'node:net': ['src/core/transport/mqtt'],
  'node:tls': ['src/core/transport/mqtt'],
  'node:stream': ['src/core/transport/mqtt'],
};

/** The one file that may name each of these globals of Node. */
export const GLOBAL_OWNERS: Readonly<Record<string, readonly string[]>> = {
  Buffer: ['src/core/wire/bytes.ts'],
  process: [],
  global: [],
  globalThis: [],
};

/** What names timers or wall time. */
export const TIME_OWNERS: readonly string[] = [
  'src/core/transport/lane/clock.ts',
  'src/simulator/ground/virtual-clock.ts',
];
