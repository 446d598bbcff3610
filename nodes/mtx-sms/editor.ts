// Dialog of mtx-sms.
import type { EditorNodeDef, EditorNodeProperties, EditorRED } from 'node-red';
import { fillSelect, wholeNumber } from '../shared/editor/ui';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  readonly way: string;
}

const isEnv = (value: string): boolean => /^\$\{[^}]+\}$/.test(value);

RED.nodes.registerType('mtx-sms', {
  category: 'modems',
  color: '#D8BFD8',
  icon: 'mtx-sms.svg',
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: '' },
    way: { value: 'provider' },
    modem: { value: '', type: 'mtx-modem', required: false },
    gateway: { value: '', validate: (value: string) => value === '' || isEnv(value) || /^\d{15}$/.test(value) },
    sender: { value: '' },
    countryCode: {
      value: '',
      validate: (value: string) => value === '' || isEnv(value) || /^(\+|00)?[1-9]\d{0,2}$/.test(value),
    },
    phones: { value: '' },
    aliases: { value: '' },
    timeout: { value: '120000', validate: wholeNumber('mtx-sms', 'timeout', 1000, 86400000) },
    awaitAnswer: { value: true },
    perHour: { value: '20', validate: wholeNumber('mtx-sms', 'perHour', 1, 10000) },
    version: { value: 1 },
  },
  paletteLabel: 'SMS',
  inputLabels: () => RED._('mtx-sms.port.input'),
  outputLabels: (index: number) => RED._(index === 0 ? 'mtx-sms.port.provider' : 'mtx-sms.port.answers'),
  label() {
    return this.name || 'SMS';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    fillSelect(
      'node-input-way',
      ['provider', 'gateway'],
      (way) => this._(`mtx-sms.way.${way}`),
      this.way || 'provider',
    );
    const way = $('#node-input-way');
    const show = (): void => {
      $('.mtx-sms-gateway').toggle(way.val() === 'gateway');
      $('#mtx-sms-way-hint').text(this._(way.val() === 'gateway' ? 'mtx-sms.hint.gateway' : 'mtx-sms.hint.provider'));
    };
    way.on('change', show);
    show();
  },
} as EditorNodeDef<Properties>);
