// general-glo-ciphering without a frame around it (encrypted P1 ports): found in every cut, however many stand in one
// message.
import assert from 'node:assert/strict';
import { BareGeneral } from '../../../src/core/dlms/link/bare-general';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import { piecesOf } from '../../support/hostile-talk';

const LONG = fromHex(`db08534d5301020304058200${'20'.repeat(1)}${'00'.repeat(32)}`);
const SHORT = fromHex('db08534d53010203040506300000000101');

describe('bare general-glo-ciphering', () => {
  const line = concatBytes(SHORT, LONG, SHORT);
  for (const size of [1, 2, 7, 16, 17, 18, 1_000])
    it(`in pieces of ${size}`, () => {
      const bare = new BareGeneral();
      assert.deepEqual(
        piecesOf(line, size)
          .flatMap((piece) => bare.push(piece))
          .map((apdu) => toHex(apdu)),
        [SHORT, LONG, SHORT].map((apdu) => toHex(apdu)),
      );
    });

  it('thousands in one message, and nothing once something else came', () => {
    const bare = new BareGeneral();
    assert.equal(bare.push(concatBytes(...Array.from({ length: 20_000 }, () => SHORT))).length, 20_000);
    assert.equal(bare.push(concatBytes(Uint8Array.of(0x7e), SHORT)).length, 0);
    assert.equal(bare.push(SHORT).length, 0);
    bare.cut();
    assert.equal(bare.push(SHORT).length, 1);
  });
});
