// AT commands that the end of the process cut off: each modem's end, as the notes tell it to the next life.
import assert from 'node:assert/strict';
import { CommandNotes, interruptedOrders } from '../../../src/core/fleet/commands/command-notes';
import type { CommandOrder } from '../../../src/core/fleet/commands/command-order';
import { keptModem } from '../../../src/core/fleet/commands/kept-order';
import { Journal } from '../../../src/core/fleet/journal/journal';
import { ReadError } from '../../../src/core/wire/errors';
import { MemoryFile } from '../../support/memory-file';
import { because } from '../../support/scripted-modem';

const [FIRST, SECOND, THIRD] = ['353234028103206', '353234028103214', '353234028103222'] as const;
const ORDER: CommandOrder = {
  target: 'list',
  commands: ['AT+CSQ', 'AT^MTXTUNNEL=SETPARAM,MTX_PIN,9876'],
  imeis: [FIRST, SECOND, THIRD],
  timeoutMs: 5_000,
  concurrency: 1,
  smsAfterMs: undefined,
  isConfirmed: true,
};
const pause = async (): Promise<void> => undefined;

describe('notes of AT commands', () => {
  it('tell the next life what may have been sent, what was not, and what had ended', async () => {
    const file = new MemoryFile();
    const notes = new CommandNotes(new Journal(file, pause), '7', ORDER);
    await notes.begun;
    notes.ended(FIRST, { imei: FIRST, command: 'AT+CSQ', ok: true, result: 'OK', lines: [], values: {}, ms: 5 });
    await notes.sending(SECOND, 2);
    const [left] = await interruptedOrders(new Journal(new MemoryFile(file.bytes), pause));
    const reasons = [...(left?.results ?? [])].map(([imei, end]) => [
      imei,
      end instanceof ReadError ? end.reason : end.result,
    ]);
    assert.deepEqual(reasons, [
      [FIRST, 'OK'],
      [SECOND, 'fleet.commandInterrupted'],
      [THIRD, 'fleet.commandNotSent'],
    ]);
    assert.doesNotMatch(Buffer.from(file.bytes ?? []).toString(), /9876/, 'a secret stands in no note');
  });

  it('are taken away once all is told', async () => {
    const file = new MemoryFile();
    const notes = new CommandNotes(new Journal(file, pause), '7', ORDER);
    await notes.begun;
    await notes.sending(FIRST, 1);
    await notes.over();
    assert.deepEqual(await interruptedOrders(new Journal(new MemoryFile(file.bytes), pause)), []);
  });

  it('that cannot be kept keep the commands from being sent', async () => {
    const disk = new MemoryFile();
    disk.isFailing = true;
    const full = new Journal(disk, pause);
    const order = { ...ORDER, target: 'modem', imeis: [FIRST] } as const;
    await assert.rejects(keptModem({} as never, full, '8', order, {} as never), because('fleet.orderNotKept'));
  });
});
