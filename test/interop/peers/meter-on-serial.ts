// The simulated meter as a foreign program meets it: on a serial device. What comes in is heard by the meter's bus,
// what the meter answers goes out.
import type { LineSettings } from '../../../src/core/wire/dialogue';
import { systemClock } from '../../../src/core/transport/lane/clock';
import { Bus, ModbusMeter, ruleDevice, seededRandom, serialSide } from '../../../src/simulator/index';

/** Returns the way to end it. Unit ids 1 and 7 of the rule device. */
export function meterOnSerial(path: string, line: LineSettings): () => void {
  const random = seededRandom(1);
  const meter = new ModbusMeter({
    line,
    framing: 'rtu',
    devices: [ruleDevice(1), ruleDevice(7, { holes: [50] })],
    random,
    answerMsMin: 5,
    answerMsMax: 20,
  });
  const bus = new Bus({ clock: systemClock, random, line, kind: 'rs232', meters: [meter] });
  const port = serialSide(path, (text) => console.error(text));
  port.setLine(line);
  port.onBytes((bytes) => void bus.write(bytes));
  bus.onBytes((bytes) => void port.write(bytes));
  return () => {
    bus.close();
    port.close();
  };
}
