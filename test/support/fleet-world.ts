// A fleet registry in virtual time, without a broker: messages are handed over as a broker would.
import { FleetRegistry, type FleetSettings } from '../../src/core/fleet/fleet-registry';
import type { FleetEvent } from '../../src/core/fleet/events';
import type { LineFacts } from '../../src/core/fleet/line-facts';
import type { Link, LinkState, Message, OnMessage, OnState } from '../../src/core/transport/link';
import { coversLevels } from '../../src/core/transport/topics';
import { VirtualClock, type MemoryBroker } from '../../src/simulator';

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
  readonly lines = new Map<string, LineFacts>();
  readonly fleet: FleetRegistry;

  constructor(changes: Partial<FleetSettings> = {}) {
    this.fleet = new FleetRegistry(fleetSettings(changes), { clock: this.clock, onEvent: (event) => this.events.push(event), lineOf: (imei) => this.lines.get(imei) });
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
    return this.events.splice(0).map((event) => (event.event === 'alarm' ? `${event.alarm} ${event.isRaised ? 'raised' : 'cleared'}` : event.event));
  }
}

export function message(topic: string, payload: string | Uint8Array, isRetained = false): Message {
  return { topic, payload: typeof payload === 'string' ? Buffer.from(payload) : payload, isRetained, isDuplicate: false };
}

/** The platform's side of a world's broker. */
export class MemoryLink implements Link {
  state: LinkState = 'online';
  readonly failure = undefined;
  readonly filters: string[] = [];
  private readonly listeners = new Set<OnState>();

  constructor(private readonly broker: MemoryBroker) {}

  publish(topic: string, payload: Uint8Array): Promise<void> {
    this.broker.publish(topic, payload);
    return Promise.resolve();
  }

  subscribe(topic: string, on: OnMessage): Promise<() => void> {
    return this.observe(topic, on);
  }

  observe(filter: string, on: OnMessage): Promise<() => void> {
    this.filters.push(filter);
    const levels = filter.split('/');
    return Promise.resolve(
      this.broker.listen((topic, payload) => {
        if (this.state === 'online' && coversLevels(levels, topic.split('/'))) on({ topic, payload, isRetained: false, isDuplicate: false });
      }),
    );
  }

  onState(on: OnState): () => void {
    this.listeners.add(on);
    on(this.state, undefined);
    return () => void this.listeners.delete(on);
  }

  become(state: LinkState): void {
    this.state = state;
    for (const on of this.listeners) on(state, undefined);
  }
}
