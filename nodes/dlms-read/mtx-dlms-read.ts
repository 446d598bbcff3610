// mtx-dlms-read: reads a DLMS/COSEM meter behind a modem, over HDLC, the wrapper, or HDLC after a mode E opening.
import type { NodeAPI } from 'node-red';
import { readerNode } from '../shared/reader-node';
import { dlmsAdmin } from './admin';
import { dlmsJob, objectCache } from './job';
import { meterOf, parseDlms, type DlmsQuery } from './query';
import { SECRET_NAMES } from './secrets';

function init(RED: NodeAPI): void {
  const objects = objectCache();
  readerNode<DlmsQuery>(RED, {
    type: 'mtx-dlms-read',
    credentials: Object.fromEntries(SECRET_NAMES.map((name) => [name, { type: 'password' as const }])),
    migrations: [],
    parse: parseDlms,
    protocol: () => 'dlms',
    meter: meterOf,
    job: (query, place) => dlmsJob(RED, query, { ...place, objects }),
  });
  dlmsAdmin(RED, objects);
}

export = init;
