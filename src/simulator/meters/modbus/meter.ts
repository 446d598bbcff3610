// A Modbus serial server with one or more unit ids (Serial Line V1.02, 2.4 and 2.5; Application Protocol V1.1b3, ch.
// 6). RTU frames are found as the standard says and the platform cannot: by silence. What arrives in one go is one
// frame or none, and a frame with a wrong CRC is silence. ASCII frames run from ':' to CR LF.
import type { Random } from '../../../core/transport/lane/clock';
import { concatBytes, fromHex, fromLatin1, toHex, toLatin1 } from '../../../core/wire/bytes';
import { crc16Modbus, lrc } from '../../../core/wire/checksum';
import type { LineSettings } from '../../../core/wire/dialogue';
import type { Meter, Reply } from '../../serial/meter';
import type { ModbusDevice } from './device';
import { serve } from './server';
import { between } from '../../ground/random';
import { characterMs } from '../../serial/uart';

export interface ModbusMeterOptions {
  readonly devices: readonly ModbusDevice[];
  readonly line: LineSettings;
  readonly framing: 'rtu' | 'ascii';
  readonly random: Random;
  /** Time from a request to its answer. */
  readonly answerMsMin: number;
  readonly answerMsMax: number;
  /** Silence that ends an RTU frame, in characters; 3.5 by the standard. */
  readonly silenceCharacters?: number;
}

export class ModbusMeter implements Meter {
  private pending: Uint8Array = new Uint8Array(0);
  private heardAt = 0;

  constructor(private readonly options: ModbusMeterOptions) {}

  get line(): LineSettings {
    return this.options.line;
  }

  hear(bytes: Uint8Array, now: number): readonly Reply[] {
    return this.options.framing === 'rtu' ? this.hearRtu(bytes, now) : this.hearAscii(bytes);
  }

  private hearRtu(bytes: Uint8Array, now: number): readonly Reply[] {
    const characters = characterMs(this.line);
    const silence = now - bytes.length * characters - this.heardAt;
    const isContinued = silence <= (this.options.silenceCharacters ?? 3.5) * characters;
    this.heardAt = now;
    const frame = isContinued ? concatBytes(this.pending, bytes) : bytes;
    if (frame.length < 4 || crc16Modbus(frame) !== 0) {
      this.pending = frame.slice(-MAX_RTU_BYTES);
      return [];
    }
    this.pending = new Uint8Array(0);
    return this.answers(frame[0] ?? 0, frame.subarray(1, -2), (unit, pdu) => {
      const body = concatBytes(Uint8Array.of(unit), pdu);
      const crc = crc16Modbus(body);
      return concatBytes(body, Uint8Array.of(crc & 0xff, crc >> 8));
    });
  }

  private hearAscii(bytes: Uint8Array): readonly Reply[] {
    const text = toLatin1(concatBytes(this.pending, bytes));
    const frame = /:([0-9A-Fa-f]*)\r\n/.exec(text);
    if (!frame) {
      this.pending = fromLatin1(text.slice(Math.max(0, text.lastIndexOf(':'))).slice(-MAX_ASCII_CHARACTERS));
      return [];
    }
    this.pending = fromLatin1(text.slice(frame.index + frame[0].length));
    const hex = frame[1] ?? '';
    const adu = hex.length % 2 === 0 ? fromHex(hex) : new Uint8Array(0);
    if (adu.length < 3 || lrc(adu) !== 0) return [];
    return this.answers(adu[0] ?? 0, adu.subarray(1, -1), (unit, pdu) => {
      const body = concatBytes(Uint8Array.of(unit), pdu);
      return fromLatin1(`:${toHex(concatBytes(body, Uint8Array.of(lrc(body)))).toUpperCase()}\r\n`);
    });
  }

  /** Unit 0 is for all and answered by none (2.4.1 of the serial line guide). */
  private answers(
    unit: number,
    pdu: Uint8Array,
    framed: (unit: number, pdu: Uint8Array) => Uint8Array,
  ): readonly Reply[] {
    const { devices, random, answerMsMin, answerMsMax } = this.options;
    const asked = unit === 0 ? devices : devices.filter((device) => device.unit === unit);
    return asked.flatMap((device) => {
      const answer = serve(pdu, device);
      return unit === 0 ? [] : [{ afterMs: between(random, answerMsMin, answerMsMax), bytes: framed(unit, answer) }];
    });
  }
}

const MAX_RTU_BYTES = 256;
const MAX_ASCII_CHARACTERS = 513;
