// The job of one DLMS read: its dialogue over the chosen transport, the counter that its key needs, and what must not
// make two reads one.
import { dlmsSession, type DlmsOptions } from '../dlms/read';
import type { ObjectCache } from '../dlms/reading/object-list';
import type { CounterStore } from '../dlms/security/counter';
import type { Readout } from '../meter/reading';
import type { Job } from '../transport/lane/job';
import { BoundedMap } from '../wire/bounded-map';
import { leaving, type Dialogue, type LineMemory } from '../wire/dialogue';
import { failure } from '../wire/errors';
import { talkAfterModeE } from './dlms-after-mode-e';
import { dlmsPushOf } from './dlms-push';
import { dlmsMeterOf, parseDlms, type DlmsQuery } from './dlms-query';
import { DLMS_SECRETS } from './dlms-secrets';
import type { CounterOwner, DlmsTalk } from './dlms-talk';
import type { MeterReader } from './meter-reader';
import { queryDigest } from './query-digest';

/** Where a read happens: what outlives it, and what only its surroundings have. */
export interface DlmsPlace {
  /** Object lists of meter types. */
  readonly objects?: ObjectCache;
  /** The invocation counter of a key; without it, one that lives as long as the process. */
  counterOf?(of: CounterOwner): CounterStore;
  /** A function of the user's by name, for HLS 2: it answers a challenge. */
  functionNamed?(name: string): unknown;
}

export const dlmsReader: MeterReader<'dlms', DlmsQuery, DlmsPlace> = {
  name: 'dlms',
  secrets: DLMS_SECRETS,
  parse: parseDlms,
  meter: dlmsMeterOf,
  job: dlmsJob,
  unasked(fields, secrets) {
    const stream = dlmsPushOf(fields, secrets);
    return (
      stream && {
        protocol: 'dlms',
        meter: '',
        take: (bytes) => stream.take(bytes),
        cut: () => stream.cut(),
        forgetCounters: () => stream.forgetCounters(),
      }
    );
  },
};

export function dlmsJob(query: DlmsQuery, place: DlmsPlace): Pick<Job<Readout>, 'start' | 'key'> {
  const talk = dlmsTalk(query, place);
  return { key: queryDigest(query), start: (memory) => readOnce(talk(memory), query) };
}

/** Reads that may share an association differ only in what they ask for. */
export function associationKey(query: DlmsQuery): string {
  return queryDigest({ ...query, request: undefined, keepAliveS: undefined });
}

export function dlmsTalk(query: DlmsQuery, place: DlmsPlace): (memory: LineMemory) => DlmsTalk {
  const options = dlmsOptions(query, place);
  return query.interface === 'mode-e'
    ? (memory) => talkAfterModeE(query, options, memory)
    : (memory) => dlmsSession(options, memory);
}

function* readOnce(talk: DlmsTalk, { request }: DlmsQuery): Dialogue<Readout> {
  try {
    yield* talk.open();
    return yield* talk.read(request);
  } finally {
    yield* leaving(talk.close());
  }
}

export function dlmsOptions(query: DlmsQuery, place: DlmsPlace): DlmsOptions {
  const {
    clientTitle,
    meterTitle,
    counterObject,
    highLevelFunction,
    credentials,
    modeE: _modeE,
    keepAliveS: _keepAliveS,
    interface: transport,
    quirk,
    ...rest
  } = query;
  const highLevel = highLevelFunction === '' ? undefined : highLevelOf(place, highLevelFunction);
  const usesCounter = query.security !== 'none' || query.authentication === 'gmac';
  const key = credentials.encryptionKey;
  const owner = { meter: dlmsMeterOf(query), client: query.client, key, title: clientTitle };
  const counter = usesCounter ? place.counterOf?.(owner) : undefined;
  return {
    ...rest,
    interface: transport === 'wrapper' ? 'wrapper' : 'hdlc',
    ...(place.objects && { objectCache: place.objects }),
    ...(quirk.startsWith('frozen') && { link: { quirks: { [quirk]: true } } }),
    ...(quirk === 'aadWithoutHeader' && { hasBareAad: true }),
    credentials: { ...credentials, ...(highLevel && { highLevel }) },
    ...(clientTitle && { clientTitle }),
    ...(meterTitle && { meterTitle }),
    ...(counterObject && { counterObject }),
    ...(counter && { counter }),
  };
}

/** Object lists by meter type and firmware, for all nodes of this runtime. Bounded: the oldest goes first. */
export function objectCache(): ObjectCache {
  const lists = new BoundedMap<string, Parameters<ObjectCache['set']>[1]>(MAX_LISTS);
  return {
    get: (key) => lists.get(key),
    set: (key, objects) => {
      lists.set(key, objects);
    },
  };
}

function highLevelOf(place: DlmsPlace, name: string): (challenge: Uint8Array) => Uint8Array {
  const found = place.functionNamed?.(name);
  if (typeof found !== 'function') throw failure('dlmsSettings.functionUnknown', { name }, 'configure');
  return (challenge) => {
    const answer = answerOf(found as (challenge: Uint8Array) => unknown, name, challenge);
    if (!(answer instanceof Uint8Array)) throw failure('dlmsSettings.functionResult', { name }, 'authenticate');
    return answer;
  };
}

/** What the function says when it fails may hold its secret. */
function answerOf(found: (challenge: Uint8Array) => unknown, name: string, challenge: Uint8Array): unknown {
  try {
    return found(challenge);
  } catch {
    throw failure('dlmsSettings.functionFailed', { name }, 'authenticate');
  }
}

const MAX_LISTS = 50;
