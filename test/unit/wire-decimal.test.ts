import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decimalOf, decimalText, exactValue, multiply, parseDecimal, type Decimal } from '../../src/core/wire/decimal';

const decimal = (text: string): Decimal => parseDecimal(text) ?? assert.fail(`not a decimal: ${text}`);
const times = (raw: bigint, scale: number): number | string =>
  exactValue(multiply({ digits: raw, exponent: 0 }, decimalOf(scale) ?? assert.fail()));

describe('exact decimals', () => {
  it('shows no float noise', () => {
    assert.equal(times(12345n, 0.01), 123.45); // 12345 * 0.01 is 123.45000000000002 in binary
    assert.equal(times(3n, 0.1), 0.3);
    assert.equal(times(-7n, 0.001), -0.007);
    assert.equal(times(5n, 1e-7), 5e-7);
    assert.equal(times(12n, 1000), 12000);
  });
  it('keeps as text what no number holds', () => {
    assert.equal(times(9007199254740993n, 1), '9007199254740993'); // 2^53 + 1
    assert.equal(times(18446744073709551615n, 0.001), '18446744073709551.615');
    assert.equal(exactValue(decimal('12345678901234567890.12')), '12345678901234567890.12');
    assert.equal(times(2n ** 53n, 1), 2 ** 53);
    assert.equal(times(9007199254740993n, 1000), '9007199254740993000');
  });
  it('reads decimal texts and refuses the rest', () => {
    assert.equal(exactValue(decimal('0001234.50')), 1234.5);
    assert.equal(exactValue(decimal('-0')), 0);
    assert.equal(exactValue(decimal('.5')), 0.5);
    for (const text of ['', '.', '-', '1,5', '0x10', '1.2.3', 'NaN', '1e'])
      assert.equal(parseDecimal(text), undefined, text);
  });
  it('returns a number only if that number is the decimal', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
        fc.integer({ min: -20, max: 20 }),
        (digits, exponent) => {
          const value = exactValue({ digits, exponent });
          const text = decimalText({ digits, exponent });
          if (typeof value === 'number') assert.equal(decimalText(decimalOf(value) ?? assert.fail()), text);
          else assert.equal(value, text);
          assert.equal(decimalText(decimal(text)), text);
        },
      ),
    );
  });
});
