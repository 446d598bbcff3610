// Modbus devices by name: of a profile, or of the rule that register a of unit u holds 4096 u + a.
import { seededRandom, seedOf } from '../../ground/random';
import type { Meter } from '../../serial/meter';
import { addressesOf, type MeterKind, type MeterWish } from '../meter-kind';
import type { ModbusProfile } from '../register-list';
import { profileDevice, ruleDevice, type ModbusDevice } from './device';
import { ModbusMeter } from './meter';

export const modbusKinds = {
  modbus: (wish) => modbus(wish, (unit) => (wish.profile ? profiled(wish, wish.profile, unit) : ruleDevice(unit))),
  'modbus-rule': (wish) => modbus(wish, (unit) => ruleDevice(unit)),
} as const satisfies Record<string, MeterKind>;

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
