// What is heard without a talk: status messages, meters that push, texts, and the decoders behind every talk. Whatever
// it holds, its cost is linear in its size.
import {
  DlmsPushStream,
  StatusReader,
  decodeValues,
  imeiFromTopic,
  parseSmsText,
  septetsOf,
} from '../../src/core/index';
import { decodeReply } from '../../src/core/at/at';
import { scanMbus } from '../../src/core/dlms/link/mbus';
import { canAnswer, decodeSmsReply } from '../../src/core/fleet/sms/sms-answer';
import { parseConfigReply } from '../../src/core/fleet/config/config-text';
import { normalNumber, numberReadings } from '../../src/core/fleet/sms/sms-number';
import { decodeDataSets } from '../../src/core/iec62056/dataset';
import { decodeIdentification } from '../../src/core/iec62056/identification';
import { TelegramStream } from '../../src/core/iec62056/push';
import { readingOf } from '../../src/core/iec62056/readings';
import { TelegramListener, type TelegramSource } from '../../src/core/readers/listening';
import { overheardStream } from '../../src/core/modbus/frames/overheard';
import { WirePath } from '../../src/core/transport/lane/wire-path';
import { coversLevels } from '../../src/core/transport/mqtt/topics';
import { fromHex, fromLatin1, toLatin1 } from '../../src/core/wire/bytes';
import { Inbox } from '../../src/core/wire/inbox';
import { VirtualClock } from '../../src/simulator/ground/virtual-clock';
import { DECODERS } from '../support/dlms-fuzz';
import { piecesOf } from '../support/hostile-talk';
import { assertLinear, type Entry } from '../support/linear-time';
import { vectorFile } from '../support/vectors';

const TEXT = [' ', '\t', '\r', '\n', '\0', ',', ';', ':', '=', '"', "'", '.', '0', '9', 'a', '\x7f', '\xe9'];
const JSON_MARKS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  '\\u0000',
  '{"a":',
  '[[',
  '"csq":',
  '{"CSQ":"',
  'constructor',
  '__proto__',
  '"a":1,',
  '-',
  '1e',
  ...TEXT,
];
const TELEGRAM = [
  '/',
  '!',
  '/ABC5ID\r\n',
  '!\r\n',
  '!0000\r\n',
  '1-0:1.8.0(',
  '1.8.0(1*kWh)',
  '(',
  ')',
  '()',
  '*',
  '\x02',
  '\x03',
  ...TEXT,
];
const OCTETS = [
  '\x00',
  '\x01',
  '\x02',
  '\x09',
  '\x0a',
  '\x0f',
  '\x13',
  '\x61',
  '\x68',
  '\x7e',
  '\x7e\xa0',
  '\x7e\xa7\xff',
  '\x68\xff\xff\x68',
  '\x68\x00\x00\x68',
  '\x80',
  '\x82',
  '\xc4',
  '\xdb',
  '\xe0',
  '\xff',
  '\x01\x00',
  '\x02\x01',
  '\x01\x82',
  '\x00\x01\x00\x01\x00\x01\x00\x00',
  '\x13\x02',
  '\x16',
];

/** Whole pushes of real meters in their frames, and one without any: what a stranger may repeat as well. */
const PUSHES = [
  '\xdb\x08SMS\x01\x02\x03\x04\x05\x06\x30\x00\x00\x00\x01\x01',
  '\x68\x06\x06\x68\x53\xff\x10\x01\x67\x0f\xd9\x16',
  ...vectorFile<{ vectors: readonly { id: string; hex: string }[] }>('dlms.json')
    .vectors.filter(({ id, hex }) => id.startsWith('push-') && hex.length < 1_000)
    .slice(0, 4)
    .map(({ hex }) => toLatin1(fromHex(hex))),
];
const status = new StatusReader({ csq: ['senal', 'radio.csq'] });
const clock = new VirtualClock();
function listening(sourceOf: () => TelegramSource, size = Infinity): Entry['take'] {
  return (input) => {
    const node = new TelegramListener(sourceOf(), {
      clock,
      gapMs: 1_500,
      expected: 'dlms',
      telegram: () => undefined,
      failed: () => undefined,
    });
    for (const piece of piecesOf(fromLatin1(input), size)) node.hear(piece, false);
    node.close();
  };
}
const push = (way: 'hdlc' | 'wrapper') => (): TelegramSource =>
  new DlmsPushStream({
    interface: way,
    security: 'none',
    suite: 0,
    credentials: {},
    language: 'en',
    readText: (octets) => new TelegramStream().take(octets),
  });

const mode = (): TelegramSource => new TelegramStream();

const ONE = Uint8Array.of(1);

const HEARD: readonly Entry[] = [
  {
    name: 'status',
    size: 16_000,
    marks: JSON_MARKS,
    prefixes: ['{', '{"a":"', '{"CSQ":"'],
    suffixes: ['\xe9', '}', '"}'],
    take: (input) => status.read(fromLatin1(input)),
  },
  {
    name: 'IEC 62056-21 telegrams',
    marks: TELEGRAM,
    prefixes: ['/ABC5ID\r\n'],
    suffixes: ['!\r\n', '!FFFF\r\n', '/'],
    take: listening(mode),
  },
  {
    name: 'IEC 62056-21 telegrams in pieces',
    size: 4_096,
    tries: 20,
    marks: TELEGRAM,
    prefixes: ['/ABC5ID\r\n'],
    suffixes: ['!\r\n'],
    take: listening(mode, 1),
  },
  {
    name: 'DLMS notifications over HDLC and M-Bus',
    marks: [...OCTETS, ...PUSHES],
    prefixes: ['\x7e\xa7\xff', '\x0f\x00\x00\x00\x00\x00', '\xdb\x08'],
    take: listening(push('hdlc')),
  },
  {
    name: 'DLMS notifications over HDLC and M-Bus in pieces',
    size: 4_096,
    tries: 20,
    marks: [...OCTETS, ...PUSHES],
    take: listening(push('hdlc'), 1),
  },
  {
    name: 'DLMS notifications in the wrapper',
    marks: [...OCTETS, ...PUSHES],
    prefixes: ['\x00\x01\x00\x01\x00\x01\xff\xff'],
    take: listening(push('wrapper')),
  },
  {
    name: 'DLMS notifications in the wrapper, in pieces',
    size: 4_096,
    tries: 20,
    marks: [...OCTETS, ...PUSHES],
    take: listening(push('wrapper'), 1),
  },
  {
    name: 'M-Bus frames',
    marks: OCTETS,
    take: (input) => {
      const inbox = new Inbox();
      inbox.push(fromLatin1(input));
      while (inbox.next(scanMbus) !== undefined);
    },
  },
  ...(['rtu', 'ascii'] as const).map((framing): Entry => ({
    name: `another master on a Modbus ${framing} line`,
    marks: [...OCTETS, ':', ':0103', '\r\n', '\x01\x03', '\x01\x03\xff', '\x01\x10', '\x01\x83\x02'],
    take: (input) => overheardStream(framing).push(fromLatin1(input), () => undefined),
  })),
  {
    name: 'chunks that wait on a line',
    size: 262_144,
    marks: ['1'],
    tries: 0,
    take: (input) => {
      const path = new WirePath(clock, { floorMs: 0, ceilingMs: 1_000, guessMs: 100 });
      for (let n = 0; n < input.length * 2; n++) path.heard(ONE);
      for (let n = 0; n < input.length; n++) void path.take(0);
    },
  },
  {
    name: 'data sets',
    marks: TELEGRAM,
    suffixes: ['(', ')'],
    take: (input) => decodeDataSets(input).map((set) => readingOf(set)),
  },
  { name: 'an identification', marks: TELEGRAM, prefixes: ['/ABC5'], take: (input) => decodeIdentification(input) },
  ...DECODERS.map((decode, n): Entry => ({
    name: `DLMS decoder ${n}`,
    tries: 20,
    marks: OCTETS,
    prefixes: [
      '\x0f\x00\x00\x00\x00\x00',
      '\x01\x82\x40\x00',
      '\x02\x82\x40\x00',
      '\x09\x82\x40\x00',
      '\xc4\x01\xc1\x00',
      '\xe0\x80\x00\x01\x00\x00\x82\x40\x00',
      '\x13\x02\x01\x11',
      '\x13\x00\x84\x7f\xff\xff\xff',
    ],
    take: (input) => decode(fromLatin1(input)),
  })),
  {
    name: 'lines of AT replies',
    marks: ['+CSQ:', '+CREG:', '^SMONI:', 'A_a', '_', 'A_b: ', ',', ...TEXT],
    prefixes: ['A_', '+CSQ: '],
    suffixes: ['B', '\r\nOK'],
    take: (input) => {
      const reply = decodeReply(fromLatin1(input), 'AT^MTXTUNNEL=GETCONFIG');
      decodeValues('AT^MTXTUNNEL=GETCONFIG', reply);
      decodeValues('AT^MTXTUNNEL=GETPARAM,MTX_name', reply);
      parseConfigReply(reply.lines);
    },
  },
  {
    name: 'texts of modems',
    marks: ['OK', 'ERROR', '+CME ERROR:', ' +CME ERROR:', '<MTXTUNNEL>', '10.0.0.1', '+CSQ: 1', '^A', ...TEXT],
    prefixes: ['A', '+CSQ: '],
    // a line end of Unicode, which a provider's text may hold and which `.` does not pass
    suffixes: ['B', ' OK', '\u2028B'],
    take: (input) => {
      for (const asked of ['AT+CSQ', 'AT^MTXTUNNEL=GETPARAM,MTX_name', 'mtxtunnel on']) {
        canAnswer(input, parseSmsText(asked, new Map()));
        decodeSmsReply(input, parseSmsText(asked, new Map()));
      }
      septetsOf(input);
    },
  },
  {
    name: 'numbers of senders',
    marks: ['+', '00', '(', ')', '-', '34', ...TEXT],
    take: (input) => [numberReadings(input, '34'), normalNumber(input, '34')],
  },
  {
    name: 'topics',
    marks: ['/', '+', '#', '[IMEI]', 'a', '$'],
    suffixes: ['/x'],
    take: (input) => [imeiFromTopic('[IMEI]/tx', input), coversLevels('+/tx'.split('/'), input.split('/'))],
  },
];

describe('property: what is heard costs what its size allows', () => {
  for (const entry of HEARD) it(entry.name, () => assertLinear(entry));
});
