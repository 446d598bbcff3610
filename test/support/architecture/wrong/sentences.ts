// Wrong and right files for the rules on words.
import type { Rows } from './snippet';

const ERRORS = "import { failure, ReadError } from '../wire/errors';\n";

export const SENTENCES: readonly Rows[] = [
  {
    rule: 'sentences',
    wrong: [
      ['src/core/modbus/x.ts', "export const x = 'the meter did not answer';"],
      ['src/core/modbus/x.ts', 'export const x = (unit: number) => `unit ${unit} did not answer in time`;'],
      ['src/core/modbus/x.ts', 'export const x = `check wiring and parity`;'],
      ['src/core/at/x.ts', "export const x = () => { throw new RangeError('a command has one line'); };"],
      ['src/core/fleet/sms/x.ts', "export const x = { es: 'el módem no contesta' };"],
      ['src/core/iec870/x.ts', "export const x = (n: number) => 'the meter sent ' + n + ' frames, one too many';"],
      ['src/core/modbus/x.ts', `${ERRORS}export const x = failure('wire.unexpected', { text: 'this is not so' });`],
    ],
    right: [
      ['src/core/modbus/x.ts', "export const x = ['no-reply', 'NO REPLY', 'modbus.silent', 'AT+CSQ', 'Content-Type'];"],
      ['src/core/modbus/x.ts', 'export const x = (a: number, b: number) => `${a} ${b} ${a + b}`;'],
      ['src/core/modbus/x.ts', "import type { Readout } from '../meter/reading';\nexport type X = Readout;"],
      ['src/core/modbus/x.ts', `${ERRORS}export const x = failure('wire.defect', { where: 'a plan without end' });`],
      ['src/words/x.ts', "export const x = 'the meter did not answer';"],
      ['src/simulator/modem/x.ts', "export const x = 'this modem has no such port';"],
    ],
  },
  {
    rule: 'reasons',
    wrong: [
      ['src/core/modbus/x.ts', `${ERRORS}export const x = new ReadError('NO_REPLY', 'silent');`],
      [
        'src/core/wire/x.ts',
        "import * as e from './errors';\nexport const x = () => new e.ReadError('BAD_FRAME', '');",
      ],
      [
        'nodes/mtx-at/x.ts',
        "import { ReadError } from '../../src/core/index';\nexport const x = new ReadError('BAD_VALUE', '');",
      ],
    ],
    right: [
      ['src/core/modbus/x.ts', `${ERRORS}export const x = failure('wire.defect', { where: 'here' });`],
      ['src/core/modbus/x.ts', `${ERRORS}export const x = (e: unknown) => e instanceof ReadError;`],
    ],
  },
];
