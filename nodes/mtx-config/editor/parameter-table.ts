// The table of wanted parameters: a name picked by typing, a value with the choices the parameter has, and what it does
// in the editor's language. A secret's value goes to the node's credentials and never into the flow.
import { growingList } from '../../shared/editor/ui';

export interface DesiredRow {
  readonly name: string;
  readonly value: string;
}

export interface KnownParameter {
  readonly name: string;
  readonly type: string;
  readonly basis: 'documented' | 'assumed';
  readonly en: string;
  readonly es: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly isSecret: boolean;
  readonly isLifeline: boolean;
}

export interface ParameterTable {
  load(rows: readonly DesiredRow[], known: readonly KnownParameter[]): void;
  values(): readonly DesiredRow[];
}

type Say = (key: string) => string;

export function parameterTable(target: JQuery, secrets: readonly string[], say: Say): ParameterTable {
  const names = $('<datalist>').attr('id', 'mtx-config-names').appendTo(target);
  const list = $('<ol>').appendTo(target);
  const known = new Map<string, KnownParameter>();
  growingList(list, '180px', {
    addItem: (row: JQuery, _index: number, data: Partial<DesiredRow>) =>
      parameterRow(row, data, (name) => find(known, name), secrets, say),
    removeItem: () => undefined,
    removable: true,
    sortable: true,
    addButton: say('button.addParameter'),
  });
  const rows = (): JQuery[] => (list.editableList('items').toArray() as HTMLElement[]).map((item) => $(item));
  return {
    load: (desired, parameters) => {
      for (const parameter of parameters) known.set(parameter.name.toLowerCase(), parameter);
      names.empty().append(parameters.map(({ name }) => $('<option>').val(name.replace('#', '1'))));
      list.editableList('empty');
      for (const row of desired) list.editableList('addItem', row);
    },
    values: () => {
      const values = rows()
        .map((row) => ({
          name: String(row.find('.mtx-name').val()).trim(),
          value: String(row.find('.mtx-value').val()).trim(),
        }))
        .filter(({ name }) => name !== '');
      for (const secret of secrets) {
        const row = values.find(({ name }) => name.toLowerCase() === secret.toLowerCase());
        $(`#node-input-${secret}`).val(row?.value ?? '');
      }
      return values.map(({ name, value }) => ({ name, value: isSecret(secrets, name) ? '' : value }));
    },
  };
}

function parameterRow(
  row: JQuery,
  data: Partial<DesiredRow>,
  parameterOf: (name: string) => KnownParameter | undefined,
  secrets: readonly string[],
  say: Say,
): void {
  const name = $('<input type="text" class="mtx-name" list="mtx-config-names">')
    .attr({ placeholder: say('placeholder.parameter'), 'aria-label': say('column.parameter') })
    .css({ width: '45%', margin: '0 4px 3px 0' })
    .val(data.name ?? '');
  const place = $('<span>');
  const text = $('<div>').css({ fontSize: '90%', lineHeight: '1.3', opacity: 0.85, whiteSpace: 'normal' });
  let value = data.value ?? '';
  if (isSecret(secrets, data.name ?? ''))
    value = String($(`#node-input-${documented(secrets, data.name ?? '')}`).val() ?? '');
  let drawn: string | undefined;
  const draw = (): void => {
    // leaving the name for the value must not take the value's field away from under the cursor
    if (drawn === String(name.val())) return;
    drawn = String(name.val());
    const parameter = parameterOf(String(name.val()).trim());
    const choices = parameter?.type === 'flag' ? ['on', 'off'] : parameter?.choices;
    const field = valueField(choices, isSecret(secrets, String(name.val()).trim()), value)
      .attr('aria-label', say('column.value'))
      .appendTo(place.empty());
    field.on('input change', () => (value = String(field.val())));
    value = String(field.val() ?? '');
    text.text(explanation(parameter, String(name.val()).trim(), say));
  };
  name.on('change input', draw);
  row.css({ whiteSpace: 'normal' }).append(name, place, text);
  draw();
}

function valueField(choices: readonly string[] | undefined, isPassword: boolean, value: string): JQuery {
  const css = { width: '48%', margin: '0 0 3px 0' };
  if (isPassword) return $('<input type="password" class="mtx-value" autocomplete="new-password">').css(css).val(value);
  if (!choices) return $('<input type="text" class="mtx-value">').css(css).val(value);
  // a value of the flow that is not among them, such as a variable, stays what it is
  const known = choices.some((choice) => choice === value) || value === '' ? choices : [value, ...choices];
  return $('<select class="mtx-value">')
    .css(css)
    .append(known.map((choice) => $('<option>').val(choice).text(choice)))
    .val(value === '' ? (choices[0] ?? '') : value);
}

function explanation(parameter: KnownParameter | undefined, name: string, say: Say): string {
  if (name === '') return '';
  if (!parameter) return say('hint.unknown');
  const range = parameter.min === undefined ? '' : ` ${parameter.min} ... ${parameter.max ?? ''}`;
  const unit = parameter.unit === undefined ? '' : ` ${parameter.unit}`;
  const words = say('hint.language') === 'es' ? parameter.es : parameter.en;
  const marks = [
    parameter.isLifeline ? say('hint.lifeline') : '',
    parameter.basis === 'assumed' ? say('hint.assumed') : '',
  ].filter((mark) => mark !== '');
  return [`${words}${range || unit ? ` (${`${range}${unit}`.trim()})` : ''}`, ...marks].join(' ');
}

function find(known: ReadonlyMap<string, KnownParameter>, name: string): KnownParameter | undefined {
  const lower = name.toLowerCase();
  let end = lower.length;
  while (end > 0 && '0123456789'.includes(lower.charAt(end - 1))) end -= 1;
  return known.get(lower) ?? known.get(`${lower.slice(0, end)}#`);
}

function documented(secrets: readonly string[], name: string): string {
  return secrets.find((secret) => secret.toLowerCase() === name.toLowerCase()) ?? '';
}

function isSecret(secrets: readonly string[], name: string): boolean {
  return documented(secrets, name) !== '';
}
