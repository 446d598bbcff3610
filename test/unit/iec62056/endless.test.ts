// A meter, or somebody in its name, that answers one command with partial blocks for ever: it ends, and not by memory.
import assert from 'node:assert/strict';
import { readIec62056 } from '../../../src/core/iec62056/read';
import { bccXor } from '../../../src/core/wire/checksum';
import { concatBytes, fromLatin1 } from '../../../src/core/wire/bytes';
import { ReadError } from '../../../src/core/wire/errors';
import { TestMemory } from '../../support/iec-driver';
import { options } from '../../support/iec-scene';

const sealed = (block: Uint8Array): Uint8Array => concatBytes(block, Uint8Array.of(bccXor(block, 1)));

describe('endless partial blocks', () => {
  it('end at 16 MB', () => {
    const dialogue = readIec62056(options({ request: 'registers', items: ['1.8.0'], mode: 'C' }), new TestMemory());
    const row = '1.8.0(000123.4*kWh)\r\n';
    const rows = row.repeat(Math.floor(1_000_000 / row.length));
    const block = (n: number): Uint8Array => sealed(fromLatin1(`\x021.8.0(${n}*kWh)\r\n${rows}\x04`));
    const heard = [fromLatin1('/ABC5ID\r\n'), sealed(fromLatin1('\x01P0\x02(00000000)\x03'))];
    let blocks = 0;
    assert.throws(
      () => {
        for (let turn = dialogue.next(); !turn.done;) {
          const isHeard = turn.value.do === 'receive';
          turn = dialogue.next(isHeard ? (heard.shift() ?? block(++blocks)) : undefined);
          assert.ok(blocks < 100, 'it goes on');
        }
      },
      (e: ReadError) => e instanceof ReadError && e.reason === 'iec62056.neverEnds',
    );
    assert.ok(blocks >= 16, `${blocks} blocks`);
  });
});
