// Dialog of mtx-at.
import type { EditorNodeDef, EditorNodeProperties, EditorRED } from 'node-red';
import { fillSmsNodes } from '../shared/editor/sms-nodes';
import { fillSelect, wholeNumber } from '../shared/editor/ui';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  readonly command: string;
  readonly target: string;
  readonly sms: string;
}

RED.nodes.registerType('mtx-at', {
  category: 'modems',
  color: '#D8BFD8',
  icon: 'mtx-at.svg',
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: '' },
    modem: { value: '', type: 'mtx-modem', required: true },
    command: { value: 'AT+CSQ' },
    target: { value: 'modem' },
    timeout: { value: '15000', validate: wholeNumber('mtx-at', 'timeout', 500, 600000) },
    concurrency: { value: '20', validate: wholeNumber('mtx-at', 'concurrency', 1, 1000) },
    smsFallback: { value: false },
    smsAfter: { value: '120', validate: wholeNumber('mtx-at', 'smsAfter', 1, 86400) },
    sms: { value: '' },
    version: { value: 1 },
  },
  paletteLabel: 'AT command',
  label() {
    return this.name || this.command || 'AT command';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    fillSelect(
      'node-input-target',
      ['modem', 'list', 'all'],
      (target) => this._(`mtx-at.target.${target}`),
      this.target || 'modem',
    );
    const target = $('#node-input-target');
    const command = $('#node-input-command');
    const smsFallback = $('#node-input-smsFallback');
    fillSmsNodes('node-input-sms', this.sms ?? '', this._('mtx-at.label.smsNone'));
    const show = (): void => {
      $('#mtx-at-concurrency-row').toggle(target.val() === 'list');
      $('#mtx-at-sms-row').toggle(target.val() !== 'all');
      $('.mtx-at-sms').toggle(target.val() !== 'all' && smsFallback.prop('checked') === true);
    };
    const warn = (): void =>
      void $('#mtx-at-danger').toggle(
        /SETPARAM\s*,\s*(MQTT_|GPRS_|MTX_|DNS_)|=\s*END|SMSO|CFUN=[04]/i.test(String(command.val())),
      );
    target.on('change', show);
    smsFallback.on('change', show);
    command.on('input', warn);
    show();
    warn();
  },
} as EditorNodeDef<Properties>);
