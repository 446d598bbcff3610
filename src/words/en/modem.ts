import type { MODEM_REASONS } from '../../core/wire/reasons/modem';
import type { WordsOf } from '../words';

export const modem: WordsOf<typeof MODEM_REASONS> = {
  'modem.otherPlatform': 'another platform on this broker asks modems on {topic} too',
  'modem.changed': {
    says: 'the settings of this modem were changed; a talk with the earlier ones is just ending',
    advice: 'ask again in a moment',
  },
  'modem.speedRefused': 'the modem refused to change the speed of its port to {baud} Bd: {result}',
  'modem.speedSilent': {
    says: 'the modem did not answer the command that sets its port to {baud} Bd',
    advice: 'see that it is on line and that its AT topics are right, then read again',
  },
  'modem.twice': 'modem {imei} is described twice with different topics or port settings; use one modem node for it',
  'modem.sharedTopic':
    'the answers of {owner} and {imei} would both arrive on {topic} and could not be told apart; put [IMEI] into the topic of the modems',
  'modem.fleetTopic':
    '{field} is "{topic}" for every modem of the fleet, so that their answers could not be told apart; put [IMEI] into it',
  'modem.sameTopics': 'is the same as rxTopic: the platform would hear itself',
  'modem.fleetNeedsImei':
    'this modem node is a fleet (its IMEI is empty), so the message has to say which modem: set msg.imei',
  'modem.noBroker': 'no broker is chosen, or the chosen one is not deployed',
  'modem.deployBroker': 'deploy the broker first: the test goes through its connection',
};
