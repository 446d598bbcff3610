// The character format of a serial port, apart from its speed: a modem can change the speed, but not this.
import type { LineSettings } from '../../wire/dialogue';

export function isSameFormat(a: LineSettings, b: LineSettings): boolean {
  return a.dataBits === b.dataBits && a.parity === b.parity && a.stopBits === b.stopBits;
}

/** As people write it: 8N1. */
export function formatText(line: LineSettings): string {
  return `${line.dataBits}${line.parity.charAt(0).toUpperCase()}${line.stopBits}`;
}
