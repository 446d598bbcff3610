// The Modbus dialog's buttons: profiles to choose from, a plan before anything is sent, a reading, and a bus scan. The
// modem has to be deployed; this node need not be.
import type { NodeAPI } from 'node-red';
import {
  findProfile,
  itemsOf,
  lineCost,
  planReads,
  probeUnit,
  profileNames,
  readIdentity,
  Fields,
  parseModbus,
  readModbusQuery,
  type ModbusQuery,
} from '../../src/core/index';
import { adminRoute, lineOf, runOnce } from '../shared/admin';

export function modbusAdmin(RED: NodeAPI): void {
  adminRoute(RED, 'mtx-modbus-read', 'modbus/profiles', async () => ({ profiles: profileNames.map(profileOf) }));
  adminRoute(RED, 'mtx-modbus-read', 'modbus/plan', async (body) =>
    planOf(parseModbus(new Fields(body)), lineOf(RED, body)),
  );
  adminRoute(RED, 'mtx-modbus-read', 'modbus/read', async (body) => {
    const query = parseModbus(new Fields(body));
    const { value, link } = await runOnce(RED, body, {
      quietMs: QUIET_MS,
      start: (memory) => readModbusQuery(query, memory),
    });
    return { readings: value.readings, link };
  });
  adminRoute(RED, 'mtx-modbus-read', 'modbus/probe', async (body) => {
    const fields = new Fields(body);
    const peer = {
      unit: fields.integer('unit', { min: 1, max: 255 }),
      framing: fields.choice('framing', ['rtu', 'ascii'], 'rtu'),
      timeoutMs: PROBE_MS,
    };
    const { value } = await runOnce(RED, body, {
      quietMs: QUIET_MS,
      isProbe: true,
      start: (memory) => probeUnit(peer, memory),
    });
    if (value !== 'alive') return { isAlive: false, identity: value === 'noise' ? '?' : '' };
    const identity = await runOnce(RED, body, {
      quietMs: QUIET_MS,
      isProbe: true,
      start: (memory) => readIdentity(peer, memory),
    }).then(
      ({ value: fields2 }) => Object.values(fields2).slice(0, 3).join(' '),
      () => '',
    );
    return { isAlive: true, identity };
  });
}

function profileOf(id: string): object {
  const profile = findProfile(id);
  return {
    id,
    title: profile ? `${profile.vendor} ${profile.models.slice(0, 3).join(', ')}` : id,
    maxRegisters: profile?.maxRegisters ?? 125,
    registers: profile?.registers ?? [],
  };
}

/** What a read will cost, beside the habit of one request per register. */
function planOf(query: ModbusQuery, { roundTripMs, line }: ReturnType<typeof lineOf>): object {
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
    reads: plan.reads.map((read) => ({
      fc: read.function,
      address: read.address,
      quantity: read.quantity,
      names: read.items.length,
    })),
  };
}

const PROBE_MS = 500;
const QUIET_MS = 200;
