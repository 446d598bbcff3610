// A choice among the text message nodes of the flows: they are no config nodes, so the editor offers none of its own.
import type { EditorRED } from 'node-red';

declare const RED: EditorRED;

export function fillSmsNodes(field: string, chosen: string, none: string): void {
  const select = $(`#${field}`).empty();
  $('<option>').val('').text(none).appendTo(select);
  RED.nodes.eachNode((each) => {
    const { type, id, name } = each as { type?: string; id?: string; name?: string };
    if (type === 'mtx-sms' && id !== undefined)
      $('<option>')
        .val(id)
        .text(name || id)
        .appendTo(select);
    return true;
  });
  select.val(chosen);
}
