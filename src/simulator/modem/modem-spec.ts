// A modem's specification from the few things that matter to whoever asks for one; the rest is as shipped.
import type { Clock } from '../../core/transport/lane/clock';
import type { ModemEvent, ModemSpec } from './body';
import { Bus, type SerialSide } from '../serial/bus';
import { DEFAULT_CHOICES, type Choices } from './choices';
import { factoryConfig, isOn, portSettings, type Config } from './config';
import type { Meter } from '../serial/meter';
import { seededRandom, seedOf } from '../ground/random';

export interface ModemOptions {
  readonly imei: string;
  /** Meters on the wire, or a foreign side (`source-tcp`, `source-serial`) in their place. */
  readonly meters?: readonly Meter[];
  readonly side?: SerialSide;
  /** A whole configuration, or what differs from the one modems are shipped with. */
  readonly config?: Config | Readonly<Record<string, string>>;
  readonly choices?: Partial<Choices>;
  /** Default: rs485 with MTX_invertedCom on, else rs232. */
  readonly bus?: 'rs232' | 'rs485';
  readonly seed?: number;
  readonly name?: string;
  readonly version?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly simApn?: string;
  readonly isLocked?: boolean;
  readonly onEvent?: (event: ModemEvent) => void;
}

export function modemSpec(options: ModemOptions, clock: Clock): ModemSpec {
  const config =
    options.config instanceof Map
      ? (options.config as Config)
      : factoryConfig(options.config as Readonly<Record<string, string>>);
  const choices = { ...DEFAULT_CHOICES, ...options.choices };
  const isInverted = isOn(config, 'MTX_invertedCom');
  const kind = options.bus ?? (isInverted ? 'rs485' : 'rs232');
  const random = seededRandom(seedOf(options.seed ?? 1, options.imei, 'bus'));
  const side =
    options.side ??
    new Bus({
      clock,
      random,
      line: portSettings(config, 'COMM'),
      kind,
      meters: options.meters ?? [],
      noise: choices.noise,
    });
  return {
    imei: options.imei,
    config,
    choices,
    side,
    wiredPort: kind === 'rs485' ? 1 : 0,
    version: options.version ?? '10.20',
    name: options.name ?? `METER-${options.imei.slice(-6)}`,
    files: new Map(Object.entries(options.files ?? {})),
    simApn: options.simApn ?? '',
    isLocked: options.isLocked ?? false,
    onEvent: options.onEvent ?? (() => undefined),
  };
}
