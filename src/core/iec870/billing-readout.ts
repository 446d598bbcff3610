// Billing as the one result shape: one row per tariff period and closing.
import type { Column, Reading, Readout, Row, Value } from '../meter/reading';
import type { BillingRecord, Qualified } from './billing';
import { timeText } from './calendar';
import { INVALID } from './objects';
import { rowAt } from './row-words';

/** Billing: one row per tariff period and closing; the newest closing also stands as readings. */
export function billingReadout(records: readonly BillingRecord[], register: number, standardOffset: number): Readout {
  const columns: Column[] = [
    { id: 'tariff', name: 'tariff' },
    { id: 'start', name: 'start' },
    ...FIELDS.map(({ name, unit }) => ({ id: name, name, unit })),
    { id: 'max_power_at', name: 'max_power_at' },
  ];
  const rows = records.map((record): Row => {
    const values = [
      tariffOf(record.address),
      timeText(record.start, standardOffset),
      ...FIELDS.map((field) => valid(field.of(record))),
      maximumTime(record, standardOffset),
    ];
    return rowAt(
      record.end,
      values,
      FIELDS.map((field) => [field.name, field.of(record).quality]),
      standardOffset,
    );
  });
  const newest = rows.at(-1)?.at;
  const readings = records.flatMap((record): readonly Reading[] => {
    const at = timeText(record.end, standardOffset) ?? '';
    if (at !== newest) return [];
    return FIELDS.map(({ name, unit, of }) => {
      const when = name === 'max_power' ? maximumTime(record, standardOffset) : at;
      return {
        name: `${tariffOf(record.address)}.${name}`,
        id: `${register}:${record.address}:${name}`,
        value: valid(of(record)),
        unit,
        ...(when ? { at: when } : {}),
      };
    });
  });
  return { readings, rows, columns };
}

function valid({ value, quality }: Qualified): Value {
  return quality & INVALID ? null : value;
}

function maximumTime(record: BillingRecord, standardOffset: number): string | null {
  return record.maxPower.quality & INVALID ? null : timeText(record.maxPower.time, standardOffset);
}

function tariffOf(address: number): string {
  return address === 20 ? 'total' : `p${address - 20}`;
}

const FIELDS: readonly {
  readonly name: string;
  readonly unit: string;
  readonly of: (record: BillingRecord) => Qualified;
}[] = [
  { name: 'active_total', unit: 'kWh', of: (r) => ({ value: r.active.absolute, quality: r.active.quality }) },
  { name: 'active', unit: 'kWh', of: (r) => ({ value: r.active.increment, quality: r.active.quality }) },
  {
    name: 'inductive_total',
    unit: 'kvarh',
    of: (r) => ({ value: r.inductive.absolute, quality: r.inductive.quality }),
  },
  { name: 'inductive', unit: 'kvarh', of: (r) => ({ value: r.inductive.increment, quality: r.inductive.quality }) },
  {
    name: 'capacitive_total',
    unit: 'kvarh',
    of: (r) => ({ value: r.capacitive.absolute, quality: r.capacitive.quality }),
  },
  { name: 'capacitive', unit: 'kvarh', of: (r) => ({ value: r.capacitive.increment, quality: r.capacitive.quality }) },
  { name: 'max_power', unit: 'kW', of: (r) => r.maxPower },
  { name: 'excess_power', unit: 'kW', of: (r) => r.excessPower },
];
