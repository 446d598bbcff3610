// From the broker dialog's properties to a connection. TLS stays Node-RED's own tls-config node: CA, client
// certificate, server name and verification come from there.
import type { Node, NodeAPI } from 'node-red';
import { type BrokerOptions, type Fields, failure } from '../../src/core/index';

interface TlsNode extends Node {
  addTLSOptions(options: Record<string, unknown>): Record<string, unknown>;
}

export function brokerOptions(RED: NodeAPI, fields: Fields, login: Readonly<Record<string, string>>): BrokerOptions {
  const tls = tlsOptions(RED, fields.text('tls'));
  return {
    url: fields.text('url'),
    protocolVersion: fields.integer('protocolVersion', { min: 4, max: 5, fallback: 4 }) === 5 ? 5 : 4,
    clientId: fields.text('clientId'),
    keepalive: fields.integer('keepalive', { min: 1, max: 65_535, fallback: 60 }),
    user: login['user'] ?? '',
    password: login['password'] ?? '',
    ...(tls && { tls }),
  };
}

function tlsOptions(RED: NodeAPI, id: string): Record<string, unknown> | undefined {
  if (id === '') return undefined;
  const node = RED.nodes.getNode(id) as TlsNode | null;
  if (!node) throw failure('mqtt.tlsNotDeployed', {}, 'configure');
  return node.addTLSOptions({});
}
