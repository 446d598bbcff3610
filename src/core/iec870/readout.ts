// Events, contracts, identity and configuration as the one result shape.
import type { Reading, Readout, Value } from '../meter/reading';
import { timeText } from './calendar';
import type { Configuration } from './configuration';
import type { ContractedPowers, DeviceIdentity, PointEvent } from './objects';
import { rowAt, scaled } from './row-words';

/** One row an event; the sections that failed are readings with an error. */
export function eventsReadout(
  sections: readonly { readonly register: number; readonly events: readonly PointEvent[] }[],
  failed: readonly Reading[],
  standardOffset: number,
): Readout {
  const rows = sections.flatMap(({ register, events }) =>
    events.map((event) =>
      rowAt(event.time, [register, event.address, event.qualifier, event.isOn], [], standardOffset),
    ),
  );
  const columns = [
    { id: 'register', name: 'section register' },
    { id: 'spa', name: 'SPA' },
    { id: 'spq', name: 'SPQ' },
    { id: 'spi', name: 'SPI' },
  ];
  return { readings: failed, rows, columns };
}

/** Contracted powers in kW, since when they hold. */
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

/** Maker, device number and standard date as fields of `identity`. */
export function identityFields(identity: DeviceIdentity): { readonly [field: string]: Value } {
  const { manufacturer, device, standardYear, standardMonth } = identity;
  return { manufacturer, device, standard: `${standardYear}-${String(standardMonth).padStart(2, '0')}` };
}

/** The configuration as readings, and who the meter is. */
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

const PORTS: readonly string[] = ['serial_1', 'serial_2', 'optical'];
