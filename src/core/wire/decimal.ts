// Exact decimal numbers: what a meter counted is never blurred by binary fractions. value = digits x 10^exponent.

export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/**
 * A decimal text (`-12.50`, `1e-3`) as it stands, or undefined when it is none. Trailing zeros are kept in `digits`.
 */
export function parseDecimal(text: string): Decimal | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i.exec(text.trim());
  if (!parts) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = parts;
  if (whole === '' && fraction === '') return undefined;
  const size = BigInt(whole + fraction);
  return { digits: sign === '-' ? -size : size, exponent: Number(power) - fraction.length };
}

/** The decimal that a JS number is written as: 0.1 is one tenth. Undefined for NaN and infinities. */
export function decimalOf(value: number): Decimal | undefined {
  return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const at = ({ digits, exponent: own }: Decimal): bigint => digits * 10n ** BigInt(own - exponent);
  return { digits: at(a) + at(b), exponent };
}

/** A number when it is exact in one (digits within 2^53 and the shortest text agrees), else the decimal text. */
export function exactValue(decimal: Decimal): number | string {
  const text = decimalText(decimal);
  const value = Number(text);
  const back = decimalOf(value);
  const bare = withoutTrailingZeros(decimal);
  const isExact =
    back !== undefined &&
    bare.digits >= -MAX_EXACT &&
    bare.digits <= MAX_EXACT &&
    Math.abs(value) <= 2 ** 53 &&
    isSame(back, bare);
  return isExact ? (Object.is(value, -0) ? 0 : value) : text;
}

/** Plain notation without exponent and without trailing zeros of the fraction. */
export function decimalText(decimal: Decimal): string {
  const { digits, exponent } = withoutTrailingZeros(decimal);
  const sign = digits < 0n ? '-' : '';
  const size = (digits < 0n ? -digits : digits).toString();
  if (exponent >= 0) return sign + size + '0'.repeat(exponent);
  const padded = size.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

function withoutTrailingZeros({ digits, exponent }: Decimal): Decimal {
  if (digits === 0n) return { digits, exponent: 0 };
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return { digits, exponent };
}

function isSame(a: Decimal, b: Decimal): boolean {
  const [x, y] = [withoutTrailingZeros(a), withoutTrailingZeros(b)];
  return x.digits === y.digits && x.exponent === y.exponent;
}

const MAX_EXACT = 2n ** 53n;
