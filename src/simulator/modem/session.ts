// A modem's MQTT session over time: one try after the other, waits that double while tries fail, and one signal that
// ends with each session.
import type { Clock } from '../../core/transport/lane/clock';

/** The MQTT session that a modem wants at this moment. */
export interface Session {
  readonly server: string;
  readonly clientId: string;
  readonly login: string;
  readonly password: string;
  readonly keepaliveS: number;
  readonly isClean: boolean;
  readonly qos: 0 | 1;
  /** Topics to subscribe to before the session counts as up. */
  readonly topics: readonly string[];
  readonly will: { readonly topic: string; readonly payload: string } | undefined;
}

/** What carries the session: MQTT, or a world without one. It tries once per `open`; the modem waits in between. */
export interface Uplink {
  /** Connects and subscribes; then calls the modem's linkUp(), or its linkDown() when that fails or is lost later. */
  open(session: Session): void;
  /** `isClean`: with DISCONNECT; else the network is simply gone. Nothing of the old session may call back after it. */
  close(isClean: boolean): void;
  publish(topic: string, payload: Uint8Array, qos: 0 | 1): void;
}

export type ConnectionState = 'connecting' | 'online' | 'offline';

export interface ConnectionHost {
  canConnect(): boolean;
  session(): Session;
  onState(state: ConnectionState): void;
}

export class Connection {
  state: ConnectionState = 'offline';
  private over: (() => void) | undefined;
  private wasUp = false;
  private link = new AbortController();

  constructor(
    private readonly uplink: Uplink,
    private readonly clock: Clock,
    private readonly host: ConnectionHost,
    private readonly waits: { readonly backoffMsMin: number; readonly backoffMsMax: number },
  ) {}

  /** Ends with the session that is up now. */
  get signal(): AbortSignal {
    return this.link.signal;
  }

  async keep(life: AbortSignal): Promise<void> {
    for (let waitMs = this.waits.backoffMsMin; !life.aborted; waitMs = Math.min(this.waits.backoffMsMax, waitMs * 2)) {
      if (this.host.canConnect()) {
        await this.once();
        if (this.wasUp) waitMs = this.waits.backoffMsMin;
      }
      await this.clock.sleep(waitMs, life);
    }
  }

  up(): void {
    if (this.state !== 'connecting') return;
    this.wasUp = true;
    this.link = new AbortController();
    this.become('online');
  }

  down(): void {
    if (this.state === 'offline') return;
    this.link.abort();
    this.become('offline');
    this.over?.();
  }

  close(isClean: boolean): void {
    if (this.state === 'offline') return;
    this.uplink.close(isClean);
    this.down();
  }

  private async once(): Promise<void> {
    this.wasUp = false;
    const end = new Promise<void>((resolve) => (this.over = resolve));
    this.become('connecting');
    this.uplink.open(this.host.session());
    await end;
  }

  private become(state: ConnectionState): void {
    this.state = state;
    this.host.onState(state);
  }
}
