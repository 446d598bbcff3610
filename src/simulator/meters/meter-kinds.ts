// The kinds of meters that can stand behind a simulated modem, by name. A new kind is one line in the table.
import type { Clock } from '../../core/transport/lane/clock';
import type { LineSettings } from '../../core/wire/dialogue';
import type { Meter } from '../serial/meter';
import { demoDlmsMeter } from './dlms/demo';
import { Iec62056Meter } from './iec62056/meter';
import { demoIec62056Model } from './iec62056/demo';
import { iec870Meter } from './iec870/meter';
import { demoIec870Memory } from './iec870/demo';
import { ModbusMeter } from './modbus/meter';
import { profileDevice, ruleDevice, type ModbusDevice } from './modbus/device';
import type { ModbusProfile } from './modbus/profiles';
import { seededRandom, seedOf } from '../ground/random';

/** What a kind is told of the meters wanted behind one modem. */
export interface MeterWish {
  readonly clock: Clock;
  readonly seed: number;
  readonly line: LineSettings;
  /** Unit ids, link addresses, serial numbers: as the protocol has them; empty = the kind's own default. */
  readonly addresses: readonly string[];
  readonly profile: ModbusProfile | undefined;
  readonly password: string;
  readonly framing: 'rtu' | 'ascii';
}

/** Throws RangeError with one sentence when the wish cannot be met. */
export type MeterKind = (wish: MeterWish) => readonly Meter[];

export const METER_KINDS: Readonly<Record<string, MeterKind>> = {
  modbus: (wish) => modbus(wish, (unit) => (wish.profile ? profiled(wish, wish.profile, unit) : ruleDevice(unit))),
  iec62056: (wish) =>
    addressesOf(wish, '12345678').map(
      (address) =>
        new Iec62056Meter({
          model: demoIec62056Model(wish.clock, address, wish.line, wish.password),
          now: () => wish.clock.now(),
        }),
    ),
  iec870: (wish) =>
    addressesOf(wish, '1').map((link) =>
      iec870(
        wish,
        whole('a link address', link, 0xffff),
        whole('the password of such a meter', wish.password || '1', 0xffff_ffff),
      ),
    ),
  dlms: (wish) => dlms(wish, false),
  'dlms-secured': (wish) => dlms(wish, true),
  'modbus-rule': (wish) => modbus(wish, (unit) => ruleDevice(unit)),
};

function modbus(wish: MeterWish, device: (unit: number) => ModbusDevice): readonly Meter[] {
  const devices = addressesOf(wish, '1').map((text) => {
    const unit = Number(text);
    if (!Number.isInteger(unit) || unit < 1 || unit > 247)
      throw new RangeError(`a Modbus unit id is 1 to 247, not ${text}`);
    return device(unit);
  });
  return [
    new ModbusMeter({
      devices,
      line: wish.line,
      framing: wish.framing,
      random: seededRandom(seedOf(wish.seed, 'answers')),
      answerMsMin: 20,
      answerMsMax: 80,
    }),
  ];
}

function iec870({ clock, line }: MeterWish, link: number, password: number): Meter {
  const epoch = clock.date().getTime() - clock.now();
  return iec870Meter({ link, point: 1, password, line, memory: demoIec870Memory(epoch, () => clock.now()) });
}

function dlms(wish: MeterWish, isSecured: boolean): readonly Meter[] {
  const { clock, line, password } = wish;
  return addressesOf(wish, '1').map((serial) => demoDlmsMeter({ clock, line, serial, password, isSecured }));
}

function addressesOf({ addresses }: MeterWish, fallback: string): readonly string[] {
  return addresses.length > 0 ? addresses : [fallback];
}

function whole(what: string, text: string, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= high) return value;
  throw new RangeError(`${what} is a whole number from 0 to ${high}, not ${text}`);
}

function profiled(wish: MeterWish, profile: ModbusProfile, unit: number): ModbusDevice {
  const { points, maxRegisters, isEvenOnly, id, fixed } = profile;
  return profileDevice({
    unit,
    points,
    clock: wish.clock,
    seed: wish.seed,
    maxRegisters,
    isEvenOnly,
    fixed,
    identity: ['meter-tunnel', id, '1.0'],
    zeroGap: ZERO_GAP,
  });
}

/** Within a maker's block of registers unused ones read 0; between blocks there is nothing. */
const ZERO_GAP = 64;
