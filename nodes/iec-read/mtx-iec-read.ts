// mtx-iec-read: reads an IEC meter behind a modem, by IEC 62056-21 or IEC 60870-5-102.
import type { NodeAPI } from 'node-red';
import { readerNode } from '../shared/reader-node';
import { iecAdmin } from './admin';
import { iecJob, meterOf, parseIec, predictedOf, unaskedOf, type IecQuery } from './query';

function init(RED: NodeAPI): void {
  readerNode<IecQuery>(RED, {
    type: 'mtx-iec-read',
    credentials: { password: { type: 'password' } },
    overrides: ['from', 'to', 'items'],
    migrations: [],
    parse: parseIec,
    protocol: (query) => query.protocol,
    meter: meterOf,
    job: iecJob,
    predicted: predictedOf,
    unasked: unaskedOf,
  });
  iecAdmin(RED);
}

export = init;
