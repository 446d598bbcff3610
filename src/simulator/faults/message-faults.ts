// What goes wrong between modem and platform: each fault wraps the way of MQTT messages in one direction, and they
// compose. Faults behind the serial port are in behaviours.ts.
import type { Clock, Random } from '../../core/transport/lane/clock';
import { concatBytes } from '../../core/wire/bytes';
import { pieces } from './behaviours';
import { between } from '../ground/random';

export type Pass = (topic: string, payload: Uint8Array) => void;
/** Acts on whole MQTT messages of one direction: what a modem publishes, or what is delivered to it. */
export type MessageFault = (pass: Pass, clock: Clock, random: Random) => Pass;

/** The first fault is the nearest to the sender. */
export function withMessageFaults(pass: Pass, faults: readonly MessageFault[], clock: Clock, random: Random): Pass {
  return faults.reduceRight((next, fault) => fault(next, clock, random), pass);
}

/**
 * One of the faults, for the topics that match only. `only(/AT$/, delayMessages(...))` reorders commands against serial
 * bytes.
 */
export function only(topics: RegExp, fault: MessageFault): MessageFault {
  return (pass, clock, random) => {
    const faulty = fault(pass, clock, random);
    return (topic, payload) => (topics.test(topic) ? faulty : pass)(topic, payload);
  };
}

/** Messages get lost: below 1 a probability, from 1 on the first n. */
export function dropMessages(amount: number): MessageFault {
  return (pass, _clock, random) => {
    let lost = 0;
    return (topic, payload) => {
      const isLost = amount < 1 ? random() < amount : lost++ < amount;
      if (!isLost) pass(topic, payload);
    };
  };
}

/** Messages take between `msMin` and `msMax`; their order stays, as on one connection. */
export function delayMessages(msMin: number, msMax = msMin): MessageFault {
  return (pass, clock, random) => {
    let last = 0;
    return (topic, payload) => {
      last = Math.max(last, clock.now() + between(random, msMin, msMax));
      void clock.sleep(last - clock.now()).then(() => pass(topic, payload));
    };
  };
}

/** The same message twice, as QoS 1 allows; the second `gapMs` later. */
export function duplicateMessages(chance = 1, gapMs = 100): MessageFault {
  return (pass, clock, random) => (topic, payload) => {
    pass(topic, payload);
    if (random() < chance) void clock.sleep(gapMs).then(() => pass(topic, payload));
  };
}

/** One message becomes several of these sizes. */
export function splitMessages(sizes: readonly number[]): MessageFault {
  return (pass) => (topic, payload) => {
    for (const piece of pieces(payload, sizes)) pass(topic, piece);
  };
}

/** Messages of one topic that come within `ms` of the first become one. */
export function mergeMessages(ms: number): MessageFault {
  return (pass, clock) => {
    const held = new Map<string, Uint8Array[]>();
    return (topic, payload) => {
      const waiting = held.get(topic);
      if (waiting) return void waiting.push(payload);
      held.set(topic, [payload]);
      void clock.sleep(ms).then(() => {
        const parts = held.get(topic) ?? [];
        held.delete(topic);
        pass(topic, concatBytes(...parts));
      });
    };
  };
}

/** One bit of a message is wrong. */
export function flipMessages(chance = 1): MessageFault {
  return (pass, _clock, random) => (topic, payload) => {
    if (payload.length === 0 || random() >= chance) return pass(topic, payload);
    const at = Math.floor(random() * payload.length * 8);
    pass(
      topic,
      payload.map((byte, i) => (i === at >> 3 ? byte ^ (1 << (at & 7)) : byte)),
    );
  };
}
