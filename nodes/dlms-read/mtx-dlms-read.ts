// mtx-dlms-read: reads a DLMS/COSEM meter behind a modem, over HDLC, the wrapper, or HDLC after a mode E opening.
import type { NodeAPI } from 'node-red';
import { readerNode } from '../shared/reader-node';
import { dlmsAdmin } from './admin';
import { InvocationCounters } from './counters';
import { associationKey, dlmsJob, dlmsTalk, objectCache } from './job';
import { KeptAssociations } from './kept';
import { meterOf, parseDlms, unaskedOf, type DlmsQuery } from './query';
import { SECRET_NAMES } from './secrets';

function init(RED: NodeAPI): void {
  const shared = { objects: objectCache(), counters: new InvocationCounters(RED) };
  const kept = new KeptAssociations();
  readerNode<DlmsQuery>(RED, {
    type: 'mtx-dlms-read',
    credentials: Object.fromEntries(SECRET_NAMES.map((name) => [name, { type: 'password' as const }])),
    overrides: ['from', 'to', 'items'],
    migrations: [],
    parse: parseDlms,
    protocol: () => 'dlms',
    meter: meterOf,
    job: (query, place) => dlmsJob(query, { ...place, ...shared }),
    run: (query, job, port, place) =>
      kept.read(port, {
        key: associationKey(query),
        keepMs: 1000 * query.keepAliveS,
        request: query.request,
        job,
        node: place.node,
        talk: dlmsTalk(query, { ...place, ...shared }),
      }),
    unasked: unaskedOf,
    leave: (node, port) => kept.leave(node, port),
  });
  dlmsAdmin(RED, shared);
}

export = init;
