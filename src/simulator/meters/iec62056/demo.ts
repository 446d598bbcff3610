// A plausible IEC 62056-21 meter for demonstrations: a commercial meter whose counters, clock, profile and log follow
// the world's time, so that "yesterday" is always there.
import type { Clock } from '../../../core/transport/lane/clock';
import type { LineSettings } from '../../../core/wire/dialogue';
import { VDEW_MODEL, wallOf, type Iec62056Model, type LoadProfileModel } from './data';

/** At 300 Bd it changes its speed as the standard has it; a port set to another one keeps it, as on RS485 meters. */
export function demoIec62056Model(
  clock: Clock,
  address: string,
  line: LineSettings,
  password: string,
): Partial<Iec62056Model> {
  const began = clock.date().getTime();
  const year = new Date(began).getUTCFullYear();
  return {
    address,
    line,
    switches: line.baud === 300,
    readout: readoutAt(began, address),
    passwords: { P1: password === '' ? '00000000' : password },
    needsPassword: password !== '',
    profile: growingProfile(clock, `${year - 1}-01-01T00:00:00Z`),
    log: {
      code: 'P.98',
      entries: [
        { at: minutesAgo(began, 1_500), status: '00000080', values: [] },
        { at: minutesAgo(began, 1_470), status: '00000040', values: [] },
        {
          at: minutesAgo(began, 200),
          status: '00008020',
          values: [
            ['0.9.1', timeText(began - 200 * MINUTE)],
            ['0.9.2', dateText(began - 200 * MINUTE)],
          ],
        },
      ],
    },
  };
}

function readoutAt(at: number, address: string): readonly string[] {
  const hours = Math.floor(at / 3_600_000) % 100_000;
  const kilowattHours = (factor: number): string => ((hours * factor) / 10).toFixed(1).padStart(9, '0');
  return [
    'F.F(00000000)',
    `0.0.0(${address})`,
    `0.9.1(${timeText(at)})`,
    `0.9.2(${dateText(at)})`,
    `1.6.1(0.50262*kW)(${dateText(at - DAY)}0730)`,
    `1.8.0(${kilowattHours(30)}*kWh)`,
    `1.8.1(${kilowattHours(20)}*kWh)`,
    `1.8.2(${kilowattHours(10)}*kWh)`,
    '2.8.0(0000000.0*kWh)',
    `5.8.0(${kilowattHours(2)}*kvarh)`,
    ...VDEW_MODEL.readout.filter((line) => /^(32|31|13)\.7\.0|^0\.2\.0/.test(line)),
  ];
}

function growingProfile(clock: Clock, first: string): LoadProfileModel {
  const base: LoadProfileModel = {
    code: 'P.01',
    periodMinutes: 15,
    channels: [
      ['1.5', 'kW'],
      ['2.5', 'kW'],
      ['5.5', 'kvar'],
      ['6.5', 'kvar'],
    ],
    first,
    last: first,
    status: {},
    gaps: [],
    statusDigits: 8,
  };
  return Object.defineProperty(base, 'last', { get: () => clock.date().toISOString() });
}

function minutesAgo(at: number, minutes: number): string {
  return new Date(at - minutes * MINUTE).toISOString();
}

function timeText(at: number): string {
  return wallOf(at).slice(11).replace(/\D/g, '');
}

function dateText(at: number): string {
  return wallOf(at).slice(2, 10).replace(/\D/g, '');
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
