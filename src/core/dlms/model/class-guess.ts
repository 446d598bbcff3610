// The interface class that an OBIS code alone most likely has (Blue Book 7.4, 7.5 usage of value groups); the others
// follow in the order of their likelihood. A guess is only ever a question to the meter, never a meaning.

/** Classes that an OBIS code may have, the likeliest first. */
export function classesOf(code: Uint8Array): readonly number[] {
  const [a = 0, , c = 0, d = 0] = code;
  const fixed = a === 0 ? ABSTRACT_CLASSES[`${c}.${d}`] : undefined;
  if (fixed) return fixed;
  if (c === 98 || c === 99) return [7];
  if (a === 0 || c === 0 || c === 96 || c === 97) return [1, 3, 4];
  return ELECTRICITY_CLASSES[d] ?? [3, 4, 1, 5];
}

const ELECTRICITY_CLASSES: { readonly [d: number]: readonly number[] } = {
  2: [4, 3],
  4: [5, 3, 4, 1],
  5: [5, 3, 4, 1],
  6: [4, 3, 1],
  16: [4, 3, 1],
  26: [4, 3, 1],
};
const ABSTRACT_CLASSES: { readonly [group: string]: readonly number[] } = {
  '1.0': [8],
  '10.0': [9],
  '11.0': [11],
  '13.0': [20],
  '14.0': [6],
  '15.0': [22],
  '16.0': [21, 65],
  '17.0': [71],
  '22.0': [23],
  '24.1': [72],
  '24.4': [70],
  '25.9': [40],
  '40.0': [15, 12],
  '41.0': [17],
  '42.0': [1],
  '43.0': [64],
  '43.1': [1],
  '44.0': [18],
  '96.3': [70, 1, 3],
};
