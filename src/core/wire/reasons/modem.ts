// Why a modem cannot be reached or be set up so.
import type { ReasonTable } from './row';

export const MODEM_REASONS = {
  'modem.otherPlatform': { code: 'SECOND_MASTER', facts: ['topic'] },
  'modem.changed': { code: 'BROKER_OFFLINE', facts: [] },
  'modem.speedRefused': { code: 'AT_ERROR', facts: ['baud', 'result'] },
  'modem.speedSilent': { code: 'NO_REPLY', facts: ['baud'] },
  'modem.twice': { code: 'CONFIG_INVALID', facts: ['imei'] },
  'modem.sharedTopic': { code: 'TOPIC_SHARED', facts: ['owner', 'imei', 'topic'] },
  'modem.fleetTopic': { code: 'TOPIC_SHARED', facts: ['field', 'topic'] },
  'modem.fleetNeedsImei': { code: 'CONFIG_INVALID', facts: [] },
  'modem.sameTopics': { code: null, facts: [] },
  'modem.noBroker': { code: 'CONFIG_INVALID', facts: [] },
  'modem.deployBroker': { code: 'CONFIG_INVALID', facts: [] },
} as const satisfies ReasonTable;
