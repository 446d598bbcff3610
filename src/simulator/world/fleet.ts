// Many modems from one wish: IMEI in a row, meters in turn, one seed for all of it.
import type { Clock } from '../../core/transport/lane/clock';
import type { LineSettings } from '../../core/wire/dialogue';
import { withFaults, type MeterFault } from '../faults/behaviours';
import type { ModemEvent, ModemSpec } from '../modem/body';
import type { SerialSide } from '../serial/bus';
import type { Choices } from '../modem/choices';
import { factoryConfig, portSettings } from '../modem/config';
import { imeiRow } from '../modem/imei';
import type { Meter } from '../serial/meter';
import type { MeterKind } from '../meters/meter-kind';
import type { ModbusProfile } from '../meters/register-list';
import { modemSpec } from '../modem/modem-spec';
import { seedOf } from '../ground/random';

export interface FleetOptions {
  readonly count: number;
  readonly firstImei: string;
  readonly seed: number;
  /** One modem gets the first, the next one the second, and so on in turn. */
  readonly kinds: readonly MeterKind[];
  readonly profiles: readonly ModbusProfile[];
  readonly addresses: readonly string[];
  readonly password: string;
  readonly framing: 'rtu' | 'ascii';
  /** How the meters are set, where that differs from the modem's port. */
  readonly meterLine?: LineSettings;
  readonly faults: readonly MeterFault[];
  readonly config: Readonly<Record<string, string>>;
  /** Default: what MTX_invertedCom says. */
  readonly bus?: 'rs232' | 'rs485';
  readonly choices: Partial<Choices>;
  readonly isLocked?: boolean;
  /** In place of simulated meters. */
  readonly side?: (index: number) => SerialSide;
  /** Recorded or hand-made meters in place of the kinds. */
  readonly meters?: (index: number) => readonly Meter[];
  readonly onEvent: (event: ModemEvent) => void;
}

export function fleetSpecs(options: FleetOptions, clock: Clock): readonly ModemSpec[] {
  const config = factoryConfig(options.config); // one for all: modems share what they have in common
  const line = options.meterLine ?? portSettings(config, 'COMM');
  return imeiRow(options.firstImei, options.count).map((imei, i) => {
    const { choices, isLocked = false, onEvent, addresses, password, framing, bus } = options;
    const seed = seedOf(options.seed, imei);
    const common = { imei, seed, config, choices, isLocked, onEvent, ...(bus && { bus }) };
    if (options.side) return modemSpec({ ...common, side: options.side(i) }, clock);
    const kind = options.kinds[i % Math.max(1, options.kinds.length)];
    const profile = options.profiles[i % Math.max(1, options.profiles.length)];
    const meters = options.meters?.(i) ?? kind?.({ clock, seed, line, addresses, profile, password, framing }) ?? [];
    const faulty = meters.map((meter, turn) => withFaults(meter, options.faults, seedOf(seed, turn)));
    return modemSpec({ ...common, meters: faulty }, clock);
  });
}
