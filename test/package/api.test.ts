// The packed tarball as a program meets it, beside nothing but mqtt: the program of docs/api.md reads a simulated
// meter, and the types compile where there are none of Node's.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../src/core/index';
import { builtInProfiles, METER_KINDS, type Meter } from '../../src/simulator/index';
import { startBroker, type TestBroker } from '../support/broker';
import { startModem } from '../support/palette';
import { vectorFile } from '../support/vectors';

const ROOT = join(__dirname, '..', '..');
const OWN = '@meter-tunnel/node-red-mtx';
const LINE = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const DOCS = readFileSync(join(ROOT, 'docs', 'api.md'), 'utf8');
const PROGRAM = /```js\n([^]*?)```/.exec(DOCS)?.[1] ?? '';
/** The program with the read of another protocol in its place, as the docs have it. */
const programOf = (protocol: string): string => {
  const read = DOCS.split('\n').find((line) => line.startsWith(`await modem.read({ protocol: '${protocol}'`));
  assert.ok(read, `the docs read no ${protocol} meter`);
  return PROGRAM.replace(/await modem\.read\(.*\);/, () => read);
};

const IMEI = '353234028103206';
/** A program around one piece of work with the modem. */
const ONCE = `const { Platform } = require('${OWN}');
  const platform = new Platform({ url: 'mqtt://localhost:1883' });
  const modem = platform.modem('${IMEI}');
  void (async () => { WORK await platform.close(); })();`;
const VECTORS = vectorFile<{ iec62056_21: readonly { readonly id: string; readonly wire: string }[] }>('iec.json');
/** What an Iskra AM550 sent by itself. */
const TELEGRAM = VECTORS.iec62056_21.find(({ id }) => id === 'C21-O16')?.wire ?? '';

describe('the package', () => {
  let home: string;
  let broker: TestBroker;
  let stop = (): void => undefined;

  before(() => {
    home = mkdtempSync(join(tmpdir(), 'mtx-api-'));
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', home], { cwd: ROOT, stdio: 'ignore' });
    const own = join(home, 'node_modules', OWN);
    mkdirSync(own, { recursive: true });
    const tarball = readdirSync(home).find((name) => name.endsWith('.tgz')) ?? assert.fail('nothing was packed');
    execFileSync('tar', ['xzf', join(home, tarball), '-C', own, '--strip-components', '1']);
    symlinkSync(join(ROOT, 'node_modules', 'mqtt'), join(home, 'node_modules', 'mqtt'));
  });
  beforeEach(async () => {
    broker = await startBroker();
  });
  afterEach(async () => {
    stop();
    await broker.close();
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  const run = async (program: string): Promise<string> => {
    assert.equal(program.split('mqtt://localhost:1883').length, 2, 'the program names its broker once');
    writeFileSync(join(home, 'program.cjs'), program.replace('localhost:1883', `127.0.0.1:${broker.port}`));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['program.cjs'], { cwd: home });
    assert.equal(stderr, '');
    return stdout;
  };
  const meters = (kind: string, address: string): readonly Meter[] =>
    METER_KINDS[kind]?.({
      clock: systemClock,
      seed: 1,
      line: LINE,
      addresses: [address],
      profile: builtInProfiles().find(({ id }) => id === 'eastron-sdm630'),
      password: '',
      framing: 'rtu',
    }) ?? assert.fail(`there is no meter of the kind ${kind}`);

  it('reads a meter by the program of docs/api.md, which is short', async () => {
    assert.ok(PROGRAM !== '' && PROGRAM.split('\n').length < 30);
    const modem = await startModem(broker, { meters: meters('modbus', '1') });
    stop = () => modem.stop();
    assert.match(await run(PROGRAM), /^voltage_l1 2\d\d\.?\d* V$/m);
  });

  for (const [protocol, kind, address, value] of [
    ['iec62056-21', 'iec62056', '12345678', /^1\.8\.0 \d+(\.\d)? kWh\n2\.8\.0 0 kWh$/m],
    ['iec60870-5-102', 'iec870', '1', /^active_import 255842 kWh$/m],
    ['dlms', 'dlms', '1', /^1-0:1\.8\.0\*255 \d+|^Active energy import \d+/m],
  ] as const)
    it(`reads ${protocol} by the same program`, async () => {
      const modem = await startModem(broker, { meters: meters(kind, address) });
      stop = () => modem.stop();
      assert.match(await run(programOf(protocol)), value);
    });

  it('takes AT commands, and wants consent for what can cut the modem off', async () => {
    const modem = await startModem(broker, { meters: [] });
    stop = () => modem.stop();
    const line =
      DOCS.split('\n').find((each) => each.includes('modem.command(')) ?? assert.fail('no command in the docs');
    const print = 'console.log(isOk, values.csq, lines.join());';
    const refused = "await modem.command('AT+CFUN=0').catch(({ code, reason }) => console.log(code, reason));";
    const program = ONCE.replace('WORK', `${line} ${print} ${refused}`);
    assert.equal(await run(program), 'true 18 +CSQ: 18,99\nCONFIG_INVALID fleet.mayCutOff\n');
  });

  it('hears a meter that sends by itself', async () => {
    const heard =
      DOCS.split('\n').find((each) => each.includes('modem.listen(')) ?? assert.fail('no listen in the docs');
    const show = 'console.log(heard.protocol, heard.readings.find(({ name }) => /1\\.8\\.1/.test(name)).value); told()';
    const listening = heard.replace('console.log(heard)', `{ ${show} }`);
    const refused =
      "try { modem.listen({ protocol: 'modbus', unit: 1 }, () => {}); } catch (error) { console.log(error.reason); }";
    const program = ONCE.replace(
      'WORK',
      `${refused} await new Promise((told) => { ${listening} globalThis.stop = stop; }); globalThis.stop();`,
    );
    const published = setInterval(() => {
      if (broker.subscribed.includes(`${IMEI}/tx`))
        broker.aedes.publish(
          {
            cmd: 'publish',
            topic: `${IMEI}/tx`,
            payload: Buffer.from(TELEGRAM, 'hex'),
            qos: 0,
            dup: false,
            retain: false,
          },
          () => undefined,
        );
    }, 200);
    stop = () => clearInterval(published);
    assert.equal(await run(program), 'settings.sendsNothing\niec62056-21 156.167\n');
  });

  it('compiles the same program as TypeScript, without the types of Node, and with every name', () => {
    const text = `declare const console: { log(...texts: unknown[]): void; error(text: string): void };
      declare const process: { exitCode: number };
      import type { CommandReport, MeterReport, Reading, ReadOptions } from '${OWN}';
      export const first = (report: MeterReport): Reading | undefined => report.readings[0];
      export const options: ReadOptions = { attempts: 1 };\n`;
    const program = PROGRAM.replace(/const (\{.*\}) = require\('(.*)'\);/, "import $1 from '$2';");
    writeFileSync(join(home, 'program.mts'), text + program);
    const compilerOptions = {
      target: 'ES2022',
      module: 'node16',
      lib: ['ES2022'],
      types: [],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.mts'] }));
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '-p', home], { encoding: 'utf8', stdio: ['ignore', 'inherit', 'inherit'] });
  });

  it('words an error, and gives the simulator and its manifest by name', async () => {
    const program = `const { Platform, explainError } = require('${OWN}');
      require('${OWN}/simulator').ModbusMeter.name; require('${OWN}/package.json').version;
      const platform = new Platform({ url: 'mqtt://localhost:1883' });
      try { platform.modem('12'); } catch (error) { console.log(error.reason, explainError(error, 'es')); }
      void platform.close();`;
    assert.match(await run(program), /^settings\.imei .*IMEI/);
  });
});
