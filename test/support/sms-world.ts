// A platform, modems and a mobile network in virtual time: lanes over a broker in memory, texts over the simulated
// network. The platform has a gateway modem, or a provider's number.
import { said } from './outcome-words';
import { sendCommand } from '../../src/core/at/command';
import type { AtReply } from '../../src/core/at/at';
import { PhoneBook } from '../../src/core/fleet/sms/sms-book';
import { SmsDispatch, type Carry, type SmsOptions } from '../../src/core/fleet/sms/sms-dispatch';
import type { SmsAnswer } from '../../src/core/fleet/sms/sms-exchange';
import { HourLimit } from '../../src/core/fleet/sms/sms-limit';
import { gatewayCommand } from '../../src/core/fleet/sms/sms-text';
import type { Done } from '../../src/core/transport/lane/job';
import { Modem } from '../../src/core/transport/modem/modem';
import type { ModemProfile } from '../../src/core/transport/modem/modem-profile';
import {
  MemoryBroker,
  modemSpec,
  seededRandom,
  SmsNetwork,
  VirtualClock,
  type ModemCore,
  type ModemOptions,
} from '../../src/simulator';
import { MemoryLink } from './memory-link';

export const TARGET = '353234028103206';
export const GATEWAY = '353234028103214';
export const NUMBERS = { [TARGET]: '+34666000001', [GATEWAY]: '+34666000002' } as const;
/** The provider's number: authorised on every modem as shipped. */
export const PROVIDER = '+34666123456';

const PROFILE: ModemProfile = {
  topics: { rx: '[IMEI]/rx', tx: '[IMEI]/tx', at: '[IMEI]/AT', atr: '[IMEI]/ATR', status: '[IMEI]/dns', broadcast: '' },
  qos: 1,
  latencyMs: 4_000,
  queueLimit: 100,
  attempts: 3,
  line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  port: 0,
  isCrAppended: false,
  isFleet: false,
};

export interface WorldOptions {
  readonly seed?: number;
  readonly way?: 'gateway' | 'provider';
  readonly lossShare?: number;
  readonly target?: Partial<ModemOptions>;
  readonly sms?: Partial<SmsOptions>;
}

export class SmsWorld {
  readonly clock = new VirtualClock();
  readonly broker: MemoryBroker;
  readonly network: SmsNetwork;
  readonly target: ModemCore;
  readonly gateway: ModemCore;
  readonly sms: SmsDispatch;
  /** Everything that came in as a text, as the platform took it. */
  readonly heard: SmsAnswer[] = [];
  readonly warnings: string[] = [];
  /** AT commands that reached the target by MQTT and by text. */
  readonly commands: { readonly way: 'mqtt' | 'sms'; readonly text: string }[] = [];
  private readonly platform: Modem;
  private readonly platformGateway: Modem;

  constructor(options: WorldOptions = {}) {
    const { clock } = this;
    const random = seededRandom(options.seed ?? 1);
    this.broker = new MemoryBroker({ clock, seed: options.seed ?? 1, latencyMsMin: 50, latencyMsMax: 800 });
    this.network = new SmsNetwork({
      clock,
      random,
      delayMsMin: 3_000,
      delayMsMax: 20_000,
      lossShare: options.lossShare ?? 0,
    });
    const onEvent: ModemOptions['onEvent'] = (event) => {
      this.network.event(event);
      if (event.imei === TARGET && event.kind === 'sms' && event.text.startsWith('from '))
        this.commands.push({ way: 'sms', text: event.text.replace(/^from [^:]*: /, '') });
    };
    this.target = this.broker.modem(
      modemSpec(
        {
          imei: TARGET,
          simApn: 'movistar.es',
          onEvent,
          ...options.target,
          config: {
            SMS_validPhone2: NUMBERS[GATEWAY],
            ...(options.target?.config as Record<string, string> | undefined),
          },
        },
        clock,
      ),
    );
    this.gateway = this.broker.modem(modemSpec({ imei: GATEWAY, onEvent }, clock));
    this.network.attach(this.target, NUMBERS[TARGET]);
    this.network.attach(this.gateway, NUMBERS[GATEWAY]);
    const link = new MemoryLink(
      this.broker,
      (topic, text) =>
        topic === `${TARGET}/AT` && this.target.state === 'online' && this.commands.push({ way: 'mqtt', text }),
    );
    this.platform = new Modem(TARGET, PROFILE, { link, clock, random, knownSince: clock.now() });
    this.platformGateway = new Modem(GATEWAY, PROFILE, { link, clock, random, knownSince: clock.now() });
    const hear = (from: string, text: string): void => {
      const answer = this.sms.hear({ from, text, at: clock.date().toISOString() });
      if (answer) this.heard.push(answer);
    };
    this.network.phone(PROVIDER, hear);
    const provider: Carry = async ({ from, to, text }) => (this.network.send(from, to, text), 'sent');
    const gateway: Carry = async ({ to, text }) => {
      const command = gatewayCommand(to, text);
      const { value } = await this.platformGateway.at.run({
        label: 'sms',
        attempts: 1,
        queueMs: 60_000,
        start: () => sendCommand({ command, timeoutMs: 60_000 }),
      });
      return value.isOk ? 'sent' : 'unsure';
    };
    const isGateway = options.way === 'gateway';
    this.sms = new SmsDispatch({
      clock,
      book: new PhoneBook('34', [
        { imei: TARGET, phone: NUMBERS[TARGET] },
        { imei: GATEWAY, phone: NUMBERS[GATEWAY] },
      ]),
      limit: new HourLimit(clock, 100),
      senders: [isGateway ? NUMBERS[GATEWAY] : PROVIDER],
      timeoutMs: 120_000,
      isAnswerAwaited: !isGateway,
      carry: isGateway ? gateway : provider,
      warn: (what) => this.warnings.push(said(what)),
      ...options.sms,
    });
  }

  /** Both modems booted and on line (the target, if it can). */
  async start(): Promise<this> {
    this.target.start();
    this.gateway.start();
    await Promise.all([this.platform.open(), this.platformGateway.open()]);
    await this.clock.advance(60_000);
    return this;
  }

  byMqtt(command: string, queueMs = 600_000): Promise<Done<AtReply>> {
    return this.platform.at.run({
      label: command,
      attempts: 1,
      queueMs,
      quietMs: 5_000,
      start: () => sendCommand({ command, timeoutMs: 15_000 }),
    });
  }
}
