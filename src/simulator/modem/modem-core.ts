// One simulated MTX-Tunnel modem without its network: an Uplink carries its MQTT session, a SerialSide its serial port,
// a Clock its time. It boots, connects, reports, obeys AT commands and SMS, sleeps and restarts as the firmware does
// or, where nobody knows, as `choices` say. It is the same modem over real MQTT and in a world of virtual time.
import type { Clock, Random } from '../../core/transport/lane/clock';
import type { LineSettings } from '../../core/wire/dialogue';
import { AtEngine } from './at-engine';
import { ModemBody, type ModemEvent, type ModemSpec } from './body';
import { isOn, numberOf, type Config } from './config';
import { Connection, type ConnectionState, type Uplink } from './session';
import { Gateway } from './gateway';
import { between, wholeBetween } from '../ground/random';
import { styledReply } from './reply-style';
import { Reporter } from './reporter';
import { answerCall, answerSms, type SmsHost } from './sms-desk';
import { Watchdogs } from './watchdogs';

type Phase = 'off' | 'booting' | 'up' | 'asleep' | 'ended';
export type ModemState = Exclude<Phase, 'up'> | ConnectionState;

export class ModemCore {
  /** What the modem is and has: signals and inputs may be set from outside. */
  readonly body: ModemBody;
  /** SMS that the modem sent, newest last. */
  readonly outbox: { readonly number: string; readonly text: string }[] = [];
  boots = 0;

  private phase: Phase = 'off';
  private life = new AbortController();
  private outage = new AbortController();
  private mqttStallsUntil = 0;
  private readonly waitingForBoot: (() => void)[] = [];
  private readonly connection: Connection;
  private readonly gateway: Gateway;
  private readonly reporter: Reporter;
  private readonly watchdogs: Watchdogs;
  private readonly engine: AtEngine;

  constructor(
    spec: ModemSpec,
    private readonly uplink: Uplink,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    const body = (this.body = new ModemBody(spec, clock));
    const publish = this.publish.bind(this);
    const dropLink = (): void => this.dropLink();
    const reboot = (why: string): void => this.reboot(why);
    const connectionHost = {
      canConnect: () => body.canConnect,
      session: () => body.session(),
      onState: (state: ConnectionState) => this.onConnection(state),
    };
    this.connection = new Connection(uplink, clock, connectionHost, spec.choices);
    const gateway = (this.gateway = new Gateway(
      body,
      { publish, dropLink, reboot, onSerial: (kind, bytes) => this.event(kind, `${bytes.length} bytes`, bytes) },
      clock,
    ));
    this.reporter = new Reporter(body, publish, clock);
    this.watchdogs = new Watchdogs(body, { dropLink, reboot }, clock);
    const atHost = {
      body,
      store: (config: Config) => this.store(config),
      setBaud: (port: number, baud: number) => gateway.setBaud(port, baud),
      writeSerial: (port: number, bytes: Uint8Array) => gateway.write(port, bytes),
      askSerial: (bytes: Uint8Array, ms: number) => gateway.line.ask(bytes, ms),
      sendSms: (number: string, text: string) => this.sendSms(number, text),
      rebootSoon: () => void this.after(AFTER_REPLY_MS, () => this.reboot('reboot command')),
      endSoon: () => void this.after(AFTER_REPLY_MS, () => this.goDown('ended', true)),
    };
    this.engine = new AtEngine(atHost, clock, random);
  }

  get imei(): string {
    return this.body.imei;
  }

  get state(): ModemState {
    return this.phase === 'up' ? this.connection.state : this.phase;
  }

  /** config.txt as it is stored now. */
  get config(): Config {
    return this.body.stored;
  }

  /** How the wired port is set at this moment. */
  get portLine(): LineSettings {
    return this.gateway.line.settings;
  }

  /** Power on. */
  start(): void {
    this.life.abort();
    this.life = new AbortController();
    void this.boot(this.life.signal);
  }

  /** Power off, for good: the serial side is closed. */
  stop(): void {
    this.goDown('off', true);
    this.gateway.line.close();
  }

  reboot(why = 'reboot'): void {
    this.event('state', why);
    this.goDown('off', false);
    this.start();
  }

  /** From the uplink: connected and subscribed. */
  linkUp(): void {
    this.connection.up();
  }

  /** From the uplink: a try failed, or the session was lost. */
  linkDown(): void {
    this.connection.down();
  }

  /** From the uplink: a message on one of the session's topics. A retained one is obeyed like any other. */
  deliver(topic: string, payload: Uint8Array): void {
    if (this.state !== 'online' || this.clock.now() < this.mqttStallsUntil) return;
    this.body.lastTraffic = this.clock.now();
    if (topic === this.body.serialTopics.heard) this.gateway.toSerial(payload);
    else if (this.body.atTopics.includes(topic)) void this.obey(Buffer.from(payload).toString('latin1'));
  }

  /**
   * An SMS reaches the modem. Resolves to its answer, undefined for none. A modem that boots or sleeps gets it later.
   */
  async receiveSms(from: string, text: string): Promise<string | undefined> {
    await this.booted();
    this.event('sms', `from ${from}: ${text}`);
    return this.answered(from, await answerSms(this.smsHost(), from, text));
  }

  async missedCall(from: string): Promise<string | undefined> {
    await this.booted();
    return this.answered(from, await answerCall(this.smsHost(), from));
  }

  /** A GSM data call takes the serial port; MQTT and AT go on, unless the choices say that they stall too. */
  dataCall(ms: number): void {
    this.event('state', `data call for ${Math.round(ms / 1000)} s`);
    this.gateway.line.freeze(ms);
    if (this.body.choices.callStopsMqtt) this.mqttStallsUntil = this.clock.now() + ms;
  }

  /** Something inside the modem takes the serial port: writes wait. */
  keepPortBusy(ms: number): void {
    this.gateway.line.keepBusy(ms);
  }

  /** The connection to the broker breaks, mid-frame or not; the modem comes back by itself. */
  dropLink(): void {
    this.connection.close(false);
  }

  /** The mobile network comes or goes. */
  setNetwork(isThere: boolean): void {
    if (isThere === this.body.hasNetwork) return;
    this.body.hasNetwork = isThere;
    this.outage.abort();
    if (isThere) return;
    this.dropLink();
    this.watchOutage();
  }

  changeIp(ip = this.newIp()): void {
    this.body.ip = ip;
    this.reporter.report();
  }

  setInput(index: number, value: 0 | 1): void {
    if (this.body.inputs[index] === value) return;
    this.body.inputs[index] = value;
    this.reporter.reportInputs();
  }

  private async boot(life: AbortSignal): Promise<void> {
    const { body } = this;
    this.boots += 1;
    body.running = body.stored;
    this.enter('booting');
    await this.clock.sleep(between(this.random, body.choices.bootMsMin, body.choices.bootMsMax), life);
    if (life.aborted) return;
    this.gateway.restoreLine();
    this.enter('up');
    for (const resolve of this.waitingForBoot.splice(0)) resolve();
    if (!body.hasNetwork) this.watchOutage();
    void this.watchdogs.watchDay(life);
    if (isOn(body.stored, 'ULP_enabled'))
      void this.after(numberOf(body.stored, 'ULP_secondsOn', 120) * 1000, () => this.fallAsleep());
    await this.connection.keep(life);
  }

  /** A battery modem: on line for ULP_secondsOn, then off for ULP_minutesOff. */
  private fallAsleep(): void {
    this.goDown('asleep', true);
    this.life = new AbortController();
    void this.after(numberOf(this.body.stored, 'ULP_minutesOff', 1440) * 60_000, () => this.start());
  }

  private goDown(phase: 'off' | 'asleep' | 'ended', isClean: boolean): void {
    this.life.abort();
    this.outage.abort();
    this.connection.close(isClean);
    this.enter(phase);
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    if (phase !== 'up') this.event('state', phase);
  }

  private onConnection(state: ConnectionState): void {
    const { body, connection } = this;
    if (state === 'connecting') body.ip = this.newIp();
    this.event('state', state);
    if (state !== 'online') return;
    body.lastTraffic = this.clock.now();
    void this.reporter.reportPeriodically(connection.signal);
    void this.watchdogs.watchPing(connection.signal);
  }

  private async obey(command: string): Promise<void> {
    const life = this.life.signal;
    const result = await this.engine.run(command);
    this.event('at', `${result.command} -> ${[...result.lines, result.final].join(' | ')}`);
    const topic = this.body.topic('MQTT_atrtopic');
    if (life.aborted || topic === '') return;
    for (const text of styledReply(this.body.choices.replyStyle, result))
      this.publish(topic, Buffer.from(text, 'latin1'), this.body.qos);
  }

  private publish(topic: string, payload: Uint8Array, qos: 0 | 1): void {
    if (this.state !== 'online' || this.clock.now() < this.mqttStallsUntil) return;
    this.body.lastTraffic = this.clock.now();
    this.uplink.publish(topic, payload, qos);
  }

  private store(config: Config): void {
    const { body } = this;
    body.stored = config;
    if (body.choices.setparamActs === 'reboot') return;
    const before = JSON.stringify(body.session());
    body.running = config;
    this.gateway.restoreLine();
    if (JSON.stringify(body.session()) !== before) void this.after(AFTER_REPLY_MS, () => this.dropLink());
  }

  private smsHost(): SmsHost {
    const { body, engine, gateway } = this;
    return {
      config: body.stored,
      smsLimit: body.choices.smsLimit,
      run: (command) => engine.run(command),
      askSerial: (bytes, ms) => gateway.line.ask(bytes, ms),
      ip: () => body.ip,
    };
  }

  private answered(number: string, text: string | undefined): string | undefined {
    if (text !== undefined) this.sendSms(number, text);
    return text;
  }

  private sendSms(number: string, text: string): void {
    this.outbox.push({ number, text });
    this.event('sms', `to ${number}: ${text}`);
  }

  private watchOutage(): void {
    this.outage = new AbortController();
    void this.watchdogs.watchNetwork(this.outage.signal);
  }

  private booted(): Promise<void> {
    return this.phase === 'up' ? Promise.resolve() : new Promise((resolve) => void this.waitingForBoot.push(resolve));
  }

  /** Unless this life of the modem is over by then. */
  private async after(ms: number, act: () => void): Promise<void> {
    const life = this.life.signal;
    await this.clock.sleep(ms, life);
    if (!life.aborted) act();
  }

  private newIp(): string {
    return `10.${wholeBetween(this.random, 0, 255)}.${wholeBetween(this.random, 0, 255)}.${wholeBetween(this.random, 1, 254)}`;
  }

  private event(kind: ModemEvent['kind'], text: string, bytes?: Uint8Array): void {
    this.body.spec.onEvent({ imei: this.imei, kind, text, ...(bytes && { bytes }) });
  }
}

/** Between the OK of REBOOT or END and its effect. */
const AFTER_REPLY_MS = 1000;
