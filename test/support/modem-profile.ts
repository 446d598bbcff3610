// A modem as shipped, for tests of the platform's side.
import type { ModemProfile, TopicTemplates } from '../../src/core/transport/modem/modem-profile';

export function modemProfile(more: Partial<ModemProfile> = {}, topics: Partial<TopicTemplates> = {}): ModemProfile {
  return {
    topics: {
      rx: '[IMEI]/rx',
      tx: '[IMEI]/tx',
      at: '[IMEI]/AT',
      atr: '[IMEI]/ATR',
      status: '[IMEI]/dns',
      broadcast: '',
      ...topics,
    },
    qos: 0,
    latencyMs: 1_000,
    queueLimit: 10,
    attempts: 3,
    line: { baud: 9_600, dataBits: 8, parity: 'none', stopBits: 1 },
    port: 0,
    isCrAppended: false,
    isFleet: false,
    ...more,
  };
}
