// Dialog of mtx-modbus-read.
import type { EditorNodeDef, EditorNodeProperties, EditorRED } from 'node-red';
import {
  ask,
  askButton,
  fillSelect,
  formValues,
  imeiForFleet,
  showDone,
  showFailure,
  showTable,
  wholeNumber,
} from '../shared/editor/ui';
import { migrate } from '../shared/migrate';
import { modbusMigrations } from './migrations';
import { registerTable, type RegisterRow } from './editor/register-table';
import { scanBus } from './editor/scan';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  readonly modem: string;
  readonly profile: string;
  registers: (RegisterRow | string)[];
  version?: number;
  readonly output: string;
  readonly framing: string;
}

export interface Profile {
  readonly id: string;
  readonly title: string;
  readonly maxRegisters: number;
  readonly registers: readonly RegisterRow[];
}

interface PlanAnswer {
  readonly requests: number;
  readonly seconds: number;
  readonly roundTripMs: number;
  readonly onePerRegister: { readonly requests: number; readonly seconds: number };
  readonly reads: readonly {
    readonly fc: number;
    readonly address: number;
    readonly quantity: number;
    readonly names: number;
  }[];
}

interface ReadAnswer {
  readonly readings: readonly {
    readonly name: string;
    readonly id: string;
    readonly value?: unknown;
    readonly unit?: string;
    readonly error?: { readonly message: string };
  }[];
  readonly link: { readonly exchanges: number; readonly ms: number };
}

/** The rows as this release knows them: what is typed beside them would else be read by the rules of an earlier one. */
function ownRows({ registers, version }: Properties): Properties['registers'] {
  const migrated = migrate({ registers: registers ?? [], version }, modbusMigrations);
  return migrated['registers'] as Properties['registers'];
}

const FIELDS = ['modem', 'unit', 'framing', 'profile', 'maxRegisters', 'timeout'];

RED.nodes.registerType('mtx-modbus-read', {
  category: 'meters',
  color: '#A6D7A8',
  icon: 'mtx-modbus.svg',
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: '' },
    modem: { value: '', type: 'mtx-modem', required: true },
    unit: { value: '1', validate: wholeNumber('mtx-modbus-read', 'unit', 1, 255) },
    framing: { value: 'rtu' },
    profile: { value: '' },
    registers: { value: [] as Properties['registers'] },
    maxRegisters: { value: '', validate: wholeNumber('mtx-modbus-read', 'maxRegisters', 1, 125) },
    timeout: { value: '1000', validate: wholeNumber('mtx-modbus-read', 'timeout', 50, 120000) },
    output: { value: 'report' },
    version: { value: 2 },
  },
  paletteLabel: 'Modbus read',
  label() {
    return this.name || (this.profile ? `${this.profile}` : 'Modbus read');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const say = (key: string): string => this._(`mtx-modbus-read.${key}`);
    fillSelect(
      'node-input-output',
      ['report', 'values', 'each'],
      (output) => say(`output.${output}`),
      this.output || 'report',
    );
    fillSelect('node-input-framing', ['rtu', 'ascii'], (framing) => framing.toUpperCase(), this.framing || 'rtu');
    const table = registerTable($('#mtx-modbus-registers'), say);
    $('#mtx-modbus-registers').data('table', table);
    const result = $('#mtx-modbus-result');
    const profiles = new Map<string, Profile>();
    const showProfile = (): void => table.showProfile(profiles.get(String($('#node-input-profile').val())));
    ask<{ profiles: readonly Profile[] }>('modbus/profiles', {}).then(
      (answer) => {
        for (const profile of answer.profiles) profiles.set(profile.id, profile);
        fillSelect(
          'node-input-profile',
          ['', ...profiles.keys()],
          (id) => profiles.get(id)?.title ?? say('label.noProfile'),
          this.profile || '',
        );
        table.load(ownRows(this));
        showProfile();
        $('#node-input-profile').on('change', showProfile);
      },
      (message: string) => showFailure(result, message),
    );
    const body = (): Record<string, unknown> => ({
      subject: $('#node-input-unit').val(),
      ...formValues('node-input', FIELDS),
      registers: table.values(),
      imei: $('#mtx-modbus-imei').val(),
    });
    imeiForFleet('#mtx-modbus-imei');
    askButton<PlanAnswer>({
      button: '#mtx-modbus-plan',
      result: '#mtx-modbus-result',
      path: 'modbus/plan',
      body,
      show: (plan, target) => {
        const values = {
          requests: plan.requests,
          seconds: plan.seconds.toFixed(1),
          rtt: Math.round(plan.roundTripMs),
          others: plan.onePerRegister.requests,
          longer: plan.onePerRegister.seconds.toFixed(1),
        };
        showDone(target, this._('mtx-modbus-read.result.plan', values as never));
        showTable(
          target,
          [say('column.fc'), say('column.address'), say('column.quantity'), say('column.values')],
          plan.reads.map((read) => [String(read.fc), String(read.address), String(read.quantity), String(read.names)]),
        );
      },
    });
    askButton<ReadAnswer>({
      button: '#mtx-modbus-read-now',
      result: '#mtx-modbus-result',
      path: 'modbus/read',
      body,
      show: ({ readings, link }, target) => {
        showDone(
          target,
          this._('mtx-modbus-read.result.read', {
            count: readings.length,
            exchanges: link.exchanges,
            ms: link.ms,
          } as never),
        );
        showTable(
          target,
          [say('column.name'), say('column.value'), say('column.address')],
          readings.map((r) => [r.name, r.error ? r.error.message : `${String(r.value)} ${r.unit ?? ''}`, r.id]),
        );
      },
    });
    scanBus(
      $('#mtx-modbus-scan'),
      result,
      body,
      (key, values) => this._(`mtx-modbus-read.${key}`, values as never),
      (unit) => $('#node-input-unit').val(unit).trigger('change'),
    );
  },
  oneditsave() {
    const table = $('#mtx-modbus-registers').data('table') as ReturnType<typeof registerTable>;
    this.registers = [...table.values()];
    this.version = 2;
  },
} as EditorNodeDef<Properties>);
