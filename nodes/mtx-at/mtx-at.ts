// mtx-at: AT commands to one modem, a list of modems, or all by the topic they share.
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { asReadError, failure, ReadError, type ErrorCode, Fields } from '../../src/core/index';
import { Badge } from '../shared/badge';
import { explain } from '../shared/explain';
import { modemNodeOf, smsNodeOf, type DoneCallback, type ModemNode, type Msg, type Send } from '../shared/palette';
import { commandModem, commandShared, type Answer, type Order, type SmsWay } from './command';
import { parseOrder } from './order';

function init(RED: NodeAPI): void {
  function MtxAt(this: Node, definition: NodeDef & { modem?: string; sms?: string }): void {
    RED.nodes.createNode(this, definition);
    const modemNode = modemNodeOf(RED, definition.modem);
    const badge = new Badge(RED, this, 'mtx-at');
    const stopLink =
      modemNode instanceof ReadError
        ? undefined
        : modemNode.link.onState((state, failure) => badge.link(state, failure));
    const running = new Map<AbortController, string>();
    const smsWay: SmsWay = {
      asker: this.id,
      sms: () => {
        const found = smsNodeOf(RED, definition.sms);
        if (found instanceof ReadError) throw found;
        return found.sms;
      },
    };

    this.on('input', (input, send, done) => void handle(input as Msg, send, done));
    this.on('close', (_removed: boolean, done: () => void) => {
      stopLink?.();
      for (const stop of running.keys()) stop.abort();
      badge.clear();
      done();
    });

    const handle = async (msg: Msg, send: Send, done: DoneCallback): Promise<void> => {
      const stop = new AbortController();
      let subject = '';
      badge.begin();
      try {
        if (modemNode instanceof ReadError) throw modemNode;
        if (msg['cancel'] === true) {
          const imei = typeof msg['imei'] === 'string' ? msg['imei'] : modemNode.imei;
          for (const [job, about] of running) if (imei === '' || about === imei || about === '') job.abort();
          badge.ended('mtx-at.status.ready');
          return done();
        }
        const order = parseOrder(new Fields({ ...definition }), msg, modemNode);
        subject = order.target === 'modem' ? (order.imeis[0] ?? '') : order.target;
        running.set(stop, order.target === 'modem' ? subject : '');
        badge.ended(await carryOut(RED, modemNode, order, msg, send, stop.signal, badge, smsWay));
        done();
      } catch (thrown) {
        const error = asReadError(thrown);
        badge.failed(error);
        done(explain(RED, 'mtx-at', error, subject));
      } finally {
        running.delete(stop);
      }
    };
  }
  RED.nodes.registerType('mtx-at', MtxAt);
}

/** Sends what each modem answered, and for several a summary at the end; returns the badge's text. */
async function carryOut(
  RED: NodeAPI,
  modemNode: ModemNode,
  order: Order,
  msg: Msg,
  send: Send,
  signal: AbortSignal,
  badge: Badge,
  smsWay: SmsWay,
): Promise<string> {
  if (order.target === 'modem') {
    const [imei = ''] = order.imeis;
    let last = '';
    await commandModem(modemNode, imei, order, signal, badge, smsWay, (answer) => {
      last = answer.lines[0] ?? answer.result;
      send({ ...msg, topic: msg.topic ?? imei, payload: answer });
    });
    return last.slice(0, 20);
  }
  const byImei = new Map<string, Answer | { ok: false; code: ErrorCode; message: string }>();
  const tell = (answer: Answer): void => {
    byImei.set(answer.imei, answer);
    send({ ...msg, imei: answer.imei, topic: answer.imei, payload: answer } as Msg);
  };
  const fail = (imei: string, error: ReadError): void => {
    const { message } = explain(RED, 'mtx-at', error, imei);
    byImei.set(imei, { ok: false, code: error.code, message });
    send({
      ...msg,
      imei,
      topic: imei,
      payload: {
        imei,
        command: order.commands.join('; '),
        ok: false,
        error: { code: error.code, message },
      },
    } as Msg);
  };
  if (order.target === 'all') await commandShared(modemNode, order, signal, tell, fail);
  else await commandList(modemNode, order, signal, badge, smsWay, tell, fail);
  const results = [...byImei.values()];
  const silent = results.filter(
    (r) => 'code' in r && (r.code === 'NO_REPLY' || r.code === 'METER_RESTING' || r.code === 'OUTCOME_UNKNOWN'),
  ).length;
  const ok = results.filter((r) => r.ok).length;
  const summary = {
    total: results.length,
    ok,
    failed: results.length - ok - silent,
    silent,
    byImei: Object.fromEntries(byImei),
  };
  send({ ...msg, payload: summary, isSummary: true } as Msg);
  return `${ok}/${results.length} OK`;
}

/** Modem by modem, a few at a time; a bad or silent one is named and does not stop the rest. */
async function commandList(
  modemNode: ModemNode,
  order: Order,
  signal: AbortSignal,
  badge: Badge,
  smsWay: SmsWay,
  tell: (answer: Answer) => void,
  fail: (imei: string, error: ReadError) => void,
): Promise<void> {
  const waiting = [...new Set(order.imeis)];
  const worker = async (): Promise<void> => {
    for (let imei = waiting.shift(); imei !== undefined && !signal.aborted; imei = waiting.shift()) {
      const name = imei;
      await commandModem(modemNode, name, order, signal, badge, smsWay, tell).catch((thrown: unknown) =>
        fail(name, asReadError(thrown)),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(order.concurrency, waiting.length) }, worker));
  if (signal.aborted) throw failure('fleet.cancelled', {}, 'read');
}

export = init;
