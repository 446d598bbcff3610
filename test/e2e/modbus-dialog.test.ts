// The Modbus dialog in a real editor: Done without a change changes no field of a row and no type of a field.
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { startNodeRed, type NodeRed } from '../../scripts/node-red';
import { startBrowser } from '../support/browser';
import { openEditor, type Editor } from '../support/editor';
import { needs } from '../support/tier';

const NODE = 'f000000000000002';
const ROWS = [
  { name: 'p', fc: 3, address: 40100, base: 0, type: 'int32', notAvailable: '80000000' },
  { name: 'w', fc: 3, address: 40083, base: 0, type: 'int16', scaleFactor: 'w_sf' },
  { name: 'w_sf', fc: 3, address: 40084, base: 0, type: 'int16', notAvailable: ['8000', '7fff'] },
  { name: 'st', fc: 3, address: '0x75C9', type: 'uint32', labels: { 307: 'ok', 35: 'fault' } },
  { name: 'clock', fc: 3, address: 100, type: 'ymdhms' },
  { name: 'half', function: 4, address: 7, type: 'uint8', half: 'high', scale: 0.5, offset: -40, unit: 'C' },
  { name: 'bits', fc: '4', address: '8', type: 'uint32', mask: '00ff0000', order: 'CDAB', length: '2' },
  { name: 'text', fc: 3, address: 9, type: 'string', length: 4, encoding: 'latin-1', charsPerRegister: 1 },
  { name: 'odd', fc: 4, address: 1, type: 'uint16', answerLength: 12 },
];

describe('the Modbus dialog', () => {
  let nodeRed: NodeRed | undefined;
  let browser: Browser | undefined;
  let editor: Editor;
  before(async function () {
    const program = needs(this, 'chromium');
    [nodeRed, browser] = await Promise.all([
      startNodeRed({
        flows: [
          { id: 'f000000000000001', type: 'tab', label: 'Flow 1' },
          {
            id: NODE,
            z: 'f000000000000001',
            type: 'mtx-modbus-read',
            x: 300,
            y: 100,
            wires: [[]],
            version: 2,
            unit: '1',
            registers: ROWS,
          },
        ],
      }),
      startBrowser(program),
    ]);
    editor = await openEditor(browser, nodeRed.url);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });

  const rows = (): Promise<unknown> => editor.page.evaluate(`RED.nodes.node("${NODE}").registers`);

  it('keeps every field and type of its rows, and takes what is typed', async () => {
    await editor.openDialog(NODE);
    await editor.page.waitForSelector('[data-key="labels"]');
    const [box, rowsBottom] = (await editor.page.evaluate(`[
      document.querySelector('#mtx-modbus-registers .red-ui-editableList-container').getBoundingClientRect().bottom,
      document.querySelector('#mtx-modbus-registers ol').getBoundingClientRect().bottom,
    ]`)) as [number, number];
    assert.ok(rowsBottom <= box, `rows down to ${rowsBottom} lie over what comes below ${box}`);
    await editor.page.locator('#node-input-name').fill('renamed');
    await editor.ok();
    assert.deepEqual(await rows(), ROWS);
    await editor.openDialog(NODE);
    await editor.page.waitForSelector('[data-key="labels"]');
    await editor.page.locator('[data-key="notAvailable"]').first().fill('7fffffff');
    await editor.page.locator('[data-key="labels"]').first().fill('0=off; 1=on');
    await editor.page.locator('[data-key="address"]').first().fill('40102');
    await editor.ok();
    const [first, ...others] = ROWS;
    const changed = { ...first, address: 40102, notAvailable: '7fffffff', labels: { 0: 'off', 1: 'on' } };
    assert.deepEqual(await rows(), [changed, ...others]);
  });
});
