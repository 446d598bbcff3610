// An existing config.txt against the modem node that is to talk to it: what would keep the two apart, in the order of
// its gravity. A finding is a key and facts; its sentence stands in the catalogs of both languages.
import type { ModemProfile } from '../../transport/modem/modem-profile';
import { expandTemplate } from '../../transport/mqtt/topics';
import { modemBrokerUrl } from './config-generate';
import { actingLines, parseConfigText, type ConfigLine } from './config-text';
import { misprintOf, parameterOf, shownValue, typeFault } from './parameters';

export type FindingCode =
  | 'unreadable'
  | 'duplicate'
  | 'misprint'
  | 'modeIs2g'
  | 'unknown'
  | 'spelling'
  | 'badValue'
  | 'swapped'
  | 'topic'
  | 'sharedTopic'
  | 'missing'
  | 'serial'
  | 'port'
  | 'mqttOff'
  | 'modeNotMqtt'
  | 'broker'
  | 'plainBroker'
  | 'statusOff'
  | 'statusPeriod'
  | 'broadcast'
  | 'persistent'
  | 'flowControl'
  | 'timeout'
  | 'atLimited'
  | 'atEmbedded'
  | 'dataCalls'
  | 'battery'
  | 'allPhones'
  | 'noPhones'
  | 'smsOff'
  | 'sharedId'
  | 'logger';

export interface Finding {
  /** error: it will not work; warning: it works by luck, or something is lost; info: worth knowing. */
  readonly level: 'error' | 'warning' | 'info';
  readonly code: FindingCode;
  readonly line?: number;
  /** Facts for the sentence; secrets masked. */
  readonly values: Readonly<Record<string, string>>;
}

export interface CheckAgainst {
  readonly profile: ModemProfile;
  /** Empty for a fleet. */
  readonly imei: string;
  readonly brokerUrl: string;
  readonly statusPeriodS: number;
}

export function checkConfig(text: string, against: CheckAgainst): readonly Finding[] {
  const parsed = parseConfigText(text);
  const found = [
    ...readingFindings(parsed),
    ...topicFindings(actingLines(parsed), against),
    ...settingFindings(actingLines(parsed), against),
  ];
  return found.sort(
    (a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || (a.line ?? Infinity) - (b.line ?? Infinity),
  );
}

/** What the text says of itself: lines nobody understands, names twice or misprinted, values out of range. */
function readingFindings(config: ReturnType<typeof parseConfigText>): readonly Finding[] {
  const found: Finding[] = config.unreadable.map(({ number, text }) => ({
    level: 'warning',
    code: 'unreadable',
    line: number,
    values: { text },
  }));
  const last = actingLines(config);
  for (const line of config.lines) {
    const { number, typed, name, value } = line;
    const winner = last.get(name.toLowerCase());
    const values = { name, value: shownValue(name, value) ?? '' };
    // a vendor slip seen in print: the forced technology under the name of the gateway's mode
    if (/^MTX_mode$/i.test(name) && /^[234]g$/i.test(value))
      found.push({ level: 'error', code: 'modeIs2g', line: number, values });
    else if (winner !== line)
      found.push({
        level: 'warning',
        code: 'duplicate',
        line: number,
        values: { name, winner: String(winner?.number ?? 0) },
      });
    else {
      const meant = misprintOf(typed);
      const fault = typeFault(name, value);
      if (meant !== undefined)
        found.push({ level: 'warning', code: 'misprint', line: number, values: { name: typed, meant } });
      else if (!parameterOf(name).isKnown)
        found.push({ level: 'info', code: 'unknown', line: number, values: { name: typed } });
      else if (typed !== name)
        found.push({ level: 'info', code: 'spelling', line: number, values: { name: typed, meant: name } });
      if (fault) found.push({ level: 'error', code: 'badValue', line: number, values: fault.values });
    }
  }
  return found;
}

/** Whether the two speak on the same topics, and in the same direction. */
function topicFindings(lines: ReadonlyMap<string, ConfigLine>, { profile, imei }: CheckAgainst): readonly Finding[] {
  const { topics } = profile;
  const found: Finding[] = [];
  const shown = (template: string): string =>
    imei === '' ? template.replace(/\[imei\]/gi, '[IMEI]') : expandTemplate(template, imei);
  const is = (name: string, template: string): boolean =>
    shown(lines.get(name.toLowerCase())?.value ?? '') === shown(template);
  const [rx, tx] = [lines.get('mqtt_commrxtopic'), lines.get('mqtt_commtxtopic')];
  const isSwapped = is('MQTT_commrxtopic', topics.tx) && is('MQTT_commtxtopic', topics.rx);
  if (isSwapped && rx)
    found.push({ level: 'error', code: 'swapped', line: rx.number, values: { rx: rx.value, tx: tx?.value ?? '' } });
  const wanted: (readonly [name: string, template: string, field: string])[] = [
    ['MQTT_attopic1', topics.at, 'atTopic'],
    ['MQTT_atrtopic', topics.atr, 'atrTopic'],
    ['DNS_mqttTopic', topics.status, 'statusTopic'],
  ];
  if (!isSwapped) wanted.push(['MQTT_commrxtopic', topics.rx, 'rxTopic'], ['MQTT_commtxtopic', topics.tx, 'txTopic']);
  for (const [name, template, field] of wanted) {
    const line = lines.get(name.toLowerCase());
    if (!line || line.value === '')
      found.push({
        level: name === 'DNS_mqttTopic' ? 'warning' : 'error',
        code: 'missing',
        ...(line && { line: line.number }),
        values: { name, wanted: template },
      });
    else if (name === 'MQTT_attopic1' && ATTOPICS.some((each) => is(each, template))) continue;
    else if (!is(name, template))
      found.push({
        level: 'error',
        code: 'topic',
        line: line.number,
        values: { name, value: line.value, field, wanted: template },
      });
    else if (!/\[imei\]/i.test(line.value) && imei === '')
      found.push({
        level: name === 'DNS_mqttTopic' ? 'info' : 'error',
        code: 'sharedTopic',
        line: line.number,
        values: { name, value: line.value },
      });
  }
  if (topics.broadcast !== '' && !ATTOPICS.some((each) => is(each, topics.broadcast)))
    found.push({ level: 'warning', code: 'broadcast', values: { wanted: topics.broadcast } });
  const id = lines.get('mqtt_id');
  if (id && !/\[imei\]/i.test(id.value) && id.value !== imei)
    found.push({ level: 'warning', code: 'sharedId', line: id.number, values: { value: id.value } });
  return found;
}

function settingFindings(
  lines: ReadonlyMap<string, ConfigLine>,
  { profile, brokerUrl, statusPeriodS }: CheckAgainst,
): readonly Finding[] {
  const found: Finding[] = [];
  const lineOf = (name: string): ConfigLine | undefined => lines.get(name.toLowerCase());
  const value = (name: string): string => lineOf(name)?.value ?? '';
  const isOn = (name: string): boolean => /^on$/i.test(value(name));
  const tell = (
    level: Finding['level'],
    code: FindingCode,
    name: string,
    values: Readonly<Record<string, string>> = {},
  ): void => {
    const line = lineOf(name);
    found.push({
      level,
      code,
      ...(line && { line: line.number }),
      values: { name, value: shownValue(name, value(name)) ?? '', ...values },
    });
  };
  const { baud, dataBits, parity, stopBits } = profile.line;
  const serial = [
    ['COMM_baudrate', String(baud), 'baudrate'],
    ['COMM_bitsperchar', String(dataBits), 'dataBits'],
    ['COMM_parity', parity, 'parity'],
    ['COMM_stopbits', String(stopBits), 'stopBits'],
  ] as const;
  for (const [name, wanted, field] of serial) {
    if (value(name) === '') tell('warning', 'missing', name, { wanted });
    else if (value(name).toLowerCase() !== wanted) tell('error', 'serial', name, { wanted, field });
  }
  if (lineOf('MTX_invertedCom') && isOn('MTX_invertedCom') !== (profile.port === 1))
    tell('warning', 'port', 'MTX_invertedCom', {
      port: String(profile.port),
      wanted: profile.port === 1 ? 'on' : 'off',
    });
  for (const name of ['COMM_autorts', 'COMM_autocts']) if (isOn(name)) tell('warning', 'flowControl', name);
  if (!isOn('MQTT_enabled')) tell('error', 'mqttOff', 'MQTT_enabled');
  if (!/^mqtt$/i.test(value('MTX_mode')) && !/^[234]g$/i.test(value('MTX_mode')))
    tell('error', 'modeNotMqtt', 'MTX_mode');
  const server = value('MQTT_server');
  if (server === '') tell('error', 'missing', 'MQTT_server', { wanted: modemBrokerUrl(brokerUrl) });
  else if (brokerUrl !== '' && modemBrokerUrl(server).toLowerCase() !== modemBrokerUrl(brokerUrl).toLowerCase())
    tell('warning', 'broker', 'MQTT_server', { wanted: modemBrokerUrl(brokerUrl) });
  if (/^(tcp|mqtt):/i.test(server)) tell('warning', 'plainBroker', 'MQTT_server');
  if (!isOn('DNS_enabled') || !/^mqtt$/i.test(value('DNS_mode')))
    tell('warning', 'statusOff', isOn('DNS_enabled') ? 'DNS_mode' : 'DNS_enabled');
  else if (/^\d+$/.test(value('DNS_period')) && Number(value('DNS_period')) > statusPeriodS)
    tell('warning', 'statusPeriod', 'DNS_period', { wanted: String(statusPeriodS) });
  if (isOn('MQTT_persistent')) tell('warning', 'persistent', 'MQTT_persistent');
  if (value('GPRS_timeout') !== '' && value('GPRS_timeout') !== '0') tell('error', 'timeout', 'GPRS_timeout');
  if (value('GPRS_apn') === '') tell('error', 'missing', 'GPRS_apn', { wanted: 'APN' });
  if (isOn('MTX_ATLimited')) tell('warning', 'atLimited', 'MTX_ATLimited');
  if (isOn('MTX_ATEmbedded')) tell('warning', 'atEmbedded', 'MTX_ATEmbedded');
  if (isOn('CSD_enabled')) tell('info', 'dataCalls', 'CSD_enabled');
  if (isOn('ULP_enabled')) tell('info', 'battery', 'ULP_enabled');
  if (
    isOn('LOGGER_enabled') &&
    [...lines.values()].some(({ name, value: hex }) => /^LOGGER_serialData/i.test(name) && hex !== '')
  )
    tell('warning', 'logger', 'LOGGER_enabled');
  const hasPhones = [...lines.values()].some(
    ({ name, value: phone }) => /^SMS_validPhone\d*$/i.test(name) && phone !== '',
  );
  if (isOn('SMS_allPhones')) tell('warning', 'allPhones', 'SMS_allPhones');
  else if (!hasPhones) tell('info', 'noPhones', 'SMS_validPhone1');
  if (!isOn('SMS_ATEnabled')) tell('info', 'smsOff', 'SMS_ATEnabled');
  return found;
}

const LEVELS: readonly Finding['level'][] = ['error', 'warning', 'info'];
const ATTOPICS: readonly string[] = ['MQTT_attopic1', 'MQTT_attopic2', 'MQTT_attopic3'];
