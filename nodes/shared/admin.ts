// Routes for the editor's buttons: they answer with JSON, never with a stack, and need the write permission of the node.
import type { NodeAPI } from 'node-red';
import { asReadError } from '../../src/core/index';
import { explain } from './explain';

interface Request {
  readonly body?: unknown;
}
interface Response {
  json(body: unknown): void;
}

/** POST /mtx/<path>: `answer` gets the JSON body and returns the JSON answer; a failure becomes { error: {code, message} }. */
export function adminRoute(RED: NodeAPI, type: string, path: string, answer: (body: Readonly<Record<string, unknown>>) => Promise<unknown>): void {
  RED.httpAdmin.post(`/mtx/${path}`, RED.auth.needsPermission(`${type}.write`), (request: Request, response: Response) => {
    const body = typeof request.body === 'object' && request.body !== null ? (request.body as Record<string, unknown>) : {};
    answer(body).then(
      (result) => response.json(result),
      (thrown: unknown) => {
        const error = asReadError(thrown);
        response.json({ error: { code: error.code, message: explain(RED, type, error, String(body['subject'] ?? '')).message } });
      },
    );
  });
}
