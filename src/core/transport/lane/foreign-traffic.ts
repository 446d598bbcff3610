// Whether another platform or master speaks on a lane's line, what it asked, and since when. Law: only what cannot be
// ours is evidence - a request that we did not send, bytes when no answer to us can be under way - and one stray
// message is none.
import { isSameBytes, toHex } from '../../wire/bytes';
import { failure, type Fact, type ReadError } from '../../wire/errors';
import type { ErrorCode } from '../../wire/error-codes';
import type { LineEar, Overheard } from '../../wire/line-ear';
import type { Clock } from './clock';

/** What is known of another master on a line. */
export interface SecondMasterSight {
  /** UTC, when it was first heard since it was last forgotten. */
  readonly since: Date;
  /** In ms of the lane's clock. */
  readonly lastAt: number;
  /** What it asked last, where that was heard. */
  readonly asked: Fact | undefined;
}

export class ForeignTraffic implements LineEar {
  isDeaf = false;
  private log: Overheard[] = [];
  private serial = 0;
  /** What we sent and did not hear back yet; kept only where our own requests come back to us. */
  private sentByUs: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  private known: SecondMasterSight | undefined;
  private vague: number[] = [];

  constructor(private readonly clock: Clock) {}

  /** Another master was heard within the time that it is remembered for. */
  get isShared(): boolean {
    return this.sight !== undefined;
  }

  get sight(): SecondMasterSight | undefined {
    return this.known && this.clock.now() - this.known.lastAt < FORGET_MS ? this.known : undefined;
  }

  overheard(after: number): readonly Overheard[] {
    return this.serial > after ? this.log.filter(({ serial }) => serial > after) : [];
  }

  /** We sent this, and our link may bring it back to us. */
  sent(bytes: Uint8Array): void {
    const now = this.clock.now();
    if (this.sentByUs.length > 0)
      this.sentByUs = this.sentByUs.filter(({ at }) => now - at < ECHO_MS).slice(1 - MAX_SENT);
    this.sentByUs.push({ at: now, bytes });
  }

  /** Something was sent to the line through the broker: by us, or by another platform. */
  requestSeen(bytes: Uint8Array): void {
    const own = this.sentByUs.findIndex((sent) => isSameBytes(sent.bytes, bytes));
    if (own >= 0) return void this.sentByUs.splice(own, 1);
    this.note('platform', bytes);
    this.notice(toHex(bytes.subarray(0, SHOWN_BYTES)));
  }

  /** Bytes came from the serial side that no dialogue takes. `isOurs`: they may be a late answer to us. */
  unasked(bytes: Uint8Array, isOurs: boolean): void {
    this.note('meter', bytes);
    if (isOurs || bytes.length < LEAST_BYTES || isIdle(bytes)) return;
    const now = this.clock.now();
    this.vague = [...this.vague.filter((at) => now - at < FORGET_MS).slice(1 - ENOUGH), now];
    if (this.vague.length >= ENOUGH) this.notice(undefined);
  }

  notice(asked: Fact | undefined): void {
    const { sight } = this;
    this.known = {
      since: sight?.since ?? this.clock.date(),
      lastAt: this.clock.now(),
      asked: asked ?? sight?.asked,
    };
  }

  /**
   * The error as it is told: what a second master can cause is no fault of the meter or the wiring, if one was heard
   * while the attempt ran that began at `since`.
   */
  explain(error: ReadError, since: number): ReadError {
    const { sight } = this;
    if (!sight || sight.lastAt < since - BEFORE_MS || !DISTURBED.has(error.code)) return error;
    const facts = { since: sight.since.toISOString(), why: error };
    return sight.asked === undefined
      ? failure('lane.secondMaster', facts, error.stage, { cause: error })
      : failure('lane.secondMasterAsked', { ...facts, asked: sight.asked }, error.stage, { cause: error });
  }

  private note(from: Overheard['from'], bytes: Uint8Array): void {
    const at = this.clock.now();
    if (this.log.length >= MAX_LOG || (this.log[0] && at - this.log[0].at > KEPT_MS))
      this.log = this.log.filter((heard) => at - heard.at <= KEPT_MS).slice(1 - MAX_LOG);
    this.log.push({ serial: ++this.serial, at, from, bytes: bytes.slice(0, MAX_BYTES) });
  }
}

/** Drivers turning round: no talk. */
function isIdle(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x00 || byte === 0xff);
}

/** What goes wrong when two ask at once. A refused password or a talk broken off after one is not among them. */
const DISTURBED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NO_REPLY',
  'BAD_FRAME',
  'LINE_NOISY',
  'REQUEST_REFUSED',
  'DISCONNECTED',
  'METER_BUSY',
]);
/** A master that was not heard for so long is gone: the longest usual interval of reading, and a little more. */
const FORGET_MS = 1_000_000;
/** What was heard shortly before an attempt can still disturb it. */
const BEFORE_MS = 2_000;
const KEPT_MS = 60_000;
const MAX_LOG = 64;
/** No frame of a half-duplex protocol is longer in one chunk than is of use here. */
const MAX_BYTES = 1_024;
const ECHO_MS = 60_000;
const MAX_SENT = 64;
const SHOWN_BYTES = 24;
const LEAST_BYTES = 4;
/** So often bytes that are nobody's have to come before they are somebody's. */
const ENOUGH = 3;
