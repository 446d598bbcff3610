// The built-in device profiles as simulated devices: the list of registers is shared with the platform (it is data of
// the makers), what stands in them is not.
import { findProfile, profileNames } from '../../../core/modbus/registers/profiles';
import type { ModbusProfile, Point } from '../register-list';

/** Every built-in profile. */
export function builtInProfiles(): readonly ModbusProfile[] {
  return profileNames.flatMap((name) => {
    const profile = findProfile(name);
    if (!profile) return [];
    const { id, maxRegisters, isEvenLength: isEvenOnly, isOneTable, sunspecModel } = profile;
    const listed: readonly Point[] = [...profile.registers, ...profile.settings];
    if (sunspecModel !== undefined) return [{ id, maxRegisters, isEvenOnly, ...sunSpecMap(sunspecModel, listed) }];
    const twins = isOneTable ? listed.map((point): Point => ({ ...point, fc: point.fc === 3 ? 4 : 3 })) : [];
    return [{ id, maxRegisters, isEvenOnly, points: [...listed, ...twins], fixed: {} }];
  });
}

/**
 * SunSpec Device Information Model Specification, 6.1 to 6.3: "SunS" at 40000, the common model (1, 66 registers), the
 * meter's model, the end model (0xFFFF, 0). The model's own rows count from its id register.
 */
function sunSpecMap(model: number, rows: readonly Point[]): Pick<ModbusProfile, 'points' | 'fixed'> {
  const length = Math.max(...rows.map((row) => row.address + row.length)) - HEADER;
  const start = SUNSPEC_BASE + MARK + HEADER + COMMON_LENGTH;
  const end = start + HEADER + length;
  const texts = [
    ['Mn', 4, 16],
    ['Md', 20, 16],
    ['Opt', 36, 8],
    ['Vr', 44, 8],
    ['SN', 52, 16],
  ] as const;
  const points = [
    row('mark', SUNSPEC_BASE, 'uint32', 2),
    row('common_id', SUNSPEC_BASE + 2, 'uint16', 1),
    row('common_length', SUNSPEC_BASE + 3, 'uint16', 1),
    ...texts.map(([name, at, size]) => row(name, SUNSPEC_BASE + at, 'string', size)),
    row('DA', SUNSPEC_BASE + 68, 'uint16', 1),
    row('Pad', SUNSPEC_BASE + 69, 'uint16', 1),
    ...rows.map((each) => ({ ...each, address: start + each.address })),
    row('end_id', end, 'uint16', 1),
    row('end_length', end + 1, 'uint16', 1),
  ];
  const fixed = {
    mark: 0x53756e53,
    common_id: 1,
    common_length: COMMON_LENGTH,
    Mn: 'meter-tunnel',
    Md: 'simulated',
    Opt: '',
    Vr: '1.0',
    SN: '1',
    DA: 1,
    Pad: 0x8000,
    ID: model,
    L: length,
    end_id: 0xffff,
    end_length: 0,
  };
  return { points, fixed };
}

function row(name: string, address: number, type: Point['type'], length: number): Point {
  return { name, fc: 3, address, type, order: 'ABCD', scale: 1, unit: '', length };
}

const SUNSPEC_BASE = 40_000;
const MARK = 2;
const HEADER = 2;
const COMMON_LENGTH = 66;
