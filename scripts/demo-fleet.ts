// The modems of the demo and what stands behind them: ten with meters, of which three report more seldom than is
// wanted; one that texts for the platform; and one that a wrong APN keeps off the network.
import type { Clock, Random } from '../src/core/transport/lane/clock';
import { systemClock } from '../src/core/transport/lane/clock';
import type { LineSettings } from '../src/core/wire/dialogue';
import { builtInProfiles } from '../src/simulator/meters/modbus/profiles';
import {
  delayMessages,
  imeiRow,
  METER_KINDS,
  modemSpec,
  seededRandom,
  simulatedModem,
  type Meter,
} from '../src/simulator/index';
import type { ModemCore } from '../src/simulator/modem/modem-core';
import { DemoSms, type InboundText } from './demo-sms';

export type DemoMeter = { readonly imei: string; readonly name: string; readonly address: string } & (
  | { readonly protocol: 'modbus'; readonly profile: string }
  | { readonly protocol: 'iec62056' }
  | { readonly protocol: 'iec870'; readonly password: string }
  | { readonly protocol: 'dlms' }
  | { readonly protocol: 'dlms-secured' }
);

export interface DemoFleet {
  readonly modems: readonly ModemCore[];
  stop(): void;
}

const LINE: LineSettings = { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 };
const IMEIS = imeiRow('353234028103206', 12);
const METERED = 10;
const LINK_MS: readonly [number, number] = [100, 300];

export const DEMO_METERS: readonly DemoMeter[] = [
  modbus(0, 1, 'eastron-sdm630', 'main board'),
  modbus(1, 1, 'schneider-iem3000', 'workshop'),
  modbus(2, 1, 'carlogavazzi-em340', 'roof'),
  modbus(3, 1, 'janitza-umg96rm', 'transformer'),
  modbus(4, 1, 'circutor-cvm-c10', 'pump'),
  modbus(4, 2, 'circutor-cvm-mini', 'offices'),
  { imei: IMEIS[5] ?? '', name: 'substation', address: '1', protocol: 'dlms' },
  { imei: IMEIS[6] ?? '', name: 'factory', address: '12345678', protocol: 'iec62056' },
  { imei: IMEIS[7] ?? '', name: 'grid point', address: '1', protocol: 'iec870', password: '7' },
  { imei: IMEIS[8] ?? '', name: 'tariff meter', address: '1', protocol: 'dlms-secured' },
  modbus(3, 2, 'sunspec-203', 'solar plant'),
  modbus(2, 2, 'abb-b23', 'heat pump'),
  modbus(9, 1, 'eastron-sdm630', 'bus, first'),
  modbus(9, 2, 'carlogavazzi-em340', 'bus, second'),
  modbus(9, 3, 'siemens-pac2200', 'bus, third'),
];

/** How a modem's port is set: as its meters, but for the 7E1 meter, which is read through 8N1. */
export function portOf(imei: string): LineSettings {
  return DEMO_METERS.some((meter) => meter.imei === imei && meter.protocol === 'iec870')
    ? { ...LINE, parity: 'even' }
    : LINE;
}

export const GATEWAY = IMEIS[METERED] ?? '';
/** Its SIM wants another APN than its configuration says. */
export const LOST = IMEIS[METERED + 1] ?? '';
/** They report every 300 s where 60 are wanted. */
export const SELDOM: readonly string[] = [1, 4, 7].map((index) => IMEIS[index] ?? '');

/** The one that every modem is shipped to obey, SMS_validPhone1. */
export const GATEWAY_PHONE = '+34666123456';
export const phoneOf = (imei: string): string => (imei === GATEWAY ? GATEWAY_PHONE : `+346001${imei.slice(-6, -1)}`);

/** Modems that connect within seconds; restless ones come and go, and with a last will the broker
 * tells of it at once. The link takes 0.1 to 0.3 s each way, as a good mobile link does. */
export function startDemoFleet(
  brokerUrl: string,
  options: {
    readonly isRestless: boolean;
    readonly hasWill: boolean;
    readonly linkMs?: readonly [number, number];
    readonly toPlatform: (text: InboundText) => void;
  },
): DemoFleet {
  const sms = new DemoSms(GATEWAY, options.toPlatform);
  const modems = IMEIS.map((imei, i) => {
    const link = [delayMessages(...(options.linkMs ?? LINK_MS))];
    const config = {
      MQTT_server: brokerUrl,
      MQTT_attopic2: 'all/AT',
      DNS_extended: 'on',
      DNS_period: SELDOM.includes(imei) ? '300' : '60',
      GPRS_apn: imei === LOST ? 'movistar.com' : 'movistar.es',
      COMM_parity: portOf(imei).parity,
    };
    const spec = modemSpec(
      {
        imei,
        config,
        seed: i,
        name: nameOf(imei, i),
        simApn: 'movistar.es',
        version: i % 4 === 3 ? '10.18' : '10.20',
        meters: DEMO_METERS.filter((meter) => meter.imei === imei).flatMap((meter) => simulated(meter, i)),
        choices: {
          backoffMsMin: 500,
          backoffMsMax: 2_000,
          ...(options.isRestless ? { bootMsMin: 1_500, bootMsMax: 3_000 } : { bootMsMin: 300, bootMsMax: 600 }),
          hasWill: options.hasWill,
        },
        onEvent: (event) => event.kind === 'sms' && sms.look(event.imei),
      },
      systemClock,
    );
    const modem = simulatedModem(
      spec,
      { protocolVersion: 4, isServerChecked: true, toModem: link, fromModem: link },
      systemClock,
      seededRandom(i),
    );
    modem.body.csq = [18, 22, 9, 27, 14, 24, 4, 19, 12, 29, 21, 16][i] ?? 18;
    sms.join(modem, phoneOf(imei));
    modem.start();
    return modem;
  });
  const life = new AbortController();
  if (options.isRestless) void liveOn(modems.slice(0, METERED), systemClock, seededRandom(7), life.signal);
  return {
    modems,
    stop: () => {
      life.abort();
      for (const modem of modems) modem.stop();
    },
  };
}

/** The modems alone, for whoever needs no text messages. */
export function startDemoModems(brokerUrl: string, linkMs = LINK_MS): readonly ModemCore[] {
  return startDemoFleet(brokerUrl, { isRestless: false, hasWill: false, linkMs, toPlatform: () => undefined }).modems;
}

/** Now and then one loses the network for a minute; coverage wanders all the time. */
async function liveOn(modems: readonly ModemCore[], clock: Clock, random: Random, life: AbortSignal): Promise<void> {
  for (let beat = 1; !life.aborted; beat++) {
    await clock.sleep(BEAT_MS, life);
    for (const { body } of modems) body.csq = Math.min(31, Math.max(2, body.csq + Math.round(4 * random() - 2)));
    const unlucky = modems[Math.floor(random() * modems.length)];
    if (beat % OUTAGE_EVERY !== 0 || !unlucky) continue;
    unlucky.setNetwork(false);
    void clock.sleep(OUTAGE_MS, life).then(() => unlucky.setNetwork(true));
  }
}

function nameOf(imei: string, index: number): string {
  if (imei === GATEWAY) return 'SMS gateway';
  if (imei === LOST) return 'quarry';
  return (
    DEMO_METERS.find((meter) => meter.imei === imei)?.name.replace(/, .*/, '') ??
    `METER-${String(index + 1).padStart(4, '0')}`
  );
}

function simulated(meter: DemoMeter, seed: number): readonly Meter[] {
  const profile = meter.protocol === 'modbus' ? builtInProfiles().find(({ id }) => id === meter.profile) : undefined;
  const line = meter.protocol === 'iec62056' ? ({ ...LINE, dataBits: 7, parity: 'even' } as const) : portOf(meter.imei);
  const password = meter.protocol === 'iec870' ? meter.password : '';
  return (
    METER_KINDS[meter.protocol]?.({
      clock: systemClock,
      seed,
      line,
      addresses: [meter.address],
      profile,
      password,
      framing: 'rtu',
    }) ?? []
  );
}

function modbus(modem: number, unit: number, profile: string, name: string): DemoMeter {
  return { imei: IMEIS[modem] ?? '', name, protocol: 'modbus', address: String(unit), profile };
}

const BEAT_MS = 15_000;
const OUTAGE_EVERY = 3;
const OUTAGE_MS = 60_000;
