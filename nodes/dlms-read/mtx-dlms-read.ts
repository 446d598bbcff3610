// mtx-dlms-read: reads a DLMS/COSEM meter behind a modem, over HDLC, the wrapper, or HDLC after a mode E opening.
import type { NodeAPI } from 'node-red';
import {
  associationKey,
  dlmsTalk,
  KeptTalks,
  READERS,
  type DlmsQuery,
  type DlmsRequest,
  type Readout,
} from '../../src/core/index';
import { readerNode } from '../shared/reader-node';
import { dlmsAdmin } from './admin';
import { placesOf } from './place';

function init(RED: NodeAPI): void {
  const placeOf = placesOf(RED);
  const kept = new KeptTalks<DlmsRequest, Readout>();
  readerNode<DlmsQuery>(RED, {
    type: 'mtx-dlms-read',
    credentials: Object.fromEntries(READERS.dlms.secrets.map((name) => [name, { type: 'password' as const }])),
    overrides: ['from', 'to', 'items'],
    migrations: [],
    protocol: () => READERS.dlms.name,
    ...READERS.dlms,
    job: (query, { node, imei }) => READERS.dlms.job(query, placeOf(node, imei)),
    run: (query, job, port, { node, imei }) =>
      kept.read(port, {
        key: associationKey(query),
        keepMs: 1000 * query.keepAliveS,
        request: query.request,
        job,
        owner: node,
        talk: dlmsTalk(query, placeOf(node, imei)),
      }),
    leave: (node, port) => kept.leave(node, port),
  });
  dlmsAdmin(RED, placeOf);
}

export = init;
