// Whatever a stranger answers on a modem's topics, whole or octet by octet: the cost is linear in its size.
import {
  openModeE,
  parseRegisters,
  readIec62056,
  readIec870,
  readModbus,
  type Dialogue,
  type LineMemory,
} from '../../src/core/index';
import { sendCommand } from '../../src/core/at/command';
import { readDlms, type DlmsOptions } from '../../src/core/dlms/read';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import { talkTo } from '../support/hostile-talk';
import { assertLinear, type Entry } from '../support/linear-time';

const IEC: Iec62056Options = {
  address: '',
  mode: 'auto',
  baud: 'stay',
  parity: 'none',
  request: 'readout',
  items: [],
  command: 'auto',
};
const IDENTIFICATION = '/ABC5ID\r\n';
const IEC_MARKS = [
  '/',
  '(',
  ')',
  '()',
  '*',
  '&',
  '!',
  '\r',
  '\n',
  '\r\n',
  ' ',
  'A',
  '0',
  '1.8.0(',
  '1.8.0(1*kWh)\r\n',
  'P.01(',
  '\x01',
  '\x02',
  '\x03',
  '\x04',
  '\x06',
  '\x15',
  '\x7f',
  '\xff',
  IDENTIFICATION,
];
const IEC_BEGINS = [IDENTIFICATION, `${IDENTIFICATION}\x02`, `${IDENTIFICATION}\x02P.01(`];
const IEC_ENDS = ['!\r\n', '!\r\n\x03\x00', '\x03', ')\r\n!\r\n', '/'];

const modbus = (framing: 'rtu' | 'ascii') => (memory: LineMemory) =>
  readModbus(
    {
      framing,
      unit: 1,
      registers: parseRegisters(
        [
          { fc: 3, address: 0, type: 'uint16' },
          { fc: 3, address: 9, type: 'uint32' },
        ],
        'registers',
      ),
      maxRegisters: 100,
      timeoutMs: 1_000,
    } as never,
    memory,
  );
const dlms = (options: Partial<DlmsOptions>) => (memory: LineMemory) =>
  readDlms(
    {
      interface: 'hdlc',
      client: 16,
      server: 1,
      physical: 17,
      addressBytes: 'auto',
      credentials: {},
      request: { kind: 'objects' },
      referencing: 'LN',
      authentication: 'none',
      security: 'none',
      suite: 0,
      clientTitle: new Uint8Array(8),
      ...options,
    } as never,
    memory,
  );

interface Talk extends Omit<Entry, 'take'> {
  readonly talk: (memory: LineMemory) => Dialogue<unknown>;
}
const TALKS: readonly Talk[] = [
  {
    name: 'AT',
    talk: () => sendCommand({ command: 'AT^MTXTUNNEL=GETCONFIG', timeoutMs: 1_000 }),
    marks: [
      'A',
      'AT',
      'AT+CREG?',
      'AT^MTXTUNNEL=GETCONFIG',
      'OK',
      'ERROR',
      '+CME ERROR: ',
      ' ',
      '\t',
      '\r',
      '\n',
      '\0',
      '<',
      '<MTXTUNNEL>',
      '</MTX',
      'NO CARRIER',
      ':',
    ],
    prefixes: ['A', 'AT+CREG?\r\n', 'AT^MTXTUNNEL=GETCONFIG\r\n'],
    suffixes: ['B', 'OK', '\r\nOK'],
  },
  {
    name: 'IEC 62056-21 readout',
    talk: (memory) => readIec62056(IEC, memory),
    marks: IEC_MARKS,
    prefixes: IEC_BEGINS,
    suffixes: IEC_ENDS,
  },
  {
    name: 'IEC 62056-21 registers',
    talk: (memory) => readIec62056({ ...IEC, request: 'registers', items: ['1.8.0', '2.8.0'] }, memory),
    marks: IEC_MARKS,
    prefixes: IEC_BEGINS,
    suffixes: IEC_ENDS,
  },
  {
    name: 'IEC 62056-21 profile',
    talk: (memory) => readIec62056({ ...IEC, request: 'profile' }, memory),
    marks: IEC_MARKS,
    prefixes: IEC_BEGINS,
    suffixes: IEC_ENDS,
  },
  {
    name: 'IEC 62056-21 mode E',
    talk: (memory) => openModeE({ address: '', parity: 'none', baud: 'stay' } as never, memory),
    marks: IEC_MARKS,
    prefixes: IEC_BEGINS,
  },
  {
    name: 'IEC 60870-5-102',
    talk: (memory) => readIec870({ link: 1, point: 1, password: 7, request: 'totals' }, memory),
    marks: [
      '\x10',
      '\x68',
      '\x16',
      '\x00',
      '\xff',
      '\x68\x09\x09\x68',
      '\x68\xff\xff\x68',
      '\x10\x00\x01\x00\x01\x16',
      '\x10\x0b\x01\x00\x0c\x16',
      '\xe5',
    ],
    prefixes: ['\x10\x00\x01\x00\x01\x16', '\x68\xff\xff\x68'],
    suffixes: ['\x16'],
  },
  {
    name: 'Modbus RTU',
    talk: modbus('rtu'),
    marks: [
      '\x01',
      '\x03',
      '\x01\x03',
      '\x01\x03\x02',
      '\x01\x03\x04',
      '\x01\x03\xff',
      '\x01\x83',
      '\x00',
      '\xff',
      '\x01\x03\x04\x00\x00\x00\x00\xfa\x33',
    ],
  },
  {
    name: 'Modbus ASCII',
    talk: modbus('ascii'),
    marks: [':', ':01', ':0103', '0', 'F', '\r', '\n', '\r\n', ':010302', 'x', ':\r\n', ':01030200FA\r\n'],
    suffixes: ['\r\n'],
  },
  {
    name: 'DLMS over HDLC',
    talk: dlms({ interface: 'hdlc' }),
    marks: ['\x7e', '\x7e\xa0', '\x7e\xa7\xff', '\x7e\xa0\x07', '\xa0', '\x00', '\xff', '\x7e\xa8\x20', '\x03', '\x73'],
    prefixes: ['\x7e\xa7\xff'],
    suffixes: ['\x7e'],
  },
  {
    name: 'DLMS over the wrapper',
    talk: dlms({ interface: 'wrapper' }),
    marks: [
      '\x00\x01',
      '\x00\x01\x00\x01\x00\x10\x00\x00',
      '\x00\x01\x00\x01\x00\x10\xff\xff',
      '\x00\x01\x00\x01\x00\x10\x00\x01\x61',
      '\x00',
      '\xff',
      '\x61',
      '\x01',
    ],
    prefixes: ['\x00\x01\x00\x01\x00\x10\xff\xff'],
  },
];

describe('property: talks cost what the size of an answer allows', () => {
  for (const { talk, ...entry } of TALKS) {
    it(`${entry.name}, heard whole`, () => assertLinear({ ...entry, take: (input) => talkTo(talk, input) }));
    it(`${entry.name}, heard in pieces`, () => {
      assertLinear({
        ...entry,
        name: `${entry.name} in pieces`,
        size: 4_096,
        tries: 10,
        take: (input) => talkTo(talk, input, 1),
      });
    });
  }
});
