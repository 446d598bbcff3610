// A Node-RED of its own on loopback, for the demo and the end-to-end tests: nothing of the user's is touched, nothing
// goes out, and it ends with whoever started it.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../src/core/transport/lane/clock';

export interface NodeRedOptions {
  /** A folder with node_modules to use as user directory; a fresh one with this package linked in if absent. */
  readonly userDir?: string;
  readonly port?: number;
  readonly flows?: readonly object[];
  readonly language?: string;
  /** Packages linked into the fresh user directory besides this one, by folder. */
  readonly packages?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

export interface NodeRed {
  readonly url: string;
  readonly userDir: string;
  readonly version: string;
  /** What it wrote so far. */
  readonly log: () => string;
  deploy(flows: readonly object[], type?: 'full' | 'nodes' | 'flows'): Promise<void>;
  request(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Node-RED 5 needs Node 22.9 and is taken where `npm run node-red5` installed it; else 4.1. NR says explicitly which.
 */
export function nodeRedPackage(): 'node-red' | 'node-red4' {
  const chosen = process.env['NR'];
  if (chosen === 'node-red' || chosen === 'node-red4') return chosen;
  if (chosen !== undefined && chosen !== '') throw new Error(`NR is node-red4 (4.1) or node-red (5.0), not ${chosen}`);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return (major > 22 || (major === 22 && minor >= 9)) && existsSync(NODE_RED_5) ? 'node-red' : 'node-red4';
}

/** Where that Node-RED is: its own modules are found from there. */
export function nodeRedFolder(): string {
  if (nodeRedPackage() === 'node-red4') return dirname(require.resolve('node-red4/package.json'));
  if (!existsSync(NODE_RED_5)) throw new Error('Node-RED 5 is not installed here: npm run node-red5');
  return NODE_RED_5;
}

export async function startNodeRed(options: NodeRedOptions = {}): Promise<NodeRed> {
  const folder = nodeRedFolder();
  const userDir = options.userDir ?? freshUserDir(options);
  const port = options.port ?? (await freePort());
  writeFileSync(join(userDir, 'settings.js'), settingsText(options.language));
  if (options.flows) writeFileSync(join(userDir, 'flows.json'), JSON.stringify(options.flows, null, 2));
  const child = spawn(
    process.execPath,
    [join(folder, 'red.js'), '-u', userDir, '-s', join(userDir, 'settings.js'), '-p', String(port)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    },
  );
  let log = '';
  const hear = (chunk: Buffer): void => {
    log = (log + chunk.toString()).slice(-MAX_LOG);
    for (const line of chunk.toString().split('\n')) if (line.trim() !== '') options.onLine?.(line);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const url = `http://127.0.0.1:${port}`;
  const request = (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> => callApi(url, method, path, body, headers);
  try {
    await until(
      child,
      () => log,
      async () =>
        (await request('GET', '/settings')) !== undefined && /Started flows|Flujos iniciados|missing types/.test(log),
    );
  } catch (failure) {
    await endOf(child);
    throw failure;
  }
  return {
    url,
    userDir,
    version: String((require(join(folder, 'package.json')) as { version: string }).version),
    log: () => log,
    request,
    deploy: async (flows, type = 'full') =>
      void (await request('POST', '/flows', flows, { 'Node-RED-Deployment-Type': type })),
    stop: async () => {
      await endOf(child);
      if (options.userDir === undefined) rmSync(userDir, { recursive: true, force: true });
    },
  };
}

function freshUserDir(options: NodeRedOptions): string {
  const userDir = mkdtempSync(join(tmpdir(), 'mtx-node-red-'));
  const root = join(__dirname, '..');
  const packages = {
    '@meter-tunnel/node-red-mtx': existsSync(join(root, 'package.json')) ? root : join(root, '..'),
    ...options.packages,
  };
  for (const [name, folder] of Object.entries(packages)) {
    mkdirSync(dirname(join(userDir, 'node_modules', name)), { recursive: true });
    symlinkSync(folder, join(userDir, 'node_modules', name), 'dir');
  }
  const versions = Object.fromEntries(Object.keys(packages).map((name) => [name, '*']));
  writeFileSync(
    join(userDir, 'package.json'),
    JSON.stringify({ name: 'node-red-project', version: '0.0.1', private: true, dependencies: versions }),
  );
  // Tips come after a second; on a slow machine that is before their place in the sidebar is there, which Node-RED
  // reports as an exception.
  writeFileSync(
    join(userDir, '.config.users.json'),
    JSON.stringify({ _: { editor: { view: { 'view-show-tips': false } } } }),
  );
  return userDir;
}

function settingsText(language = 'en-US'): string {
  const settings = {
    uiHost: '127.0.0.1',
    flowFile: 'flows.json',
    credentialSecret: 'mtx',
    lang: language,
    telemetry: { enabled: false, updateNotification: false },
    // ace: a third less to load
    editorTheme: {
      tours: false,
      projects: { enabled: false },
      palette: { catalogues: [] },
      codeEditor: { lib: 'ace' },
    },
    externalModules: { palette: { allowInstall: false } },
    logging: { console: { level: 'info', metrics: false, audit: false } },
  };
  return `module.exports = ${JSON.stringify(settings, null, 2)};\n`;
}

async function callApi(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: {
      Accept: 'application/json',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 400)}`);
  return text === '' ? {} : (JSON.parse(text) as unknown);
}

async function until(child: ChildProcess, log: () => string, isReady: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`Node-RED ended with ${child.exitCode}:\n${log()}`);
    if (await isReady().catch(() => false)) return;
    await systemClock.sleep(200);
  }
  throw new Error(`Node-RED was not ready in two minutes:\n${log()}`);
}

/** Asks it to end, then makes it. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const ended = new AbortController();
    child.once('exit', () => {
      ended.abort();
      resolve();
    });
    child.kill('SIGTERM');
    void systemClock.sleep(15_000, ended.signal).then(() => ended.signal.aborted || child.kill('SIGKILL'));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

const NODE_RED_5 = join(__dirname, '..', '.tools', 'node-red5', 'node_modules', 'node-red');
const MAX_LOG = 200_000;
