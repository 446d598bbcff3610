// Takes the pictures of the dashboards for the documentation: npm run build && npx tsx scripts/screenshots-dashboard.ts
// Needs Chromium; CHROMIUM names it if it is not /usr/bin/chromium.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, selectors, type Page } from 'playwright-core';
import { startDemoBroker } from './demo-broker';
import { LOST, SELDOM, startDemoFleet } from './demo-fleet';
import { dashboardPackage, demoFlows } from './demo-flows';
import { freePort, startNodeRed } from './node-red';

const IMAGES = join(__dirname, '..', 'docs', 'images');

async function main(): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  selectors.setTestIdAttribute('data-test');
  const broker = await startDemoBroker(await freePort());
  const nodeRed = await startNodeRed({ flows: demoFlows(broker.url, ['dashboard']), packages: dashboardPackage() });
  const fleet = startDemoFleet(broker.url, {
    isRestless: false,
    hasWill: true,
    toPlatform: (text) => void nodeRed.request('POST', '/sms/inbound', text),
  });
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 960 } });
  try {
    for (const [name, take] of [
      ['modem', takeModem],
      ['bulk', takeBulk],
      ['fleet', takeFleet],
    ] as const) {
      await take(page, `${nodeRed.url}/dashboard`, fleet.modems);
      const path = join(IMAGES, `${name}.png`);
      await page.screenshot({ path });
      console.log(`${path}: ${Math.round(statSync(path).size / 1024)} kB`);
    }
  } finally {
    await browser.close();
    fleet.stop();
    await nodeRed.stop();
    await broker.close();
  }
}

type Modems = ReturnType<typeof startDemoFleet>['modems'];

/** A modem that reports more seldom than wanted, with some coverage to see. */
async function takeModem(page: Page, url: string, modems: Modems): Promise<void> {
  const modem = modems.find(({ imei }) => imei === SELDOM[0]);
  await page.goto(`${url}/modem?imei=${SELDOM[0]}`);
  await page.getByText('voltage_l1', { exact: true }).waitFor();
  for (const csq of [21, 19, 20, 16, 12, 13, 17, 22, 24, 23, 22]) {
    if (modem) modem.body.csq = csq;
    modem?.changeIp(modem.body.ip);
    await page.waitForTimeout(2_100);
  }
  await page.getByTestId('console').getByRole('button', { name: 'Send' }).click();
  await page.getByTestId('check').click();
  await page.getByTestId('verdict').getByText('differs').waitFor();
  await page.getByTestId('console').getByText(/OK/).waitFor();
}

async function takeBulk(page: Page, url: string, modems: Modems): Promise<void> {
  await page.goto(`${url}/bulk`);
  for (const { imei } of modems.slice(0, 10)) await page.locator(`tr[data-imei="${imei}"] input`).check();
  modems[5]?.setNetwork(false);
  await page.getByTestId('run').click();
  await page.getByTestId('summary').getByText(/^done/).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(1_000); // the bar has grown
}

async function takeFleet(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/fleet`);
  await page.locator(`tr[data-imei="${LOST}"]`).waitFor();
  await page.waitForTimeout(4_000);
}

main().catch((failure: unknown) => {
  console.error(failure);
  process.exitCode = 1;
});
