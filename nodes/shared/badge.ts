// The status badge: what is going on, in fewer than 20 characters. Texts without numbers are catalog keys, which the
// editor shows in its own language; texts with numbers are made here in the runtime's. Not more often than four times a
// second, however many jobs a fleet node runs.
import type { Node, NodeAPI } from 'node-red';
import { systemClock, type LinkState, type JobProgress, type ReadError } from '../../src/core/index';

interface Shown {
  readonly fill: 'red' | 'green' | 'yellow' | 'blue' | 'grey';
  readonly shape: 'ring' | 'dot';
  /** Made when it is shown: most texts of a busy node are replaced before that. */
  readonly text: string | (() => string);
}

export class Badge {
  private readonly stop = new AbortController();
  private next: Shown | undefined;
  private isThrottled = false;
  private isOnline = true;
  private running = 0;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly type: string,
  ) {}

  link(state: LinkState, failure: ReadError | undefined): void {
    const wasOnline = this.isOnline;
    this.isOnline = state === 'online';
    if (this.isOnline) {
      if (!wasOnline && this.running === 0) this.show({ fill: 'green', shape: 'ring', text: this.key('ready') });
    } else if (failure) this.show({ fill: 'red', shape: 'ring', text: this.key(failure.code) });
    else if (state !== 'closed') this.show({ fill: 'yellow', shape: 'ring', text: this.key('connecting') });
  }

  begin(): void {
    this.running += 1;
  }

  /** `duration`: how long the read will take, where that is known. */
  progress(progress: JobProgress, duration?: string): void {
    if (progress.at === 'waiting-for-broker')
      return this.show({ fill: 'yellow', shape: 'ring', text: this.key('waitingForBroker') });
    const isQueued = progress.at === 'queued';
    const text = isQueued ? this.say('queued', progress.ahead) : this.underWay(progress.attempt, duration);
    this.show({ fill: 'blue', shape: isQueued ? 'ring' : 'dot', text });
  }

  /** How much of the one read that runs was heard. */
  heard(amount: string): void {
    if (this.running === 1) this.show({ fill: 'blue', shape: 'dot', text: this.say('reading', amount) });
  }

  /** How much of the one read that runs is done, and what it will still take. */
  left(percent: number, time: string): void {
    if (this.running === 1)
      this.show({
        fill: 'blue',
        shape: 'dot',
        text: () => this.RED._(this.key('left'), { percent: String(percent), time }),
      });
  }

  /** What MQTT did not deliver is on its way by text message. */
  bySms(): void {
    this.show({ fill: 'yellow', shape: 'dot', text: this.key('bySms') });
  }

  /** How far a longer work is: `12/40`. */
  working(text: string): void {
    this.show({ fill: 'blue', shape: 'dot', text });
  }

  ended(text: string): void {
    this.running -= 1;
    this.stands(text);
  }

  /** How it stands, where no message ends with it. */
  stands(text: string): void {
    if (this.isOnline) this.show({ fill: 'green', shape: 'dot', text });
  }

  failed(error: ReadError): void {
    this.running -= 1;
    this.show({ fill: error.code === 'CANCELLED' ? 'grey' : 'red', shape: 'ring', text: this.key(error.code) });
  }

  clear(): void {
    this.stop.abort();
    this.node.status({});
  }

  private underWay(attempt: number, duration: string | undefined): Shown['text'] {
    if (this.running > 1) return this.say('reading', this.running);
    if (attempt > 1) return this.say('attempt', attempt);
    return duration === undefined ? this.key('reading1') : this.say('predicted', duration);
  }

  private key(name: string): string {
    return `${this.type}.status.${name}`;
  }

  private say(name: string, count: number | string): () => string {
    return () => this.RED._(this.key(name), { count: String(count) });
  }

  private show(shown: Shown): void {
    if (this.stop.signal.aborted) return;
    if (this.isThrottled) return void (this.next = shown);
    const { text } = shown;
    this.node.status({ ...shown, text: typeof text === 'string' ? text : text() });
    this.isThrottled = true;
    void systemClock.sleep(PAUSE_MS, this.stop.signal).then(() => {
      this.isThrottled = false;
      const waiting = this.next;
      this.next = undefined;
      if (waiting) this.show(waiting);
    });
  }
}

const PAUSE_MS = 250;
