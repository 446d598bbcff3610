// Reads every meter of the demo once and prints a table: the same core that the nodes use, without an editor.
import {
  Broker,
  findProfile,
  fromHex,
  obisOctets,
  readDlms,
  readIec62056,
  readIec870,
  readModbus,
  readSunSpec,
  Registry,
  systemClock,
  systemRandom,
  type Dialogue,
  type LineMemory,
  type ModemProfile,
  type Readout,
} from '../src/core/index';
import { DEMO_AUTHENTICATION_KEY, DEMO_ENCRYPTION_KEY } from '../src/simulator/meters/dlms/demo';
import { portOf, type DemoMeter } from './demo-fleet';

interface Line {
  readonly cells: readonly string[];
  readonly isFailed: boolean;
}

const PROFILE: Omit<ModemProfile, 'line'> = {
  topics: { rx: '[IMEI]/rx', tx: '[IMEI]/tx', at: '[IMEI]/AT', atr: '[IMEI]/ATR', status: '[IMEI]/dns', broadcast: '' },
  qos: 0,
  latencyMs: 2_000,
  queueLimit: 100,
  attempts: 3,
  port: 0,
  isCrAppended: false,
  isFleet: true,
};

/** True when every meter gave its values. */
export async function readAllOnce(brokerUrl: string, meters: readonly DemoMeter[]): Promise<boolean> {
  const broker = new Broker({ url: brokerUrl }, systemClock, systemRandom);
  const registry = new Registry({ link: broker, clock: systemClock, random: systemRandom });
  try {
    const lines = (await Promise.all(meters.map((meter) => readOne(registry, meter)))).flat();
    printTable(
      ['modem', 'meter', 'reading', 'value', 'unit', 'round trips', 'ms'],
      lines.map(({ cells }) => cells),
    );
    return lines.every(({ isFailed }) => !isFailed);
  } finally {
    await registry.close();
    await broker.close();
  }
}

async function readOne(registry: Registry, meter: DemoMeter): Promise<readonly Line[]> {
  const who = [
    meter.imei,
    `${meter.name} (${meter.protocol === 'modbus' ? meter.profile : PROTOCOLS[meter.protocol]})`,
  ];
  const modem = registry.acquire(meter.imei, { ...PROFILE, line: portOf(meter.imei) });
  try {
    const { value, link } = await modem.ports[0].run({
      label: meter.name,
      attempts: 3,
      queueMs: 120_000,
      ...(meter.protocol === 'modbus' && { quietMs: 200 }),
      meter: meter.address,
      start: dialogueOf(meter),
    });
    const found = value.readings.filter((reading) => reading.error === undefined && reading.value !== null);
    // Measured values first: not the meter's clock and serial number.
    const shown = [
      ...found.filter(({ unit }) => unit !== undefined),
      ...found.filter(({ unit }) => unit === undefined),
    ].slice(0, SHOWN);
    const rest = value.readings.length - shown.length;
    const cost = [String(link.exchanges), String(link.ms)];
    return [
      ...shown.map((reading, i) => ({
        cells: [
          ...(i === 0 ? who : ['', '']),
          reading.name,
          String(reading.value),
          reading.unit ?? '',
          ...(i === 0 ? cost : ['', '']),
        ],
        isFailed: false,
      })),
      ...(rest > 0 ? [{ cells: ['', '', `and ${rest} more`, '', '', '', ''], isFailed: false }] : []),
    ];
  } catch (thrown) {
    return [
      {
        cells: [...who, 'FAILED', thrown instanceof Error ? thrown.message : String(thrown), '', '', ''],
        isFailed: true,
      },
    ];
  } finally {
    registry.release(meter.imei);
  }
}

function dialogueOf(meter: DemoMeter): (memory: LineMemory) => Dialogue<Readout> {
  if (meter.protocol === 'iec62056') {
    const options = {
      address: meter.address,
      mode: 'auto',
      baud: 'fixed',
      parity: 'soft-even',
      request: 'readout',
      items: [],
      command: 'auto',
    } as const;
    return (memory) => readIec62056(options, memory);
  }
  if (meter.protocol === 'iec870') {
    const options = {
      link: Number(meter.address),
      point: 1,
      password: meter.password,
      request: 'instantaneous',
    } as const;
    return (memory) => readIec870(options, memory);
  }
  if (meter.protocol === 'dlms' || meter.protocol === 'dlms-secured') {
    const items = ['1-0:1.8.0*255', '1-0:2.8.0*255', '1-0:32.7.0*255'].map((obis) => ({ obis: obisOctets(obis) }));
    const options = {
      interface: 'hdlc',
      server: 1,
      physical: 0,
      addressBytes: 'auto',
      referencing: 'LN',
      suite: 0,
      request: { kind: 'attributes', items },
    } as const;
    const access =
      meter.protocol === 'dlms'
        ? ({ client: 16, authentication: 'none', security: 'none', credentials: {} } as const)
        : SECURED;
    return (memory) => readDlms({ ...options, ...access }, memory);
  }
  const profile = findProfile(meter.profile);
  if (!profile) throw new Error(`no profile ${meter.profile}`);
  const { registers, maxRegisters, isEvenLength, isOneTable, sunspecModel } = profile;
  const options = {
    unit: Number(meter.address),
    framing: 'rtu',
    timeoutMs: 1_000,
    registers,
    maxRegisters,
    isEvenLength,
    isOneSpace: isOneTable,
  } as const;
  return (memory) =>
    sunspecModel === undefined ? readModbus(options, memory) : readSunSpec(sunspecModel, options, memory);
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i >= 5 || i === 3 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n'));
}

const SHOWN = 3;
const PROTOCOLS = {
  iec62056: 'IEC 62056-21',
  iec870: 'IEC 60870-5-102',
  dlms: 'DLMS',
  'dlms-secured': 'DLMS, GMAC, encrypted',
} as const;
const SECURED = {
  client: 2,
  authentication: 'gmac',
  security: 'auth+encrypt',
  clientTitle: fromHex('4D4D4D0000BC614E'),
  credentials: { encryptionKey: fromHex(DEMO_ENCRYPTION_KEY), authenticationKey: fromHex(DEMO_AUTHENTICATION_KEY) },
} as const;
