// 22 Alarms: who has one now, what happened, and a message in words for mail, Telegram or whatever a user has.
import { Flow, functionOf, injectOf } from './flow';
import { LANGUAGE, statusNode } from './fleet';

export function alarmsFlow(): string {
  const flow = new Flow(
    22,
    '22 Alarms',
    'Needs the dashboard package @flowfuse/node-red-dashboard. MTX_LANG of this flow (Edit flow, Environment variables) is en, es, or auto: as the browser, and English in mails.',
    LANGUAGE,
  );
  flow.comment(
    [0, 0],
    'Alarms on a page and as messages',
    'Page: /dashboard/alarms.\n\nPut your own nodes in the place of the two debug nodes:\n- mail: node-red-node-email takes msg.topic as subject and msg.payload as text;\n- Telegram: node-red-contrib-telegrambot takes msg.payload = { chatId, type: "message", content }.\n\nEach alarm is told once when it is raised and once when it is over: mtx-status waits until it is sure of both.',
  );
  flow.add(
    'every',
    'inject',
    [0, 1],
    {
      ...injectOf(5, [{ p: 'ask', v: 'alarms', vt: 'str' }, { p: 'payload' }]),
      name: 'every 5 s',
      payload: '{"filter":{"alarm":true}}',
      payloadType: 'json',
    },
    [['status']],
  );
  flow.add('status', 'mtx-status', [1, 1], { ...statusNode(['alarm', 'changed']), name: 'fleet' }, [['what']]);
  flow.add(
    'what',
    'switch',
    [2, 1],
    {
      name: 'list or event',
      property: 'query',
      propertyType: 'msg',
      rules: [{ t: 'eq', v: 'snapshot', vt: 'str' }, { t: 'else' }],
      checkall: 'false',
      repair: false,
      outputs: 2,
    },
    [['log'], ['words']],
  );
  flow.add(
    'log',
    'function',
    [3, 1],
    functionOf(
      'with what happened',
      `
msg.log = flow.get('log') ?? [];
msg.lang = env.get('MTX_LANG');
return msg;`,
    ),
    [['alarms']],
  );
  flow.page('alarms', [4, 1], { name: 'Alarms', path: '/alarms', icon: 'bell-alert', order: 4 }, [['status']]);
  flow.add(
    'words',
    'function',
    [3, 2],
    functionOf(
      'in words',
      `
const all = {
    en: { raised: '{who}: alarm, {alarm}', over: '{who}: over, {alarm}', changed: '{who}: {fact} is now {to} (was {from})', offline: 'offline', lowCoverage: 'low coverage', rebootLoop: 'restarts again and again', clockDrift: 'wrong clock', secondMaster: 'another master asks too', ip: 'IP', sim: 'SIM' },
    es: { raised: '{who}: alarma, {alarm}', over: '{who}: fin de la alarma, {alarm}', changed: '{who}: {fact} es ahora {to} (era {from})', offline: 'sin conexión', lowCoverage: 'poca cobertura', rebootLoop: 'se reinicia una y otra vez', clockDrift: 'reloj desajustado', secondMaster: 'otro maestro pregunta también', operator: 'operador', technology: 'red', model: 'modelo', ip: 'IP', sim: 'SIM' },
};
const { event, name, imei, at, alarm, isRaised, changes } = msg.payload;
const fill = (text, facts, words) => text.replace(/{(\\w+)}/g, (_, key) => words[facts[key]] ?? facts[key]);
const who = name ?? imei;
const linesIn = (words) => event === 'alarm' ? [fill(isRaised ? words.raised : words.over, { who, alarm }, words)] : changes.map((change) => fill(words.changed, { who, ...change }, words));
const lines = linesIn(env.get('MTX_LANG') === 'es' ? all.es : all.en);
const tone = event === 'alarm' ? (isRaised ? 'bad' : 'good') : '';
// both languages, for each browser shows its own
const es = linesIn(all.es);
flow.set('log', [...linesIn(all.en).map((en, i) => ({ at, tone, text: { en, es: es[i] } })), ...(flow.get('log') ?? [])].slice(0, 100));
return { topic: lines[0], payload: lines.join('\\n'), imei, isAlarm: event === 'alarm' };`,
    ),
    [['only']],
  );
  flow.add(
    'only',
    'switch',
    [4, 2],
    {
      name: 'alarms only',
      property: 'isAlarm',
      propertyType: 'msg',
      rules: [{ t: 'true' }],
      checkall: 'true',
      repair: false,
      outputs: 1,
    },
    [['mail', 'telegram']],
  );
  flow.add('mail', 'debug', [5, 2], placeholder('mail: your e-mail node here'));
  flow.add('telegram', 'debug', [5, 3], placeholder('Telegram: your bot node here'));
  flow.palette();
  flow.dashboard();
  return flow.json();
}

function placeholder(name: string): Record<string, unknown> {
  return {
    name,
    active: true,
    tosidebar: true,
    console: false,
    tostatus: true,
    complete: 'payload',
    targetType: 'msg',
    statusVal: 'topic',
    statusType: 'msg',
  };
}
