// Faults as words of a command line: `drop=0.1`, `late=5000,0.05`, `split=3,1,7`, `tx:duplicate=0.2`,
// `rx:delay=0,60000`. Without a prefix a fault acts behind the port; `tx:` on what modems publish, `rx:` on what is
// delivered to them.
import * as meterFaults from './behaviours';
import type { MeterFault } from './behaviours';
import * as messageFaults from './message-faults';
import type { MessageFault } from './message-faults';

export interface Faults {
  readonly meter: readonly MeterFault[];
  readonly fromModem: readonly MessageFault[];
  readonly toModem: readonly MessageFault[];
}

/** Throws RangeError with one sentence that names what is possible. */
export function parseFaults(texts: readonly string[]): Faults {
  const faults = { meter: [] as MeterFault[], fromModem: [] as MessageFault[], toModem: [] as MessageFault[] };
  for (const text of texts) {
    const parts = /^(?:(tx|rx):)?([a-zA-Z]+)(?:=(.*))?$/.exec(text);
    const numbers = (parts?.[3] ?? '')
      .split(',')
      .filter((each) => each !== '')
      .map(Number);
    if (!parts || numbers.some((each) => !Number.isFinite(each) || each < 0))
      throw new RangeError(`"${text}" is no fault: write name=number,number`);
    const [, way, name = ''] = parts;
    if (way === undefined) faults.meter.push(found(METER, name)(numbers));
    else (way === 'tx' ? faults.fromModem : faults.toModem).push(found(MESSAGE, name)(numbers));
  }
  return faults;
}

function found<F>(table: Readonly<Record<string, F>>, name: string): F {
  const fault = Object.hasOwn(table, name) ? table[name] : undefined;
  if (fault === undefined)
    throw new RangeError(`fault "${name}" is not known here; known are ${Object.keys(table).join(', ')}`);
  return fault;
}

const METER: Readonly<Record<string, (n: readonly number[]) => MeterFault>> = {
  drop: ([amount = 0.1]) => meterFaults.drop(amount),
  delay: ([ms = 1000]) => meterFaults.delay(ms),
  late: ([ms = 5000, chance = 0.1]) => meterFaults.late(ms, chance),
  split: (sizes) => meterFaults.split(sizes.length > 0 ? sizes : [3, 1, 7], 150),
  merge: () => meterFaults.merge(),
  flip: ([chance = 0.1, bit]) => meterFaults.flip(chance, bit),
  echo: () => meterFaults.echo(),
  noise: ([chance = 0.1]) => meterFaults.noise(chance),
  duplicate: ([chance = 0.1, gapMs = 50]) => meterFaults.duplicate(chance, gapMs),
  foreignUnit: ([chance = 0.1]) => meterFaults.foreignUnit(chance),
  offline: ([from = 0, to = 60_000]) => meterFaults.offline(from, to),
  busyAt: ([from = 0, to = 60_000]) => meterFaults.busyAt(from, to),
};

const MESSAGE: Readonly<Record<string, (n: readonly number[]) => MessageFault>> = {
  drop: ([amount = 0.1]) => messageFaults.dropMessages(amount),
  delay: ([min = 0, max = min]) => messageFaults.delayMessages(min, max),
  duplicate: ([chance = 0.1, gapMs = 100]) => messageFaults.duplicateMessages(chance, gapMs),
  split: (sizes) => messageFaults.splitMessages(sizes.length > 0 ? sizes : [3, 1, 7]),
  merge: ([ms = 300]) => messageFaults.mergeMessages(ms),
  flip: ([chance = 0.1]) => messageFaults.flipMessages(chance),
};
