// Dialog of mtx-iec-read.
import type { EditorNodeDef, EditorNodeProperties, EditorRED } from 'node-red';
import {
  askButton,
  fillSelect,
  formValues,
  imeiForFleet,
  showDone,
  wholeNumber,
  type Translate,
} from '../shared/editor/ui';
import { commandsOf, keyOf, PROTOCOLS, registersOf, REQUESTS, showFields } from './editor/requests';
import { showResult, type ReadAnswer } from './editor/result';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  readonly modem: string;
  readonly protocol: string;
  readonly request: string;
  readonly mode: string;
  readonly baud: string;
  readonly parity: string;
  readonly command: string;
  readonly passwordLevel: string;
  readonly standardOffset: string;
  readonly output: string;
  items: readonly string[] | string;
}

interface PlanAnswer {
  readonly records: number;
  readonly exchanges: number;
  readonly ms: number;
  readonly roundTripMs: number;
  readonly withoutBlocks: { readonly exchanges: number; readonly ms: number };
}

interface PortProperties {
  readonly baudrate?: string;
  readonly dataBits?: string;
  readonly parity?: string;
  readonly stopBits?: string;
}

const FIELDS = [
  'modem',
  'protocol',
  'request',
  'address',
  'mode',
  'baud',
  'parity',
  'table',
  'from',
  'to',
  'timeZone',
  'command',
  'codesPerCommand',
  'passwordLevel',
  'list',
  'wakeUp',
  'link',
  'point',
  'register',
  'standardOffset',
  'password',
];

/** What to say of a port that does not go with the protocol. */
function noteOf(protocol: string, bits: number, parity: string): string {
  if (protocol === '60870-5-102') return parity === 'even' ? '' : 'note.evenWanted';
  if (bits === 7) return 'note.sevenBits';
  return parity === 'none' || bits !== 8 ? '' : 'note.parityBit';
}

/** Empty, ${ENV}, or a date that JavaScript reads too. */
function moment(value: string, options?: unknown): boolean | string {
  if (
    value === undefined ||
    value === '' ||
    /^\$\{[^}]+\}$/.test(value) ||
    (/^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value)))
  )
    return true;
  return options === undefined ? false : RED._('mtx-iec-read.check.moment');
}

RED.nodes.registerType('mtx-iec-read', {
  category: 'meters',
  color: '#A6D7A8',
  icon: 'mtx-iec.svg',
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: '' },
    modem: { value: '', type: 'mtx-modem', required: true },
    protocol: { value: '62056-21' },
    request: { value: 'readout' },
    address: { value: '' },
    mode: { value: 'auto' },
    baud: { value: 'stay' },
    parity: { value: 'auto' },
    items: { value: [] as Properties['items'] },
    table: { value: '' },
    from: { value: '', validate: moment },
    to: { value: '', validate: moment },
    timeZone: { value: '' },
    command: { value: 'auto' },
    codesPerCommand: { value: '', validate: wholeNumber('mtx-iec-read', 'codesPerCommand', 1, 50) },
    passwordLevel: { value: 'P1' },
    list: { value: '' },
    wakeUp: { value: false },
    link: { value: '1', validate: wholeNumber('mtx-iec-read', 'link', 0, 65535) },
    point: { value: '1', validate: wholeNumber('mtx-iec-read', 'point', 0, 65535) },
    register: { value: '', validate: wholeNumber('mtx-iec-read', 'register', 0, 255) },
    standardOffset: { value: '60' },
    output: { value: 'report' },
    version: { value: 1 },
  },
  credentials: { password: { type: 'password' } },
  paletteLabel: 'IEC read',
  label() {
    return this.name || 'IEC read';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const say: Translate = (key, values) => this._(`mtx-iec-read.${key}`, values as never);
    const chosen = (name: string): string => String($(`#node-input-${name}`).val());
    const codes = $('#mtx-iec-items').val(typeof this.items === 'string' ? this.items : (this.items ?? []).join('\n'));

    fillSelect(
      'node-input-output',
      ['report', 'values', 'each'],
      (output) => say(`output.${output}`),
      this.output || 'report',
    );
    fillSelect(
      'node-input-protocol',
      PROTOCOLS,
      (protocol) => say(protocol === '62056-21' ? 'protocol.iec62056' : 'protocol.iec870'),
      this.protocol || '62056-21',
    );
    fillSelect('node-input-mode', ['auto', 'A', 'B', 'C', 'D'], (mode) => say(`mode.${mode}`), this.mode || 'auto');
    fillSelect('node-input-baud', ['stay', 'fixed', 'switch'], (baud) => say(`baud.${baud}`), this.baud || 'stay');
    fillSelect(
      'node-input-parity',
      ['auto', 'none', 'soft-even', 'soft-odd'],
      (parity) => say(`parity.${keyOf(parity)}`),
      this.parity || 'auto',
    );
    fillSelect('node-input-passwordLevel', ['P1', 'P2'], (level) => level, this.passwordLevel || 'P1');
    fillSelect(
      'node-input-standardOffset',
      ['60', '0'],
      (offset) => say(offset === '60' ? 'zone.peninsula' : 'zone.canaries'),
      this.standardOffset || '60',
    );

    const showRequest = (): void => {
      const request = chosen('request');
      showFields(request);
      fillSelect(
        'node-input-command',
        commandsOf(request),
        (command) => (command === 'auto' || command === 'group' ? say(`command.${command}`) : command),
        commandsOf(request).includes(chosen('command')) ? chosen('command') : 'auto',
      );
      $('#node-input-table').attr('placeholder', request === 'log' ? 'P.98' : 'P.01');
      const known = registersOf(request);
      $('#node-input-register').attr('placeholder', known.length > 0 && request !== 'events' ? (known[0] ?? '') : '');
      $('#mtx-iec-registers')
        .empty()
        .append(
          known.map((register) =>
            $('<option>')
              .val(register)
              .text(say(`register.r${register}`)),
          ),
        );
      $('#mtx-iec-result').empty();
      showPort();
    };
    const showProtocol = (request: string): void => {
      const requests = REQUESTS[chosen('protocol')] ?? [];
      fillSelect(
        'node-input-request',
        requests,
        (one) => say(`request.${keyOf(one)}`),
        requests.includes(request) ? request : (requests[0] ?? ''),
      );
      showRequest();
    };
    /** The port of the chosen modem, where it does not go with the protocol. */
    const showPort = (): void => {
      const port = RED.nodes.node(chosen('modem')) as unknown as PortProperties | null;
      const bits = Number(port?.dataBits ?? 8);
      const format = `${port?.baudrate ?? '9600'} ${bits}${(port?.parity ?? 'none').charAt(0).toUpperCase()}${port?.stopBits ?? '1'}`;
      const note = port ? noteOf(chosen('protocol'), bits, port.parity ?? 'none') : '';
      $('#mtx-iec-port')
        .toggle(note !== '')
        .text(note === '' ? '' : say(note, { format }));
    };
    fillSelect('node-input-command', commandsOf('registers'), (command) => command, this.command || 'auto');
    showProtocol(this.request || 'readout');
    $('#node-input-protocol').on('change', () => showProtocol(chosen('request')));
    $('#node-input-request').on('change', showRequest);
    $('#node-input-modem').on('change', showPort);
    imeiForFleet('#mtx-iec-imei');
    $('#mtx-iec-more').prop(
      'open',
      ['mode', 'baud', 'command', 'codesPerCommand', 'list'].some(
        (name) => !['', 'auto', 'stay'].includes(chosen(name)),
      ) || $('#node-input-wakeUp').prop('checked') === true,
    );

    const pickedCodes = (): string[] =>
      String(codes.val())
        .split('\n')
        .map((code) => code.trim())
        .filter((code) => code !== '');
    const body = (): Record<string, unknown> => ({
      id: this.id,
      subject: chosen('protocol') === '62056-21' ? chosen('address') : chosen('link'),
      ...formValues('node-input', FIELDS),
      items: String(codes.val()),
      imei: $('#mtx-iec-imei').val(),
    });
    const show = (answer: ReadAnswer, target: JQuery): void => {
      const isPickable = ['readout', 'registers', 'push'].includes(chosen('request'));
      const found = answer.readings.map(({ name }) => name);
      showResult(answer, target, say, isPickable ? pickedCodes() : undefined, (ticked) => {
        // Codes typed by hand, which this answer does not hold, stay.
        codes.val([...pickedCodes().filter((code) => !found.includes(code)), ...ticked].join('\n'));
        if (chosen('request') === 'readout') chooseRegisters(target);
      });
    };
    /** Whoever ticks codes wants these and not the whole readout. */
    const chooseRegisters = (target: JQuery): void => {
      const kept = target.children().detach();
      $('#node-input-request').val('registers').trigger('change');
      target.append(kept);
    };
    askButton<ReadAnswer>({
      button: '#mtx-iec-read-now',
      result: '#mtx-iec-result',
      path: 'iec/read',
      body: () => ({
        ...body(),
        ...(chosen('request') === 'registers' && pickedCodes().length === 0 && { request: 'readout' }),
      }),
      show,
    });
    askButton<ReadAnswer>({
      button: '#mtx-iec-find',
      result: '#mtx-iec-result',
      path: 'iec/read',
      body: () => ({ ...body(), request: 'readout' }),
      show,
    });
    askButton<PlanAnswer>({
      button: '#mtx-iec-plan',
      result: '#mtx-iec-result',
      path: 'iec/plan',
      body,
      show: (plan, target) => {
        const seconds = (ms: number): string => (ms / 1000).toFixed(0);
        const values = {
          records: plan.records,
          exchanges: plan.exchanges,
          seconds: seconds(plan.ms),
          rtt: Math.round(plan.roundTripMs),
          others: plan.withoutBlocks.exchanges,
          longer: seconds(plan.withoutBlocks.ms),
        };
        showDone(
          target,
          say(plan.exchanges === plan.withoutBlocks.exchanges ? 'result.plan' : 'result.planBlocks', values),
        );
      },
    });
  },
  oneditsave() {
    this.items = String($('#mtx-iec-items').val())
      .split('\n')
      .map((code) => code.trim())
      .filter((code) => code !== '');
  },
} as EditorNodeDef<Properties, { password: string }>);
