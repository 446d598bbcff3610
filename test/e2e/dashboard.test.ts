// The dashboards as a newcomer uses them, in real Chromium against Node-RED and the simulated fleet.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { builtFlows } from '../../scripts/dashboards/build';
import { LOST, SELDOM } from '../../scripts/demo-fleet';
import { systemClock } from '../../src/core/transport/lane/clock';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { openTab, startDashboardWorld, type DashboardWorld, type FlowNode, type Tab } from '../support/dashboard';
import { startBrowser } from '../support/browser';
import { needs } from '../support/tier';

const FIRST = '353234028103206';
const PHONE = { width: 390, height: 844 };

describe('dashboards', () => {
  let world: DashboardWorld;
  let browser: Browser;
  let desk: Tab;
  let phone: Tab | undefined;

  before(async function () {
    const program = needs(this, 'chromium');
    [browser, world] = await Promise.all([startBrowser(program), startDashboardWorld()]);
    desk = await openTab(browser, world);
  });

  afterEach(() => {
    assert.deepEqual([...(desk?.troubles ?? []), ...(phone?.troubles ?? [])], []);
  });

  after(async function () {
    await browser?.close();
    await world?.close();
  });

  it('are the files that their builder writes', () => {
    for (const [path, text] of Object.entries(builtFlows()))
      assert.equal(
        readFileSync(join(__dirname, '..', '..', 'examples', path), 'utf8'),
        text,
        `${path}: run npx tsx scripts/dashboards/build.ts`,
      );
  });

  it('show the fleet, filter it and sort it', async function () {
    const page = await visit('fleet');
    await row(page, FIRST).getByText('online').waitFor();
    await kpi(page, 'all', 12);
    await kpi(page, 'online', 11);
    await kpi(page, 'unknown', 1);
    await row(page, FIRST).getByText(/ V/).waitFor(); // a meter was read
    await page.getByTestId('search').fill('pump');
    assert.deepEqual(await names(page), ['heat pump', 'pump']);
    await page.getByTestId('search').fill('');
    await page.locator('[data-kpi=unknown]').click();
    assert.deepEqual(await names(page), ['quarry']);
    await page.locator('[data-kpi=unknown]').click();
    await page.locator('[data-sort=signal]').click();
    assert.deepEqual((await names(page)).slice(0, 3), ['quarry', 'heat pump', 'roof']);
    await page.locator('[data-sort=signal]').click();
    assert.equal((await names(page))[0], 'bus');
    assert.equal(await page.locator('th[aria-sort=descending]').innerText(), 'Coverage ▾');
  });

  it('open a modem and send it AT+CSQ', async function () {
    const page = await visit('fleet');
    await row(page, FIRST).getByRole('link').click();
    await page.getByRole('heading', { name: 'main board' }).waitFor();
    await page.getByTestId('coverage').waitFor();
    await page.locator('[data-layer=meter]').getByText('answers').waitFor();
    await page.getByText('voltage_l1', { exact: true }).waitFor();
    await page.getByTestId('console').getByRole('button', { name: 'Send' }).click();
    await page
      .getByTestId('console')
      .getByText(/\+CSQ: 18,99\s+OK/)
      .waitFor();
    await page.getByLabel('AT command', { exact: true }).fill('AT^MTXTUNNEL=END');
    await page.getByTestId('console').getByRole('button', { name: 'Send' }).click();
    await page
      .getByTestId('console')
      .getByText(/may cut the modem off/)
      .first()
      .waitFor(); // nobody is cut off by a slip
  });

  it('run a command over ten modems of which one is silent, and retry that one', async function () {
    const page = await visit('bulk');
    const silent = world.fleet.modems[5];
    assert.ok(silent);
    await row(page, FIRST).waitFor();
    for (const { imei } of world.fleet.modems.slice(0, 10)) await row(page, imei).getByRole('checkbox').check();
    silent.setNetwork(false);
    await page.getByTestId('run').click();
    await row(page, FIRST).getByText('OK').waitFor();
    await summary(page, /^done 10\/10: 9 well, 1 silent/);
    assert.match(await row(page, silent.imei).getByTestId('outcome').innerText(), /no answer|no reply/i);
    silent.setNetwork(true);
    for (let tries = 0; silent.state !== 'online' && tries < 600; tries++) await page.waitForTimeout(100);
    await page.getByTestId('retry').click();
    await summary(page, /^done 1\/1: 1 well/);
  });

  it('let a newcomer change DNS_period on three modems and see the drift go away', async function () {
    const page = await visit('bulk');
    await row(page, FIRST).waitFor();
    for (const imei of [FIRST, ...SELDOM]) await row(page, imei).getByRole('checkbox').check();
    await page.getByTestId('job').selectOption('check');
    await page.getByTestId('run').click();
    await summary(page, /^done 4\/4: 1 well, 3/);
    for (const imei of SELDOM)
      assert.equal(await row(page, imei).getByTestId('outcome').innerText(), 'differs: DNS_period 300 → 60');
    await page.getByTestId('differing').click();
    await page.getByTestId('job').selectOption('apply');
    await page.getByTestId('run').click();
    await summary(page, /^done 3\/3: 3 well/);
    assert.deepEqual(await Promise.all(SELDOM.map((imei) => row(page, imei).getByTestId('outcome').innerText())), [
      'changed',
      'changed',
      'changed',
    ]);
    const modem = await visit(`modem?imei=${SELDOM[0]}`);
    await modem.getByTestId('check').click();
    await modem.getByTestId('verdict').getByText('nothing differs').waitFor();
    assert.match(await modem.locator('[data-drift=DNS_period]').innerText(), /60\s+60/);
    for (const { imei, config } of world.fleet.modems)
      if (SELDOM.includes(imei)) assert.equal(config.get('dns_period')?.value, '60');
  });

  it('bring a modem with a wrong APN back by text messages through the gateway', async function () {
    const page = await visit(`modem?imei=${LOST}`);
    await page.getByTestId('state').getByText('unknown').waitFor();
    const sms = page.getByTestId('sms');
    await sms.getByRole('button', { name: 'Restore the APN' }).click();
    await sms.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('alert').getByText(/cut/).waitFor(); // it wants to be meant
    await page.getByTestId('sms-meant').check();
    await sms.getByRole('button', { name: 'Send' }).click();
    await sms.getByText(/← OK/).waitFor();
    await sms.getByRole('button', { name: 'Reboot' }).click();
    await sms.getByRole('button', { name: 'Send' }).click();
    await page.getByTestId('state').getByText('online').waitFor();
    await page.getByRole('link', { name: '← Fleet' }).click();
    await kpi(page, 'online', 12);
  });

  it('tell an alarm on its page, once when it begins and once when it is over', async function () {
    const modem = world.fleet.modems[3];
    assert.ok(modem);
    const page = await visit('alarms');
    await page.getByText('No modem has an alarm.').waitFor();
    await report(modem, [2, 2, 2]);
    await row(page, modem.imei).getByText('low coverage').waitFor();
    await page.getByTestId('line').getByText('transformer: alarm, low coverage').waitFor();
    await report(modem, [25, 25, 25]);
    await page.getByTestId('line').getByText('transformer: over, low coverage').waitFor();
    await page.getByText('No modem has an alarm.').waitFor();
    assert.equal(await page.getByTestId('line').getByText('low coverage').count(), 2);
  });

  it('fit a phone, speak Spanish to a Spanish browser or where the flow says so, and can be dark', async function () {
    await desk.page.close(); // a deploy cuts its connection
    phone = await openTab(browser, world, { ...PHONE, locale: 'es-ES' });
    await phone.page.goto(`${world.nodeRed.url}/dashboard/fleet`);
    await phone.page.getByLabel('Buscar').waitFor();
    await phone.close();
    await world.nodeRed.deploy(
      world.flows((node) =>
        dark(node['type'] === 'tab' ? { ...node, env: [{ name: 'MTX_LANG', value: 'es', type: 'str' }] } : node),
      ),
    );
    phone = await openTab(browser, world, PHONE);
    const { page } = phone;
    for (const [path, sign] of [
      ['fleet', 'con alarmas'],
      [`modem?imei=${FIRST}`, 'Consola AT'],
      ['bulk', 'Qué hacer'],
      ['alarms', 'transformer: fin de la alarma, poca cobertura'],
    ] as const) {
      await page.goto(`${world.nodeRed.url}/dashboard/${path}`, { waitUntil: 'load' });
      await page.getByText(new RegExp(sign, 'i')).first().waitFor();
      const { wide, colours } = await page.evaluate(LOOK);
      assert.ok(wide <= PHONE.width, `${path} is ${wide} px wide`);
      assert.ok(contrast(colours) > 7, `${path}: ${colours.join(' on ')}`);
      assert.ok(luminance(colours[1] ?? '') < 0.1, `${path} is not dark: ${colours[1]}`);
    }
  });

  async function visit(path: string): Promise<Page> {
    await desk.page.goto(`${world.nodeRed.url}/dashboard/${path}`, { waitUntil: 'load' });
    return desk.page;
  }
});

function row(page: Page, imei: string): ReturnType<Page['locator']> {
  return page.locator(`tr[data-imei="${imei}"]`);
}

/** Status messages with these values of CSQ. */
async function report(modem: ModemCore, values: readonly number[]): Promise<void> {
  for (const csq of values) {
    modem.body.csq = csq;
    modem.changeIp(modem.body.ip);
    await systemClock.sleep(400);
  }
}

async function names(page: Page): Promise<string[]> {
  return page.locator('tr[data-imei] td:first-child').allInnerTexts();
}

async function kpi(page: Page, id: string, count: number): Promise<void> {
  await page.locator(`[data-kpi=${id}] b`).getByText(String(count), { exact: true }).waitFor();
}

async function summary(page: Page, text: RegExp): Promise<void> {
  await page.getByTestId('summary').getByText(text).waitFor();
}

function dark(node: FlowNode): FlowNode {
  return node['type'] === 'ui-theme'
    ? {
        ...node,
        colors: {
          surface: '#18191b',
          primary: '#3b9eff',
          bgPage: '#111113',
          groupBg: '#212225',
          groupOutline: '#363a3f',
        },
      }
    : node;
}

/** In the browser: the page's width, and the colours of its text and of what is behind it. */
const LOOK = `(() => {
  const text = document.querySelector('.mtx');
  let behind = text;
  while (behind && /rgba\\(0, 0, 0, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  return { wide: document.documentElement.scrollWidth, colours: [getComputedStyle(text).color, getComputedStyle(behind).backgroundColor] };
})()` as unknown as () => { wide: number; colours: string[] };

/** WCAG 2.2, contrast ratio of two colours as CSS tells them. */
function contrast([a = '', b = '']: readonly string[]): number {
  const [light = 0, shade = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (shade + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? [])
    .map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
