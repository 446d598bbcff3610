// The ten modems of the demo and what stands behind them.
import { systemClock } from '../src/core/transport/clock';
import { builtInProfiles } from '../src/simulator/modbus-profiles';
import { delayMessages, imeiRow, METER_KINDS, modemSpec, seededRandom, simulatedModem, type Meter } from '../src/simulator/index';
import type { ModemCore } from '../src/simulator/modem-core';

export interface DemoMeter {
  readonly imei: string;
  readonly name: string;
  readonly protocol: 'modbus';
  readonly unit: number;
  readonly profile: string;
}

const LINE = { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const IMEIS = imeiRow('353234028103206', 10);

export const DEMO_METERS: readonly DemoMeter[] = [
  modbus(0, 1, 'eastron-sdm630', 'main board'),
  modbus(1, 1, 'schneider-iem3000', 'workshop'),
  modbus(2, 1, 'carlogavazzi-em340', 'roof'),
  modbus(3, 1, 'janitza-umg96rm', 'transformer'),
  modbus(4, 1, 'circutor-cvm-c10', 'pump'),
  modbus(5, 1, 'circutor-cvm-mini', 'offices'),
  modbus(6, 1, 'abb-b23', 'heat pump'),
  modbus(7, 1, 'siemens-pac2200', 'car park'),
  modbus(8, 1, 'sunspec-203', 'solar plant'),
  modbus(9, 1, 'eastron-sdm630', 'bus, first'),
  modbus(9, 2, 'carlogavazzi-em340', 'bus, second'),
];

/** Modems that connect at once; the link takes 0.1 to 0.3 s each way, as a good mobile link does. */
export function startDemoModems(brokerUrl: string): readonly ModemCore[] {
  return IMEIS.map((imei, i) => {
    const meters = DEMO_METERS.filter((meter) => meter.imei === imei).flatMap((meter) => simulated(meter, i));
    const spec = modemSpec({ imei, meters, seed: i, name: `METER-${String(i + 1).padStart(4, '0')}`, config: { MQTT_server: brokerUrl, MQTT_attopic2: 'all/AT', DNS_period: '60' }, choices: { bootMsMin: 0, bootMsMax: 500 } }, systemClock);
    const link = [delayMessages(100, 300)];
    const modem = simulatedModem(spec, { protocolVersion: 4, isServerChecked: true, toModem: link, fromModem: link }, systemClock, seededRandom(i));
    modem.start();
    return modem;
  });
}

function simulated(meter: DemoMeter, seed: number): readonly Meter[] {
  const profile = builtInProfiles().find(({ id }) => id === meter.profile);
  return METER_KINDS['modbus']?.({ clock: systemClock, seed, line: LINE, addresses: [String(meter.unit)], profile, password: '', framing: 'rtu' }) ?? [];
}

function modbus(modem: number, unit: number, profile: string, name: string): DemoMeter {
  return { imei: IMEIS[modem] ?? '', name, protocol: 'modbus', unit, profile };
}
