// The rooms of the house and what each may know (docs/architecture.md). A folder that is in no row has no place yet.
import { rowsOf } from '../../../scripts/protocols.cjs';

const TABLE = rowsOf();

/** The folders of the meter protocols. */
export const PROTOCOLS: readonly string[] = TABLE.map(({ parts }) => parts.core);

const WIRE = 'src/core/wire';
const METER = 'src/core/meter';
const AT = 'src/core/at';
const CLOCK = 'src/core/transport/lane/clock';
/** Parts that a protocol keeps in a folder of its own belong to these rooms all the same. */
const HOMES = TABLE.flatMap(({ folder }) => (folder === undefined ? [] : [folder]));
const partsOf = (...parts: readonly string[]): string[] =>
  HOMES.flatMap((home) => parts.map((part) => `${home}/${part}`));
const READERS_KNOW = [WIRE, METER, AT, 'src/core/transport', ...PROTOCOLS];
const SIMULATOR_KNOWS = [WIRE, METER, CLOCK, ...PROTOCOLS];

/** What is the core, and what the meter's side of a line, wherever it stands. */
export const CORE: readonly string[] = ['src/core', ...HOMES];
export const SIMULATOR: readonly string[] = ['src/simulator', ...partsOf('meter')];

/** A room: the rooms and single files that it may import, beside its own. The longest name that fits a path counts. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  [WIRE]: partsOf('reasons'),
  [METER]: [WIRE],
  [AT]: [WIRE, METER],
  ...Object.fromEntries(PROTOCOLS.map((room) => [room, [WIRE, METER]])),
  'src/core/transport': [WIRE, METER, AT],
  'src/core/fleet': [WIRE, METER, AT, 'src/core/transport'],
  'src/core/readers': READERS_KNOW,
  'src/core/index.ts': ['src/core'],
  'src/words': [WIRE, ...partsOf('words')],
  'src/index.ts': ['src/core/index', 'src/words'],
  'src/simulator': SIMULATOR_KNOWS,
  nodes: ['src/core/index', 'src/words/index'],
  scripts: ['src', 'test/support'],
  bench: ['src', 'test/support'],
  ...Object.fromEntries(
    HOMES.flatMap((home) => [
      [`${home}/reader.ts`, [...READERS_KNOW, 'src/core/readers']],
      [`${home}/reasons.ts`, ['src/core/wire/reasons/row']],
      [`${home}/words`, [WIRE, 'src/words/words', `${home}/reasons`]],
      [`${home}/meter`, [...SIMULATOR_KNOWS, 'src/simulator']],
    ]),
  ),
};

/** Inside a room: its sub-rooms from the ground up. Each knows those of the rows before its own; none knows another of
 *  its own row, nor a file that stands above them all in the room itself. */
export const SUB_ROOMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'src/core/dlms': [['link', 'apdu'], ['security'], ['model'], ['association'], ['reading'], ['push']],
  'src/core/modbus': [['frames', 'registers'], ['reading']],
  'src/core/transport': [['lane'], ['mqtt'], ['modem']],
  'src/core/fleet': [['presence', 'config', 'sms', 'journal'], ['rollout'], ['commands']],
  'src/simulator': [['ground'], ['serial'], ['faults'], ['sources', 'meters', 'modem'], ['world'], ['cli']],
};

/** Packages, and modules of Node, that only these may import. */
export const PACKAGE_OWNERS: Readonly<Record<string, readonly string[]>> = {
  mqtt: [
    'src/core/transport/mqtt',
    'src/simulator/world/modem.ts',
    // the floor that a read is compared with, and the meters that it is compared on
    'bench/fleet-reads.ts',
    'bench/fleet-reads-world.ts',
  ],
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

/** Texts of the wire, and examples of them, that read as sentences. */
export const WIRE_TEXTS: readonly string[] = ['{"csq": "signal_quality", "ip": "net.address"}'];

/** Tables of names that are a standard's own. */
export const NAMES_OF_STANDARDS: readonly string[] = [
  'src/core/dlms/apdu/result-codes.ts',
  'src/core/dlms/model/cosem-classes.ts',
  'src/core/dlms/model/date-time.ts',
  'src/core/dlms/model/obis-names.ts',
  'src/core/dlms/model/objects.ts',
  'src/core/modbus/frames/functions.ts',
];
