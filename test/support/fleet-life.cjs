/* global AbortController */
// One life of the platform as a process of its own, which kills itself (SIGKILL) at a given step: before or after a write
// of its journal, or after a publish. It runs what was built. What it tells it writes to a file at once, line by line.
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
const core = require('../../dist/src/core/index.js');
const { DiskFile } = require('../../dist/nodes/shared/journal-file.js');
const { AuditFile } = require('../../dist/nodes/mtx-config/audit-file.js');
const { AuditView } = require('../../dist/nodes/mtx-config/audit-view.js');
const { SealedKeys } = require('../../dist/nodes/mtx-config/sealed-keys.js');
const { Seal } = require('../../dist/nodes/mtx-config/seal.js');

const { folder, port, kind, imeis, killAt, isAgain } = JSON.parse(process.argv[2]);
let steps = 0;
const step = () => {
  if (++steps === killAt) process.kill(process.pid, 'SIGKILL');
};
const file = new DiskFile(join(folder, 'one.journal'));
for (const name of ['append', 'replace']) {
  const real = file[name].bind(file);
  file[name] = async (...given) => {
    step();
    await real(...given);
    step();
  };
}
const journal = new core.Journal(file, () => core.systemClock.sleep(0));
const broker = new core.Broker({ url: `mqtt://127.0.0.1:${port}` });
const publish = broker.publish.bind(broker);
broker.publish = async (...given) => {
  await publish(...given);
  step();
};
const registry = new core.Registry({ link: broker, clock: core.systemClock, random: Math.random });
const profile = {
  topics: { rx: '[IMEI]/rx', tx: '[IMEI]/tx', at: '[IMEI]/AT', atr: '[IMEI]/ATR', status: '[IMEI]/dns', broadcast: '' },
  qos: 0,
  latencyMs: 200,
  queueLimit: 100,
  attempts: 1,
  line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  port: 0,
  isCrAppended: false,
  isFleet: true,
};
const ports = {
  clock: core.systemClock,
  link: broker,
  registry,
  profile,
  acquire: (imei) => registry.acquire(imei, profile),
  release: (imei) => registry.release(imei),
  sms: () => core.failure('settings.noSms', {}),
};
const tell = (message) => appendFileSync(join(folder, 'told.jsonl'), `${JSON.stringify(message)}\n`);
const end = () => {
  tell({ steps });
  process.exit(0);
};

async function rollout() {
  const audit = new AuditView(journal, new AuditFile(join(folder, 'audit.jsonl'), 1e9, 2, () => undefined));
  const rollouts = new core.Rollouts({
    ...ports,
    keys: new SealedKeys(journal, new Seal('key')),
    bare: () => ({}),
    told: {
      result: (_running, { imei, state }) => tell({ imei, state }),
      progress: () => undefined,
      gate: () => undefined,
      summary: (_running, { targets }) => {
        tell({ summary: Object.fromEntries(targets.map(({ imei, state }) => [imei, state])) });
        void audit.close().then(end);
      },
      audit: (user, event) => audit.add(core.auditRecord(new Date(), { node: 'n', flow: 'f', user }, event)),
      warn: (what) => tell({ warning: what.reason }),
    },
  });
  await rollouts.listen();
  await rollouts.resume();
  await audit.open();
  const known = rollouts.progress();
  if (known.length > 0 && known.every(({ isFinished }) => isFinished)) return void audit.close().then(end);
  if (known.length > 0) return;
  const plan = {
    id: rollouts.newId(),
    canary: 0,
    wave: 0,
    concurrency: 2,
    abortShare: 1,
    gate: 'none',
    gateMs: 60_000,
    targetMs: 60_000,
    deadlineMs: 0,
    attempts: 1,
    retryMs: 1_000,
  };
  const request = {
    action: 'apply',
    target: 'list',
    template: { MTX_ping: '20' },
    commands: [],
    isReboot: false,
    rebootCommands: core.REBOOT_COMMANDS,
    hasReboot: true,
    lifeMs: 20_000,
    atMs: 5_000,
    isConfirmed: false,
    smsAfterMs: null,
    variables: {},
    ownVariables: {},
    user: 'u',
    secretNames: [],
  };
  await rollouts.start({ request, plan, targets: imeis.map((imei) => ({ imei })) }, {});
}

const codeOf = (result) => (result instanceof core.ReadError ? result.code : result.ok ? 'OK' : 'ERROR');
const summaryOf = (results) => Object.fromEntries([...results].map(([imei, result]) => [imei, codeOf(result)]));

async function commands() {
  const [left] = await core.interruptedOrders(journal);
  if (left) {
    tell({ summary: summaryOf(left.results) });
    await left.told();
    return end();
  }
  if (isAgain) return end(); // all was told
  const order = {
    target: 'list',
    commands: ['AT^MTXTUNNEL=SETIO,0,1', 'AT^MTXTUNNEL=SETIO,0,0'],
    imeis,
    timeoutMs: 5_000,
    concurrency: 2,
    smsAfterMs: undefined,
    isConfirmed: false,
  };
  const { results, over } = await core.keptFleet(ports, journal, 'o1', order, {
    signal: new AbortController().signal,
    asker: 'n',
    onProgress: () => undefined,
    onBySms: () => undefined,
    answer: () => undefined,
    failed: () => undefined,
  });
  tell({ summary: summaryOf(results) });
  await over();
  return end();
}

(kind === 'rollout' ? rollout() : commands()).catch((thrown) => {
  console.error(thrown);
  process.exit(1);
});
