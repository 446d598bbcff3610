// config.txt, the table of parameters, templates and drift: text against text.
import assert from 'node:assert/strict';
import { said } from '../../support/outcome-words';
import { phrase } from '../../../src/core/wire/errors';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionContent, USUAL_WISH } from '../../../src/core/fleet/config/actions';
import { auditLine, auditRecord } from '../../../src/core/fleet/rollout/audit';
import { checkConfig, type CheckAgainst, type Finding } from '../../../src/core/fleet/config/config-check';
import { DEFAULT_CONFIG_OPTIONS, generateConfig, modemBrokerUrl } from '../../../src/core/fleet/config/config-generate';
import { parameterIn } from '../../../src/core/fleet/rollout/config-read';
import { formatConfigText, parseConfigReply, parseConfigText } from '../../../src/core/fleet/config/config-text';
import { desiredOf, driftOf, isSameForAll } from '../../../src/core/fleet/config/desired';
import { faultOf, masked, parameterOf, parameterRows, shownValue } from '../../../src/core/fleet/config/parameters';
import { rollbackTexts } from '../../../src/core/fleet/rollout/rollback-texts';
import { PARAMETER_NAMES } from '../../../src/simulator/modem/config-names';
import { parseConfig } from '../../../src/simulator';
import { PROFILE } from '../../support/fleet-world';

const IMEI = '353234028103206';
const AGAINST: CheckAgainst = {
  profile: { ...PROFILE, topics: { ...PROFILE.topics, broadcast: '' } },
  imei: '',
  brokerUrl: 'mqtts://broker.example:8883',
  statusPeriodS: 300,
};

/** The file of this project's set-up guide, with the broker of the tests. */
const GOOD = `COMM_baudrate: 9600
COMM_bitsperchar: 8
COMM_autorts: off
COMM_autocts: off
COMM_stopbits: 1
COMM_parity: none
GPRS_apn: movistar.es
GPRS_login: MOVISTAR
GPRS_password: MOVISTAR
GPRS_timeout: 0
MTX_PIN: 0000
MTX_mode: mqtt
MTX_model: 199801445
MTX_ping: 35
MTX_pingIP: 8.8.8.8
MTX_invertedCom: off
MTX_msToSend: 100
SMS_allPhones: off
SMS_sendIP: off
SMS_ATEnabled: on
SMS_ATResponse: on
SMS_validPhone1: +34666123456
SMS_validPhone2: +34666123457
FIREWALL_enabled: off
DNS_enabled: on
DNS_mode: mqtt
DNS_mqttTopic: [IMEI]/dns
DNS_extended: off
DNS_period: 300
MQTT_enabled: on
MQTT_server: ssl://broker.example:8883
MQTT_id: [IMEI]
MQTT_attopic1: [IMEI]/AT
MQTT_atrtopic: [IMEI]/ATR
MQTT_keepalive: 300
MQTT_commrxtopic: [IMEI]/rx
MQTT_commtxtopic: [IMEI]/tx
`;

function codes(text: string, against: Partial<CheckAgainst> = {}): string[] {
  return checkConfig(text, { ...AGAINST, ...against }).map(({ code }) => code);
}
function finding(text: string, code: string, against: Partial<CheckAgainst> = {}): Finding {
  const found = checkConfig(text, { ...AGAINST, ...against }).find((each) => each.code === code);
  assert.ok(found, `${code} not found in ${JSON.stringify(codes(text, against))}`);
  return found;
}

describe('table of parameters', () => {
  it('knows every name of the documentation, in any case, in its spelling', () => {
    for (const name of PARAMETER_NAMES) {
      if (name === 'DNS_exdended') continue; // a misprint, known as such
      for (const typed of [
        name.replace('#', ''),
        name.replace('#', '').toLowerCase(),
        ...(name.endsWith('#') ? [name.replace('#', '12')] : []),
      ]) {
        assert.ok(parameterOf(typed).isKnown, typed);
        assert.equal(
          parameterOf(typed.toUpperCase()).name,
          typed === typed.toLowerCase() ? parameterOf(typed).name : typed,
        );
      }
    }
    assert.deepEqual(
      [
        parameterOf('mtx_pin').name,
        parameterOf('SMS_validphone7').name,
        parameterOf('NEW_Thing').name,
        parameterOf('NEW_Thing').isKnown,
      ],
      ['MTX_PIN', 'SMS_validPhone7', 'NEW_Thing', false],
    );
  });
  it('explains each in both languages, and has no name twice', () => {
    for (const row of parameterRows) assert.ok(row.en.length > 5 && row.es.length > 5, row.name);
    assert.equal(new Set(parameterRows.map(({ name }) => name.toLowerCase())).size, parameterRows.length);
  });
  it('says which can cut a modem off, and which are secret', () => {
    for (const name of [
      'MQTT_server',
      'MQTT_attopic1',
      'GPRS_apn',
      'MTX_PIN',
      'MTX_mode',
      'DNS_mqttTopic',
      'ULP_enabled',
    ])
      assert.ok(parameterOf(name).isLifeline, name);
    for (const name of ['DNS_period', 'COMM_baudrate', 'MTX_ping', 'SMS_validPhone1'])
      assert.ok(!parameterOf(name).isLifeline, name);
    for (const name of [
      'GPRS_login',
      'GPRS_password',
      'MTX_PIN',
      'MQTT_password',
      'TELNET_password',
      'LOGGER_serverPassword',
      'NEW_password',
    ])
      assert.ok(parameterOf(name).isSecret, name);
    for (const row of parameterRows) if (/password|login|_pin$/i.test(row.name)) assert.ok(row.isSecret, row.name);
  });
  it('has the same secrets in the dialog and its credentials', () => {
    const editor = readFileSync(join(__dirname, '../../../nodes/mtx-config/editor.ts'), 'utf8');
    const dialog = readFileSync(join(__dirname, '../../../nodes/mtx-config/mtx-config.html'), 'utf8');
    for (const { name } of parameterRows.filter((row) => row.isSecret)) {
      assert.ok(editor.includes(`'${name}'`) && editor.includes(`${name}: { type: 'password' }`), `editor.ts: ${name}`);
      assert.ok(dialog.includes(`id="node-input-${name}"`), `dialog: ${name}`);
    }
  });
  it('refuses what SETPARAM cannot carry or the parameter does not take', () => {
    const rows: [string, string, string | undefined][] = [
      ['DNS_period', '60', undefined],
      ['DNS_period', '0', 'outOfRange'],
      ['DNS_period', '1.5', 'notNumber'],
      ['DNS_period', 'x', 'notNumber'],
      ['DNS_period', '', undefined],
      ['DNS_enabled', 'ON', undefined],
      ['DNS_enabled', '1', 'notFlag'],
      ['COMM_parity', 'Even', undefined],
      ['COMM_parity', 'mark', 'notChoice'],
      ['COMM_baudrate', '9601', 'notChoice'],
      ['SMS_validPhone3', '+34 666 123 456', undefined],
      ['SMS_validPhone3', 'Ana', 'notPhone'],
      ['MQTT_attopic2', '+/AT', 'notTopic'],
      ['MTX_latitude', '-41.5', undefined],
      ['MTX_latitude', '91', 'outOfRange'],
      ['MTX_pingIP', 'a,b', 'comma'],
      ['MTX_pingIP', 'a\nAT', 'control'],
      ['MTX_pingIP', 'a\u0000', 'control'],
      ['MTX_pingIP', '語', 'notLatin1'],
      ['NEW_thing', 'anything', undefined],
      ['NEW_thing', 'x'.repeat(300), 'tooLong'],
    ];
    for (const [name, value, code] of rows)
      assert.equal(faultOf(name, value)?.code, code, `${name}: ${JSON.stringify(value)}`);
    fc.assert(
      fc.property(fc.string(), (value) => faultOf('NEW_thing', value) !== undefined || !/[\x00-\x1f\x7f,]/.test(value)),
      { seed: 1, numRuns: 300 },
    );
    assert.doesNotMatch(said(faultOf('MTX_PIN', '1,2')?.error), /1,2/);
  });
  it('masks secrets wherever they stand', () => {
    assert.equal(masked('AT^MTXTUNNEL=SETPARAM,gprs_password,hunter2'), 'AT^MTXTUNNEL=SETPARAM,gprs_password,***');
    assert.equal(
      masked('MTXTUNNEL AT^MTXTUNNEL=SETPARAM,DNS_period,60'),
      'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,DNS_period,60',
    );
    assert.equal(
      masked('GPRS_apn: a\r\nMQTT_password: x y\r\nDNS_period: 60'),
      'GPRS_apn: a\r\nMQTT_password: ***\r\nDNS_period: 60',
    );
    assert.deepEqual(
      [
        shownValue('MQTT_password', ''),
        shownValue('MQTT_password', 'x'),
        shownValue('MQTT_password', null),
        shownValue('DNS_period', '60'),
      ],
      ['', '***', null, '60'],
    );
  });
});

describe('config.txt', () => {
  it('is read without losing anything', () => {
    const { lines, unreadable } = parseConfigText(
      '\uFEFF# comment\r\n\r\n comm_Baudrate : 9600 \r\nnonsense\r\nMQTT_login:\r\nMQTT_server: ssl://h:8883\r\nDNS_period: 60\rDNS_period: 70',
    );
    assert.deepEqual(
      lines.map(({ number, typed, name, value }) => [number, typed, name, value]),
      [
        [3, 'comm_Baudrate', 'COMM_baudrate', '9600'],
        [5, 'MQTT_login', 'MQTT_login', ''],
        [6, 'MQTT_server', 'MQTT_server', 'ssl://h:8883'],
        [7, 'DNS_period', 'DNS_period', '60'],
        [8, 'DNS_period', 'DNS_period', '70'],
      ],
    );
    assert.deepEqual(unreadable, [{ number: 4, text: 'nonsense' }]);
  });
  it('comes back as it was written, for any values of one line', () => {
    const value = fc.stringMatching(/^[!-~]( ?[!-~])*$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('GPRS_apn', 'MQTT_server', 'NEW_x', 'SMS_alias4'), value), { maxLength: 8 }),
        (entries) => {
          assert.deepEqual(
            parseConfigText(formatConfigText(entries)).lines.map(({ name, value: read }) => [name, read]),
            entries,
          );
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });
  it('is no configuration when it is folded into one line, or only an echo', () => {
    assert.equal(parseConfigReply(['COMM_baudrate: 9600 COMM_parity: none']), undefined);
    assert.equal(parseConfigReply(['AT^MTXTUNNEL=GETCONFIG']), undefined);
    assert.equal(parseConfigReply([]), undefined);
    assert.equal(parseConfigReply(['MQTT_server: ssl://h:8883', 'DNS_Period: 60'])?.get('dns_period'), '60');
  });
  it('is made complete: the modem of the simulator takes it, and the checker finds nothing', () => {
    const profile = { ...PROFILE, line: { baud: 300, dataBits: 7, parity: 'even', stopBits: 1 } as const };
    const { text, notes } = generateConfig(profile, {
      ...DEFAULT_CONFIG_OPTIONS,
      apn: 'm2m.es',
      phones: ['+34 666 123 456'],
      model: '199801445',
    });
    const { config, repeated, unknown } = parseConfig(text);
    assert.deepEqual([repeated, unknown], [[], []]);
    assert.deepEqual(
      [
        'comm_baudrate',
        'comm_parity',
        'comm_bitsperchar',
        'mqtt_server',
        'mtx_invertedcom',
        'sms_validphone1',
        'mqtt_attopic2',
      ].map((name) => config.get(name)?.value),
      ['300', 'even', '7', 'ssl://broker.example:8883', 'off', '+34666123456', 'all/AT'],
    );
    assert.deepEqual(checkConfig(text, { ...AGAINST, profile }), []);
    assert.deepEqual(notes, ['certificates']);
    const rs485 = generateConfig(
      { ...PROFILE, port: 1 },
      { ...DEFAULT_CONFIG_OPTIONS, bus: 'rs485', brokerUrl: 'mqtt://localhost', hasDailyReset: true },
    );
    assert.match(rs485.text, /^MTX_invertedCom: on\r$/m);
    assert.match(rs485.text, /^MQTT_server: tcp:\/\/localhost:1883\r$/m);
    assert.deepEqual(rs485.notes, ['plainBroker', 'localBroker', 'noApn', 'noPhones', 'rs485', 'dailyResetAssumed']);
  });
  it("turns the platform's broker address into the modem's", () => {
    const rows = [
      ['mqtts://h', 'ssl://h:8883'],
      ['mqtt://h:1234', 'tcp://h:1234'],
      ['ssl://h:1/x', 'ssl://h:1'],
      ['h', 'tcp://h:1883'],
      ['mqtts://[::1]:8883', 'ssl://[::1]:8883'],
    ];
    for (const [url = '', wanted] of rows) assert.equal(modemBrokerUrl(url), wanted);
  });
});

describe('check of a config.txt', () => {
  it("has nothing to say against the set-up guide's file", () => {
    assert.deepEqual(checkConfig(GOOD, AGAINST), []);
    assert.deepEqual(checkConfig(GOOD.replace(/\[IMEI\]/g, IMEI), { ...AGAINST, imei: IMEI }), []);
  });
  it('finds swapped directions, other topics and shared ones', () => {
    const swapped = GOOD.replace('MQTT_commrxtopic: [IMEI]/rx', 'MQTT_commrxtopic: [IMEI]/tx').replace(
      'MQTT_commtxtopic: [IMEI]/tx',
      'MQTT_commtxtopic: [IMEI]/rx',
    );
    assert.deepEqual(codes(swapped), ['swapped']);
    assert.deepEqual(finding(GOOD.replace('[IMEI]/ATR', '[IMEI]/answers'), 'topic').values, {
      name: 'MQTT_atrtopic',
      value: '[IMEI]/answers',
      field: 'atrTopic',
      wanted: '[IMEI]/ATR',
    });
    const shared = { ...AGAINST.profile, topics: { ...AGAINST.profile.topics, rx: 'rxmaster' } };
    assert.equal(finding(GOOD.replace('[IMEI]/rx', 'rxmaster'), 'sharedTopic', { profile: shared }).level, 'error');
    assert.deepEqual(
      codes(GOOD.replace('MQTT_attopic1: [IMEI]/AT', 'MQTT_attopic1: all/AT\nMQTT_attopic2: [IMEI]/AT')),
      [],
    );
    assert.deepEqual(codes(GOOD, { profile: PROFILE }), ['broadcast']);
    assert.deepEqual(finding(GOOD.replace(/MQTT_attopic1.*\n/, ''), 'missing').values, {
      name: 'MQTT_attopic1',
      wanted: '[IMEI]/AT',
    });
  });
  it("finds serial settings that are not the node's", () => {
    const profile = {
      ...AGAINST.profile,
      line: { baud: 300, dataBits: 7, parity: 'even', stopBits: 2 } as const,
      port: 1 as const,
    };
    const found = checkConfig(GOOD, { ...AGAINST, profile });
    assert.deepEqual(
      found.map(({ code, values, line }) => [code, values['field'] ?? values['name'], line]),
      [
        ['serial', 'baudrate', 1],
        ['serial', 'dataBits', 2],
        ['serial', 'stopBits', 5],
        ['serial', 'parity', 6],
        ['port', 'MTX_invertedCom', 16],
      ],
    );
  });
  it("finds the vendor's own slips", () => {
    assert.deepEqual(finding(GOOD.replace('DNS_extended', 'DNS_exdended'), 'misprint').values, {
      name: 'DNS_exdended',
      meant: 'DNS_extended',
    });
    const twice = GOOD.replace('MTX_mode: mqtt', 'MTX_mode: 2G\nMTX_mode: mqtt');
    assert.deepEqual(codes(twice), ['modeIs2g']);
    assert.deepEqual(finding(`${GOOD}DNS_period: 200\n`, 'duplicate').values, { name: 'DNS_period', winner: '38' });
    assert.equal(finding(GOOD.replace('MTX_PIN', 'MTX_pin'), 'spelling').level, 'info');
  });
  it('finds what keeps a modem away or makes it unsafe', () => {
    const rows: [string, string, string][] = [
      ['MQTT_enabled: on', 'MQTT_enabled: off', 'mqttOff'],
      ['MTX_mode: mqtt', 'MTX_mode: server', 'modeNotMqtt'],
      ['ssl://broker.example', 'ssl://other.example', 'broker'],
      ['ssl://broker.example', 'tcp://broker.example', 'plainBroker'],
      ['DNS_enabled: on', 'DNS_enabled: off', 'statusOff'],
      ['DNS_period: 300', 'DNS_period: 900', 'statusPeriod'],
      ['DNS_period: 300', 'DNS_period: soon', 'badValue'],
      ['GPRS_timeout: 0', 'GPRS_timeout: 5', 'timeout'],
      ['COMM_autorts: off', 'COMM_autorts: on', 'flowControl'],
      ['SMS_allPhones: off', 'SMS_allPhones: on', 'allPhones'],
      ['SMS_ATEnabled: on', 'SMS_ATEnabled: off', 'smsOff'],
      ['MQTT_id: [IMEI]', 'MQTT_id: modem', 'sharedId'],
      ['MTX_msToSend: 100', 'MQTT_persistent: on', 'persistent'],
      ['MTX_msToSend: 100', 'MTX_ATLimited: on', 'atLimited'],
      ['MTX_msToSend: 100', 'MTX_ATEmbedded: on', 'atEmbedded'],
      ['MTX_msToSend: 100', 'CSD_enabled: on', 'dataCalls'],
      ['MTX_msToSend: 100', 'ULP_enabled: on', 'battery'],
      ['MTX_msToSend: 100', 'LOGGER_enabled: on\nLOGGER_serialData1: 0103', 'logger'],
      ['MTX_msToSend: 100', 'what is this', 'unreadable'],
      ['MTX_msToSend: 100', 'NEW_thing: 1', 'unknown'],
      ['GPRS_apn: movistar.es', 'GPRS_apn:', 'missing'],
      [/SMS_validPhone1.*\n.*\n/.exec(GOOD)?.[0] ?? '', '', 'noPhones'],
    ];
    for (const [from, to, code] of rows)
      assert.ok(codes(GOOD.replace(from, to)).includes(code), `${to}: ${codes(GOOD.replace(from, to)).join()}`);
  });
  it('never throws and never shows a secret, whatever is pasted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...GOOD.split('\n'), 'MTX_PIN: 12ab', 'MQTT_password: s3cret', 'x', ': :', 'A_b: ')),
        (lines) => {
          const text = JSON.stringify(checkConfig(lines.join('\n'), AGAINST));
          assert.doesNotMatch(text, /s3cret|12ab/);
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });
  it('has a sentence for every finding and note, in both languages', () => {
    const source = ['config-check', 'config-generate'].map((name) =>
      readFileSync(join(__dirname, `../../../src/core/fleet/config/${name}.ts`), 'utf8'),
    );
    const keys = (text: string, type: string): string[] =>
      [...(new RegExp(`type ${type} =([^;]+);`).exec(text)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
        (match) => match[1] ?? '',
      );
    const catalogs = ['en-US', 'es-ES'].map(
      (language) =>
        (
          JSON.parse(
            readFileSync(join(__dirname, `../../../nodes/mtx-config/locales/${language}/mtx-config.json`), 'utf8'),
          ) as { 'mtx-config': Record<string, Record<string, string>> }
        )['mtx-config'],
    );
    for (const catalog of catalogs) {
      assert.deepEqual(
        keys(source[0] ?? '', 'FindingCode').filter((code) => !catalog['finding']?.[code]),
        [],
      );
      assert.deepEqual(
        keys(source[1] ?? '', 'ConfigNote').filter((note) => !catalog['note']?.[note]),
        [],
      );
    }
    const shape = (catalog: Record<string, Record<string, string>> | undefined): string[] =>
      Object.entries(catalog ?? {})
        .flatMap(([group, texts]) => Object.keys(texts).map((key) => `${group}.${key}`))
        .sort();
    assert.deepEqual(shape(catalogs[0]), shape(catalogs[1]));
  });
});

describe('desired configuration', () => {
  it('fills in variables and the IMEI, where the modem does not do that itself', () => {
    const desired = desiredOf(
      { mqtt_attopic1: '[IMEI]/{{site}}/AT', mqtt_id: '[imei]', MQTT_login: 'm-[IMEI]', DNS_PERIOD: '{{ period }}' },
      IMEI,
      { site: 'north', period: '60' },
    );
    assert.deepEqual(
      [...desired],
      [
        ['MQTT_attopic1', '[IMEI]/north/AT'],
        ['MQTT_id', '[imei]'],
        ['MQTT_login', `m-${IMEI}`],
        ['DNS_period', '60'],
      ],
    );
    assert.throws(
      () => desiredOf({ DNS_period: '{{missing}}' }, IMEI),
      /noVariable name=DNS_period variable=missing.*353234028103206/,
    );
    assert.throws(() => desiredOf({ DNS_period: '1', dns_PERIOD: '2' }, IMEI), /wantedTwice/);
    assert.throws(() => desiredOf({ DNS_period: '{{x}}' }, IMEI, { x: '60\r\nAT' }), /valueControl/);
    assert.deepEqual(
      [{ DNS_period: '60' }, { MQTT_attopic1: '[IMEI]/AT' }, { MQTT_login: '[IMEI]' }, { DNS_period: '{{x}}' }].map(
        isSameForAll,
      ),
      [true, true, false, false],
    );
  });
  it('shows the drift, and takes for the same what a modem takes for the same', () => {
    const desired = desiredOf(
      {
        DNS_enabled: 'on',
        MQTT_attopic1: '[IMEI]/AT',
        DNS_period: '60',
        GPRS_apn: 'A',
        GPRS_password: 'x',
        MTX_autoreset: 'on',
        MTX_pingIP: '1.1.1.1',
        MQTT_login: '',
      },
      IMEI,
    );
    const reported = new Map<string, string | null>([
      ['dns_enabled', 'ON'],
      ['mqtt_attopic1', `${IMEI}/AT`],
      ['dns_period', '060'],
      ['gprs_apn', 'a'],
      ['gprs_password', 'y'],
      ['mtx_autoreset', null],
      ['mqtt_login', null],
    ]);
    assert.deepEqual(
      driftOf(desired, reported, IMEI).map(({ name, state, desired: wanted, reported: has }) => [
        name,
        state,
        wanted,
        has,
      ]),
      [
        ['DNS_enabled', 'same', 'on', 'ON'],
        ['MQTT_attopic1', 'same', '[IMEI]/AT', `${IMEI}/AT`],
        ['DNS_period', 'same', '60', '060'],
        ['GPRS_apn', 'differs', 'A', 'a'],
        ['GPRS_password', 'differs', '***', '***'],
        ['MTX_autoreset', 'missing', 'on', null],
        ['MTX_pingIP', 'unread', '1.1.1.1', null],
        ['MQTT_login', 'same', '', null],
      ],
    );
  });
  it('takes the reply for one parameter as nothing else', () => {
    const reply = (lines: string[], result = 'OK') => ({ isOk: result !== 'ERROR', result, lines });
    const rows: [ReturnType<typeof reply>, string | null | undefined][] = [
      [reply(['60']), '60'],
      [reply(['dns_period: 60']), '60'],
      [reply(['DNS_extended: on']), undefined],
      [reply(['60', '70']), undefined],
      [reply([]), ''],
      [reply([], ''), undefined],
      [reply([], 'ERROR'), null],
    ];
    for (const [given, wanted] of rows) assert.equal(parameterIn(given, 'DNS_period'), wanted, JSON.stringify(given));
  });
});

describe('actions, SMS texts and audit', () => {
  it('say what they send and whether that is documented', () => {
    assert.deepEqual(actionContent('dailyReset', {}, USUAL_WISH), {
      basis: 'assumed',
      parameters: { MTX_autoreset: 'on' },
      commands: [],
      isReboot: false,
    });
    assert.deepEqual(actionContent('watchdogs', {}, USUAL_WISH).parameters, {
      MTX_ping: '35',
      MTX_pingIP: '8.8.8.8',
      MTX_numGSMErrors: '180',
    });
    assert.deepEqual(actionContent('lock', {}, USUAL_WISH, ['AT^SLOCK']).commands, ['AT^SLOCK']);
    assert.throws(() => actionContent('smsNumbers', {}, USUAL_WISH), /noPhone/);
  });
  it('restore the lifeline only, the mobile network first, in texts of one SMS each', () => {
    const before = {
      DNS_period: '300',
      MQTT_server: 'ssl://old:8883',
      GPRS_apn: 'old',
      GPRS_login: 'me',
      MTX_PIN: null,
    };
    const texts = rollbackTexts(before, false);
    assert.deepEqual(
      texts.map((text) => text.replace('MTXTUNNEL AT^MTXTUNNEL=', '')),
      [
        'SETPARAM,GPRS_apn,old',
        'SETPARAM,GPRS_login,me',
        'SETPARAM,MTX_PIN,',
        'SETPARAM,MQTT_server,ssl://old:8883',
        'REBOOT',
      ],
    );
    assert.ok(texts.every((text) => text.length <= 160));
    assert.deepEqual(rollbackTexts({ DNS_period: '300' }, false), []);
  });
  it('keep no secret in a record, and one record on one line', () => {
    const who = { node: 'n', flow: 'f', user: 'ana' };
    const record = auditRecord(new Date(0), who, {
      imei: IMEI,
      action: 'apply',
      rollout: 'r',
      command: 'AT^MTXTUNNEL=SETPARAM,MTX_PIN,1234',
      parameter: 'mtx_pin',
      from: '0000',
      to: '1234',
      result: 'OK',
      why: phrase('fleet.said', { text: 'GPRS_password: x\n' }),
    });
    assert.doesNotMatch(JSON.stringify(record), /1234|0000/);
    assert.deepEqual(
      [record.at, record.parameter, record.from, record.to],
      ['1970-01-01T00:00:00.000Z', 'MTX_PIN', '***', '***'],
    );
    assert.equal(auditLine(record).split('\n').length, 2);
  });
});
