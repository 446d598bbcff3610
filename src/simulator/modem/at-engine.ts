// The modem's AT tongue: one command after the other, each with its time, whoever asks (MQTT, SMS, a batch file).
// A command line is taken as the vendor's pages print it: any case, blanks after commas and around `^` and `=`.
import type { Clock, Random } from '../../core/transport/lane/clock';
import { AT_COMMANDS, TUNNEL_COMMANDS, type AtHost, type AtOutcome } from './at-commands';
import { isOn } from './config';
import { between } from '../ground/random';
import type { AtResult } from './reply-style';

export class AtEngine {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly host: AtHost,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Waits for its turn and its time. Never rejects: what goes wrong inside a modem is ERROR outside. */
  run(text: string): Promise<AtResult> {
    const result = this.turn.then(() => this.execute(text));
    this.turn = result;
    return result;
  }

  private async execute(text: string): Promise<AtResult> {
    const command = text.replace(/<\/?MTXTUNNEL>/gi, '').replace(/^[\s\0]+|(?<![\r\n\0])[\r\n\0]+$/g, '');
    const { atMsMin, atMsMax } = this.host.body.choices;
    await this.clock.sleep(between(this.random, atMsMin, atMsMax));
    const outcome = await this.outcome(command).catch((): AtOutcome => ({ lines: [], isOk: false }));
    return { command, lines: outcome.lines, final: outcome.isOk ? 'OK' : 'ERROR' };
  }

  private async outcome(command: string): Promise<AtOutcome> {
    const tunnel = /^AT\s*\^\s*MTXTUNNEL\s*=\s*([A-Z0-9]+)\s*(?:,(.*))?$/is.exec(command);
    if (tunnel) {
      const run = TUNNEL_COMMANDS.get(tunnel[1]?.toUpperCase() ?? '');
      return run ? run(this.host, tunnel[2] ?? '', (line) => this.execute(line)) : REFUSED;
    }
    if (isOn(this.host.body.stored, 'MTX_ATLimited')) return REFUSED;
    const plain = command.replace(/\s+/g, '').toUpperCase();
    const found = AT_COMMANDS.find(({ pattern }) => pattern.test(plain));
    return found ? found.run(this.host, plain) : REFUSED;
  }
}

const REFUSED: AtOutcome = { lines: [], isOk: false };
