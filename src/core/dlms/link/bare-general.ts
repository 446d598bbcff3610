// A general-glo-ciphering APDU that stands on the line without any frame, as encrypted P1 ports send it (Luxembourg,
// Styria, Sagemcom T210-D): its tag, the system title, and a length that says where it ends.
import { concatBytes } from '../../wire/bytes';

/** Only what begins a burst can be one: inside other frames the same octets are theirs. */
export class BareGeneral {
  private parts: Uint8Array[] = [];
  private octets = 0;
  private isOff = false;

  /** What comes next begins anew. */
  cut(): void {
    this.parts = [];
    this.octets = 0;
    this.isOff = false;
  }

  /** The APDUs that this chunk completed. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const found: Uint8Array[] = [];
    let rest = chunk;
    while (!this.isOff && rest.length > 0) {
      this.parts.push(rest);
      this.octets += rest.length;
      const size = this.size();
      if (size === undefined || this.octets < size) break;
      const before = size - (this.octets - rest.length);
      this.parts[this.parts.length - 1] = rest.subarray(0, before);
      rest = rest.subarray(before);
      found.push(concatBytes(...this.parts));
      this.cut();
    }
    return found;
  }

  /** Octets of the whole APDU, once its head tells them. */
  private size(): number | undefined {
    const head = concatBytes(...this.parts.slice(0, HEAD_OCTETS).map((part) => part.subarray(0, HEAD_OCTETS)));
    const [tag, title, first] = [head[0], head[1], head[LENGTH_AT]];
    if (tag !== GENERAL_GLO || (title !== undefined && title !== TITLE_OCTETS)) return this.off();
    if (first === undefined) return undefined;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    if (octets > 2 || first === 0x80) return this.off();
    if (head.length < LENGTH_AT + 1 + octets) return undefined;
    const length = octets === 0 ? first : head.subarray(LENGTH_AT + 1, LENGTH_AT + 1 + octets).reduce(bigEndian, 0);
    return length < MIN_BODY ? this.off() : LENGTH_AT + 1 + octets + length;
  }

  private off(): undefined {
    this.cut();
    this.isOff = true;
    return undefined;
  }
}

const bigEndian = (value: number, octet: number): number => value * 256 + octet;
const GENERAL_GLO = 0xdb;
const TITLE_OCTETS = 8;
const LENGTH_AT = 10;
const HEAD_OCTETS = 13;
/** Security control and counter. */
const MIN_BODY = 5;
