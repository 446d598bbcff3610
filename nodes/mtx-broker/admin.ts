// The broker dialog's buttons: they work before deploy, from what stands in the form. A password that was not typed
// again is taken from the stored credentials, and never sent back.
import type { NodeAPI } from 'node-red';
import type { ReadError } from '../../src/core/index';
import {
  asReadError,
  Broker,
  failure,
  filterOfTemplate,
  imeiFromTopic,
  isLiteralTemplate,
  systemClock,
  systemRandom,
  testConnection,
  type BrokerOptions,
  Fields,
} from '../../src/core/index';
import { adminRoute } from '../shared/admin';
import { deployedOf, hasAdminAuth, storedSecrets, withSettings, type Body } from '../shared/admin-guard';
import type { BrokerNode } from '../shared/palette';
import { brokerOptions } from './options';

export function brokerAdmin(RED: NodeAPI): void {
  adminRoute(RED, 'mtx-broker', 'broker/test', async (body) => {
    const test = async (): Promise<number> => {
      const { failure: why, ms } = await testConnection(formOptions(RED, body), systemClock);
      if (why) throw why;
      return ms;
    };
    return { ok: true, ms: Math.round(await unlessProbing(RED, body, test())) };
  });
  adminRoute(RED, 'mtx-broker', 'broker/scan', async (body) => ({
    modems: await unlessProbing(RED, body, scanModems(formOptions(RED, body), body)),
  }));
  adminRoute(RED, 'mtx-broker', 'broker/connect', async (body) => ({ ms: await connectNow(RED, body) }));
}

/** The deployed connection is tried at once; resolves to how long that took, throws why it is not there yet. */
async function connectNow(RED: NodeAPI, { id }: Body): Promise<number> {
  const node = deployedOf(RED, 'mtx-broker', id) && (RED.nodes.getNode(String(id)) as BrokerNode | null);
  if (!node?.broker) throw node?.failure ?? failure('mqtt.notDeployed', {}, 'configure');
  const started = systemClock.now();
  await node.broker.connectNow();
  if (node.broker.state !== 'online') throw node.broker.failure ?? failure('mqtt.notYet', {}, 'connect');
  return Math.round(systemClock.now() - started);
}

/** The connection that the form describes. The stored login goes to the stored address only. */
function formOptions(RED: NodeAPI, body: Body): BrokerOptions {
  const isStored = (name: string): boolean => body[name] === undefined || body[name] === KEPT_PASSWORD;
  const stored = isNamed(RED, body) ? storedSecrets(RED, 'mtx-broker', body['id']) : {};
  if (body['password'] === KEPT_PASSWORD && !('password' in stored)) throw failure('settings.typePassword', {});
  const typed = (name: string): string => (isStored(name) ? (stored[name] ?? '') : String(body[name]));
  // a connection of its own beside the running one: the same client id would throw that one out
  return brokerOptions(RED, new Fields({ ...body, clientId: '' }), {
    user: typed('user'),
    password: typed('password'),
  });
}

/** Is this the address that the deployed node connects to? */
function isNamed(RED: NodeAPI, { id, url }: Body): boolean {
  const deployed = deployedOf(RED, 'mtx-broker', id);
  return deployed !== undefined && withSettings(RED, 'mtx-broker', { id, url: deployed['url'] })['url'] === url;
}

/** Without a login to the editor, nobody learns from here which ports of other hosts are open. */
async function unlessProbing<T>(RED: NodeAPI, body: Body, work: Promise<T>): Promise<T> {
  return work.catch((thrown: unknown) => {
    const { code } = asReadError(thrown);
    const isTelling = code === 'BROKER_UNREACHABLE' || code === 'BROKER_CERTIFICATE';
    if (isTelling && !hasAdminAuth(RED) && !isNamed(RED, body)) throw failure('settings.brokerNotReached', {});
    throw thrown;
  });
}

interface SeenModem {
  readonly imei: string;
  /** Which of its topics were heard, and how often. */
  readonly heard: Record<string, number>;
}

/** Listens for a while and lists the modems whose topics carried anything: a status report, a reply, meter data. */
async function scanModems(options: BrokerOptions, body: Body): Promise<readonly SeenModem[]> {
  const fields = new Fields(body);
  const seconds = fields.integer('seconds', { min: 1, max: 60, fallback: 10 });
  const templates = Object.entries(SCANNED)
    .map(([field, fallback]) => ({ field, template: fields.text(field, fallback) }))
    .filter(({ template }) => !isLiteralTemplate(template));
  if (templates.length === 0) throw failure('mqtt.noImeiTopics', {}, 'configure');
  const seen = new Map<string, SeenModem>();
  const broker = new Broker(options, systemClock, systemRandom);
  const failed = new AbortController();
  let lost: ReadError | undefined;
  broker.onState((state, why) => {
    if (state === 'offline' && why) {
      lost = why;
      failed.abort();
    }
  });
  try {
    for (const { field, template } of templates) {
      await broker.observe(filterOfTemplate(template), ({ topic }) => {
        const imei = imeiFromTopic(template, topic);
        if (imei === undefined || !/^\d{15}$/.test(imei)) return;
        const modem = seen.get(imei) ?? { imei, heard: {} };
        if (seen.size < MAX_SEEN || seen.has(imei)) seen.set(imei, modem);
        modem.heard[field] = (modem.heard[field] ?? 0) + 1;
      });
    }
    await systemClock.sleep(seconds * 1000, failed.signal);
  } finally {
    await broker.close();
  }
  if (lost && seen.size === 0) throw lost;
  return [...seen.values()].sort((a, b) => a.imei.localeCompare(b.imei));
}

const SCANNED = { statusTopic: '[IMEI]/dns', atrTopic: '[IMEI]/ATR', txTopic: '[IMEI]/tx' } as const;
const MAX_SEEN = 1_000;
/** What the editor shows for a stored password. */
const KEPT_PASSWORD = '__PWRD__';
