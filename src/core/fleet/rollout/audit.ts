// Who did what to which modem, and what came of it. A record holds no secret: values and commands are masked here,
// once, before anybody sees them. It holds a reason and facts; the sentence for people is made where it is told.
import type { Fact, Phrase } from '../../wire/errors';
import { masked, parameterOf, shownValue } from '../config/parameters';

export interface AuditWho {
  readonly node: string;
  readonly flow: string;
  readonly user: string;
}

/** What happened, as whoever did it tells it. */
export interface AuditEvent {
  readonly imei: string;
  readonly action: string;
  readonly rollout: string;
  readonly command?: string;
  readonly parameter?: string;
  readonly from?: string | null;
  readonly to?: string | null;
  /** OK, ERROR, NO_REPLY, kept, rolledBack ... */
  readonly result: string;
  readonly why?: Phrase;
}

export interface AuditRecord extends AuditEvent {
  /** UTC. */
  readonly at: string;
  readonly who: AuditWho;
  /** Of its line in the file. */
  readonly id?: string;
}

export function auditRecord(at: Date, who: AuditWho, event: AuditEvent): AuditRecord {
  const { parameter, from, to, command, why, ...rest } = event;
  return {
    at: at.toISOString(),
    who,
    ...rest,
    ...(command !== undefined && { command: masked(command) }),
    ...(parameter !== undefined && { parameter: parameterOf(parameter).name }),
    ...(parameter !== undefined && from !== undefined && { from: shownValue(parameter, from) }),
    ...(parameter !== undefined && to !== undefined && { to: shownValue(parameter, to) }),
    ...(why && { why: { reason: why.reason, facts: maskedFacts(why.facts) } }),
  };
}

function maskedFacts(facts: Readonly<Record<string, Fact>>): Readonly<Record<string, Fact>> {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, maskedFact(fact)]));
}

function maskedFact(fact: Fact): Fact {
  if (typeof fact === 'string') return masked(fact);
  if (typeof fact !== 'object') return fact;
  if ('reason' in fact) return { reason: fact.reason ?? 'fleet.said', facts: maskedFacts(fact.facts) };
  return fact.map(maskedFact);
}

/** One line of the append-only file: JSON has no line break of its own. */
export function auditLine(record: AuditRecord): string {
  return `${JSON.stringify(record)}\n`;
}
