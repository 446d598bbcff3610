// 23 Readings to a database: one reading, one row; the ways to three kinds of database by core nodes, none of them
// needed for the flow to run.
import { FLEET_ID, Flow, functionOf, injectOf } from './flow';

const METERS: readonly object[] = [
  {
    imei: '353234028103206',
    unit: 1,
    profile: 'eastron-sdm630',
    name: 'main board',
    registers: ['voltage_l1', 'power_total', 'import_kwh'],
  },
  {
    imei: '353234028103222',
    unit: 1,
    profile: 'carlogavazzi-em340',
    name: 'roof',
    registers: ['voltage_l1', 'power_total'],
  },
];

export function databaseFlow(): string {
  const env = [
    {
      name: 'INFLUX_URL',
      value: 'http://localhost:8086/api/v2/write?org=meters&bucket=meters&precision=ms',
      type: 'str',
    },
    { name: 'POSTGREST_URL', value: 'http://localhost:3000/readings', type: 'str' },
  ];
  const flow = new Flow(
    23,
    '23 Readings to a database',
    'Every reading as a row. Runs as it is and shows the rows in the debug sidebar; enable the way to your database.',
    env,
  );
  flow.comment(
    [0, 0],
    'One reading, one row',
    "Create the table once (SQLite and PostgreSQL alike):\n\nCREATE TABLE readings (time TIMESTAMP NOT NULL, imei TEXT NOT NULL, meter TEXT NOT NULL, name TEXT NOT NULL, id TEXT, value DOUBLE PRECISION, text TEXT, unit TEXT, at TEXT);\n\nTimescale: SELECT create_hypertable('readings', 'time');\n\n- time is the platform's, in UTC, when the answer was complete; at is the meter's own time as it tells it, often without a zone.\n- A number that a JavaScript number cannot hold exactly comes as text and stays text: a wrong digit in a meter index is worse than none.\n- Readings that failed make no row.",
  );
  flow.add(
    'every',
    'inject',
    [0, 1],
    {
      ...injectOf(300, [{ p: 'payload' }]),
      name: 'meters, every 5 min',
      onceDelay: '3',
      payload: JSON.stringify(METERS),
      payloadType: 'json',
    },
    [['one']],
  );
  flow.add(
    'one',
    'split',
    [1, 1],
    {
      name: 'one by one',
      splt: '\\n',
      spltType: 'str',
      arraySplt: 1,
      arraySpltType: 'len',
      stream: false,
      addname: '',
      property: 'payload',
    },
    [['meter']],
  );
  flow.add(
    'meter',
    'change',
    [2, 1],
    {
      name: 'modem and meter',
      rules: [
        { t: 'set', p: 'imei', pt: 'msg', to: 'payload.imei', tot: 'msg' },
        { t: 'set', p: 'meter', pt: 'msg', to: 'payload', tot: 'msg' },
        { t: 'delete', p: 'meter.imei', pt: 'msg' },
        { t: 'delete', p: 'parts', pt: 'msg' },
      ],
      action: '',
      property: '',
      from: '',
      to: '',
      reg: false,
    },
    [['read']],
  );
  flow.add(
    'read',
    'mtx-modbus-read',
    [3, 1],
    {
      name: 'each reading',
      modem: FLEET_ID,
      unit: '1',
      framing: 'rtu',
      profile: 'eastron-sdm630',
      registers: [],
      maxRegisters: '',
      timeout: '1000',
      output: 'each',
      version: 1,
    },
    [['row']],
  );
  flow.add(
    'row',
    'function',
    [4, 1],
    functionOf(
      'row',
      `
const { time, imei, meter, name, id, value, unit, at, error } = msg.payload;
if (error) return null;
const isNumber = typeof value === 'number';
const text = isNumber || value === null ? null : String(value);
return { payload: { time, imei, meter, name, id, value: isNumber ? value : null, text, unit: unit ?? null, at: at ?? null } };`,
    ),
    [['show', 'sqlite', 'post', 'line']],
  );
  flow.add('show', 'debug', [5, 1], debug('row'));

  flow.comment(
    [0, 3],
    'SQLite: a statement and its values',
    'The maintained node node-red-node-sqlite (type "sqlite", SQL Query: via msg.topic) takes them as they are: put it in the place of the debug node. The values travel beside the statement, so that no text of a meter can become SQL.',
  );
  flow.add(
    'sqlite',
    'function',
    [4, 3],
    functionOf(
      'SQL and values',
      `
const columns = Object.keys(msg.payload);
msg.topic = \`INSERT INTO readings (\${columns.join(', ')}) VALUES (\${columns.map((_, i) => '$' + (i + 1)).join(', ')})\`;
msg.payload = Object.values(msg.payload);
return msg;`,
    ),
    [['statement']],
  );
  flow.add('statement', 'debug', [5, 3], { ...debug('your sqlite node here'), complete: 'true' });

  flow.comment(
    [0, 5],
    'PostgreSQL or Timescale, through PostgREST',
    "PostgREST makes a table an HTTP resource: the row is the body. Set POSTGREST_URL in this flow's environment variables and enable the http request node (it is disabled, so that nothing goes anywhere). A node that speaks PostgreSQL itself takes the statement and values of the SQLite way.",
  );
  flow.add(
    'post',
    'http request',
    [4, 5],
    { ...request('POSTGREST_URL', 'PostgREST (disabled)'), headers: [header('Content-Type', 'application/json')] },
    [['answer']],
  );
  flow.comment(
    [0, 7],
    'InfluxDB, by its line protocol',
    "One line per reading: measurement and tags, a field, the time in ms. Set INFLUX_URL in this flow's environment variables, and INFLUX_TOKEN as a credential there, and enable the http request node (it is disabled, so that nothing goes anywhere).",
  );
  flow.add(
    'line',
    'function',
    [4, 7],
    functionOf(
      'line protocol',
      `
const { time, imei, meter, name, value, text, unit } = msg.payload;
if (value === null && text === null) return null;
const escaped = (tag) => String(tag).replace(/[\\s]+/g, ' ').replace(/([,= ])/g, '\\\\$1').replace(/\\\\$/, '');
const tags = Object.entries({ imei, meter, name, unit }).filter(([, tag]) => tag !== null && tag !== '').map(([key, tag]) => \`\${key}=\${escaped(tag)}\`);
const field = value !== null ? \`value=\${value}\` : \`text="\${text.replace(/(["\\\\])/g, '\\\\$1')}"\`;
msg.payload = \`reading,\${tags.join(',')} \${field} \${Date.parse(time)}\`;
msg.headers = { Authorization: \`Token \${env.get('INFLUX_TOKEN') ?? ''}\`, 'Content-Type': 'text/plain; charset=utf-8' };
return msg;`,
    ),
    [['line shown', 'influx']],
  );
  flow.add('line shown', 'debug', [5, 7], debug('line'));
  flow.add('influx', 'http request', [5, 8], request('INFLUX_URL', 'InfluxDB (disabled)'), [['answer']]);
  flow.add('answer', 'debug', [6, 6], { ...debug('answer of the database'), complete: 'statusCode' });
  flow.add(
    'trouble',
    'catch',
    [0, 9],
    { name: 'what was not read', scope: ['read'].map((key) => flow.id(key)), uncaught: false },
    [['untold']],
  );
  flow.add('untold', 'debug', [1, 9], { ...debug('reads that failed'), complete: 'error' });
  flow.palette();
  return flow.json();
}

function debug(name: string): Record<string, unknown> {
  return {
    name,
    active: true,
    tosidebar: true,
    console: false,
    tostatus: false,
    complete: 'payload',
    targetType: 'msg',
    statusVal: '',
    statusType: 'auto',
  };
}

function request(env: string, name: string): Record<string, unknown> {
  return {
    name,
    d: true,
    method: 'POST',
    ret: 'txt',
    paytoqs: 'ignore',
    url: `\${${env}}`,
    tls: '',
    persist: false,
    proxy: '',
    insecureHTTPParser: false,
    authType: '',
    senderr: true,
    headers: [],
  };
}

function header(keyValue: string, valueValue: string): Record<string, string> {
  return { keyType: 'other', keyValue, valueType: 'other', valueValue };
}
