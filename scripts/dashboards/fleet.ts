// 20 Fleet status: every modem at a glance, and a page for each with its layers, coverage, readings, AT, configuration,
// SMS.
import { FLEET_ID, Flow, functionOf, injectOf, switchOf } from './flow';

export const LANGUAGE: readonly object[] = [{ name: 'MTX_LANG', value: 'auto', type: 'str' }];

/** IMEI, name, latitude, longitude: what the demo's modems are called and where they might stand. */
export const NAMES = `353234028103206, main board, 40.4168, -3.7038
353234028103214, workshop, 40.4381, -3.8199
353234028103222, roof, 40.3223, -3.8648
353234028103230, transformer, 40.4818, -3.3635
353234028103248, pump, 40.2839, -3.7943
353234028103255, offices, 40.5475, -3.6420
353234028103263, heat pump, 40.3489, -3.5270
353234028103271, car park
353234028103289, solar plant, 40.1500, -3.4300
353234028103297, bus
353234028103305, SMS gateway
353234028103313, quarry, 40.6400, -4.0050`;

/** IMEI, number, and the numbers that the modem obeys. */
const PHONES = `353234028103206, +34600110320, +34666123456
353234028103214, +34600110321, +34666123456
353234028103222, +34600110322, +34666123456
353234028103305, +34666123456
353234028103313, +34600110331, +34666123456`;

const METERS: readonly object[] = [
  {
    imei: '353234028103206',
    unit: 1,
    profile: 'eastron-sdm630',
    name: 'main board',
    registers: ['voltage_l1', 'current_l1', 'power_total', 'import_kwh'],
  },
  { imei: '353234028103214', unit: 1, profile: 'schneider-iem3000', name: 'workshop' },
  { imei: '353234028103222', unit: 1, profile: 'carlogavazzi-em340', name: 'roof' },
];

export function statusNode(events: readonly string[]): Record<string, unknown> {
  return {
    modem: FLEET_ID,
    events,
    offlinePeriods: '6',
    weakDbm: '-95',
    weakReports: '3',
    reconnects: '4',
    reconnectMinutes: '60',
    clockDrift: '300',
    ulpModels: '',
    ulpHours: '72',
    willTopic: '[IMEI]/dns',
    willText: 'offline',
    mapping: '',
    names: NAMES,
    store: '',
    saveInterval: '60',
    version: 1,
  };
}

export function configNode(): Record<string, unknown> {
  return {
    modem: FLEET_ID,
    action: 'check',
    target: 'modem',
    desired: [
      { name: 'DNS_enabled', value: 'on' },
      { name: 'DNS_period', value: '60' },
      { name: 'MTX_ping', value: '35' },
    ],
    reboot: true,
    lifeTime: '180',
    canary: '1',
    wave: '0',
    concurrency: '20',
    abortShare: '10',
    gate: 'none',
    gateTime: '10',
    targetTime: '30',
    deadline: '0',
    attempts: '2',
    retryTime: '1',
    version: 1,
  };
}

/** An error of any of the palette's nodes, as a message to the page. */
export const TELL_ERROR = `
msg.payload = msg.error.message;
msg.ask = 'error';
return msg;`;

export const WITH_LANGUAGE = `
msg.lang = env.get('MTX_LANG');
return msg;`;

export function fleetFlow(): string {
  const flow = new Flow(
    20,
    '20 Fleet status',
    'Needs the dashboard package @flowfuse/node-red-dashboard. MTX_LANG of this flow (Edit flow, Environment variables) is en, es, or auto: as the browser.',
    LANGUAGE,
  );
  flow.comment(
    [0, 0],
    'Every modem at a glance, and a page for each one',
    'Pages: /dashboard/fleet and /dashboard/modem.\n\nNames and coordinates of the modems stand in the "fleet" node, phone numbers in the "SMS" node, and the meters to be read in the "meters" node: put your own there. What you want the modems to be configured like stands in the "wanted" node.',
  );

  flow.add(
    'every',
    'inject',
    [0, 1],
    {
      ...injectOf(3, [{ p: 'ask', v: 'fleet', vt: 'str' }, { p: 'payload' }]),
      name: 'every 3 s',
      payload: 'snapshot',
      payloadType: 'str',
    },
    [['status']],
  );
  flow.add('status', 'mtx-status', [2, 1], { ...statusNode([]), name: 'fleet' }, [['what']]);
  flow.add('what', 'switch', [3, 1], switchOf('list or one', 'query', ['snapshot', 'modem']), [
    ['add readings'],
    ['add its readings'],
  ]);
  flow.add(
    'add readings',
    'function',
    [4, 1],
    functionOf(
      'with last reading',
      `
const reports = flow.get('reports') ?? {};
for (const modem of msg.payload) {
    const [last] = Object.values(reports[modem.imei] ?? {});
    const reading = last?.readings.find(({ value }) => typeof value === 'number');
    if (reading) modem.reading = { text: \`\${reading.value} \${reading.unit ?? ''}\`, name: reading.name, at: last.time };
}
msg.lang = env.get('MTX_LANG');
return msg;`,
    ),
    [['fleet']],
  );
  flow.add(
    'add its readings',
    'function',
    [4, 2],
    functionOf(
      'with its readings',
      `
msg.meters = Object.values((flow.get('reports') ?? {})[msg.imei] ?? {});
msg.lang = env.get('MTX_LANG');
return msg;`,
    ),
    [['modem']],
  );
  flow.page('fleet', [5, 1], { name: 'Fleet', path: '/fleet', icon: 'access-point-network', order: 1 }, [['status']]);

  flow.comment(
    [0, 3],
    'The page of one modem',
    'msg.ask says what the page wants (modem, at, config, sms); the rest of the message already is what the node behind it wants.',
  );
  flow.page('modem', [0, 4], { name: 'Modem', path: '/modem', icon: 'router-wireless', order: 2 }, [['ask']]);
  flow.add('ask', 'switch', [1, 5], switchOf('what is wanted', 'ask', ['modem', 'at', 'config', 'sms']), [
    ['which one'],
    ['at'],
    ['config'],
    ['sms'],
  ]);
  flow.add(
    'which one',
    'change',
    [2, 2],
    {
      name: 'this modem',
      rules: [{ t: 'set', p: 'payload', pt: 'msg', to: '{"imei": imei}', tot: 'jsonata' }],
      action: '',
      property: '',
      from: '',
      to: '',
      reg: false,
    },
    [['status']],
  );
  flow.add(
    'at',
    'mtx-at',
    [3, 4],
    {
      name: 'AT console',
      modem: FLEET_ID,
      command: '',
      target: 'modem',
      timeout: '15000',
      concurrency: '20',
      version: 1,
    },
    [['modem']],
  );
  flow.add('config', 'mtx-config', [3, 5], { ...configNode(), name: 'wanted' }, [['modem'], []]);
  flow.add(
    'sms',
    'mtx-sms',
    [3, 6],
    {
      name: 'SMS',
      modem: FLEET_ID,
      way: 'gateway',
      gateway: '353234028103305',
      phones: PHONES,
      sender: '',
      countryCode: '',
      aliases: '',
      timeout: '120000',
      perHour: '20',
      awaitAnswer: true,
      version: 1,
    },
    [[], ['text']],
  );
  flow.add(
    'text',
    'change',
    [4, 6],
    {
      name: 'sms',
      rules: [{ t: 'set', p: 'ask', pt: 'msg', to: 'sms', tot: 'str' }],
      action: '',
      property: '',
      from: '',
      to: '',
      reg: false,
    },
    [['modem']],
  );
  flow.add(
    'inbound',
    'http in',
    [1, 7],
    { name: 'texts that came in', url: '/sms/inbound', method: 'post', upload: false, swaggerDoc: '' },
    [['sms', 'thanks']],
  );
  flow.add('thanks', 'http response', [3, 7], { name: '', statusCode: '204', headers: {} });
  flow.add(
    'trouble',
    'catch',
    [3, 8],
    { name: 'what went wrong', scope: ['at', 'config', 'sms', 'status'].map((key) => flow.id(key)), uncaught: false },
    [['error']],
  );
  flow.add('error', 'function', [4, 8], functionOf('tell the page', TELL_ERROR), [['modem']]);

  flow.comment(
    [0, 9],
    'Meters, read every minute',
    'The last report of each meter is kept in the flow context for the pages.',
  );
  flow.add(
    'minute',
    'inject',
    [0, 10],
    {
      ...injectOf(60, [{ p: 'payload' }]),
      name: 'meters, every minute',
      onceDelay: '5',
      payload: JSON.stringify(METERS),
      payloadType: 'json',
    },
    [['one']],
  );
  flow.add(
    'one',
    'split',
    [1, 10],
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
    [2, 10],
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
    [3, 10],
    {
      name: 'any meter',
      modem: FLEET_ID,
      unit: '1',
      framing: 'rtu',
      profile: 'eastron-sdm630',
      registers: [],
      maxRegisters: '',
      timeout: '1000',
      output: 'report',
      version: 1,
    },
    [['keep']],
  );
  flow.add(
    'keep',
    'function',
    [4, 10],
    functionOf(
      'keep the last report',
      `
const reports = flow.get('reports') ?? {};
reports[msg.payload.imei] = { ...reports[msg.payload.imei], [msg.payload.meter]: msg.payload };
flow.set('reports', reports);`,
      0,
    ),
    [[]],
  );
  flow.palette();
  flow.dashboard();
  return flow.json();
}
