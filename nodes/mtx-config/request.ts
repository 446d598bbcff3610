// From properties and message to what is wanted, of whom and how: plain data, so that a restarted rollout can go on
// from it. Everything that can be refused is refused here, before anything is sent.
import {
  ACTIONS,
  actionContent,
  asReadError,
  checkImeiCount,
  failure,
  isRestart,
  isSameForAll,
  parameterOf,
  orderFor,
  phrase,
  REBOOT_COMMANDS,
  type ActionName,
  type ActionOverride,
  type ActionWish,
  type RolloutPlan,
  type TargetWish,
  type Template,
  type ConfigRequest,
  type Wanted,
  parseImei,
  type Fields,
} from '../../src/core/index';
import type { ModemNode, Msg, Secrets } from '../shared/palette';

export function parseWanted(fields: Fields, msg: Msg, modemNode: ModemNode, secrets: Secrets, id: string): Wanted {
  const action = fields.choice('action', ACTIONS, 'check');
  const chosen = fields.choice('target', ['modem', 'list', 'all'], 'modem');
  // modems named one by one are a list, unless the message says otherwise
  const isListed = chosen === 'modem' && msg['imeis'] !== undefined && msg['target'] === undefined;
  const target = isListed ? 'list' : chosen;
  const { parameters: template, commands, isReboot } = actionContent(...contentArguments(fields, msg, action, secrets));
  if (action !== 'read' && Object.keys(template).length === 0 && commands.length === 0)
    throw fields.wrong('desired', phrase('fleet.desiredEmpty', {}));
  const overrides = parseOverrides(fields);
  const request: ConfigRequest = {
    action,
    target,
    template,
    commands,
    isReboot,
    rebootCommands: isCommandList(overrides.reboot) ? overrides.reboot : REBOOT_COMMANDS,
    hasReboot: fields.flag('reboot', true),
    lifeMs: fields.integer('lifeTime', { min: 10, max: 7_200, fallback: 180 }) * 1000,
    atMs: fields.integer('timeout', { min: 500, max: 600_000, fallback: 15_000 }),
    // the action that names who may text is itself the word of consent for what it sets
    isConfirmed: msg['confirm'] === true || (action === 'smsNumbers' && overrides.smsNumbers === undefined),
    smsAfterMs: fields.flag('smsFallback', false)
      ? fields.integer('smsAfter', { min: 1, max: 86_400, fallback: 120 }) * 1000
      : null,
    variables: textsOf(msg['variables'], 'msg.variables'),
    ownVariables: ownVariables(msg['imeis']),
    user: userOf(msg['user']),
    secretNames: Object.keys(template).filter((name) => parameterOf(name).isSecret && template[name] !== ''),
  };
  const targets = parseTargets(msg, modemNode, target);
  if ((isReboot || commands.some(isRestart)) && targets.length !== 1 && !request.isConfirmed)
    throw failure(
      'fleet.dangerRestarts',
      { count: targets.length === 0 ? phrase('fleet.all', {}) : targets.length },
      'configure',
    );
  if (target === 'all' && !isSameForAll(template)) throw fields.wrong('desired', phrase('fleet.desiredVaries', {}));
  // what is wrong with the template is wrong for every modem: say it before the first one is touched
  for (const { imei, fault } of targets.slice(0, 1)) if (fault === undefined) orderFor(request, imei);
  return { request, plan: parsePlan(fields, request, id), targets };
}

function contentArguments(
  fields: Fields,
  msg: Msg,
  action: ActionName,
  secrets: Secrets,
): Parameters<typeof actionContent> {
  const wish: ActionWish = {
    isOn: fields.flag('on', true),
    phones: phonesOf(msg['phones'] ?? fields.raw('phones')),
    pingMinutes: fields.integer('ping', { min: 0, max: 1_440, fallback: 35 }),
    pingAddress: fields.text('pingIP', '8.8.8.8'),
    networkErrors: fields.integer('networkErrors', { min: 0, max: 100_000, fallback: 180 }),
  };
  const override = parseOverrides(fields)[action];
  return override
    ? [action, parseDesired(fields, msg, secrets), wish, override]
    : [action, parseDesired(fields, msg, secrets), wish];
}

/** The node's table, or msg.desired in its place: an object of names and values. */
function parseDesired(fields: Fields, msg: Msg, secrets: Secrets): Template {
  if (msg['desired'] !== undefined) return textsOf(msg['desired'], 'msg.desired');
  return Object.fromEntries(
    fields.list('desired').map((row) => {
      const { name, value } = row as { name?: unknown; value?: unknown };
      if (typeof name !== 'string' || name.trim() === '')
        throw fields.wrong('desired', phrase('fleet.rowWithoutName', {}));
      const known = parameterOf(name.trim()).name;
      return [
        known,
        known in secrets && (value === undefined || value === '') ? (secrets[known] ?? '') : textOf(value, known),
      ];
    }),
  );
}

function parsePlan(fields: Fields, { action, target }: ConfigRequest, id: string): RolloutPlan {
  const minutes = (name: string, fallback: number): number =>
    fields.integer(name, { min: 0, max: 100_000, fallback }) * 60_000;
  const isLooking = action === 'check' || action === 'read';
  const isOne = target === 'modem';
  const gate = fields.choice('gate', ['none', 'canary', 'all'], 'canary');
  return {
    id,
    canary: isLooking || isOne ? 0 : fields.integer('canary', { min: 0, max: 1_000, fallback: 1 }),
    wave: isLooking || isOne ? 0 : fields.integer('wave', { min: 0, max: 100_000, fallback: 0 }),
    concurrency: fields.integer('concurrency', { min: 1, max: 1_000, fallback: 20 }),
    abortShare: isLooking ? 1 : fields.integer('abortShare', { min: 0, max: 100, fallback: 10 }) / 100,
    gate: isLooking || (isOne && gate === 'canary') ? 'none' : gate,
    gateMs: Math.max(60_000, minutes('gateTime', 10)),
    targetMs: Math.max(60_000, minutes('targetTime', 30)),
    deadlineMs: isOne ? 0 : minutes('deadline', 1_440),
    attempts: isOne ? 1 : fields.integer('attempts', { min: 1, max: 20, fallback: 2 }),
    retryMs: Math.max(1_000, minutes('retryTime', 5)),
  };
}

/** A target that is no IMEI is kept with its fault: it is named in the summary and holds up nobody. */
function parseTargets(msg: Msg, modemNode: ModemNode, target: ConfigRequest['target']): readonly TargetWish[] {
  if (target === 'modem') return [{ imei: modemNode.imeiOf(msg) }];
  const imeis = msg['imeis'];
  if (imeis === undefined && target === 'all') return [];
  if (!Array.isArray(imeis) || imeis.length === 0) throw failure('fleet.noImeis', {}, 'configure');
  checkImeiCount(imeis);
  return imeis.map((entry: unknown) => {
    const imei = String(isObject(entry) ? (entry['imei'] ?? '') : entry).trim();
    try {
      return { imei: parseImei(imei) };
    } catch (thrown) {
      return { imei: imei.slice(0, 40), fault: asReadError(thrown) };
    }
  });
}

function ownVariables(imeis: unknown): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const rows = Array.isArray(imeis) ? imeis.filter(isObject) : [];
  return Object.fromEntries(
    rows.map(({ imei, ...variables }) => [String(imei ?? '').trim(), textsOf(variables, 'msg.imeis')]),
  );
}

function parseOverrides(fields: Fields): Readonly<Partial<Record<ActionName, ActionOverride>>> {
  const raw = fields.raw('overrides');
  let parsed: unknown = raw;
  if (typeof raw === 'string') {
    if (raw.trim() === '') return {};
    try {
      parsed = JSON.parse(raw);
    } catch {
      throw fields.wrong('overrides', phrase('fleet.overridesNoJson', { example: '{"lock": ["AT^MTXTUNNEL=LOCK"]}' }));
    }
  }
  if (parsed === undefined || parsed === null) return {};
  if (!isObject(parsed)) throw fields.wrong('overrides', phrase('fleet.overridesNoObject', {}));
  return Object.fromEntries(
    Object.entries(parsed).map(([action, form]) => {
      if (!ACTIONS.some((known) => known === action))
        throw fields.wrong('overrides', phrase('fleet.overridesNoAction', { action: action.slice(0, 40) }));
      if (Array.isArray(form) && form.length > 0 && form.every((command) => typeof command === 'string'))
        return [action, form as readonly string[]];
      if (isObject(form)) return [action, textsOf(form, `overrides.${action}`)];
      throw fields.wrong('overrides', phrase('fleet.overridesForm', { action }));
    }),
  );
}

function isCommandList(form: ActionOverride | undefined): form is readonly string[] {
  return Array.isArray(form);
}

function phonesOf(raw: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(raw) ? raw : String(raw ?? '').split(/[,;\n]/);
  return list.map((phone) => String(phone).trim()).filter((phone) => phone !== '');
}

function textsOf(raw: unknown, where: string): Readonly<Record<string, string>> {
  if (raw === undefined || raw === null) return {};
  if (!isObject(raw)) throw failure('fleet.notNameValue', { where }, 'configure');
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, textOf(value, `${where}.${name}`)]));
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value === undefined || value === null) return '';
  throw failure('fleet.notPlainValue', { where }, 'configure');
}

function userOf(raw: unknown): string {
  const name = isObject(raw) ? (raw['username'] ?? raw['name'] ?? raw['email'] ?? '') : (raw ?? '');
  return typeof name === 'string' ? name.slice(0, 100) : '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
