// mtx-sms: the SMS way to modems, through a gateway modem of the fleet or any provider; what comes in is matched here.
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { asReadError, ReadError, type Phrase, type SmsDispatch, type SmsOutcome, Fields } from '../../src/core/index';
import { detailOf } from '../../src/words/index';
import { Badge } from '../shared/badge';
import { explain, wordsOf } from '../shared/explain';
import { modemNodeOf, type DoneCallback, type ModemNode, type Msg, type SmsNode } from '../shared/palette';
import { imeiOf, inboundOf, learnPhones, requestOf, settingsOf, type Inbound, type SmsSettings } from './messages';
import { gatewayCarry, providerCarry, smsDispatch } from './set-up';

type SendBoth = (msgs: (NodeMessageInFlow | null)[]) => void;

function init(RED: NodeAPI): void {
  function MtxSms(this: Node, definition: NodeDef & { modem?: string }): void {
    RED.nodes.createNode(this, definition);
    const desk = new Desk(RED, this, definition);
    this.on('input', (input, send, done) => void desk.input(input as Msg, send as unknown as SendBoth, done));
    this.on('close', (_removed: boolean, done: () => void) => {
      desk.close();
      done();
    });
  }
  RED.nodes.registerType('mtx-sms', MtxSms);
}

class Desk {
  private readonly badge: Badge;
  private readonly modemNode: ModemNode | ReadError;
  private readonly settings: SmsSettings | ReadError;
  private readonly stopLink: (() => void) | undefined;
  private readonly running = new Map<AbortController, string>();

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    definition: NodeDef & { modem?: string },
  ) {
    this.badge = new Badge(RED, node, 'mtx-sms');
    this.modemNode = modemNodeOf(RED, definition.modem);
    this.settings = this.setUp(definition);
    const isLinked =
      !(this.settings instanceof ReadError) &&
      this.settings.way === 'gateway' &&
      !(this.modemNode instanceof ReadError);
    this.stopLink =
      isLinked && !(this.modemNode instanceof ReadError)
        ? this.modemNode.link.onState((state, failure) => this.badge.link(state, failure))
        : undefined;
  }

  async input(msg: Msg, send: SendBoth, done: DoneCallback): Promise<void> {
    const { settings } = this;
    let subject = '';
    this.badge.begin();
    try {
      if (settings instanceof ReadError) throw settings;
      const { sms } = this.node as SmsNode;
      if (msg['modems'] !== undefined) learnPhones(sms.book, msg['modems']);
      const inbound = inboundOf(msg);
      if (inbound) {
        this.hear(sms, inbound, msg, send);
        return done();
      }
      const imei = imeiOf(msg, this.modemNode);
      if (msg['cancel'] === true) {
        for (const [stop, about] of this.running) if (imei === undefined || about === imei) stop.abort();
        this.badge.ended('mtx-sms.status.ready');
        return done();
      }
      if (msg.payload === undefined && msg['modems'] !== undefined) {
        this.badge.ended(this.RED._('mtx-sms.status.known', { count: String(sms.book.size) }));
        return done();
      }
      subject = imei ?? '';
      await this.ask(sms, settings, msg, send, imei);
      done();
    } catch (thrown) {
      const error = asReadError(thrown);
      this.badge.failed(error);
      done(explain(this.RED, 'mtx-sms', error, subject));
    }
  }

  close(): void {
    this.stopLink?.();
    for (const stop of this.running.keys()) stop.abort();
    this.badge.clear();
  }

  private async ask(
    sms: SmsDispatch,
    settings: SmsSettings,
    msg: Msg,
    send: SendBoth,
    imei: string | undefined,
  ): Promise<void> {
    const stop = new AbortController();
    const request = requestOf(msg, imei, settings, stop.signal);
    this.running.set(stop, request.imei);
    try {
      const carry =
        settings.way === 'provider'
          ? {
              carry: providerCarry((payload) =>
                send([{ ...msg, topic: payload.to, payload } as NodeMessageInFlow, null]),
              ),
            }
          : {};
      const outcome = await sms.ask({ ...request, ...carry, asker: this.node.id });
      if (outcome.state === 'answered')
        send([null, { ...msg, topic: msg.topic ?? request.imei, payload: outcome.answer } as NodeMessageInFlow]);
      this.badge.ended(badgeOf(outcome));
    } finally {
      this.running.delete(stop);
    }
  }

  /** Answers to questions of this node leave with the question's message; all others with the one they came in. */
  private hear(sms: SmsDispatch, inbound: Inbound, msg: Msg, send: SendBoth): void {
    const answer = sms.hear(inbound, inbound.id);
    const isOwn = answer?.match === 'answer' && answer.asker === this.node.id;
    if (answer && !isOwn)
      send([null, { ...msg, topic: answer.imei ?? answer.phone, payload: answer } as NodeMessageInFlow]);
    this.badge.ended(`mtx-sms.status.${answer?.match ?? 'duplicate'}`);
  }

  private setUp(definition: NodeDef): SmsSettings | ReadError {
    try {
      const settings = settingsOf(new Fields({ ...definition }), this.modemNode);
      const carry =
        settings.way === 'gateway'
          ? gatewayCarry(this.modemNode, settings.gateway)
          : providerCarry((payload) => this.node.send([{ topic: payload.to, payload }, null] as never));
      Object.assign(this.node, {
        sms: smsDispatch(this.node, settings, carry, (what) => this.node.warn(said(this.RED, what))),
      });
      return settings;
    } catch (thrown) {
      // the node stays, so that each message can tell what is wrong with it
      const failure = asReadError(thrown, 'configure');
      Object.assign(this.node, { failure });
      this.badge.begin();
      this.badge.failed(failure);
      return failure;
    }
  }
}

function said(RED: NodeAPI, what: Phrase): string {
  return detailOf(new ReadError('INTERNAL', what.reason, 'read', { because: what }), wordsOf(RED, 'mtx-sms'));
}

/** A catalog key, or what the modem said. */
function badgeOf(outcome: SmsOutcome): string {
  if (outcome.state === 'sent') return 'mtx-sms.status.sent';
  return (outcome.answer.lines[0] ?? outcome.answer.result).slice(0, 20) || 'mtx-sms.status.answer';
}

export = init;
