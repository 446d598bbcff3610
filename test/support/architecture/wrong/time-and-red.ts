// Wrong and right files for the rules on time, on Node-RED's names and on what a node is not.
import type { Rows } from './snippet';

export const TIME_AND_RED: readonly Rows[] = [
  {
    rule: 'time',
    wrong: [
      ['src/core/transport/lane/x.ts', 'export const x = () => setTimeout(() => undefined, 5);'],
      ['src/core/modbus/x.ts', 'export const x = () => Date.now();'],
      ['src/core/modbus/x.ts', 'export const x = () => new Date();'],
      ['src/core/modbus/x.ts', 'export const x = () => Date();'],
      ['src/core/modbus/x.ts', 'const D = Date;\nexport const x = () => new D();'],
      ['nodes/mtx-at/x.ts', 'export const x = () => setInterval(() => undefined, 5);'],
      ['nodes/mtx-at/x.ts', 'const later = setImmediate;\nexport const x = later;'],
      ['src/simulator/modem/x.ts', 'export const x = () => performance.now();'],
      [
        'src/simulator/modem/x.ts',
        "import { performance } from 'node:perf_hooks';\nexport const x = () => performance.now();",
      ],
      ['scripts/x.ts', "import { setTimeout as wait } from 'node:timers/promises';\nexport const x = wait;"],
      ['scripts/x.mjs', 'setTimeout(() => undefined, 5);'],
      ['bench/x.ts', 'export const x = () => process.hrtime.bigint();'],
      ['src/words/x.ts', 'export const x = () => globalThis.setTimeout;'],
    ],
    right: [
      ['src/core/modbus/x.ts', 'export const x = (ms: number) => new Date(ms).getTime() + Date.UTC(2026, 1);'],
      [
        'src/core/modbus/x.ts',
        'export const x = (o: { setTimeout: number }, d: Date | number) => o.setTimeout + (d instanceof Date ? 1 : 0);',
      ],
      [
        'bench/x.ts',
        "import { systemClock } from '../src/core/transport/lane/clock';\nexport const x = () => systemClock.now();",
      ],
      ['nodes/mtx-at/editor.ts', 'setTimeout(() => undefined, 5);'],
    ],
  },
  {
    rule: 'red',
    wrong: [
      ['src/core/fleet/sms/x.ts', 'export const x = (RED: { log: unknown }) => RED.log;'],
      ['src/simulator/world/x.ts', 'export const x = { RED: 1 };'],
      ['scripts/x.ts', 'declare const RED: { nodes: unknown };\nexport const x = RED.nodes;'],
    ],
    right: [
      ['nodes/mtx-at/x.ts', 'export const x = (RED: { log: unknown }) => RED.log;'],
      ['src/core/fleet/sms/x.ts', 'export const REDUCED = 1;'],
    ],
  },
  {
    rule: 'Node-RED names',
    wrong: [
      ['src/core/fleet/sms/x.ts', "export const x = 'set msg.confirm to true';"],
      ['src/core/dlms/x.ts', 'export const x = (a: string) => `${a}: deploy, or say msg.counter = "reset"`;'],
      ['src/core/transport/modem/x.ts', "export const x = 'the modem node names no topic';"],
      ['src/core/modbus/x.ts', "export const x = 'a smaller maxRegisters may help';"],
      ['src/core/iec870/x.ts', "export const x = 'see the help of mtx-iec-read';"],
      ['src/core/at/x.ts', 'export const x = (msg: { payload: unknown }) => msg.payload;'],
    ],
    right: [
      ['src/core/fleet/sms/x.ts', "export const x = 'the message was not sent';"],
      ['src/core/modbus/x.ts', "export const x = (o: { maxRegisters: number }) => o['maxRegisters'];"],
      ['nodes/mtx-sms/x.ts', "export const x = 'set msg.confirm to true';"],
    ],
  },
  {
    rule: 'thin nodes',
    wrong: [
      ['nodes/dlms-read/x.ts', 'export function* x() {\n  yield 1;\n}'],
      ['nodes/shared/x.ts', 'export class X {\n  *talk() {\n    yield 1;\n  }\n}'],
      ['nodes/mtx-sms/x.ts', 'export const x = (waiting: string[]) => waiting.shift();'],
      [
        'nodes/mtx-sms/x.ts',
        'export class X {\n  private readonly queue = new Set<string>();\n  n = this.queue.size;\n}',
      ],
      ['nodes/mtx-sms/x.ts', 'export const sendQueue = 1;'],
    ],
    right: [
      ['nodes/mtx-sms/x.ts', 'export const x = (all: readonly string[]) => all[0];'],
      ['src/core/modbus/x.ts', 'export function* x() {\n  yield 1;\n}'],
    ],
  },
];
