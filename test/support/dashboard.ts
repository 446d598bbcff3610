// The dashboards in a real browser: broker, simulated fleet and Node-RED with the shipped dashboard examples on
// loopback, and Chromium, which notes what it should not see: errors on the console, requests that fail or leave the
// machine.
import { selectors, type Browser, type Page } from 'playwright-core';
import { startDemoFleet, type DemoFleet } from '../../scripts/demo-fleet';
import { dashboardPackage, demoFlows } from '../../scripts/demo-flows';
import { startNodeRed, type NodeRed } from '../../scripts/node-red';
import { startBroker, type TestBroker } from './broker';
import { complaintsOf } from './browser';
import { PATIENCE_MS } from './patience';

export type FlowNode = Readonly<Record<string, unknown>>;

export interface DashboardWorld {
  readonly nodeRed: NodeRed;
  readonly fleet: DemoFleet;
  /** The examples as they run here, changed node by node. */
  flows(change?: (node: FlowNode) => FlowNode): readonly FlowNode[];
  close(): Promise<void>;
}

export interface Tab {
  readonly page: Page;
  /** What went wrong in the browser. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** AT commands wait 3 s for a silent modem here, not 15. */
export async function startDashboardWorld(): Promise<DashboardWorld> {
  const broker: TestBroker = await startBroker();
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const flows = (change = (node: FlowNode): FlowNode => node): readonly FlowNode[] =>
    (demoFlows(url, ['dashboard']) as readonly FlowNode[]).map(quick).map(change);
  const nodeRed = await startNodeRed({ flows: flows(), packages: dashboardPackage() });
  const toPlatform = (text: object): void => void nodeRed.request('POST', '/sms/inbound', text);
  const fleet = startDemoFleet(url, { isRestless: false, hasWill: false, toPlatform });
  const close = async (): Promise<void> => {
    fleet.stop();
    await nodeRed.stop();
    await broker.close();
  };
  return { nodeRed, fleet, flows, close };
}

/** A tab that shares nothing with the others. */
export async function openTab(
  browser: Browser,
  world: DashboardWorld,
  options: { readonly width?: number; readonly height?: number; readonly locale?: string } = {},
): Promise<Tab> {
  const page = await browser.newPage({
    locale: options.locale ?? 'en-GB',
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
  });
  page.setDefaultTimeout(PATIENCE_MS);
  const troubles = complaintsOf(page);
  const { host } = new URL(world.nodeRed.url);
  page.on('request', (request) => {
    const { protocol, host: asked } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && asked !== host) troubles.push(`external: ${request.url()}`);
  });
  return { page, troubles, close: () => page.close() };
}

function quick(node: FlowNode): FlowNode {
  if (node['type'] === 'mtx-at') return { ...node, timeout: '3000' };
  return node['type'] === 'mtx-modem' ? { ...node, latency: '1000' } : node;
}

selectors.setTestIdAttribute('data-test');
