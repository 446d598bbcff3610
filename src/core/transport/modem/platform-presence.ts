// Platforms that share a broker find each other: each says on a topic of its own, retained, which modems' topics it
// asks on. What is stored may be of a platform that is gone, so it is answered, and only who answers in turn is
// believed. Never needed: a broker that refuses it, or drops the connection over it, is left alone.
import { fromLatin1, toLatin1 } from '../../wire/bytes';
import { failure, type ReadError } from '../../wire/errors';
import type { Clock, Random } from '../lane/clock';
import type { Link, Message } from '../mqtt/mqtt-link';
import { matchesFilter } from '../mqtt/topics';

export interface PresenceOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  /** Another platform asks on a topic that we ask on too: once for each platform and topic. */
  onOther(warning: ReadError): void;
}

export class PlatformPresence {
  private readonly id: string;
  /** Topics and filters that we ask on, by how many. */
  private readonly claims = new Map<string, number>();
  private readonly met = new Set<string>();
  private readonly answeredAt = new Map<string, number>();
  private readonly stops: (() => void)[] = [];
  private claimedAt = -Infinity;
  private isOff = false;
  private isObserving = false;

  constructor(private readonly options: PresenceOptions) {
    const part = (): string =>
      Math.floor(options.random() * 0x100000000)
        .toString(16)
        .padStart(8, '0');
    this.id = part() + part();
    let wasOnline = false;
    this.stops.push(
      options.link.onState((state) => {
        const isOnline = state === 'online';
        if (wasOnline && !isOnline && options.clock.now() - this.claimedAt < SUSPICIOUS_MS) this.isOff = true;
        if (isOnline && !wasOnline) this.begin();
        wasOnline = isOnline;
      }),
    );
  }

  /** We ask on this topic, or on all that match this filter. */
  claim(topic: string): void {
    const count = this.claims.get(topic) ?? 0;
    this.claims.set(topic, count + 1);
    if (count > 0) return;
    if (this.isObserving) this.say(topic, topic);
    else this.begin();
  }

  release(topic: string): void {
    const count = this.claims.get(topic) ?? 0;
    if (count > 1) return void this.claims.set(topic, count - 1);
    if (this.claims.delete(topic)) this.say(topic, '');
  }

  /** Takes back what it said. */
  close(): void {
    for (const stop of this.stops.splice(0)) stop();
    for (const topic of this.claims.keys()) this.say(topic, '');
    this.claims.clear();
    this.isOff = true;
  }

  private begin(): void {
    const { link } = this.options;
    if (this.isOff || this.claims.size === 0 || link.state !== 'online') return;
    if (!this.isObserving) {
      this.isObserving = true;
      link
        .observe(`${ROOT}/+/+`, (message) => this.hear(message))
        .then(
          (stop) => (this.isOff ? stop() : void this.stops.push(stop)),
          () => (this.isOff = true),
        );
    }
    this.sayAll();
  }

  private sayAll(): void {
    for (const topic of this.claims.keys()) this.say(topic, topic);
  }

  private say(topic: string, text: string): void {
    const { link, clock } = this.options;
    if (this.isOff || link.state !== 'online') return;
    this.claimedAt = clock.now();
    const at = `${ROOT}/${this.id}/${encodeURIComponent(topic)}`;
    link.publish(at, fromLatin1(text === '' ? '' : JSON.stringify({ rx: text })), 0, true).catch(() => undefined);
  }

  private hear({ topic, payload, isRetained }: Message): void {
    const [, , id = ''] = topic.split('/');
    const theirs = claimOf(payload);
    if (id === this.id || theirs === undefined || this.isOff) return;
    const shared = this.sharedWith(theirs);
    if (shared === undefined) return;
    const { clock, onOther } = this.options;
    const key = `${id} ${theirs}`;
    if (!isRetained && !this.met.has(key) && this.met.size < MAX_MET) {
      this.met.add(key);
      onOther(failure('modem.otherPlatform', { topic: theirs }));
    }
    if (clock.now() - (this.answeredAt.get(key) ?? -Infinity) < ANSWER_MS || this.answeredAt.size > MAX_MET) return;
    this.answeredAt.set(key, clock.now());
    this.say(shared, shared); // they learn of us, and we, by their answer, that they are still there
  }

  /** One of ours that theirs is, or matches. What a stranger says costs no look at a whole fleet. */
  private sharedWith(theirs: string): string | undefined {
    if (this.claims.has(theirs)) return theirs;
    let looks = MAX_LOOKS;
    for (const ours of this.claims.keys()) {
      if (looks-- === 0) return undefined;
      if (matchesFilter(ours, theirs) || matchesFilter(theirs, ours)) return ours;
    }
    return undefined;
  }
}

function claimOf(payload: Uint8Array): string | undefined {
  if (payload.length === 0 || payload.length > MAX_CLAIM) return undefined;
  try {
    const claim: unknown = JSON.parse(toLatin1(payload));
    const rx = typeof claim === 'object' && claim !== null && 'rx' in claim ? claim.rx : undefined;
    return typeof rx === 'string' && rx !== '' ? rx : undefined;
  } catch {
    return undefined; // not ours to understand
  }
}

const ROOT = 'mtx/platform';
const ANSWER_MS = 60_000;
/** A connection that ends so soon after it may have ended over it. */
const SUSPICIOUS_MS = 2_000;
const MAX_CLAIM = 2_048;
const MAX_MET = 256;
/** Topics of one template are alike: what the first ones do not share, the others hardly will. */
const MAX_LOOKS = 256;
