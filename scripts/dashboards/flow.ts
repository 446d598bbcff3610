// Builds the flow files of examples/dashboard and examples/database: nodes by name, with ids that never change, the
// config nodes that all examples share, and the pages' templates from the .vue files beside this one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type FlowNode = Record<string, unknown>;
export type Wires = readonly (readonly string[])[];

export const DASHBOARD = '@flowfuse/node-red-dashboard';
export const DASHBOARD_VERSION = '1.31.0';

const SHARED = '6d747800000000';
export const BROKER_ID = `${SHARED}01`;
export const FLEET_ID = `${SHARED}02`;
const BASE_ID = `${SHARED}0a`;
const THEME_ID = `${SHARED}0b`;

export class Flow {
  private readonly nodes: FlowNode[] = [];
  private readonly ids = new Map<string, string>();
  private readonly wired: { readonly node: FlowNode; readonly to: Wires }[] = [];
  private readonly prefix: string;
  private readonly tab: string;

  constructor(number: number, label: string, info: string, env: readonly object[] = []) {
    this.prefix = `6d7478${String(number)}`;
    this.tab = this.id(`tab ${label}`);
    this.nodes.push({ id: this.tab, type: 'tab', label, disabled: false, info, env });
  }

  /** A node of the tab at column and row; `to` names the nodes behind each output. */
  add(key: string, type: string, at: readonly [number, number], properties: FlowNode, to: Wires = []): void {
    const node: FlowNode = {
      id: this.id(key),
      type,
      z: this.tab,
      name: '',
      ...properties,
      x: 120 + at[0] * 200,
      y: 60 + at[1] * 60,
      wires: [],
    };
    this.nodes.push(node);
    this.wired.push({ node, to });
  }

  comment(at: readonly [number, number], name: string, info: string): void {
    this.add(`comment ${name}`, 'comment', at, { name, info });
  }

  /** A config node; its id is this flow's own unless given. */
  config(key: string, type: string, properties: FlowNode, id = this.id(key)): string {
    this.ids.set(key, id);
    this.nodes.push({ id, type, ...properties });
    return id;
  }

  /** The id of a node by its name, given or not yet given. */
  id(key: string): string {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.prefix + String(this.ids.size + 1).padStart(16 - this.prefix.length, '0');
    this.ids.set(key, id);
    return id;
  }

  /** Broker and fleet, as in the other examples. */
  palette(): void {
    this.config(
      'config broker',
      'mtx-broker',
      {
        name: '',
        url: 'mqtt://localhost:1883',
        tls: '',
        protocolVersion: '4',
        clientId: '',
        keepalive: '60',
        version: 1,
      },
      BROKER_ID,
    );
    this.config(
      'config fleet',
      'mtx-modem',
      {
        name: 'fleet',
        broker: BROKER_ID,
        imei: '',
        rxTopic: '[IMEI]/rx',
        txTopic: '[IMEI]/tx',
        atTopic: '[IMEI]/AT',
        atrTopic: '[IMEI]/ATR',
        statusTopic: '[IMEI]/dns',
        broadcastTopic: '',
        qos: '0',
        latency: '4000',
        attempts: '3',
        queueLimit: '100',
        statusPeriod: '300',
        baudrate: '9600',
        dataBits: '8',
        parity: 'none',
        stopBits: '1',
        port: '0',
        appendCr: false,
        version: 1,
      },
      FLEET_ID,
    );
  }

  /** The dashboard package, its base and theme. Answers go to the browser that asked (acceptsClientConfig). */
  dashboard(): void {
    this.config('config modules', 'global-config', { env: [], modules: { [DASHBOARD]: DASHBOARD_VERSION } });
    this.config(
      'config base',
      'ui-base',
      {
        name: 'Meter fleet',
        path: '/dashboard',
        appIcon: '',
        includeClientData: true,
        acceptsClientConfig: ['ui-notification', 'ui-control', 'ui-template'],
        showPathInSidebar: false,
        headerContent: 'page',
        navigationStyle: 'default',
        titleBarStyle: 'default',
        showReconnectNotification: true,
        notificationDisplayTime: 5,
        showDisconnectNotification: true,
        allowInstall: false,
      },
      BASE_ID,
    );
    this.config(
      'config theme',
      'ui-theme',
      {
        name: 'Meter fleet',
        colors: {
          surface: '#fcfcfd',
          primary: '#0b62ad',
          bgPage: '#f3f5f7',
          groupBg: '#ffffff',
          groupOutline: '#d9d9e0',
        },
        sizes: {
          density: 'default',
          pagePadding: '12px',
          groupGap: '12px',
          groupBorderRadius: '6px',
          widgetGap: '12px',
        },
      },
      THEME_ID,
    );
  }

  /** A page that is one template. */
  page(
    key: string,
    at: readonly [number, number],
    page: {
      readonly name: string;
      readonly path: string;
      readonly icon: string;
      readonly order: number;
      readonly isListed?: boolean;
    },
    to: Wires,
  ): void {
    const ui = this.config(`${key} page`, 'ui-page', {
      name: page.name,
      ui: BASE_ID,
      path: page.path,
      icon: page.icon,
      layout: 'grid',
      theme: THEME_ID,
      breakpoints: [
        { name: 'Default', px: '0', cols: '3' },
        { name: 'Tablet', px: '576', cols: '6' },
        { name: 'Small Desktop', px: '768', cols: '9' },
        { name: 'Desktop', px: '1024', cols: '12' },
      ],
      order: page.order,
      className: '',
      visible: page.isListed !== false,
      disabled: false,
    });
    const group = this.config(`${key} group`, 'ui-group', {
      name: page.name,
      page: ui,
      width: '12',
      height: '1',
      order: 1,
      showTitle: false,
      className: '',
      visible: 'true',
      disabled: 'false',
      groupType: 'default',
    });
    this.add(
      key,
      'ui-template',
      at,
      {
        group,
        page: '',
        ui: '',
        name: page.name,
        order: 1,
        width: '0',
        height: '0',
        head: '',
        format: template(key),
        storeOutMessages: false,
        passthru: false,
        resendOnRefresh: false,
        templateScope: 'local',
        className: '',
      },
      to,
    );
  }

  json(): string {
    for (const { node, to } of this.wired) node['wires'] = to.map((output) => output.map((key) => this.known(key)));
    return `${JSON.stringify(this.nodes, null, 2)}\n`;
  }

  private known(key: string): string {
    const id = this.ids.get(key);
    if (id === undefined || !this.nodes.some((node) => node['id'] === id)) throw new Error(`no node "${key}"`);
    return id;
  }
}

/** A page's .vue, with what all pages share put in its place. */
function template(name: string): string {
  const read = (file: string): string => readFileSync(join(__dirname, 'templates', file), 'utf8').trim();
  return read(`${name}.vue`).replace('/* common.css */', () => read('common.css'));
}

export function injectOf(every: number, props: readonly object[], once = true): FlowNode {
  return {
    props,
    repeat: every > 0 ? String(every) : '',
    crontab: '',
    once,
    onceDelay: '1',
    topic: '',
    payload: '',
    payloadType: 'date',
  };
}

export function functionOf(name: string, func: string, outputs = 1): FlowNode {
  return { name, func: func.trim(), outputs, timeout: 0, noerr: 0, initialize: '', finalize: '', libs: [] };
}

export function switchOf(name: string, property: string, values: readonly string[]): FlowNode {
  return {
    name,
    property,
    propertyType: 'msg',
    rules: values.map((v) => ({ t: 'eq', v, vt: 'str' })),
    checkall: 'false',
    repair: false,
    outputs: values.length,
  };
}
