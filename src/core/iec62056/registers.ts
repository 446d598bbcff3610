// Single registers in programming mode, one command each or several codes in one, and Energomera's group read.
// What the meter refuses is the error of that one item; the others are read.
import type { Dialogue } from '../wire/dialogue';
import { failure, phrase, type Phrase } from '../wire/errors';
import type { Reading } from '../meter/reading';
import { codeOf, decodeDataSets, type DataSet } from './dataset';
import { askByAnyCommand, type CommandAnswer, type Question } from './exchange';
import { checkedItem, encodeGroupRead } from './frames';
import type { Identification } from './identification';
import { isSameCode } from '../meter/obis';
import type { Iec62056Options } from './options';
import { refusalOf } from './profile';
import { missingReading, readingOf } from './readings';
import { REACTION_MS, type MeterTalk } from './meter-talk';

/** The items in the order asked; one that is refused has an `error`. */
export function* readRegisters(
  talk: MeterTalk,
  identification: Identification,
  o: Iec62056Options,
): Dialogue<readonly Reading[]> {
  const size = o.codesPerCommand ?? 1;
  const items = o.items.map(checkedItem);
  const answers: Answered[] = [];
  for (let i = 0; i < items.length; i += size) {
    const sets = items.slice(i, i + size).flatMap(setsOf);
    const ask = (some: readonly string[]): Dialogue<CommandAnswer> =>
      askTogether(talk, some, commandsOf(talk, identification, o));
    const together = sets.length > 1 ? matchTogether(sets, yield* ask(sets), talk.meter?.valueCounts) : [];
    for (const [place, set] of sets.entries()) answers.push(together[place] ?? matchAlone(set, yield* ask([set])));
  }
  for (const { asked, set } of answers) if (set?.address === '') talk.meter?.valueCounts.set(asked, set.values.length);
  if (talk.meter && answers.some((one) => one.set?.address)) talk.meter.repeatsAddress = true;
  else if (talk.meter && answers.some((one) => one.set && !isPerhapsError(one.set)))
    talk.meter.repeatsAddress ??= false;
  return answers.map((one) => readingOfAnswer(one, talk.meter?.repeatsAddress));
}

function* askTogether(talk: MeterTalk, sets: readonly string[], commands: readonly string[]): Dialogue<CommandAnswer> {
  const answer = yield* askByAnyCommand(talk, { set: sets.join(''), judge: judgeFor(sets) }, commands);
  if (talk.meter && answer.kind === 'text' && refusalOf(answer.text) === undefined) talk.meter.command = answer.command;
  return answer;
}

/** The items by one message without session. Throws REQUEST_REFUSED where the meter does not know it. */
export function* readGroup(talk: MeterTalk, o: Iec62056Options): Dialogue<readonly Reading[]> {
  const items = o.items.map(checkedItem);
  talk.meet(o.address, 'group');
  talk.speak(talk.parities[0] ?? 'none');
  yield* talk.settle();
  yield* talk.say(encodeGroupRead(o.address, items, talk.bcc ?? 'sum'));
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const message = yield* talk.hearNew(() => true, REACTION_MS);
    if (message === undefined) throw talk.silence(phrase('iec62056.toGroup', {}));
    talk.checkSource(message);
    if (message.kind === 'damaged') throw failure('iec62056.damagedOnce', { why: message.why });
    if (message.kind === 'nak') throw failure('iec62056.noGroup', {});
    if (message.kind === 'data') {
      talk.take(message.text);
      return matchGroup(items.flatMap(setsOf), decodeDataSets(message.text));
    }
  }
  throw failure('iec62056.groupEmpty', {});
}

interface Answered {
  /** `code(argument)` as it was asked for. */
  readonly asked: string;
  readonly set?: DataSet;
  readonly why?: Phrase;
  readonly reason?: 'iec62056.missingPassword';
}

/** In `auto` the command that gave data before, or the likelier one, comes first. */
function commandsOf(talk: MeterTalk, identification: Identification, o: Iec62056Options): readonly string[] {
  if (o.command !== 'auto') return [o.command];
  // `\@` announces the national command set of VDEW: R5.
  const first = talk.meter?.command ?? (identification.escapes.includes('@') ? 'R5' : 'R1');
  return first === 'R5' ? ['R5', 'R1'] : ['R1', 'R5'];
}

/**
 * An answer under its own code tells what it answers; bare values and error words do not. Nor does a code alone where
 * it was asked for with an argument: Energomera answers `EMD01(0.0,1)` and `EMD01(0.0,2)` alike as `EMD01(...)`.
 */
function judgeFor(asked: readonly string[]): NonNullable<Question['judge']> {
  return (text, before) => {
    const address = before === '' ? (/^([^()]*)\(/.exec(text)?.[1] ?? '').trim() : '';
    if (address === '') return 'perhaps';
    const own = asked.filter((set) => isSameCode(codeOf(set), address));
    if (own.length === 0) return 'foreign';
    return own.some((set) => argumentOf(set) === '') ? 'ours' : 'perhaps';
  };
}

/**
 * What of an answer belongs to which of several codes; undefined = that cannot be told, and the code is asked alone.
 * Bare values are told by their number only where it is known how many each code has: `(1)(2)` may be two values of
 * one code and none of the other, and an error in the row would shift the rest.
 */
function matchTogether(
  asked: readonly string[],
  answer: CommandAnswer,
  counts: ReadonlyMap<string, number> = new Map(),
): readonly (Answered | undefined)[] {
  if (answer.kind !== 'text') return [];
  const sets = decodeDataSets(answer.text);
  const values = sets.flatMap((set) => set.values);
  if (sets.every((set) => set.address === '')) {
    const widths = asked.map((one) => counts.get(one) ?? Number.NaN);
    const isTold =
      widths.reduce((sum, width) => sum + width, 0) === values.length &&
      !values.some(({ text }) => ERROR_WORD.test(text));
    let from = 0;
    return isTold
      ? asked.map((one, i) => ({
          asked: one,
          set: { address: '', values: values.slice(from, (from += widths[i] ?? 0)) },
        }))
      : [];
  }
  const own = asked.map((one) => sets.filter((set) => set.address !== '' && isSameCode(codeOf(one), set.address)));
  const isShared = (set: DataSet): boolean => own.filter((some) => some.includes(set)).length > 1;
  // Where a code is missing, bare brackets behind another may be its answer.
  const isMissing = own.some((some) => some.length === 0) || sets[0]?.address === '';
  return asked.map((one, i) => {
    const some = own[i] ?? [];
    if (some.length === 0 || some.some(isShared) || (isMissing && some.some((set) => set.values.length > 1)))
      return undefined;
    return matchOne(one, some);
  });
}

function matchAlone(asked: string, answer: CommandAnswer): Answered {
  if (answer.kind === 'refused') return { asked, why: answer.why };
  if (answer.kind === 'locked')
    return { asked, why: phrase('iec62056.notUnderstood', {}), reason: 'iec62056.missingPassword' };
  if (answer.kind === 'bare') return { asked, why: phrase('iec62056.acknowledgedOnly', {}) };
  const refusal = refusalOf(answer.text);
  return refusal === undefined
    ? matchOne(asked, decodeDataSets(answer.text))
    : { asked, why: phrase('iec62056.answers', { text: refusal }) };
}

function matchOne(asked: string, sets: readonly DataSet[]): Answered {
  const [first] = sets;
  const code = codeOf(asked);
  if (!first) return { asked, why: phrase('iec62056.noValue', {}) };
  if (sets.some((set) => set.address !== '' && !isSameCode(code, set.address))) {
    throw failure('iec62056.otherCode', { answered: first.address, code });
  }
  // The same code several times is one code with several values.
  return { asked, set: { address: first.address, values: sets.flatMap((set) => set.values) } };
}

function matchGroup(asked: readonly string[], sets: readonly DataSet[]): readonly Reading[] {
  return asked.map((one, place) => {
    const isAlike = (other: string): boolean => isSameCode(codeOf(one), codeOf(other));
    const own = sets.filter((set) => isAlike(set.address));
    const rivals = asked.filter(isAlike);
    if (own.length === 0) return readingOfAnswer({ asked: one, why: phrase('iec62056.codeNotHeld', {}) }, true);
    if (rivals.length === 1) return readingOfAnswer(matchOne(one, own), true);
    // One code with several arguments: the answers come in the order asked, which is told only where none is missing.
    const set = own.length === rivals.length ? own[asked.slice(0, place).filter(isAlike).length] : undefined;
    const why = phrase('iec62056.sameCodes', { count: own.length, asked: rivals.length });
    return set
      ? readingOfAnswer(matchOne(one, [set]), true)
      : missingReading(nameOf(one), why, 'iec62056.missingDoubtful');
  });
}

function readingOfAnswer({ asked, set, why, reason }: Answered, repeatsAddress: boolean | undefined): Reading {
  const name = nameOf(asked);
  if (!set) return missingReading(name, why ?? phrase('iec62056.gaveNone', {}), reason);
  const text = set.values[0]?.text ?? '';
  if (ERROR_WORD.test(text)) return missingReading(name, phrase('iec62056.answers', { text }));
  // NEVA answers an unknown code with a bare error number. Only a meter that leaves out all codes means a value by it.
  if (isPerhapsError(set) && repeatsAddress !== false) {
    return repeatsAddress
      ? missingReading(name, phrase('iec62056.answersError', { text }))
      : missingReading(name, phrase('iec62056.valueOrError', { text }), 'iec62056.missingDoubtful');
  }
  const reading = readingOf(set, set.address || codeOf(asked));
  return argumentOf(asked) === '' ? reading : { ...reading, name, ...(reading.id === reading.name && { id: name }) };
}

function isPerhapsError(set: DataSet): boolean {
  return set.address === '' && set.values.length === 1 && /^\d{2}$/.test(set.values[0]?.text ?? '');
}

function setsOf(item: string): readonly string[] {
  return item.split(/(?<=\))/);
}

/** What a reading is called: the code, with its argument where it was asked with one. */
function nameOf(asked: string): string {
  return argumentOf(asked) === '' ? codeOf(asked) : asked;
}

function argumentOf(set: string): string {
  return set.slice(set.indexOf('(') + 1, -1);
}

const ERROR_WORD = /^ER(R|ROR)?\d*$/i;
const MAX_TURNS = 16;
