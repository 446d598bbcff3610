// One question in programming mode and its whole answer (IEC 62056-21, 6.4.3.3 and annex C): read commands, partial
// blocks, refusals. No block carries a number, and a network may deliver one late or twice: what came before in the
// same talk is taken only when silence has told that nothing else comes, and believed only when it comes so a second
// time.
import type { Dialogue } from '../wire/dialogue';
import { failure, phrase, type ReadError, type Phrase } from '../wire/errors';
import { ACK_MESSAGE, NAK_MESSAGE, encodeCommandMessage } from './frames';
import { REACTION_MS, type HeardMessage, type Suspicion, type MeterTalk } from './meter-talk';

/** What is asked for by a read command, and how its answer is known. */
export interface Question {
  /** `address(argument)`, one or several. */
  readonly set: string;
  /** Could this be (the next part of) the answer, of which `before` is here? */
  readonly judge?: (text: string, before: string, isLast: boolean) => Verdict;
}

/** `ours`: it says itself what it answers. `perhaps`: nothing in it tells. `foreign`: it answers something else. */
export type Verdict = 'ours' | 'perhaps' | 'foreign';

/** What a read command brought. */
export type CommandAnswer =
  | { readonly kind: 'text'; readonly text: string }
  /** Acknowledged, and nothing after: another read command is wanted (EMH and other VDEW meters on R1). */
  | { readonly kind: 'bare' }
  /** Refused by a meter that asked for a password and got none: no other command will be taken either. */
  | { readonly kind: 'locked' }
  /** Not understood, however often it is said. */
  | { readonly kind: 'refused'; readonly why: Phrase };

/**
 * One command after the other until one gives data. Blocks that came good beyond doubt are added to `good` as they
 * come.
 */
export function* askByAnyCommand(
  talk: MeterTalk,
  question: Question,
  commands: readonly string[],
  good: string[] = [],
): Dialogue<CommandAnswer & { readonly command: string }> {
  let last: (CommandAnswer & { readonly command: string }) | undefined;
  for (const command of commands) {
    const answer = { ...(yield* askSurely(talk, command, question, good)), command };
    if (answer.kind === 'text' || answer.kind === 'locked') return answer;
    last = answer;
  }
  // Nothing was read, and no command is taken: the zeros it gave may be an operand all the same.
  if (last?.kind === 'refused' && talk.operand === 'zeros')
    return { ...last, why: phrase('iec62056.perhapsPassword', { why: last.why }) };
  return last ?? { kind: 'bare', command: '' };
}

function* askSurely(talk: MeterTalk, command: string, question: Question, good: string[]): Dialogue<CommandAnswer> {
  const answer = yield* exchange(talk, command, question, good);
  if (answer.kind !== 'text' || !answer.isDoubtful) return answer;
  const again = yield* exchange(talk, command, question, [], true);
  if (again.kind === 'text' && again.text === answer.text) return answer;
  throw failure('iec62056.twoAnswers', { command, set: question.set });
}

/** One read command and its whole answer. `isConfirming`: it was given before, and is expected to be the same. */
export function* exchange(
  talk: MeterTalk,
  command: string,
  { set, judge = () => 'perhaps' }: Question,
  good: string[] = [],
  isConfirming = false,
): Dialogue<
  | Exclude<CommandAnswer, { kind: 'text' }>
  | { readonly kind: 'text'; readonly text: string; readonly isDoubtful: boolean }
> {
  const frame = encodeCommandMessage(command, set, talk.bcc ?? 'xor');
  yield* talk.ask(frame);
  let [damaged, misunderstood, foreign] = [0, 0, 0];
  let damage: Phrase | undefined;
  let [isBare, isDoubtful] = [false, false];
  let strange: string | undefined;
  let text = '';
  // This meter may say the same in every read; what it said in this one, or another meter said, may be a copy.
  const isSuspect: Suspicion = (known, data) =>
    known === 'other' || (known === 'here' && judge(data.text, text, data.isLast) === 'perhaps');
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const message: HeardMessage | undefined = yield* isConfirming
      ? talk.hear(REACTION_MS)
      : talk.hearNew(isSuspect, REACTION_MS, isBare ? 0 : undefined);
    if (message === undefined) {
      if (isBare && strange === undefined) return { kind: 'bare' };
      if (damage) throw failure('iec62056.damagedTimes', { times: damaged, why: damage });
      throw strange === undefined
        ? talk.silence(phrase('iec62056.toCommand', { command }))
        : notAsked(strange, command, set);
    }
    switch (message.kind) {
      case 'data':
        if (judge(message.text, text, message.isLast) === 'foreign') {
          strange = message.text;
          if (++foreign >= MAX_FOREIGN) throw notAsked(strange, command, set);
          break;
        }
        isDoubtful ||= message.alike !== undefined;
        talk.take(message.text);
        text += message.text;
        if (text.length > MAX_TEXT) throw failure('iec62056.neverEnds', { command });
        if (!isDoubtful) good.push(message.text);
        if (message.isLast) return { kind: 'text', text, isDoubtful };
        yield* talk.say(ACK_MESSAGE);
        break;
      case 'damaged':
        damage = message.why;
        if (damaged++ >= MAX_REPEATS) throw failure('iec62056.damagedTimes', { times: damaged, why: message.why });
        yield* talk.say(NAK_MESSAGE);
        break;
      case 'nak':
        if (talk.operand === 'given') return { kind: 'locked' };
        if (misunderstood++ >= MAX_REPEATS) return { kind: 'refused', why: phrase('iec62056.notUnderstood', {}) };
        yield* talk.say(frame);
        break;
      case 'bell':
        return { kind: 'refused', why: phrase('iec62056.refusesCommand', {}) };
      case 'command':
        if (message.command === 'B0') throw closedByMeter(talk);
        break;
      case 'ack':
        isBare = text === '';
        break;
      case 'identification':
      case 'echo':
        break;
    }
  }
  throw failure('iec62056.neverEnds', { command });
}

/** The meter sent the break: it has left the session, and no break is owed to it. */
export function closedByMeter(talk: MeterTalk): ReadError {
  talk.isOpen = false;
  return talk.isPasswordSent ? failure('iec62056.sessionEnded', {}) : failure('iec62056.endedPassword', {});
}

function notAsked(text: string, command: string, set: string): ReadError {
  return failure('iec62056.noAnswerTo', { text: JSON.stringify(text.slice(0, 40)), command, set });
}

const MAX_REPEATS = 3;
const MAX_FOREIGN = 16;
const MAX_TURNS = 100_000;
/** Many years of the longest load profile. */
const MAX_TEXT = 2 ** 24;
