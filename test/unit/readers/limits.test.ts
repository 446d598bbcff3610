// What may be asked for at once is bounded, and the error names the field, the count and the limit.
import assert from 'node:assert/strict';
import { checkImeiCount, Fields, parseDlms, parseIec, ReadError } from '../../../src/core/index';
import { said } from '../../support/said';

const refusalOf = (work: () => unknown): ReadError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof ReadError) return thrown;
    throw thrown;
  }
  return assert.fail('it was taken');
};
const many = (count: number): string[] => new Array<string>(count).fill('1.8.0');

describe('limits of what is asked for', () => {
  const asked: Readonly<Record<string, (items: unknown) => unknown>> = {
    'items of DLMS': (items) => parseDlms(new Fields({ request: 'attributes', server: 1, items }), {}),
    'codes of IEC 62056-21': (items) => parseIec(new Fields({ request: 'registers', items }), {}),
    'codes of IEC 62056-21 as a text': (items) =>
      parseIec(new Fields({ request: 'registers', items: (items as string[]).join(' ') }), {}),
  };
  for (const [name, parse] of Object.entries(asked))
    it(name, () => {
      parse(many(5_000));
      const error = refusalOf(() => parse(many(5_001)));
      assert.equal(error.code, 'CONFIG_INVALID');
      assert.match(said(error), /items has 5,?001 entries; one read may ask for 5,?000/);
    });

  it('modems', () => {
    checkImeiCount(many(200_000));
    assert.match(said(refusalOf(() => checkImeiCount(many(200_001)))), /200,?001 modems; 200,?000 are possible/);
  });
});
