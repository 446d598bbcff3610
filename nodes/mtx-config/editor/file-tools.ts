// The two tools for config.txt: make one for the chosen modem node, and check one that somebody pasted.
import type { EditorRED } from 'node-red';
import { askButton, formValues, showDone, showFailure } from '../../shared/editor/ui';

declare const RED: EditorRED;

type Say = (key: string, values?: Readonly<Record<string, unknown>>) => string;

interface Generated {
  readonly text: string;
  readonly notes: readonly string[];
}

interface Finding {
  readonly level: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly line?: number;
  readonly values: Readonly<Record<string, string>>;
}

const OPTIONS = [
  'bus',
  'model',
  'apn',
  'apnLogin',
  'apnPassword',
  'pin',
  'brokerLogin',
  'brokerPassword',
  'phones',
  'ping',
  'pingIP',
  'networkErrors',
  'dailyReset',
];

export function fileTools(say: Say): void {
  const panels = { make: $('#mtx-config-make'), check: $('#mtx-config-check') };
  for (const [name, panel] of Object.entries(panels)) {
    const button = $(`#mtx-config-open-${name}`).attr('aria-expanded', 'false');
    button.on('click', (event) => {
      event.preventDefault();
      panel.toggle();
      button.attr('aria-expanded', String(panel.is(':visible')));
    });
  }
  askButton<Generated>({
    button: '#mtx-config-generate',
    result: '#mtx-config-made',
    path: 'config/generate',
    body: () => ({ ...modemFacts(), ...Object.fromEntries(OPTIONS.map((name) => [name, optionValue(name)])) }),
    show: ({ text, notes }, target) =>
      showFile(
        target,
        text,
        notes.map((note) => say(`note.${note}`)),
        say,
      ),
  });
  askButton<{ findings: readonly Finding[] }>({
    button: '#mtx-config-check-now',
    result: '#mtx-config-findings',
    path: 'config/check',
    body: () => ({ ...modemFacts(), text: $('#mtx-config-pasted').val() }),
    show: ({ findings }, target) => showFindings(target, findings, say),
  });
}

/** What the modem node and its broker node in the editor know and the runtime does not tell. */
function modemFacts(): Record<string, unknown> {
  const { modem } = formValues('node-input', ['modem']);
  const node = RED.nodes.node(String(modem)) as unknown as { broker?: string; statusPeriod?: string } | null;
  const broker = RED.nodes.node(String(node?.broker ?? '')) as unknown as { url?: string } | null;
  return { modem, brokerUrl: broker?.url ?? '', statusPeriod: node?.statusPeriod ?? '300' };
}

function optionValue(name: string): unknown {
  const field = $(`#mtx-config-option-${name}`);
  return field.is(':checkbox') ? field.prop('checked') : field.val();
}

function showFile(target: JQuery, text: string, notes: readonly string[], say: Say): void {
  const area = $('<textarea readonly spellcheck="false">')
    .attr({ 'aria-label': 'config.txt', rows: 16, id: 'mtx-config-text' })
    .css({
      width: '100%',
      fontFamily: 'monospace',
      whiteSpace: 'pre',
      color: 'var(--red-ui-form-text-color)',
      cursor: 'text',
    })
    .val(text);
  const told = $('<div role="status">');
  const copy = $('<button type="button" class="red-ui-button">')
    .text(say('button.copy'))
    .on('click', () => {
      area.trigger('select');
      if (window.document.execCommand('copy')) showDone(told, say('result.copied'));
      else showFailure(told, say('result.copyByHand'));
    });
  const download = $('<a class="red-ui-button" download="config.txt">')
    .text(say('button.download'))
    .attr('href', `data:text/plain;charset=iso-8859-1,${encodeURIComponent(text)}`);
  target.empty().append($('<ul>').append(notes.map((note) => $('<li>').text(note))), area, copy, ' ', download, told);
}

function showFindings(target: JQuery, findings: readonly Finding[], say: Say): void {
  target.empty();
  if (findings.length === 0) return showDone(target, say('result.noFindings'));
  const list = $('<ul id="mtx-config-finding-list">').css({ listStyle: 'none', margin: 0 }).appendTo(target);
  for (const { level, code, line, values } of findings) {
    const icon =
      level === 'error' ? 'fa-times-circle' : level === 'warning' ? 'fa-exclamation-triangle' : 'fa-info-circle';
    const where = line === undefined ? '' : ` (${say('label.line', { line })})`;
    $('<li>')
      .css({ margin: '4px 0' })
      .append(
        $('<i class="fa">').addClass(icon).attr('aria-hidden', 'true'),
        $('<strong>').text(` ${say(`level.${level}`)}: `),
        $('<span>').text(`${say(`finding.${code}`, values)}${where}`),
      )
      .appendTo(list);
  }
}
