// Every row of test/vectors/iec.json for IEC 62056-21; frames five ways: whole, byte by byte, with bytes behind, each
// bit flipped, and back from the value where we also send it.
import assert from 'node:assert/strict';
import { fromHex, fromLatin1, toHex } from '../../../src/core/wire/bytes';
import { Inbox } from '../../../src/core/wire/inbox';
import { decodeDataSets, type DataSet } from '../../../src/core/iec62056/dataset';
import {
  ACK_MESSAGE,
  NAK_MESSAGE,
  encodeBreak,
  encodeCommandMessage,
  encodeOptionSelect,
  encodeRequestMessage,
  scanMessage,
  type MeterMessage,
} from '../../../src/core/iec62056/frames';
import { decodeIdentification } from '../../../src/core/iec62056/identification';
import { ParityFilter } from '../../../src/core/iec62056/parity';
import { decodeProfileBlocks } from '../../../src/core/iec62056/profile';
import { TelegramStream } from '../../../src/core/iec62056/push';
import { crc16Arc } from '../../../src/core/iec62056/telegram';
import { vectorFile } from '../../support/vectors';

type Expected = {
  ident?: { manufacturer: string };
  sets: [string, string, string | null][];
  bcc?: { valid: 'xor' | 'sum7' | false; received: number; xor: number; sum7: number };
  profile?: ProfileBlock[];
  entries?: LogEntry[];
  afterMask?: string;
};
type ProfileBlock = {
  dst: string;
  start: string;
  status: string;
  periodMin: number;
  channels: [string, string][];
  rows: string[][];
};
type LogEntry = { dst: string; start: string; status: string; codes: string[]; values: string[] };
type Row = {
  id: string;
  kind: string;
  title: string;
  wire: string;
  expect: Expected;
  cases: { wire: string; hex: string; build: Record<string, unknown>; expect: Record<string, unknown> }[];
};

const rows = vectorFile<{ iec62056_21: Row[] }>('iec.json').iec62056_21;
const ofKind = (...kinds: string[]): Row[] => rows.filter((row) => kinds.includes(row.kind));

/** All messages of a text heard in pieces, the rest decided by silence. */
function messagesOf(pieces: readonly Uint8Array[]): MeterMessage[] {
  const inbox = new Inbox();
  const found: MeterMessage[] = [];
  const take = (isQuiet: boolean): void => {
    for (let message = inbox.next(scanMessage({ isQuiet })); message; message = inbox.next(scanMessage({ isQuiet })))
      found.push(message);
  };
  for (const piece of pieces) {
    inbox.push(piece);
    take(false);
  }
  take(true);
  return found;
}
/** What a row of the vectors says, in our own encoding. */
function messageOf(build: Record<string, unknown>): Uint8Array {
  const kind = build['bcc'] === 'sum7' ? 'sum' : 'xor';
  const select = build['optionSelect'] as { V: '0'; Z: string; Y: string } | undefined;
  const set = String(build['r1'] ?? build['r5'] ?? '');
  if ('request' in build) return encodeRequestMessage(String(build['request'] ?? ''));
  if (select) return encodeOptionSelect(select.V, select.Z, select.Y);
  if ('p1' in build) return encodeCommandMessage('P1', `(${String(build['p1'])})`, kind);
  if (set) return encodeCommandMessage('r1' in build ? 'R1' : 'R5', set, kind);
  return 'break' in build ? encodeBreak(kind) : NAK_MESSAGE;
}

const bytewise = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));
const textOf = (messages: readonly MeterMessage[]): string =>
  messages.map((message) => (message.kind === 'data' ? message.text : '')).join('');

/** The vectors list further brackets of a code under an empty code, and split at one of several stars. */
function assertSets(actual: readonly DataSet[], expected: Expected['sets']): void {
  const flat = actual.flatMap((set) => set.values.map((value, i) => [i === 0 ? set.address : '', value.text] as const));
  assert.deepEqual(
    flat,
    expected.map(([code, value, unit]) => [code, unit === null ? value : `${value}*${unit}`]),
  );
}

describe('IEC 62056-21 vectors', () => {
  for (const row of ofKind('ident')) {
    for (const one of row.cases) {
      it(`${row.id} identification ${Buffer.from(one.wire, 'hex').toString('latin1').trim()}`, () => {
        const wire = fromHex(one.wire);
        const { trMinMs, ...expected } = one.expect;
        const wanted = { ...expected, reactionMs: trMinMs };
        assert.deepEqual(
          { ...decodeIdentification(Buffer.from(wire).toString('latin1').replace(/\r\n$/, '')) },
          wanted,
        );
        for (const pieces of [[wire], bytewise(wire), [fromHex('00ff7e'), wire, fromHex('4142')]]) {
          const [message] = messagesOf(pieces);
          assert.equal(message?.kind, 'identification');
          assert.deepEqual(message?.kind === 'identification' && { ...message.identification }, wanted);
        }
        const lfOnly = messagesOf([wire.filter((byte) => byte !== 0x0d)])[0];
        assert.equal(lfOnly?.kind, 'identification', 'LF line end');
      });
    }
  }

  for (const row of ofKind('readout')) {
    it(`${row.id} ${row.title}`, () => {
      const wire = fromHex(row.wire);
      const whole = messagesOf([wire]);
      const trimmed = (messages: readonly MeterMessage[]): unknown =>
        messages.map((message) => (message.kind === 'data' ? { ...message, text: message.text.trimEnd() } : message));
      for (const pieces of [bytewise(wire), [wire, fromHex('0d0a')]])
        assert.deepEqual(trimmed(messagesOf(pieces)), trimmed(whole), 'chunking and trailing bytes change nothing');
      const identification = whole.find((message) => message.kind === 'identification');
      if (row.expect.ident) assert.equal(identification?.identification.manufacturer, row.expect.ident.manufacturer);
      const block = whole.find((message) => message.kind === 'data' || message.kind === 'damaged');
      if (row.expect.bcc?.valid === false) {
        assert.equal(block?.kind, 'damaged', 'a block check that does not fit is never accepted');
        const repaired = Uint8Array.from([...wire.slice(0, -1), row.expect.bcc.xor]);
        assertSets(decodeDataSets(textOf(messagesOf([repaired]))), row.expect.sets);
        return;
      }
      assert.equal(block?.kind, 'data');
      const { bcc } = row.expect;
      const check = !bcc ? 'none' : bcc.xor === bcc.sum7 ? 'both' : bcc.valid === 'xor' ? 'xor' : 'sum';
      assert.equal(block?.kind === 'data' && block.check, check);
      assertSets(decodeDataSets(textOf(whole)), row.expect.sets);
    });
  }

  for (const row of rows.filter((one) => one.expect?.bcc?.valid)) {
    it(`${row.id} with any single bit flipped is damaged or something else, never data`, () => {
      const wire = fromHex(row.wire);
      const begin = wire.indexOf(0x02);
      const known = row.expect.bcc?.valid === 'xor' ? 'xor' : 'sum';
      for (let at = begin; at < wire.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const bent = wire.slice(begin);
          bent[at - begin] = (bent[at - begin] ?? 0) ^ (1 << bit);
          const inbox = new Inbox();
          inbox.push(bent);
          for (const isQuiet of [false, true]) {
            for (
              let message = inbox.next(scanMessage({ bcc: known, isQuiet }));
              message;
              message = inbox.next(scanMessage({ bcc: known, isQuiet }))
            ) {
              assert.notEqual(message.kind, 'data', `byte ${at}, bit ${bit}`);
            }
          }
        }
      }
    });
  }

  for (const row of ofKind('mode-d')) {
    it(`${row.id} ${row.title}`, () => {
      const wire = fromHex(row.wire);
      const readout = new TelegramStream().take(wire);
      assert.equal(readout.length, 1);
      assert.equal(
        readout[0]?.readings.length,
        new Set(row.expect.sets.map(([code], i) => (code === '' ? '' : `${code} ${i}`)).filter((code) => code !== ''))
          .size,
      );
      const body = Buffer.from(wire).toString('latin1');
      assertSets(decodeDataSets(body.slice(body.indexOf('\n'), body.indexOf('!'))), row.expect.sets);
      const stream = new TelegramStream();
      assert.deepEqual(
        bytewise(wire).flatMap((byte) => stream.take(byte)),
        readout,
      );
      const middle = new TelegramStream();
      assert.deepEqual(
        [wire.slice(100), wire, wire.slice(0, 90), wire].flatMap((piece) => middle.take(piece)),
        [readout[0], readout[0], readout[0]].slice(0, 2),
        'entered in the middle, cut in between',
      );
    });
  }

  it('two halves with a hole between them are joined only by who does not know of the hole', () => {
    const wire = fromHex(rows.find((row) => row.id === 'C21-O15')?.wire ?? '');
    // Whole lines are missing, so that the halves make a telegram that looks right.
    const lines = [...wire.keys()].filter((at) => wire[at] === 0x0a).map((at) => at + 1);
    const [head, tail] = [wire.slice(0, lines[4]), wire.slice(lines[5])];
    const [stream, unaware] = [new TelegramStream(), new TelegramStream()];
    assert.deepEqual([unaware.take(head).length, unaware.take(tail).length], [0, 1]);
    stream.take(head);
    stream.cut();
    assert.deepEqual([stream.take(tail).length, stream.take(wire).length], [0, 1]);
  });

  it('a meter that sends a CRC is not believed without one', () => {
    const wire = fromHex(rows.find((row) => row.id === 'C21-O16')?.wire ?? '');
    const bare = Uint8Array.from([...wire.slice(0, wire.lastIndexOf(0x21) + 1), 0x0d, 0x0a]);
    assert.equal(new TelegramStream().take(bare).length, 1);
    const stream = new TelegramStream();
    assert.deepEqual(
      [wire, bare, wire].map((one) => stream.take(one).length),
      [1, 0, 1],
    );
  });

  it('DSMR telegram with any bit flipped gives nothing', () => {
    const wire = fromHex(rows.find((row) => row.id === 'C21-O16')?.wire ?? '');
    const end = wire.lastIndexOf(0x21);
    assert.equal(crc16Arc(wire, end + 1), 0xd82c);
    for (let at = 0; at <= end; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bent = wire.slice();
        bent[at] = (bent[at] ?? 0) ^ (1 << bit);
        const stream = new TelegramStream('none');
        assert.deepEqual(stream.take(bent), [], `byte ${at}, bit ${bit}`);
      }
    }
  });

  for (const row of ofKind('profile', 'log')) {
    it(`${row.id} ${row.title}`, () => {
      const text = textOf(messagesOf(bytewise(fromHex(row.wire))));
      const blocks = decodeProfileBlocks(text);
      const expected = row.expect.profile ?? row.expect.entries ?? [];
      assert.equal(blocks.length, expected.length);
      expected.forEach((one, i) => {
        const block = blocks[i] ?? assert.fail();
        assert.deepEqual([block.season, block.at, block.status], [one.dst, one.start, one.status]);
        if ('codes' in one) {
          assert.deepEqual(
            block.channels.map((channel) => channel.code),
            one.codes,
          );
          assert.deepEqual(block.rows, [one.values]);
          return;
        }
        assert.equal(block.periodMinutes, one.periodMin);
        assert.deepEqual(
          block.channels.map(({ code, unit }) => [code, unit]),
          one.channels,
        );
        assert.deepEqual(
          block.rows,
          one.rows.map((values) => values.map(Number)),
        );
      });
    });
  }

  for (const row of ofKind('fragment')) {
    it(`${row.id} ${row.title}`, () => {
      const wire = fromHex(row.wire);
      for (const pieces of [[wire], bytewise(wire)]) {
        const filter = new ParityFilter(undefined);
        const clean = pieces.flatMap((piece) => [...filter.clean(piece)]).concat([...filter.release()]);
        assert.equal(toHex(Uint8Array.from(clean)), row.expect.afterMask);
        assert.equal(filter.parity, 'even');
      }
      assertSets(decodeDataSets(Buffer.from(row.expect.afterMask ?? '', 'hex').toString('latin1')), row.expect.sets);
    });
  }

  for (const row of ofKind('command')) {
    for (const { build, hex } of row.cases) {
      it(`${row.id} builds ${JSON.stringify(build)}`, () => {
        const bytes = messageOf(build);
        assert.equal(toHex(bytes), hex);
        if (bytes[0] !== 0x01) return;
        const [back] = messagesOf(bytewise(bytes));
        assert.deepEqual(
          back?.kind === 'command' && [back.command, back.set],
          [
            Buffer.from(hex, 'hex').toString('latin1', 1, 3),
            Buffer.from(hex, 'hex')
              .toString('latin1', 4)
              .replace(/\x03.$/s, ''),
          ].map((s, i) => (i === 1 && 'break' in build ? '' : s)),
        );
      });
    }
  }

  it('tells acknowledge, refusal and bell', () => {
    assert.deepEqual(
      messagesOf([fromLatin1('\x06\x15\x07')]).map((message) => message.kind),
      ['ack', 'nak', 'bell'],
    );
    assert.deepEqual([...ACK_MESSAGE, ...NAK_MESSAGE], [0x06, 0x15]);
  });
});
