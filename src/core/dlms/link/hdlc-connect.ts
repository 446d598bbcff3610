// Setting up and ending a data link connection (IEC 62056-46, 6.4.4.4.3 and 6.4.4.4.4): SNRM/UA and DISC/UA. A silent
// meter usually means a wrong server address, so the search over address lengths and the advice stand here.
import type { Dialogue, LineMemory } from '../../wire/dialogue';
import { failure, type ReadError } from '../../wire/errors';
import { rejectionOf, type HdlcFrame, type Unnumbered } from './hdlc';
import { addressText, isSameAddress, type HdlcAddress } from './hdlc-address';
import { decodeParameters, DEFAULT_PARAMETERS, encodeParameters, type LinkParameters } from './hdlc-negotiation';
import type { HdlcPort } from './hdlc-port';

/** What is remembered of a meter between sessions. */
export interface KnownAddress {
  /** Which address it answered. */
  address?: HdlcAddress;
  /** When a whole search ended in silence, by the memory's clock. */
  silentAt?: number;
}

/** Whether a search that heard nothing is so fresh that the next one is kept short. */
export function isFreshlySilent(known: KnownAddress, now: number): boolean {
  return known.silentAt !== undefined && now - known.silentAt < SILENT_MS;
}

/** What is remembered of a server and physical address on this line. */
export function recallAddress(memory: LineMemory, server: number, physical: number): KnownAddress {
  return memory.recall<KnownAddress>(`dlms hdlc address ${server}/${physical}`, () => ({}));
}

/**
 * SNRM until one of the addresses answers UA; the port keeps that address. Returns what both sides agreed on. Each word
 * into silence costs a whole deadline in which nobody else of this line is read, so none is said twice without a
 * reason.
 */
export function* connect(
  port: HdlcPort,
  addresses: readonly HdlcAddress[],
  proposal: LinkParameters,
  ms: number,
  isShort: boolean,
): Dialogue<LinkParameters> {
  let refusal: HdlcFrame | undefined;
  port.candidates = addresses;
  for (const [attempt, word] of wordsFor(addresses, isShort).entries()) {
    const offered = word === 'bare' ? undefined : proposal;
    if (word === 'DISC' && !(yield* disconnect(port, addresses, ms, 1))) continue;
    for (const address of word === 'DISC' ? [port.server] : addresses) {
      port.server = address;
      const answer = yield* greet(port, offered, ms, attempt);
      if (answer?.type === 'UA') {
        port.candidates = [];
        return grant(answer, offered ?? DEFAULT_PARAMETERS);
      }
      refusal = answer ?? refusal;
    }
  }
  throw refusal ? refused(refusal) : silent(port, addresses);
}

/** What a UA grants of what we offered, seen from our side. */
export function grant(ua: HdlcFrame, offered: LinkParameters): LinkParameters {
  const meter = decodeParameters(ua.info);
  return {
    maxInfoTransmit: Math.min(offered.maxInfoTransmit, meter.maxInfoReceive),
    maxInfoReceive: Math.min(offered.maxInfoReceive, meter.maxInfoTransmit),
    windowTransmit: Math.min(offered.windowTransmit, meter.windowReceive),
    windowReceive: Math.min(offered.windowReceive, meter.windowTransmit),
  };
}

/** DISC until UA or DM; whether either came. Several addresses where the meter may have any of them. */
export function* disconnect(
  port: HdlcPort,
  addresses: readonly HdlcAddress[],
  ms: number,
  tries: number,
): Dialogue<boolean> {
  for (let attempt = 0; attempt < tries; attempt++) {
    yield* port.say([{ type: 'DISC', isFinal: true }], addresses);
    if (yield* awaitOne(port, ['UA', 'DM'], ms, attempt)) return true;
  }
  return false;
}

/**
 * One SNRM. A meter in which the session of an earlier client is still open may answer FRMR or DM until that session
 * is ended: DISC, then SNRM again.
 */
function* greet(
  port: HdlcPort,
  offered: LinkParameters | undefined,
  ms: number,
  attempt: number,
): Dialogue<HdlcFrame | undefined> {
  const snrm = { type: 'SNRM', isFinal: true, ...(offered && { info: encodeParameters(offered) }) } as const;
  yield* port.say([snrm]);
  const first = yield* awaitOne(port, ['UA', 'DM', 'FRMR'], ms, attempt);
  if (first === undefined || first.type === 'UA') return first;
  yield* disconnect(port, [port.server], ms, 1);
  yield* port.say([snrm]);
  return (yield* awaitOne(port, ['UA', 'DM', 'FRMR'], ms, attempt)) ?? first;
}

/** Frames of other kinds are late ones of an earlier session, and pass unread. */
function* awaitOne(
  port: HdlcPort,
  types: readonly Unnumbered[],
  ms: number,
  attempt: number,
): Dialogue<HdlcFrame | undefined> {
  for (let passed = 0; passed < MAX_PASSED; passed++) {
    const frame = yield* port.listen({ ms, info: PARAMETERS_BYTES, frames: 1, attempt, isSearch: true });
    if (frame === undefined || types.some((type) => type === frame.type)) return frame;
  }
  return undefined;
}

function refused(frame: HdlcFrame): ReadError {
  return frame.type === 'FRMR'
    ? failure('dlms.snrmRejected', { rejection: rejectionOf(frame.info) })
    : failure('dlms.connectRefused', {});
}

function silent(port: HdlcPort, addresses: readonly HdlcAddress[]): ReadError {
  const { upper: server, lower = 0 } = addresses[addresses.length - 1] ?? port.server;
  const facts = { client: port.client.upper, server, physical: lower, tried: addresses.map(addressText).join(', ') };
  return port.heardBytes === 0
    ? failure('dlms.snrmSilent', facts)
    : failure('dlms.snrmDamaged', { ...facts, bytes: port.heardBytes });
}

/** Whether a remembered address is still one that the settings allow. */
export function isAmong(address: HdlcAddress, addresses: readonly HdlcAddress[]): boolean {
  return addresses.some((one) => isSameAddress(one, address));
}

/** `offer`: an SNRM with our parameters; `bare`: one without, as the oldest meters know it. */
type Word = 'offer' | 'DISC' | 'bare';

/**
 * What is tried against silence. A session that an earlier client left open may need DISC first. Where the length of
 * the address is not known each is tried once, and once more in another form when the job is tried again.
 */
function wordsFor(addresses: readonly HdlcAddress[], isShort: boolean): readonly Word[] {
  if (addresses.length > 1) return isShort ? ['bare'] : ['offer', 'DISC'];
  return isShort ? ['offer', 'bare'] : ['offer', 'DISC', 'offer', 'bare'];
}

/** A retry and a second client of the same read come within this time. */
const SILENT_MS = 60_000;
/** Information field of a UA with all parameters and some user data. */
const PARAMETERS_BYTES = 64;
const MAX_PASSED = 64;
