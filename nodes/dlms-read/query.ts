// From a DLMS reader's properties to what is to be read and how. What could never work is refused here.
import {
  DlmsPushStream,
  obisOctets,
  ReadError,
  type DlmsCredentials,
  type DlmsRequest,
  type Moment,
  type WantedAttribute,
  type Fields,
} from '../../src/core/index';
import type { Secrets } from '../shared/palette';
import type { Unasked } from '../shared/unasked';
import { parseCredentials } from './secrets';

export interface DlmsQuery {
  readonly interface: 'hdlc' | 'wrapper' | 'mode-e';
  readonly client: number;
  readonly server: number;
  readonly physical: number;
  readonly addressBytes: 1 | 2 | 4 | 'auto';
  /** How the meter breaks the rules of sequence numbers, if it does. */
  readonly quirk: 'none' | 'frozenNs' | 'frozenNr';
  readonly referencing: 'LN' | 'SN';
  readonly authentication: 'none' | 'low' | 'high' | 'md5' | 'sha1' | 'gmac' | 'sha256' | 'ecdsa';
  readonly security: 'none' | 'auth' | 'encrypt' | 'auth+encrypt';
  readonly suite: 0 | 1 | 2;
  readonly ciphering: 'service' | 'general' | 'wrapped' | 'agreed-ephemeral' | 'agreed-static';
  readonly isSigned: boolean;
  readonly clientTitle: Uint8Array | undefined;
  readonly meterTitle: Uint8Array | undefined;
  readonly credentials: Omit<DlmsCredentials, 'highLevel'>;
  /** Name of a function in the global context, for HLS 2. */
  readonly highLevelFunction: string;
  readonly counterObject: Uint8Array | undefined;
  readonly request: DlmsRequest;
  readonly meterMs: number;
  readonly language: 'en' | 'es';
  /** How long the association stays open for the next read; 0 = not at all. */
  readonly keepAliveS: number;
  /** For mode E: the sign-on. */
  readonly modeE: {
    readonly address: string;
    readonly baud: 'stay' | 'fixed' | 'switch';
    readonly parity: 'none' | 'soft-even' | 'soft-odd' | 'auto';
  };
}

export function parseDlms(fields: Fields, secrets: Secrets): DlmsQuery {
  const suite = parseSuite(fields);
  const security = fields.choice('security', SECURITIES, 'none');
  const authentication = fields.choice(
    'auth',
    ['none', 'low', 'high', 'md5', 'sha1', 'gmac', 'sha256', 'ecdsa'],
    'none',
  );
  const credentials = parseCredentials(secrets, suite);
  needSecrets(fields, authentication, security, credentials);
  return {
    interface: fields.choice('interface', INTERFACES, 'hdlc'),
    client: fields.integer('client', { min: 1, max: 0xffff, fallback: 16 }),
    server: fields.integer('server', { min: 0, max: 0xffff, fallback: 1 }),
    physical: fields.integer('physical', { min: 0, max: 0x3fff, fallback: 0 }),
    addressBytes: parseAddressBytes(fields),
    quirk: fields.choice('quirk', ['none', 'frozenNs', 'frozenNr'], 'none'),
    referencing: fields.choice('referencing', ['LN', 'SN'], 'LN'),
    authentication,
    security,
    suite,
    ciphering: fields.choice(
      'ciphering',
      ['service', 'general', 'wrapped', 'agreed-ephemeral', 'agreed-static'],
      'service',
    ),
    isSigned: fields.flag('signed'),
    clientTitle: parseTitle(fields, 'clientTitle'),
    meterTitle: parseTitle(fields, 'meterTitle'),
    credentials,
    highLevelFunction: fields.text('highLevelFunction'),
    counterObject: fields.has('counterObject') ? obisOctets(fields.text('counterObject')) : undefined,
    request: parseRequest(fields),
    meterMs: fields.integer('timeout', { min: 100, max: 120_000, fallback: 3_000 }),
    language: fields.choice('language', ['en', 'es'], 'en'),
    keepAliveS: fields.integer('keepAlive', { min: 0, max: 60, fallback: 0 }),
    modeE: {
      address: fields.text('address'),
      baud: fields.choice('baud', ['stay', 'fixed', 'switch'], 'stay'),
      parity: fields.choice('parity', ['none', 'soft-even', 'soft-odd', 'auto'], 'auto'),
    },
  };
}

/** `push`: what the meter sends by itself, whenever it comes; over HDLC also after a mode E sign-on of somebody else's. */
export function unaskedOf(fields: Fields, secrets: Secrets): Unasked | undefined {
  if (fields.text('request') !== 'push') return undefined;
  const [suite, clientTitle, meterTitle] = [
    parseSuite(fields),
    parseTitle(fields, 'clientTitle'),
    parseTitle(fields, 'meterTitle'),
  ];
  const stream = new DlmsPushStream({
    interface: fields.choice('interface', INTERFACES, 'hdlc') === 'wrapper' ? 'wrapper' : 'hdlc',
    security: fields.choice('security', SECURITIES, 'none'),
    suite,
    credentials: parseCredentials(secrets, suite),
    language: fields.choice('language', ['en', 'es'], 'en'),
    ...(clientTitle && { clientTitle }),
    ...(meterTitle && { meterTitle }),
  });
  return { protocol: 'dlms', meter: '', take: (bytes) => stream.take(bytes), cut: () => stream.cut() };
}

function parseSuite(fields: Fields): 0 | 1 | 2 {
  return SUITES.indexOf(fields.choice('suite', SUITES, '0')) as 0 | 1 | 2;
}

export function meterOf({ server, physical }: DlmsQuery): string {
  return physical === 0 ? String(server) : `${server}/${physical}`;
}

/** What the chosen way needs and does not have is said before the meter counts a wrong try. */
function needSecrets(
  fields: Fields,
  authentication: DlmsQuery['authentication'],
  security: DlmsQuery['security'],
  has: Omit<DlmsCredentials, 'highLevel'>,
): void {
  const needs = (name: keyof typeof has, why: string): void => {
    if (has[name] === undefined) throw fields.wrong(name, `is missing: ${why}`);
  };
  if (['low', 'md5', 'sha1', 'sha256'].includes(authentication))
    needs('password', `authentication ${authentication} proves that we know it`);
  if (authentication === 'gmac') needs('authenticationKey', 'GMAC needs it');
  if (authentication === 'gmac' || security !== 'none') needs('encryptionKey', 'this security needs it');
  if (security === 'auth' || security === 'auth+encrypt') needs('authenticationKey', 'authenticated messages need it');
  if (authentication === 'ecdsa') needs('signingKey', 'ECDSA signs with it');
  const isTitled = fields.has('clientTitle');
  if ((security !== 'none' || ['gmac', 'sha256', 'ecdsa'].includes(authentication)) && !isTitled)
    throw fields.wrong(
      'clientTitle',
      'is missing: the system title of this client, 8 bytes as 16 hex digits, is part of the security',
    );
  if (authentication === 'high' && !fields.has('highLevelFunction'))
    throw fields.wrong(
      'highLevelFunction',
      "is missing: HLS 2 is the maker's own; name a function of the global context that answers a challenge (a Buffer) with a Buffer",
    );
}

function parseRequest(fields: Fields): DlmsRequest {
  switch (fields.choice('request', ['attributes', 'profile', 'objects', 'push'], 'attributes')) {
    case 'push':
      throw fields.wrong(
        'request',
        'is push: this node listens and asks nothing; for a read say so in the message, for example msg.meter = { request: "attributes" }',
      );
    case 'objects':
      return { kind: 'objects' };
    case 'attributes': {
      const items = fields.list('items').map((item, i) => parseItem(item, `items[${i}]`));
      if (items.length === 0)
        throw fields.wrong(
          'items',
          'is empty; give OBIS codes, for example 1-0:1.8.0*255, or read the object list and pick',
        );
      return { kind: 'attributes', items };
    }
    case 'profile': {
      const from = momentOf(fields, 'from');
      const to = momentOf(fields, 'to');
      if (from && to && from.ms > to.ms) throw fields.wrong('from', 'is after to');
      const columns = fields.list('columns').map((column) => obisOctets(String(column)));
      return {
        kind: 'profile',
        profile: {
          obis: obisOctets(fields.text('profile', '1-0:99.1.0*255')),
          ...(from && { from }),
          ...(to && { to }),
          ...(fields.has('entries') && !from && { entries: fields.integer('entries', { min: 1, max: 100_000 }) }),
          ...(columns.length > 0 && { columns }),
        },
      };
    }
  }
}

/** An OBIS code alone is the value with its scaler and unit; class and attribute say exactly what. A scaler or unit of the user's goes before the meter's own. */
function parseItem(item: unknown, where: string): WantedAttribute {
  if (typeof item === 'string') return { obis: obisOctets(item) };
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw new ReadError(
      'CONFIG_INVALID',
      `${where} has to be an OBIS code, or an object {name, obis, class, attribute}`,
      'configure',
    );
  const row = item as Readonly<Record<string, unknown>>;
  const number = (field: string, max: number, min = 0): number | undefined => {
    const value = row[field];
    if (value === undefined || value === null || value === '') return undefined;
    const parsed = Number(value);
    if (!Number.isInteger(parsed) || parsed < min || parsed > max)
      throw new ReadError('CONFIG_INVALID', `${where}.${field} is no whole number from ${min} to ${max}`, 'configure');
    return parsed;
  };
  const [classId, attribute, scaler] = [number('class', 0xffff), number('attribute', 127), number('scaler', 127, -128)];
  const unit = row['unit'] ?? '';
  if (typeof unit !== 'string') throw new ReadError('CONFIG_INVALID', `${where}.unit is no text`, 'configure');
  return {
    obis: obisOctets(String(row['obis'] ?? '')),
    ...(typeof row['name'] === 'string' && row['name'] !== '' && { name: row['name'] }),
    ...(classId !== undefined && { classId }),
    ...(attribute !== undefined && { attribute }),
    ...(scaler !== undefined && { scaler }),
    ...(unit !== '' && { unit }),
  };
}

function parseAddressBytes(fields: Fields): DlmsQuery['addressBytes'] {
  const choice = fields.choice('addressBytes', ['auto', '1', '2', '4'], 'auto');
  return choice === 'auto' ? 'auto' : (Number(choice) as 1 | 2 | 4);
}

/** 16 hex digits, or 8 characters. */
function parseTitle(fields: Fields, name: string): Uint8Array | undefined {
  const text = fields.text(name);
  if (text === '') return undefined;
  if (/^[0-9a-f]{16}$/i.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  if (text.length === 8) return new Uint8Array(Buffer.from(text, 'latin1'));
  throw fields.wrong(name, 'has to be 16 hex digits, or 8 characters');
}

/** A Date or ms is a moment of UTC, as is a text with a zone; a text without one is the meter's own local time. */
function momentOf(fields: Fields, name: string): Moment | undefined {
  const value = fields.raw(name);
  if (!fields.has(name)) return undefined;
  if (value instanceof Date) return { ms: value.getTime(), isLocal: false };
  if (typeof value === 'number') return { ms: value, isLocal: false };
  const text = fields.text(name);
  if (/^\d{12,14}$/.test(text)) return { ms: Number(text), isLocal: false };
  const isLocal = !/(?:z|[+-]\d\d:?\d\d)$/i.test(text);
  const ms = Date.parse(
    isLocal ? `${text.replace(' ', 'T')}${text.length <= 10 ? 'T00:00:00' : ''}Z` : text.replace(' ', 'T'),
  );
  if (Number.isNaN(ms))
    throw fields.wrong(
      name,
      `is "${text.slice(0, 40)}", but has to be a Date, milliseconds, or a text like 2026-11-22T00:00:00`,
    );
  return { ms, isLocal };
}

const INTERFACES = ['hdlc', 'wrapper', 'mode-e'] as const;
const SECURITIES = ['none', 'auth', 'encrypt', 'auth+encrypt'] as const;
const SUITES = ['0', '1', '2'] as const;
