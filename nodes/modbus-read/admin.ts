// The Modbus dialog's buttons: profiles to choose from, a plan before anything is sent, a reading, and a bus scan. The
// modem has to be deployed; this node need not be.
import type { NodeAPI } from 'node-red';
import { findProfile, itemsOf, lineCost, planReads, probeUnit, profileNames, ReadError, readIdentity, type Dialogue, type Done, type LineMemory } from '../../src/core/index';
import { adminRoute } from '../shared/admin';
import { Fields, parseImei } from '../shared/fields';
import { modemNodeOf, type ModemNode } from '../shared/palette';
import { parseModbus, readQuery, type ModbusQuery } from './query';

type Body = Readonly<Record<string, unknown>>;

export function modbusAdmin(RED: NodeAPI): void {
  adminRoute(RED, 'mtx-modbus-read', 'modbus/profiles', async () => ({ profiles: profileNames.map(profileOf) }));
  adminRoute(RED, 'mtx-modbus-read', 'modbus/plan', async (body) => planOf(parseModbus(new Fields(body)), modemNodeOf(RED, body['modem']), body));
  adminRoute(RED, 'mtx-modbus-read', 'modbus/read', async (body) => {
    const query = parseModbus(new Fields(body));
    const { value, link } = await ask(RED, body, (memory) => readQuery(query, memory), false);
    return { readings: value.readings, link };
  });
  adminRoute(RED, 'mtx-modbus-read', 'modbus/probe', async (body) => {
    const fields = new Fields(body);
    const peer = { unit: fields.integer('unit', { min: 1, max: 247 }), framing: fields.choice('framing', ['rtu', 'ascii'], 'rtu'), timeoutMs: PROBE_MS };
    const { value } = await ask(RED, body, (memory) => probeUnit(peer, memory), true);
    if (value !== 'alive') return { isAlive: false, identity: value === 'noise' ? '?' : '' };
    const identity = await ask(RED, body, (memory) => readIdentity(peer, memory), true).then(({ value: fields2 }) => Object.values(fields2).slice(0, 3).join(' '), () => '');
    return { isAlive: true, identity };
  });
}

function profileOf(id: string): object {
  const profile = findProfile(id);
  return { id, title: profile ? `${profile.vendor} ${profile.models.slice(0, 3).join(', ')}` : id, maxRegisters: profile?.maxRegisters ?? 125, registers: profile?.registers ?? [] };
}

/** What a read will cost, beside the habit of one request per register. */
function planOf(query: ModbusQuery, modem: ModemNode | ReadError, body: Body): object {
  const running = modem instanceof ReadError ? undefined : modem.registry.find(modem.imei || String(body['imei'] ?? ''));
  const roundTripMs = running?.ports[0].roundTripMs ?? (modem instanceof ReadError ? USUAL_ROUND_TRIP_MS : modem.profile.latencyMs / 4);
  const line = modem instanceof ReadError ? USUAL_LINE : modem.profile.line;
  const cost = lineCost({ framing: query.framing, line, roundTripMs });
  const items = itemsOf(query.registers);
  const plan = planReads(items, cost, query);
  const single = items.reduce((ms, item) => ms + cost.ms((item.end - item.start) * (item.function > 2 ? 2 : 1)), 0);
  return {
    requests: plan.reads.length,
    seconds: plan.ms / 1000,
    bytes: plan.bytes,
    roundTripMs,
    onePerRegister: { requests: items.length, seconds: single / 1000 },
    reads: plan.reads.map((read) => ({ fc: read.function, address: read.address, quantity: read.quantity, names: read.items.length })),
  };
}

async function ask<R>(RED: NodeAPI, body: Body, start: (memory: LineMemory) => Dialogue<R>, isProbe: boolean): Promise<Done<R>> {
  const node = modemNodeOf(RED, body['modem']);
  if (node instanceof ReadError) throw node;
  const imei = parseImei(node.imei || String(body['imei'] ?? '').trim());
  const modem = node.acquire(imei);
  try {
    return await modem.ports[0].run({ label: 'dialog', attempts: 1, queueMs: DIALOG_MS, quietMs: 200, isProbe, priority: 1, start });
  } finally {
    node.release(imei);
  }
}

const PROBE_MS = 500;
const DIALOG_MS = 60_000;
const USUAL_ROUND_TRIP_MS = 1_000;
const USUAL_LINE = { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
