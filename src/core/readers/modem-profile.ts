// How a modem is set up, from properties as the modem's dialog and programs give them.
import type { LineSettings } from '../wire/dialogue';
import { failure, phrase } from '../wire/errors';
import type { ModemProfile } from '../transport/modem/modem-profile';
import { checkTemplate, isLiteralTemplate } from '../transport/mqtt/topics';
import type { Fields } from './fields';

export function modemProfile(fields: Fields, isFleet: boolean): ModemProfile {
  const topic = (name: string, fallback: string): string => {
    const template = fields.text(name, fallback);
    checkTemplate(template, name);
    return template;
  };
  const broadcast = fields.text('broadcastTopic');
  if (broadcast !== '') checkTemplate(broadcast, 'broadcastTopic');
  const topics = {
    rx: topic('rxTopic', '[IMEI]/rx'),
    tx: topic('txTopic', '[IMEI]/tx'),
    at: topic('atTopic', '[IMEI]/AT'),
    atr: topic('atrTopic', '[IMEI]/ATR'),
    status: topic('statusTopic', '[IMEI]/dns'),
    broadcast,
  };
  const shared = isFleet ? (['rx', 'tx', 'atr'] as const).find((name) => isLiteralTemplate(topics[name])) : undefined;
  if (shared !== undefined) {
    throw failure('modem.fleetTopic', { field: `${shared}Topic`, topic: topics[shared] }, 'configure');
  }
  if (topics.rx === topics.tx) throw fields.wrong('txTopic', phrase('modem.sameTopics', {}));
  return {
    topics,
    qos: fields.integer('qos', { min: 0, max: 1, fallback: 0 }) === 1 ? 1 : 0,
    latencyMs: fields.integer('latency', { min: 100, max: 120_000, fallback: 4_000 }),
    queueLimit: fields.integer('queueLimit', { min: 1, max: 10_000, fallback: 100 }),
    attempts: fields.integer('attempts', { min: 1, max: 10, fallback: 3 }),
    line: lineSettings(fields),
    port: fields.integer('port', { min: 0, max: 1, fallback: 0 }) === 1 ? 1 : 0,
    isCrAppended: fields.flag('appendCr'),
    isFleet,
  };
}

function lineSettings(fields: Fields): LineSettings {
  return {
    baud: fields.integer('baudrate', { min: 50, max: 921_600, fallback: 9_600 }),
    dataBits: fields.integer('dataBits', { min: 7, max: 8, fallback: 8 }) === 7 ? 7 : 8,
    parity: fields.choice('parity', ['none', 'even', 'odd'], 'none'),
    stopBits: fields.integer('stopBits', { min: 1, max: 2, fallback: 1 }) === 2 ? 2 : 1,
  };
}
