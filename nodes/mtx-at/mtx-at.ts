// mtx-at: AT commands to one modem, a list of modems, or all by the topic they share.
import type { NodeAPI } from 'node-red';
import {
  countsOf,
  interruptedOrders,
  keptFleet,
  keptModem,
  ReadError,
  type CommandAnswer,
  type CommandHost,
  type CommandOrder,
  type CommandResults,
  type Journal,
} from '../../src/core/index';
import { askingNode, type Ask, type Asker, type Host } from '../shared/asking-node';
import { explain } from '../shared/explain';
import { fleetPorts } from '../shared/fleet-ports';
import { journalOf } from '../shared/journal';
import type { Msg } from '../shared/palette';
import { parseOrder } from './order';

function init(RED: NodeAPI): void {
  askingNode(RED, { type: TYPE, make: (host) => new AtAsker(host) });
}

class AtAsker implements Asker {
  private readonly journal: Journal;

  constructor(private readonly host: Host) {
    this.journal = journalOf(host.RED, host.node);
    if (!this.journal.isThere) return;
    const started = host.started();
    this.tellInterrupted(started).catch((thrown: unknown) => host.failUnasked(thrown, ''));
  }

  imeiOf(msg: Msg): string {
    return typeof msg['imei'] === 'string' ? msg['imei'] : this.host.modem().imei;
  }

  async ask(ask: Ask): Promise<string> {
    const modemNode = this.host.modem();
    const order = parseOrder(ask.fields, ask.msg, modemNode);
    const ports = fleetPorts(this.host.RED, modemNode, this.host.config['sms']);
    if (order.target !== 'modem') {
      ask.about('', order.target);
      return this.askSeveral(ask, order, ports);
    }
    const [imei = ''] = order.imeis;
    ask.about(imei);
    let last = '';
    await keptModem(ports, this.journal, ask.msg._msgid, order, {
      ...this.commandHost(ask),
      answer: (answer) => {
        last = answer.lines[0] ?? answer.result;
        ask.send({ ...ask.msg, topic: ask.msg.topic ?? imei, payload: answer });
      },
    });
    return last.slice(0, 20);
  }

  /** Sends what each modem answered, and a summary at the end. */
  private async askSeveral(ask: Ask, order: CommandOrder, ports: ReturnType<typeof fleetPorts>): Promise<string> {
    const { msg, send } = ask;
    const tell = (imei: string, payload: unknown): void => send({ ...msg, imei, topic: imei, payload } as Msg);
    const { results, over } = await keptFleet(ports, this.journal, msg._msgid, order, {
      ...this.commandHost(ask),
      answer: (answer) => tell(answer.imei, answer),
      failed: (imei, error) => {
        const { ok, ...said } = this.failed(imei, error);
        tell(imei, { imei, command: order.commands.join('; '), ok, error: said });
      },
    });
    const summary = this.summary(results);
    send({ ...msg, payload: summary, isSummary: true } as Msg);
    await over().catch((thrown: unknown) => this.host.failUnasked(thrown, order.target));
    return `${summary.ok}/${summary.total} OK`;
  }

  close(isRemoved: boolean): Promise<void> {
    return this.journal.close(isRemoved);
  }

  /** What an earlier life of the platform had under way, as far as anybody knows. */
  private async tellInterrupted(started: Promise<void>): Promise<void> {
    const orders = await interruptedOrders(this.journal);
    await started;
    for (const { results, target, told } of orders) {
      const msg = { _msgid: this.host.RED.util.generateId(), topic: target, isSummary: true, isInterrupted: true };
      this.host.node.send({ ...msg, payload: this.summary(results) } as unknown as Msg);
      await told();
    }
  }

  private summary(results: CommandResults): ReturnType<typeof countsOf> & { readonly byImei: object } {
    const byImei = Object.fromEntries([...results].map(([imei, result]) => [imei, this.told(imei, result)]));
    return { ...countsOf(results), byImei };
  }

  private told(imei: string, result: CommandAnswer | ReadError): object {
    return result instanceof ReadError ? this.failed(imei, result) : result;
  }

  private failed(imei: string, error: ReadError): { ok: false; code: string; message: string } {
    return { ok: false, code: error.code, message: explain(this.host.RED, TYPE, error, imei).message };
  }

  private commandHost({ signal }: Ask): Omit<CommandHost, 'answer'> {
    const { badge, node } = this.host;
    return {
      signal,
      asker: node.id,
      onProgress: (progress) => badge.progress(progress),
      onBySms: () => badge.bySms(),
    };
  }
}

const TYPE = 'mtx-at';

export = init;
