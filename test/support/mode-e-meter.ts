// A meter that opens HDLC by mode E (IEC 62056-21, annex E), written from the standard: request message and option
// select in seven bits at the opening speed, the same option select back at the new one, then HDLC in eight bits until
// DISC or its time-out. It can be deaf to one stage.
import { toLatin1 } from '../../src/core/wire/bytes';
import type { LineSettings } from '../../src/core/wire/dialogue';
import type { DlmsMeter } from '../../src/simulator/meters/dlms/meter';
import type { Meter, Reply } from '../../src/simulator/serial/meter';

export type ModeEStage = 'request' | 'option' | 'SNRM' | 'AARQ' | 'GET' | 'DISC';

export class ModeEMeter implements Meter {
  /** The stage at which it hears nothing. */
  deafTo: ModeEStage | undefined;
  /** Frames of HDLC until its power fails for a moment: it is back at its opening speed, and knows of no connection. */
  framesToPowerCut = Infinity;
  /** What it heard, stage by stage. */
  readonly stages: ModeEStage[] = [];
  private hdlcBaud: number | undefined;
  private heardAt = 0;
  private heard = '';
  private restsAt = Infinity;

  constructor(
    private readonly inner: DlmsMeter,
    private readonly opening: LineSettings,
    private readonly baudChar: string,
    private readonly now: () => number,
  ) {}

  get line(): LineSettings {
    this.passTime();
    return this.hdlcBaud === undefined
      ? this.opening
      : { baud: this.hdlcBaud, dataBits: 8, parity: 'none', stopBits: 1 };
  }

  hear(bytes: Uint8Array, now: number): readonly Reply[] {
    this.passTime();
    this.heardAt = now;
    return this.hdlcBaud === undefined ? this.hearText(toLatin1(bytes)) : this.hearHdlc(bytes, now);
  }

  private hearText(text: string): readonly Reply[] {
    this.heard = (this.heard + text).slice(-80);
    if (/\/\?.{0,32}!\r\n$/.test(this.heard)) {
      if (this.isDeaf('request')) return [];
      return [{ afterMs: 200, bytes: Buffer.from(`/GRX${this.baudChar}\\2MTX01\r\n`, 'latin1') }];
    }
    const option = /\x06([0-9])([0-9A-I])([0-9])\r\n$/.exec(this.heard);
    if (!option) return [];
    if (this.isDeaf('option')) return [];
    this.heard = '';
    if (option[1] !== '2' || option[3] !== '2') return [];
    this.hdlcBaud = SPEEDS[option[2] ?? ''] ?? this.opening.baud;
    // at most 1500 ms: the port's change of speed has to fit in
    return [{ afterMs: 1400, bytes: Buffer.from(option[0], 'latin1') }];
  }

  private hearHdlc(bytes: Uint8Array, now: number): readonly Reply[] {
    const stage = stageOf(bytes);
    if (--this.framesToPowerCut === 0) this.hdlcBaud = undefined;
    if (this.hdlcBaud === undefined || (stage && this.isDeaf(stage))) return [];
    const replies = this.inner.hear(bytes, now);
    if (stage === 'DISC') this.restsAt = now + 500;
    return replies;
  }

  private isDeaf(stage: ModeEStage): boolean {
    this.stages.push(stage);
    return this.deafTo === stage;
  }

  /** After DISC, or the inactivity time-out, it waits for a request message again. */
  private passTime(): void {
    const now = this.now();
    if (now < this.restsAt && (this.hdlcBaud === undefined || now - this.heardAt < INACTIVITY_MS)) return;
    this.hdlcBaud = undefined;
    this.restsAt = Infinity;
    this.heard = '';
  }
}

function stageOf(bytes: Uint8Array): ModeEStage | undefined {
  const hex = Buffer.from(bytes).toString('hex');
  if (hex.includes('e6e60060')) return 'AARQ';
  if (hex.includes('e6e600c0')) return 'GET';
  return bytes.includes(0x93) ? 'SNRM' : bytes[5] === 0x53 ? 'DISC' : undefined;
}

const SPEEDS: Readonly<Record<string, number>> = { '0': 300, '3': 2400, '5': 9600 };
const INACTIVITY_MS = 60_000;
