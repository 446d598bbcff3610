// The kinds of meters that can stand behind a simulated modem, by name.
// Written by `npm run protocols` from scripts/protocols.json: never by hand.
import type { MeterKind } from './meter-kind';
import { dlmsKinds } from './dlms/kinds';
import { iec62056Kinds } from './iec62056/kinds';
import { iec870Kinds } from './iec870/kinds';
import { modbusKinds } from './modbus/kinds';

export const METER_KINDS: Readonly<Record<string, MeterKind>> = {
  ...modbusKinds,
  ...iec62056Kinds,
  ...iec870Kinds,
  ...dlmsKinds,
};
