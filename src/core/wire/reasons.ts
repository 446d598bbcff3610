// All reasons, beside the table of codes. A room's own rows stand in the file of its name; those
// of the protocols are put together from the table of protocols.
import { AT_REASONS } from './reasons/at';
import { FLEET_REASONS } from './reasons/fleet';
import { LANE_REASONS } from './reasons/lane';
import { LISTENING_REASONS } from './reasons/listening';
import { METER_REASONS } from './reasons/meter';
import { MODEM_REASONS } from './reasons/modem';
import { MQTT_REASONS } from './reasons/mqtt';
import { PROTOCOL_REASONS } from './reasons/protocols';
import { SETTINGS_REASONS } from './reasons/settings';
import { WIRE_REASONS } from './reasons/wire';

export const REASONS = {
  ...WIRE_REASONS,
  ...SETTINGS_REASONS,
  ...METER_REASONS,
  ...LANE_REASONS,
  ...MQTT_REASONS,
  ...MODEM_REASONS,
  ...AT_REASONS,
  ...PROTOCOL_REASONS,
  ...LISTENING_REASONS,
  ...FLEET_REASONS,
} as const;

export type Reason = keyof typeof REASONS;
/** Reasons that an error can have by itself. */
export type FailureReason = { [R in Reason]: (typeof REASONS)[R]['code'] extends null ? never : R }[Reason];
/** Reasons that are only a part of another's sentence. */
export type PhraseReason = Exclude<Reason, FailureReason>;
export type FactName<R extends Reason> = (typeof REASONS)[R]['facts'][number];
