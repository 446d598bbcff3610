// Why bytes on a line made no telegram, as far as they show it themselves: a guess for a person, never a decision.
import { scanHdlc } from '../dlms/link/hdlc';
import { scanMbus } from '../dlms/link/mbus';
import { scanWrapper } from '../dlms/link/wrapper';
import { phrase, type Phrase } from '../wire/errors';
import type { Scan } from '../wire/inbox';

/** `expected`: the protocol, by its name in reports. */
export function causeOf(heard: Uint8Array, expected: string): Phrase {
  const fill = fillOf(heard);
  if (fill !== undefined) return phrase('listening.filled', { octet: fill });
  const framed = finds(heard, scanHdlc) || finds(heard, scanMbus) || (heard[0] === 0xdb && heard[1] === 8);
  if (framed) return expected === 'dlms' ? phrase('listening.otherTalk', {}) : phrase('listening.isDlms', {});
  if (isText(heard)) return textCause(heard, expected);
  if (isText(heard.map((octet) => octet & 0x7f))) return phrase('listening.parity', {});
  if (finds(heard, scanWrapper)) return phrase('listening.isWrapper', {});
  if (hasPair(heard, (a, b) => a === 0x7e && (b & 0xf0) === 0xa0)) return phrase('listening.damagedHdlc', {});
  if (hasPair(heard, (a, b, i) => a === 0x68 && b === heard[i + 2] && heard[i + 3] === 0x68))
    return phrase('listening.damagedMbus', {});
  return phrase('listening.unknown', {});
}

function textCause(heard: Uint8Array, expected: string): Phrase {
  if (expected !== 'iec62056-21') return phrase('listening.isText', {});
  const isEnded = heard.includes(0x2f) && heard.includes(0x21);
  return isEnded ? phrase('listening.badTelegram', {}) : phrase('listening.noTelegram', {});
}

/** The octet that fills it, where almost all are one. */
function fillOf(heard: Uint8Array): string | undefined {
  for (const octet of [0x00, 0xff]) {
    const count = heard.reduce((total, one) => total + (one === octet ? 1 : 0), 0);
    if (count >= ALMOST * heard.length) return octet.toString(16).padStart(2, '0').toUpperCase();
  }
  return undefined;
}

function isText(heard: Uint8Array): boolean {
  const count = heard.reduce((total, one) => total + (isPrintable(one) ? 1 : 0), 0);
  return count >= ALMOST * heard.length;
}

/** Whether a frame with a right check stands anywhere. */
function finds<F>(heard: Uint8Array, scan: Scan<F>): boolean {
  for (let at = 0; at < heard.length;) {
    const found = scan(heard.subarray(at));
    if (found === 'more') return false;
    if ('frame' in found) return true;
    at += Math.max(1, found.skip);
  }
  return false;
}

function hasPair(heard: Uint8Array, isOne: (a: number, b: number, at: number) => boolean): boolean {
  return heard.some((octet, at) => isOne(octet, heard[at + 1] ?? 0, at));
}

function isPrintable(octet: number): boolean {
  return (octet >= 0x20 && octet < 0x7f) || octet === 0x0d || octet === 0x0a || octet === 0x02 || octet === 0x03;
}

const ALMOST = 0.9;
