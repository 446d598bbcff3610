// From the properties of a meter of any protocol to what asks it, or what hears it where it sends by itself.
import type { Readout } from '../meter/reading';
import type { Job } from '../transport/lane/job';
import { failure } from '../wire/errors';
import { dlmsJob, type objectCache } from './dlms';
import { dlmsPushOf } from './dlms-push';
import { dlmsMeterOf, parseDlms } from './dlms-query';
import { DLMS_SECRETS, type Secrets } from './dlms-secrets';
import type { Fields } from './fields';
import { iec62056Job, iec62056PushOf, parseIec62056 } from './iec62056';
import { iec870Job, parseIec870 } from './iec870';
import type { CounterStorage, InvocationCounters } from './invocation-counters';
import { modbusJob, parseModbus } from './modbus';
import type { Unasked } from './unasked';

/** The protocols by the names that reports give them. */
export type Protocol = (typeof PROTOCOLS)[number];

/** What one read is: which protocol, which meter, and the job on the modem's line. */
export interface MeterJob {
  readonly protocol: Protocol;
  /** The meter's address as text: unit, server address, device address, link address. */
  readonly meter: string;
  /** `attempts` is 1 where a read changes the meter, whatever the caller wants. */
  readonly job: Pick<Job<Readout>, 'start' | 'key' | 'quietMs'> & Partial<Pick<Job<Readout>, 'attempts'>>;
}

/** What outlives a read: object lists of meter types, and the invocation counters of keys. */
export interface MeterMemory {
  readonly counters: InvocationCounters;
  readonly storage: CounterStorage | undefined;
  readonly objects: ReturnType<typeof objectCache>;
}

/** Throws CONFIG_INVALID with the name of the property. Passwords and keys stand among the properties. */
export function meterJob(fields: Fields, imei: string, memory: MeterMemory): MeterJob {
  const protocol = protocolOf(fields);
  switch (protocol) {
    case 'modbus': {
      const query = parseModbus(fields);
      return { protocol, meter: String(query.unit), job: modbusJob(query) };
    }
    case 'dlms': {
      const query = parseDlms(fields, dlmsSecretsOf(fields));
      const { counters, storage, objects } = memory;
      const place = { objects, ...(storage && { counterOf: counters.of.bind(counters, storage, imei) }) };
      return { protocol, meter: dlmsMeterOf(query), job: dlmsJob(query, place) };
    }
    case 'iec62056-21': {
      const options = parseIec62056(fields, fields.text('password'));
      return { protocol, meter: options.address, job: iec62056Job(options) };
    }
    case 'iec60870-5-102': {
      const options = parseIec870(fields, fields.text('password'));
      return { protocol, meter: String(options.link), job: iec870Job(options) };
    }
  }
}

/** What hears a meter that sends by itself. Throws CONFIG_INVALID where such a meter is asked and does not send. */
export function meterPush(fields: Fields): Unasked {
  const protocol = protocolOf(fields);
  if (fields.text('request') === 'push' && protocol === 'dlms') {
    const stream = dlmsPushOf(fields, dlmsSecretsOf(fields));
    const forgetCounters = (): void => stream?.forgetCounters();
    if (stream)
      return { protocol, meter: '', take: (bytes) => stream.take(bytes), cut: () => stream.cut(), forgetCounters };
  }
  const source = protocol === 'iec62056-21' ? iec62056PushOf(fields) : undefined;
  if (source) return { protocol: 'iec62056-21', meter: fields.text('address'), ...source };
  throw failure('settings.sendsNothing', { protocol }, 'configure');
}

function protocolOf(fields: Fields): Protocol {
  return fields.choice('protocol', PROTOCOLS, 'modbus');
}

function dlmsSecretsOf(fields: Fields): Secrets {
  return Object.fromEntries(DLMS_SECRETS.map((name) => [name, fields.text(name)]));
}

const PROTOCOLS = ['modbus', 'dlms', 'iec62056-21', 'iec60870-5-102'] as const;
