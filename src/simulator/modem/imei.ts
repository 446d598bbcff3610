// IMEI: 14 digits and a check digit by Luhn (3GPP TS 23.003, annex B).

/** The check digit: every second digit doubled, from the right of the 14; the sum of all digits completed to a ten. */
export function luhnDigit(digits14: string): number {
  const sum = [...digits14].reverse().reduce((total, char, i) => {
    const value = Number(char) * (i % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

export function isImei(text: string): boolean {
  return /^\d{15}$/.test(text) && luhnDigit(text.slice(0, 14)) === Number(text[14]);
}

/** `count` IMEI in a row. The first is 15 digits, or 14 without its check digit; a wrong check digit is an error. */
export function imeiRow(first: string, count: number): readonly string[] {
  if (!/^\d{14,15}$/.test(first)) throw new RangeError(`an IMEI has 15 digits, "${first}" has not`);
  if (first.length === 15 && !isImei(first))
    throw new RangeError(
      `the check digit of IMEI ${first} is wrong: ${first.slice(0, 14)}${luhnDigit(first.slice(0, 14))} would be right`,
    );
  const start = Number(first.slice(0, 14));
  if (start + count > 1e14) throw new RangeError(`there are no ${count} IMEI from ${first} on`);
  return Array.from({ length: count }, (_, i) => {
    const digits = String(start + i).padStart(14, '0');
    return `${digits}${luhnDigit(digits)}`;
  });
}
