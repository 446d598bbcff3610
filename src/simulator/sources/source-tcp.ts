// A foreign meter, or a meter simulator, behind the modem: bytes over TCP, as serial device servers carry them. It
// keeps its own pace. A lost connection is tried again at the next write.
import { connect, type Socket } from 'node:net';
import type { SerialSide } from '../serial/bus';

/** `onTrouble` hears in one sentence why there is no connection. */
export function tcpSide(host: string, port: number, onTrouble: (text: string) => void): SerialSide {
  return new TcpSide(host, port, onTrouble);
}

class TcpSide implements SerialSide {
  readonly isTalking = false;
  private socket: Socket | undefined;
  private hear: (bytes: Uint8Array) => void = () => undefined;

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly onTrouble: (text: string) => void,
  ) {}

  onBytes(hear: (bytes: Uint8Array) => void): void {
    this.hear = hear;
  }

  /** The far side has its own line settings. */
  setLine(): void {}

  write(bytes: Uint8Array): Promise<void> {
    const socket = (this.socket ??= this.open());
    return new Promise((resolve) => void socket.write(bytes, () => resolve()));
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private open(): Socket {
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    socket.on('data', (bytes) => this.hear(bytes));
    socket.on('error', (error) => this.onTrouble(`tcp://${this.host}:${this.port}: ${error.message}`));
    socket.on('close', () => {
      if (this.socket === socket) this.socket = undefined;
    });
    return socket;
  }
}
