// Which meter answers: its system title (told by the AARE) or its logical device name (one attribute, asked along with
// the first list). What was learned of a meter is used only while it is that meter.
import { toHex } from '../../wire/bytes';
import { forget, type MeterKnowledge } from './meter-memory';
import type { AttributeResult } from './services';
import type { Attribute } from '../apdu/get';

/** Settles once per association which meter answers. */
export class MeterIdentity {
  private isSettled = false;
  /** The logical device name as the meter wrote it, once it is known. */
  deviceName: Uint8Array | undefined;

  /** Profiles, by code, whose description the meter has given or confirmed in this association. */
  readonly confirmed = new Set<string>();

  /** Nothing was known when the association began: what is now was learned in it, of the meter that answers. */
  private readonly beganEmpty: boolean;

  constructor(private readonly notes: MeterKnowledge) {
    this.beganEmpty = isEmpty(notes);
  }

  /** What to ask along with the next request: nothing once the meter is known. */
  get asked(): readonly Attribute[] {
    return this.isSettled ? [] : [DEVICE_NAME];
  }

  settleByTitle(title: Uint8Array): void {
    this.settle(`title ${toHex(title)}`);
  }

  /** False when notes of another meter had to be thrown away: what was asked by them has to be asked again. */
  settleByName(result: AttributeResult | undefined): boolean {
    if (this.isSettled) return true;
    const name = result && 'data' in result && result.data.value instanceof Uint8Array ? result.data.value : undefined;
    this.deviceName = name;
    return this.settle(name && name.length > 0 ? `name ${toHex(name)}` : undefined);
  }

  /** A meter without any name cannot be recognised, so nothing is kept of it from one session to the next. */
  private settle(identity: string | undefined): boolean {
    this.isSettled = true;
    if (identity !== undefined && identity === this.notes.identity) return true;
    const { notes } = this;
    const isOfThisMeter = this.beganEmpty || isEmpty(notes);
    if (!isOfThisMeter) forget(notes);
    notes.identity = identity;
    return isOfThisMeter;
  }
}

function isEmpty(notes: MeterKnowledge): boolean {
  return (
    notes.scalers.size + notes.classes.size + notes.profiles.size === 0 &&
    !notes.objects &&
    notes.deviation === undefined
  );
}

/** COSEM logical device name (Blue Book 4.1.8.2): every logical device has one. */
export const DEVICE_NAME: Attribute = { classId: 1, instance: Uint8Array.of(0, 0, 42, 0, 0, 255), attribute: 2 };

/**
 * Manufacturer (the first three letters of the device name) and firmware identifier; undefined where either is missing.
 */
export function meterType(
  name: AttributeResult | undefined,
  firmware: AttributeResult | undefined,
): string | undefined {
  const [maker, version] = [octetsOf(name), octetsOf(firmware)];
  if (!maker || maker.length < 3 || !version || version.length < MIN_FIRMWARE) return undefined;
  return `${toHex(maker.subarray(0, 3))}/${toHex(version)}`;
}

const octetsOf = (result: AttributeResult | undefined): Uint8Array | undefined =>
  result && 'data' in result && result.data.value instanceof Uint8Array ? result.data.value : undefined;
/** A version as short as "1.0" does not tell meter types apart. */
const MIN_FIRMWARE = 5;
