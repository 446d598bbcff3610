// The DLMS dialog's buttons: the object list to pick from, and a reading with the values of the form. The modem has to
// be deployed; this node need not be. Stored secrets are used, and never sent back.
import type { Node, NodeAPI } from 'node-red';
import { DLMS_SECRETS, dlmsJob, Fields, parseDlms, parseImei, ReadError, type DlmsPlace } from '../../src/core/index';
import { adminRoute, runOnce } from '../shared/admin';
import { storedSecrets } from '../shared/admin-guard';
import { modemNodeOf, type Secrets } from '../shared/palette';

type Body = Readonly<Record<string, unknown>>;
type PlaceOf = (node: Node, imei: string) => DlmsPlace;

export function dlmsAdmin(RED: NodeAPI, placeOf: PlaceOf): void {
  adminRoute(RED, 'mtx-dlms-read', 'dlms/objects', async (body) => {
    const { readings } = await read(RED, placeOf, { ...body, request: 'objects' });
    return { objects: readings.map(({ name, id, value }) => ({ name, id, about: value })) };
  });
  adminRoute(RED, 'mtx-dlms-read', 'dlms/read', async (body) => read(RED, placeOf, body));
}

async function read(
  RED: NodeAPI,
  placeOf: PlaceOf,
  body: Body,
): Promise<{
  identity: object;
  readings: readonly { name: string; id: string; value?: unknown }[];
  rowCount: number;
  rows: readonly unknown[];
  columns: readonly unknown[];
  link: object;
}> {
  const modem = modemNodeOf(RED, body['modem']);
  if (modem instanceof ReadError) throw modem;
  const imei = parseImei(modem.imei || String(body['imei'] ?? '').trim());
  const query = parseDlms(new Fields(body), secretsOf(RED, body));
  const { value, link } = await runOnce(RED, body, dlmsJob(query, placeOf(modem, imei)));
  const rows = value.rows ?? [];
  return {
    identity: value.identity ?? {},
    readings: value.readings,
    rows: rows.slice(0, SHOWN_ROWS),
    rowCount: rows.length,
    columns: value.columns ?? [],
    link,
  };
}

function secretsOf(RED: NodeAPI, body: Body): Secrets {
  const stored = storedSecrets(RED, 'mtx-dlms-read', body['id']);
  return Object.fromEntries(
    DLMS_SECRETS.map((name) => [
      name,
      String(body[name] === undefined || body[name] === KEPT_PASSWORD ? (stored[name] ?? '') : body[name]),
    ]),
  );
}

const KEPT_PASSWORD = '__PWRD__';
const SHOWN_ROWS = 50;
