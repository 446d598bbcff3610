// A reply as it comes: whether it may be complete, and whether it is one to another command. Law: each octet is looked
// at once, however the reply is cut into messages.
import { ReplyLine } from './reply-line';

/** Follows the text of one reply, message by message. */
export class ReplyWatch {
  /** The beginning of a tag at the end of a message, which waits for its rest. */
  private held = '';
  /** The first line, within which tags are nothing; elsewhere they end a line. */
  private readonly first: ReplyLine;
  private isFirstOver = false;
  private line: ReplyLine;
  private last: ReplyLine | undefined;
  private linesOver = 0;
  private readonly own: string;
  private searched = '';
  private octets = 0;
  private ownAt = -1;

  constructor(private readonly command: string) {
    this.first = new ReplyLine(command);
    this.line = new ReplyLine(command);
    this.own = command.toLowerCase(); // in capitals a sharp s would be two characters
  }

  /** The next message, in ISO 8859-1. */
  push(message: string): void {
    this.search(message);
    const come = this.held + message;
    const whole = come.slice(0, cutTagAt(come));
    this.held = come.slice(whole.length);
    if (!this.isFirstOver) this.pushFirst(whole.replace(TAG_OR_NUL, ''));
    const [rest = '', ...more] = whole.replace(NUL, '').split(LINE_END);
    this.line.push(rest);
    for (const next of more) {
      this.endLine();
      this.line.push(next);
    }
  }

  /** Whether what came last is a result line, or a result at the end of the only line. */
  get hasResult(): boolean {
    if (this.held !== '') return false;
    const lines = this.linesOver + (this.line.isEmpty ? 0 : 1);
    const last = this.line.isEmpty ? this.last : this.line;
    return last !== undefined && (lines > 1 ? last.isResult : last.endsInResult);
  }

  /**
   * A late reply to another command: it begins with that one's echo. Without echoes nothing tells it apart but silence.
   */
  get isForeign(): boolean {
    return this.first.isForeignEcho(this.isFirstOver);
  }

  /** Where the own command stands first, in octets; below 0: nowhere. */
  get ownCommandAt(): number {
    return this.ownAt;
  }

  private search(message: string): void {
    if (this.ownAt >= 0) return;
    const text = this.searched + message.toLowerCase();
    const at = text.indexOf(this.own);
    if (at >= 0) this.ownAt = this.octets + at;
    const passed = Math.max(0, text.length - this.own.length + 1);
    this.searched = text.slice(passed);
    this.octets += passed;
  }

  private pushFirst(text: string): void {
    const begun = this.first.isEmpty ? text.trimStart() : text;
    const end = begun.search(/[\r\n]/);
    this.first.push(end < 0 ? begun : begun.slice(0, end));
    this.isFirstOver = end >= 0;
  }

  private endLine(): void {
    if (this.line.isEmpty) return;
    this.linesOver++;
    this.last = this.line;
    this.line = new ReplyLine(this.command);
  }
}

/** Where a tag begins that may go on in the next message; the length of the text if none does. */
function cutTagAt(text: string): number {
  const at = text.lastIndexOf('<');
  if (at < 0 || text.length - at > LONGEST_TAG) return text.length;
  const begun = text.slice(at).toUpperCase();
  return TAGS.some((tag) => tag.length > begun.length && tag.startsWith(begun)) ? at : text.length;
}

const TAGS: readonly string[] = ['<MTXTUNNEL>', '</MTXTUNNEL>'];
const LONGEST_TAG = 12;
const TAG_OR_NUL = /<\/?MTXTUNNEL>|\0/gi;
const LINE_END = /<\/?MTXTUNNEL>|[\r\n]/i;
const NUL = /\0/g;
