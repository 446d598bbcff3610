// The watchdogs that bring a modem back: ping (MTX_ping, minutes), network errors (MTX_numGSMErrors) and the daily
// reset. What each does when it strikes was never printed: a failed ping reconnects, several reboot, network errors
// reboot.
import type { Clock } from '../../core/transport/lane/clock';
import type { ModemBody } from './body';
import { isOn, numberOf } from './config';

export interface WatchedModem {
  dropLink(): void;
  reboot(why: string): void;
}

export class Watchdogs {
  private pingFailures = 0;

  constructor(
    private readonly body: ModemBody,
    private readonly modem: WatchedModem,
    private readonly clock: Clock,
  ) {}

  /** While a session is up. Failures count over sessions: only an answered ping forgets them. */
  async watchPing(link: AbortSignal): Promise<void> {
    const { body, modem, clock } = this;
    const periodMs = numberOf(body.stored, 'MTX_ping', 0) * 60_000;
    while (periodMs > 0 && !link.aborted) {
      const due = body.lastTraffic + periodMs;
      if (clock.now() < due) {
        await clock.sleep(Math.max(1, due - clock.now()), link);
        continue;
      }
      body.lastTraffic = clock.now();
      this.pingFailures = body.isPingAnswered ? 0 : this.pingFailures + 1;
      if (this.pingFailures === 0) continue;
      if (this.pingFailures < body.choices.pingFailures) return modem.dropLink();
      this.pingFailures = 0;
      return modem.reboot('ping watchdog');
    }
  }

  /** While the network is away. */
  async watchNetwork(outage: AbortSignal): Promise<void> {
    const { body, modem, clock } = this;
    const limit = numberOf(body.stored, 'MTX_numGSMErrors', 180);
    for (let errors = 1; !outage.aborted; errors++) {
      if (errors > limit) return modem.reboot('network watchdog');
      await clock.sleep(body.choices.networkCheckMs, outage);
    }
  }

  /** The daily reset is off as shipped, and can be switched on from the platform or by SMS. */
  async watchDay(life: AbortSignal): Promise<void> {
    while (!life.aborted) {
      await this.clock.sleep(DAY_MS, life);
      if (!life.aborted && isOn(this.body.stored, 'MTX_autoreset')) return this.modem.reboot('daily reset');
    }
  }
}

const DAY_MS = 86_400_000;
