// Dialog of mtx-dlms-read: only the fields that the chosen transport, security and request need.
import type { EditorNodeDef, EditorNodeInstance, EditorNodeProperties, EditorRED } from 'node-red';
import { askButton, fillSelect, formValues, imeiForFleet, showDone, showTable, wholeNumber } from '../shared/editor/ui';
import { itemTable, pickTable, type Item, type ItemTable } from './editor/items';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  items: readonly (Item | string)[];
}

type DialogNode = EditorNodeInstance<Properties>;

interface ReadAnswer {
  readonly identity: Readonly<Record<string, unknown>>;
  readonly readings: readonly {
    readonly name: string;
    readonly id: string;
    readonly value?: unknown;
    readonly unit?: string;
    readonly error?: { readonly message: string };
  }[];
  readonly rows: readonly { readonly at: string; readonly values: readonly unknown[] }[];
  readonly rowCount: number;
  readonly columns: readonly { readonly id: string; readonly unit?: string; readonly name?: string }[];
  readonly link: { readonly exchanges: number; readonly ms: number };
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  interface: ['hdlc', 'wrapper', 'mode-e'],
  addressBytes: ['auto', '1', '2', '4'],
  quirk: ['none', 'frozenNs', 'frozenNr', 'aadWithoutHeader'],
  blockTransfer: ['auto', 'off', 'on'],
  referencing: ['LN', 'SN'],
  auth: ['none', 'low', 'high', 'md5', 'sha1', 'gmac', 'sha256', 'ecdsa'],
  security: ['none', 'auth', 'encrypt', 'auth+encrypt'],
  suite: ['0', '1', '2'],
  ciphering: ['service', 'general', 'wrapped', 'agreed-ephemeral', 'agreed-static'],
  request: ['attributes', 'profile', 'objects', 'push'],
  output: ['report', 'values', 'each'],
  language: ['en', 'es'],
  baud: ['stay', 'fixed', 'switch'],
  parity: ['auto', 'none', 'soft-even', 'soft-odd'],
};
const SECRETS = [
  'password',
  'authenticationKey',
  'encryptionKey',
  'dedicatedKey',
  'masterKey',
  'signingKey',
  'agreementKey',
  'meterSigningKey',
  'meterAgreementKey',
];
const TEXTS = [
  'client',
  'server',
  'physical',
  'timeout',
  'address',
  'clientTitle',
  'meterTitle',
  'counterObject',
  'highLevelFunction',
  'profile',
  'from',
  'to',
  'entries',
  'keepAlive',
];
const number = (label: string, min: number, max: number): ReturnType<typeof wholeNumber> =>
  wholeNumber('mtx-dlms-read', label, min, max);

RED.nodes.registerType('mtx-dlms-read', {
  category: 'meters',
  color: '#9FC5E8',
  icon: 'mtx-dlms.svg',
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: '' },
    modem: { value: '', type: 'mtx-modem', required: true },
    interface: { value: 'hdlc' },
    client: { value: '16', validate: number('client', 1, 65535) },
    server: { value: '1', validate: number('server', 0, 65535) },
    physical: { value: '0', validate: number('physical', 0, 16383) },
    addressBytes: { value: 'auto' },
    quirk: { value: 'none' },
    blockTransfer: { value: 'auto' },
    referencing: { value: 'LN' },
    timeout: { value: '3000', validate: number('timeout', 100, 120000) },
    auth: { value: 'none' },
    security: { value: 'none' },
    suite: { value: '0' },
    ciphering: { value: 'service' },
    signed: { value: false },
    clientTitle: { value: '' },
    meterTitle: { value: '' },
    counterObject: { value: '' },
    highLevelFunction: { value: '' },
    address: { value: '' },
    baud: { value: 'stay' },
    parity: { value: 'auto' },
    request: { value: 'attributes' },
    items: { value: [{ name: '', obis: '1-0:1.8.0*255', class: '', attribute: '' }] },
    profile: { value: '' },
    from: { value: '' },
    to: { value: '' },
    entries: { value: '', validate: number('entries', 1, 100000) },
    keepAlive: { value: '0', validate: number('keepAlive', 0, 60) },
    output: { value: 'report' },
    language: { value: 'en' },
    version: { value: 1 },
  },
  credentials: Object.fromEntries(SECRETS.map((name) => [name, { type: 'password' }])),
  paletteLabel: 'DLMS read',
  label(this: DialogNode) {
    return this.name || 'DLMS read';
  },
  labelStyle(this: DialogNode) {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare(this: DialogNode) {
    const say = (key: string, values?: Readonly<Record<string, unknown>>): string =>
      this._(`mtx-dlms-read.${key}`, values as never);
    for (const [field, values] of Object.entries(CHOICES))
      fillSelect(
        `node-input-${field}`,
        values,
        (value) => say(`${field}.${value}`),
        String((this as unknown as Readonly<Record<string, unknown>>)[field] ?? values[0]),
      );
    const table = itemTable($('#mtx-dlms-items'), say);
    table.load(this.items ?? []);
    $('#mtx-dlms-items').data('table', table);
    const show = (): void => showNeeded();
    for (const field of ['interface', 'auth', 'security', 'ciphering', 'request'])
      $(`#node-input-${field}`).on('change', show);
    show();
    imeiForFleet('#mtx-dlms-imei');
    const body = (): Record<string, unknown> => ({
      id: this.id,
      subject: $('#node-input-server').val(),
      imei: $('#mtx-dlms-imei').val(),
      ...formValues('node-input', ['modem', 'signed', ...Object.keys(CHOICES), ...TEXTS, ...SECRETS]),
      items: table.values(),
    });
    askButton<ReadAnswer>({
      button: '#mtx-dlms-read-now',
      result: '#mtx-dlms-result',
      path: 'dlms/read',
      body,
      show: (answer, target) => showReadout(answer, target, say),
    });
    askButton<{ objects: readonly { name: string; id: string; about: { class: number; className: string | null } }[] }>(
      {
        button: '#mtx-dlms-objects',
        result: '#mtx-dlms-result',
        path: 'dlms/objects',
        body,
        show: ({ objects }, target) => {
          showDone(target, say('result.objects', { count: objects.length }));
          pickTable(target, objects, say, (object) =>
            table.add({ name: '', obis: object.id, class: '', attribute: '' }),
          );
        },
      },
    );
  },
  oneditsave(this: DialogNode) {
    this.items = ($('#mtx-dlms-items').data('table') as ItemTable).values();
  },
} as unknown as EditorNodeDef<Properties>);

/** Rows by what needs them; a push is only heard, so nothing is asked for by a client of ours. */
function showNeeded(): void {
  const value = (field: string): string => String($(`#node-input-${field}`).val());
  const [request, security] = [value('request'), value('security')];
  const isAsked = request !== 'push';
  const auth = isAsked ? value('auth') : 'none';
  const isCiphered = security !== 'none' || auth === 'gmac';
  const isAgreed = value('ciphering').startsWith('agreed');
  const needed: Readonly<Record<string, boolean>> = {
    '.mtx-dlms-asks, #mtx-dlms-read-now, #mtx-dlms-objects': isAsked,
    '.mtx-dlms-hdlc': isAsked && value('interface') !== 'wrapper',
    '.mtx-dlms-quirk': isAsked && (value('interface') !== 'wrapper' || (isCiphered && isAgreed)),
    '.mtx-dlms-mode-e': isAsked && value('interface') === 'mode-e',
    '.mtx-dlms-password': ['low', 'high', 'md5', 'sha1', 'sha256'].includes(auth),
    '.mtx-dlms-high': auth === 'high',
    '.mtx-dlms-secured': isCiphered || ['sha256', 'ecdsa'].includes(auth),
    '.mtx-dlms-ciphered': isCiphered,
    '.mtx-dlms-authenticated': auth === 'gmac' || ['auth', 'auth+encrypt'].includes(security),
    '.mtx-dlms-attributes': request === 'attributes',
    '.mtx-dlms-profile': request === 'profile',
  };
  for (const [rows, isNeeded] of Object.entries(needed)) $(rows).toggle(isNeeded);
  if (auth === 'ecdsa') $('#mtx-dlms-more').prop('open', true); // its signing keys stand there
}

function showReadout(
  { identity, readings, rows, rowCount, columns, link }: ReadAnswer,
  target: JQuery,
  say: (key: string, values?: Readonly<Record<string, unknown>>) => string,
): void {
  const about = Object.entries(identity)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(', ');
  showDone(
    target,
    `${say('result.read', { count: readings.length + rowCount, exchanges: link.exchanges, ms: link.ms })} ${about}`,
  );
  if (readings.length > 0)
    showTable(
      target,
      [say('column.name'), say('column.value'), 'OBIS'],
      readings.map((r) => [
        r.name,
        r.error
          ? r.error.message
          : `${typeof r.value === 'object' ? JSON.stringify(r.value) : String(r.value)} ${r.unit ?? ''}`,
        r.id,
      ]),
    );
  if (rows.length > 0)
    showTable(
      target,
      [say('column.time'), ...columns.map((column) => `${column.name ?? column.id} ${column.unit ?? ''}`)],
      rows.map((row) => [row.at, ...row.values.map(String)]),
    );
}
