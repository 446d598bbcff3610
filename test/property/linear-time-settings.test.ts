// What a person, a flow or a file gives: the same law as for strangers, for a dashboard hands on what a browser sends.
import {
  DEFAULT_CONFIG_OPTIONS,
  Fields,
  PhoneBook,
  checkConfig,
  checkTemplate,
  dangerOf,
  decodeMoment,
  expandTemplate,
  fromHex,
  generateConfig,
  isRestart,
  modemProfile,
  obisOctets,
  parseAliases,
  parseConfigText,
  parseDlms,
  parseFilter,
  parseIec,
  parseImei,
  parseMapping,
  parseModbus,
  parsePhoneLines,
  parseSenders,
  parseSmsText,
  placeFrom,
  smsFault,
  desiredOf,
  faultOf,
  masked,
  parameterOf,
  variablesIn,
  lineCost,
  planReads,
  itemsOf,
  parseRegisters,
} from '../../src/core/index';
import { encodeCommand } from '../../src/core/at/at';
import { isSameCode, parseObis } from '../../src/core/meter/obis';
import { checkFilter, matchesFilter } from '../../src/core/transport/mqtt/topics';
import { modemProfile as somewhere } from '../support/modem-profile';
import { assertLinear, type Entry } from '../support/linear-time';
import { FleetWorld, message } from '../support/presence-world';

const TEXT = [
  ' ',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '\0',
  ',',
  ';',
  ':',
  '=',
  '"',
  "'",
  '.',
  '-',
  '/',
  '#',
  '0',
  '9',
  'a',
  'A',
  '_',
  '\xa0',
  '€',
];
const NAMES = [
  'A_b',
  'MTX_',
  'MQTT_server: ',
  'SMS_alias1: ',
  'SMS_validPhone1: ',
  'COMM_baudrate: 9600\n',
  'MQTT_password: x\n',
  '[IMEI]',
  '${',
  '}',
  '{{',
  '}}',
  '//',
];
const CODES = ['1-0:', '1.8.0', '*255', '&', '(', ')', '()', '0-0:96.1.0', 'C.1.0', '1.0.1.8.0.255', ':', 'P.01'];
const ATS = [
  'AT',
  'AT+',
  '^MTXTUNNEL=SETPARAM,',
  '^MTXTUNNEL=SETPARAM,MTX_a,',
  '^SCFG=',
  '+CFUN=',
  '+CFUN=0',
  '&F',
  '^',
  '+',
  'AT^MTXTUNNEL=',
  'MTXTUNNEL ',
  'mtxtunnel',
  'REBOOT',
  '>',
];
const COST = lineCost({ framing: 'rtu', line: somewhere().line, roundTripMs: 1_100, deviceMs: 20 });
const hexOf = (text: string): unknown => {
  try {
    return fromHex(text);
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
};
const book = new PhoneBook('34');
const rows = (input: string, more: object): object[] => Array.from(input, (_, n) => ({ ...more, name: `n${n}` }));

const ASKED: readonly Entry[] = [
  {
    name: 'a command',
    marks: [...ATS, ...TEXT],
    prefixes: ['AT'],
    take: (input) => [dangerOf(input), isRestart(input), encodeCommand(input, false)],
  },
  {
    name: 'a text message',
    marks: [...ATS, ...TEXT],
    prefixes: ['mtxtunnel', 'mtxtunnel AT', '"'],
    suffixes: ['x', '"'],
    take: (input) => [smsFault(input), parseSmsText(input, new Map())],
  },
  {
    name: 'aliases',
    marks: ['>', 'RL0ON>AT', 'SMS_alias', 'SMS_alias1:', ...TEXT],
    prefixes: ['SMS_alias', 'SMS_alias1'],
    suffixes: ['>AT', '\nx'],
    take: (input) => parseAliases(input),
  },
  {
    name: 'phone numbers',
    marks: ['353234028103206,', '+34', ...TEXT],
    prefixes: ['353234028103206,1'],
    suffixes: ['x'],
    take: (input) => [parsePhoneLines(input), parseSenders(input, book)],
  },
  {
    name: 'config.txt',
    marks: [...NAMES, ...TEXT],
    prefixes: ['MTX_a', 'MTX_a:', 'MQTT_server: ssl://'],
    suffixes: ['x', '\nA_b: c'],
    take: (input) => [
      parseConfigText(input),
      checkConfig(input, { profile: somewhere(), imei: '', brokerUrl: 'mqtt://h', statusPeriodS: 300 }),
    ],
  },
  {
    name: 'a new config.txt',
    marks: [...NAMES, ...TEXT],
    take: (input) =>
      generateConfig(somewhere(), { ...DEFAULT_CONFIG_OPTIONS, brokerUrl: input, phones: [input], apn: input }),
  },
  {
    name: 'parameters',
    marks: [...NAMES, ...TEXT, '1'],
    prefixes: ['MTX_', 'MTX_1'],
    suffixes: ['x'],
    take: (input) => {
      parameterOf(input);
      for (const name of ['MQTT_server', 'GPRS_apn', 'MTX_ping', 'SMS_alias1', 'DNS_mqttTopic', 'MTX_autoreset'])
        faultOf(name, input);
      masked(input);
      variablesIn(input);
      return desiredOf({ MTX_name: input } as never, '353234028103206', { a: 'x' });
    },
  },
  {
    name: 'a fleet that is heard, listed and filtered',
    size: 4_096,
    marks: ['1'],
    tries: 0,
    take: (input) => {
      const { fleet } = new FleetWorld({ maxModems: 10_000 });
      for (let n = 0; n < input.length; n++)
        fleet.hearStatus(message(`${353_234_028_000_000 + n}/dns`, '{"CSQ":18,"IP":"10.0.0.1"}'));
      fleet.list();
      return fleet.list(parseFilter({ text: 'x', sort: 'signal' }));
    },
  },
  {
    name: 'OBIS codes',
    marks: [...CODES, ...TEXT],
    take: (input) => [parseObis(input), isSameCode(input, `${input} `), obisOctets(input)],
  },
  {
    name: 'moments',
    marks: ['2026', '-01', 'T', ':00', 'Z', '+01:00', ...TEXT],
    prefixes: ['2026-01-01T00:00', '17'],
    suffixes: ['x'],
    take: (input) => decodeMoment(input, 'from'),
  },
  {
    name: 'items of IEC 62056-21',
    marks: [...CODES, ...TEXT],
    take: (input) => parseIec(new Fields({ request: 'registers', items: input }), {}),
  },
  {
    name: 'many items of IEC 62056-21',
    size: 4_096,
    marks: ['1'],
    tries: 0,
    take: (input) => parseIec(new Fields({ request: 'registers', items: [...input] }), {}),
  },
  {
    name: 'many items of DLMS',
    size: 4_096,
    marks: ['1'],
    tries: 0,
    take: (input) =>
      parseDlms(new Fields({ request: 'attributes', server: 1, items: rows(input, { obis: '1.8.0' }) }), {}),
  },
  {
    name: 'titles and keys',
    marks: ['0x', 'ff', ...TEXT],
    take: (input) => [
      hexOf(input),
      parseDlms(new Fields({ request: 'objects', server: 1, clientTitle: input }), { authKey: input }),
    ],
  },
  {
    name: 'registers',
    size: 4_096,
    marks: ['1'],
    tries: 0,
    take: (input) =>
      parseModbus(
        new Fields({
          unit: 1,
          registers: rows(input, { type: 'uint16', fc: 3 }).map((row, address) => ({ ...row, address })),
        }),
      ),
  },
  {
    name: 'registers with one factor',
    size: 4_096,
    marks: ['1'],
    tries: 0,
    take: (input) =>
      parseModbus(
        new Fields({
          unit: 1,
          registers: [
            ...rows(input, { type: 'uint16', fc: 3, scaleFactor: 'sf' }).map((row, n) => ({ ...row, address: n + 1 })),
            { name: 'sf', type: 'int16', fc: 3, address: 0 },
          ],
        }),
      ),
  },
  {
    name: 'a plan of registers',
    size: 4_096,
    marks: ['1'],
    tries: 0,
    take: (input) => {
      const registers = rows(input, { type: 'uint16', fc: 3 }).map((row, address) => ({ ...row, address }));
      return planReads(itemsOf(parseRegisters(registers, 'registers')), COST, { maxRegisters: 125 });
    },
  },
  {
    name: 'register fields',
    marks: ['0x', '4', 'e', '+', ...TEXT],
    take: (input) =>
      parseModbus(
        new Fields({
          unit: 1,
          registers: [{ address: input, type: 'uint16', fc: 3, scale: input, notAvailable: input }],
        }),
      ),
  },
  {
    name: 'names of a profile',
    size: 4_096,
    marks: ['1'],
    tries: 0,
    take: (input) => parseModbus(new Fields({ unit: 1, profile: 'sdm630', registers: [...input] })),
  },
  {
    name: 'a filter of the fleet',
    marks: ['offline', ...TEXT],
    take: (input) => [parseFilter({ text: input, imeis: [...input] }), parseFilter(input)],
  },
  {
    name: 'a mapping',
    marks: ['{', '}', '"csq":', '"a"', '[', ']', '\\', ...TEXT],
    prefixes: ['{"csq":'],
    take: (input) => parseMapping(input),
  },
  { name: 'a place', marks: TEXT, take: (input) => placeFrom({ name: input, lat: input, lon: 2 }) },
  { name: 'an IMEI', marks: TEXT, take: (input) => parseImei(input) },
  {
    name: 'topics',
    marks: ['[IMEI]', '[', ']', '+', '#', '$', '\ud800', ...TEXT],
    prefixes: ['['],
    suffixes: [']', '/x'],
    take: (input) => [
      matchesFilter('+/+/tx', input),
      expandTemplate(input, '353234028103206'),
      checkTemplate(input),
      checkFilter(input),
    ],
  },
  {
    name: 'a modem',
    marks: ['[IMEI]', ...TEXT],
    take: (input) => modemProfile(new Fields({ txTopic: input, baudrate: input }), true),
  },
];

describe('property: what is asked for costs what its size allows', () => {
  for (const entry of ASKED) it(entry.name, () => assertLinear(entry));
});
