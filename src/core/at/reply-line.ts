// One line of a reply, known by its beginning and its end: a line may be as long as a stranger likes, and what is asked
// of it (is it an echo, is it a result, does it end in one) needs no more.

/** Without blanks, in capitals: an echo may be spaced and written in another way than the command was. */
export function bare(text: string): string {
  return text.replace(/\s+/g, '').toUpperCase();
}

export class ReplyLine {
  private start = '';
  private bareStart = '';
  private end = '';
  private blanksBehind = '';
  private isCut = false;
  private hasErrorInside = false;
  private readonly own: string;

  constructor(private readonly command: string) {
    this.own = bare(command);
  }

  get isEmpty(): boolean {
    return this.bareStart === '';
  }

  /** The next piece, without line ends. */
  push(text: string): void {
    const shown = this.isEmpty ? text.trimStart() : text;
    this.start += shown.slice(0, Math.max(0, Math.max(this.command.length, LONGEST_RESULT) + 1 - this.start.length));
    this.bareStart += bare(shown).slice(
      0,
      Math.max(0, Math.max(this.own.length, SHORTEST_ECHO) + 1 - this.bareStart.length),
    );
    const said = shown.trimEnd();
    if (said !== '') {
      const joined = this.end + this.blanksBehind + said;
      this.hasErrorInside ||= ERROR_BEHIND_BLANK.test(joined);
      this.isCut ||= joined.length > LONGEST_RESULT;
      this.end = joined.slice(-LONGEST_RESULT);
      this.blanksBehind = '';
    }
    // two of a run tell as much as all of it: only a single one may stand within `NO CARRIER`
    if (this.end !== '') this.blanksBehind = (this.blanksBehind + shown.slice(said.length)).slice(0, 2);
  }

  /** Whether it is a result and nothing else. */
  get isResult(): boolean {
    return ERROR_AT_START.test(this.start) || (!this.isCut && RESULT_WORD.test(this.end));
  }

  /**
   * Whether a result ends it, as a word of its own, so that a value like LOOK is none. The echo of a command that ends
   * in such a word, or its beginning so far, is no reply yet.
   */
  get endsInResult(): boolean {
    if (this.own.startsWith(this.bareStart)) return false;
    return this.isResult || this.hasErrorInside || LAST_WORD.test(this.end);
  }

  /** Whether it is the echo of another command; `isOver`: no more of it will come. */
  isForeignEcho(isOver: boolean): boolean {
    if (!ECHO.test(this.bareStart) || this.bareStart === this.own) return false;
    if (!isOver && this.own.startsWith(this.bareStart)) return false;
    return !this.start.toUpperCase().startsWith(`${this.command.toUpperCase()} `);
  }
}

const ECHO = /^AT[+^&%#*$][A-Z]/;
const SHORTEST_ECHO = 4;
const ERROR_AT_START = /^\+CM[ES] ERROR:/i;
const ERROR_BEHIND_BLANK = /\s\+CM[ES] ERROR:/i;
const RESULT_WORD = /^(OK|ERROR|NO CARRIER)$/i;
const LAST_WORD = /\s(OK|ERROR|NO CARRIER)$/i;
const LONGEST_RESULT = ' +CME ERROR:'.length;
