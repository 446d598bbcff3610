// Texts of strangers that cost as much as they are long: with a search that begins anew at each blank these would take
// hours, not a moment. What is right of them comes out all the same.
import assert from 'node:assert/strict';
import { StatusReader } from '../../../src/core/fleet/presence/status';
import { dbmFrom, signalFrom, UNKNOWN_SIGNAL } from '../../../src/core/fleet/presence/status-values';
import { parseAliases } from '../../../src/core/fleet/sms/sms-text';

const BLANKS = ' '.repeat(2_000_000);

describe('hostile sizes', () => {
  it('P1: a status of blanks, NUL and one octet behind them', () => {
    const reader = new StatusReader({});
    // as large as a status may be, often enough that only a cost of its size is bearable
    for (const filler of [' ', '\0', '\t']) {
      const hostile = Buffer.from(`{${filler.repeat(16_300)}\u00e9`, 'latin1');
      for (let n = 0; n < 1_000; n++) assert.equal(typeof reader.read(hostile), 'string');
    }
    const whole = reader.read(Buffer.from(`\uFEFF{"CSQ":18}\0\r\n${' '.repeat(16_000)}`));
    assert.ok(typeof whole === 'object' && whole.signal?.csq === 18, JSON.stringify(whole).slice(0, 200));
  });
  it('P4: an alias, and what a modem gives as its signal', () => {
    assert.deepEqual(
      [...parseAliases(`RL0ON${BLANKS}>${BLANKS}AT+CSQ`).values()],
      [{ name: 'RL0ON', command: 'AT+CSQ' }],
    );
    for (const text of [BLANKS, `${BLANKS}x`, `18${BLANKS},`, `-77${BLANKS}db`]) {
      assert.deepEqual(signalFrom(text), UNKNOWN_SIGNAL);
      assert.deepEqual(dbmFrom(text), UNKNOWN_SIGNAL);
    }
    assert.equal(signalFrom(' 18 , 99 ').csq, 18);
    assert.equal(dbmFrom('-77 dBm').dbm, -77);
  });
});
