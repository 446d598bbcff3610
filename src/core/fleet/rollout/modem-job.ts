// The work on one modem as its parts share it: what is asked, what was noted, what was set, and the small verbs on it.
import { failure, ReadError, type Phrase } from '../../wire/errors';
import type { Drift } from '../config/desired';
import { SET_PARAMETER, setParameter } from '../config/parameter-commands';
import { shownValue } from '../config/parameters';
import type { AtReply } from '../../at/at';
import type { AuditEvent } from './audit';
import type { TextWay } from './by-text';
import type { ModemChannel } from './channel';
import { outcomeCause, type ParameterChange, type WorkJournal, type WorkOutcome } from './outcome';
import type { WorkOrder } from './work-order';

export interface WorkHost {
  readonly signal: AbortSignal;
  /** Resolves when it is stored. */
  note(journal: WorkJournal): Promise<void>;
  audit(event: Omit<AuditEvent, 'imei' | 'action' | 'rollout'>): void;
  /** Sends the texts to the modem by SMS; resolves to whether they are on their way. */
  readonly rollbackBySms?: (imei: string, texts: readonly string[]) => Promise<boolean>;
  readonly text?: TextWay;
}

export class ModemJob {
  drift: readonly Drift[] | undefined;
  readonly changed = new Map<string, string>();
  isTouched: boolean;

  constructor(
    readonly channel: ModemChannel,
    readonly order: WorkOrder,
    public journal: WorkJournal,
    readonly host: WorkHost,
  ) {
    this.isTouched = journal.before !== undefined;
  }

  /** Sets a parameter, which may run twice without harm, and tells the audit. */
  async set(name: string, from: string | null, to: string, why?: Phrase): Promise<AtReply> {
    const reply = await this.channel.ask(setParameter(name, to), { timeoutMs: this.channel.atMs, attempts: 2 });
    this.host.audit({
      command: SET_PARAMETER,
      parameter: name,
      from,
      to,
      result: reply.result || 'OK',
      ...(why && { why }),
    });
    return reply;
  }

  /** Notes what is about to be done; resolves when it is stored. */
  async note(more: WorkJournal): Promise<void> {
    this.journal = { ...this.journal, ...more };
    await this.host.note(this.journal);
  }

  changes(): readonly ParameterChange[] {
    const { before = {} } = this.journal;
    return Object.entries(before).map(([name, from]) => ({
      name,
      from: shownValue(name, from),
      to: shownValue(name, this.order.desired.get(name) ?? '') ?? '',
    }));
  }

  /** An outcome with what is known of the modem's values; `why` an error gives its code as well. */
  told(result: WorkOutcome['result'], why?: ReadError | Phrase, facts: Partial<WorkOutcome> = {}): WorkOutcome {
    const cause = why instanceof ReadError ? outcomeCause(why) : why ? { why } : {};
    return { result, ...(this.drift && { drift: this.drift }), ...cause, ...facts };
  }

  stopIfAborted(): void {
    if (this.host.signal.aborted) throw failure('fleet.cancelled', {}, 'read');
  }
}

/** By SMS everything takes longer: the text may wait for coverage, and the modem boots once more. */
export const SMS_LIFE_FACTOR = 3;
