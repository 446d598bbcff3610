// What rollouts tell, as messages of the node: results, gates, progress and summaries on the first output, the audit on
// the second; and who waits for the end of one.
import type { NodeMessageInFlow } from 'node-red';
import {
  asReadError,
  auditRecord,
  systemClock,
  type AuditEvent,
  type Phrase,
  type ReadError,
  type Running,
  type SummaryTold,
  type TargetTold,
  type Told,
} from '../../src/core/index';
import type { Host } from '../shared/asking-node';
import { saidOf } from '../shared/explain';
import type { Msg } from '../shared/palette';
import type { AuditView } from './audit-view';
import { errorOf, resultPayload, summaryPayload, withDetail } from './payloads';

interface Waiting {
  readonly resolve: (badge: string) => void;
  readonly reject: (error: ReadError) => void;
  /** Of a single modem. */
  target: TargetTold | undefined;
}

export class RolloutMessages implements Told<Msg> {
  private readonly waiting = new Map<string, Waiting>();
  private progressAt = -Infinity;

  constructor(
    private readonly host: Host,
    private readonly view: AuditView,
  ) {}

  /** Resolves to the badge's text when the rollout has ended; rejects where its only modem did not end well. */
  ended(id: string): Promise<string> {
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, target: undefined }));
  }

  /** It was not begun after all, or goes on without anyone who waits. */
  dismiss(id: string): void {
    this.waiting.get(id)?.resolve('');
    this.waiting.delete(id);
  }

  dismissAll(): void {
    for (const id of [...this.waiting.keys()]) this.dismiss(id);
  }

  send(msg: object): void {
    this.emit(msg, null);
  }

  result({ id, request, asked }: Running<Msg>, target: TargetTold): void {
    const waiting = this.waiting.get(id);
    const isOne = request.target === 'modem';
    const { imei } = target;
    if (waiting && isOne) waiting.target = target;
    if (waiting && isOne && !target.ok) return; // told by the error
    const payload = resultPayload(this.host.RED, target);
    this.send({ ...asked, imei, topic: isOne ? (asked.topic ?? imei) : imei, payload });
  }

  progress({ request, asked }: Running<Msg>, progress: Parameters<Told<Msg>['progress']>[1]): void {
    if (request.target === 'modem') return;
    this.host.badge.working(`${progress.total - progress.open}/${progress.total}`);
    const now = systemClock.now();
    if (progress.isFinished || now - this.progressAt < PROGRESS_MS) return;
    this.progressAt = now;
    this.send({ ...asked, payload: { ...progress, action: request.action }, isProgress: true });
  }

  gate({ id, asked }: Running<Msg>, imei: string, until: Date): void {
    const payload = { imei, rollout: id, until: until.toISOString() };
    this.send({ ...asked, imei, topic: imei, payload, isGate: true });
  }

  summary({ id, request, asked }: Running<Msg>, summary: SummaryTold): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (request.target !== 'modem') {
      this.send({ ...asked, payload: summaryPayload(this.host.RED, summary), isSummary: true });
      const badge = `${summary.ok}/${summary.total} OK`;
      return waiting ? waiting.resolve(badge) : this.host.badge.stands(badge);
    }
    const target = waiting?.target;
    if (target && !target.ok) waiting.reject(errorOf(target));
    else waiting?.resolve(`${TYPE}.state.${target?.state ?? 'done'}`);
  }

  /** Kept in the file and sent on; the sentence is made here, the file keeps reason and facts beside it. */
  audit(user: string, event: AuditEvent): void {
    const { node, RED } = this.host;
    const who = { node: node.name ?? node.id, flow: node.z ?? '', user };
    const record = withDetail(RED, auditRecord(systemClock.date(), who, event));
    this.view.add(record);
    this.emit(null, { topic: record.imei, payload: record });
  }

  warn(what: ReadError | Phrase): void {
    this.host.node.warn(saidOf(this.host.RED, TYPE, what));
  }

  /** For whatever goes wrong beside a message. */
  readonly trouble = (thrown: unknown): void => this.warn(asReadError(thrown));

  private emit(result: object | null, audit: object | null): void {
    this.host.node.send([result, audit] as NodeMessageInFlow[]);
  }
}

const TYPE = 'mtx-config';
const PROGRESS_MS = 2_000;
