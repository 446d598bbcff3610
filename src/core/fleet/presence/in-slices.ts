// Long lists that people send are worked through a slice at a time, so that messages of modems are heard in between.

/** `each` of the items in their order; `pause` after each slice. */
export async function inSlices<T>(
  items: readonly T[],
  pause: () => Promise<void>,
  each: (item: T) => void,
): Promise<void> {
  for (let from = 0; from < items.length; from += SLICE) {
    items.slice(from, from + SLICE).forEach(each);
    await pause();
  }
}

const SLICE = 1_000;
