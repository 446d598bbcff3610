// The readers of the protocols: from properties to a job.
// Written by `npm run protocols` from scripts/protocols.json: never by hand.
import { dlmsReader } from './dlms';
import { iec62056Reader } from './iec62056';
import { iec870Reader } from './iec870';
import { modbusReader } from './modbus';

export const READERS = {
  modbus: modbusReader,
  iec62056: iec62056Reader,
  iec870: iec870Reader,
  dlms: dlmsReader,
} as const;
