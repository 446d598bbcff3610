// From a DLMS reader's properties to what is to be read and how. What could never work is refused here.
import type { DlmsRequest } from '../dlms/reading/requests';
import type { DlmsCredentials } from '../dlms/security/options';
import { obisOctets } from '../meter/obis';
import { fromHex } from '../wire/bytes';
import { phrase } from '../wire/errors';
import { wantedItemsOf } from './dlms-items';
import { parseCredentials, type Secrets } from './dlms-secrets';
import { MOST_ITEMS, type Fields } from './fields';

export interface DlmsQuery {
  readonly interface: 'hdlc' | 'wrapper' | 'mode-e';
  readonly client: number;
  readonly server: number;
  readonly physical: number;
  readonly addressBytes: 1 | 2 | 4 | 'auto';
  /** How the meter breaks the rules, if it does. */
  readonly quirk: (typeof QUIRKS)[number];
  /** General block transfer. */
  readonly blockTransfer: 'auto' | 'off' | 'on';
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
    quirk: fields.choice('quirk', QUIRKS, 'none'),
    blockTransfer: fields.choice('blockTransfer', ['auto', 'off', 'on'], 'auto'),
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

export function parseSuite(fields: Fields): 0 | 1 | 2 {
  return SUITES.indexOf(fields.choice('suite', SUITES, '0')) as 0 | 1 | 2;
}

export function dlmsMeterOf({ server, physical }: DlmsQuery): string {
  return physical === 0 ? String(server) : `${server}/${physical}`;
}

/** What the chosen way needs and does not have is said before the meter counts a wrong try. */
function needSecrets(
  fields: Fields,
  authentication: DlmsQuery['authentication'],
  security: DlmsQuery['security'],
  has: Omit<DlmsCredentials, 'highLevel'>,
): void {
  const needs = (name: keyof typeof has): void => {
    if (has[name] === undefined) throw fields.wrong(name, phrase('dlmsSettings.keyMissing', {}));
  };
  if (['low', 'md5', 'sha1', 'sha256'].includes(authentication)) needs('password');
  if (authentication === 'gmac') needs('authenticationKey');
  if (authentication === 'gmac' || security !== 'none') needs('encryptionKey');
  if (security === 'auth' || security === 'auth+encrypt') needs('authenticationKey');
  if (authentication === 'ecdsa') needs('signingKey');
  const isTitled = fields.has('clientTitle');
  if ((security !== 'none' || ['gmac', 'sha256', 'ecdsa'].includes(authentication)) && !isTitled)
    throw fields.wrong('clientTitle', phrase('dlmsSettings.titleMissing', {}));
  if (authentication === 'high' && !fields.has('highLevelFunction'))
    throw fields.wrong('highLevelFunction', phrase('dlmsSettings.functionMissing', {}));
}

function parseRequest(fields: Fields): DlmsRequest {
  switch (fields.choice('request', ['attributes', 'profile', 'objects', 'push'], 'attributes')) {
    case 'push':
      throw fields.wrong('request', phrase('dlmsSettings.listensOnly', {}));
    case 'objects':
      return { kind: 'objects' };
    case 'attributes':
      return { kind: 'attributes', items: wantedItemsOf(fields) };
    case 'profile': {
      const from = fields.moment('from');
      const to = fields.moment('to');
      if (from && to && from.ms > to.ms) throw fields.wrong('from', phrase('settings.afterTo', {}));
      const columns = fields.list('columns', MOST_ITEMS).map((column) => obisOctets(String(column)));
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

function parseAddressBytes(fields: Fields): DlmsQuery['addressBytes'] {
  const choice = fields.choice('addressBytes', ['auto', '1', '2', '4'], 'auto');
  return choice === 'auto' ? 'auto' : (Number(choice) as 1 | 2 | 4);
}

/** 16 hex digits, or 8 characters. */
export function parseTitle(fields: Fields, name: string): Uint8Array | undefined {
  const text = fields.text(name);
  if (text === '') return undefined;
  if (/^[0-9a-f]{16}$/i.test(text)) return fromHex(text);
  if (/^[\x20-\x7e]{8}$/.test(text)) return new TextEncoder().encode(text);
  throw fields.wrong(name, phrase('dlmsSettings.title', {}));
}

export const INTERFACES = ['hdlc', 'wrapper', 'mode-e'] as const;
export const SECURITIES = ['none', 'auth', 'encrypt', 'auth+encrypt'] as const;
const SUITES = ['0', '1', '2'] as const;
const QUIRKS = ['none', 'frozenNs', 'frozenNr', 'aadWithoutHeader'] as const;
