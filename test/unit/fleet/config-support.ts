// What a config.txt is checked against in these tests.
import { type CheckAgainst } from '../../../src/core/fleet/config/config-check';
import { PROFILE } from '../../support/fleet-world';

export const IMEI = '353234028103206';
export const AGAINST: CheckAgainst = {
  profile: { ...PROFILE, topics: { ...PROFILE.topics, broadcast: '' } },
  imei: '',
  brokerUrl: 'mqtts://broker.example:8883',
  statusPeriodS: 300,
};
