// The ten modems of the demo and what stands behind them.
import { systemClock } from '../src/core/transport/clock';
import type { LineSettings } from '../src/core/wire/dialogue';
import { builtInProfiles } from '../src/simulator/modbus-profiles';
import { delayMessages, imeiRow, METER_KINDS, modemSpec, seededRandom, simulatedModem, type Meter } from '../src/simulator/index';
import type { ModemCore } from '../src/simulator/modem-core';

export type DemoMeter = { readonly imei: string; readonly name: string; readonly address: string } & (
  | { readonly protocol: 'modbus'; readonly profile: string }
  | { readonly protocol: 'iec62056' }
  | { readonly protocol: 'iec870'; readonly password: string }
);

const LINE: LineSettings = { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 };
const IMEIS = imeiRow('353234028103206', 10);

export const DEMO_METERS: readonly DemoMeter[] = [
  modbus(0, 1, 'eastron-sdm630', 'main board'),
  modbus(1, 1, 'schneider-iem3000', 'workshop'),
  modbus(2, 1, 'carlogavazzi-em340', 'roof'),
  modbus(3, 1, 'janitza-umg96rm', 'transformer'),
  modbus(4, 1, 'circutor-cvm-c10', 'pump'),
  modbus(5, 1, 'circutor-cvm-mini', 'offices'),
  { imei: IMEIS[6] ?? '', name: 'factory', address: '12345678', protocol: 'iec62056' },
  { imei: IMEIS[7] ?? '', name: 'grid point', address: '1', protocol: 'iec870', password: '7' },
  modbus(8, 1, 'sunspec-203', 'solar plant'),
  modbus(8, 2, 'abb-b23', 'heat pump'),
  modbus(9, 1, 'eastron-sdm630', 'bus, first'),
  modbus(9, 2, 'carlogavazzi-em340', 'bus, second'),
  modbus(9, 3, 'siemens-pac2200', 'bus, third'),
];

/** How a modem's port is set: as its meters, but for the 7E1 meter, which is read through 8N1. */
export function portOf(imei: string): LineSettings {
  return DEMO_METERS.some((meter) => meter.imei === imei && meter.protocol === 'iec870') ? { ...LINE, parity: 'even' } : LINE;
}

/** Modems that connect at once; the link takes 0.1 to 0.3 s each way, as a good mobile link does. */
export function startDemoModems(brokerUrl: string): readonly ModemCore[] {
  return IMEIS.map((imei, i) => {
    const meters = DEMO_METERS.filter((meter) => meter.imei === imei).flatMap((meter) => simulated(meter, i));
    const spec = modemSpec({ imei, meters, seed: i, name: `METER-${String(i + 1).padStart(4, '0')}`, config: { MQTT_server: brokerUrl, MQTT_attopic2: 'all/AT', DNS_period: '60', COMM_parity: portOf(imei).parity }, choices: { bootMsMin: 0, bootMsMax: 500 } }, systemClock);
    const link = [delayMessages(100, 300)];
    const modem = simulatedModem(spec, { protocolVersion: 4, isServerChecked: true, toModem: link, fromModem: link }, systemClock, seededRandom(i));
    modem.start();
    return modem;
  });
}

function simulated(meter: DemoMeter, seed: number): readonly Meter[] {
  const profile = meter.protocol === 'modbus' ? builtInProfiles().find(({ id }) => id === meter.profile) : undefined;
  const line = meter.protocol === 'iec62056' ? ({ ...LINE, dataBits: 7, parity: 'even' } as const) : portOf(meter.imei);
  const password = meter.protocol === 'iec870' ? meter.password : '';
  return METER_KINDS[meter.protocol]?.({ clock: systemClock, seed, line, addresses: [meter.address], profile, password, framing: 'rtu' }) ?? [];
}

function modbus(modem: number, unit: number, profile: string, name: string): DemoMeter {
  return { imei: IMEIS[modem] ?? '', name, protocol: 'modbus', address: String(unit), profile };
}
