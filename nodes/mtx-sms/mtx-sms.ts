// mtx-sms: the SMS way to modems, through a gateway modem of the fleet or any provider; what comes in is matched here.
import type { NodeAPI, NodeMessageInFlow } from 'node-red';
import { asReadError, ReadError, type SmsDispatch, type SmsOutcome, Fields } from '../../src/core/index';
import { askingNode, type Ask, type Asker, type Host } from '../shared/asking-node';
import { saidOf } from '../shared/explain';
import { modemNodeOf, type ModemNode, type Msg, type Send, type SmsNode } from '../shared/palette';
import { imeiOf, inboundOf, learnPhones, requestOf, settingsOf, type Inbound, type SmsSettings } from './messages';
import { gatewayCarry, providerCarry, smsDispatch } from './set-up';

function init(RED: NodeAPI): void {
  askingNode(RED, { type: TYPE, make: (host) => new SmsAsker(host) });
}

class SmsAsker implements Asker {
  private readonly modemNode: ModemNode | ReadError;
  private readonly settings: SmsSettings | ReadError;

  constructor(private readonly host: Host) {
    this.modemNode = modemNodeOf(host.RED, host.config['modem']);
    this.settings = this.setUp();
  }

  /** A provider's way is not the broker's. */
  get followsLink(): boolean {
    return !(this.settings instanceof ReadError) && this.settings.way === 'gateway';
  }

  imeiOf(msg: Msg): string {
    return imeiOf(msg, this.modemNode) ?? '';
  }

  async ask(ask: Ask): Promise<string> {
    const { settings } = this;
    if (settings instanceof ReadError) throw settings;
    const { msg, send } = ask;
    const { sms } = this.host.node as SmsNode;
    if (msg['modems'] !== undefined) learnPhones(sms.book, msg['modems']);
    const inbound = inboundOf(msg);
    if (inbound) return this.hear(sms, inbound, msg, send);
    const imei = imeiOf(msg, this.modemNode);
    if (msg.payload === undefined && msg['modems'] !== undefined)
      return this.host.RED._(`${TYPE}.status.known`, { count: String(sms.book.size) });
    if (imei !== undefined) ask.about(imei);
    return this.text(sms, settings, ask, imei);
  }

  private async text(
    sms: SmsDispatch,
    settings: SmsSettings,
    { msg, send, signal }: Ask,
    imei: string | undefined,
  ): Promise<string> {
    const request = requestOf(msg, imei, settings, signal);
    const byFlow = providerCarry((payload) =>
      send([{ ...msg, topic: payload.to, payload } as NodeMessageInFlow, null]),
    );
    const carry = settings.way === 'provider' ? { carry: byFlow } : {};
    const outcome = await sms.ask({ ...request, ...carry, asker: this.host.node.id });
    if (outcome.state === 'answered')
      send([null, { ...msg, topic: msg.topic ?? request.imei, payload: outcome.answer } as NodeMessageInFlow]);
    return badgeOf(outcome);
  }

  /** Answers to questions of this node leave with the question's message; all others with the one they came in. */
  private hear(sms: SmsDispatch, inbound: Inbound, msg: Msg, send: Send): string {
    const answer = sms.hear(inbound, inbound.id);
    const isOwn = answer?.match === 'answer' && answer.asker === this.host.node.id;
    if (answer && !isOwn)
      send([null, { ...msg, topic: answer.imei ?? answer.phone, payload: answer } as NodeMessageInFlow]);
    return `${TYPE}.status.${answer?.match ?? 'duplicate'}`;
  }

  private setUp(): SmsSettings | ReadError {
    const { node, badge, RED, config } = this.host;
    try {
      const settings = settingsOf(new Fields(config), this.modemNode);
      const carry =
        settings.way === 'gateway'
          ? gatewayCarry(this.modemNode, settings.gateway)
          : providerCarry((payload) => node.send([{ topic: payload.to, payload }, null] as never));
      const warn: Parameters<typeof smsDispatch>[3] = (what) => node.warn(saidOf(RED, TYPE, what));
      Object.assign(node, { sms: smsDispatch(node, settings, carry, warn) });
      return settings;
    } catch (thrown) {
      // the node stays, so that each message can tell what is wrong with it
      const failure = asReadError(thrown, 'configure');
      Object.assign(node, { failure });
      badge.begin();
      badge.failed(failure);
      return failure;
    }
  }
}

/** A catalog key, or what the modem said. */
function badgeOf(outcome: SmsOutcome): string {
  if (outcome.state === 'sent') return `${TYPE}.status.sent`;
  return (outcome.answer.lines[0] ?? outcome.answer.result).slice(0, 20) || `${TYPE}.status.answer`;
}

const TYPE = 'mtx-sms';

export = init;
