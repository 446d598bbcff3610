// How a node that acts on a fleet reaches its modems.
import type { NodeAPI } from 'node-red';
import { parseImei, ReadError, systemClock, type FleetPorts } from '../../src/core/index';
import { smsNodeOf, type ModemNode } from './palette';

/** `smsId`: the mtx-sms node that texts where MQTT does not reach; looked up anew each time. */
export function fleetPorts(RED: NodeAPI, modemNode: ModemNode, smsId: unknown): FleetPorts {
  const { link, registry, profile } = modemNode;
  return {
    clock: systemClock,
    link,
    registry,
    profile,
    acquire: (imei) => modemNode.acquire(parseImei(imei)),
    release: (imei) => modemNode.release(imei),
    sms: () => {
      const found = smsNodeOf(RED, smsId);
      return found instanceof ReadError ? found : found.sms;
    },
  };
}
