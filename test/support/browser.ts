// A real Chromium, for the editor's tests and the dashboards'.
import { chromium, type Browser, type Page } from 'playwright-core';
import { PATIENCE_MS } from './patience';

export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, timeout: PATIENCE_MS, args: FLAGS });
}

/**
 * What the browser complains of: errors and warnings of the console, exceptions, requests that failed. A request that
 * the page gave up because it was left is nobody's fault.
 */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on(
    'console',
    (message) =>
      void (['error', 'warning'].includes(message.type()) && complaints.push(`${message.type()}: ${message.text()}`)),
  );
  page.on('pageerror', (error) => complaints.push(`exception: ${error.stack ?? error.message}`));
  page.on(
    'requestfailed',
    (request) =>
      void (request.failure()?.errorText === 'net::ERR_ABORTED' || complaints.push(`failed: ${request.url()}`)),
  );
  page.on(
    'response',
    (response) => void (response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`)),
  );
  return complaints;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
