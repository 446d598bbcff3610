// Which fields of the dialog each request needs. A row of the dialog names its requests in data-for; requests have
// different names in the two protocols, so a request says which protocol it is of.
export const PROTOCOLS = ['62056-21', '60870-5-102'] as const;

export const REQUESTS: Readonly<Record<string, readonly string[]>> = {
  '62056-21': ['readout', 'registers', 'profile', 'log', 'push'],
  '60870-5-102': [
    'load-curve',
    'totals',
    'increments',
    'billing',
    'instantaneous',
    'events',
    'time',
    'set-time',
    'configuration',
    'contracted-power',
    'identity',
  ],
};

/** Registers that a request may name; the first one is what the meter is asked for when none is given. */
export function registersOf(request: string): readonly string[] {
  if (['totals', 'increments', 'load-curve'].includes(request)) return ['11', '12', '13', '21', '22', '23'];
  if (['billing', 'contracted-power'].includes(request)) return ['134', '135', '136', '137', '138', '139'];
  return request === 'events' ? ['52', '53', '54', '55', '128', '129', '130', '131', '132', '133'] : [];
}

export function commandsOf(request: string): readonly string[] {
  return ['auto', 'R1', 'R2', 'R5', 'R6', ...(request === 'registers' ? ['group'] : [])];
}

/** A key of a catalog may not hold a dash. */
export function keyOf(request: string): string {
  return request.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Shows the rows that the request needs; `more` is the fold with the rarely needed ones. */
export function showFields(request: string): void {
  $('#mtx-iec-form [data-for]').each((_, row) => {
    const wanted = String($(row).attr('data-for')).split(' ');
    $(row).toggle(wanted.includes(request));
  });
  const fold = $('#mtx-iec-more');
  const isNeeded = fold
    .find('[data-for]')
    .toArray()
    .some((row) => String($(row).attr('data-for')).split(' ').includes(request));
  fold.toggle(isNeeded);
}
