// What rollouts tell, as messages: here reasons and facts become sentences in the runtime's language.
import type { NodeAPI } from 'node-red';
import {
  errorBecause,
  type ReadError,
  type AuditRecord,
  type SummaryTold,
  type TargetTold,
} from '../../src/core/index';
import { explain, saidOf } from '../shared/explain';

/** `msg.payload` of one modem. */
export interface ResultPayload extends Omit<TargetTold, 'code' | 'why'> {
  readonly detail?: string;
  readonly reason?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export function resultPayload(RED: NodeAPI, target: TargetTold): ResultPayload {
  const { code: _code, why, ...facts } = target;
  const message = explain(RED, TYPE, errorOf(target), target.imei).message;
  return {
    ...facts,
    ...(why && { detail: saidOf(RED, TYPE, why), reason: why.reason }),
    ...(!target.ok && { error: { code: target.code ?? 'CANCELLED', message } }),
  };
}

export function summaryPayload(RED: NodeAPI, { targets, ...progress }: SummaryTold): object {
  const byImei = Object.fromEntries(
    targets.map(({ imei, why, ...state }) => [imei, { ...state, ...(why && { detail: saidOf(RED, TYPE, why) }) }]),
  );
  return { ...progress, byImei };
}

/** Why it did not end well, as an error. */
export function errorOf({ code = 'CANCELLED', why }: TargetTold): ReadError {
  return errorBecause(code, why, 'read');
}

export function withDetail(RED: NodeAPI, record: AuditRecord): AuditRecord & { readonly detail?: string } {
  return record.why ? { ...record, detail: saidOf(RED, TYPE, record.why) } : record;
}

const TYPE = 'mtx-config';
