// Every row of test/vectors/iec.json for IEC 62056-21 has its ways; a row of a new kind, or an exchange that nobody
// plays, fails here. Byte by byte, with bytes behind and with every single bit flipped, over all that meters say in
// them; what it means stands in vectors.test.ts and exchange.test.ts. Encoded is what this reader says: the command
// rows and the `>` steps of the exchanges, which are played byte for byte.
//
// A block with a check character is never data with a bit flipped. Texts without one (identifications, bare readouts,
// single control characters) may be others by right: there an end and no exception is asked for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '../../../src/core/wire/bytes';
import { Inbox } from '../../../src/core/wire/inbox';
import type { BccKind } from '../../../src/core/iec62056/block-check';
import { scanMessage, type MeterMessage } from '../../../src/core/iec62056/frames';
import { TelegramStream } from '../../../src/core/iec62056/push';
import { vectorFile } from '../../support/vectors';

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly wire?: string;
  readonly cases?: readonly { readonly wire?: string }[];
  readonly steps?: readonly { readonly dir: string; readonly hex: string; readonly meaning: string }[];
}
const ROWS = vectorFile<{ iec62056_21: Row[] }>('iec.json').iec62056_21;

/** Where the rows of a kind are taken for what they mean, all of them by a loop over the kind; exchanges one by one. */
const KINDS: Readonly<Record<string, 'vectors.test.ts' | 'exchange.test.ts'>> = {
  ident: 'vectors.test.ts',
  readout: 'vectors.test.ts',
  'mode-d': 'vectors.test.ts',
  profile: 'vectors.test.ts',
  log: 'vectors.test.ts',
  fragment: 'vectors.test.ts',
  command: 'vectors.test.ts',
  exchange: 'exchange.test.ts',
};

describe('all ways of every IEC 62056-21 vector', () => {
  for (const row of ROWS) {
    it(`${row.id} ${row.title}`, () => {
      const file = readFileSync(
        join(__dirname, KINDS[row.kind] ?? assert.fail(`nothing takes the kind ${row.kind}`)),
        'utf8',
      );
      assert.ok(
        row.kind === 'exchange' ? file.includes(`'${row.id}'`) : new RegExp(`ofKind\\([^)]*'${row.kind}'`).test(file),
        `${row.id} is taken nowhere`,
      );
      for (const text of saidByMeter(row)) everyWay(text, row.kind === 'readout');
    });
  }
});

function saidByMeter({ wire, cases = [], steps = [] }: Row): readonly Uint8Array[] {
  const texts = [
    wire,
    ...cases.map((one) => one.wire),
    ...steps.filter(({ dir }) => dir === '<').map(({ hex }) => hex),
  ];
  return texts.flatMap((hex) => (hex === undefined ? [] : [fromHex(hex)]));
}

/** `isBent`: those with a check are bent bit by bit in vectors.test.ts already. */
function everyWay(bytes: Uint8Array, isBent: boolean): void {
  const whole = messagesOf([bytes], undefined);
  const bytewise = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assert.deepEqual(messagesOf(bytewise, undefined), whole, 'byte by byte');
  const block = whole.find((message) => message.kind === 'data' || message.kind === 'command');
  const bcc: BccKind | undefined =
    block?.check === 'sum' ? 'sum' : block?.check === 'xor' || block?.check === 'both' ? 'xor' : undefined;
  if (bcc)
    assert.deepEqual(messagesOf([bytes, fromHex('00ff0d0a')], bcc), messagesOf([bytes], bcc), 'with bytes behind');
  if (bcc && isBent) return;
  const begin = bytes.findIndex((byte) => byte === 0x02 || byte === 0x01);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const bent = bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    new TelegramStream().take(bent);
    const heard = messagesOf([bent], bcc);
    if (bcc && bit >> 3 >= begin)
      assert.ok(
        heard.every(({ kind }) => kind !== 'data' && kind !== 'command'),
        `byte ${bit >> 3}, bit ${bit & 7}`,
      );
  }
}

/** All messages of a text heard in pieces, the rest decided by silence. */
function messagesOf(pieces: readonly Uint8Array[], bcc: BccKind | undefined): MeterMessage[] {
  const inbox = new Inbox();
  const found: MeterMessage[] = [];
  const take = (isQuiet: boolean): void => {
    for (
      let message = inbox.next(scanMessage({ isQuiet, bcc }));
      message;
      message = inbox.next(scanMessage({ isQuiet, bcc }))
    )
      found.push(message);
  };
  for (const piece of pieces) {
    inbox.push(piece);
    take(false);
  }
  take(true);
  return found;
}
