// How whoever acts on modems reaches them: over MQTT, and by text message where there is a way.
import type { Clock } from '../../transport/lane/clock';
import type { Modem } from '../../transport/modem/modem';
import type { ModemProfile } from '../../transport/modem/modem-profile';
import type { Registry } from '../../transport/modem/registry';
import type { Link } from '../../transport/mqtt/mqtt-link';
import type { ReadError } from '../../wire/errors';
import type { SmsDispatch } from '../sms/sms-dispatch';

export interface FleetPorts {
  readonly clock: Clock;
  readonly link: Link;
  readonly registry: Registry;
  readonly profile: ModemProfile;
  /** A modem is in use from here until it is released as often as it was acquired. */
  acquire(imei: string): Modem;
  release(imei: string): void;
  /** The way by text message, looked up when it is needed; an error says why there is none. */
  sms(): Pick<SmsDispatch, 'ask'> | ReadError;
}
