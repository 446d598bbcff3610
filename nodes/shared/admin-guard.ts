// What a request from a dialog may do. Laws: a page of another site cannot send one (JSON only, same origin, unless
// adminAuth asks for a token anyway); an environment variable is read only where the deployed node names it already; a
// stored secret goes out only for the node that owns it, and only where that node sends it anyway.
import type { NodeAPI } from 'node-red';
import { failure } from '../../src/core/index';

export interface AdminRequest {
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
export type Body = Readonly<Record<string, unknown>>;

/** The body of a request that our own editor can have sent. */
export function bodyOf(RED: NodeAPI, { body, headers }: AdminRequest): Body {
  if (!String(headers['content-type'] ?? '').startsWith('application/json')) throw failure('settings.notJson', {});
  const { origin } = headers;
  if (typeof origin === 'string' && !hasAdminAuth(RED) && hostOf(origin) !== String(headers['host'] ?? ''))
    throw failure('settings.foreignOrigin', {});
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Body) : {};
}

export function hasAdminAuth(RED: NodeAPI): boolean {
  return (RED.settings as unknown as Body)['adminAuth'] !== undefined;
}

/** The properties of a deployed node as they stand in the flow, or undefined if there is none of this id and type. */
export function deployedOf(RED: NodeAPI, type: string, id: unknown): Body | undefined {
  const found: Body[] = [];
  RED.nodes.eachNode((node) => {
    if (node.id === id && node.type === type) found.push(node as unknown as Body);
  });
  return found[0];
}

/** The secrets of a deployed node of this type. */
export function storedSecrets(RED: NodeAPI, type: string, id: unknown): Readonly<Record<string, string>> {
  if (deployedOf(RED, type, id) === undefined) return {};
  const node = RED.nodes.getNode(String(id));
  return (node?.credentials ?? RED.nodes.getCredentials(String(id)) ?? {}) as Record<string, string>;
}

/**
 * What a form says as ${NAME} means here what it means in the deployed node; a name that does not stand there is
 * refused.
 */
export function withSettings(RED: NodeAPI, type: string, body: Body): Body {
  const deployed = JSON.stringify(deployedOf(RED, type, body['id']) ?? {});
  const node = RED.nodes.getNode(String(body['id'] ?? ''));
  const valueOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(valueOf);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, valueOf(part)]));
    const name = typeof value === 'string' ? /^\$\{([^\s}]+)\}$/.exec(value)?.[1] : undefined;
    if (name === undefined) return value;
    if (!deployed.includes(`\${${name}}`)) throw failure('settings.nameNotDeployed', { name });
    const setting = RED.util.getSetting(node as never, name) as unknown;
    return setting === undefined || setting === '' ? value : setting;
  };
  return valueOf(body) as Body;
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).host;
  } catch {
    return 'none';
  }
}
