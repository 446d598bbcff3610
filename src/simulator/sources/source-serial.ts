// A real serial port behind the modem: with it a Linux box becomes a compatible modem. The device file is read and
// written as a stream; `stty` sets it raw, and its speed and format whenever the modem's port changes.
import { execFile } from 'node:child_process';
import { closeSync, constants, createReadStream, openSync, write } from 'node:fs';
import type { Readable } from 'node:stream';
import { ReadStream, isatty } from 'node:tty';
import { promisify } from 'node:util';
import type { LineSettings } from '../../core/wire/dialogue';
import type { SerialSide } from '../serial/bus';

/** Opens the device; throws when it is not there or not allowed. `onTrouble` hears later failures in one sentence. */
export function serialSide(path: string, onTrouble: (text: string) => void): SerialSide {
  return new DeviceSide(path, onTrouble);
}

/** The arguments of `stty` for a line, raw and without echo. */
export function sttyArguments(path: string, line: LineSettings): readonly string[] {
  const parity = line.parity === 'none' ? ['-parenb'] : ['parenb', line.parity === 'odd' ? 'parodd' : '-parodd'];
  // `raw` first: it sets cs8 -parenb itself.
  return [
    '-F',
    path,
    'raw',
    '-echo',
    '-crtscts',
    'clocal',
    String(line.baud),
    `cs${line.dataBits}`,
    line.stopBits === 2 ? 'cstopb' : '-cstopb',
    ...parity,
  ];
}

class DeviceSide implements SerialSide {
  readonly isTalking = false;
  private readonly fd: number;
  private readonly input: Readable;
  private hear: (bytes: Uint8Array) => void = () => undefined;
  private set: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly onTrouble: (text: string) => void,
  ) {
    // O_NOCTTY: a modem must not become the terminal of this program.
    this.fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    this.input = isatty(this.fd)
      ? new ReadStream(openSync(path, constants.O_RDWR | constants.O_NOCTTY))
      : createReadStream(path);
    this.input.on('data', (bytes: Buffer) => this.hear(bytes));
    this.input.on('error', (error) => onTrouble(`${path}: ${error.message}`));
  }

  onBytes(hear: (bytes: Uint8Array) => void): void {
    this.hear = hear;
  }

  setLine(line: LineSettings): void {
    if (!isatty(this.fd)) return;
    this.set = this.set
      .then(() => promisify(execFile)('stty', [...sttyArguments(this.path, line)]))
      .then(
        () => undefined,
        (error: Error) =>
          this.onTrouble(
            `${this.path}: stty could not set the line (${error.message.trim()}); the port stays as it is`,
          ),
      );
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.set;
    for (let at = 0; at < bytes.length;) {
      const written = await new Promise<number>((resolve) =>
        write(this.fd, bytes, at, bytes.length - at, null, (error, size) => {
          if (error) this.onTrouble(`${this.path}: ${error.message}`);
          resolve(error ? 0 : size);
        }),
      );
      if (written === 0) return;
      at += written;
    }
  }

  close(): void {
    this.input.destroy();
    closeSync(this.fd);
  }
}
