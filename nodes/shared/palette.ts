// What the nodes of the palette know of each other: messages, and the two config nodes as their users see them.
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { ReadError } from '../../src/core/index';
import {
  failure,
  type Admission,
  type Broker,
  type Link,
  type Modem,
  type ModemProfile,
  type Registry,
  type SmsDispatch,
} from '../../src/core/index';

/** A message as it comes in: whatever the user put on it stays there. */
export type Msg = NodeMessageInFlow & Readonly<Record<string, unknown>>;
/** One message, or one for each output (null = nothing there). */
export type Send = (msg: NodeMessageInFlow | (NodeMessageInFlow | null)[]) => void;
export type DoneCallback = (error?: Error) => void;

export interface BrokerNode extends Node {
  readonly broker: Broker;
  readonly registry: Registry;
  readonly admission: Admission;
  /** So many requests ended with the node that made them: told after the deploy. */
  cutShort(requests: number): void;
  /** Why it could not be set up; then it has nothing else. */
  readonly failure?: ReadError;
}

export interface ModemNode extends Node {
  /** Empty for a fleet: the message says which modem. */
  readonly imei: string;
  readonly name: string;
  readonly profile: ModemProfile;
  /** How often a modem reports, in seconds (DNS_period). */
  readonly statusPeriod: number;
  readonly link: Link;
  readonly registry: Registry;
  /** Whose turn it is to be talked to, of all modems of the broker. */
  readonly admission: Admission;
  /** The IMEI a message is for; throws CONFIG_INVALID where none is known. */
  imeiOf(msg: Msg): string;
  acquire(imei: string): Modem;
  release(imei: string): void;
  cutShort(requests: number): void;
  /** Why it could not be set up; then it has nothing else. */
  readonly failure?: ReadError;
}

/** The modem node that a node names, ready to be used, or why it cannot be. */
export function modemNodeOf(RED: NodeAPI, id: unknown): ModemNode | ReadError {
  const node = RED.nodes.getNode(String(id ?? '')) as ModemNode | null;
  if (node?.registry) return node;
  return node?.failure ?? failure('settings.noModem', {}, 'configure');
}

/** mtx-sms, as nodes see it that fall back on text messages. */
export interface SmsNode extends Node {
  readonly sms: SmsDispatch;
  /** Why it could not be set up; then it has nothing else. */
  readonly failure?: ReadError;
}

/**
 * The mtx-sms node of this id. To be looked up when it is needed: it may start after its user, and be deployed alone.
 */
export function smsNodeOf(RED: NodeAPI, id: unknown): SmsNode | ReadError {
  const node = RED.nodes.getNode(String(id ?? '')) as SmsNode | null;
  if (node?.sms) return node;
  return node?.failure ?? failure('settings.noSms', {}, 'configure');
}

export type Secrets = Readonly<Record<string, string>>;
