// What a meter of IEC 62056-21 answers, from its model alone: values, checks, and whether it was meant.
import { bccXor, sumOf } from '../../../core/wire/checksum';
import { concatBytes, fromLatin1 } from '../../../core/wire/bytes';
import { logText, profileText, utcOf, type Iec62056Model } from './data';
import { setsOf } from './heard-messages';

/** The data sets of what was asked for; one that the meter does not have makes an error of all. */
export function valuesOf(model: Iec62056Model, set: string): string {
  const parts = setsOf(set).map(({ code, argument }) => {
    const [from = '', to = ''] = argument.split(';');
    const interval = [utcOf(from) ?? -Infinity, utcOf(to) ?? Infinity] as const;
    if (code === model.profile?.code) return profileText(model.profile, ...bounded(interval), model.lineEnd);
    if (code === model.log?.code) return logText(model.log, ...interval, model.lineEnd);
    const line = model.readout.find((one) => one.slice(0, one.indexOf('(')) === code);
    return line === undefined ? undefined : model.repeatsAddress ? line : line.slice(line.indexOf('('));
  });
  return parts.includes(undefined) ? '(ER07)' : parts.join('');
}

/** A block with its check character; the check counts from the second byte (5.3.3). */
export function sealed(model: Iec62056Model, text: string): Uint8Array {
  const bytes = fromLatin1(text);
  return concatBytes(bytes, Uint8Array.of(bccOf(model, bytes.subarray(1))));
}

export function bccOf({ bcc }: Iec62056Model, body: Uint8Array): number {
  return bcc === 'xor' ? bccXor(body) : sumOf(body, 0, body.length, 0x7f);
}

/** A request without address is for any meter; leading zeros do not count. */
export function isMeant(model: Iec62056Model, address: string): boolean {
  const bare = (text: string): string => text.trim().replace(/^0+/, '');
  return address === '' || bare(address) === bare(model.address);
}

/** An open end means all there is. */
function bounded([from, to]: readonly [number, number]): readonly [number, number] {
  return [Math.max(from, Date.parse('2000-01-01')), Math.min(to, Date.parse('2099-01-01'))];
}
