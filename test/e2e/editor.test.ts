// A newcomer in the editor: from an empty canvas to a value, with every button of the dialogs on the way.
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { nodeRedPackage, startNodeRed, type NodeRed } from '../../scripts/node-red';
import { systemClock } from '../../src/core/transport/lane/clock';
import { METER_KINDS, modemSpec, seededRandom, simulatedModem, type Meter } from '../../src/simulator/index';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { builtInProfiles } from '../../src/simulator/meters/modbus/profiles';
import { startBroker, type TestBroker } from '../support/broker';
import { startBrowser } from '../support/browser';
import { assertReadable, openEditor, textIn, type Editor } from '../support/editor';
import { needs } from '../support/tier';

const IMEI = '353234028103206';
const OTHER = '353234028103214';
const LINE = { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const isNodeRed5 = nodeRedPackage() === 'node-red';

describe('in the editor', () => {
  let broker: TestBroker;
  let modems: readonly ModemCore[] = [];
  let nodeRed: NodeRed | undefined;
  let browser: Browser | undefined;
  let editor: Editor;
  let ids = { read: '', inject: '', debug: '' };
  const result = '#mtx-modbus-result';

  before(async function () {
    const program = needs(this, 'chromium');
    broker = await startBroker();
    modems = [IMEI, OTHER].map((imei) => startModem(imei, broker.port));
    [nodeRed, browser] = await Promise.all([
      startNodeRed({ flows: [{ id: 'f000000000000001', type: 'tab', label: 'Flow 1' }] }),
      startBrowser(program),
    ]);
    editor = await openEditor(browser, nodeRed.url);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    for (const modem of modems) modem.stop();
    if (nodeRed) await broker.close();
  });

  // One walk: each step stands on the one before. (Mocha's own bail would end every other file too.)
  let hasFallen = false;
  beforeEach(() => {
    assert.equal(hasFallen, false, 'an earlier step failed');
  });
  afterEach(function () {
    hasFallen ||= this.currentTest?.state === 'failed';
  });

  const textOf = (selector: string, expected: RegExp): Promise<string> => textIn(editor.page, selector, expected);
  const click = (selector: string): Promise<void> => editor.page.locator(selector).last().click();
  const fill = (selector: string, text: string): Promise<void> => editor.page.locator(selector).last().fill(text);

  it('drags a reader to the canvas, and gives it a modem and a broker in the dialogs', async () => {
    const read = await editor.drag('mtx-modbus-read', 400, 150);
    ids = { ...ids, read };
    await editor.openDialog(read);
    await click('#node-input-btn-modem-add');
    await editor.page.waitForSelector('#node-config-input-imei');
    await click('#node-config-input-btn-broker-add');
    await editor.page.waitForSelector('#node-config-input-url');
    // before deploy, a wrong address first
    await fill('#node-config-input-url', 'mqtt://127.0.0.1:1');
    await click('#mtx-broker-test');
    await textOf('#mtx-broker-result', /cannot be reached/);
    await fill('#node-config-input-url', `mqtt://127.0.0.1:${broker.port}`);
    await click('#mtx-broker-test');
    await textOf('#mtx-broker-result', /connected in \d+ ms/);
    await editor.ok();
    await fill('#node-config-input-imei', '3532340281');
    await textOf('#mtx-modem-imei-hint', /an IMEI has 15 digits/);
    await fill('#node-config-input-imei', '353234028103207');
    await textOf('#mtx-modem-imei-hint', /check digit .* does not fit/);
    await fill('#node-config-input-imei', IMEI);
    assert.equal(await editor.page.locator('#mtx-modem-imei-hint').isVisible(), false);
    await fill('#node-config-input-latency', '1000');
    await click('#mtx-modem-test');
    await textOf('#mtx-modem-result', /deploy the broker first/);
    await editor.ok();
  });

  it('shows the plan before anything is deployed, and says in words what is wrong', async () => {
    await editor.page.waitForSelector('#node-input-profile option[value="eastron-sdm630"]', { state: 'attached' });
    await click('#mtx-modbus-plan');
    await textOf(result, /registers is empty; choose a device profile or give registers/);
    await editor.page.selectOption('#node-input-profile', 'eastron-sdm630');
    await click('#mtx-modbus-plan');
    const plan = await textOf(
      result,
      /(\d+) requests, about ([\d.]+) s at a round trip of \d+ ms \(one request per register: (\d+) requests/,
    );
    const [, requests = '', , others = ''] = /(\d+) requests, about ([\d.]+) s.*: (\d+) requests/.exec(plan) ?? [];
    assert.ok(Number(requests) >= 1 && Number(requests) * 3 < Number(others), plan);
    await click('#mtx-modbus-read-now');
    await textOf(result, /modem.*(deploy|not deployed)/i);
    await fill('#node-input-unit', '300');
    await editor.page.locator('#node-input-timeout').focus();
    await editor.page.waitForSelector('#node-input-unit.input-error');
    await editor.page.locator('#node-input-unit').hover();
    await textOf('.red-ui-popover', /Unit has to be a whole number from 1 to 255/);
    await fill('#node-input-unit', '1');
    await editor.ok();
    assert.equal(await editor.page.evaluate(`RED.nodes.node("${ids.read}").valid`), true);
  });

  it('deploys, presses inject, and sees the value in the debug sidebar and on the badge', async () => {
    ids = { ...ids, inject: await editor.drag('inject', 150, 150), debug: await editor.drag('debug', 700, 150) };
    await editor.wire(ids.inject, ids.read);
    await editor.wire(ids.read, ids.debug);
    await editor.deploy();
    await editor.page.evaluate('RED.sidebar.show("debug")');
    await editor.node(ids.inject).locator('.red-ui-flow-node-button-button').click();
    await editor.page.waitForSelector('.red-ui-debug-msg');
    await textOf('.red-ui-debug-msg', /imei: "353234028103206"/);
    await editor.page.waitForFunction(
      `/^2\\d\\d(\\.\\d+)? V$/.test(document.querySelector('[id="${ids.read}"] .red-ui-flow-node-status-label').textContent)`,
    );
  });

  it('reads now, from the dialog, and looks for units on the bus until stopped', async () => {
    await editor.openDialog(ids.read);
    await editor.page.waitForSelector('#node-input-profile option[value="eastron-sdm630"]', { state: 'attached' });
    await click('#mtx-modbus-read-now');
    const read = await textOf(result, /readings with \d+ requests in \d+ ms/);
    assert.match(read, /voltage_l1\s+2\d\d(\.\d+)? V/);
    await assertReadable(editor.page);
    await click('#mtx-modbus-scan');
    await textOf(result, /asking unit [2-9] of 247; found: 1/);
    await textOf('#mtx-modbus-scan', /Stop/);
    await click('#mtx-modbus-scan');
    await textOf(result, /units found: 1/);
    await textOf('#mtx-modbus-scan', /Scan bus/);
    assert.match(await textOf(`${result} button`, /^1 /), /eastron-sdm630/);
    await fill('#node-input-unit', '9');
    await click(`${result} button`);
    assert.equal(await editor.page.inputValue('#node-input-unit'), '1');
  });

  it('tests the modem by an AT command', async () => {
    await click('#node-input-btn-modem-edit');
    await editor.page.waitForSelector('#mtx-modem-test');
    await click('#mtx-modem-test');
    await textOf('#mtx-modem-result', /the modem answered in \d+ ms: \+CSQ: \d+,\d+, -\d+ dBm/);
    await assertReadable(editor.page);
    await click('#node-config-input-btn-broker-edit');
    await editor.page.waitForSelector('#mtx-broker-scan');
    await click('#mtx-broker-scan'); // listens for 10 s; the next step but one looks
  });

  it('speaks Spanish where the browser does', async () => {
    assert.ok(browser && nodeRed);
    const spanish = await openEditor(browser, nodeRed.url, { locale: 'es-ES' });
    await spanish.openDialog(ids.read);
    const dialog = await spanish.page.locator('.red-ui-editor').innerText();
    for (const text of [
      'Unidad',
      'Equipo',
      'Registros por lectura',
      'Leer ahora',
      'Explorar bus',
      'todos los registros del equipo',
    ])
      assert.ok(dialog.includes(text), `${text} is missing in:\n${dialog}`);
    await spanish.page.locator('#mtx-modbus-plan').click();
    await spanish.page.waitForFunction(
      `/peticiones, unos [\\d.]+ s/.test(document.querySelector('${result}').innerText)`,
    );
    assert.doesNotMatch(dialog, /mtx-[a-z-]+\.[a-z]+/i, 'a text without translation');
    assert.deepEqual(spanish.problems, []);
    await spanish.close();
  });

  it('lists the modems that the broker hears', async () => {
    const seen = await textOf('#mtx-broker-result', /modems heard: 2/);
    assert.ok(seen.includes(IMEI) && seen.includes(OTHER), seen);
    await assertReadable(editor.page);
    for (let i = 0; i < 3; i++) await editor.ok();
  });

  it('has help in the sidebar', async () => {
    for (const type of ['mtx-modbus-read', 'mtx-at', 'mtx-modem', 'mtx-broker']) {
      await editor.page.evaluate(`RED.sidebar.help.show(${JSON.stringify(type)})`);
      const help = await textOf('.red-ui-sidebar-help-content, .red-ui-help', /\S{3}/);
      assert.ok(help.length > 200, `${type}: ${help}`);
    }
  });

  if (isNodeRed5) {
    it('is readable in the dark theme', async () => {
      assert.ok(browser && nodeRed);
      const dark = await openEditor(browser, nodeRed.url, { isDark: true });
      await dark.openDialog(ids.read);
      await dark.page.locator('#mtx-modbus-plan').click();
      await dark.page.waitForSelector(`${result} table`);
      await assertReadable(dark.page);
      await dark.page.locator('#node-input-btn-modem-edit').click();
      await dark.page.waitForSelector('#mtx-modem-test');
      await assertReadable(dark.page);
      assert.deepEqual(dark.problems, []);
      await dark.close();
    });
  }

  it('makes the browser complain of nothing', () => {
    assert.deepEqual(editor.problems, []);
  });
});

function startModem(imei: string, port: number): ModemCore {
  const profile = builtInProfiles().find(({ id }) => id === 'eastron-sdm630');
  const meters: readonly Meter[] =
    METER_KINDS['modbus']?.({
      clock: systemClock,
      seed: 1,
      line: LINE,
      addresses: ['1'],
      profile,
      password: '',
      framing: 'rtu',
    }) ?? [];
  const spec = modemSpec(
    {
      imei,
      meters,
      config: { MQTT_server: `tcp://127.0.0.1:${port}`, DNS_period: '4' },
      choices: { bootMsMin: 0, bootMsMax: 1, atMsMin: 1, atMsMax: 5 },
    },
    systemClock,
  );
  const modem = simulatedModem(spec, { protocolVersion: 4, isServerChecked: true }, systemClock, seededRandom(1));
  modem.start();
  return modem;
}
