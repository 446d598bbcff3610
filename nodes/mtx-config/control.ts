// Messages about rollouts that are under way: pause, resume, cancel, retry, remove, and the word of whoever vouches for
// a modem's meters.
import {
  failure,
  FINAL_STATES,
  parseImei,
  unknownRollout,
  type FinalState,
  type RolloutEvent,
  type Rollouts,
} from '../../src/core/index';
import type { Msg } from '../shared/palette';

/** What was done; undefined: the message wants something new. Throws where no rollout heard it. */
export async function controlRollouts(
  rollouts: Rollouts<Msg>,
  msg: Msg,
): Promise<{ readonly word: string; readonly id: string } | undefined> {
  const id = typeof msg['rolloutId'] === 'string' ? msg['rolloutId'] : '';
  const { gate } = msg;
  if (typeof gate === 'object' && gate !== null) {
    const { imei: named, ok } = gate as Readonly<Record<string, unknown>>;
    const imei = parseImei(String(named ?? msg['imei'] ?? '').trim());
    rollouts.signs.note(imei); // whoever vouches for its meters has seen it alive
    await rollouts.tell((at) => ({ on: 'gate', at, imei, isOk: ok === true }), id);
    return { word: 'gate', id };
  }
  const word = msg['cancel'] === true ? 'cancel' : msg['rollout'];
  if (typeof word !== 'string' || word === '') return undefined;
  if (word === 'progress') return { word, id };
  let count = 0;
  for (const make of eventsOf(word, msg)) count = await rollouts.tell(make, id);
  if (count === 0) throw unknownRollout(id);
  return { word, id };
}

function eventsOf(word: string, msg: Msg): readonly ((at: number) => RolloutEvent)[] {
  switch (word) {
    case 'pause':
    case 'resume':
    case 'cancel':
      return [(at) => ({ on: word, at })];
    case 'retry': {
      const states = Array.isArray(msg['states'])
        ? msg['states'].filter((state): state is FinalState => FINAL_STATES.some((known) => known === state))
        : (['silent'] as const);
      return [(at) => ({ on: 'retry', at, states })];
    }
    case 'remove': {
      const imeis: readonly unknown[] = Array.isArray(msg['imeis']) ? msg['imeis'] : [msg['imei']];
      return imeis.map((imei) => (at: number) => ({ on: 'gone', at, imei: String(imei) }));
    }
    default:
      throw failure('fleet.controlWord', { shown: word.slice(0, 40) }, 'configure');
  }
}
