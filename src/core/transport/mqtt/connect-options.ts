// What a user configures of a broker connection, parsed once: the address, the login, TLS. Everything that MQTT or
// mqtt.js would only trip over later is refused here, with a sentence that names the field.
import { utf8Size } from '../../wire/bytes';
import { failure } from '../../wire/errors';
import type { Random } from '../lane/clock';

export interface BrokerOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://` host[:port][/path]; `tcp://` and `ssl://`, as modems write it, too. */
  readonly url: string;
  /** 4 is MQTT 3.1.1 (default), 5 is MQTT 5. */
  readonly protocolVersion?: 4 | 5;
  /** Empty: generated. Two connections with one id throw each other out. */
  readonly clientId?: string;
  /** Seconds; default 60. */
  readonly keepalive?: number;
  readonly user?: string;
  readonly password?: string;
  /** Options of Node's tls.connect: ca, cert, key, passphrase, servername, rejectUnauthorized (default true) ... */
  readonly tls?: Readonly<Record<string, unknown>>;
}

/** A checked connection, with every default filled in. */
export interface BrokerTarget {
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
  /** Path and query, for websockets only. */
  readonly path: string;
  readonly protocolVersion: 4 | 5;
  readonly clientId: string;
  readonly isClientIdGenerated: boolean;
  readonly keepalive: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: Readonly<Record<string, unknown>>;
}
export type Protocol = 'mqtt' | 'mqtts' | 'ws' | 'wss';

/** Throws CONFIG_INVALID. */
export function parseBrokerOptions(options: BrokerOptions, random: Random): BrokerTarget {
  const clientId = options.clientId ?? '';
  const user = options.user === '' ? undefined : options.user;
  const password = options.password === '' ? undefined : options.password;
  const keepalive = options.keepalive ?? DEFAULT_KEEPALIVE_S;
  const protocolVersion = options.protocolVersion ?? 4;
  if (protocolVersion !== 4 && protocolVersion !== 5) throw failure('mqtt.version', {}, 'configure');
  // 0 would switch it off, and a connection that died silently would never be noticed.
  if (!Number.isInteger(keepalive) || keepalive < 1 || keepalive > 65_535)
    throw failure('mqtt.keepalive', {}, 'configure');
  // 3.1.1, clause 3.1.2.9
  if (password !== undefined && user === undefined) throw failure('mqtt.passwordAlone', {}, 'configure');
  for (const [field, text] of [
    ['client id', clientId],
    ['user', user ?? ''],
    ['password', password ?? ''],
  ] as const)
    checkText(field, text);
  const address = parseAddress(options.url);
  const tls = options.tls ?? {};
  if (!isTls(address) && Object.keys(tls).length > 0) {
    throw failure('mqtt.tlsWithoutS', { protocol: address.protocol }, 'configure');
  }
  return {
    ...address,
    protocolVersion,
    clientId: clientId === '' ? generatedId(random) : clientId,
    isClientIdGenerated: clientId === '',
    keepalive,
    user,
    password,
    tls,
  };
}

/** The address as people write it, without login. */
export function addressOf(target: BrokerTarget): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return `${target.protocol}://${host}:${target.port}${target.path === '/' ? '' : target.path}`;
}

export function isTls(target: Pick<BrokerTarget, 'protocol'>): boolean {
  return target.protocol === 'mqtts' || target.protocol === 'wss';
}

/**
 * Options for one mqtt.js client that lives for one connection and remembers nothing: no reconnect, clean session, no
 * queue. A request that was stored while offline and sent later would reach a meter that another read is talking to.
 */
export function clientOptions(target: BrokerTarget): Record<string, unknown> {
  const tls = isTls(target) ? { ...target.tls, rejectUnauthorized: target.tls['rejectUnauthorized'] !== false } : {};
  const isWebsocket = target.protocol === 'ws' || target.protocol === 'wss';
  return {
    ...tls,
    protocol: target.protocol,
    host: target.host,
    hostname: target.host.includes(':') && isWebsocket ? `[${target.host}]` : target.host,
    port: target.port,
    ...(isWebsocket ? { path: target.path, wsOptions: { ...tls, perMessageDeflate: false } } : {}),
    protocolVersion: target.protocolVersion,
    clientId: target.clientId,
    keepalive: target.keepalive,
    ...(target.user === undefined ? {} : { username: target.user }),
    ...(target.password === undefined ? {} : { password: target.password }),
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: NEVER_MS, // the connection's own clock decides
    timerVariant: 'native',
    log: () => undefined,
  };
}

function parseAddress(text: string): Pick<BrokerTarget, 'protocol' | 'host' | 'port' | 'path'> {
  const url = text.trim();
  if (url === '') throw failure('mqtt.addressEmpty', {}, 'configure');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) throw failure('mqtt.addressNoProtocol', {}, 'configure');
  const protocol = PROTOCOLS.get(scheme);
  if (protocol === undefined) throw failure('mqtt.addressProtocol', { scheme }, 'configure');
  let parsed: URL;
  try {
    // As an http address, so that host names are checked and brackets of IPv6 understood.
    parsed = new URL(`http${url.slice(url.indexOf(':'))}`);
  } catch {
    throw failure('mqtt.addressUnreadable', {}, 'configure');
  }
  if (parsed.username !== '' || parsed.password !== '') throw failure('mqtt.addressLogin', {}, 'configure');
  const path = `${parsed.pathname}${parsed.search}`;
  const isWebsocket = protocol === 'ws' || protocol === 'wss';
  if (!isWebsocket && path !== '/') throw failure('mqtt.addressPath', { path }, 'configure');
  // An http address loses a written port 80, its own default.
  const written = new URL(`mqtt${url.slice(url.indexOf(':'))}`).port;
  const port = written === '' ? DEFAULT_PORTS[protocol] : Number(written);
  if (port === 0) throw failure('mqtt.addressPort', {}, 'configure');
  return { protocol, host: parsed.hostname.replace(/^\[|\]$/g, ''), port, path };
}

/** UTF-8 strings of a CONNECT packet (clause 1.5.3). */
function checkText(field: string, text: string): void {
  if (text.includes('\0') || /\p{Surrogate}/u.test(text)) throw failure('mqtt.textCharacter', { field }, 'configure');
  if (utf8Size(text) > 65_535) throw failure('mqtt.textLong', { field }, 'configure');
}

/** At most 23 characters, which every broker must accept (3.1.1, clause 3.1.3.1). */
function generatedId(random: Random): string {
  return `mtx-${Array.from({ length: 16 }, () => Math.floor(random() * 36).toString(36)).join('')}`;
}

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['mqtt', 'mqtt'],
  ['tcp', 'mqtt'],
  ['mqtts', 'mqtts'],
  ['ssl', 'mqtts'],
  ['tls', 'mqtts'],
  ['ws', 'ws'],
  ['wss', 'wss'],
] as const);
const DEFAULT_PORTS = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 } as const;
const DEFAULT_KEEPALIVE_S = 60;
const NEVER_MS = 2 ** 31 - 1;
