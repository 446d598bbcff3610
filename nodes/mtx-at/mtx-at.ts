// mtx-at: AT commands to one modem, a list of modems, or all by the topic they share.
import type { NodeAPI } from 'node-red';
import {
  commandFleet,
  commandModem,
  countsOf,
  ReadError,
  type CommandAnswer,
  type CommandHost,
  type CommandOrder,
} from '../../src/core/index';
import { askingNode, type Ask, type Asker, type Host } from '../shared/asking-node';
import { explain } from '../shared/explain';
import { fleetPorts } from '../shared/fleet-ports';
import type { Msg } from '../shared/palette';
import { parseOrder } from './order';

function init(RED: NodeAPI): void {
  askingNode(RED, { type: TYPE, make: (host) => new AtAsker(host) });
}

class AtAsker implements Asker {
  constructor(private readonly host: Host) {}

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
    await commandModem(ports, imei, order, {
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
    const results = await commandFleet(ports, order, {
      ...this.commandHost(ask),
      answer: (answer) => tell(answer.imei, answer),
      failed: (imei, error) => {
        const { ok, ...said } = this.failed(imei, error);
        tell(imei, { imei, command: order.commands.join('; '), ok, error: said });
      },
    });
    const counts = countsOf(results);
    const byImei = Object.fromEntries([...results].map(([imei, result]) => [imei, this.told(imei, result)]));
    send({ ...msg, payload: { ...counts, byImei }, isSummary: true } as Msg);
    return `${counts.ok}/${counts.total} OK`;
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
