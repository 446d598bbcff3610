// A simulated Spanish meter (IEC 60870-5-102, REE profile), written from the secondary station's side of the standard:
// it answers when asked, repeats its last answer when the frame count bit did not change, and says 09 while it has
// nothing ready. It shares the frame and object codecs with the reader, and nothing of its order of events.
import type { LineSettings } from '../../../core/wire/dialogue';
import { concatBytes, isSameBytes } from '../../../core/wire/bytes';
import { Inbox } from '../../../core/wire/inbox';
import { CAUSE, decodeAsdu, encodeAsdu, TYPE, type Asdu } from '../../../core/iec870/asdu';
import {
  encodeFixed,
  encodeVariable,
  FCB,
  functionOf,
  hasFrameCount,
  isFromPrimary,
  scanFt12,
  SECONDARY,
  type Ft12Frame,
} from '../../../core/meter/ft12';
import { encodePassword } from '../../../core/iec870/objects';
import { answersOf, type MeterMemory } from './memory';
import type { Meter, Reply } from '../../serial/meter';

/** What may go wrong in and around such a meter; faults of the line itself are behaviours. */
export interface Iec870Quirks {
  /** Requests answered with this cause and the P/N bit instead of data, by type. */
  readonly refuse?: Readonly<Record<number, number>>;
  /** Types that are acknowledged by the link and then never answered. */
  readonly ignore?: readonly number[];
  /** So many requests (after the login) are answered with NACK first. */
  readonly nacks?: number;
  /** So many polls are answered "no data" before the first answer to a request is ready. */
  readonly preparing?: number;
  /** What was not fetched yet stays, through a link reset and a new request, and comes first. */
  readonly keepsAnswers?: boolean;
  /** The answers to be lost, doubled, or preceded by noise, by their number from 1. */
  readonly lose?: (answer: number) => boolean;
  readonly double?: (answer: number) => boolean;
  readonly noise?: Uint8Array;
}

export interface Iec870MeterOptions {
  readonly link: number;
  readonly point: number;
  readonly password: number;
  readonly line?: LineSettings;
  readonly memory: MeterMemory;
  readonly quirks?: Iec870Quirks;
  /** Reaction time, ms. */
  readonly reactionMs?: number;
}

export interface Iec870Meter extends Meter {
  /** Sessions opened with the right password, and ended by an end-of-session message. */
  readonly counts: { logins: number; refusals: number; ends: number; isOpen: boolean };
}

export function iec870Meter(o: Iec870MeterOptions): Iec870Meter {
  const heard = new Inbox();
  const counts = { logins: 0, refusals: 0, ends: 0, isOpen: false };
  let lastCount: number | undefined;
  let lastAnswer: Uint8Array | undefined;
  let queue: Uint8Array[] = [];
  let waits = 0;
  let nacks = o.quirks?.nacks ?? 0;
  let answers = 0;
  let lastHeard = 0;
  let offsetMs = 0;

  const fixed = (code: number): Uint8Array => encodeFixed(code, o.link);
  const data = (asdu: Asdu): Uint8Array => encodeVariable(SECONDARY.userData, o.link, encodeAsdu(asdu));

  /** SEND/CONFIRM: the link acknowledges, the application answers at the next polls. */
  function takeRequest(bytes: Uint8Array, now: number): Uint8Array {
    const request = decodeAsdu(bytes);
    if (request.type !== TYPE.C_AC_NA_2 && !counts.isOpen) return fixed(SECONDARY.nack);
    if (request.type !== TYPE.C_AC_NA_2 && request.type !== TYPE.C_FS_NA_2 && nacks > 0) {
      nacks -= 1;
      return fixed(SECONDARY.nack);
    }
    waits = o.quirks?.preparing ?? 0;
    const kept = o.quirks?.keepsAnswers ? queue : [];
    queue = [];
    const mirror = (cause: number, isNegative: boolean): Uint8Array => data({ ...request, cause, isNegative });
    const refusal = o.quirks?.refuse?.[request.type];
    if (o.quirks?.ignore?.includes(request.type)) return fixed(SECONDARY.ack);
    if (request.point !== o.point) queue = [mirror(CAUSE.addressUnknown, true)];
    else if (refusal !== undefined) queue = [mirror(refusal, true)];
    else if (request.type === TYPE.C_AC_NA_2) {
      counts.isOpen = isSameBytes(request.objects, encodePassword(o.password));
      if (counts.isOpen) counts.logins += 1;
      else counts.refusals += 1;
      queue = [mirror(CAUSE.confirmation, !counts.isOpen)];
    } else if (request.type === TYPE.C_FS_NA_2) {
      counts.ends += 1;
      counts.isOpen = false;
    } else {
      const answer = answersOf(o.memory, request, now + offsetMs);
      offsetMs += answer.clockStepMs ?? 0;
      queue = answer.asdus.map(data);
    }
    queue = [...kept, ...queue];
    return fixed(SECONDARY.ack);
  }

  function poll(): Uint8Array {
    if (waits > 0) {
      waits -= 1;
      return fixed(SECONDARY.noData);
    }
    return queue.shift() ?? fixed(SECONDARY.noData);
  }

  function answerCounted(frame: Ft12Frame, now: number): Uint8Array {
    if (frame.kind === 'variable' && functionOf(frame.control) === 3) return takeRequest(frame.asdu, now);
    return functionOf(frame.control) === 11 ? poll() : fixed(SECONDARY.nack);
  }

  function answer(frame: Ft12Frame, now: number): Uint8Array | undefined {
    if (!isFromPrimary(frame.control) || frame.link !== o.link) return undefined;
    // A session dies of silence; who comes back later has to log in again.
    if (now - lastHeard > SESSION_IDLE_MS) counts.isOpen = false;
    lastHeard = now;
    if (hasFrameCount(frame.control)) {
      const count = frame.control & FCB;
      if (count === lastCount && lastAnswer) return lastAnswer;
      lastCount = count;
      lastAnswer = answerCounted(frame, now);
      return lastAnswer;
    }
    if (functionOf(frame.control) === 9) return fixed(SECONDARY.linkStatus);
    if (functionOf(frame.control) !== 0) return undefined;
    lastCount = 0;
    lastAnswer = undefined;
    if (!o.quirks?.keepsAnswers) queue = [];
    return fixed(SECONDARY.ack);
  }

  return {
    line: o.line ?? { baud: 9600, dataBits: 8, parity: 'even', stopBits: 1 },
    counts,
    hear(bytes, now) {
      heard.push(bytes);
      const replies: Reply[] = [];
      for (let frame = heard.next(scanFt12); frame !== undefined; frame = heard.next(scanFt12)) {
        const told = answer(frame, now);
        if (told === undefined) continue;
        answers += 1;
        if (o.quirks?.lose?.(answers)) continue;
        const whole = o.quirks?.noise ? concatBytes(o.quirks.noise, told) : told;
        replies.push({ afterMs: o.reactionMs ?? 50, bytes: whole });
        if (o.quirks?.double?.(answers)) replies.push({ afterMs: (o.reactionMs ?? 50) + 20, bytes: told });
      }
      return replies;
    },
  };
}

const SESSION_IDLE_MS = 90_000;
