// Dialog of mtx-modem.
import type { EditorNodeDef, EditorNodeProperties, EditorRED } from 'node-red';
import { askButton, checked, fillSelect, formValues, showDone, showTable, wholeNumber } from '../shared/editor/ui';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  readonly imei: string;
  readonly parity: string;
}

interface TestAnswer {
  readonly ms: number;
  readonly lines: readonly string[];
  readonly values: { readonly dbm?: number | null };
  readonly diagnostics: {
    readonly refused: Readonly<Record<'retained' | 'duplicate' | 'empty' | 'oversize', number>>;
    readonly unasked: number;
    readonly unknown: number;
    readonly last: Readonly<Record<string, { readonly at: string; readonly size: number; readonly hex: string }>>;
  };
}

const TOPICS = ['rxTopic', 'txTopic', 'atTopic', 'atrTopic', 'statusTopic'] as const;
const FIELDS = [
  'broker',
  'imei',
  'baudrate',
  'dataBits',
  'parity',
  'stopBits',
  'port',
  'latency',
  'attempts',
  'queueLimit',
  ...TOPICS,
  'broadcastTopic',
  'qos',
  'appendCr',
];
const number = (label: string, min: number, max: number): ReturnType<typeof wholeNumber> =>
  wholeNumber('mtx-modem', label, min, max);
const topic = checked('mtx-modem', 'topic', (value) => value !== '' && !/[+#]/.test(value));

RED.nodes.registerType('mtx-modem', {
  category: 'config',
  defaults: {
    name: { value: '' },
    broker: { value: '', type: 'mtx-broker', required: true },
    imei: { value: '', validate: checked('mtx-modem', 'imei', (value) => value === '' || /^\d{15}$/.test(value)) },
    rxTopic: { value: '[IMEI]/rx', validate: topic },
    txTopic: { value: '[IMEI]/tx', validate: topic },
    atTopic: { value: '[IMEI]/AT', validate: topic },
    atrTopic: { value: '[IMEI]/ATR', validate: topic },
    statusTopic: { value: '[IMEI]/dns', validate: topic },
    broadcastTopic: { value: '' },
    qos: { value: '0' },
    latency: { value: '4000', validate: number('latency', 100, 120000) },
    attempts: { value: '3', validate: number('attempts', 1, 10) },
    queueLimit: { value: '100', validate: number('queueLimit', 1, 10000) },
    statusPeriod: { value: '300', validate: number('statusPeriod', 1, 86400) },
    baudrate: { value: '9600', validate: number('baudrate', 50, 921600) },
    dataBits: { value: '8' },
    parity: { value: 'none' },
    stopBits: { value: '1' },
    port: { value: '0' },
    appendCr: { value: false },
    version: { value: 1 },
  },
  label() {
    return this.name || this.imei || this._('mtx-modem.label.fleet');
  },
  oneditprepare() {
    fillSelect(
      'node-config-input-parity',
      ['none', 'even', 'odd'],
      (parity) => this._(`mtx-modem.parity.${parity}`),
      this.parity || 'none',
    );
    const hint = (): void => {
      const imei = String($('#node-config-input-imei').val());
      const text = hintOf(imei);
      $('#mtx-modem-imei-hint')
        .toggle(text !== '')
        .text(text && this._(text));
    };
    $('#node-config-input-imei').on('input', hint);
    hint();
    askButton<TestAnswer>({
      button: '#mtx-modem-test',
      result: '#mtx-modem-result',
      path: 'modem/test',
      body: () => ({
        id: this.id,
        subject: $('#node-config-input-imei').val(),
        ...formValues('node-config-input', FIELDS),
      }),
      show: ({ ms, lines, values, diagnostics }, target) => {
        const signal = typeof values.dbm === 'number' ? `, ${values.dbm} dBm` : '';
        showDone(target, `${this._('mtx-modem.result.answered', { ms } as never)} ${lines.join(' ')}${signal}`);
        const heard = Object.entries(diagnostics.last);
        if (heard.length > 0)
          showTable(
            target,
            ['topic', 'time', 'bytes', 'hex'],
            heard.map(([channel, seen]) => [channel, seen.at.slice(11, 19), String(seen.size), seen.hex.slice(0, 48)]),
          );
        const { refused, unasked, unknown } = diagnostics;
        if ([...Object.values(refused), unasked, unknown].some((count) => count > 0))
          $('<p>')
            .text(this._('mtx-modem.result.refused', { ...refused, unasked, unknown } as never))
            .appendTo(target);
      },
    });
  },
} as EditorNodeDef<Properties>);

function isLuhnValid(imei: string): boolean {
  const sum = [...imei].reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** What is to be said of an IMEI while it is typed: a key of the catalog, or nothing. */
function hintOf(imei: string): string {
  if (imei === '') return 'mtx-modem.hint.fleet';
  if (/^\d{15}$/.test(imei)) return isLuhnValid(imei) ? '' : 'mtx-modem.check.luhn';
  return imei.startsWith('${') ? '' : 'mtx-modem.check.imei';
}
