import { readIdentity, probeUnit } from '../../../src/core/modbus/reading/identity';
import { readModbus, type ModbusReadOptions } from '../../../src/core/modbus/read';
import { parseRegisters } from '../../../src/core/modbus/registers/registers';
import type { Peer } from '../../../src/core/modbus/reading/exchange';
import { playTranscript, transcripts, type Starters } from '../../support/transcript';

/** What a transcript leaves out. */
const USUAL = { framing: 'rtu', timeoutMs: 1000 } as const;

function starters(): Starters {
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

describe('modbus transcripts', () => {
  for (const { name, text } of transcripts('modbus')) it(name, () => playTranscript(text, starters()));
});
