import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromLatin1, toHex } from '../../../src/core/wire/bytes';
import type { LineSettings } from '../../../src/core/wire/dialogue';
import { seededRandom } from '../../../src/simulator/ground/random';
import { characterMs, heardBytes } from '../../../src/simulator/serial/uart';

const line = (baud: number, dataBits: 7 | 8, parity: LineSettings['parity'], stopBits: 1 | 2 = 1): LineSettings => ({
  baud,
  dataBits,
  parity,
  stopBits,
});
const n8 = line(9600, 8, 'none');
const e7 = line(9600, 7, 'even');
const o7 = line(9600, 7, 'odd');

describe('uart', () => {
  it('passes bytes between equal settings, whatever the stop bits', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    assert.deepEqual(heardBytes(bytes, n8, n8), bytes);
    assert.deepEqual(heardBytes(bytes, line(9600, 8, 'even'), line(9600, 8, 'even', 2)), bytes);
    assert.deepEqual(heardBytes(bytes.subarray(0, 128), e7, e7), bytes.subarray(0, 128));
  });
  it('shows the parity of a 7E1 sender in bit 7 of an 8N1 port', () => {
    // "/?!" CR LF with even parity: AF 3F 21 8D 0A, the ones in 2F, 3F, 21, 0D, 0A counted by hand.
    assert.equal(toHex(heardBytes(fromLatin1('/?!\r\n'), e7, n8)), 'af3f218d0a');
    assert.equal(toHex(heardBytes(fromLatin1('/?!\r\n'), o7, n8)), '2fbfa10d8a');
  });
  it('strips and checks the parity of what an 8N1 port sends to a 7E1 meter', () => {
    assert.equal(toHex(heardBytes(Uint8Array.of(0xaf, 0x3f, 0x21, 0x8d, 0x0a), n8, e7)), '2f3f210d0a');
    // Without software parity: '/' (5 ones) and CR (3 ones) are lost, the others happen to be even.
    assert.equal(toHex(heardBytes(fromLatin1('/?!\r\n'), n8, e7)), '3f210a');
  });
  it('loses every character between even and odd', () => {
    assert.equal(heardBytes(fromLatin1('/ABC'), e7, o7).length, 0);
  });
  it('gives something else or nothing at another speed, the same for the same seed', () => {
    const bytes = fromLatin1('/?12345678!\r\n');
    for (const [from, to] of [
      [line(300, 7, 'even'), n8],
      [n8, line(300, 7, 'even')],
      [line(2400, 8, 'none'), n8],
      [n8, line(19200, 8, 'none')],
    ] as const) {
      const heard = heardBytes(bytes, from, to, seededRandom(1));
      assert.notDeepEqual(heard, bytes);
      assert.deepEqual(heard, heardBytes(bytes, from, to, seededRandom(1)));
    }
  });
  it('ends for every input, and never hears more characters than fit in the time', () => {
    const settings = fc.record({
      baud: fc.constantFrom(300, 1200, 9600, 115200),
      dataBits: fc.constantFrom(7 as const, 8 as const),
      parity: fc.constantFrom('none' as const, 'even' as const, 'odd' as const),
      stopBits: fc.constantFrom(1 as const, 2 as const),
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), settings, settings, fc.integer(), (bytes, from, to, seed) => {
        const heard = heardBytes(bytes, from, to, seededRandom(seed));
        assert.ok(heard.length <= Math.ceil((bytes.length * characterMs(from)) / (characterMs(to) * 0.8)) + 1);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
