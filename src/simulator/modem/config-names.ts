// Every parameter name of the vendor's pages, in its documented spelling. `#` stands for a number or nothing.
// Table only: what a name means to the simulator stands where it is used.

export const PARAMETER_NAMES: readonly string[] = [
  // Serial ports: COM1 and COM2.
  ...['COMM', 'COMM2'].flatMap((port) =>
    ['baudrate', 'bitsperchar', 'autorts', 'autocts', 'stopbits', 'parity'].map((name) => `${port}_${name}`),
  ),
  // Mobile network.
  'GPRS_apn',
  'GPRS_login',
  'GPRS_password',
  'GPRS_timeout',
  'GPRS_mode',
  // The modem itself.
  'MTX_PIN',
  'MTX_mode',
  'MTX_model',
  'MTX_msToSend',
  'MTX_invertedCom',
  'MTX_portAux',
  'MTX_ATLimited',
  'MTX_ATMux',
  'MTX_ATEmbedded',
  'MTX_urc',
  'MTX_ping',
  'MTX_pingIP',
  'MTX_numGSMErrors',
  'MTX_autoreset',
  'MTX_TPProtocol',
  'MTX_TPServer#',
  'MTX_TPFormat',
  'MTX_flushSerialBuffers',
  'MTX_latitude',
  'MTX_longitude',
  // SMS.
  'SMS_allPhones',
  'SMS_sendIP',
  'SMS_ATEnabled',
  'SMS_ATResponse',
  'SMS_tunnelString',
  'SMS_validPhone#',
  'SMS_alias#',
  'SMS_aliasResponse',
  // MQTT. The IO topic is printed twice as "OTopic" and never as "IOTopic"; both spellings are accepted.
  'MQTT_enabled',
  'MQTT_server',
  'MQTT_id',
  'MQTT_login',
  'MQTT_password',
  'MQTT_attopic#',
  'MQTT_atrtopic',
  'MQTT_qos',
  'MQTT_keepalive',
  'MQTT_persistent',
  'MQTT_commrxtopic',
  'MQTT_commtxtopic',
  'MQTT_comm2rxtopic',
  'MQTT_comm2txtopic',
  'MQTT_defaultOTopic',
  'MQTT_defaultIOTopic',
  'MQTT_defaultIOQos',
  // Status reports. "exdended" is printed on one page, "extended" on another.
  'DNS_enabled',
  'DNS_mode',
  'DNS_mqttTopic',
  'DNS_period',
  'DNS_extended',
  'DNS_exdended',
  'DNS_password',
  // Services that the simulator stores and does not play.
  'FIREWALL_enabled',
  'FIREWALL_IP#',
  'TELNET_enabled',
  'TELNET_login',
  'TELNET_password',
  'TELNET_firewall',
  'TELNET_port',
  'CSD_enabled',
  'CSD_commPort',
  'ALARM_gpioEnabled',
  'ALARM_gpioValue',
  'ALARM_gpioMessage#',
  'ALARM_gpioPause',
  'ALARM_smsNumber#',
  'GPIO_mode#',
  'GPIO_config#',
  'ADC_mode#',
  'ADC_config#',
  'OUTPUT_mode#',
  'OUTPUT_config#',
  'LOGGER_enabled',
  'LOGGER_mode',
  'LOGGER_mqttTopic',
  'LOGGER_ioPeriod',
  'LOGGER_ioPeriodDelay',
  'LOGGER_registerSize',
  'LOGGER_numRegistersFlash',
  'LOGGER_numRegistersRam',
  'LOGGER_password',
  'LOGGER_server',
  'LOGGER_serverLogin',
  'LOGGER_serverPassword',
  'LOGGER_httpMode',
  'LOGGER_serialData#',
  'MODBUS_address',
  'MODBUS_start',
  'MODBUS_numWords',
  'ULP_enabled',
  'ULP_sleepMode',
  'ULP_minutesOff',
  'ULP_secondsOn',
  'ULP_relayMode',
];

/** What a modem on an RS232 device is shipped with here; RS485 differs in MTX_invertedCom only. */
export const FACTORY_CONFIG = `
COMM_baudrate: 9600
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
MTX_numGSMErrors: 180
MTX_ATLimited: off
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
MQTT_server: ssl://test.mosquitto.org:8883
MQTT_id: [IMEI]
MQTT_login:
MQTT_password:
MQTT_attopic1: [IMEI]/AT
MQTT_atrtopic: [IMEI]/ATR
MQTT_qos: 1
MQTT_keepalive: 300
MQTT_persistent: off
MQTT_commrxtopic: [IMEI]/rx
MQTT_commtxtopic: [IMEI]/tx
`;
