// The modem dialog's "Test connection": asks the modem AT+CSQ over its AT topics, before deploy, from what stands in
// the form, through the deployed broker; and tells what its topics carried, so that swapped topics are seen at once.
import type { NodeAPI } from 'node-red';
import {
  atJob,
  decodeValues,
  Modem,
  systemClock,
  systemRandom,
  toHex,
  type Modem as ModemType,
  Fields,
  modemProfile,
  parseImei,
  failure,
} from '../../src/core/index';
import { adminRoute } from '../shared/admin';
import type { BrokerNode } from '../shared/palette';

export function modemAdmin(RED: NodeAPI): void {
  adminRoute(RED, 'mtx-modem', 'modem/test', async (body) => {
    const node = RED.nodes.getNode(String(body['broker'] ?? '')) as BrokerNode | null;
    if (!node?.registry) throw failure('modem.deployBroker', {}, 'configure');
    const fields = new Fields(body);
    const imei = parseImei(fields.text('imei'));
    const command = 'AT+CSQ';
    return withModem(node, imei, fields, async (modem) => {
      const { value, link } = await modem.at.run({
        ...atJob(command, { timeoutMs: TEST_MS, isCrAppended: modem.profile.isCrAppended }),
        queueMs: TEST_MS,
      });
      return {
        ok: value.isOk,
        ms: link.ms,
        result: value.result,
        lines: value.lines,
        values: decodeValues(command, value),
        diagnostics: { ...shown(modem), unknown: node.broker.counters.unknown },
      };
    });
  });
  adminRoute(RED, 'mtx-modem', 'modem/diagnostics', async (body) => {
    const node = RED.nodes.getNode(String(body['broker'] ?? '')) as BrokerNode | null;
    const modem = node?.registry?.find(parseImei(new Fields(body).text('imei')));
    return modem && node ? { ...shown(modem), broker: node.broker.counters } : { unknown: true };
  });
}

/** The deployed modem where its set-up is the form's, else one of its own for the time of the test. */
async function withModem<T>(
  node: BrokerNode,
  imei: string,
  fields: Fields,
  work: (modem: ModemType) => Promise<T>,
): Promise<T> {
  const profile = modemProfile(fields, false);
  const running = node.registry.find(imei);
  if (running && JSON.stringify(running.profile.topics) === JSON.stringify(profile.topics)) return work(running);
  const modem = new Modem(imei, profile, {
    link: node.broker,
    clock: systemClock,
    random: systemRandom,
    knownSince: systemClock.now(),
  });
  await modem.open();
  try {
    return await work(modem);
  } finally {
    await modem.close();
  }
}

function shown(modem: ModemType): object {
  const { last, ...counts } = modem.diagnostics;
  return {
    ...counts,
    waiting: modem.ports[0].depth + modem.at.depth,
    roundTripMs: Math.round(modem.ports[0].roundTripMs),
    last: Object.fromEntries(
      Object.entries(last).map(([channel, seen]) => [
        channel,
        { at: seen.at, size: seen.size, hex: toHex(seen.start) },
      ]),
    ),
  };
}

const TEST_MS = 15_000;
