// The work on one modem: read, compare, set in a safe order with read-back, reboot, proof of life, read again. Laws: the
// old values are noted before the first one is changed; what may cut the modem off comes last and needs a confirmation;
// a reboot or another command that must not run twice is noted before it is sent and never sent again after a restart;
// a modem that does not come back gets its old values by SMS, or the texts are told; what MQTT cannot deliver goes by SMS
// where the user wants that (by-text.ts).
import { asReadError, ReadError } from '../../wire/errors';
import type { AuditEvent } from './audit';
import { textCommands, unreached, whyNotAsTexts, type TextWay } from './by-text';
import { readConfig, readParameter } from './config-read';
import type { ModemChannel } from './channel';
import { driftOf, isSameValue, type Drift, type Reported } from '../config/desired';
import type { Change, Journal, Outcome } from './outcome';
import { masked, parameterOf, riskOf, shownValue } from '../config/parameters';
import { proofOfLife, reboot } from './reboot';
import { rollbackTexts } from './rollback-texts';
import type { WorkOrder } from './work-order';

export interface WorkHost {
  readonly signal: AbortSignal;
  /** Resolves when it is stored. */
  note(journal: Journal): Promise<void>;
  audit(event: Omit<AuditEvent, 'imei' | 'action' | 'rollout'>): void;
  /** Sends the texts to the modem by SMS; resolves to whether they are on their way. */
  readonly rollbackBySms?: (imei: string, texts: readonly string[]) => Promise<boolean>;
  readonly text?: TextWay;
}

/** Never throws: what goes wrong is an outcome. */
export async function work(
  channel: ModemChannel,
  order: WorkOrder,
  journal: Journal,
  host: WorkHost,
): Promise<Outcome> {
  const job = new Work(channel, order, journal, host);
  try {
    return await job.run();
  } catch (thrown) {
    return job.outcomeOf(asReadError(thrown));
  }
}

/** The old values of a journal as what is wanted now. */
export function restoreOrder(order: WorkOrder, journal: Journal): WorkOrder {
  return {
    ...order,
    mode: 'apply',
    isConfirmed: true,
    desired: new Map(Object.entries(journal.before ?? {}).map(([name, value]) => [name, value ?? ''])),
  };
}

class Work {
  private journal: Journal;
  private drift: readonly Drift[] | undefined;
  private readonly changed = new Map<string, string>();
  private isTouched = false;

  constructor(
    private readonly channel: ModemChannel,
    private readonly order: WorkOrder,
    journal: Journal,
    private readonly host: WorkHost,
  ) {
    this.journal = journal;
    this.isTouched = journal.before !== undefined;
  }

  async run(): Promise<Outcome> {
    const texted = await this.byText();
    if (texted) return texted;
    if (this.order.mode === 'commands') return this.order.isReboot ? this.rebootOnly() : this.commandsOnly();
    const names = [...this.order.desired.keys()];
    const reported = await readConfig(this.channel, names);
    if (this.order.mode === 'read')
      return {
        result: 'read',
        values: Object.fromEntries(
          [...reported].map(([name, value]) => [parameterOf(name).name, shownValue(name, value) ?? '']),
        ),
      };
    this.drift = driftOf(this.order.desired, reported, this.channel.imei);
    if (this.order.mode === 'check')
      return this.told(this.drift.every(({ state }) => state === 'same') ? 'same' : 'differs');
    return this.apply(reported);
  }

  outcomeOf(error: ReadError): Outcome {
    const facts = { code: error.code, detail: error.detail };
    if (error.code === 'CANCELLED')
      return this.told(this.isTouched ? 'unknown' : 'silent', {
        ...facts,
        detail: this.isTouched
          ? 'the time for this modem was over in the middle of the change; what it has now was not read back'
          : 'its time was over before anything was changed',
      });
    if (!error.retryable) return this.told('failed', facts);
    // what was set may be set again without harm: so it is worth another try
    return this.told(
      'silent',
      this.isTouched
        ? { ...facts, detail: `${error.detail}; a part of the change was sent before, and the next try completes it` }
        : facts,
    );
  }

  private async apply(reported: Reported): Promise<Outcome> {
    const unread = this.drift?.filter(({ state }) => state === 'unread').map(({ name }) => name) ?? [];
    if (unread.length > 0)
      return this.told('failed', {
        code: 'BAD_VALUE',
        detail: `the modem's answer for ${unread.join(', ')} cannot be understood, so nothing was changed`,
      });
    const todo = (this.drift ?? []).filter(({ state }) => state !== 'same').map(({ name }) => name);
    const dangerous = todo.filter((name) => parameterOf(name).isLifeline);
    if (dangerous.length > 0 && !this.order.isConfirmed) {
      return this.told('failed', {
        code: 'CONFIG_INVALID',
        detail: `a wrong value of ${dangerous.join(', ')} can cut the modem off; nothing was changed; confirm it (msg.confirm = true) if you mean it`,
      });
    }
    if (todo.length === 0 && this.journal.before === undefined)
      return this.journal.isTexted === true
        ? this.told('changed', {
            way: 'sms',
            detail: 'it was sent by SMS, for MQTT did not reach the modem; read back over MQTT',
          })
        : this.told('same');
    // what an earlier attempt noted stands: by now the modem may hold new values already
    const before = Object.fromEntries(todo.map((name) => [name, reported.get(name.toLowerCase()) ?? null]));
    await this.write({ before: { ...before, ...this.journal.before } });
    for (const name of Object.keys(this.journal.before ?? {}))
      if (!todo.includes(name)) this.changed.set(name, this.order.desired.get(name) ?? '');
    for (const name of todo.sort((a, b) => riskOf(a) - riskOf(b))) {
      const outcome = await this.set(name);
      if (outcome) return outcome;
    }
    return this.finish();
  }

  /** Sets one parameter and reads it back; an outcome only where the work cannot go on. */
  private async set(name: string): Promise<Outcome | undefined> {
    const wanted = this.order.desired.get(name) ?? '';
    const from = this.journal.before?.[name] ?? null;
    const { isLifeline } = parameterOf(name);
    const since = this.channel.clock.now();
    try {
      this.isTouched = true;
      const reply = await this.channel.ask(`AT^MTXTUNNEL=SETPARAM,${name},${wanted}`, {
        timeoutMs: this.channel.atMs,
        attempts: 2,
      });
      this.host.audit({ command: 'SETPARAM', parameter: name, from, to: wanted, result: reply.result || 'OK' });
      if (!reply.isOk)
        return await this.refused(
          name,
          `the modem refuses to set ${name} (${reply.result}): it is locked, or its firmware does not know this parameter`,
        );
      this.changed.set(name, wanted);
      const now = await readParameter(this.channel, name);
      if (typeof now !== 'string' || !isSameValue(name, wanted, now, this.channel.imei))
        return await this.refused(
          name,
          `${name} reads "${shownValue(name, now ?? null) ?? 'nothing'}" after it was set to "${shownValue(name, wanted) ?? ''}"`,
        );
      return undefined;
    } catch (thrown) {
      const error = asReadError(thrown);
      if (error.code !== 'NO_REPLY' || !isLifeline) throw error;
      // some firmware acts at once, and the answer was lost with the connection
      this.host.audit({ command: 'SETPARAM', parameter: name, from, to: wanted, result: 'NO_REPLY' });
      this.changed.set(name, wanted);
      const life = await proofOfLife(this.channel, since, this.order.lifeMs, this.host.signal);
      this.stopIfAborted();
      return life.isAlive ? undefined : this.lost();
    }
  }

  /** What was set already is set back: half a change is worse than none. */
  private async refused(name: string, detail: string): Promise<Outcome> {
    const stuck: string[] = [];
    for (const [set] of [...this.changed].reverse()) {
      const old = this.journal.before?.[set] ?? '';
      const reply = await this.channel.ask(`AT^MTXTUNNEL=SETPARAM,${set},${old}`, {
        timeoutMs: this.channel.atMs,
        attempts: 2,
      });
      this.host.audit({
        command: 'SETPARAM',
        parameter: set,
        from: this.changed.get(set) ?? null,
        to: old,
        result: reply.result || 'OK',
        detail: `set back after ${name} was refused`,
      });
      if (!reply.isOk && set !== name) stuck.push(set);
    }
    return this.told('failed', {
      code: 'AT_ERROR',
      detail: stuck.length > 0 ? `${detail}; ${stuck.join(', ')} could not be set back` : detail,
    });
  }

  private async finish(): Promise<Outcome> {
    if (this.order.hasReboot && this.journal.isRebootSent !== true) {
      await this.write({ isRebootSent: true });
      const back = await reboot(
        this.channel,
        this.order.rebootCommands,
        this.order.lifeMs,
        this.host.signal,
        (command, result) => this.host.audit({ command, result }),
      );
      this.stopIfAborted();
      if (back.isRefused)
        return this.verified({
          rebooted: false,
          detail: 'the values are stored, but the modem refuses to reboot; they may act only after its next start',
        });
      if (!back.isAlive) return this.lost();
      return this.verified(
        back.hasGap
          ? { rebooted: true }
          : {
              rebooted: false,
              detail:
                'the values are stored, but the modem did not go away to reboot; they may act only after its next start',
            },
      );
    }
    if (this.journal.isRebootSent !== true) return this.verified({ rebooted: false });
    const life = await proofOfLife(
      this.channel,
      this.channel.clock.now() - RESUMED_MS,
      this.order.lifeMs + RESUMED_MS,
      this.host.signal,
    );
    this.stopIfAborted();
    return life.isAlive
      ? this.verified({
          rebooted: null,
          detail:
            'the reboot was interrupted (a restart of the platform, or a lost connection) and was not sent again: the values are stored, whether the modem rebooted is not known',
        })
      : this.lost();
  }

  /** Reads again what was changed, now that it acts. */
  private async verified(facts: Partial<Outcome>): Promise<Outcome> {
    const names = Object.keys(this.journal.before ?? {}).filter((name) => this.order.desired.has(name));
    try {
      const reported = new Map<string, string | null>();
      for (const name of names) {
        const value = await readParameter(this.channel, name);
        if (value !== undefined) reported.set(name.toLowerCase(), value);
      }
      this.drift = driftOf(this.order.desired, reported, this.channel.imei).filter(({ name }) => names.includes(name));
    } catch (thrown) {
      const error = asReadError(thrown);
      if (error.code !== 'NO_REPLY') throw error;
      return this.told('changed', {
        ...facts,
        changes: this.changes(),
        detail:
          'the modem gave a sign of life, but does not answer AT commands here, so that its values could not be read again',
      });
    }
    const wrong = this.drift.filter(({ state }) => state !== 'same').map(({ name }) => name);
    if (wrong.length > 0)
      return this.told('failed', {
        code: 'BAD_VALUE',
        detail: `after the reboot ${wrong.join(', ')} has not the value that was set`,
        changes: this.changes(),
      });
    return this.told(this.journal.isRestoring === true ? 'rolledBack' : 'changed', {
      ...facts,
      changes: this.changes(),
    });
  }

  private async lost(): Promise<Outcome> {
    const before = this.journal.before ?? {};
    const texts = rollbackTexts(before, false);
    const facts = { code: 'NO_REPLY', changes: this.changes(), sms: rollbackTexts(before, true) } as const;
    if (texts.length === 0)
      return this.told('lost', {
        ...facts,
        detail:
          'the modem does not answer since the change; none of what was changed should cut it off: look at its power and coverage',
      });
    const isSent = this.host.rollbackBySms ? await this.host.rollbackBySms(this.channel.imei, texts) : false;
    this.host.audit({
      command: 'SMS',
      result: isSent ? 'sent' : 'not sent',
      detail: rollbackTexts(before, true).join(' | '),
    });
    if (!isSent)
      return this.told('lost', {
        ...facts,
        detail:
          'the modem does not answer since the change; send the texts in "sms" from an authorised phone to restore it',
      });
    const life = await proofOfLife(
      this.channel,
      this.channel.clock.now(),
      SMS_LIFE_FACTOR * this.order.lifeMs,
      this.host.signal,
    );
    if (!life.isAlive)
      return this.told('lost', {
        ...facts,
        detail: 'the modem does not answer since the change; its old values were sent by SMS, and it is not back yet',
      });
    return this.restoredBySms(before, facts);
  }

  /** The lifeline came back by SMS; the rest goes back over MQTT. */
  private async restoredBySms(
    before: Readonly<Record<string, string | null>>,
    facts: Partial<Outcome>,
  ): Promise<Outcome> {
    const { sms: _sms, code: _code, ...rest } = facts;
    for (const [name, old] of Object.entries(before)) {
      const now = await readParameter(this.channel, name);
      if (typeof now === 'string' && isSameValue(name, old ?? '', now, this.channel.imei)) continue;
      const reply = await this.channel.ask(`AT^MTXTUNNEL=SETPARAM,${name},${old ?? ''}`, {
        timeoutMs: this.channel.atMs,
        attempts: 2,
      });
      this.host.audit({
        command: 'SETPARAM',
        parameter: name,
        from: now ?? null,
        to: old ?? '',
        result: reply.result || 'OK',
        detail: 'set back',
      });
      if (!reply.isOk)
        return this.told('failed', {
          ...rest,
          code: 'AT_ERROR',
          detail: `the modem was restored by SMS, but refuses the old value of ${name}`,
        });
    }
    return this.told('rolledBack', {
      ...rest,
      code: 'NO_REPLY',
      detail: 'the modem was cut off by the change; its old values were restored by SMS',
    });
  }

  /** An outcome where the work ended by text, or could not; undefined: it goes on over MQTT. */
  private async byText(): Promise<Outcome | undefined> {
    const { channel, order, host, journal } = this;
    const isBegun = journal.before !== undefined || journal.isRebootSent === true || (journal.commandsSent ?? 0) > 0;
    if (!host.text || isBegun || journal.isTexted === true || (order.mode !== 'apply' && order.mode !== 'commands'))
      return undefined;
    const failure = await unreached(channel, host.text.afterMs, host.signal);
    this.stopIfAborted();
    if (!failure) return undefined;
    const silent = (why: string): Outcome =>
      this.told('silent', { code: failure.code, detail: `${failure.detail}; and it could not go by SMS: ${why}` });
    const dangerous =
      order.mode === 'apply' && !order.isConfirmed
        ? [...order.desired.keys()].filter((name) => parameterOf(name).isLifeline)
        : [];
    if (dangerous.length > 0)
      return silent(
        `a wrong value of ${dangerous.join(', ')} can cut the modem off; confirm it (msg.confirm = true) if you mean it`,
      );
    const commands = textCommands(order);
    const unfit = whyNotAsTexts(commands);
    if (unfit !== undefined) return silent(masked(unfit));
    await this.write({ isTexted: true });
    this.isTouched = true;
    const { ok, steps } = await host.text.send(channel.imei, commands);
    for (const { command, state, error } of steps)
      host.audit({ command: `SMS ${command}`, result: state, ...(error && { detail: error.detail }) });
    const last = steps.at(-1);
    if (steps.length <= 1 && last?.state === 'not-sent') {
      await this.write({ isTexted: false });
      this.isTouched = false;
      return silent(masked(last.error?.detail ?? 'it was not sent'));
    }
    if (ok === false)
      return this.told('failed', {
        way: 'sms',
        code: 'AT_ERROR',
        detail: `"${masked(last?.command ?? '')}" ${last?.state === 'refused' ? 'was refused by SMS' : `could not be sent by SMS (${masked(last?.error?.detail ?? '')})`}; what was texted before it is stored`,
      });
    return this.afterTexts(ok);
  }

  /** The texts are on their way; the modem coming back proves that they worked. */
  private async afterTexts(ok: boolean | null): Promise<Outcome | undefined> {
    const { channel, order, host } = this;
    if (order.mode === 'commands' && !order.isReboot)
      return ok
        ? this.told('done', { way: 'sms' })
        : this.told('unknown', {
            way: 'sms',
            code: 'OUTCOME_UNKNOWN',
            detail: 'it was sent by SMS and not answered; whether the modem carried it out is not known',
          });
    const life = await proofOfLife(channel, channel.clock.now(), SMS_LIFE_FACTOR * order.lifeMs, host.signal);
    this.stopIfAborted();
    if (order.mode === 'commands')
      return life.isAlive
        ? this.told('done', { way: 'sms', rebooted: true })
        : this.told('unknown', {
            way: 'sms',
            code: 'OUTCOME_UNKNOWN',
            detail: 'the reboot was sent by SMS, and the modem is not back yet',
          });
    return life.isAlive
      ? undefined
      : this.told('silent', {
          way: 'sms',
          code: 'NO_REPLY',
          detail: 'the change was sent by SMS, and the modem is not back yet; it is not texted again',
        });
  }

  private async rebootOnly(): Promise<Outcome> {
    if (this.journal.isRebootSent === true)
      return this.told('unknown', {
        detail:
          'the reboot was interrupted (a restart of the platform, or a lost connection); it was not sent again, and whether the modem rebooted is not known',
      });
    await this.channel.ask('AT', { timeoutMs: this.channel.atMs, attempts: 2 }); // a modem that is away is not told to reboot
    await this.write({ isRebootSent: true });
    this.isTouched = true;
    const back = await reboot(
      this.channel,
      this.order.commands,
      this.order.lifeMs,
      this.host.signal,
      (command, result) => this.host.audit({ command, result }),
    );
    this.stopIfAborted();
    if (back.isRefused)
      return this.told('failed', {
        code: 'AT_ERROR',
        detail: `the modem refuses ${this.order.commands.join(' and ')}`,
        rebooted: false,
      });
    if (!back.isAlive)
      return this.told('lost', { code: 'NO_REPLY', detail: 'the modem does not answer since the reboot' });
    return back.hasGap
      ? this.told('done', { rebooted: true })
      : this.told('failed', {
          code: 'AT_ERROR',
          detail: 'the modem took the command, but did not go away to reboot',
          rebooted: false,
        });
  }

  private async commandsOnly(): Promise<Outcome> {
    const sent = this.journal.commandsSent ?? 0;
    if (sent > 0)
      return this.told('unknown', {
        detail: `"${masked(this.order.commands[sent - 1] ?? '').slice(0, 40)}" was interrupted (a restart of the platform, or a lost connection); it was not sent again, and whether the modem carried it out is not known`,
      });
    for (const [i, command] of this.order.commands.entries()) {
      await this.write({ commandsSent: i + 1 });
      this.isTouched = true;
      const reply = await this.channel.ask(command, { timeoutMs: this.channel.atMs, attempts: 1 });
      this.host.audit({ command, result: reply.result || 'OK' });
      if (!reply.isOk)
        return this.told('failed', {
          code: 'AT_ERROR',
          detail: `the modem refuses "${masked(command).slice(0, 60)}" (${reply.result})`,
        });
    }
    return this.told('done');
  }

  private changes(): readonly Change[] {
    const { before = {} } = this.journal;
    return Object.entries(before).map(([name, from]) => ({
      name,
      from: shownValue(name, from),
      to: shownValue(name, this.order.desired.get(name) ?? '') ?? '',
    }));
  }

  private told(result: Outcome['result'], facts: Partial<Outcome> = {}): Outcome {
    return { result, ...(this.drift && { drift: this.drift }), ...facts };
  }

  private async write(more: Journal): Promise<void> {
    this.journal = { ...this.journal, ...more };
    await this.host.note(this.journal);
  }

  private stopIfAborted(): void {
    if (this.host.signal.aborted) throw new ReadError('CANCELLED', 'cancelled', 'read');
  }
}

/** The reboot was sent at least so long ago: an answer does not have to be waited for as if it were just now. */
const RESUMED_MS = 20_000;
/** By SMS everything takes longer: the text may wait for coverage, and the modem boots once more. */
const SMS_LIFE_FACTOR = 3;
