// Recorded and scripted talks of IEC 60870-5-102: what the reader sends has to be the script's line, what it hears is
// the script's line. Frames around scripted ASDUs are built here by the rules of FT1.2, not by the codec under test.
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import type { Readout } from '../../src/core/meter/reading';
import { ReadError } from '../../src/core/wire/errors';
import type { Iec870Options } from '../../src/core/iec870/options';
import { readIec870 } from '../../src/core/iec870/read';
import { WorldMemory } from './iec870-driver';
import { vectorFile } from './vectors';

interface Row {
  id: string;
  steps?: { dir: '>' | '<'; hex: string }[];
  cases?: { wire: string }[];
}
const rows = vectorFile<{ iec870_5_102: Row[] }>('iec.json').iec870_5_102;

export const stepsOf = (id: string): string[] =>
  (rows.find((row) => row.id === id)?.steps ?? []).map(({ dir, hex }) => dir + hex);
export const wireOf = (id: string, index: number): string =>
  rows.find((row) => row.id === id)?.cases?.[index]?.wire ?? assert.fail(id);

/** `>` sent, `<` heard, `.` silence. */
export function play(
  options: Iec870Options,
  script: readonly string[],
  memory = new WorldMemory(),
): { result?: Readout; error?: ReadError } {
  const left = [...script];
  const dialogue = readIec870(options, memory);
  try {
    let turn = dialogue.next();
    while (!turn.done) {
      const step = turn.value;
      let heard: Uint8Array | undefined;
      if (step.do === 'send') assert.equal(`>${toHex(step.bytes)}`, left.shift());
      if (step.do === 'receive') {
        const line = left[0] ?? assert.fail('the script is over');
        assert.notEqual(line[0], '>', `still waiting, but the script says ${line}`);
        left.shift();
        heard = line === '.' ? undefined : fromHex(line.slice(1));
      }
      turn = dialogue.next(heard);
    }
    assert.deepEqual(left, []);
    return { result: turn.value };
  } catch (thrown) {
    if (!(thrown instanceof ReadError)) throw thrown;
    assert.deepEqual(left, []);
    return { error: thrown };
  }
}

/** A variable frame around the bytes from C on: lengths, sum and end are worked out here, not by the codec. */
export function framed(body: string): string {
  const bytes = fromHex(body.replace(/ /g, ''));
  const [length, sum] = [bytes.length, bytes.reduce((a, b) => a + b, 0) & 0xff].map((n) =>
    n.toString(16).padStart(2, '0'),
  );
  return `68${length}${length}68${toHex(bytes)}${sum}16`;
}

export const goodbye = (control: '53' | '73'): string[] => [
  `>${framed(`${control}0100 bb0006010000`)}`,
  '<100001000116',
];
/** Link address 1, measuring point 1, password 7: as recorded in C102-O02. */
export const LOGGED_IN = stepsOf('C102-O02');
export const ADDRESS = { link: 1, point: 1, password: 7 } as const;

/** A talk of link 1 behind the login, told by its ASDUs; the frame count bits follow by themselves. */
export class Script {
  private readonly lines: string[] = [...LOGGED_IN];
  private isCounted = false; // the login's poll carried FCB 0

  /** A request that the link acknowledges. */
  ask(asdu: string): this {
    this.lines.push(`>${framed(`${this.next('53', '73')}0100 ${asdu}`)}`, '<100001000116');
    return this;
  }

  /** One poll and all that is heard for it; a silence repeats it with the same bit. */
  poll(...heard: readonly string[]): this {
    const poll = this.next('>105b01005c16', '>107b01007c16');
    this.lines.push(poll);
    for (const asdu of heard) {
      if (asdu === '.') this.lines.push('.', poll);
      else this.lines.push(`<${asdu === 'none' ? '100901000a16' : framed(`080100 ${asdu}`)}`);
    }
    return this;
  }

  /** Nothing is sent, the link is only listened to: the pause of a poll that found nothing. */
  quiet(): this {
    this.lines.push('.');
    return this;
  }

  end(): string[] {
    return [...this.lines, ...goodbye(this.next('53', '73') as '53' | '73')];
  }

  private next(clear: string, counted: string): string {
    this.isCounted = !this.isCounted;
    return this.isCounted ? counted : clear;
  }
}
