// From decoded objects to the one result shape. Law kept here: what the meter marks invalid is null, every other
// quality bit is told in words, and nothing is scaled: the profile counts in whole kWh, kvarh and kW.
import type { Column, Reading, Readout, Row, Value } from '../meter/reading';
import { decimalOf, exactValue, multiply } from '../wire/decimal';
import { timeText } from './calendar';
import type { BillingRecord, Qualified } from './billing';
import type { Configuration } from './configuration';
import type { Instant } from './instantaneous';
import {
  INVALID,
  QUALITIES,
  type ContractedPowers,
  type PointEvent,
  type DeviceIdentity,
  type Period,
} from './objects';
import type { TimeTag } from './time-tag';

/** Totals and curves: one row per period. With `isCounter` the newest row also stands as readings. */
export function periodsReadout(
  periods: readonly Period[],
  register: number,
  standardOffset: number,
  isCounter: boolean,
): Readout {
  const addresses = [...new Set(periods.flatMap((period) => period.totals.map((total) => total.address)))].sort(
    (a, b) => a - b,
  );
  const isUsed = (address: number): boolean =>
    address < RESERVES || periods.some((p) => p.totals.some((t) => t.address === address && !(t.quality & INVALID)));
  const columns = addresses
    .filter(isUsed)
    .map((address): Column => ({ id: `${register}:${address}`, name: nameOf(address), ...unitOf(address) }));
  const used = addresses.filter(isUsed);
  const rows = periods.map(({ totals, time }): Row => {
    const shown = totals.filter((total) => used.includes(total.address));
    const values = used.map((address) => {
      const total = totals.find((candidate) => candidate.address === address);
      return total === undefined || total.quality & INVALID ? null : total.value;
    });
    return row(
      time,
      values,
      shown.map((total) => [nameOf(total.address), total.quality]),
      standardOffset,
    );
  });
  const last = rows.at(-1);
  const readings =
    !isCounter || last === undefined
      ? []
      : columns.map((column, i): Reading => ({
          name: column.name ?? column.id,
          id: column.id,
          value: last.values[i] ?? null,
          ...(column.unit ? { unit: column.unit } : {}),
          ...(last.at ? { at: last.at } : {}),
        }));
  return { readings, rows, columns };
}

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
    return row(
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

export function eventsReadout(
  sections: readonly { readonly register: number; readonly events: readonly PointEvent[] }[],
  failed: readonly Reading[],
  standardOffset: number,
): Readout {
  const rows = sections.flatMap(({ register, events }) =>
    events.map((event) => row(event.time, [register, event.address, event.qualifier, event.isOn], [], standardOffset)),
  );
  const columns = [
    { id: 'register', name: 'section register' },
    { id: 'spa', name: 'SPA' },
    { id: 'spq', name: 'SPQ' },
    { id: 'spi', name: 'SPI' },
  ];
  return { readings: failed, rows, columns };
}

export function instantReadings(instants: readonly Instant[], standardOffset: number): readonly Reading[] {
  return instants.flatMap((instant): readonly Reading[] => {
    const at = timeText(instant.time, standardOffset);
    const reading = (name: string, part: string, value: Value, unit?: string): Reading => ({
      name,
      id: `${instant.object}:${part}`,
      value,
      ...(unit ? { unit } : {}),
      ...(at ? { at } : {}),
    });
    switch (instant.object) {
      case 192:
        return instant.totals.map((value, i) => reading(nameOf(i + 1), String(i + 1), value, unitOf(i + 1).unit));
      case 193:
        return instant.powers.flatMap((power, i) => {
          const phase = i === 0 ? '' : `_l${i}`;
          const values: [string, number, string | undefined][] = [
            ['active_power', power.activeKw, 'kW'],
            ['reactive_power', power.reactiveKvar, 'kvar'],
            ['power_factor', power.factor, undefined],
          ];
          return values.map(([name, value, unit]) => {
            const shown = name === 'power_factor' ? scaled(value, 0.001) : value;
            const bare = reading(
              name + phase,
              name + phase,
              power.factor > 1000 && name === 'power_factor' ? null : shown,
              unit,
            );
            return power.flags === 0 ? bare : withFlags(bare, power.flags);
          });
        });
      case 194:
        return instant.phases.flatMap((phase, i) => [
          reading(
            `voltage_l${i + 1}`,
            `voltage_l${i + 1}`,
            phase.deciVolts === null ? null : scaled(phase.deciVolts, 0.1),
            'V',
          ),
          reading(`current_l${i + 1}`, `current_l${i + 1}`, scaled(phase.deciAmperes, 0.1), 'A'),
        ]);
    }
  });
}

export function contractReadings(
  { powers, time }: ContractedPowers,
  register: number,
  standardOffset: number,
): readonly Reading[] {
  const at = timeText(time, standardOffset);
  return powers.map(({ address, kw }) => ({
    name: `contracted_power_p${address}`,
    id: `${register}:${address}`,
    value: kw,
    unit: 'kW',
    ...(at ? { at } : {}),
  }));
}

export function identityFields(identity: DeviceIdentity): { readonly [field: string]: Value } {
  const { manufacturer, device, standardYear, standardMonth } = identity;
  return { manufacturer, device, standard: `${standardYear}-${String(standardMonth).padStart(2, '0')}` };
}

export function configurationReadout(c: Configuration, standardOffset: number): Readout {
  const reading = (name: string, value: Value, unit?: string): Reading => ({
    name,
    id: `142:${name}`,
    value,
    ...(unit ? { unit } : {}),
  });
  const ports = c.ports.flatMap((port, i) => [
    reading(`${PORTS[i]}_speed`, port.speed, 'Bd'),
    reading(`${PORTS[i]}_format`, port.format),
  ]);
  const periods = c.periods.map((minutes, i) => reading(`integration_period_${i + 1}`, minutes, 'min'));
  const transformers = [
    reading('primary_voltage', scaled(c.primaryDeciVolts, 0.1), 'V'),
    reading('secondary_voltage', scaled(c.secondaryDeciVolts, 0.1), 'V'),
    reading('primary_current', scaled(c.primaryDeciAmperes, 0.1), 'A'),
    reading('secondary_current', scaled(c.secondaryDeciAmperes, 0.1), 'A'),
  ];
  const identity = {
    ...identityFields(c.identity),
    model: c.model,
    firmware: c.firmware,
    protocol: timeText(c.protocolDate, standardOffset),
  };
  return {
    readings: [...ports, ...transformers, ...periods, reading('battery', c.battery), reading('further', c.rest)],
    identity,
  };
}

function row(
  time: TimeTag,
  values: readonly Value[],
  qualities: readonly (readonly [string, number])[],
  standardOffset: number,
): Row {
  const at = timeText(time, standardOffset);
  const words = [
    ...(at === null ? ['time-unset'] : []),
    ...(time.isInvalid ? ['time-invalid'] : []),
    ...qualityWords(qualities),
  ];
  return { at: at ?? '', ...(words.length > 0 ? { status: words.join(' ') } : {}), values };
}

/** `power-failure` when it holds for all values of the row, `overflow:active_import` when for some. */
function qualityWords(qualities: readonly (readonly [string, number])[]): readonly string[] {
  return QUALITIES.flatMap(([bit, word]) => {
    const names = qualities.filter(([, quality]) => quality & bit).map(([name]) => name);
    if (names.length === 0) return [];
    return [names.length === qualities.length ? word : `${word}:${names.join(',')}`];
  });
}

/** The flags may say export: a bare magnitude would be a wrong value, so it is only shown as raw text. */
function withFlags(reading: Reading, flags: number): Reading {
  const { name, id, unit, at } = reading;
  const message = `the meter set flag bits ${flags.toString(2).padStart(6, '0')} beside this value (direction, quadrant or validity), which are not decoded; its magnitude is in raw`;
  return {
    name,
    id,
    raw: String(reading.value),
    ...(unit ? { unit } : {}),
    ...(at ? { at } : {}),
    error: { code: 'BAD_VALUE', message },
  };
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

function nameOf(address: number): string {
  return TOTALS[address - 1] ?? `total_${address}`;
}

function unitOf(address: number): { readonly unit?: string } {
  return address <= 2 ? { unit: 'kWh' } : address < RESERVES ? { unit: 'kvarh' } : {};
}

function scaled(value: number, factor: number): Value {
  const [a, b] = [decimalOf(value), decimalOf(factor)];
  return a && b ? exactValue(multiply(a, b)) : null;
}

const TOTALS: readonly string[] = [
  'active_import',
  'active_export',
  'reactive_q1',
  'reactive_q2',
  'reactive_q3',
  'reactive_q4',
  'reserve_7',
  'reserve_8',
];
/** Totals 7 and 8 are reserve: shown only where a meter fills them. */
const RESERVES = 7;
const PORTS: readonly string[] = ['serial_1', 'serial_2', 'optical'];
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
