// A lane in virtual time over a scripted wire: what is sent is recorded, what is heard comes when the script says.
import type { Clock } from '../../src/core/transport/lane/clock';
import { Lane } from '../../src/core/transport/lane/lane';
import type { LaneOptions } from '../../src/core/transport/lane/lane-options';
import type { Dialogue, LineSettings } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import { VirtualClock } from '../../src/simulator/ground/virtual-clock';

export const LINE: LineSettings = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };

export interface Sent {
  readonly at: number;
  readonly text: string;
}

export class LaneWorld {
  readonly clock = new VirtualClock();
  readonly sent: Sent[] = [];
  readonly lane: Lane;
  failure: ReadError | undefined;
  /** Called for each request; what it schedules is its own business. */
  answer: (text: string, lane: Lane, clock: Clock) => void = () => undefined;

  constructor(options: Partial<LaneOptions> = {}) {
    this.lane = new Lane({
      knownSince: this.clock.now(),
      clock: this.clock,
      random: () => 0.5,
      line: LINE,
      roundTrip: { guessMs: 1000, floorMs: 1000, ceilingMs: 30_000 },
      queueLimit: 10,
      linkState: () => this.failure ?? 'online',
      transmit: async (bytes) => {
        if (this.failure) throw this.failure;
        const text = Buffer.from(bytes).toString();
        this.sent.push({ at: this.clock.now(), text });
        this.answer(text, this.lane, this.clock);
      },
      ...options,
    });
  }

  hearAfter(ms: number, text: string): void {
    void this.clock.sleep(ms).then(() => this.lane.hear(Buffer.from(text)));
  }

  goOffline(code: 'BROKER_OFFLINE' | 'BROKER_REFUSED' = 'BROKER_OFFLINE'): void {
    this.failure = new ReadError(code, 'gone');
    this.lane.linkChanged();
  }

  goOnline(): void {
    this.failure = undefined;
    this.lane.linkChanged();
  }
}

/** Asks once and returns the first chunk as text; NO_REPLY after `ms` of device time. */
export function* ask(text: string, ms = 500): Dialogue<string> {
  yield { do: 'send', bytes: Buffer.from(text) };
  const heard = yield { do: 'receive', ms };
  if (!heard) throw new ReadError('NO_REPLY', 'silence');
  return Buffer.from(heard).toString();
}
