// Wrong and right files for the rules on codecs and dialogues.
import type { Rows } from './snippet';

const DIALOGUE = "import type { Dialogue } from '../wire/dialogue';\n";
const dialogue = (body: string): string =>
  [
    `${DIALOGUE}export function* read(): Dialogue<unknown> {`,
    "  const answer = yield { do: 'receive', ms: 1 };",
    '  if (!answer) return 0;',
    `  ${body}\n}\n`,
  ].join('\n');

export const BYTES: readonly Rows[] = [
  {
    rule: 'codec',
    wrong: [
      ['src/core/modbus/x.ts', 'export function* decodeAnswer(bytes: Uint8Array) {\n  yield bytes;\n}'],
      [
        'src/core/dlms/x.ts',
        `export function encodeRequest(): Uint8Array {\n  return new Uint8Array(2);\n}\n${dialogue('return answer;')}`,
      ],
      [
        'src/core/iec870/x.ts',
        "export function* x() {\n  yield 1;\n}\nexport function scanFrame(): 'more' {\n  return 'more';\n}",
      ],
      ['src/core/at/x.ts', 'function* decodeLine(): Generator<number> {\n  yield 1;\n}\nexport const x = decodeLine;'],
    ],
    right: [
      ['src/core/modbus/x.ts', 'export function decodeAnswer(bytes: Uint8Array) {\n  return bytes[3];\n}'],
      ['src/core/modbus/x.ts', dialogue('return answer;')],
    ],
  },
  {
    rule: 'offsets',
    wrong: [
      ['src/core/modbus/x.ts', dialogue('return answer[3];')],
      ['src/core/modbus/x.ts', dialogue('return [1].map((i) => answer[i]);')],
      ['src/core/modbus/x.ts', dialogue('const whatever = answer;\n  return whatever[0];')],
      [
        'src/core/modbus/x.ts',
        dialogue('const parsed: ReturnType<typeof JSON.parse> = JSON.parse("{}");\n  return parsed.answer[3];'),
      ],
      ['src/core/dlms/x.ts', dialogue('return answer.length << 8;')],
      ['src/core/dlms/x.ts', dialogue('let n = 1;\n  n <<= 8;\n  return n;')],
      ['src/core/dlms/x.ts', dialogue('return answer.length >>> 8;')],
      ['src/core/iec870/x.ts', dialogue('return answer.slice(2);')],
      ['src/core/iec870/x.ts', dialogue('return answer.subarray(2, 4);')],
      ['src/core/iec870/x.ts', dialogue('return answer?.at(-1);')],
      ['src/core/iec870/x.ts', dialogue('return answer.buffer.slice(2);')],
      ['src/core/iec62056/x.ts', dialogue('const [first] = answer;\n  return first;')],
      ['src/core/iec62056/x.ts', dialogue('return new DataView(answer.buffer).byteLength;')],
      ['src/core/iec62056/x.ts', dialogue('return Buffer.from(answer).readUInt16BE(1);')],
      ['src/core/at/x.ts', dialogue('return answer[0];')],
    ],
    right: [
      ['src/core/modbus/x.ts', dialogue("return 'a text'.slice(2);")],
      ['src/core/modbus/x.ts', dialogue('const list: readonly string[] = [];\n  return list[0];')],
      ['src/core/modbus/x.ts', dialogue('return answer.length;')],
      [
        'src/core/modbus/x.ts',
        'export function decodeCount(bytes: Uint8Array): number {\n  return (bytes[0] ?? 0) << 8;\n}',
      ],
    ],
  },
];
