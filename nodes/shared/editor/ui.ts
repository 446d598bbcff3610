// What the dialogs share: numbers checked with ${ENV} allowed, buttons that ask the runtime, results shown as text.
import type { EditorRED } from 'node-red';

declare const RED: EditorRED;

type Translate = (key: string, values?: Readonly<Record<string, unknown>>) => string;

/** A string as the result is what the editor tells; without `options` only yes or no is asked for. */
type Validator = (this: { _?: Translate }, value: string, options?: unknown) => boolean | string;

/** Empty (the default is used), ${ENV}, or a whole number in range. */
export function wholeNumber(type: string, label: string, min: number, max: number): Validator {
  return function (value, options) {
    if (value === undefined || value === '' || isEnv(value)) return true;
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return true;
    return options === undefined
      ? false
      : say(this, type, 'check.range', { name: say(this, type, `label.${label}`), min, max });
  };
}

/** ${ENV}, or what `isValid` says; else the sentence check.<check> of the catalog. */
export function checked(type: string, check: string, isValid: (value: string) => boolean): Validator {
  return function (value, options) {
    if (isEnv(value ?? '') || isValid(value ?? '')) return true;
    return options === undefined ? false : say(this, type, `check.${check}`);
  };
}

/** By the node's own catalog: RED._ would look into the editor's. */
function say(node: { _?: Translate }, type: string, key: string, values?: Readonly<Record<string, unknown>>): string {
  return node._
    ? node._(`${type}.${key}`, values)
    : RED._(`@meter-tunnel/node-red-mtx/${type}:${type}.${key}`, values as never);
}

function isEnv(value: string): boolean {
  return /^\$\{[^}]+\}$/.test(String(value));
}

/** A choice from a list of texts, filled with translated names. */
export function fillSelect(
  id: string,
  values: readonly string[],
  say: (value: string) => string,
  chosen: string,
): void {
  const select = $(`#${id}`).empty();
  for (const value of values) $('<option>').val(value).text(say(value)).appendTo(select);
  select.val(chosen);
}

interface Failure {
  readonly error?: { readonly code: string; readonly message: string };
}

/** A button that posts and shows the answer below it; inert while it waits. */
export function askButton<T extends object>(options: {
  readonly button: string;
  readonly result: string;
  readonly path: string;
  readonly body: () => Readonly<Record<string, unknown>>;
  readonly show: (answer: T, target: JQuery) => void;
}): void {
  const button = $(options.button);
  const target = $(options.result).attr('role', 'status').attr('aria-live', 'polite');
  button.on('click', (event) => {
    event.preventDefault();
    if (button.prop('disabled') === true) return;
    button.prop('disabled', true);
    target.empty().append($('<i class="fa fa-spinner fa-spin">').attr('aria-hidden', 'true'));
    ask<T>(options.path, options.body())
      .then(
        (answer) => options.show(answer, target.empty()),
        (message: string) => showFailure(target, message),
      )
      .finally(() => {
        button.prop('disabled', false);
        // it stands below the buttons, on small screens out of sight
        target.get(0)?.scrollIntoView({ block: 'nearest' });
      });
  });
}

/**
 * Posts to a route of the palette (relative, so that the editor's own token and root are used); rejects with a
 * sentence.
 */
export function ask<T extends object>(path: string, body: Readonly<Record<string, unknown>>): Promise<T> {
  return new Promise((resolve, reject) => {
    $.ajax({ url: `mtx/${path}`, method: 'POST', contentType: 'application/json', data: JSON.stringify(body) }).then(
      (answer: T & Failure) => (answer.error ? reject(answer.error.message) : resolve(answer)),
      (xhr: JQuery.jqXHR) => reject(xhr.status === 0 ? 'Node-RED does not answer' : `Node-RED answered ${xhr.status}`),
    );
  });
}

export function showFailure(target: JQuery, message: string): void {
  target.empty().append(
    $('<div>')
      .addClass('form-tips mtx-failure')
      .append($('<i class="fa fa-exclamation-triangle">').attr('aria-hidden', 'true'))
      .append($('<span>').text(` ${message}`)),
  );
}

export function showDone(target: JQuery, text: string): void {
  target.empty().append(
    $('<div>')
      .addClass('form-tips')
      .append($('<i class="fa fa-check">').attr('aria-hidden', 'true'))
      .append($('<span>').text(` ${text}`)),
  );
}

/** A small table of texts. */
export function showTable(target: JQuery, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = $('<table>').addClass('mtx-table').css({ width: '100%', fontSize: '90%' });
  $('<tr>')
    .append(
      head.map((text) => $('<th>').attr('scope', 'col').css({ textAlign: 'left', paddingRight: '8px' }).text(text)),
    )
    .appendTo($('<thead>').appendTo(table));
  const body = $('<tbody>').appendTo(table);
  for (const row of rows)
    $('<tr>')
      .append(row.map((text) => $('<td>').css('padding-right', '8px').text(text)))
      .appendTo(body);
  target.append(table);
}

/**
 * A list that grows with its rows, and the dialog scrolls. The editor takes a least height on the list itself for its
 * fixed height: rows beyond it would lie over what comes below.
 */
export function growingList(list: JQuery, minHeight: string, options: object): void {
  list.css({ minWidth: '420px' }).editableList({ height: 'auto', ...options });
  list.closest('.red-ui-editableList-container').css({ minHeight });
}

/** A field for the IMEI that the buttons ask: needed only where the chosen modem node is a fleet. */
export function imeiForFleet(field: string): void {
  const show = (): void => {
    const modem = RED.nodes.node(String($('#node-input-modem').val())) as unknown as
      { readonly imei?: string } | null | undefined;
    $(field).toggle(Boolean(modem) && !modem?.imei);
  };
  $('#node-input-modem').on('change', show);
  show();
}

/** The values of the form's fields by property name, as they stand, deployed or not. */
export function formValues(
  prefix: 'node-input' | 'node-config-input',
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => {
      const field = $(`#${prefix}-${name}`);
      return [name, field.is(':checkbox') ? field.prop('checked') : field.val()];
    }),
  );
}

export type { Translate };
