// Every parameter of config.txt that is known, as data: name in the documented spelling (`#` stands for a number or
// nothing), what it takes, and what it does in the words of both languages. `documented`: its meaning stands in the
// modem's documentation or in the set-up that this project follows; `assumed`: the name or its meaning is a deduction.
// Table only: how rows are found and checked is parameters.ts.

export type ParameterType = 'flag' | 'integer' | 'decimal' | 'choice' | 'text' | 'topic' | 'phone';
export type Basis = 'documented' | 'assumed';

export interface ParameterRow {
  readonly name: string;
  readonly type: ParameterType;
  readonly basis: Basis;
  readonly en: string;
  readonly es: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Never shown, logged or sent on in clear. */
  readonly isSecret?: true;
  /** Known misprints and other spellings that mean this parameter. */
  readonly misprints?: readonly string[];
}

type Extras = Omit<Partial<ParameterRow>, 'name' | 'type' | 'basis' | 'en' | 'es'>;

function row(
  name: string,
  type: ParameterType,
  basis: Basis,
  en: string,
  es: string,
  extras: Extras = {},
): ParameterRow {
  return { name, type, basis, en, es, ...extras };
}
const D = 'documented';
const A = 'assumed';

function port(prefix: 'COMM' | 'COMM2', en: string, es: string): readonly ParameterRow[] {
  return [
    row(
      `${prefix}_baudrate`,
      'choice',
      D,
      `Speed of ${en}. Has to be the meter's.`,
      `Velocidad de ${es}. Tiene que ser la del contador.`,
      {
        unit: 'Bd',
        choices: [
          '300',
          '600',
          '1200',
          '2400',
          '4800',
          '9600',
          '19200',
          '38400',
          '57600',
          '115200',
          '230400',
          '460800',
          '921600',
        ],
      },
    ),
    row(`${prefix}_bitsperchar`, 'choice', D, `Data bits of ${en}.`, `Bits de datos de ${es}.`, {
      choices: ['7', '8'],
    }),
    row(`${prefix}_parity`, 'choice', D, `Parity of ${en}.`, `Paridad de ${es}.`, { choices: ['none', 'even', 'odd'] }),
    row(`${prefix}_stopbits`, 'choice', D, `Stop bits of ${en}.`, `Bits de parada de ${es}.`, { choices: ['1', '2'] }),
    row(
      `${prefix}_autorts`,
      'flag',
      D,
      `Flow control by RTS on ${en}. Off for meters.`,
      `Control de flujo por RTS en ${es}. Desactivado para contadores.`,
    ),
    row(
      `${prefix}_autocts`,
      'flag',
      D,
      `Flow control by CTS on ${en}. Off for meters.`,
      `Control de flujo por CTS en ${es}. Desactivado para contadores.`,
    ),
  ];
}

export const PARAMETERS: readonly ParameterRow[] = [
  ...port('COMM', 'the first serial port (COM1)', 'el primer puerto serie (COM1)'),
  ...port('COMM2', 'the second serial port (COM2)', 'el segundo puerto serie (COM2)'),

  row(
    'GPRS_apn',
    'text',
    D,
    "Access point name of the SIM card's operator. With a wrong one the modem has no data, only SMS.",
    'Punto de acceso (APN) del operador de la SIM. Con uno equivocado el módem se queda sin datos, solo con SMS.',
  ),
  row('GPRS_login', 'text', D, 'User name for the access point.', 'Usuario del punto de acceso.', { isSecret: true }),
  row('GPRS_password', 'text', D, 'Password for the access point.', 'Contraseña del punto de acceso.', {
    isSecret: true,
  }),
  row(
    'GPRS_timeout',
    'integer',
    D,
    'How long the data connection lasts without traffic; 0 = always connected.',
    'Cuánto dura la conexión de datos sin tráfico; 0 = siempre conectado.',
    { min: 0, max: 1_000_000 },
  ),
  row(
    'GPRS_mode',
    'text',
    D,
    'Mobile technology to use: 2g forces 2G, which data calls (CSD) need.',
    'Tecnología móvil: 2g fuerza 2G, que las llamadas de datos (CSD) necesitan.',
  ),

  row(
    'MTX_PIN',
    'text',
    D,
    'PIN of the SIM card; 0000 for a SIM without PIN. A wrong one blocks the SIM after three boots.',
    'PIN de la SIM; 0000 para una SIM sin PIN. Uno equivocado bloquea la SIM tras tres arranques.',
    { isSecret: true },
  ),
  row(
    'MTX_mode',
    'choice',
    D,
    'What the serial port is connected to: mqtt is the transparent gateway that meter reading needs.',
    'A qué se conecta el puerto serie: mqtt es la pasarela transparente que la lectura de contadores necesita.',
    { choices: ['mqtt', 'none', 'server', 'client'] },
  ),
  row('MTX_model', 'text', D, 'Part number or name of the modem.', 'Referencia o nombre del módem.'),
  row(
    'MTX_msToSend',
    'integer',
    A,
    'After this silence on the serial line the collected bytes are sent as one message.',
    'Tras este silencio en la línea serie los bytes reunidos se envían en un mensaje.',
    { unit: 'ms', min: 1, max: 60_000 },
  ),
  row(
    'MTX_invertedCom',
    'flag',
    D,
    'Swaps the roles of COM1 and COM2: off for RS232, on for RS485.',
    'Intercambia COM1 y COM2: off para RS232, on para RS485.',
  ),
  row(
    'MTX_portAux',
    'text',
    D,
    'Use of the second port, for example modbusmaster.',
    'Uso del segundo puerto, por ejemplo modbusmaster.',
  ),
  row(
    'MTX_ATLimited',
    'flag',
    D,
    'On: only some AT commands are accepted from remote. Off: no limits.',
    'On: solo se aceptan algunos comandos AT remotos. Off: sin límites.',
  ),
  row(
    'MTX_ATMux',
    'flag',
    D,
    'Commands between <MTXTUNNEL> tags from the device on COM1. Off saves processor time.',
    'Comandos entre etiquetas <MTXTUNNEL> desde el equipo en COM1. Desactivado ahorra procesador.',
  ),
  row(
    'MTX_ATEmbedded',
    'flag',
    D,
    'AT commands inside the serial stream. Off for binary protocols.',
    'Comandos AT dentro del flujo serie. Desactivado para protocolos binarios.',
  ),
  row(
    'MTX_urc',
    'flag',
    A,
    'Unsolicited messages of the program on the serial port. Off for meters.',
    'Mensajes no solicitados del programa por el puerto serie. Desactivado para contadores.',
  ),
  row(
    'MTX_ping',
    'integer',
    D,
    'Watchdog: minutes without communication until a ping; 0 = none.',
    'Watchdog: minutos sin comunicación hasta un ping; 0 = ninguno.',
    { unit: 'min', min: 0, max: 1_440 },
  ),
  row(
    'MTX_pingIP',
    'text',
    D,
    'Address that the watchdog pings; it has to answer.',
    'Dirección a la que el watchdog hace ping; tiene que contestar.',
  ),
  row(
    'MTX_numGSMErrors',
    'integer',
    A,
    'Watchdog: network errors until the modem resets itself.',
    'Watchdog: errores de red hasta que el módem se reinicia.',
    { min: 0, max: 100_000 },
  ),
  row(
    'MTX_autoreset',
    'flag',
    A,
    'Daily reset every 24 hours. The name of this parameter is assumed: check it on your firmware.',
    'Reinicio diario cada 24 horas. El nombre de este parámetro es supuesto: compruébelo en su firmware.',
  ),
  row('MTX_TPProtocol', 'text', D, 'Where the time comes from: ntp.', 'De dónde viene la hora: ntp.'),
  row(
    'MTX_TPServer#',
    'text',
    D,
    'Time server; a second one as MTX_TPServer2.',
    'Servidor de hora; el segundo es MTX_TPServer2.',
  ),
  row(
    'MTX_TPFormat',
    'text',
    A,
    'Form of time stamps in messages: unix = seconds since 1970.',
    'Formato de las marcas de tiempo: unix = segundos desde 1970.',
  ),
  row(
    'MTX_flushSerialBuffers',
    'flag',
    D,
    'Empties the serial buffers before a TCP connection is made.',
    'Vacía los búferes serie antes de crear una conexión TCP.',
  ),
  row('MTX_latitude', 'decimal', D, 'Latitude for the astronomical clock.', 'Latitud para el reloj astronómico.', {
    unit: '°',
    min: -90,
    max: 90,
  }),
  row('MTX_longitude', 'decimal', D, 'Longitude for the astronomical clock.', 'Longitud para el reloj astronómico.', {
    unit: '°',
    min: -180,
    max: 180,
  }),

  row(
    'SMS_allPhones',
    'flag',
    D,
    'On: any phone may command by SMS. Off: only the authorised numbers.',
    'On: cualquier teléfono puede mandar por SMS. Off: solo los números autorizados.',
  ),
  row(
    'SMS_sendIP',
    'flag',
    D,
    'The SMS "mtxtunnel on" or a missed call is answered with the IP address.',
    'El SMS "mtxtunnel on" o una llamada perdida se contesta con la dirección IP.',
  ),
  row('SMS_ATEnabled', 'flag', D, 'AT commands by SMS (MTXTUNNEL AT...).', 'Comandos AT por SMS (MTXTUNNEL AT...).'),
  row(
    'SMS_ATResponse',
    'flag',
    D,
    'The result of an AT command goes back by SMS.',
    'El resultado de un comando AT vuelve por SMS.',
  ),
  row(
    'SMS_tunnelString',
    'text',
    A,
    'Text that marks an SMS whose data goes to the serial device.',
    'Texto que marca un SMS cuyos datos van al equipo serie.',
  ),
  row(
    'SMS_validPhone#',
    'phone',
    D,
    'Phone that may command by SMS, with country code: +34...',
    'Teléfono que puede mandar por SMS, con prefijo de país: +34...',
  ),
  row(
    'SMS_alias#',
    'text',
    D,
    'Short word for a command: TEXT>AT command.',
    'Palabra corta para un comando: TEXTO>comando AT.',
  ),
  row(
    'SMS_aliasResponse',
    'text',
    A,
    'What an alias answers: result = the result of its command.',
    'Qué contesta un alias: result = el resultado de su comando.',
  ),

  row(
    'MQTT_enabled',
    'flag',
    D,
    'The MQTT client. Without it the platform does not reach the modem.',
    'El cliente MQTT. Sin él la plataforma no llega al módem.',
  ),
  row(
    'MQTT_server',
    'text',
    D,
    'Broker: ssl://host:8883 (TLS) or tcp://host:1883.',
    'Broker: ssl://host:8883 (TLS) o tcp://host:1883.',
  ),
  row(
    'MQTT_id',
    'text',
    D,
    'Client identifier, different for every modem: [IMEI].',
    'Identificador de cliente, distinto en cada módem: [IMEI].',
  ),
  row('MQTT_login', 'text', D, 'User at the broker; may be empty.', 'Usuario en el broker; puede estar vacío.', {
    isSecret: true,
  }),
  row(
    'MQTT_password',
    'text',
    D,
    'Password at the broker; may be empty.',
    'Contraseña en el broker; puede estar vacía.',
    { isSecret: true },
  ),
  row(
    'MQTT_attopic#',
    'topic',
    D,
    'Topic on which the modem hears AT commands; up to three. One of them may be the same in all modems.',
    'Tema en el que el módem oye comandos AT; hasta tres. Uno puede ser el mismo en todos los módems.',
  ),
  row(
    'MQTT_atrtopic',
    'topic',
    D,
    'Topic on which the modem answers AT commands.',
    'Tema en el que el módem contesta a los comandos AT.',
  ),
  row(
    'MQTT_qos',
    'choice',
    A,
    "Quality of service of the modem's messages.",
    'Calidad de servicio de los mensajes del módem.',
    { choices: ['0', '1', '2'] },
  ),
  row('MQTT_keepalive', 'integer', D, 'MQTT keep-alive.', 'Keep-alive de MQTT.', { unit: 's', min: 1, max: 65_535 }),
  row(
    'MQTT_persistent',
    'flag',
    A,
    'Persistent session. Off for meters: a stored request would be written to the meter hours later.',
    'Sesión persistente. Desactivada para contadores: una petición guardada se escribiría al contador horas después.',
  ),
  row(
    'MQTT_commrxtopic',
    'topic',
    D,
    'The modem hears this topic and writes what comes to its serial port (platform to meter).',
    'El módem oye este tema y escribe lo que llega en su puerto serie (plataforma a contador).',
  ),
  row(
    'MQTT_commtxtopic',
    'topic',
    D,
    'The modem publishes here what its serial port hears (meter to platform).',
    'El módem publica aquí lo que oye su puerto serie (contador a plataforma).',
  ),
  row(
    'MQTT_comm2rxtopic',
    'topic',
    A,
    'As MQTT_commrxtopic, for the second port.',
    'Como MQTT_commrxtopic, para el segundo puerto.',
  ),
  row(
    'MQTT_comm2txtopic',
    'topic',
    A,
    'As MQTT_commtxtopic, for the second port.',
    'Como MQTT_commtxtopic, para el segundo puerto.',
  ),
  row(
    'MQTT_defaultOTopic',
    'topic',
    A,
    'Topic of input and output changes. Printed so; some firmware may say MQTT_defaultIOTopic.',
    'Tema de los cambios de entradas y salidas. Impreso así; algún firmware puede decir MQTT_defaultIOTopic.',
  ),
  row(
    'MQTT_defaultIOTopic',
    'topic',
    A,
    'Topic of input and output changes, in the other spelling.',
    'Tema de los cambios de entradas y salidas, con la otra grafía.',
  ),
  row(
    'MQTT_defaultIOQos',
    'choice',
    A,
    'Quality of service of input and output changes.',
    'Calidad de servicio de los cambios de entradas y salidas.',
    { choices: ['0', '1', '2'] },
  ),

  row('DNS_enabled', 'flag', D, 'Periodic status report.', 'Informe periódico de estado.'),
  row('DNS_mode', 'choice', D, 'How the status is reported: mqtt.', 'Cómo se informa del estado: mqtt.', {
    choices: ['mqtt', 'remoteat', 'http', 'https'],
  }),
  row('DNS_mqttTopic', 'topic', D, 'Topic of the status report.', 'Tema del informe de estado.'),
  row('DNS_period', 'integer', D, 'Time between status reports.', 'Tiempo entre informes de estado.', {
    unit: 's',
    min: 1,
    max: 1_000_000,
  }),
  row(
    'DNS_extended',
    'flag',
    D,
    'On: the status report holds inputs, outputs and analog values too.',
    'On: el informe de estado lleva también entradas, salidas y valores analógicos.',
    { misprints: ['DNS_exdended'] },
  ),
  row(
    'DNS_password',
    'text',
    A,
    'Free text that tells the device in its status report.',
    'Texto libre que identifica el equipo en su informe de estado.',
    { isSecret: true },
  ),

  row(
    'FIREWALL_enabled',
    'flag',
    D,
    'Incoming connections only from the listed addresses.',
    'Conexiones entrantes solo desde las direcciones de la lista.',
  ),
  row('FIREWALL_IP#', 'text', D, 'Address that may connect.', 'Dirección que puede conectarse.'),
  row(
    'TELNET_enabled',
    'flag',
    D,
    'Telnet server of the modem. Off unless needed.',
    'Servidor Telnet del módem. Desactivado si no hace falta.',
  ),
  row('TELNET_login', 'text', D, 'Telnet user.', 'Usuario de Telnet.', { isSecret: true }),
  row(
    'TELNET_password',
    'text',
    D,
    'Telnet password, up to 32 characters.',
    'Contraseña de Telnet, hasta 32 caracteres.',
    { isSecret: true },
  ),
  row(
    'TELNET_firewall',
    'flag',
    D,
    "Telnet only from the firewall's addresses.",
    'Telnet solo desde las direcciones del cortafuegos.',
  ),
  row('TELNET_port', 'integer', D, 'TCP port of Telnet.', 'Puerto TCP de Telnet.', { min: 1, max: 65_535 }),
  row(
    'CSD_enabled',
    'flag',
    D,
    'Data calls (2G). During a call the serial port does not answer over MQTT.',
    'Llamadas de datos (2G). Durante una llamada el puerto serie no contesta por MQTT.',
  ),
  row('CSD_commPort', 'choice', D, 'Port that data calls use.', 'Puerto que usan las llamadas de datos.', {
    choices: ['1', '2', '3'],
  }),

  row('ALARM_gpioEnabled', 'flag', D, 'SMS alarm on an input.', 'Alarma SMS por una entrada.'),
  row('ALARM_gpioValue', 'choice', D, 'Edge: 0 falling, 1 rising, 2 both.', 'Flanco: 0 bajada, 1 subida, 2 ambos.', {
    choices: ['0', '1', '2'],
  }),
  row(
    'ALARM_gpioMessage#',
    'text',
    D,
    'Text of the alarm, up to 160 characters.',
    'Texto de la alarma, hasta 160 caracteres.',
  ),
  row('ALARM_gpioPause', 'integer', D, 'Pause between alarms.', 'Pausa entre alarmas.', {
    unit: 's',
    min: 0,
    max: 86_400,
  }),
  row('ALARM_smsNumber#', 'phone', D, 'Phone that gets alarms.', 'Teléfono que recibe alarmas.'),
  row('GPIO_mode#', 'choice', D, 'Use of a digital pin.', 'Uso de un pin digital.', { choices: ['input', 'output'] }),
  row(
    'GPIO_config#',
    'text',
    D,
    'What a digital pin does: normal, mqtt;2;0, modbus;..., at;...',
    'Qué hace un pin digital: normal, mqtt;2;0, modbus;..., at;...',
  ),
  row(
    'ADC_mode#',
    'choice',
    D,
    'Analog input: voltage (0-50 V) or current (0-20 mA).',
    'Entrada analógica: voltage (0-50 V) o current (0-20 mA).',
    { choices: ['voltage', 'current'] },
  ),
  row(
    'ADC_config#',
    'text',
    D,
    'What an analog input does: normal, sms;..., at;...',
    'Qué hace una entrada analógica: normal, sms;..., at;...',
  ),
  row('OUTPUT_mode#', 'choice', D, 'What moves an output.', 'Qué mueve una salida.', {
    choices: ['manual', 'on', 'off', 'time', 'analog', 'modbus', 'call', 'astronomical', 'socket'],
  }),
  row(
    'OUTPUT_config#',
    'text',
    D,
    "Details of the output's mode, for example HH;MM;HH;MM.",
    'Detalles del modo de la salida, por ejemplo HH;MM;HH;MM.',
  ),

  row('LOGGER_enabled', 'flag', D, 'Data logger of the modem.', 'Registrador de datos del módem.'),
  row('LOGGER_mode', 'text', D, 'How the logger sends: mqtt or http.', 'Cómo envía el registrador: mqtt o http.'),
  row('LOGGER_mqttTopic', 'topic', D, 'Topic of the logger.', 'Tema del registrador.'),
  row('LOGGER_ioPeriod', 'integer', D, 'Time between records of inputs.', 'Tiempo entre registros de entradas.', {
    unit: 's',
    min: 0,
    max: 1_000_000,
  }),
  row('LOGGER_ioPeriodDelay', 'integer', A, 'Delay of the first record.', 'Retraso del primer registro.', {
    unit: 's',
    min: 0,
    max: 1_000_000,
  }),
  row('LOGGER_registerSize', 'integer', D, 'Bytes of one record.', 'Bytes de un registro.', { min: 1, max: 65_535 }),
  row('LOGGER_numRegistersFlash', 'integer', D, 'Records kept in flash.', 'Registros guardados en flash.', {
    min: 0,
    max: 1_000_000,
  }),
  row('LOGGER_numRegistersRam', 'integer', D, 'Records kept in memory.', 'Registros guardados en memoria.', {
    min: 0,
    max: 1_000_000,
  }),
  row('LOGGER_password', 'text', D, 'User field of the logger.', 'Campo de usuario del registrador.', {
    isSecret: true,
  }),
  row('LOGGER_server', 'text', D, 'Server of the logger.', 'Servidor del registrador.'),
  row('LOGGER_serverLogin', 'text', D, "User at the logger's server.", 'Usuario en el servidor del registrador.', {
    isSecret: true,
  }),
  row(
    'LOGGER_serverPassword',
    'text',
    D,
    "Password at the logger's server.",
    'Contraseña en el servidor del registrador.',
    { isSecret: true },
  ),
  row('LOGGER_httpMode', 'text', D, 'HTTP form of the logger: getjson.', 'Forma HTTP del registrador: getjson.', {
    misprints: ['LOGGER_httpmode'],
  }),
  row(
    'LOGGER_serialData#',
    'text',
    D,
    'Hexadecimal bytes that the modem sends to the serial device by itself. They disturb the reading of meters.',
    'Bytes hexadecimales que el módem envía por sí mismo al equipo serie. Molestan a la lectura de contadores.',
  ),
  row(
    'MODBUS_address',
    'text',
    D,
    'Modbus units that the modem itself reads, 1 to 255, separated by semicolons.',
    'Unidades Modbus que lee el propio módem, de 1 a 255, separadas por punto y coma.',
  ),
  row(
    'MODBUS_start',
    'text',
    D,
    'First registers, 1 to 65535, separated by semicolons.',
    'Primeros registros, de 1 a 65535, separados por punto y coma.',
  ),
  row(
    'MODBUS_numWords',
    'text',
    D,
    'Numbers of words, 1 to 20, separated by semicolons.',
    'Números de palabras, de 1 a 20, separados por punto y coma.',
  ),
  row(
    'ULP_enabled',
    'flag',
    D,
    'Battery mode: the modem is on line only a few minutes a day.',
    'Modo de batería: el módem está en línea solo unos minutos al día.',
  ),
  row('ULP_sleepMode', 'text', D, 'Unit of the pause: minutes.', 'Unidad de la pausa: minutes.'),
  row('ULP_minutesOff', 'integer', D, 'Pause between two times on line.', 'Pausa entre dos ratos en línea.', {
    unit: 'min',
    min: 1,
    max: 1_000_000,
  }),
  row('ULP_secondsOn', 'integer', D, 'Time on line.', 'Tiempo en línea.', {
    unit: 's',
    min: 1,
    max: 1_000_000,
  }),
  row(
    'ULP_relayMode',
    'text',
    D,
    'What the relay does while the modem is on.',
    'Qué hace el relé mientras el módem está encendido.',
  ),
];
