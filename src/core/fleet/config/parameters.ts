// What a parameter of config.txt is and takes. Laws: names are found in any case and sent in the documented spelling;
// an unknown name is text and allowed; a secret is never shown; a value that SETPARAM cannot carry is refused before
// anything is sent.
import { dangerOfParameter, isLifelineName } from '../../at/danger';
import { failure, phrase, type Phrase, type ReadError } from '../../wire/errors';
import { PARAMETERS, type Basis, type ParameterRow, type ParameterType } from './parameters-table';

export interface Parameter {
  /** In the documented spelling; as typed where it is unknown. */
  readonly name: string;
  readonly section: string;
  readonly type: ParameterType;
  readonly isKnown: boolean;
  readonly isSecret: boolean;
  /** A wrong value keeps the modem from the broker. */
  readonly isLifeline: boolean;
  /** A change of it needs a word of consent: it can cut off the modem, or the way to it by text message. */
  readonly isDangerous: boolean;
  readonly basis: Basis;
  readonly row: ParameterRow | undefined;
}

/**
 * What is wrong with a value: a key for the dialog's catalog with its facts, and the error of a request that wants it.
 */
export interface ValueFault {
  readonly code:
    | 'notFlag'
    | 'notNumber'
    | 'outOfRange'
    | 'notChoice'
    | 'notPhone'
    | 'notTopic'
    | 'comma'
    | 'control'
    | 'notLatin1'
    | 'tooLong';
  readonly values: Readonly<Record<string, string>>;
  readonly error: ReadError;
}

export const parameterRows: readonly ParameterRow[] = PARAMETERS;

/** The parameter of a name typed in any case. */
export function parameterOf(typed: string): Parameter {
  const found = rowOf(typed);
  const name = found?.name ?? typed;
  return {
    name,
    section: name.split('_')[0]?.toUpperCase() ?? '',
    type: found?.row.type ?? 'text',
    isKnown: found !== undefined,
    isSecret: found ? found.row.isSecret === true : SECRET_NAME.test(name),
    isLifeline: isLifelineName(name),
    isDangerous: dangerOfParameter(name) !== undefined,
    basis: found?.row.basis ?? 'assumed',
    row: found?.row,
  };
}

/** The documented spelling of a name that was printed or typed wrong, if one is known. */
export function misprintOf(typed: string): string | undefined {
  const lower = typed.toLowerCase();
  return PARAMETERS.find((row) =>
    row.misprints?.some((misprint) => misprint.toLowerCase() === lower && row.name.toLowerCase() !== lower),
  )?.name;
}

/** `NAME` as a modem could have one: a section, an underscore, letters and digits. */
export function isParameterName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+$/.test(name) && name.length <= MAX_NAME;
}

/** What a secret looks like wherever people look; anything else stays. An empty secret is worth knowing. */
export function shownValue(name: string, value: string | null): string | null {
  return value !== null && value !== '' && parameterOf(name).isSecret ? MASK : value;
}

/** Any text of ours or the modem's with the secrets of SETPARAM and of `NAME: value` lines masked. */
export function masked(text: string): string {
  return text
    .replace(
      /(SETPARAM\s*,\s*)([A-Za-z0-9_]+)(\s*,)([^\r\n]*)/gi,
      (whole: string, before: string, name: string, comma: string) =>
        parameterOf(name).isSecret ? `${before}${name}${comma}${MASK}` : whole,
    )
    .replace(
      /\b([A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+)(\s*:[ \t]*)([^\r\n]+)/g,
      (whole: string, name: string, colon: string) => (parameterOf(name).isSecret ? `${name}${colon}${MASK}` : whole),
    );
}

/** Whether the value fits the parameter and can be sent by SETPARAM. */
export function faultOf(name: string, value: string): ValueFault | undefined {
  return textFault(name, value) ?? typeFault(name, value);
}

/** Whether the value fits the parameter, for a line of config.txt (where a comma is nothing special). */
export function typeFault(name: string, value: string): ValueFault | undefined {
  const { row, type, name: spelling } = parameterOf(name);
  if (!row || value === '') return undefined;
  const shown = shownValue(name, value) ?? '';
  const fault = (code: ValueFault['code'], wanted: string, said: string | Phrase = wanted): ValueFault => ({
    code,
    values: { name: spelling, value: shown, wanted },
    error: failure('fleet.valueWrong', { name: spelling, shown, wanted: said }, 'configure'),
  });
  switch (type) {
    case 'flag':
      return /^(on|off)$/i.test(value) ? undefined : fault('notFlag', 'on, off', phrase('fleet.wantsFlag', {}));
    case 'choice':
      return row.choices?.some((choice) => choice.toLowerCase() === value.toLowerCase())
        ? undefined
        : fault('notChoice', row.choices?.join(', ') ?? '');
    case 'integer':
    case 'decimal': {
      if (!(type === 'integer' ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/).test(value))
        return type === 'integer'
          ? fault('notNumber', '0, 1, 2 ...', phrase('fleet.wantsWhole', {}))
          : fault('notNumber', '1.5', phrase('fleet.wantsNumber', {}));
      const { min = -Infinity, max = Infinity } = row;
      return Number(value) >= min && Number(value) <= max
        ? undefined
        : fault('outOfRange', `${min} ... ${max}${row.unit ? ` ${row.unit}` : ''}`);
    }
    case 'phone':
      return /^\+?\d{3,15}$/.test(value.replace(/\s/g, '')) ? undefined : fault('notPhone', '+34666123456');
    case 'topic':
      return /[+#]/.test(value) ? fault('notTopic', '[IMEI]/...') : undefined;
    case 'text':
      return undefined;
    default:
      return type satisfies never;
  }
}

/**
 * How late in a change: harmless ones first, the serial port, then what carries the connection, the mobile network
 * last.
 */
export function riskOf(name: string): number {
  const { isLifeline, section, type } = parameterOf(name);
  if (isLifeline)
    return section === 'GPRS' || /^MTX_PIN$/i.test(name) ? 5 : type === 'topic' || section === 'DNS' ? 3 : 4;
  return section.startsWith('COMM') || /^MTX_(invertedCom|msToSend|portAux)$/i.test(name) ? 2 : 1;
}

function textFault(name: string, value: string): ValueFault | undefined {
  const { name: spelling } = parameterOf(name);
  const fault = (code: ValueFault['code'], error: ReadError): ValueFault => ({
    code,
    values: { name: spelling, value: '', wanted: '' },
    error,
  });
  if (/[\x00-\x1f\x7f]/.test(value))
    return fault('control', failure('fleet.valueControl', { name: spelling }, 'configure'));
  if (value.includes(',')) return fault('comma', failure('fleet.valueComma', { name: spelling }, 'configure'));
  if (/[^\x20-\x7e\xa0-\xff]/.test(value))
    return fault('notLatin1', failure('fleet.valueNotLatin', { name: spelling }, 'configure'));
  const { length } = value;
  return length > MAX_VALUE
    ? fault('tooLong', failure('fleet.valueTooLong', { name: spelling, length, max: MAX_VALUE }, 'configure'))
    : undefined;
}

function rowOf(typed: string): { readonly name: string; readonly row: ParameterRow } | undefined {
  const exact = BY_NAME.get(typed.toLowerCase());
  if (exact) return { name: exact.name.replace('#', ''), row: exact };
  if (typed.length > MAX_NAME) return undefined;
  let end = typed.length;
  while (end > 0 && isDigit(typed.charCodeAt(end - 1))) end -= 1;
  const [stem, number] = [typed.slice(0, end), typed.slice(end)];
  if (number === '') return undefined;
  const family = BY_NAME.get(`${stem.toLowerCase()}#`);
  return family && { name: family.name.replace('#', number), row: family };
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export const MASK = '***';
const SECRET_NAME = /passw|login|_pin$|secret|token|credential/i;
const MAX_NAME = 64;
/** With name and command below the 1,024 characters of one AT command, and far below what modems were seen to take. */
const MAX_VALUE = 255;
const BY_NAME: ReadonlyMap<string, ParameterRow> = new Map(
  PARAMETERS.flatMap((row) =>
    (row.name.endsWith('#') ? [row.name, row.name.slice(0, -1)] : [row.name]).map((spelling) => [
      spelling.toLowerCase(),
      row,
    ]),
  ),
);
