// Plays a transcript: a talk between a dialogue and a device as a text file.
//   @ name {json}   starts the dialogue `name` with these options; several in one file share the line and its memory
//   > 01 03 ..      bytes that must have been sent before the next wait (however many sends they took)
//   < 01 03 ..      what is heard at the next wait
//   . [ms]          silence until the deadline of the next wait; with a number: the line rests between two dialogues
//   % 9600 7E1      the port is set so before the next wait
//   = {json}        the value (an error in it by its code), or      ! CODE stage      the error that ends the dialogue
//   # comment       and empty lines are passed over
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import type { Dialogue, LineMemory, LineSettings } from '../../src/core/wire/dialogue';
import { asReadError } from '../../src/core/wire/errors';

export type Starters = { readonly [name: string]: (options: never, memory: LineMemory) => Dialogue<unknown> };

/** The transcripts of test/transcripts/<folder>. */
export function transcripts(folder: string): readonly { readonly name: string; readonly text: string }[] {
  const path = join(__dirname, '..', 'transcripts', folder);
  const files = readdirSync(path).filter((file) => file.endsWith('.txt'));
  return files.sort().map((file) => ({ name: file.slice(0, -4), text: readFileSync(join(path, file), 'utf8') }));
}

/** Throws an AssertionError that names the line where talk and transcript part. */
export function playTranscript(text: string, starters: Starters): void {
  const script = text
    .split(/\r?\n/)
    .map((line, i) => ({ sign: line.trim()[0] ?? '#', rest: line.trim().slice(1).trim(), number: i + 1 }));
  const lines = script.filter(({ sign }) => sign !== '#');
  const memory = new ScriptMemory();
  let at = 0;
  const next = (): (typeof lines)[number] => lines[at] ?? { sign: 'end', rest: '', number: script.length };
  while (next().sign !== 'end') {
    const { sign, rest, number } = next();
    at += 1;
    if (sign === '.') {
      memory.time += Number(rest);
      continue;
    }
    assert.equal(sign, '@', `line ${number}: a dialogue must begin with @`);
    const [, name = '', json = ''] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
    const start = starters[name];
    assert.ok(start, `line ${number}: no dialogue is called ${name}`);
    const ending = play(start(JSON.parse(json || '{}') as never, memory), memory, (done) => {
      const expected: string[] = [];
      for (; next().sign === '>' || next().sign === '%'; at++)
        expected.push(next().sign === '>' ? toHex(fromHex(next().rest)) : `%${next().rest}`);
      assert.equal(joined(done), joined(expected), `before line ${next().number}`);
      const wait = next();
      if (wait.sign !== '<' && wait.sign !== '.') return undefined;
      at += 1;
      return wait.sign === '<' ? { heard: fromHex(wait.rest) } : { heard: undefined };
    });
    const last = next();
    at += 1;
    assert.equal(
      ending,
      last.sign === '=' ? `= ${shown(JSON.parse(last.rest))}` : `${last.sign} ${last.rest}`,
      `line ${last.number}`,
    );
  }
}

type Turn = { readonly heard: Uint8Array | undefined } | undefined;

function play(dialogue: Dialogue<unknown>, memory: ScriptMemory, wait: (done: readonly string[]) => Turn): string {
  let done: string[] = [];
  try {
    let turn = dialogue.next();
    while (!turn.done) {
      const step = turn.value;
      let heard: Uint8Array | undefined;
      if (step.do === 'send') {
        done.push(toHex(step.bytes));
        memory.sentAt = memory.heardAt = memory.time;
      } else if (step.do === 'setLine') {
        memory.line = step.line;
        done.push(`%${step.line.baud} ${step.line.dataBits}${step.line.parity[0]?.toUpperCase()}${step.line.stopBits}`);
      } else if (step.do === 'pause') {
        memory.time += step.ms;
      } else if (step.do === 'receive') {
        const heardNow = wait(done);
        assert.ok(heardNow, `the dialogue waits for ${step.ms} ms, but the transcript says neither < nor .`);
        done = [];
        heard = heardNow.heard;
        if (heard) memory.heardAt = memory.time += ANSWER_MS;
        else memory.time = Math.max(memory.time, (step.since === 'heard' ? memory.heardAt : memory.sentAt) + step.ms);
      }
      turn = dialogue.next(heard);
    }
    wait(done);
    return `= ${shown(turn.value)}`;
  } catch (thrown) {
    if (thrown instanceof assert.AssertionError) throw thrown;
    wait(done);
    const error = asReadError(thrown);
    return `! ${error.code}${error.stage ? ` ${error.stage}` : ''}${error.code === 'INTERNAL' ? ` ${error.detail}` : ''}`;
  }
}

class ScriptMemory implements LineMemory {
  time = 0;
  sentAt = 0;
  heardAt = 0;
  readonly roundTripMs = 1000;
  line: LineSettings = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };
  private readonly known = new Map<string, unknown>();
  readonly knownSince = -Infinity;
  random = (): number => 0;
  now(): number {
    return this.time;
  }
  recall<T>(key: string, create: () => T): T {
    if (!this.known.has(key)) this.known.set(key, create());
    return this.known.get(key) as T;
  }
}

/** Bytes sent one after the other are one stream; line settings stand between them. */
function joined(parts: readonly string[]): string {
  return parts
    .map((part) => (part.startsWith('%') ? ` ${part} ` : part))
    .join('')
    .trim();
}

function shown(value: unknown): string {
  return JSON.stringify(value, (key, v: unknown) => {
    if (key === 'error' && typeof v === 'object' && v !== null) return (v as { code?: unknown }).code;
    return typeof v === 'bigint' ? String(v) : v;
  });
}

const ANSWER_MS = 300;
