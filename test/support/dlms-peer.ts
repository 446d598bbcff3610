// A recorded foreign meter on a line in virtual time: it says its recorded octets to the recorded words, and to these
// alone. What a reader says beyond a recording is answered by what the case puts there, or by silence.
import crypto from 'node:crypto';
import sinon from 'sinon';
import type { Readout } from '../../src/core/meter/reading';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import type { ReadError } from '../../src/core/wire/errors';
import { dlmsJob, objectCache } from '../../src/core/readers/dlms';
import { parseDlms } from '../../src/core/readers/dlms-query';
import { Fields } from '../../src/core/readers/fields';
import type { MeterKnowledge } from '../../src/core/dlms/reading/meter-memory';
import { notesOf } from '../../src/core/dlms/reading/meter-memory';
import { VirtualLine } from './virtual-line';

export interface Word {
  readonly t: number;
  readonly dir: 'out' | 'in' | 'closed';
  readonly hex?: string;
}

export interface PeerSession {
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly inject: {
    readonly clientChallenge?: string;
    readonly ecdsaSignature?: string;
    readonly counter?: { readonly firstUsed: number };
  };
  readonly exchange: readonly Word[];
  readonly right: unknown;
}

/** Answers to words that were not recorded, as hex of the line; undefined = not mine to answer. */
export type Made = (said: string) => readonly string[] | undefined;

export interface Heard {
  readonly value?: Readout;
  readonly error?: ReadError;
  /** Our words, and how many of them from the first on are the recorded ones, octet for octet. */
  readonly said: readonly string[];
  readonly same: number;
  readonly recorded: readonly string[];
  readonly ms: number;
}

const SECRETS = [
  'password',
  'authenticationKey',
  'encryptionKey',
  'dedicatedKey',
  'signingKey',
  'meterSigningKey',
] as const;

export interface PlayOptions {
  /** Properties of the reader beside the recorded ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly made?: Made;
  readonly knows?: Partial<MeterKnowledge>;
  /** Whether a word counts as the recorded one although its octets differ. */
  readonly isAlike?: (said: string, recorded: string) => boolean;
}

/** One read by this palette from the recorded meter. */
export function play(session: PeerSession, { settings = {}, made, knows, isAlike }: PlayOptions = {}): Heard {
  const said: string[] = [];
  const words = session.exchange.filter(({ dir }) => dir !== 'closed');
  const recorded = words.flatMap(({ dir, hex }) => (dir === 'out' && hex !== undefined ? [hex] : []));
  let [at, same, isSame] = [0, 0, true];
  const line = new VirtualLine(
    (bytes, now) => {
      const hex = toHex(bytes);
      said.push(hex);
      // A recorded word may be left out: the peer answers the later one as it did then.
      const later = words.findIndex((one, i) => i > at && one.dir === 'out' && one.hex === hex);
      if (words[at]?.hex !== hex && !isAlike?.(hex, words[at]?.hex ?? '') && later >= 0) [at, isSame] = [later, false];
      const word = words[at];
      const isDue = word?.dir === 'out' && word.hex !== undefined;
      if (isDue && (word.hex === hex || isAlike?.(hex, word.hex ?? ''))) {
        isSame &&= word.hex === hex;
        if (isSame) same += 1;
        const answers: { at: number; bytes: Uint8Array }[] = [];
        for (at += 1; words[at]?.dir === 'in'; at++)
          answers.push({ at: now + Math.max(1, (words[at]?.t ?? 0) - word.t), bytes: fromHex(words[at]?.hex ?? '') });
        return answers;
      }
      isSame = false;
      return (made?.(hex) ?? []).map((answer, i) => ({ at: now + 50 + i, bytes: fromHex(answer) }));
    },
    { latencyMs: 1200 },
  );
  // A lane's measure of the link leaves the time on the serial wire out, and these peers stood on the same machine.
  Object.defineProperty(line, 'roundTripMs', { value: 1 });
  const { options, request, inject } = session;
  const texts = Object.entries({ ...options, ...request, ...settings }).flatMap(([key, value]) =>
    key === 'modem' || key === 'blockWindow' || SECRETS.includes(key as never) ? [] : [[key, value]],
  );
  const secrets = Object.fromEntries(SECRETS.flatMap((name) => (options[name] ? [[name, String(options[name])]] : [])));
  const query = parseDlms(new Fields(Object.fromEntries(texts) as Record<string, unknown>), secrets);
  const meter = `${query.interface === 'wrapper' ? 'wrapper' : 'hdlc'} ${query.server}/${query.physical} client ${query.client} ${query.referencing}`;
  Object.assign(notesOf(line, meter), knows);
  const drawn = sinon.stub(crypto, 'randomBytes').callThrough();
  const signed = sinon.stub(crypto, 'sign').callThrough();
  const { clientChallenge, ecdsaSignature } = inject;
  if (clientChallenge) drawn.callsFake((() => Buffer.from(clientChallenge, 'hex')) as never);
  if (ecdsaSignature) signed.callsFake((() => Buffer.from(ecdsaSignature, 'hex')) as never);
  try {
    const { start } = dlmsJob(query, { objects: objectCache() });
    const outcome = line.outcome(start(line));
    const result = 'value' in outcome ? { value: outcome.value } : { error: outcome.error };
    return { ...result, said, same, recorded, ms: line.now() };
  } finally {
    drawn.restore();
    signed.restore();
  }
}
