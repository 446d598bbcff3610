// Single registers in programming mode, one command each or several codes in one, and Energomera's group read.
// What the meter refuses is the error of that one item; the others are read.
import type { Dialogue } from '../wire/dialogue';
import { ReadError } from '../wire/errors';
import type { Reading } from '../reading';
import { decodeDataSets, type DataSet } from './dataset';
import { askByAnyCommand, type Answer, type Question } from './exchange';
import { meterFacts } from './facts';
import { checkedItem, encodeGroupRead } from './frames';
import type { Identification } from './identification';
import { isSameCode } from './obis';
import type { Iec62056Options } from './options';
import { refusalOf } from './profile';
import { missingReading, readingOf } from './readings';
import { REACTION_MS, type Talk } from './talk';

export function* readRegisters(talk: Talk, identification: Identification, o: Iec62056Options): Dialogue<readonly Reading[]> {
  const size = o.codesPerCommand ?? 1;
  const items = o.items.map(checkedItem);
  const answers: Answered[] = [];
  for (let i = 0; i < items.length; i += size) {
    const asked = items.slice(i, i + size).flatMap(codesOf);
    const set = items.slice(i, i + size).join('');
    const answer = yield* askByAnyCommand(talk, { set, judge: judgeFor(asked) }, commandsOf(talk, identification, o));
    if (talk.meter && answer.kind === 'text' && refusalOf(answer.text) === undefined) talk.meter.command = answer.command;
    answers.push(...matchAnswer(asked, answer));
  }
  if (talk.meter && answers.some((one) => one.set?.address)) talk.meter.repeatsAddress = true;
  else if (talk.meter && answers.some((one) => one.set && !isPerhapsError(one.set))) talk.meter.repeatsAddress ??= false;
  return answers.map((one) => readingOfAnswer(one, talk.meter?.repeatsAddress));
}

export function* readGroup(talk: Talk, o: Iec62056Options): Dialogue<readonly Reading[]> {
  const items = o.items.map(checkedItem);
  talk.meter = meterFacts(talk.memory, `${o.address}/group`);
  talk.speak(talk.parities[0] ?? 'none');
  yield* talk.say(encodeGroupRead(o.address, items, talk.bcc ?? 'sum'));
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const message = yield* talk.hear(REACTION_MS);
    if (message === undefined) throw talk.silence('to the group read');
    if (message.kind === 'damaged') throw new ReadError('BAD_FRAME', `the answer arrived damaged: ${message.why}`);
    if (message.kind === 'nak') throw new ReadError('REQUEST_REFUSED', 'the meter does not understand the group read; choose another command');
    if (message.kind === 'data') return matchGroup(items.flatMap(codesOf), decodeDataSets(message.text));
  }
  throw new ReadError('BAD_FRAME', 'the meter answers the group read, but with no data');
}

interface Answered {
  readonly code: string;
  readonly set?: DataSet;
  readonly why?: string;
}

/** In `auto` the command that gave data before, or the likelier one, comes first. */
function commandsOf(talk: Talk, identification: Identification, o: Iec62056Options): readonly string[] {
  if (o.command !== 'auto') return [o.command];
  // `\@` announces the national command set of VDEW: R5.
  const first = talk.meter?.command ?? (identification.escapes.includes('@') ? 'R5' : 'R1');
  return first === 'R5' ? ['R5', 'R1'] : ['R1', 'R5'];
}

/** An answer under its own code tells what it answers; bare values and error words do not. */
function judgeFor(asked: readonly string[]): NonNullable<Question['judge']> {
  return (text, before) => {
    const address = before === '' ? (/^([^()]*)\(/.exec(text)?.[1] ?? '').trim() : '';
    if (address === '') return 'perhaps';
    return asked.some((code) => isSameCode(code, address)) ? 'ours' : 'foreign';
  };
}

/** Sets of an answer to the codes asked for: by their own codes, or in order when all are bare. */
function matchAnswer(asked: readonly string[], answer: Answer): readonly Answered[] {
  if (answer.kind === 'refused') return asked.map((code) => ({ code, why: answer.why }));
  if (answer.kind === 'bare') return asked.map((code) => ({ code, why: 'the meter acknowledges, but gives no value; another read command may be wanted' }));
  const sets = decodeDataSets(answer.text);
  const refusal = refusalOf(answer.text);
  if (refusal !== undefined) return asked.map((code) => ({ code, why: `the meter answers (${refusal})` }));
  if (asked.length === 1) return [matchOne(asked[0] ?? '', sets)];
  const named = sets.filter((set) => set.address !== '');
  if (named.length > 0) return asked.map((code) => matchOne(code, named.filter((set) => isSameCode(code, set.address))));
  const values = sets.flatMap((set) => set.values);
  if (values.length !== asked.length) return asked.map((code) => ({ code, why: `the meter gave ${values.length} values for ${asked.length} codes, without saying which` }));
  return asked.map((code, i) => ({ code, set: { address: '', values: values.slice(i, i + 1) } }));
}

function matchOne(code: string, sets: readonly DataSet[]): Answered {
  const [first] = sets;
  if (!first) return { code, why: 'the answer holds no value' };
  if (sets.some((set) => set.address !== '' && !isSameCode(code, set.address))) {
    throw new ReadError('BAD_FRAME', `the meter answered for ${first.address}, not for ${code}`);
  }
  // The same code several times is one code with several values.
  return { code, set: { address: first.address, values: sets.flatMap((set) => set.values) } };
}

function matchGroup(asked: readonly string[], sets: readonly DataSet[]): readonly Reading[] {
  return asked.map((code) => {
    const own = sets.filter((set) => isSameCode(code, set.address));
    return readingOfAnswer(own.length > 0 ? matchOne(code, own) : { code, why: 'the answer does not hold this code' }, true);
  });
}

function readingOfAnswer({ code, set, why }: Answered, repeatsAddress: boolean | undefined): Reading {
  if (!set) return missingReading(code, why ?? 'the meter gave no value');
  const text = set.values[0]?.text ?? '';
  if (/^ER(R|ROR)?\d*$/i.test(text)) return missingReading(code, `the meter answers (${text})`);
  // NEVA answers an unknown code with a bare error number. Only a meter that leaves out all codes means a value by it.
  if (isPerhapsError(set) && repeatsAddress !== false) {
    return repeatsAddress
      ? missingReading(code, `the meter answers with error ${text}`)
      : missingReading(code, `the meter answers (${text}) without a code: value or error number, that cannot be told`, 'BAD_VALUE');
  }
  return readingOf(set, set.address || code);
}

function isPerhapsError(set: DataSet): boolean {
  return set.address === '' && set.values.length === 1 && /^\d{2}$/.test(set.values[0]?.text ?? '');
}

function codesOf(item: string): readonly string[] {
  return [...item.matchAll(/([^()]+)\(/g)].map((match) => match[1] ?? '');
}

const MAX_TURNS = 16;
