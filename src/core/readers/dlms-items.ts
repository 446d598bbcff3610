// The wanted objects of a DLMS read: OBIS codes, or objects that say more.
import type { WantedAttribute } from '../dlms/reading/requests';
import { obisOctets } from '../meter/obis';
import { failure, phrase } from '../wire/errors';
import { Fields, MOST_ITEMS } from './fields';

export function wantedItemsOf(fields: Fields): readonly WantedAttribute[] {
  const items = fields.list('items', MOST_ITEMS).map((item, i) => itemOf(item, `items[${i}]`));
  if (items.length === 0) throw fields.wrong('items', phrase('dlmsSettings.noItems', {}));
  return items;
}

/**
 * An OBIS code alone is the value with its scaler and unit; class and attribute say exactly what. A scaler or unit of
 * the user's goes before the meter's own.
 */
function itemOf(item: unknown, where: string): WantedAttribute {
  if (typeof item === 'string') return { obis: obisOctets(item) };
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw failure('dlmsSettings.item', { field: where }, 'configure');
  const row = new Fields(item as Readonly<Record<string, unknown>>, `${where}.`);
  const number = (field: string, min: number, max: number): number | undefined =>
    row.has(field) ? row.integer(field, { min, max }) : undefined;
  const [classId, attribute, scaler] = [
    number('class', 0, 0xffff),
    number('attribute', 0, 127),
    number('scaler', -128, 127),
  ];
  const [name, unit] = [row.raw('name'), row.raw('unit') ?? ''];
  if (typeof unit !== 'string') throw row.wrong('unit', phrase('settings.notText', {}));
  return {
    obis: obisOctets(row.text('obis')),
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(classId !== undefined && { classId }),
    ...(attribute !== undefined && { attribute }),
    ...(scaler !== undefined && { scaler }),
    ...(unit !== '' && { unit }),
  };
}
