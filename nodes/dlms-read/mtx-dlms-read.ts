// mtx-dlms-read: reads a DLMS/COSEM meter behind a modem, over HDLC, the wrapper, or HDLC after a mode E opening.
import type { NodeAPI } from 'node-red';
import {
  associationKey,
  DLMS_SECRETS,
  dlmsJob,
  dlmsMeterOf,
  dlmsPushOf,
  dlmsTalk,
  KeptTalks,
  parseDlms,
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
    credentials: Object.fromEntries(DLMS_SECRETS.map((name) => [name, { type: 'password' as const }])),
    overrides: ['from', 'to', 'items'],
    migrations: [],
    parse: parseDlms,
    protocol: () => 'dlms',
    meter: dlmsMeterOf,
    job: (query, { node, imei }) => dlmsJob(query, placeOf(node, imei)),
    run: (query, job, port, { node, imei }) =>
      kept.read(port, {
        key: associationKey(query),
        keepMs: 1000 * query.keepAliveS,
        request: query.request,
        job,
        owner: node,
        talk: dlmsTalk(query, placeOf(node, imei)),
      }),
    unasked: (fields, secrets) => {
      const stream = dlmsPushOf(fields, secrets);
      return (
        stream && {
          protocol: 'dlms',
          meter: '',
          take: (bytes) => stream.take(bytes),
          cut: () => stream.cut(),
          forgetCounters: () => stream.forgetCounters(),
        }
      );
    },
    leave: (node, port) => kept.leave(node, port),
  });
  dlmsAdmin(RED, placeOf);
}

export = init;
