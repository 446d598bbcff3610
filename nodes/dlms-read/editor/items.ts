// The list of wanted objects in the dialog, and the object list of a meter to pick from.
import { growingList } from '../../shared/editor/ui';

export interface Item {
  readonly name: string;
  readonly obis: string;
  readonly class: string | number;
  readonly attribute: string | number;
  /** Of the user, where the meter's own are wrong. */
  readonly scaler?: string | number;
  readonly unit?: string;
}

export interface ItemTable {
  load(items: readonly (Item | string)[]): void;
  add(item: Item): void;
  values(): readonly Item[];
}

type Say = (key: string, values?: Readonly<Record<string, unknown>>) => string;

export function itemTable(list: JQuery, say: Say): ItemTable {
  growingList(list, '100px', {
    addItem: (row: JQuery, _index: number, item: Partial<Item>) => {
      const field = (key: keyof Item, width: string, hint: string): JQuery =>
        $('<input type="text">')
          .attr({ 'data-key': key, placeholder: hint, 'aria-label': hint })
          .css({ width, margin: '0 3px 3px 0' })
          .val(String(item[key] ?? ''));
      row.append(
        field('obis', '150px', 'OBIS, 1-0:1.8.0*255'),
        field('name', '120px', say('column.name')),
        field('class', '60px', say('column.class')),
        field('attribute', '80px', say('column.attribute')),
        field('scaler', '60px', say('column.scaler')),
        field('unit', '50px', say('column.unit')),
      );
    },
    removable: true,
    sortable: true,
    addButton: say('button.addItem'),
  });
  const add = (item: Item): void => void list.editableList('addItem', item);
  return {
    load: (items) => {
      list.editableList('empty');
      for (const item of items)
        add(typeof item === 'string' ? { name: '', obis: item, class: '', attribute: '' } : item);
    },
    add,
    values: () =>
      (list.editableList('items').toArray() as HTMLElement[])
        .map(
          (row) =>
            Object.fromEntries(
              $(row)
                .find('[data-key]')
                .toArray()
                .map((field) => [String($(field).attr('data-key')), String($(field).val())]),
            ) as unknown as Item,
        )
        .filter(({ obis }) => obis !== ''),
  };
}

export function pickTable(
  target: JQuery,
  objects: readonly {
    readonly name: string;
    readonly id: string;
    readonly about: { readonly class: number; readonly className: string | null };
  }[],
  say: Say,
  pick: (object: { readonly id: string }) => void,
): void {
  const box = $('<div>').css({ maxHeight: '220px', overflowY: 'auto' }).appendTo(target);
  const filter = $('<input type="text">')
    .attr({ placeholder: say('placeholder.filter'), 'aria-label': say('placeholder.filter') })
    .css({ width: '100%', marginBottom: '4px' })
    .insertBefore(box);
  for (const object of objects) {
    const text = `${object.id} ${object.name === object.id ? '' : object.name} (${object.about.className ?? object.about.class})`;
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .css({ display: 'block', margin: '2px', textAlign: 'left' })
      .attr('data-text', text.toLowerCase())
      .append($('<i class="fa fa-plus">').attr('aria-hidden', 'true'), document.createTextNode(` ${text}`))
      .on('click', () => pick(object))
      .appendTo(box);
  }
  filter.on('input', () => {
    const wanted = String(filter.val()).toLowerCase();
    box.children().each((_, child) => void $(child).toggle(String($(child).attr('data-text')).includes(wanted)));
  });
}
