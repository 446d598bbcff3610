// What is wanted of a modem's configuration against what it says it has. Laws: a template that cannot be filled is
// refused before anything is sent; a value that was not read is unknown, never equal; secrets are compared and masked.
import { failure } from '../../wire/errors';
import { faultOf, isParameterName, parameterOf, shownValue } from './parameters';

/** Parameters by name; values may hold [IMEI] and {{variables}}. */
export type Template = Readonly<Record<string, string>>;
/** By documented name, ready to be sent. */
export type Desired = ReadonlyMap<string, string>;
/** By lower-case name what the modem says; null = it says that it has none; absent = not asked, or not understood. */
export type Reported = ReadonlyMap<string, string | null>;

export interface Drift {
  readonly name: string;
  readonly state: 'same' | 'differs' | 'missing' | 'unread';
  /** Secrets masked; of an unread value null. */
  readonly desired: string;
  readonly reported: string | null;
  readonly isSecret: boolean;
  readonly isLifeline: boolean;
}

/** The template for one modem. Throws CONFIG_INVALID, naming the parameter. */
export function desiredOf(template: Template, imei: string, variables: Readonly<Record<string, string>> = {}): Desired {
  const desired = new Map<string, string>();
  for (const [typed, raw] of Object.entries(template)) {
    if (!isParameterName(typed)) throw failure('fleet.notParameter', { shown: typed.slice(0, 40) }, 'configure');
    const { name, type } = parameterOf(typed);
    if (desired.has(name)) throw failure('fleet.wantedTwice', { name }, 'configure');
    const filled = raw.trim().replace(VARIABLE, (_whole, variable: string) => {
      const value = variables[variable];
      if (value === undefined) throw failure('fleet.noVariable', { name, variable, imei }, 'configure');
      return value;
    });
    // topics and the client id: the modem itself fills in its number, and reports the text as it was sent
    const value = type === 'topic' || name === 'MQTT_id' ? filled : filled.replace(/\[imei\]/gi, imei);
    const fault = faultOf(name, value);
    if (fault) throw fault.error;
    desired.set(name, value);
  }
  return desired;
}

export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
}

/** Whether a template is the same text for every modem, so that one message can carry it to all. */
export function isSameForAll(template: Template): boolean {
  return Object.entries(template).every(
    ([name, value]) =>
      !value.includes('{{') &&
      (!/\[imei\]/i.test(value) || parameterOf(name).type === 'topic' || /^MQTT_id$/i.test(name)),
  );
}

export function driftOf(desired: Desired, reported: Reported, imei: string): readonly Drift[] {
  return [...desired].map(([name, wanted]) => {
    const has = reported.get(name.toLowerCase());
    const { isSecret, isLifeline } = parameterOf(name);
    const state = stateOf(name, wanted, has, imei);
    return {
      name,
      state,
      desired: shownValue(name, wanted) ?? '',
      reported: shownValue(name, has ?? null),
      isSecret,
      isLifeline,
    };
  });
}

/** `null`: the modem says that it has no such parameter. */
function stateOf(name: string, wanted: string, has: string | null | undefined, imei: string): Drift['state'] {
  if (has === undefined) return 'unread';
  if (has === null) return wanted === '' ? 'same' : 'missing';
  return isSameValue(name, wanted, has, imei) ? 'same' : 'differs';
}

/** As the modem would take them: switches and choices in any case, [IMEI] and its number as one. */
export function isSameValue(name: string, a: string, b: string, imei: string): boolean {
  const { type } = parameterOf(name);
  const plain = (value: string): string => {
    const text = value.trim().replace(/\[imei\]/gi, imei);
    if (type === 'flag' || type === 'choice') return text.toLowerCase();
    if (type === 'phone') return text.replace(/\s/g, '');
    return type === 'integer' && /^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, '') : text;
  };
  return plain(a) === plain(b);
}

const VARIABLE = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;
