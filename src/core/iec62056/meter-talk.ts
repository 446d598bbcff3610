// One talk on one line: says messages, hears classified ones. It keeps what all parts of a talk share: soft parity,
// echo, BCC form, the port's settings, and what has to be closed at the end.
import { wireMs, type Dialogue, type LineMemory, type LineSettings } from '../wire/dialogue';
import { Inbox } from '../wire/inbox';
import { failure, type ReadError, type Phrase } from '../wire/errors';
import {
  isHeardAgain,
  knownLine,
  knownMeter,
  rememberSaid,
  saidBefore,
  type KnownLine,
  type KnownMeter,
} from './known-meter';
import {
  encodeBreak,
  endsWithMark,
  endsWithReturn,
  hasContent,
  isRequest,
  scanEcho,
  scanMessage,
  scanOption,
  type BlockSearch,
  type MeterMessage,
} from './frames';
import type { BccKind } from './block-check';
import { ParityFilter, softParityOf, withParity, type ParityOption, type SoftParity } from './parity';

type Data = Extract<MeterMessage, { kind: 'data' }>;
/** Was it said already: in this talk, by this meter before, by another one on this line? Then it may be a late copy. */
type Known = 'here' | 'before' | 'other';
/** Is data that was heard before to be held back, as a possible copy? */
export type Suspicion = (known: Known, data: Data) => boolean;
/** `alike`: silence told that nothing else comes in its place. */
export type HeardMessage = Exclude<MeterMessage, Data> | (Data & { readonly alike?: Known });

/** One talk: from the first request to the break and the port as it was found. */
export class MeterTalk {
  /** How the port is set now; the home settings are restored by `close`. */
  line: LineSettings;
  /** Set as soon as the meter is known. */
  meter: KnownMeter | undefined;
  /** A programming session may be open: it has to be closed by a break. */
  isOpen = false;
  isPasswordSent = false;
  /** What the meter gave for a password to be made of, while it has given no data: a NAK may mean that it wants one. */
  operand: 'none' | 'zeros' | 'given' = 'none';
  private readonly home: LineSettings;
  private readonly facts: KnownLine;
  private readonly inbox = new Inbox(MAX_UNREAD);
  private readonly search: BlockSearch = { heard: 0, start: 0, end: 0 };
  private filter: ParityFilter;
  private parity: SoftParity;
  private echo: Uint8Array | undefined;
  private readonly taken = new Set<string>();
  private held: (Data & { readonly alike: Known }) | undefined;
  private key = '';
  private sentBytes = 0;
  private heardBefore = 0;

  constructor(
    readonly memory: LineMemory,
    private readonly parityOption: ParityOption,
  ) {
    this.line = this.home = memory.line;
    this.facts = knownLine(memory);
    this.parity = this.parities[0] ?? 'none';
    this.filter = this.newFilter();
  }

  /** The ways of speaking to try in turn. On a port of seven bits the parity is the port's own. */
  get parities(): readonly SoftParity[] {
    const fixed = this.home.dataBits === 7 ? 'none' : softParityOf(this.parityOption);
    if (fixed !== undefined) return [fixed];
    const order: readonly SoftParity[] = ['even', 'none', 'odd'];
    const known = this.facts.parity;
    return known === undefined ? order : [known, ...order.filter((parity) => parity !== known)];
  }

  /** From here on in this parity; what it hears may still tell another. */
  speak(parity: SoftParity): void {
    this.parity = parity;
    this.filter = this.newFilter();
    this.inbox.clear();
  }

  get bcc(): BccKind | undefined {
    return this.meter?.bcc;
  }

  /** The port is not as it was found. */
  get isSwitched(): boolean {
    return this.line.baud !== this.home.baud;
  }

  /** More than line ends was heard and not yet understood: the meter is already sending. */
  get hasUnread(): boolean {
    return hasContent(this.inbox.bytes);
  }

  /** From here on it is this meter that is talked to; the name is known once it told it. */
  meet(address: string, name?: string): void {
    this.key = `${address}/${name ?? ''}`;
    if (name !== undefined) this.meter = knownMeter(this.memory, this.key);
  }

  /** Data that was accepted: should it come once more, it may be a late copy. */
  take(text: string): void {
    this.taken.add(text);
    this.operand = 'none';
    rememberSaid(this.facts, this.key, text, this.memory.now());
    this.held = undefined;
  }

  /** Another meter's words in the place of this one's answer: no answer, unless a second talk hears them too. */
  checkSource(message: HeardMessage): void {
    if (message.kind !== 'data' || message.alike !== 'other' || isHeardAgain(this.facts, this.key, message.text))
      return;
    throw failure('iec62056.copyOfOther', {});
  }

  /**
   * Silence before the first word, where the break of the talk before may still be on the wire: Energomera wants 200 ms
   * after it.
   */
  *settle(): Dialogue<void> {
    const ms = this.facts.quietAt - this.memory.now();
    if (ms > 0) yield { do: 'pause', ms: Math.ceil(ms) };
  }

  /** Says something new: what was heard before and not understood cannot be its answer. */
  *ask(bytes: Uint8Array): Dialogue<void> {
    this.inbox.clear();
    this.held = undefined;
    yield* this.say(bytes);
  }

  *say(bytes: Uint8Array): Dialogue<void> {
    this.echo = this.facts.isEchoing || isRequest(bytes) ? bytes : undefined;
    this.sentBytes = bytes.length;
    this.heardBefore = this.inbox.heard;
    yield { do: 'send', bytes: withParity(bytes, this.parity) };
  }

  /**
   * The next message, or undefined after silence. `deviceMs` is the device's own time; what characters need on the
   * wire, and a modem that publishes only full buffers, come on top. Silence counts, not the total.
   */
  *hear(deviceMs: number, answerBytes = MODEM_BUFFER): Dialogue<MeterMessage | undefined> {
    return yield* this.listen((isQuiet) => this.next(isQuiet), deviceMs, answerBytes);
  }

  /**
   * Like `hear`, but data that is known and suspect is held back: the network may have delivered it once more, and then
   * the meter's true word follows by itself. Silence gives it out: said again by right, or in the place of what was
   * lost.
   */
  *hearNew(isSuspect: Suspicion, deviceMs: number, answerBytes?: number): Dialogue<HeardMessage | undefined> {
    for (let turn = 0; turn < MAX_COPIES; turn++) {
      const message = yield* this.hear(deviceMs, answerBytes);
      if (message === undefined) return this.held;
      if (message.kind !== 'data') return message;
      const alike = this.taken.has(message.text)
        ? 'here'
        : saidBefore(this.facts, this.key, message.text, this.memory.now());
      if (alike === undefined || !isSuspect(alike, message)) return message;
      this.held = { ...message, alike };
    }
    throw failure('iec62056.sameBlock', {});
  }

  /** The meter's repetition of an option select message (mode E), or that it does something else. */
  *hearOption(deviceMs: number, option: Uint8Array): Dialogue<'same' | 'other' | undefined> {
    const scan = scanOption(option);
    return yield* this.listen(
      (isQuiet) => (this.passEcho(isQuiet) ? this.inbox.next(scan) : undefined),
      deviceMs,
      option.length,
    );
  }

  /** Silence as an error: nothing at all since our last word, or bytes that made no message. */
  silence(after: Phrase): ReadError {
    const heard = this.inbox.heard - this.heardBefore;
    return heard === 0
      ? failure('iec62056.silent', { after })
      : failure('iec62056.noWholeAnswer', { bytes: heard, after });
  }

  /**
   * Goes to another speed, once the characters said just before have left the port: settings do not queue behind them.
   */
  *switchTo(line: LineSettings, justSaid: number): Dialogue<void> {
    if (line.baud === this.line.baud && line.dataBits === this.line.dataBits && line.parity === this.line.parity)
      return;
    if (justSaid > 0) yield { do: 'pause', ms: Math.ceil(wireMs(justSaid, this.line)) };
    this.line = line;
    yield { do: 'setLine', line };
  }

  /** The goodbye: break if a session may be open, then the port as it was found. */
  *close(): Dialogue<void> {
    const goodbye = this.isOpen ? encodeBreak(this.bcc ?? 'xor') : undefined;
    this.isOpen = false;
    if (goodbye) {
      yield* this.say(goodbye);
      this.facts.quietAt = this.memory.now() + SETTLE_MS + wireMs(goodbye.length, this.line);
    }
    yield* this.switchTo(this.home, goodbye?.length ?? 0);
  }

  private *listen<M>(
    next: (isQuiet: boolean) => M | undefined,
    deviceMs: number,
    answerBytes: number,
  ): Dialogue<M | undefined> {
    const before = this.inbox.heard - this.inbox.bytes.length;
    for (;;) {
      const message = next(false);
      if (message !== undefined) return message;
      const isGap = this.inbox.heard > before;
      const ms = isGap ? this.gapMs() : deviceMs + wireMs(this.sentBytes + answerBytes, this.line);
      const chunk = yield { do: 'receive', ms: Math.ceil(ms), since: isGap ? 'heard' : 'sent' };
      this.inbox.push(chunk ? this.filter.clean(chunk) : this.filter.release());
      if (chunk === undefined) return next(false) ?? next(true);
      if (this.inbox.heard - before - this.inbox.bytes.length > MAX_NOISE) {
        throw failure('iec62056.endless', {});
      }
    }
  }

  private next(isQuiet: boolean): MeterMessage | undefined {
    if (!this.passEcho(isQuiet)) return undefined;
    this.search.heard = this.inbox.heard;
    const isEightBit = this.filter.parity === 'none' && this.home.dataBits === 8;
    const message = this.inbox.next(scanMessage({ bcc: this.bcc, isQuiet, isEightBit, search: this.search }));
    if (message) this.learn(message);
    return message;
  }

  /** Takes our own words off what was heard. False = what is there may still become them. */
  private passEcho(isQuiet: boolean): boolean {
    if (!this.echo || this.inbox.bytes.length === 0) return true;
    const found = this.inbox.next(scanEcho(this.echo));
    if (found === undefined && !isQuiet) return false;
    // what comes back of our own words is nothing that the meter said
    if (found === 'echo') this.heardBefore += this.echo.length;
    if (isRequest(this.echo)) this.facts.isEchoing = found === 'echo';
    this.echo = undefined;
    return true;
  }

  private learn(message: MeterMessage): void {
    if (message.kind === 'identification') this.settleParity();
    if (message.kind === 'damaged' && message.otherBcc && this.meter && ++this.meter.bccDoubts >= MAX_DOUBTS)
      this.meter.bcc = undefined;
    if ((message.kind !== 'data' && message.kind !== 'command') || !this.meter) return;
    if (message.check === 'xor' || message.check === 'sum') {
      this.meter.bcc = message.check;
      this.meter.bccDoubts = 0;
    }
  }

  /** The meter's own parity is the one to answer in. */
  private settleParity(): void {
    if (this.parityOption !== 'auto' || this.filter.parity === undefined) return;
    this.facts.parity = this.parity = this.filter.parity;
  }

  private newFilter(): ParityFilter {
    return new ParityFilter(this.parities.length === 1 ? this.parities[0] : undefined);
  }

  private gapMs(): number {
    if (endsWithReturn(this.inbox.bytes)) return LINE_END_MS;
    return CHARACTER_GAP_MS + (endsWithMark(this.inbox.bytes) ? 0 : wireMs(MODEM_BUFFER, this.line));
  }
}

/** The meter's time to react (6.3.14 item 12: tr at most 1500 ms) and between characters (ta). */
export const REACTION_MS = 1500;
/** So long a meter waits for the option select before it falls back to its mode A readout. */
export const OPTION_SELECT_MS = 2200;
/** Between two characters of one message (6.3.14 item 12, ta). */
export const CHARACTER_GAP_MS = 1500;
const SETTLE_MS = 250;
/** So long the LF of a line may follow its CR, whatever the speed and the modem. */
const LINE_END_MS = 300;
/** Modems publish when the line is idle or their buffer is full: at 300 Bd a full one takes half a minute. */
const MODEM_BUFFER = 1024;
const MAX_UNREAD = 2 ** 21;
const MAX_NOISE = 8192;
const MAX_DOUBTS = 2;
const MAX_COPIES = 64;
