// What goes wrong behind the port: each fault wraps a Meter and is a Meter again, so that they compose. Chances and
// places come from a seed. Faults on the way between modem and platform are in message-faults.ts.
import type { Random } from '../../core/transport/lane/clock';
import { concatBytes } from '../../core/wire/bytes';
import { crc16Modbus } from '../../core/wire/checksum';
import type { Meter, Reply } from '../serial/meter';
import { seededRandom, seedOf, wholeBetween } from '../ground/random';
import { characterMs } from '../serial/uart';

/** Acts on one meter's answers (or on what it hears); never on MQTT messages. */
export type MeterFault = (meter: Meter, random: Random) => Meter;

/** The first fault is the nearest to the meter. Each has its own chance stream, so that adding one changes no other. */
export function withFaults(meter: Meter, faults: readonly MeterFault[], seed: number): Meter {
  return faults.reduce((inner, fault, i) => fault(inner, seededRandom(seedOf(seed, i))), meter);
}

/** Answers get lost: below 1 a probability, from 1 on the first n answers. */
export function drop(amount: number): MeterFault {
  return (meter, random) => {
    let lost = 0;
    return onAnswers(meter, (replies) => ((amount < 1 ? random() < amount : lost++ < amount) ? [] : replies));
  };
}

/** Every answer is slower by `ms`. */
export function delay(ms: number): MeterFault {
  return (meter) => onAnswers(meter, (replies) => replies.map((reply) => ({ ...reply, afterMs: reply.afterMs + ms })));
}

/** Some answers come `ms` later than they should: after the platform gave up on them. */
export function late(ms: number, chance = 1): MeterFault {
  return (meter, random) =>
    onAnswers(meter, (replies) =>
      random() < chance ? replies.map((reply) => ({ ...reply, afterMs: reply.afterMs + ms })) : replies,
    );
}

/** Answers come in pieces of these sizes, over and over, with pauses of `gapMs`. */
export function split(sizes: readonly number[], gapMs: number): MeterFault {
  return (meter) =>
    onAnswers(meter, (replies) =>
      replies.flatMap((reply) => {
        let afterMs = reply.afterMs;
        return pieces(reply.bytes, sizes).map((bytes) => {
          const piece = { ...reply, afterMs, bytes };
          afterMs += bytes.length * characterMs(meter.line) + gapMs;
          return piece;
        });
      }),
    );
}

/** Every second answer is held back and comes joined with the next one. */
export function merge(): MeterFault {
  return (meter) => {
    let held: Uint8Array | undefined;
    return onAnswers(meter, (replies) => {
      if (replies.length === 0) return replies;
      const bytes = concatBytes(held ?? new Uint8Array(0), ...replies.map((reply) => reply.bytes));
      const isSecond = held !== undefined;
      held = isSecond ? undefined : bytes;
      return isSecond ? [{ afterMs: replies[0]?.afterMs ?? 0, bytes }] : [];
    });
  };
}

/** One bit of an answer is wrong: the one given (counted from the first byte's lowest), or any. */
export function flip(chance = 1, bit?: number): MeterFault {
  return (meter, random) =>
    onReplies(meter, (reply) => {
      if (reply.bytes.length === 0 || random() >= chance) return [reply];
      const at = (bit ?? Math.floor(random() * reply.bytes.length * 8)) % (reply.bytes.length * 8);
      return [{ ...reply, bytes: reply.bytes.map((byte, i) => (i === at >> 3 ? byte ^ (1 << (at & 7)) : byte)) }];
    });
}

/** The meter's converter sends back what it hears, before the answer. */
export function echo(): MeterFault {
  return (meter) => ({
    get line() {
      return meter.line;
    },
    hear: (bytes, now) => [{ afterMs: 0, bytes: bytes.slice() }, ...meter.hear(bytes, now)],
  });
}

/** Stray characters before or after an answer. */
export function noise(chance = 1): MeterFault {
  return (meter, random) =>
    onReplies(meter, (reply) => {
      if (random() >= chance) return [reply];
      const stray = Uint8Array.from({ length: wholeBetween(random, 1, 6) }, () => wholeBetween(random, 0, 255));
      return [{ ...reply, bytes: random() < 0.5 ? concatBytes(stray, reply.bytes) : concatBytes(reply.bytes, stray) }];
    });
}

/** An answer comes twice, the second time `gapMs` after the first. */
export function duplicate(chance = 1, gapMs = 50): MeterFault {
  return (meter, random) =>
    onReplies(meter, (reply) => {
      if (random() >= chance) return [reply];
      return [reply, { ...reply, afterMs: reply.afterMs + reply.bytes.length * characterMs(meter.line) + gapMs }];
    });
}

/**
 * Before a Modbus RTU answer comes the same one under the next unit id, with its CRC right. Other answers pass
 * unchanged.
 */
export function foreignUnit(chance = 1): MeterFault {
  return (meter, random) =>
    onReplies(meter, (reply) => {
      if (reply.bytes.length < 4 || crc16Modbus(reply.bytes) !== 0 || random() >= chance) return [reply];
      const body = reply.bytes.slice(0, -2);
      body[0] = ((body[0] ?? 0) % 247) + 1;
      const crc = crc16Modbus(body);
      return [{ ...reply, bytes: concatBytes(body, Uint8Array.of(crc & 0xff, crc >> 8), reply.bytes) }];
    });
}

/** From and to, in ms of the clock, the meter is not there: it hears nothing. */
export function offline(fromMs: number, toMs: number): MeterFault {
  return (meter) => ({
    get line() {
      return meter.line;
    },
    hear: (bytes, now) => (now >= fromMs && now < toMs ? [] : meter.hear(bytes, now)),
  });
}

/** From and to, in ms of the clock, the meter has other things to do: it hears, and answers when it is free. */
export function busyAt(fromMs: number, toMs: number): MeterFault {
  return (meter) => ({
    get line() {
      return meter.line;
    },
    hear: (bytes, now) => {
      const replies = meter.hear(bytes, now);
      return now >= fromMs && now < toMs
        ? replies.map((reply) => ({ ...reply, afterMs: reply.afterMs + (toMs - now) }))
        : replies;
    },
  });
}

/** Cuts bytes into pieces of these sizes, over and over. */
export function pieces(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % Math.max(1, sizes.length)] ?? bytes.length);
    cut.push(bytes.slice(at, at + size));
    at += size;
  }
  return cut;
}

function onAnswers(meter: Meter, change: (replies: readonly Reply[]) => readonly Reply[]): Meter {
  return {
    get line() {
      return meter.line;
    },
    hear: (bytes, now) => change(meter.hear(bytes, now)),
  };
}

function onReplies(meter: Meter, change: (reply: Reply) => readonly Reply[]): Meter {
  return onAnswers(meter, (replies) => replies.flatMap(change));
}
