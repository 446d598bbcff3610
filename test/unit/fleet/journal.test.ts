// The journal: what was put is there after any death of the process or the disk, whole or not at all.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { DiskFile } from '../../../nodes/shared/journal-file';
import { Journal } from '../../../src/core/fleet/journal/journal';
import { encodeLine } from '../../../src/core/fleet/journal/journal-line';
import { asReadError } from '../../../src/core/wire/errors';
import { toUtf8 } from '../../../src/core/wire/bytes';
import { MemoryFile } from '../../support/memory-file';

const pause = async (): Promise<void> => undefined;
const journalOf = (file: MemoryFile | DiskFile): Journal => new Journal(file, pause);
async function stateOf(file: MemoryFile): Promise<Record<string, unknown>> {
  const journal = journalOf(new MemoryFile(file.bytes));
  await journal.open();
  return Object.fromEntries(journal.keys('').map((key) => [key, journal.read(key)]));
}
const reasonOf = async (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (thrown: unknown) => asReadError(thrown).reason,
  );

describe('journal', () => {
  it('writes lines under the CRC-32 of zip, which Node knows too', () => {
    const line = toUtf8(
      encodeLine([
        ['a', '"ñ"'],
        ['b', null],
      ]),
    );
    assert.equal(
      line,
      `${crc32('[["a","\\"ñ\\""],["b",null]]').toString(16).padStart(8, '0')} [["a","\\"ñ\\""],["b",null]]\n`,
    );
  });

  it('keeps what was put last, and joins what is put in one go', async () => {
    const file = new MemoryFile();
    const journal = journalOf(file);
    await Promise.all([journal.put({ a: 1, b: { c: [2] } }), journal.put({ a: 3 })]);
    assert.equal(file.appends, 1);
    await journal.put({ b: undefined, d: 'x' });
    assert.deepEqual(await stateOf(file), { a: 3, d: 'x' });
    assert.deepEqual([journal.read('a'), journal.read('b'), journal.keys('d')], [3, undefined, ['d']]);
  });

  it('has all of a put or nothing of it, at whatever octet the machine dies', async () => {
    const whole = new MemoryFile();
    const story = async (file: MemoryFile): Promise<void> => {
      const journal = journalOf(file);
      for (let i = 0; i < 6; i++) await journal.put({ count: i, [`key${i % 3}`]: 'x'.repeat(i), twin: i });
    };
    await story(whole);
    for (let octets = 0; octets <= (whole.bytes?.length ?? 0); octets++) {
      const file = new MemoryFile();
      file.diesAfter = octets;
      void story(file);
      await new Promise((resolve) => setImmediate(resolve));
      const state = await stateOf(file);
      assert.equal(state['count'], state['twin'], `after ${octets} octets`);
      const journal = journalOf(new MemoryFile(file.bytes));
      assert.equal(await journal.open(), 0, 'a torn tail is no damage');
      await journal.put({ after: true });
      assert.equal(journal.read('after'), true);
    }
  });

  it('lives with any octets in its file, tells what is damaged, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 5 }), fc.nat(255), async (places, octet) => {
        const file = new MemoryFile();
        const journal = journalOf(file);
        for (let i = 0; i < 8; i++) await journal.put({ [`k${i}`]: i });
        const bytes = (file.bytes ?? new Uint8Array(0)).slice();
        for (const place of places) bytes[place % bytes.length] = octet;
        const next = new MemoryFile(bytes);
        const again = journalOf(next);
        assert.ok((await again.open()) <= 8 + places.length);
        for (const key of again.keys('')) assert.equal(`k${String(again.read(key))}`, key);
        await again.put({ new: 1 });
        assert.equal((await stateOf(next))['new'], 1);
      }),
      { numRuns: 200, seed: 11 },
    );
    const damaged = new MemoryFile(Buffer.from('00000000 [["a","1"]]\nnothing\n'));
    assert.equal(await journalOf(damaged).open(), 2);
  });

  it('has not what it could not write, and writes the file anew before anything else', async () => {
    const file = new MemoryFile();
    const journal = journalOf(file);
    await journal.put({ a: 1 });
    file.isFailing = true;
    await assert.rejects(journal.put({ a: 2 }), /disk full/);
    file.isFailing = false;
    assert.equal(journal.read('a'), 1);
    await journal.put({ b: 1 });
    assert.equal(file.replacements, 1);
    assert.deepEqual(await stateOf(file), { a: 1, b: 1 });
  });

  it('stays as small as what it holds', async () => {
    const file = new MemoryFile();
    const journal = journalOf(file);
    for (let i = 0; i < 3_000; i++) await journal.put({ [`k${i % 10}`]: 'x'.repeat(500) });
    assert.ok((file.bytes?.length ?? 0) < 300_000, `${file.bytes?.length} octets`);
    assert.equal(Object.keys(await stateOf(file)).length, 10);
  });

  it('opens again after a failure, and takes nothing after its end', async () => {
    const file = new MemoryFile();
    const journal = journalOf(file);
    file.isFailing = true;
    assert.equal(await reasonOf(journal.open()), 'fleet.journalUnread');
    assert.equal(await reasonOf(journal.put({ a: 1 })), 'fleet.journalUnread');
    file.isFailing = false;
    await journal.put({ a: 2 });
    await journal.close(true);
    assert.ok(file.isRemoved);
    assert.equal(await reasonOf(journal.put({ a: 3 })), 'fleet.cancelled');
  });

  describe('on a disk', () => {
    let folder: string;
    beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'mtx-journal-'))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('is a file of its owner alone, written anew in place, and gone with its owner', async () => {
      const path = join(folder, 'deep', 'one.journal');
      const journal = journalOf(new DiskFile(path));
      await journal.put({ a: 1 });
      assert.equal(statSync(path).mode & 0o777, 0o600);
      for (let i = 0; i < 700; i++) await journal.put({ big: 'x'.repeat(600) });
      assert.ok(statSync(path).size < 300_000);
      await journal.close(false);
      const next = journalOf(new DiskFile(path));
      await next.open();
      assert.equal(next.read('a'), 1);
      await next.close(true);
      assert.throws(() => statSync(path), /ENOENT/);
      assert.throws(() => statSync(`${path}.lock`), /ENOENT/);
    });

    it('lets no other living process in, and takes over from a dead one', async () => {
      const path = join(folder, 'one.journal');
      const other = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
      const { pid } = other;
      assert.ok(pid !== undefined);
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      writeFileSync(`${path}.lock`, `${pid} ${start}`);
      const journal = journalOf(new DiskFile(path));
      const thrown: unknown = await journal.open().catch((error: unknown) => error);
      assert.match(asReadError(thrown).detail, /journalOwned/);
      writeFileSync(`${path}.lock`, `${pid} 1`); // the number was given again
      await journal.put({ a: 1 });
      await journal.close(false);
      other.kill('SIGKILL');
      await once(other, 'exit');
      writeFileSync(`${path}.lock`, `${pid} ${start}`);
      const last = journalOf(new DiskFile(path));
      await last.open();
      await last.close(false);
    });
  });
});
