// The list of registers in the dialog: a profile's to tick, and rows of one's own to fill in.
import { growingList } from '../../shared/editor/ui';
import { REGISTER_TYPES, rowOf, textOf, type RegisterRow } from './register-row';

export type { RegisterRow } from './register-row';
export interface RegisterTable {
  load(registers: readonly (RegisterRow | string)[]): void;
  showProfile(profile: { readonly registers: readonly RegisterRow[] } | undefined): void;
  /** Own rows as objects, ticked ones of the profile by name; no name at all means the whole profile. */
  values(): readonly (RegisterRow | string)[];
}

type Say = (key: string) => string;

export function registerTable(target: JQuery, say: Say): RegisterTable {
  const picked = new Set<string>();
  const ticks = $('<div>')
    .css({
      maxHeight: '180px',
      overflowY: 'auto',
      border: '1px solid var(--red-ui-form-input-border-color)',
      padding: '4px',
      marginBottom: '8px',
    })
    .appendTo(target);
  const list = $('<ol>').appendTo(target);
  growingList(list, '90px', {
    addItem: (row: JQuery, _index: number, data: Partial<RegisterRow>) => ownRow(row, data, say),
    removable: true,
    sortable: true,
    addButton: say('button.addRegister'),
  });
  let names: readonly string[] = [];

  const showTicks = (profile: { readonly registers: readonly RegisterRow[] } | undefined): void => {
    names = profile?.registers.map((register) => register.name) ?? [];
    ticks.empty().toggle(profile !== undefined);
    if (!profile) return;
    const known = names.filter((name) => picked.has(name));
    const boxes: JQuery[] = [];
    const all = tick(say('label.allRegisters'), known.length === 0).appendTo(ticks);
    for (const register of profile.registers) {
      const box = tick(
        `${register.name} (${register.fc}:${register.address}${register.unit ? `, ${register.unit}` : ''})`,
        known.length === 0 || picked.has(register.name),
      )
        .attr('data-name', register.name)
        .appendTo(ticks);
      boxes.push(box);
    }
    const inputs = (): JQuery => ticks.find('[data-name] input');
    all
      .find('input')
      .on('change', (event) => void inputs().prop('checked', $(event.target).prop('checked')).trigger('mtx-picked'));
    inputs().on('change mtx-picked', () => {
      picked.clear();
      const chosen = boxes
        .filter((box) => box.find('input').prop('checked') === true)
        .map((box) => String(box.attr('data-name')));
      if (chosen.length < names.length) for (const name of chosen) picked.add(name);
      all.find('input').prop('checked', chosen.length === names.length);
    });
  };

  return {
    load: (registers) => {
      list.editableList('empty');
      picked.clear();
      for (const register of registers) {
        if (typeof register === 'string') picked.add(register);
        else list.editableList('addItem', register);
      }
    },
    showProfile: showTicks,
    values: () => [
      ...names.filter((name) => picked.has(name)),
      ...(list.editableList('items').toArray() as HTMLElement[]).map((item) => rowValues($(item))),
    ],
  };
}

function tick(text: string, isOn: boolean): JQuery {
  return $('<label>')
    .css({ display: 'block', width: 'auto', margin: 0 })
    .append(
      $('<input type="checkbox">').css({ width: 'auto', margin: '0 6px 2px 0' }).prop('checked', isOn),
      document.createTextNode(text),
    );
}

function ownRow(row: JQuery, data: Partial<RegisterRow>, say: Say): void {
  // a field that is filled shows its hint no more
  const named = (key: string): object => ({ 'aria-label': say(`column.${key}`), title: say(`column.${key}`) });
  const field = (key: keyof RegisterRow, width: string, fallback: string): JQuery =>
    $('<input type="text">')
      .attr({ 'data-key': key, placeholder: say(`column.${key}`), ...named(key) })
      .css({ width, margin: '0 3px 3px 0' })
      .val(data[key] === undefined ? (data.address === undefined ? fallback : '') : textOf(data[key]));
  const choice = (key: keyof RegisterRow, values: readonly string[], width: string, fallback: string): JQuery =>
    $('<select>')
      .attr({ 'data-key': key, ...named(key) })
      .css({ width, margin: '0 3px 3px 0' })
      .append(values.map((value) => $('<option>').val(value).text(value)))
      .val(data[key] === undefined ? (data.address === undefined ? fallback : '') : textOf(data[key]));
  row
    .css({ whiteSpace: 'normal' })
    .data('mtx-row', data)
    .append(
      field('name', '130px', ''),
      choice('fc', ['3', '4', '1', '2'], '52px', '3'),
      field('address', '80px', ''),
      choice('type', REGISTER_TYPES, '90px', 'uint16'),
      choice('order', ['ABCD', 'CDAB', 'BADC', 'DCBA'], '82px', 'ABCD'),
      field('scale', '60px', '1'),
      field('unit', '50px', ''),
      field('length', '60px', ''),
      field('offset', '60px', ''),
      rareFields(
        data,
        [
          choice('base', ['', '0', '1'], '60px', ''),
          choice('half', ['', 'high', 'low'], '70px', ''),
          field('mask', '70px', ''),
          field('notAvailable', '110px', ''),
          field('scaleFactor', '110px', ''),
          field('labels', '150px', ''),
          choice('encoding', ['', 'utf-8', 'latin-1'], '80px', ''),
          field('charsPerRegister', '60px', ''),
          field('answerLength', '60px', ''),
        ],
        say,
      ),
    );
}

/** What few registers need: folded away unless this row has any of it. */
function rareFields(data: Partial<RegisterRow>, fields: readonly JQuery[], say: Say): JQuery {
  const isUsed = fields.some((field) => data[String(field.attr('data-key')) as keyof RegisterRow] !== undefined);
  return $('<details>')
    .prop('open', isUsed)
    .append($('<summary>').text(say('label.more')), [...fields]);
}

function rowValues(row: JQuery): RegisterRow {
  const shown = Object.fromEntries(
    row
      .find('[data-key]')
      .toArray()
      // a choice shows nothing where the row names none or one that it does not know
      .filter((field) => typeof $(field).val() === 'string')
      .map((field) => [String($(field).attr('data-key')), String($(field).val())]),
  );
  return rowOf((row.find('[data-key]').first().parent().data('mtx-row') ?? {}) as Partial<RegisterRow>, shown);
}
