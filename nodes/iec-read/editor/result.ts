// What the dialog's "Read now" found: who the meter is, its codes with their values (to tick, where codes can be
// chosen), and the first rows of a table.
import { showDone, showTable, type Translate } from '../../shared/editor/ui';

export interface ReadAnswer {
  readonly identity: Readonly<Record<string, unknown>>;
  readonly readings: readonly {
    readonly name: string;
    readonly value?: unknown;
    readonly unit?: string;
    readonly at?: string;
    readonly error?: { readonly message: string };
  }[];
  readonly columns: readonly { readonly id: string; readonly name?: string; readonly unit?: string }[];
  readonly rows?: readonly { readonly at: string; readonly status?: string; readonly values: readonly unknown[] }[];
  readonly rowCount?: number;
  readonly link: { readonly exchanges: number; readonly bytesIn: number; readonly ms: number };
}

/** `picked`: the codes chosen so far, undefined where nothing can be chosen. */
export function showResult(
  answer: ReadAnswer,
  target: JQuery,
  say: Translate,
  picked: readonly string[] | undefined,
  onPick: (codes: readonly string[]) => void,
): void {
  const { identity, readings, rows, rowCount = 0, link } = answer;
  showDone(
    target,
    say('result.read', {
      count: readings.length,
      rows: rowCount,
      bytes: link.bytesIn,
      seconds: (link.ms / 1000).toFixed(1),
    }),
  );
  const facts = Object.entries(identity).filter(([, value]) => value !== null && value !== '');
  if (facts.length > 0)
    $('<div>')
      .css({ margin: '6px 0', overflowWrap: 'anywhere' })
      .append(
        $('<b>').text(`${say('result.identity')} `),
        document.createTextNode(facts.map(([name, value]) => `${name}: ${textOf(value)}`).join(', ')),
      )
      .appendTo(target);
  if (readings.length > 0) target.append(codeTable(readings, say, picked, onPick));
  if (rows && rows.length > 0) {
    const head = [
      say('column.time'),
      ...answer.columns.map(({ id, name, unit }) => `${name ?? id}${unit ? ` (${unit})` : ''}`),
      say('column.status'),
    ];
    showTable(
      $('<div>').css({ maxHeight: '220px', overflow: 'auto', marginTop: '6px', whiteSpace: 'nowrap' }).appendTo(target),
      head,
      rows.map((row) => [row.at, ...row.values.map(textOf), row.status ?? '']),
    );
  }
}

function codeTable(
  readings: ReadAnswer['readings'],
  say: Translate,
  picked: readonly string[] | undefined,
  onPick: (codes: readonly string[]) => void,
): JQuery {
  const box = $('<div>').css({
    maxHeight: '260px',
    overflow: 'auto',
    border: '1px solid var(--red-ui-form-input-border-color)',
    padding: '4px',
  });
  if (picked) $('<div>').css({ opacity: 0.8 }).text(say('result.pick')).appendTo(box);
  const table = $('<table>').addClass('mtx-table').css({ width: '100%', fontSize: '90%' }).appendTo(box);
  const heads = [...(picked ? [''] : []), say('column.code'), say('column.value'), say('column.time')];
  $('<tr>')
    .append(heads.map((text) => $('<th>').attr('scope', 'col').css('text-align', 'left').text(text)))
    .appendTo($('<thead>').appendTo(table));
  const body = $('<tbody>').appendTo(table);
  for (const reading of readings) {
    const value = reading.error ? reading.error.message : `${textOf(reading.value)} ${reading.unit ?? ''}`;
    const row = $('<tr>').appendTo(body);
    if (picked) {
      const tick = $('<input type="checkbox">')
        .css({ width: 'auto', margin: 0 })
        .attr({ 'aria-label': reading.name, 'data-code': reading.name })
        .prop('checked', picked.includes(reading.name));
      tick.on('change', () =>
        onPick(
          box
            .find('input:checked')
            .toArray()
            .map((input) => String($(input).attr('data-code'))),
        ),
      );
      row.append($('<td>').css('width', '22px').append(tick));
    }
    row.append(
      [reading.name, value, reading.at ?? ''].map((text) =>
        $('<td>').css({ overflowWrap: 'anywhere', paddingRight: '8px' }).text(text),
      ),
    );
  }
  return box;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
