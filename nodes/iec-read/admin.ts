// The IEC dialog's buttons: a reading with the values of the form, and what a read by IEC 60870-5-102 will take. The
// modem has to be deployed; this node need not be. A stored password is used, and never sent back.
import type { NodeAPI } from 'node-red';
import { Fields, iecJob, parseIec, planIec } from '../../src/core/index';
import { adminRoute, lineOf, runOnce } from '../shared/admin';
import { storedSecrets } from '../shared/admin-guard';
import type { Secrets } from '../shared/palette';

type Body = Readonly<Record<string, unknown>>;

export function iecAdmin(RED: NodeAPI): void {
  adminRoute(RED, 'mtx-iec-read', 'iec/read', async (body) => {
    // Nothing in a dialog says yes to a change of the meter.
    const query = parseIec(new Fields({ ...body, confirm: false }), passwordOf(RED, body));
    const { value, link } = await runOnce(RED, body, { ...iecJob(query), attempts: 1 });
    const { identity = {}, readings, rows, columns = [] } = value;
    return {
      identity,
      readings,
      columns,
      ...(rows && { rows: rows.slice(0, SHOWN_ROWS), rowCount: rows.length }),
      link,
    };
  });
  adminRoute(RED, 'mtx-iec-read', 'iec/plan', async (body) => {
    const query = parseIec(new Fields({ ...body, confirm: true }), { password: '0' }); // the time does not depend on it
    const { roundTripMs, line } = lineOf(RED, body);
    const plan = planIec(query, roundTripMs, line);
    return { ...plan, roundTripMs };
  });
}

function passwordOf(RED: NodeAPI, body: Body): Secrets {
  const stored = storedSecrets(RED, 'mtx-iec-read', body['id']);
  const typed = body['password'];
  return { password: String(typed === undefined || typed === KEPT_PASSWORD ? (stored['password'] ?? '') : typed) };
}

/** What the editor shows in place of a stored password. */
const KEPT_PASSWORD = '__PWRD__';
const SHOWN_ROWS = 50;
