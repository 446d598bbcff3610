// Which modems are in use. One Modem per IMEI, whoever asks for it, because one serial port has one queue; kept a while
// after the last user, because what a line remembers (unanswered requests above all) must outlive a poll.
import { failure } from '../../wire/errors';
import { BoundedMap } from '../../wire/bounded-map';
import { Modem, type ModemBooks, type ModemContext } from './modem';
import type { ModemProfile } from './modem-profile';
import type { PlatformPresence } from './platform-presence';
import { expandTemplate, filterOfTemplate } from '../mqtt/topics';

interface Entry {
  readonly modem: Modem;
  users: number;
  idleSince: number;
}

export class Registry {
  private readonly context: ModemContext;
  private readonly entries = new Map<string, Entry>();
  /** How many modems are asked on a topic. */
  private readonly asked = new Map<string, number>();
  /** Who owns a topic that answers arrive on. */
  private readonly owners = new Map<string, string>();
  /** What was known of modems that were put away, with the set-up that it holds for. */
  private readonly books = new BoundedMap<string, { readonly setUp: string; readonly books: ModemBooks }>(MAX_BOOKS);
  /** Modems without users, longest idle first. */
  private readonly idle = new Set<string>();

  constructor(
    context: Omit<ModemContext, 'knownSince'>,
    private readonly maxIdle = MAX_IDLE,
    /** Tells other platforms which topics are asked on; absent: nobody is told. */
    private readonly presence?: PlatformPresence,
  ) {
    // a modem that was dropped had been idle for so long that nothing it was asked can be answered any more
    this.context = {
      ...context,
      knownSince: context.clock.now(),
      isRequestTopicShared: (topic) => (this.asked.get(topic) ?? 0) > 1,
    };
  }

  /** The modem of this IMEI; to be released as often as acquired. */
  acquire(imei: string, profile: ModemProfile): Modem {
    const known = this.entries.get(imei);
    if (known && isSameSetUp(known.modem.profile, profile)) {
      known.modem.adopt(profile);
      return this.use(imei, known);
    }
    if (known && known.users > 0) {
      throw failure('modem.twice', { imei }, 'configure');
    }
    if (known) this.drop(imei, known);
    const kept = this.books.get(imei);
    const books = kept?.setUp === setUpOf(profile) ? kept.books : undefined;
    const modem = new Modem(imei, profile, this.context, known?.modem, books);
    this.own(imei, profile);
    this.books.delete(imei);
    const entry: Entry = { modem, users: 0, idleSince: 0 };
    this.entries.set(imei, entry);
    void modem.open();
    return this.use(imei, entry);
  }

  release(imei: string): void {
    const entry = this.entries.get(imei);
    if (!entry || entry.users === 0) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    entry.idleSince = this.context.clock.now();
    this.idle.add(imei);
    this.sweep();
  }

  find(imei: string): Modem | undefined {
    return this.entries.get(imei)?.modem;
  }

  all(): readonly Modem[] {
    return [...this.entries.values()].map((entry) => entry.modem);
  }

  get size(): number {
    return this.entries.size;
  }

  async close(): Promise<void> {
    const modems = [...this.entries.values()].map((entry) => entry.modem);
    this.entries.clear();
    this.owners.clear();
    this.asked.clear();
    this.books.clear();
    this.idle.clear();
    this.presence?.close();
    await Promise.all(modems.map((modem) => modem.close()));
  }

  private use(imei: string, entry: Entry): Modem {
    entry.users += 1;
    this.idle.delete(imei);
    return entry.modem;
  }

  private own(imei: string, profile: ModemProfile): void {
    const topics = answerTopics(imei, profile);
    for (const topic of topics) {
      const owner = this.owners.get(topic);
      if (owner !== undefined && owner !== imei) {
        throw failure('modem.sharedTopic', { owner, imei, topic }, 'configure');
      }
    }
    for (const topic of topics) this.owners.set(topic, imei);
    this.countRequests(imei, profile, 1);
  }

  private countRequests(imei: string, { topics, isFleet }: ModemProfile, step: 1 | -1): void {
    const topic = expandTemplate(topics.rx, imei);
    const claimed = isFleet ? filterOfTemplate(topics.rx) : topic;
    if (step > 0) this.presence?.claim(claimed);
    else this.presence?.release(claimed);
    const count = (this.asked.get(topic) ?? 0) + step;
    if (count > 0) this.asked.set(topic, count);
    else this.asked.delete(topic);
  }

  private drop(imei: string, entry: Entry): void {
    this.entries.delete(imei);
    this.idle.delete(imei);
    const { profile, books } = entry.modem;
    this.books.set(imei, { setUp: setUpOf(profile), books });
    for (const topic of answerTopics(imei, profile)) this.owners.delete(topic);
    this.countRequests(imei, profile, -1);
    void entry.modem.close();
  }

  private sweep(): void {
    for (const imei of this.idle) {
      const entry = this.entries.get(imei);
      if (this.idle.size <= this.maxIdle || !entry || this.context.clock.now() - entry.idleSince < MIN_IDLE_MS) return;
      this.drop(imei, entry);
    }
  }
}

function answerTopics(imei: string, profile: ModemProfile): readonly string[] {
  return [expandTemplate(profile.topics.tx, imei), expandTemplate(profile.topics.atr, imei)];
}

function isSameSetUp(a: ModemProfile, b: ModemProfile): boolean {
  return setUpOf(a) === setUpOf(b);
}

/** What makes two descriptions of a modem two lines. */
function setUpOf({ topics, line, port }: ModemProfile): string {
  return JSON.stringify([topics, line, port]);
}

const MAX_IDLE = 5_000;
/** A fleet of the largest kind. */
const MAX_BOOKS = 200_000;
/** As long as an unanswered request may still be answered. */
const MIN_IDLE_MS = 60_000;
