// The job of one DLMS read: its dialogue over the chosen transport, the counter that its key needs, and what must not
// make two reads one.
import { createHash } from 'node:crypto';
import type { Node } from 'node-red';
import {
  dlmsSession,
  leaving,
  openModeE,
  ReadError,
  toHex,
  type Dialogue,
  type DlmsOptions,
  type Job,
  type LineMemory,
  type LineSettings,
  type ObjectCache,
  type Readout,
} from '../../src/core/index';
import type { InvocationCounters } from './counters';
import type { Talk } from './kept';
import { meterOf, type DlmsQuery } from './query';

export interface Place {
  readonly imei: string;
  readonly node: Node;
  readonly objects: ObjectCache;
  readonly counters: InvocationCounters;
}

export function dlmsJob(query: DlmsQuery, place: Place): Pick<Job<Readout>, 'start' | 'key'> {
  const talk = dlmsTalk(query, place);
  return { key: digestOf(query), start: (memory) => readOnce(talk(memory), query) };
}

/** Reads that may share an association differ only in what they ask for. */
export function associationKey(query: DlmsQuery): string {
  return digestOf({ ...query, request: undefined, keepAliveS: undefined });
}

export function dlmsTalk(query: DlmsQuery, place: Place): (memory: LineMemory) => Talk {
  const options = dlmsOptions(query, place);
  return query.interface === 'mode-e'
    ? (memory) => talkAfterModeE(query, options, memory)
    : (memory) => dlmsSession(options, memory);
}

function* readOnce(talk: Talk, { request }: DlmsQuery): Dialogue<Readout> {
  try {
    yield* talk.open();
    return yield* talk.read(request);
  } finally {
    yield* leaving(talk.close());
  }
}

export function dlmsOptions(query: DlmsQuery, { imei, node, objects, counters }: Place): DlmsOptions {
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
  const highLevel = highLevelFunction === '' ? undefined : globalFunction(node, highLevelFunction);
  const usesCounter = query.security !== 'none' || query.authentication === 'gmac';
  return {
    ...rest,
    interface: transport === 'wrapper' ? 'wrapper' : 'hdlc',
    objectCache: objects,
    ...(quirk !== 'none' && { link: { quirks: { [quirk]: true } } }),
    credentials: { ...credentials, ...(highLevel && { highLevel }) },
    ...(clientTitle && { clientTitle }),
    ...(meterTitle && { meterTitle }),
    ...(counterObject && { counterObject }),
    ...(usesCounter && {
      counter: counters.of(node, imei, meterOf(query), query.client, credentials.encryptionKey, clientTitle),
    }),
  };
}

/** Mode E: the text sign-on before each connection, at the port's own speed; the port is as it was afterwards. */
function talkAfterModeE(query: DlmsQuery, options: DlmsOptions, memory: LineMemory): Talk {
  const before = memory.line;
  let meter: { manufacturer: string; id: string } | undefined;
  const signOn = function* (): Dialogue<void> {
    yield* setLine(before);
    const { identification } = yield* openModeE({ ...query.modeE, wakeUp: false }, memory);
    meter = { manufacturer: identification.manufacturer, id: identification.id };
  };
  const session = dlmsSession({ ...options, signOn }, memory);
  return {
    open: () => session.open(),
    *read(request) {
      const readout = yield* session.read(request);
      return { ...readout, identity: { ...meter, ...readout.identity } };
    },
    *close() {
      try {
        yield* session.close();
      } finally {
        yield* setLine(before);
      }
    },
  };
}

function* setLine(line: LineSettings): Dialogue<void> {
  yield { do: 'setLine', line };
}

/** Object lists by meter type and firmware, for all nodes of this runtime. Bounded: the oldest goes first. */
export function objectCache(): ObjectCache {
  const lists = new Map<string, Parameters<ObjectCache['set']>[1]>();
  return {
    get: (key) => lists.get(key),
    set: (key, objects) => {
      lists.delete(key);
      lists.set(key, objects);
      const oldest = lists.keys().next();
      if (lists.size > MAX_LISTS && !oldest.done) lists.delete(oldest.value);
    },
  };
}

/** A function that the user put into the global context (functionGlobalContext in settings.js). */
function globalFunction(node: Node, name: string): (challenge: Uint8Array) => Uint8Array {
  const found: unknown = node.context().global.get(name);
  if (typeof found !== 'function')
    throw new ReadError(
      'CONFIG_INVALID',
      `highLevelFunction: the global context has no function "${name}"`,
      'configure',
    );
  return (challenge) => {
    const answer = answerOf(found as (challenge: Buffer) => unknown, name, challenge);
    if (!(answer instanceof Uint8Array))
      throw new ReadError('CONFIG_INVALID', `highLevelFunction: "${name}" has to return a Buffer`, 'authenticate');
    return answer;
  };
}

/** What the function says when it fails may hold its secret. */
function answerOf(found: (challenge: Buffer) => unknown, name: string, challenge: Uint8Array): unknown {
  try {
    return found(Buffer.from(challenge));
  } catch {
    throw new ReadError(
      'CONFIG_INVALID',
      `highLevelFunction: "${name}" failed with an error of its own; try it in a Function node`,
      'authenticate',
    );
  }
}

function digestOf(query: object): string {
  return createHash('sha256')
    .update(JSON.stringify(query, (_name, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value)))
    .digest('hex');
}

const MAX_LISTS = 50;
