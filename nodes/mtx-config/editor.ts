// Dialog of mtx-config.
import type { EditorNodeDef, EditorNodeProperties, EditorRED } from 'node-red';
import { fillSmsNodes } from '../shared/editor/sms-nodes';
import { ask, fillSelect, showFailure, wholeNumber } from '../shared/editor/ui';
import { fileTools } from './editor/file-tools';
import { parameterTable, type DesiredRow, type KnownParameter } from './editor/parameter-table';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  readonly sms: string;
  readonly modem: string;
  readonly action: string;
  readonly target: string;
  readonly gate: string;
  desired: DesiredRow[];
}

const ACTIONS = ['check', 'apply', 'read', 'reboot', 'lock', 'unlock', 'dailyReset', 'watchdogs', 'smsNumbers'];
const SECRETS = [
  'GPRS_login',
  'GPRS_password',
  'MTX_PIN',
  'MQTT_login',
  'MQTT_password',
  'DNS_password',
  'TELNET_login',
  'TELNET_password',
  'LOGGER_password',
  'LOGGER_serverLogin',
  'LOGGER_serverPassword',
];
const ASSUMED = ['reboot', 'lock', 'unlock', 'dailyReset'];
const number = (label: string, min: number, max: number): ReturnType<typeof wholeNumber> =>
  wholeNumber('mtx-config', label, min, max);

RED.nodes.registerType('mtx-config', {
  category: 'modems',
  color: '#D8BFD8',
  icon: 'mtx-config.svg',
  inputs: 1,
  outputs: 2,
  outputLabels: (index: number) => RED._(`mtx-config.output.${index === 0 ? 'result' : 'audit'}`),
  defaults: {
    name: { value: '' },
    modem: { value: '', type: 'mtx-modem', required: true },
    action: { value: 'check' },
    target: { value: 'modem' },
    desired: { value: [] as DesiredRow[] },
    on: { value: true },
    phones: { value: '' },
    ping: { value: '35', validate: number('ping', 0, 1440) },
    pingIP: { value: '8.8.8.8' },
    networkErrors: { value: '180', validate: number('networkErrors', 0, 100000) },
    reboot: { value: true },
    lifeTime: { value: '180', validate: number('lifeTime', 10, 7200) },
    timeout: { value: '15000', validate: number('timeout', 500, 600000) },
    canary: { value: '1', validate: number('canary', 0, 1000) },
    wave: { value: '0', validate: number('wave', 0, 100000) },
    concurrency: { value: '20', validate: number('concurrency', 1, 1000) },
    abortShare: { value: '10', validate: number('abortShare', 0, 100) },
    gate: { value: 'canary' },
    gateTime: { value: '10', validate: number('gateTime', 1, 100000) },
    targetTime: { value: '30', validate: number('targetTime', 1, 100000) },
    deadline: { value: '1440', validate: number('deadline', 0, 100000) },
    attempts: { value: '2', validate: number('attempts', 1, 20) },
    retryTime: { value: '5', validate: number('retryTime', 0, 100000) },
    overrides: {
      value: '',
      validate: (value: string) => value === '' || /^\$\{[^}]+\}$/.test(value) || isJsonObject(value),
    },
    sms: { value: '' },
    smsFallback: { value: false },
    smsAfter: { value: '120', validate: number('smsAfter', 1, 86400) },
    auditPath: { value: '' },
    auditSize: { value: '1024', validate: number('auditSize', 1, 1000000) },
    auditFiles: { value: '5', validate: number('auditFiles', 1, 1000) },
    version: { value: 1 },
  },
  credentials: {
    GPRS_login: { type: 'password' },
    GPRS_password: { type: 'password' },
    MTX_PIN: { type: 'password' },
    MQTT_login: { type: 'password' },
    MQTT_password: { type: 'password' },
    DNS_password: { type: 'password' },
    TELNET_login: { type: 'password' },
    TELNET_password: { type: 'password' },
    LOGGER_password: { type: 'password' },
    LOGGER_serverLogin: { type: 'password' },
    LOGGER_serverPassword: { type: 'password' },
    stateKey: { type: 'password' },
  },
  paletteLabel: 'modem config',
  label() {
    return this.name || RED._(`mtx-config.action.${this.action || 'check'}`);
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const say = (key: string, values?: Readonly<Record<string, unknown>>): string =>
      this._(`mtx-config.${key}`, values as never);
    fillSelect(
      'node-input-action',
      ACTIONS,
      (action) => `${say(`action.${action}`)}${ASSUMED.includes(action) ? ` (${say('label.assumed')})` : ''}`,
      this.action || 'check',
    );
    fillSelect(
      'node-input-target',
      ['modem', 'list', 'all'],
      (target) => say(`target.${target}`),
      this.target || 'modem',
    );
    fillSelect('node-input-gate', ['none', 'canary', 'all'], (gate) => say(`gate.${gate}`), this.gate || 'canary');
    fillSmsNodes('node-input-sms', this.sms ?? '', say('label.smsNone'));
    keepStateKey();
    const action = $('#node-input-action');
    const target = $('#node-input-target');
    const show = (): void => {
      const [chosen, to] = [String(action.val()), String(target.val())];
      $('.mtx-config-desired').toggle(['check', 'apply', 'read'].includes(chosen));
      $('.mtx-config-watchdogs').toggle(chosen === 'watchdogs');
      $('.mtx-config-phones').toggle(chosen === 'smsNumbers');
      $('.mtx-config-on').toggle(chosen === 'dailyReset');
      $('.mtx-config-rollout').toggle(to === 'list');
      $('.mtx-config-sms').toggle(to !== 'all' && !['check', 'read'].includes(chosen));
      $('#mtx-config-assumed').toggle(ASSUMED.includes(chosen));
    };
    action.on('change', show);
    target.on('change', show);
    show();
    const table = parameterTable($('#mtx-config-desired'), SECRETS, say);
    $('#mtx-config-desired').data('table', table);
    ask<{ parameters: readonly KnownParameter[] }>('config/parameters', {}).then(
      ({ parameters }) => table.load(this.desired ?? [], parameters),
      (message: string) => {
        showFailure($('#mtx-config-result'), message);
        table.load(this.desired ?? [], []);
      },
    );
    fileTools(say);
  },
  oneditsave() {
    const table = $('#mtx-config-desired').data('table') as ReturnType<typeof parameterTable>;
    this.desired = [...table.values()];
  },
} as EditorNodeDef<Properties, Record<string, string>>);

/** The key that seals what a rollout stores: made once, never shown. */
function keepStateKey(): void {
  const field = $('#node-input-stateKey');
  if (field.val() !== '') return;
  const bytes = window.crypto.getRandomValues(new Uint8Array(32));
  field.val(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
