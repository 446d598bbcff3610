// A complete config.txt for one modem: its topics and serial settings from the modem node, the rest from a few options.
// What the file cannot hold (where certificates go, what is assumed) is told as notes, by key: the words are a
// catalog's.
import type { ModemProfile } from '../../transport/modem/modem-profile';
import { formatConfigText } from './config-text';

export interface ConfigOptions {
  readonly bus: 'rs232' | 'rs485';
  /** As the platform names it: mqtts://host:8883, mqtt://host:1883. */
  readonly brokerUrl: string;
  readonly brokerLogin: string;
  readonly brokerPassword: string;
  readonly apn: string;
  readonly apnLogin: string;
  readonly apnPassword: string;
  readonly pin: string;
  readonly model: string;
  readonly keepaliveS: number;
  readonly statusPeriodS: number;
  readonly isStatusExtended: boolean;
  readonly phones: readonly string[];
  /** Watchdog: minutes without communication until a ping (0 = none), and the address. */
  readonly pingMinutes: number;
  readonly pingAddress: string;
  /** Watchdog: network errors until the modem resets; 0 leaves the firmware's own. */
  readonly networkErrors: number;
  readonly hasDailyReset: boolean;
}

export const DEFAULT_CONFIG_OPTIONS: ConfigOptions = {
  bus: 'rs232',
  brokerUrl: 'mqtts://broker.example:8883',
  brokerLogin: '',
  brokerPassword: '',
  apn: '',
  apnLogin: '',
  apnPassword: '',
  pin: '0000',
  model: '',
  keepaliveS: 300,
  statusPeriodS: 300,
  isStatusExtended: false,
  phones: [],
  pingMinutes: 35,
  pingAddress: '8.8.8.8',
  networkErrors: 180,
  hasDailyReset: false,
};

export type ConfigNote =
  'certificates' | 'plainBroker' | 'noApn' | 'noPhones' | 'localBroker' | 'rs485' | 'dailyResetAssumed';

export function generateConfig(
  profile: ModemProfile,
  options: ConfigOptions,
): { readonly text: string; readonly notes: readonly ConfigNote[] } {
  const { topics, line } = profile;
  const server = modemBrokerUrl(options.brokerUrl);
  const phones = options.phones.map((phone, i) => [`SMS_validPhone${i + 1}`, phone.replace(/\s/g, '')] as const);
  const entries: (readonly [string, string])[] = [
    ['COMM_baudrate', String(line.baud)],
    ['COMM_bitsperchar', String(line.dataBits)],
    ['COMM_autorts', 'off'],
    ['COMM_autocts', 'off'],
    ['COMM_stopbits', String(line.stopBits)],
    ['COMM_parity', line.parity],
    ['GPRS_apn', options.apn],
    ['GPRS_login', options.apnLogin],
    ['GPRS_password', options.apnPassword],
    ['GPRS_timeout', '0'],
    ['MTX_PIN', options.pin],
    ['MTX_mode', 'mqtt'],
    ...(options.model === '' ? [] : [['MTX_model', options.model] as const]),
    ['MTX_ping', String(options.pingMinutes)],
    ['MTX_pingIP', options.pingAddress],
    ...(options.networkErrors > 0 ? [['MTX_numGSMErrors', String(options.networkErrors)] as const] : []),
    ...(options.hasDailyReset ? [['MTX_autoreset', 'on'] as const] : []),
    ['MTX_invertedCom', options.bus === 'rs485' ? 'on' : 'off'],
    ['MTX_msToSend', '100'],
    ['MTX_ATLimited', 'off'],
    ['SMS_allPhones', 'off'],
    ['SMS_sendIP', 'off'],
    ['SMS_ATEnabled', 'on'],
    ['SMS_ATResponse', 'on'],
    ...phones,
    ['FIREWALL_enabled', 'off'],
    ['DNS_enabled', 'on'],
    ['DNS_mode', 'mqtt'],
    ['DNS_mqttTopic', topics.status],
    ['DNS_extended', options.isStatusExtended ? 'on' : 'off'],
    ['DNS_period', String(options.statusPeriodS)],
    ['MQTT_enabled', 'on'],
    ['MQTT_server', server],
    ['MQTT_id', '[IMEI]'],
    ['MQTT_login', options.brokerLogin],
    ['MQTT_password', options.brokerPassword],
    ['MQTT_attopic1', topics.at],
    ...(topics.broadcast === '' ? [] : [['MQTT_attopic2', topics.broadcast] as const]),
    ['MQTT_atrtopic', topics.atr],
    ['MQTT_qos', String(profile.qos)],
    ['MQTT_keepalive', String(options.keepaliveS)],
    ['MQTT_persistent', 'off'],
    ['MQTT_commrxtopic', topics.rx],
    ['MQTT_commtxtopic', topics.tx],
  ];
  return { text: formatConfigText(entries), notes: notesOf(server, options) };
}

/** The broker's address in the words of the modem: ssl:// and tcp://, always with a port. */
export function modemBrokerUrl(url: string): string {
  const [, scheme = 'mqtt', host = '', port] =
    /^(?:([a-z]+):\/\/)?(\[[^\]]+\]|[^/:]+)(?::(\d+))?/i.exec(url.trim()) ?? [];
  const isSecure = /^(mqtts|ssl|tls|wss)$/i.test(scheme);
  return `${isSecure ? 'ssl' : 'tcp'}://${host}:${port ?? (isSecure ? '8883' : '1883')}`;
}

function notesOf(server: string, options: ConfigOptions): readonly ConfigNote[] {
  const notes: ConfigNote[] = [server.startsWith('ssl:') ? 'certificates' : 'plainBroker'];
  // a name that means this machine here means the modem itself there
  if (/:\/\/(localhost|127\.|\[::1\])/i.test(server)) notes.push('localBroker');
  if (options.apn === '') notes.push('noApn');
  if (options.phones.length === 0) notes.push('noPhones');
  if (options.bus === 'rs485') notes.push('rs485');
  if (options.hasDailyReset) notes.push('dailyResetAssumed');
  return notes;
}
