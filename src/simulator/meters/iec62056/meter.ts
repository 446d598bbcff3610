// A meter that speaks IEC 62056-21 (6.4: modes A, B, C; programming mode, annexes A to C), written from the tariff
// device's side of the standard. Faults of the field are switched on one by one; each serves so many times.
import { fromLatin1, toLatin1 } from '../../../core/wire/bytes';
import { wireMs, type LineSettings } from '../../../core/wire/dialogue';
import type { Meter, Reply } from '../../serial/meter';
import { bccOf, isMeant, sealed, valuesOf } from './answers';
import { nextMessage, piecesOf, SPEEDS, type CommandMessage, type OptionSelect } from './heard-messages';
import { VDEW_MODEL, type Iec62056Faults, type Iec62056Model } from './data';

export interface Iec62056MeterOptions {
  readonly model?: Partial<Iec62056Model>;
  readonly faults?: Iec62056Faults;
  /** The time of the world, for what happens between two hearings: the end of a readout, a session that times out. */
  readonly now?: () => number;
}

type State =
  | { readonly at: 'rest' }
  | { readonly at: 'identified'; readonly since: number }
  | { readonly at: 'session'; readonly mayRead: boolean };

export class Iec62056Meter implements Meter {
  readonly model: Iec62056Model;
  /** What the meter saw, for tests: commands with their sets, in order. */
  readonly seen: string[] = [];
  private readonly faults: Iec62056Faults;
  private readonly now: (() => number) | undefined;
  private state: State = { at: 'rest' };
  private speeds: readonly { readonly at: number; readonly baud: number }[] = [];
  private heard = '';
  private heardAt = 0;
  private blocks: readonly Uint8Array[] = [];
  private lastBlock: Uint8Array | undefined;
  private reads = 0;
  private wrongPasswords = 0;

  constructor({ model, faults, now }: Iec62056MeterOptions = {}) {
    this.model = { ...VDEW_MODEL, ...model };
    this.faults = { ...faults };
    this.now = now;
  }

  /** The password is refused for hours: too many wrong ones. */
  get isLocked(): boolean {
    return this.wrongPasswords >= 3;
  }

  /** All faults are over. */
  mend(): void {
    for (const name of Object.keys(this.faults) as (keyof Iec62056Faults)[]) delete this.faults[name];
  }

  get line(): LineSettings {
    const now = this.now?.() ?? this.heardAt;
    if (this.state.at === 'session' && now - this.heardAt > this.model.sessionMs) return this.model.line;
    const baud = this.speeds.filter((speed) => speed.at <= now).at(-1)?.baud ?? this.model.line.baud;
    return { ...this.model.line, baud };
  }

  hear(bytes: Uint8Array, now: number): readonly Reply[] {
    this.passTime(now);
    this.heardAt = now;
    this.heard += toLatin1(bytes);
    const echo = this.faults.echo ? [{ afterMs: 0, bytes }] : [];
    const answers: Reply[] = [];
    for (let taken = this.takeMessage(now); taken; taken = this.takeMessage(now)) answers.push(...taken);
    // What was heard was no option select: the meter goes on waiting for one.
    if (this.state.at === 'identified' && answers.length === 0 && bytes.length > 0)
      answers.push(...this.fallback(this.state.since - now));
    return [...echo, ...answers];
  }

  private passTime(now: number): void {
    if (now - this.heardAt > CHARACTER_GAP_MS) this.heard = '';
    const isOver =
      this.state.at === 'session'
        ? now - this.heardAt > this.model.sessionMs
        : this.state.at === 'identified' && now - this.state.since > OPTION_SELECT_MS;
    if (isOver) this.rest();
  }

  /** The next whole message of what was heard, answered; undefined = there is none yet. */
  private takeMessage(now: number): readonly Reply[] | undefined {
    const message = nextMessage(this.heard);
    if (!message) return undefined;
    this.heard = this.heard.slice(message.end);
    switch (message.kind) {
      case 'group':
        return this.answerGroup(message.address, message.group);
      case 'request':
        return this.answerRequest(message.address, now);
      case 'option':
        return this.answerOption(message, now);
      case 'command':
        return this.answerCommand(message);
      case 'single':
        return this.answerSingle(message.character);
    }
  }

  private answerRequest(address: string, now: number): readonly Reply[] {
    const { model } = this;
    if (!isMeant(this.model, address) || this.state.at === 'session') return [];
    if (used(this.faults, 'lostRequests')) return [];
    const text = `/${model.identification}${model.lineEnd}`;
    const identification = { afterMs: this.reactionMs, bytes: fromLatin1(this.faults.strayAck ? `\x06${text}` : text) };
    const spoken = now + this.reactionMs + wireMs(identification.bytes.length, this.line);
    if (model.mode !== 'C')
      return [
        identification,
        this.readout(
          now,
          spoken - now + this.reactionMs,
          model.mode === 'B' && model.switches ? this.proposed : undefined,
        ),
      ];
    this.state = { at: 'identified', since: spoken };
    return [identification, ...this.fallback(spoken - now)];
  }

  /** No option select in time: the readout at the first speed, as in mode A (6.4.3.1). */
  private fallback(spokenAfterMs: number): readonly Reply[] {
    if (this.model.fallback === 'silence') return [];
    return [{ afterMs: spokenAfterMs + OPTION_SELECT_MS, bytes: this.readoutBytes(false), unlessHeard: true }];
  }

  private answerOption({ v, z, y, whole }: OptionSelect, now: number): readonly Reply[] {
    if (this.state.at !== 'identified') return [];
    if (used(this.faults, 'lostOptions')) return [];
    const baud = this.model.switches && z === this.model.identification[3] ? this.proposed : this.line.baud;
    if (v === '2' && y === '2' && this.model.identification.includes('\\2')) {
      this.setSpeed(now, baud);
      this.rest();
      return [{ afterMs: this.reactionMs, bytes: fromLatin1(whole) }];
    }
    if (y !== '1') {
      this.rest();
      return [this.readout(now, this.reactionMs, baud)];
    }
    this.state = { at: 'session', mayRead: !this.model.needsPassword };
    this.reads = 0;
    this.setSpeed(now, baud);
    return [this.say(`\x01P0\x02(${this.model.operand})\x03`)];
  }

  private answerCommand({ command, set, whole, bcc }: CommandMessage): readonly Reply[] {
    if (this.state.at !== 'session') return [];
    const body = fromLatin1(whole.slice(1, -1));
    if (bccOf(this.model, body) !== bcc.charCodeAt(0)) return [this.single(NAK)];
    this.seen.push(`${command} ${set}`);
    if (command === 'B0') {
      this.rest();
      return [];
    }
    if (command === 'P1' || command === 'P2') return this.answerPassword(command, set);
    if (used(this.faults, 'naks')) return [this.single(NAK)];
    this.reads += 1;
    if (this.faults.silentFromRead !== undefined && this.reads >= this.faults.silentFromRead) return [];
    if (this.reads === this.faults.breakAtRead) return this.endSession();
    if (!this.state.mayRead) return [this.say('\x02(ER10)\x03')];
    if (!this.model.commands.includes(command))
      return this.model.unknownCommand === 'error'
        ? [this.say('\x02(ER01)\x03')]
        : [this.single(this.model.unknownCommand === 'ack' ? ACK : NAK)];
    return this.sendBlocks(valuesOf(this.model, set), command === 'R6');
  }

  private answerPassword(level: 'P1' | 'P2', set: string): readonly Reply[] {
    const isRight =
      !this.isLocked && set === `(${this.model.passwords[level] ?? ''})` && this.model.passwords[level] !== undefined;
    if (isRight) {
      this.wrongPasswords = 0;
      this.state = { at: 'session', mayRead: true };
      return [this.single(ACK)];
    }
    this.wrongPasswords += 1;
    if (this.model.refusal === 'silence') return [];
    if (this.model.refusal === 'break') return this.endSession();
    return [
      this.model.refusal === 'error'
        ? this.say('\x02(ER02)\x03')
        : this.single(this.model.refusal === 'bell' ? BEL : NAK),
    ];
  }

  /** ACK asks for the next partial block, NAK for the last message again (annex A). */
  private answerSingle(single: string): readonly Reply[] {
    if (single === '\x06') {
      const [next, ...rest] = this.blocks;
      this.blocks = rest;
      return next ? [this.block(next)] : [];
    }
    return this.lastBlock ? [this.block(this.lastBlock)] : [];
  }

  private answerGroup(address: string, group: string): readonly Reply[] {
    return isMeant(this.model, address) ? [this.say(`\x02${valuesOf(this.model, group)}\x03`)] : [];
  }

  /** Partial blocks end with EOT, the last one with ETX; lines stay whole. */
  private sendBlocks(text: string, isPartial: boolean): readonly Reply[] {
    const pieces = piecesOf(text, isPartial ? this.model.blockBytes : text.length);
    const [first, ...rest] = pieces.map((piece, i) =>
      sealed(this.model, `\x02${piece}${i === pieces.length - 1 ? '\x03' : '\x04'}`),
    );
    this.blocks = rest;
    return first ? [this.block(first)] : [];
  }

  /** The whole readout, at a speed of its own if one was agreed; the port is back at its first speed when it is out. */
  private readout(now: number, afterMs: number, baud: number | undefined): Reply {
    const bytes = this.readoutBytes();
    const line = { ...this.model.line, baud: baud ?? this.line.baud };
    this.speeds = [
      { at: now + afterMs - 1, baud: line.baud },
      { at: now + afterMs + wireMs(bytes.length, line), baud: this.model.line.baud },
    ];
    return { afterMs, bytes };
  }

  /** The fall-back mostly never leaves, and must not use up a fault. */
  private readoutBytes(mayBeDamaged = true): Uint8Array {
    const { readout, lineEnd, framing } = this.model;
    const text = `${readout.join(lineEnd)}${lineEnd}!${lineEnd}`;
    if (framing === 'full') {
      this.lastBlock = sealed(this.model, `\x02${text}\x03`);
      return mayBeDamaged ? this.damaged(this.lastBlock) : this.lastBlock;
    }
    return fromLatin1(framing === 'bare' ? text : `\x02${text}`);
  }

  private endSession(): readonly Reply[] {
    this.rest();
    return [{ afterMs: this.reactionMs, bytes: sealed(this.model, '\x01B0\x03') }];
  }

  private rest(): void {
    this.state = { at: 'rest' };
    this.blocks = [];
    this.speeds = [];
  }

  private say(text: string): Reply {
    return this.block(sealed(this.model, text));
  }

  private block(bytes: Uint8Array): Reply {
    this.lastBlock = bytes;
    return { afterMs: this.reactionMs, bytes: this.damaged(bytes) };
  }

  private single(byte: number): Reply {
    return { afterMs: this.reactionMs, bytes: Uint8Array.of(byte) };
  }

  private damaged(bytes: Uint8Array): Uint8Array {
    return used(this.faults, 'damagedBlocks')
      ? Uint8Array.from([...bytes.slice(0, -1), (bytes.at(-1) ?? 0) ^ 0x21])
      : bytes;
  }

  private setSpeed(now: number, baud: number): void {
    this.speeds = [{ at: now, baud }];
  }

  private get proposed(): number {
    const z = this.model.identification[3] ?? '';
    return SPEEDS[z] ?? this.model.line.baud;
  }

  private get reactionMs(): number {
    return /[a-z]/.test(this.model.identification[2] ?? '') ? 20 : 200;
  }
}

function used(faults: Iec62056Faults, name: 'damagedBlocks' | 'naks' | 'lostOptions' | 'lostRequests'): boolean {
  const left = faults[name] ?? 0;
  if (left > 0) faults[name] = left - 1;
  return left > 0;
}

const OPTION_SELECT_MS = 2000;
const CHARACTER_GAP_MS = 1500;
const [ACK, NAK, BEL] = [0x06, 0x15, 0x07];
