// A fleet registry in virtual time, without a broker: messages are handed over as a broker would.
import { FleetRegistry, type FleetSettings } from '../../src/core/fleet/presence/fleet-registry';
import type { FleetEvent } from '../../src/core/fleet/presence/events';
import type { SerialSide } from '../../src/core/fleet/presence/serial-side';
import type { Message } from '../../src/core/transport/mqtt/mqtt-link';
import { VirtualClock } from '../../src/simulator';

export const IMEI = '353234028103206';
export const OTHER = '353234028103214';
export const PERIOD = 300_000;

export function fleetSettings(changes: Partial<FleetSettings> = {}): FleetSettings {
  return {
    imei: '',
    statusTopic: '[IMEI]/dns',
    presence: { staleMs: 3 * PERIOD, offlineMs: 6 * PERIOD, ulpMs: 72 * 3_600_000, ulpModels: [] },
    alarms: { weakDbm: -95, weakReports: 3, reconnects: 4, reconnectWindowMs: 3_600_000, driftS: 300 },
    mapping: {},
    maxModems: 1_000,
    ...changes,
  };
}

export class FleetWorld {
  readonly clock = new VirtualClock(Date.UTC(2026, 5, 1));
  readonly events: FleetEvent[] = [];
  readonly lines = new Map<string, SerialSide>();
  readonly fleet: FleetRegistry;

  constructor(changes: Partial<FleetSettings> = {}) {
    this.fleet = new FleetRegistry(fleetSettings(changes), {
      clock: this.clock,
      onEvent: (event) => this.events.push(event),
      lineOf: (imei) => this.lines.get(imei),
    });
    this.fleet.setListening(true);
  }

  status(payload: unknown, topic = `${IMEI}/dns`, isRetained = false): void {
    this.fleet.hearStatus(message(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), isRetained));
  }

  /** Time passes, looked at each second, or each minute where it is long. */
  async pass(ms: number): Promise<void> {
    const step = ms > 4 * 3_600_000 ? 60_000 : 1_000;
    for (let left = ms; left > 0; left -= step) {
      await this.clock.advance(Math.min(left, step));
      this.fleet.tick();
    }
  }

  /** What was told since the last call: names of events, alarms with their turn. */
  told(): string[] {
    return this.events
      .splice(0)
      .map((event) =>
        event.event === 'alarm' ? `${event.alarm} ${event.isRaised ? 'raised' : 'cleared'}` : event.event,
      );
  }
}

export function message(topic: string, payload: string | Uint8Array, isRetained = false): Message {
  return {
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    isRetained,
    isDuplicate: false,
  };
}
