// mtx-iec-read: reads an IEC meter behind a modem, by IEC 62056-21 or IEC 60870-5-102.
import type { NodeAPI } from 'node-red';
import { iecJob, iecMeterOf, iecPushOf, parseIec, predictIec, type IecQuery } from '../../src/core/index';
import { readerNode } from '../shared/reader-node';
import { iecAdmin } from './admin';

function init(RED: NodeAPI): void {
  readerNode<IecQuery>(RED, {
    type: 'mtx-iec-read',
    credentials: { password: { type: 'password' } },
    overrides: ['from', 'to', 'items'],
    migrations: [],
    parse: parseIec,
    protocol: (query) => query.protocol,
    meter: iecMeterOf,
    job: iecJob,
    predicted: predictIec,
    unasked: (fields) => {
      const source = iecPushOf(fields);
      return source && { protocol: 'iec62056-21', meter: fields.text('address'), ...source };
    },
  });
  iecAdmin(RED);
}

export = init;
