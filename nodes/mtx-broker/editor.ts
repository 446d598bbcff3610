// Dialog of mtx-broker.
import type { EditorNodeDef, EditorNodeProperties, EditorRED } from 'node-red';
import { askButton, formValues, showDone, showTable, wholeNumber } from '../shared/editor/ui';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  readonly url: string;
}

interface Login {
  readonly user: string;
  readonly password: string;
}

const FIELDS = ['url', 'tls', 'user', 'password', 'protocolVersion', 'clientId', 'keepalive'];

RED.nodes.registerType('mtx-broker', {
  category: 'config',
  defaults: {
    name: { value: '' },
    url: { value: 'mqtt://localhost:1883', required: true },
    tls: { value: '', type: 'tls-config', required: false },
    protocolVersion: { value: '4' },
    clientId: { value: '' },
    keepalive: { value: '60', validate: wholeNumber('mtx-broker', 'keepalive', 1, 65535) },
    inFlight: { value: '500', validate: wholeNumber('mtx-broker', 'inFlight', 1, 100000) },
    presence: { value: true },
    version: { value: 1 },
  },
  credentials: { user: { type: 'text' }, password: { type: 'password' } },
  label() {
    return this.name || this.url || 'mtx-broker';
  },
  oneditprepare() {
    const body = (): Record<string, unknown> => ({
      id: this.id,
      subject: $('#node-config-input-url').val(),
      ...formValues('node-config-input', FIELDS),
      tls: noneAsEmpty($('#node-config-input-tls').val()),
    });
    askButton<{ ms: number }>({
      button: '#mtx-broker-test',
      result: '#mtx-broker-result',
      path: 'broker/test',
      body,
      show: (answer, target) => showDone(target, this._('mtx-broker.result.connected', { ms: answer.ms } as never)),
    });
    askButton<{ ms: number }>({
      button: '#mtx-broker-connect',
      result: '#mtx-broker-result',
      path: 'broker/connect',
      body: () => ({ id: this.id, subject: $('#node-config-input-url').val() }),
      show: (answer, target) => showDone(target, this._('mtx-broker.result.back', { ms: answer.ms } as never)),
    });
    askButton<{ modems: readonly { imei: string; heard: Record<string, number> }[] }>({
      button: '#mtx-broker-scan',
      result: '#mtx-broker-result',
      path: 'broker/scan',
      body,
      show: ({ modems }, target) => {
        showDone(target, this._('mtx-broker.result.seen', { count: modems.length } as never));
        const kinds = ['statusTopic', 'atrTopic', 'txTopic'];
        if (modems.length > 0)
          showTable(
            target,
            ['IMEI', 'dns', 'ATR', 'tx'],
            modems.map((modem) => [modem.imei, ...kinds.map((kind) => String(modem.heard[kind] ?? 0))]),
          );
      },
    });
  },
} as EditorNodeDef<Properties, Login>);

function noneAsEmpty(value: unknown): unknown {
  return value === '_ADD_' ? '' : value;
}
