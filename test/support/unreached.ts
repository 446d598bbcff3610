// Reasons that no test reaches yet: sentences that nobody has seen. None may be added; who reaches one takes its row
// out.
import type { Reason } from '../../src/core/wire/reasons';

export const UNREACHED: ReadonlySet<Reason> = new Set<Reason>([
  'fleet.busy',
  'fleet.noText',
  'fleet.textTooLong',
  'modbus.busy',
  'modbus.noModel',
  'modbus.noReadThere',
  'modbus.noSunSpec',
  'modbus.tooLong',
]);
