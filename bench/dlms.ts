// Round trips, octets and seconds of whole DLMS reads in virtual time, the least possible beside them; then how fast
// rows are decoded, and a million hostile decodes.   npx tsx bench/dlms.ts
import { decodeData, type Data } from '../src/core/dlms/apdu/axdr';
import { encodeData } from '../src/core/dlms/apdu/axdr-encode';
import { ProcessCounter } from '../src/core/dlms/security/counter';
import { obisOctets } from '../src/core/meter/obis';
import { rowsOf } from '../src/core/dlms/reading/profile-rows';
import { readDlms, type DlmsOptions } from '../src/core/dlms/read';
import type { DlmsRequest } from '../src/core/dlms/reading/requests';
import type { Readout } from '../src/core/meter/reading';
import { systemClock } from '../src/core/transport/lane/clock';
import { profileCells } from '../src/simulator/meters/dlms/demo-objects';
import { profileObject } from '../src/simulator/meters/dlms/profile-model';
import { dlmsMeter } from '../src/simulator/meters/dlms/meter';
import { AK, CLIENT_TITLE, EK, METER_TITLE } from '../test/support/dlms-bench';
import { LINE, seeded, World } from '../test/support/dlms-driver';
import { DECODERS, hostile, survives } from '../test/support/dlms-fuzz';

const TEN: readonly { readonly obis: Uint8Array; readonly classId: number }[] = [
  '1.8.0',
  '1.8.1',
  '1.8.2',
  '2.8.0',
  '3.8.0',
  '32.7.0',
  '52.7.0',
  '72.7.0',
  '31.7.0',
  '14.7.0',
].map((code) => ({ obis: obisOctets(code), classId: 3 }));
const span = (days: number): DlmsRequest => ({
  kind: 'profile',
  profile: {
    obis: obisOctets('1-0:99.1.0'),
    from: { ms: Date.UTC(2026, 9, 2), isLocal: true },
    to: { ms: Date.UTC(2026, 9, 2 + days), isLocal: true },
  },
});
const JOBS: readonly [name: string, request: DlmsRequest, dataOctets: number][] = [
  ['10 registers', { kind: 'attributes', items: TEN }, 60],
  ['1 day of profile (97 rows x 5)', span(1), 97 * 31],
  ['30 days of profile (2881 rows x 5)', span(30), 2881 * 31],
  ['object list', { kind: 'objects' }, 0],
];

function trips(): void {
  console.log(
    'job | transport | security | cold trips | warm trips | least | octets in | s at RTT 0.3 / 1 / 2 s, 9600 Bd',
  );
  for (const [name, request, octets] of JOBS) {
    for (const [transport, info] of [
      ['hdlc', 128],
      ['hdlc', 512],
      ['hdlc', 2030],
      ['wrapper', 65_535],
    ] as const) {
      for (const security of ['none', 'gmac'] as const) {
        const runs = [0.3, 1, 2].map((rtt) => measured(request, transport, info, security, rtt));
        const [first] = runs;
        if (!first) continue;
        const data = octets === 0 ? first.octets - 200 : octets;
        // SNRM, AARQ [, proof], information, DISC or RLRQ; nothing can be asked before the association is there
        const least =
          (transport === 'hdlc' ? 3 : 2) + (security === 'gmac' ? 1 : 0) + Math.max(1, Math.ceil(data / info));
        console.log(
          `${name} | ${transport} ${info} | ${security} | ${first.cold} | ${first.warm} | ${request.kind === 'objects' ? '-' : least} | ${first.octets} | ${runs.map(({ seconds }) => seconds.toFixed(1)).join(' / ')}`,
        );
      }
    }
  }
}

function measured(
  request: DlmsRequest,
  transport: 'hdlc' | 'wrapper',
  info: number,
  security: 'none' | 'gmac',
  rttS: number,
): { cold: number; warm: number; octets: number; seconds: number } {
  let counter = 0;
  const size = Math.min(info, 2030);
  const meter = dlmsMeter({
    transport,
    clients: [
      { client: 16, mechanism: 0, policy: 0 },
      { client: 2, mechanism: 5, policy: 0x30 },
    ],
    security: {
      suite: 0,
      title: METER_TITLE,
      encryptionKey: EK,
      authenticationKey: AK,
      lowestCounter: 0,
      nextCounter: () => ++counter,
    },
    demo: { deviceName: 'MTX1000000000001', client: 16, clockMs: Date.UTC(2026, 10, 22), deviation: -60 },
    hdlc: { limits: { maxInfoTransmit: size, maxInfoReceive: size, windowTransmit: 1, windowReceive: 1 } },
  });
  const world = new World(meter, { latencyMs: rttS * 500, line: LINE, chunk: 1024 });
  const kept = new ProcessCounter();
  kept.atLeast(1n);
  const options: DlmsOptions = {
    interface: transport,
    client: security === 'none' ? 16 : 2,
    server: 1,
    physical: 0,
    addressBytes: 1,
    referencing: 'LN',
    suite: 0,
    request,
    clientTitle: CLIENT_TITLE,
    counter: kept,
    ...(security === 'none'
      ? { authentication: 'none', security: 'none', credentials: {} }
      : {
          authentication: 'gmac',
          security: 'auth+encrypt',
          credentials: { encryptionKey: EK, authenticationKey: AK },
        }),
  };
  const read = (): Readout => world.run(readDlms(options, world.memory));
  read();
  const cold = world.sent.length;
  world.sent = [];
  world.heard = [];
  const start = world.now;
  read();
  return {
    cold,
    warm: world.sent.length,
    octets: world.heard.reduce((sum, bytes) => sum + bytes.length, 0),
    seconds: (world.now - start) / 1000,
  };
}

function speed(): void {
  const columns = [
    [8, '0.0.1.0.0.255'],
    [1, '0.0.96.10.1.255'],
    [3, '1.0.1.8.0.255'],
    [3, '1.0.2.8.0.255'],
    [3, '1.0.32.7.0.255'],
  ] as const;
  const captured = columns.map(([classId, code]) => ({
    classId,
    instance: Uint8Array.from(code.split('.').map(Number)),
    attribute: 2,
    dataIndex: 0,
  }));
  const model = profileObject({
    instance: new Uint8Array(6),
    baseName: 0,
    periodS: 900,
    columns: captured,
    count: 9000,
    firstMs: Date.UTC(2026, 0, 1),
    deviation: -60,
    cells: profileCells,
  });
  const buffer = model.attributes.get(2);
  const bytes = encodeData(typeof buffer === 'function' ? buffer() : (buffer ?? { type: 'null-data', value: null }));
  const rules = { captured, scalerOf: () => ({ scaler: -1, unit: 30 }), stepS: 900 };
  const decoded = decodeData(bytes);
  const rows: readonly Data[] = decoded.type === 'array' ? decoded.value : [];
  console.log(
    `9,000 rows of 5 columns, ${bytes.length} octets: A-XDR ${rate(bytes.length, () => decodeData(bytes))} MB/s, rows with times and scaled values ${rate(bytes.length, () => rowsOf(rows, rules))} MB/s, both ${rate(
      bytes.length,
      () => {
        const d = decodeData(bytes);
        if (d.type === 'array') rowsOf(d.value, rules);
      },
    )} MB/s`,
  );
}

function rate(octets: number, act: () => unknown): string {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const start = systemClock.now();
    let count = 0;
    while (systemClock.now() - start < 400) {
      act();
      count++;
    }
    best = Math.max(best, (count * octets) / (systemClock.now() - start) / 1000);
  }
  return best.toFixed(1);
}

function fuzz(decodes: number): void {
  const random = seeded(1);
  const start = systemClock.now();
  let slowest = 0;
  for (let i = 0; i < decodes / DECODERS.length; i++) {
    const one = hostile(random);
    const before = systemClock.now();
    survives(one);
    slowest = Math.max(slowest, systemClock.now() - before);
  }
  console.log(
    `${decodes} hostile decodes: nothing but ReadErrors, ${((systemClock.now() - start) / 1000).toFixed(0)} s, slowest input ${slowest.toFixed(0)} ms`,
  );
}

trips();
speed();
fuzz(1_000_000);
