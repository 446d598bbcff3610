// Talks as text files, byte for byte, for every protocol that is asked in words of its own
// (test/support/transcript.ts).
import { readIec62056 } from '../../src/core/iec62056/read';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import { readIec870 } from '../../src/core/iec870/read';
import type { Iec870Options } from '../../src/core/iec870/options';
import { readIdentity, probeUnit } from '../../src/core/modbus/reading/identity';
import { readModbus, type ModbusReadOptions } from '../../src/core/modbus/read';
import { parseRegisters } from '../../src/core/modbus/registers/registers';
import type { Peer } from '../../src/core/modbus/reading/exchange';
import { playTranscript, transcripts, type Starters } from '../support/transcript';

/** What a transcript leaves out. */
const USUAL = { framing: 'rtu', timeoutMs: 1000 } as const;
const USUAL_62056 = {
  address: '',
  mode: 'auto',
  baud: 'fixed',
  parity: 'none',
  request: 'readout',
  items: [],
  command: 'auto',
} as const;

function modbus(): Starters {
  let last: ModbusReadOptions | undefined;
  return {
    read: (given: Partial<ModbusReadOptions>, memory) => {
      last = {
        ...USUAL,
        unit: 1,
        maxRegisters: 125,
        ...given,
        registers: parseRegisters(given.registers ?? [], 'registers'),
      };
      return readModbus(last, memory);
    },
    again: (_: never, memory) => {
      if (!last) throw new Error('nothing was read before');
      return readModbus(last, memory);
    },
    identity: (given: { unit: number }, memory) => readIdentity(peer(given), memory),
    probe: (given: { unit: number }, memory) => probeUnit(peer(given), memory),
  };
}

function peer({ unit }: { readonly unit: number }): Peer {
  return { ...USUAL, unit };
}

const iec62056: Starters = {
  read: (given: Partial<Iec62056Options>, memory) => readIec62056({ ...USUAL_62056, ...given }, memory),
};
const iec870: Starters = {
  read: (given: Iec870Options, memory) => readIec870({ ...given, standardOffset: 60 }, memory),
};

for (const [folder, startersOf] of [
  ['modbus', modbus],
  ['iec62056', () => iec62056],
  ['iec870', () => iec870],
] as const)
  describe(`${folder} transcripts`, () => {
    for (const { name, text } of transcripts(folder)) it(name, () => playTranscript(text, startersOf()));
  });
