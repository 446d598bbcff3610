// One publish for all modems on the AT topic they share, with the same accounting as a rollout: who took it, who
// refused, who stayed silent. Only for what is the same text everywhere and cannot cut a modem off: there are no
// canaries here.
import type { AtReply } from '../../at/at';
import { broadcastCommand } from '../../transport/modem/broadcast';
import type { Clock } from '../../transport/lane/clock';
import type { Link } from '../../transport/mqtt/mqtt-link';
import type { ModemProfile } from '../../transport/modem/modem-profile';
import type { Registry } from '../../transport/modem/registry';
import { isLiteralTemplate } from '../../transport/mqtt/topics';
import { failure } from '../../wire/errors';
import type { Signs } from './channel';
import { parameterIn } from './config-read';
import { driftOf, type Desired } from '../config/desired';
import type { WorkHost } from './modem-work';
import type { WorkOrder } from './work-order';
import { outcomeCause, type WorkOutcome } from './outcome';
import { getParameter, SET_PARAMETER, setParameter } from '../config/parameter-commands';
import { masked, parameterOf } from '../config/parameters';

export interface BroadcastPlace {
  readonly link: Link;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly signs: Signs;
  readonly profile: ModemProfile;
}

/** By IMEI what came of it. `imeis` says who has to answer; with none, whoever answers counts. */
export async function broadcastWork(
  place: BroadcastPlace,
  order: WorkOrder,
  imeis: readonly string[],
  host: Pick<WorkHost, 'signal' | 'audit'>,
): Promise<ReadonlyMap<string, WorkOutcome>> {
  checkOrder(place.profile, order);
  const all = new Shared(place, imeis, host, order.atMs);
  if (order.mode === 'commands') {
    for (const command of order.isReboot ? order.commands.slice(0, 1) : order.commands)
      all.judge(await all.ask(command, 1), ({ isOk, result }) => (isOk ? undefined : refusal(command, result)));
    return all.outcomes('done');
  }
  for (const [name, value] of order.mode === 'apply' ? order.desired : []) {
    all.judge(await all.ask(setParameter(name, value), SET_TRIES), ({ isOk, result }) =>
      isOk ? undefined : refusal(`${SET_PARAMETER},${name}`, result),
    );
  }
  if (order.mode === 'apply' && order.hasReboot) await all.reboot(order);
  return all.compare(order.desired, order.mode);
}

function checkOrder({ topics }: ModemProfile, order: WorkOrder): void {
  checkShared(topics);
  const dangerous =
    order.mode === 'apply' ? [...order.desired.keys()].filter((name) => parameterOf(name).isDangerous) : [];
  if (dangerous.length > 0) throw failure('fleet.broadcastDanger', { names: dangerous }, 'configure');
}

/** Whether one message can go to all modems, and each answer be known for its own. */
export function checkShared({ broadcast, atr }: ModemProfile['topics']): void {
  if (broadcast === '') throw failure('fleet.noBroadcastTopic', {}, 'configure');
  if (isLiteralTemplate(atr)) throw failure('fleet.repliesShared', { topic: atr }, 'configure');
}

function refusal(command: string, result: string): WorkOutcome {
  return { result: 'failed', ...outcomeCause(failure('fleet.refusesCommand', { command: masked(command), result })) };
}

/** All modems behind one topic, and what is known of each. */
class Shared {
  private readonly ended = new Map<string, WorkOutcome>();
  private readonly known: Set<string>;

  constructor(
    private readonly place: BroadcastPlace,
    private readonly imeis: readonly string[],
    private readonly host: Pick<WorkHost, 'signal' | 'audit'>,
    private readonly atMs: number,
  ) {
    this.known = new Set(imeis);
  }

  /** The replies by IMEI. What may run twice is asked again of all while some stay silent. */
  async ask(command: string, tries: number): Promise<ReadonlyMap<string, AtReply>> {
    const { link, registry, clock, profile } = this.place;
    const replies = new Map<string, AtReply>();
    for (let attempt = 1; attempt <= tries; attempt++) {
      const expected = this.imeis.filter((imei) => !replies.has(imei) && !this.ended.has(imei));
      if (this.imeis.length > 0 && expected.length === 0) break;
      await broadcastCommand(link, registry, clock, {
        topic: profile.topics.broadcast,
        atrTemplate: profile.topics.atr,
        command,
        qos: profile.qos,
        timeoutMs: this.atMs,
        isCrAppended: profile.isCrAppended,
        expected,
        signal: this.host.signal,
        onReply: (imei, reply) => void replies.set(imei, reply),
      });
      if (this.host.signal.aborted) throw failure('fleet.cancelled', {}, 'read');
    }
    for (const imei of replies.keys()) if (this.imeis.length === 0) this.known.add(imei);
    this.host.audit({ command, result: `${replies.size} answered` });
    return replies;
  }

  /** Ends those that were refused or stayed silent. */
  judge(replies: ReadonlyMap<string, AtReply>, wrong: (reply: AtReply) => WorkOutcome | undefined): void {
    for (const imei of this.open()) {
      const reply = replies.get(imei);
      const outcome = reply
        ? wrong(reply)
        : { result: 'silent' as const, ...outcomeCause(failure('fleet.silentToAll', {})) };
      if (outcome) this.ended.set(imei, outcome);
    }
  }

  async reboot(order: WorkOrder): Promise<void> {
    const { clock, signs } = this.place;
    const [command = ''] = order.rebootCommands;
    this.judge(await this.ask(command, 1), ({ isOk, result }) => (isOk ? undefined : refusal(command, result)));
    const since = clock.now();
    await Promise.all(this.open().map((imei) => signs.after(imei, since, order.lifeMs, this.host.signal)));
  }

  async compare(desired: Desired, mode: WorkOrder['mode']): Promise<ReadonlyMap<string, WorkOutcome>> {
    const reported = new Map<string, Map<string, string | null>>();
    for (const name of desired.keys()) {
      const replies = await this.ask(getParameter(name), SET_TRIES);
      this.judge(replies, () => undefined);
      for (const [imei, reply] of replies) {
        const value = parameterIn(reply, name);
        const values = reported.get(imei) ?? new Map<string, string | null>();
        reported.set(imei, values);
        if (value !== undefined) values.set(name.toLowerCase(), value);
      }
    }
    for (const imei of this.open()) {
      const drift = driftOf(desired, reported.get(imei) ?? new Map(), imei);
      const wrong = drift.filter(({ state }) => state !== 'same').map(({ name }) => name);
      if (mode === 'check') this.ended.set(imei, { result: wrong.length > 0 ? 'differs' : 'same', drift });
      else
        this.ended.set(
          imei,
          wrong.length > 0
            ? { result: 'failed', ...outcomeCause(failure('fleet.wrongAfterwards', { names: wrong })), drift }
            : { result: 'changed', drift },
        );
    }
    return this.outcomes('done');
  }

  outcomes(rest: 'done'): ReadonlyMap<string, WorkOutcome> {
    return new Map([...this.known].map((imei) => [imei, this.ended.get(imei) ?? { result: rest }]));
  }

  private open(): readonly string[] {
    return [...this.known].filter((imei) => !this.ended.has(imei));
  }
}

/** Setting and reading a parameter may run twice without harm. */
const SET_TRIES = 2;
