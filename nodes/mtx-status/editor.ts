// Dialog of mtx-status.
import type { EditorNodeDef, EditorNodeProperties, EditorRED } from 'node-red';
import { wholeNumber } from '../shared/editor/ui';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  events: string[];
}

const EVENTS = ['status', 'online', 'stale', 'offline', 'asleep', 'changed', 'alarm'];

const number = (label: string, min: number, max: number): ReturnType<typeof wholeNumber> =>
  wholeNumber('mtx-status', label, min, max);

function isMapping(this: unknown, value: string, options?: unknown): boolean | string {
  if (value === undefined || value === '' || /^\$\{[^}]+\}$/.test(value)) return true;
  try {
    const mapping: unknown = JSON.parse(value);
    if (typeof mapping === 'object' && mapping !== null && !Array.isArray(mapping)) return true;
  } catch {
    // told below
  }
  return options === undefined ? false : RED._('mtx-status.check.mapping');
}

function areNames(this: unknown, value: string, options?: unknown): boolean | string {
  const isRight = String(value ?? '')
    .split(/\r?\n/)
    .every((line) => line.trim() === '' || /^\s*(#|\d{15}\s*([,;\t]|$))/.test(line));
  return isRight || (options === undefined ? false : RED._('mtx-status.check.names'));
}

RED.nodes.registerType('mtx-status', {
  category: 'modems',
  color: '#D8BFD8',
  icon: 'mtx-status.svg',
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: '' },
    modem: { value: '', type: 'mtx-modem', required: true },
    events: { value: EVENTS },
    offlinePeriods: { value: '6', validate: number('offlinePeriods', 3, 10000) },
    weakDbm: { value: '-95', validate: number('weakDbm', -140, -31) },
    weakReports: { value: '3', validate: number('weakReports', 1, 1000) },
    reconnects: { value: '4', validate: number('reconnects', 2, 100) },
    reconnectMinutes: { value: '60', validate: number('reconnectMinutes', 1, 10080) },
    clockDrift: { value: '300', validate: number('clockDrift', 1, 31536000) },
    ulpModels: { value: '' },
    ulpHours: { value: '72', validate: number('ulpHours', 1, 8760) },
    willTopic: { value: '' },
    willText: { value: 'offline' },
    mapping: { value: '', validate: isMapping },
    names: { value: '', validate: areNames },
    store: { value: '' },
    saveInterval: { value: '60', validate: number('saveInterval', 5, 86400) },
    version: { value: 1 },
  },
  paletteLabel: 'modem status',
  label() {
    return this.name || 'modem status';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const chosen = this.events ?? EVENTS;
    const list = $('#mtx-status-events').empty();
    for (const name of EVENTS) {
      const box = $('<input type="checkbox">')
        .attr('id', `mtx-status-event-${name}`)
        .val(name)
        .prop('checked', chosen.includes(name))
        .css({ width: 'auto', margin: '0 6px 0 0' });
      $('<label>')
        .css({ display: 'block', width: 'auto' })
        .append(box)
        .append($('<span>').text(this._(`mtx-status.event.${name}`)))
        .appendTo(list);
    }
  },
  oneditsave() {
    this.events = EVENTS.filter((name) => $(`#mtx-status-event-${name}`).prop('checked') === true);
  },
} as EditorNodeDef<Properties>);
