// The dialog's bus scan: unit by unit, so that what was found is shown at once and the search can be stopped.
import { ask } from '../../shared/editor/ui';

type Say = (key: string, values?: Readonly<Record<string, unknown>>) => string;

export function scanBus(
  button: JQuery,
  target: JQuery,
  body: () => Record<string, unknown>,
  say: Say,
  choose: (unit: number) => void,
): void {
  let isRunning = false;
  button.on('click', (event) => {
    event.preventDefault();
    if (isRunning) return void (isRunning = false);
    isRunning = true;
    button.find('span').text(say('button.stop'));
    const line = $('<div>').addClass('form-tips').attr('role', 'status').appendTo(target.empty());
    const found = $('<div>').appendTo(target);
    const scan = async (): Promise<void> => {
      let alive = 0;
      for (let unit = 1; unit <= 247 && isRunning && button.closest('body').length > 0; unit++) {
        line.text(say('result.scanning', { unit, count: alive }));
        const answer = await ask<{ isAlive: boolean; identity: string }>('modbus/probe', {
          ...body(),
          unit,
          subject: String(unit),
        });
        if (!answer.isAlive) continue;
        alive += 1;
        $('<button type="button" class="red-ui-button red-ui-button-small">')
          .css({ margin: '2px' })
          .text(`${unit} ${answer.identity}`)
          .on('click', () => choose(unit))
          .appendTo(found);
      }
      line.text(say('result.scanned', { count: alive }));
    };
    scan()
      .catch((message: string) => line.text(message))
      .finally(() => {
        isRunning = false;
        button.find('span').text(say('button.scan'));
      });
  });
}
