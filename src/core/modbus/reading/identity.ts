// Who is there: read device identification (V1.1b3, 6.21), else report server id (6.13); and the cheapest question of
// all, whether a unit answers at all.
import { toHex, toLatin1 } from '../../wire/bytes';
import { stage, type Dialogue, type LineMemory } from '../../wire/dialogue';
import { ReadError } from '../../wire/errors';
import { ask, doubtAbout, insist, openTalk, type AskOutcome, type Peer, type UnitTalk } from './exchange';
import { DEVICE_OBJECTS, type Request } from '../frames/pdu';

export interface Identity {
  readonly [field: string]: string;
}

/** Empty = the unit answers, but says nothing of itself. */
export function* readIdentity(peer: Peer, memory: LineMemory): Dialogue<Identity> {
  return yield* stage('read', identify(openTalk(peer, memory, {})));
}

/** Any answer shows that the unit is there, a refusal too, and an answer to whatever it was asked before. */
export function* probeUnit(peer: Peer, memory: LineMemory): Dialogue<'alive' | 'silent' | 'noise'> {
  const talk = openTalk(peer, memory, {});
  try {
    yield* ask(
      talk,
      { function: 3, address: 0, quantity: 1 },
      doubtAbout(talk, 3),
      (earlier) => earlier.unit === peer.unit,
    );
    return 'alive';
  } catch (thrown) {
    if (!(thrown instanceof ReadError) || (thrown.code !== 'NO_REPLY' && thrown.code !== 'BAD_FRAME')) throw thrown;
    return thrown.code === 'NO_REPLY' ? 'silent' : 'noise';
  }
}

function* identify(talk: UnitTalk): Dialogue<Identity> {
  const fields: { [field: string]: string } = {};
  let objectId = 0;
  for (let part = 0; part < MAX_PARTS; part++) {
    const outcome = yield* orSilence(insist(talk, { function: 43, mei: 14, readDeviceId: 1, objectId }));
    if (outcome?.kind !== 'answer' || !('objects' in outcome.response)) break;
    const { objects, moreFollows, nextObjectId } = outcome.response;
    for (const { id, value } of objects) fields[DEVICE_OBJECTS[id] ?? `object${id}`] = toLatin1(value).trim();
    if (!moreFollows || nextObjectId <= objectId) return fields;
    objectId = nextObjectId;
  }
  if (Object.keys(fields).length > 0) return fields;
  const request: Request = { function: 17 };
  const outcome = yield* insist(talk, request);
  if (outcome.kind !== 'answer' || !('data' in outcome.response)) return {};
  const { data } = outcome.response;
  const text = toLatin1(data)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return { serverId: toHex(data), ...(text.length >= MIN_TEXT ? { serverText: text } : {}) };
}

/** Many devices pass over a function that they do not know, instead of refusing it. */
function* orSilence(part: Dialogue<AskOutcome>): Dialogue<AskOutcome | undefined> {
  try {
    return yield* part;
  } catch (thrown) {
    if (thrown instanceof ReadError && thrown.code === 'NO_REPLY') return undefined;
    throw thrown;
  }
}

const MAX_PARTS = 16;
const MIN_TEXT = 3;
