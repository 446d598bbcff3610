// Node-RED's editor in a real Chromium, used as a person uses it; what the browser complains of is collected.
import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { systemClock } from '../../src/core/transport/lane/clock';
import { complaintsOf } from './browser';
import { PATIENCE_MS } from './patience';

export interface Editor {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, and requests that failed. */
  readonly problems: readonly string[];
  /** Drags a node from the palette to a place on the canvas; returns its id. */
  drag(type: string, x: number, y: number): Promise<string>;
  /** Wires the output of one node to the input of another, with the mouse. */
  wire(from: string, to: string): Promise<void>;
  /** The drawing of a node. */
  node(id: string): Locator;
  openDialog(id: string): Promise<void>;
  /** Presses the dialog's or the config dialog's main button. */
  ok(): Promise<void>;
  deploy(): Promise<void>;
  close(): Promise<void>;
}

export interface EditorOptions {
  readonly locale?: string;
  readonly isDark?: boolean;
}

export async function openEditor(browser: Browser, url: string, options: EditorOptions = {}): Promise<Editor> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    locale: options.locale ?? 'en-US',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const problems = complaintsOf(page);
  if (options.isDark) await page.addInitScript("localStorage.setItem('view-dark-theme', 'dark')");
  await page.goto(url);
  await page.waitForFunction(
    'window.RED && RED.nodes && RED.nodes.getType && RED.nodes.getType("mtx-modbus-read") && RED.settings.version && document.querySelector(".red-ui-palette-node[data-palette-type=mtx-modbus-read]") && !document.querySelector("#red-ui-loading-progress:not([style*=none])")',
  );
  if (options.isDark) await page.waitForSelector('html.nr-theme-dark');
  const node = (id: string): Locator => page.locator(`[id="${id}"]`);
  const settled = (): Promise<void> => page.waitForTimeout(SLIDE_MS);
  return {
    page,
    problems,
    node,
    drag: async (type, x, y) => {
      const before = await page.evaluate<string[]>('RED.nodes.filterNodes({}).map((n) => n.id)');
      const source = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
      await source.scrollIntoViewIfNeeded();
      const from = await source.boundingBox();
      const canvas = await page.locator('#red-ui-workspace-chart').boundingBox();
      if (!from || !canvas) throw new Error(`${type} is not in the palette`);
      await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
      await page.mouse.down();
      await page.mouse.move(canvas.x + x - 30, canvas.y + y - 30, { steps: 5 });
      await page.mouse.move(canvas.x + x, canvas.y + y, { steps: 3 });
      await page.mouse.up();
      const after = await page.evaluate<string[]>('RED.nodes.filterNodes({}).map((n) => n.id)');
      const id = after.find((one) => !before.includes(one));
      if (id === undefined) throw new Error(`${type} did not land on the canvas`);
      return id;
    },
    wire: async (from, to) => {
      const output = await node(from).locator('.red-ui-flow-port-output').first().boundingBox();
      const input = await node(to).locator('.red-ui-flow-port-input').first().boundingBox();
      if (!output || !input) throw new Error('a port is missing');
      await page.mouse.move(output.x + output.width / 2, output.y + output.height / 2);
      await page.mouse.down();
      await page.mouse.move(input.x - 20, input.y, { steps: 4 });
      await page.mouse.move(input.x + input.width / 2, input.y + input.height / 2, { steps: 2 });
      await page.mouse.up();
    },
    openDialog: async (id) => {
      // On a busy machine the two clicks can come too far apart for Node-RED to take them for a double one.
      for (let tries = 1; ; tries++) {
        await node(id)
          .locator('.red-ui-flow-node')
          .first()
          .dblclick({ timeout: 3_000 })
          .catch(() => undefined);
        const isOpen = await page.waitForSelector('#node-dialog-ok', { timeout: 3_000 }).then(
          () => true,
          () => false,
        );
        if (isOpen) break;
        if (tries === 4) assert.fail(`the dialog of ${id} does not open`);
      }
      await settled();
    },
    ok: async () => {
      await page.locator('#node-config-dialog-ok, #node-dialog-ok').last().click();
      await settled();
    },
    deploy: async () => {
      await page.locator('#red-ui-header-button-deploy').click();
      await page.waitForFunction('!RED.nodes.dirty()');
    },
    close: () => context.close(),
  };
}

/** The text of the last such element, as soon as it is as expected. */
export async function textIn(page: Page, selector: string, expected: RegExp, ms = PATIENCE_MS): Promise<string> {
  const found = page.locator(selector).last();
  const end = systemClock.now() + ms;
  for (;;) {
    const text = await found.innerText().catch(() => '');
    if (expected.test(text)) return text;
    if (systemClock.now() > end) assert.fail(`${selector} says "${text}", not ${String(expected)}`);
    await systemClock.sleep(50);
  }
}

/** No text of the open dialogs that can hardly be read, no colour but the theme's. */
export async function assertReadable(page: Page): Promise<void> {
  assert.deepEqual([...new Set(await page.evaluate<string[]>(FAULTS_OF_DIALOG))], []);
}

/** How long a dialog slides. */
const SLIDE_MS = 350;

/**
 * Texts whose contrast (WCAG 2, 1.4.3) is below 3, and colours set in a style attribute other than by the theme's
 * variables.
 */
const FAULTS_OF_DIALOG = `(() => {
  const rgba = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => { for (let at = element; at; at = at.parentElement) { const c = rgba(getComputedStyle(at).backgroundColor); if (c.length === 3 || c[3] > 0.5) return c; } return [255, 255, 255]; };
  const faults = [];
  for (const element of document.querySelectorAll('.red-ui-editor [id^=dialog-form] *, .red-ui-tray-body *')) {
    const style = (element.getAttribute('style') || '').replace(/var\\([^)]*\\)/g, '');
    if (/(^|;|-)\\s*(color|background|border(-\\w+)?)\\s*:[^;]*(#|rgb|\\b(white|black|red|green|blue|gr[ae]y)\\b)/i.test(style) && element.closest('[id^=mtx], .mtx-table, .mtx-failure')) faults.push('own colour: ' + style);
    const hasText = [...element.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim() !== '');
    if (!hasText || !element.checkVisibility() || element.disabled) continue;
    const [a, b] = [luminance(rgba(getComputedStyle(element).color)), luminance(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 3) faults.push(contrast.toFixed(1) + ': ' + element.textContent.trim().slice(0, 40));
  }
  return faults;
})()`;
