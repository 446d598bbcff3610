// One AT command to all modems at once over the topic they share; replies arrive on each modem's own topic. While it is
// out, the AT lanes of the modems in use are held, so that its replies cannot be taken for those of another command.
import { decodeReply, encodeCommand, isForeign, scanReply, type AtReply } from '../../at/at';
import type { Dialogue } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import { Inbox, type Scan } from '../../wire/inbox';
import type { Clock } from '../lane/clock';
import type { Link, Qos } from '../mqtt/mqtt-link';
import type { Registry } from './registry';
import { filterOfTemplate, imeiFromTopic } from '../mqtt/topics';

export interface BroadcastOptions {
  readonly topic: string;
  readonly atrTemplate: string;
  readonly command: string;
  readonly qos: Qos;
  readonly timeoutMs: number;
  readonly isCrAppended: boolean;
  /** Modems that must answer; with all of them heard it ends early. Empty: unknown, wait the whole time. */
  readonly expected: readonly string[];
  readonly signal: AbortSignal;
  onReply(imei: string, reply: AtReply, ms: number): void;
}

/** Resolves when all expected modems have answered, or after the time-out. */
export async function broadcastCommand(
  link: Link,
  registry: Registry,
  clock: Clock,
  options: BroadcastOptions,
): Promise<void> {
  const bytes = encodeCommand(options.command, options.isCrAppended);
  await whenOnline(link, clock, options);
  const heard = new Map<string, ReplyInPieces>();
  let keptBytes = 0;
  const all = new AbortController();
  const expected = new Set(options.expected);
  let sentAt: number | undefined;
  const stopObserving = await link.observe(filterOfTemplate(options.atrTemplate), (message) => {
    if (sentAt === undefined) return; // a reply to an earlier command, while the lanes empty
    const imei = imeiFromTopic(options.atrTemplate, message.topic);
    if (
      imei === undefined ||
      message.isRetained ||
      message.payload.length === 0 ||
      (expected.size > 0 && !expected.has(imei))
    )
      return;
    const known = heard.get(imei) ?? new ReplyInPieces(options.command);
    if (known.isOver || (heard.size >= MAX_MODEMS && !heard.has(imei))) return;
    heard.set(imei, known);
    keptBytes -= known.kept;
    const reply = known.push(message.payload, MAX_KEPT_BYTES - keptBytes);
    keptBytes += known.kept;
    if (!reply) return;
    options.onReply(imei, reply, Math.round(clock.now() - sentAt));
    expected.delete(imei);
    if (options.expected.length > 0 && expected.size === 0) all.abort();
  });
  const release = await holdLanes(registry, clock, options);
  try {
    if (options.signal.aborted) throw failure('lane.cancelled', {}, 'queue');
    const began = (sentAt = clock.now());
    await link.publish(options.topic, bytes, options.qos);
    await clock.sleep(options.timeoutMs, AbortSignal.any([options.signal, all.signal]));
    for (const [imei, known] of heard) {
      const reply = known.withoutResult();
      if (reply && reply.lines.length > 0) options.onReply(imei, reply, Math.round(clock.now() - began));
    }
  } finally {
    if (sentAt !== undefined)
      for (const modem of registry.all()) if (heard.get(modem.imei)?.isAnswered !== true) modem.at.unsettle();
    release();
    stopObserving();
  }
}

/** What one modem has said so far. Its octets are kept until its reply is whole, or longer than any reply is. */
class ReplyInPieces {
  private talk: { readonly inbox: Inbox; readonly scan: Scan<AtReply> } | undefined;
  isAnswered = false;
  isOver = false;

  constructor(private readonly command: string) {}

  get kept(): number {
    return this.talk?.inbox.bytes.length ?? 0;
  }

  /**
   * The reply, once it is whole. One that grows beyond `most` octets is given up: what is left of it would be wrong.
   */
  push(message: Uint8Array, most: number): AtReply | undefined {
    if (this.kept + message.length > Math.min(most, MAX_REPLY_BYTES)) return this.end(undefined);
    this.talk ??= { inbox: new Inbox(MAX_REPLY_BYTES), scan: scanReply(this.command) };
    this.talk.inbox.push(message);
    const reply = this.talk.inbox.next(this.talk.scan);
    return reply && this.end(reply);
  }

  /** A bare value, after which no result came. */
  withoutResult(): AtReply | undefined {
    const said = this.talk?.inbox.bytes;
    return said && !isForeign(said, this.command) ? decodeReply(said, this.command) : undefined;
  }

  private end(reply: AtReply | undefined): AtReply | undefined {
    this.talk = undefined;
    this.isOver = true;
    this.isAnswered = reply !== undefined;
    return reply;
  }
}

/** A broker that is just being connected to is waited for; one that refuses is not. */
async function whenOnline(link: Link, clock: Clock, options: BroadcastOptions): Promise<void> {
  const known = new AbortController();
  const stop = link.onState((state, failure) => {
    if (state === 'online' || (failure && !failure.retryable)) known.abort();
  });
  await clock.sleep(options.timeoutMs, AbortSignal.any([options.signal, known.signal]));
  stop();
  if (link.state !== 'online') throw link.failure ?? failure('mqtt.noConnection', {}, 'publish');
}

/** Waits for the AT commands that are out, and keeps new ones waiting until released. */
async function holdLanes(registry: Registry, clock: Clock, options: BroadcastOptions): Promise<() => void> {
  const released = new AbortController();
  const held = registry.all().map(
    (modem) =>
      new Promise<void>((resolve) => {
        const job = {
          label: 'hold',
          attempts: 1,
          queueMs: HOLD_MS,
          quietMs: 0,
          isProbe: true,
          priority: Number.MAX_SAFE_INTEGER,
          signal: released.signal,
        };
        modem.at.run({ ...job, start: () => hold(), onProgress: ({ at }) => at === 'running' && resolve() }).then(
          () => resolve(),
          () => resolve(),
        );
      }),
  );
  const waited = new AbortController();
  await Promise.race([Promise.all(held), clock.sleep(HOLD_MS, AbortSignal.any([options.signal, waited.signal]))]);
  waited.abort();
  return () => released.abort();
}

/** Takes what arrives until cancelled: the replies reach the broadcast by its own subscription. */
function* hold(): Dialogue<never> {
  for (;;) yield { do: 'receive', ms: HOLD_MS, since: 'heard' };
}

const HOLD_MS = 60_000;
const MAX_REPLY_BYTES = 65_536;
/** Of all replies that are not whole yet: anybody may invent modems. */
const MAX_KEPT_BYTES = 67_108_864;
const MAX_MODEMS = 200_000;
