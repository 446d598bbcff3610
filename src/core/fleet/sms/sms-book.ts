// Which modem has which phone number, and which numbers it obeys (its SMS_validPhone list, where that is known). A
// number belongs to one modem: an answer carries nothing else to tell who sent it.
import type { Value } from '../../meter/reading';
import { failure } from '../../wire/errors';
import { normalNumber, numberReadings } from './sms-number';

export interface PhoneEntry {
  readonly imei: string;
  readonly phone: string;
  /** Numbers that may command it; undefined = not known. 'all' = SMS_allPhones is on. */
  readonly validPhones?: readonly string[] | 'all' | undefined;
}

export class PhoneBook {
  private readonly byImei = new Map<string, { phone: string; validPhones: readonly string[] | 'all' | undefined }>();
  private readonly byPhone = new Map<string, string>();

  constructor(
    private readonly countryCode: string,
    entries: readonly PhoneEntry[] = [],
  ) {
    for (const entry of entries) this.learn(entry);
  }

  /** Adds a modem, or changes its number. Its list of valid phones stays where the entry says nothing of it. */
  learn(entry: PhoneEntry): void {
    const phone = normalNumber(entry.phone, this.countryCode);
    const owner = this.byPhone.get(phone);
    if (owner !== undefined && owner !== entry.imei) {
      throw failure('fleet.sharedNumber', { phone, owner, imei: entry.imei }, 'configure');
    }
    const known = this.byImei.get(entry.imei);
    if (known && known.phone !== phone) this.byPhone.delete(known.phone);
    const valid = entry.validPhones ?? known?.validPhones;
    this.byImei.set(entry.imei, {
      phone,
      validPhones: Array.isArray(valid)
        ? valid.map((number: string) => normalNumber(number, this.countryCode))
        : (valid as 'all' | undefined),
    });
    this.byPhone.set(phone, entry.imei);
  }

  /** What a read configuration says of who may command this modem. */
  learnConfig(imei: string, values: Readonly<Record<string, Value>>): void {
    const known = this.byImei.get(imei);
    const validPhones = validPhonesOf(values);
    if (known && validPhones !== undefined) this.learn({ imei, phone: known.phone, validPhones });
  }

  phoneOf(imei: string): string | undefined {
    return this.byImei.get(imei)?.phone;
  }

  validPhonesOf(imei: string): readonly string[] | 'all' | undefined {
    return this.byImei.get(imei)?.validPhones;
  }

  /** The one modem that a sender's number can mean; none for a stranger, and none where it may mean two. */
  imeiOf(from: string): string | undefined {
    const owners = numberReadings(from, this.countryCode)
      .map((number) => this.byPhone.get(number))
      .filter((imei) => imei !== undefined);
    return new Set(owners).size === 1 ? owners[0] : undefined;
  }

  normal(number: string): string {
    return normalNumber(number, this.countryCode);
  }

  get size(): number {
    return this.byImei.size;
  }
}

/**
 * The numbers that a configuration (names in any case) lets command the modem; undefined when it says nothing of it.
 */
export function validPhonesOf(values: Readonly<Record<string, Value>>): readonly string[] | 'all' | undefined {
  const entries = Object.entries(values).map(
    ([name, value]) => [name.toLowerCase(), String(value ?? '').trim()] as const,
  );
  if (entries.some(([name, value]) => name === 'sms_allphones' && value.toLowerCase() === 'on')) return 'all';
  const isTold = entries.some(([name]) => /^sms_(allphones|validphone\d*)$/.test(name));
  return isTold
    ? entries.filter(([name, value]) => /^sms_validphone\d*$/.test(name) && value !== '').map(([, value]) => value)
    : undefined;
}

/** Lines `IMEI, number[, valid number ...]`; a head line, empty lines and lines after # are passed over. */
export function parsePhoneLines(text: string): readonly PhoneEntry[] {
  const entries: PhoneEntry[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [told = ''] = line.split('#', 1);
    const [imei = '', phone = '', ...valid] = told.split(/[,;\t]/).map((part) => part.trim());
    if (imei === '' || (index === 0 && /imei/i.test(imei))) continue;
    if (!/^\d{15}$/.test(imei) || phone === '')
      throw failure('fleet.phoneLine', { line: index + 1, shown: line.trim().slice(0, 40) }, 'configure');
    const validPhones = valid.filter((number) => number !== '');
    entries.push({ imei, phone, ...(validPhones.length > 0 && { validPhones }) });
  }
  return entries;
}
