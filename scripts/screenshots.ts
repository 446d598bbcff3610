// Makes the pictures of the README in docs/images: npx tsx scripts/screenshots.ts (needs chromium and a build).
// An editor with the first example reading a simulated meter, and the Modbus dialog with its plan.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser } from '../test/support/browser';
import { openEditor, type Editor } from '../test/support/editor';
import { startDemoBroker } from './demo-broker';
import { startDemoModems } from './demo-fleet';
import { freePort, startNodeRed } from './node-red';

const ROOT = join(__dirname, '..');
const IMAGES = join(ROOT, 'docs', 'images');
const EXAMPLE = join(ROOT, 'examples', '01 - Read a Modbus meter.json');
const REPORT = '6d74780100000005';
const EVERY_MINUTE = '6d74780100000007';
const NOW = '6d74780100000008';

async function main(): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  const broker = await startDemoBroker(await freePort());
  const modems = startDemoModems(broker.url);
  const flows = (JSON.parse(readFileSync(EXAMPLE, 'utf8')) as Record<string, unknown>[]).map((node) =>
    node['type'] === 'mtx-broker' ? { ...node, url: broker.url } : node,
  );
  const nodeRed = await startNodeRed({ flows });
  const browser = await startBrowser(process.env['CHROMIUM'] ?? '/usr/bin/chromium');
  const editor = await openEditor(browser, nodeRed.url);
  try {
    await editor.page.setViewportSize({ width: 1280, height: 580 });
    await pictureEditor(editor);
    await editor.page.setViewportSize({ width: 1000, height: 1120 });
    await pictureDialog(editor);
  } finally {
    await browser.close();
    await nodeRed.stop();
    for (const modem of modems) modem.stop();
    await broker.close();
  }
}

async function pictureEditor({ page, node }: Editor): Promise<void> {
  await page.evaluate('RED.sidebar.show("debug"); RED.actions.invoke("core:toggle-palette")');
  await node(NOW).locator('.red-ui-flow-node-button-button').click();
  await page.waitForFunction(BOTH_READ);
  await page.evaluate(
    'document.querySelector(".red-ui-debug-header #red-ui-sidebar-debug-clear, #red-ui-sidebar-debug-clear").click()',
  );
  await node(EVERY_MINUTE).locator('.red-ui-flow-node-button-button').click();
  await page.waitForSelector('.red-ui-debug-msg');
  await page.locator('.red-ui-debug-msg .red-ui-debug-msg-object-handle').first().click();
  await page
    .locator('.red-ui-debug-msg-object-entry', { hasText: 'readings' })
    .locator('.red-ui-debug-msg-object-handle')
    .first()
    .click();
  await page
    .locator('.red-ui-debug-msg-object-entry .red-ui-debug-msg-object-entry .red-ui-debug-msg-object-handle')
    .first()
    .click();
  await page.mouse.move(5, 300);
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(IMAGES, 'editor.png') });
}

async function pictureDialog(editor: Editor): Promise<void> {
  const { page } = editor;
  await editor.openDialog(REPORT);
  await page.waitForSelector('#node-input-profile option[value="eastron-sdm630"]', { state: 'attached' });
  await page.locator('#mtx-modbus-plan').click();
  await page.waitForSelector('#mtx-modbus-result table');
  await page.waitForTimeout(500);
  await page
    .locator('.red-ui-tray')
    .last()
    .screenshot({ path: join(IMAGES, 'modbus-dialog.png') });
}

/** Both readers show a value on their badges. */
const BOTH_READ = `(() => {
  const texts = [...document.querySelectorAll('.red-ui-flow-node-status-label')].map((label) => label.textContent);
  return texts.filter((text) => / V$/.test(text)).length === 2;
})()`;

main().catch((failure: unknown) => {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exitCode = 1;
});
