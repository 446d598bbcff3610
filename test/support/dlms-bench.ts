/* eslint-disable require-yield -- a link that never waits */
// A COSEM session without a line: a link that hands APDUs to a simulated server, counts them, and can lose them.
import type { CosemLink } from '../../src/core/dlms/link/cosem-link';
import { ProcessCounter } from '../../src/core/dlms/security/counter';
import { DlmsSession, type DlmsSessionOptions } from '../../src/core/dlms/session';
import type { DlmsRequest } from '../../src/core/dlms/reading/requests';
import type { Readout } from '../../src/core/meter/reading';
import { CONFORMANCE } from '../../src/core/dlms/apdu/initiate';
import { fromHex } from '../../src/core/wire/bytes';
import { leaving, type Dialogue, type LineMemory } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import { DlmsServer } from '../../src/simulator/meters/dlms/application';
import { demoObjects, type DemoOptions } from '../../src/simulator/meters/dlms/demo-objects';
import type { ServerOptions, ServerSecurity } from '../../src/simulator/meters/dlms/server-types';

export const EK = fromHex('000102030405060708090A0B0C0D0E0F');
export const AK = fromHex('D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF');
export const CLIENT_TITLE = fromHex('4D4D4D0000BC614E');
export const METER_TITLE = fromHex('4D54580000000001');
export const PASSWORD = new Uint8Array(Buffer.from('12345678'));
export const LN_ALL = 0x7fffff;

/** Runs a dialogue whose link never waits. */
export function run<R>(dialogue: Dialogue<R>): R {
  for (let turn = dialogue.next(); ; turn = dialogue.next(undefined)) {
    if (turn.done) return turn.value;
    if (turn.value.do !== 'leave' && turn.value.do !== 'pause')
      throw new Error(`a step where none was due: ${turn.value.do}`);
  }
}

export function memory(now = (): number => 0): LineMemory {
  const kept = new Map<string, unknown>();
  return {
    now,
    knownSince: -Infinity,
    random: () => 0,
    roundTripMs: 500,
    line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
    recall<T>(key: string, create: () => T): T {
      if (!kept.has(key)) kept.set(key, create());
      return kept.get(key) as T;
    },
  };
}

export class FakeLink implements CosemLink {
  readonly maxInfoTransmit = 2030;
  readonly maxInfoReceive = 2030;
  readonly windowTransmit = 1;
  readonly windowReceive = 1;
  exchanges = 0;
  isOpen = false;
  private queue: Uint8Array[] = [];
  constructor(
    private readonly server: DlmsServer,
    private readonly client: number,
    /** Called with the number of each exchange; true loses its answer. */
    private readonly loses: (exchange: number, apdu: Uint8Array) => boolean = () => false,
    private readonly change: (answer: Uint8Array) => Uint8Array = (answer) => answer,
  ) {}
  *open(): Dialogue<void> {
    this.isOpen = true;
    this.server.reset(this.client);
  }
  *close(): Dialogue<void> {
    this.isOpen = false;
    this.server.reset(this.client);
  }
  *exchange(apdu: Uint8Array): Dialogue<Uint8Array> {
    this.exchanges++;
    this.queue = [...this.server.hear(apdu.slice(), this.client)];
    if (this.loses(this.exchanges, apdu)) this.queue = [];
    return yield* this.receive();
  }
  *receive(): Dialogue<Uint8Array> {
    const next = this.queue.shift();
    if (!next) throw new ReadError('NO_REPLY', 'nothing was heard in time');
    return this.change(next);
  }
  *send(apdu: Uint8Array): Dialogue<void> {
    this.queue = [...this.server.hear(apdu, this.client)];
  }
}

export interface BenchOptions {
  readonly server?: Partial<ServerOptions>;
  readonly security?: Partial<ServerSecurity>;
  readonly demo?: Partial<DemoOptions>;
  readonly session?: Partial<DlmsSessionOptions>;
  readonly client?: number;
  readonly loses?: (exchange: number, apdu: Uint8Array) => boolean;
  readonly change?: (answer: Uint8Array) => Uint8Array;
  readonly now?: () => number;
}

/** A server and a way to talk to it. */
export function bench(o: BenchOptions = {}) {
  let counter = 0;
  const security: ServerSecurity = {
    suite: 0,
    title: METER_TITLE,
    encryptionKey: EK,
    authenticationKey: AK,
    lowestCounter: 0,
    nextCounter: () => ++counter,
    ...o.security,
  };
  const client = o.client ?? 16;
  const server = new DlmsServer({
    objects: demoObjects({
      deviceName: 'MTX1000000000001',
      client,
      counter: () => security.lowestCounter - 1,
      clockMs: Date.UTC(2026, 10, 22, 8, 30),
      deviation: -60,
      ...o.demo,
    }),
    clients: [
      { client: 16, mechanism: 0, policy: 0 },
      { client: 1, mechanism: 1, password: PASSWORD, policy: 0 },
    ],
    referencing: 'LN',
    conformance: LN_ALL & ~CONFORMANCE.generalBlockTransfer,
    maxPdu: 1024,
    sendPdu: 65_535,
    security,
    quirks: {},
    ...o.server,
  });
  const links: FakeLink[] = [];
  const linkFor = (sap: number): FakeLink => {
    const link = new FakeLink(server, sap, o.loses, o.change);
    links.push(link);
    return link;
  };
  const options: DlmsSessionOptions = {
    meter: 'bench',
    client,
    language: 'en',
    counterObject: Uint8Array.of(0, 0, 43, 1, 0, 255),
    referencing: 'LN',
    authentication: 'none',
    security: 'none',
    suite: 0,
    clientTitle: CLIENT_TITLE,
    credentials: {},
    counter: new ProcessCounter(),
    maxPdu: 65_535,
    blockWindow: 8,
    meterMs: 2000,
    hasRelease: false,
    ...o.session,
  };
  const lineMemory = memory(o.now);
  const session = (): DlmsSession => new DlmsSession(linkFor, options, lineMemory);
  const read = (request: DlmsRequest): Readout => {
    const one = session();
    try {
      run(one.open());
      return run(one.read(request));
    } finally {
      run(leaving(one.close()));
    }
  };
  /** Exchanges of the application layer so far. */
  const exchanges = (): number => links.reduce((sum, link) => sum + link.exchanges, 0);
  return { server, security, session, read, exchanges, links, memory: lineMemory, options };
}

/** The code and text of what a function throws. */
export function thrown(act: () => unknown): ReadError {
  try {
    act();
  } catch (error) {
    if (error instanceof ReadError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
