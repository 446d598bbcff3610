// An HDLC link and a simulated server in virtual time.
import assert from 'node:assert/strict';
import { toHex } from '../../src/core/wire/bytes';
import { leaving, type Dialogue } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import { encodeHdlc, type HdlcFrame } from '../../src/core/dlms/link/hdlc';
import { HdlcInbox } from '../../src/core/dlms/link/hdlc-inbox';
import { HdlcLink, type HdlcOptions } from '../../src/core/dlms/link/hdlc-link';
import { HdlcServer, type HdlcServerOptions, type HdlcServerQuirks } from '../../src/simulator/meters/dlms/hdlc-server';
import { World, type WorldOptions } from '../support/dlms-driver';
import { said } from '../support/said';

export const TWO = { size: 2, upper: 1, lower: 17 } as const;
export const CLIENT = { size: 1, upper: 16 } as const;

/** The meter answers with as many octets as the request names, made from the request: no two answers are alike. */
export const answer = (apdu: Uint8Array): Uint8Array =>
  Uint8Array.from(
    { length: ((apdu[0] ?? 0) << 8) | (apdu[1] ?? 0) },
    (_, i) => (i * 7 + (apdu[2] ?? 0) * 31 + (i >> 8)) & 0xff,
  );
export const request = (size: number, mark: number, length = 3): Uint8Array => {
  const apdu = new Uint8Array(length).fill(mark);
  apdu.set([size >> 8, size & 0xff, mark]);
  return apdu;
};

export interface Scene extends WorldOptions {
  readonly meter?: Partial<HdlcServerOptions>;
  readonly quirks?: HdlcServerQuirks;
  readonly link?: Partial<HdlcOptions>;
  readonly window?: number;
  readonly info?: number;
  readonly requests?: readonly Uint8Array[];
}

export function stageSet(scene: Scene): { world: World; meter: HdlcServer; link: HdlcLink } {
  const [info, window] = [scene.info ?? 128, scene.window ?? 1];
  const limits = { maxInfoTransmit: info, maxInfoReceive: info, windowTransmit: window, windowReceive: window };
  const meter = new HdlcServer(
    { addresses: [TWO], limits, ...(scene.quirks && { quirks: scene.quirks }), ...scene.meter },
    answer,
  );
  const world = new World(meter, scene);
  const link = new HdlcLink({
    client: 16,
    server: 1,
    physical: 17,
    addressBytes: 2,
    memory: world.memory,
    ...scene.link,
  });
  return { world, meter, link };
}

export function* session(link: HdlcLink, requests: readonly Uint8Array[], ms = 3000): Dialogue<void> {
  try {
    yield* link.open();
    for (const apdu of requests) assert.equal(toHex(yield* link.exchange(apdu, ms)), toHex(answer(apdu)));
  } finally {
    yield* leaving(link.close());
  }
}

export const REQUESTS = [request(30, 1), request(1500, 2), request(5, 3, 400), request(900, 4, 130), request(1, 5)];

/** The whole session works, the meter is disconnected and asked each thing once. */
export function works(scene: Scene): { world: World; meter: HdlcServer; link: HdlcLink } {
  const set = stageSet(scene);
  const requests = scene.requests ?? REQUESTS;
  set.world.run(session(set.link, requests));
  assert.equal(set.meter.isConnected, false);
  assert.deepEqual(set.meter.requests.map(toHex), requests.map(toHex));
  return set;
}

export function fails(
  scene: Scene,
  code: string,
  detail?: RegExp,
): { world: World; meter: HdlcServer; link: HdlcLink; error: ReadError } {
  const set = stageSet(scene);
  let caught: unknown;
  try {
    set.world.run(session(set.link, scene.requests ?? REQUESTS));
  } catch (e) {
    caught = e;
  }
  assert.ok(caught instanceof ReadError, String(caught));
  assert.equal(caught.code, code, said(caught));
  if (detail) assert.match(said(caught), detail);
  return { ...set, error: caught };
}

/** What went over the wire, for people: `SNRM`, `I0/0 P`. */
export function talk(chunks: readonly Uint8Array[]): string[] {
  const inbox = new HdlcInbox();
  const said: string[] = [];
  for (const chunk of chunks) {
    inbox.push(chunk);
    for (let f = inbox.next(); f; f = inbox.next())
      said.push(`${f.type}${'ns' in f ? f.ns : ''}${'nr' in f ? `/${f.nr}` : ''}`);
  }
  return said;
}
export const count = (world: World, type: string): number =>
  talk(world.sent).filter((one) => one.startsWith(type)).length;
export const frame = (f: Partial<HdlcFrame> & Pick<HdlcFrame, 'type'>): Uint8Array =>
  encodeHdlc({ dest: CLIENT, src: TWO, isFinal: true, info: new Uint8Array(0), ...f } as HdlcFrame);
