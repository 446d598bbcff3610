// Routes for the editor's buttons: they answer with JSON, never with a stack, and need the write permission of the
// node.
import type { NodeAPI } from 'node-red';
import {
  asReadError,
  ReadError,
  type Done,
  type Job,
  type LineSettings,
  type Reading,
  parseImei,
} from '../../src/core/index';
import { bodyOf, withSettings, type AdminRequest, type Body } from './admin-guard';
import { explain, worded, wordsOf } from './explain';
import { modemNodeOf } from './palette';

interface Response {
  json(body: unknown): void;
}

/**
 * POST /mtx/<path>: `answer` gets the JSON body and returns the JSON answer; a failure becomes { error: {code, message}
 * }.
 */
export function adminRoute(RED: NodeAPI, type: string, path: string, answer: (body: Body) => Promise<unknown>): void {
  RED.httpAdmin.post(
    `/mtx/${path}`,
    RED.auth.needsPermission(`${type}.write`),
    (request: AdminRequest, response: Response) => {
      let subject = '';
      const answered = async (): Promise<unknown> => {
        const body = withSettings(RED, type, bodyOf(RED, request));
        subject = String(body['subject'] ?? '');
        return answer(body);
      };
      answered().then(
        (result) => response.json(inWords(RED, type, result)),
        (thrown: unknown) => {
          const error = asReadError(thrown);
          response.json({ error: { code: error.code, message: explain(RED, type, error, subject).message } });
        },
      );
    },
  );
}

/** Readings of an answer with their errors in words. */
function inWords(RED: NodeAPI, type: string, result: unknown): unknown {
  const readings = (result as { readonly readings?: unknown } | null | undefined)?.readings;
  if (!Array.isArray(readings)) return result;
  return { ...(result as object), readings: worded(readings as readonly Reading[], wordsOf(RED, type)) };
}

/** One job on the modem that a dialog names, tried once. The modem has to be deployed; the node need not be. */
export async function runOnce<R>(
  RED: NodeAPI,
  body: Body,
  job: Pick<Job<R>, 'start'> & Partial<Job<R>>,
): Promise<Done<R>> {
  const node = modemNodeOf(RED, body['modem']);
  if (node instanceof ReadError) throw node;
  const imei = parseImei(node.imei || String(body['imei'] ?? '').trim());
  const modem = node.acquire(imei);
  try {
    return await modem.ports[0].run({ label: 'dialog', queueMs: DIALOG_MS, priority: 1, ...job, attempts: 1 });
  } finally {
    node.release(imei);
  }
}

/** The line that a dialog's prediction is for: as measured, as configured, or as usual. */
export function lineOf(RED: NodeAPI, body: Body): { readonly roundTripMs: number; readonly line: LineSettings } {
  const modem = modemNodeOf(RED, body['modem']);
  if (modem instanceof ReadError) return { roundTripMs: USUAL_ROUND_TRIP_MS, line: USUAL_LINE };
  const running = modem.registry.find(modem.imei || String(body['imei'] ?? ''));
  return { roundTripMs: running?.ports[0].roundTripMs ?? modem.profile.latencyMs / 4, line: modem.profile.line };
}

const DIALOG_MS = 60_000;
const USUAL_ROUND_TRIP_MS = 1_000;
const USUAL_LINE = { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
