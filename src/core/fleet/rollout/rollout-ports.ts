// What rollouts need of their surroundings: how modems are reached, where progress is kept, who is told.
import type { Clock } from '../../transport/lane/clock';
import type { Link } from '../../transport/mqtt/mqtt-link';
import type { Modem } from '../../transport/modem/modem';
import type { ModemProfile } from '../../transport/modem/modem-profile';
import type { Registry } from '../../transport/modem/registry';
import type { ReadError } from '../../wire/errors';
import type { SmsDispatch } from '../sms/sms-dispatch';
import type { KeyStore } from './kept-rollout';
import type { Told } from './told';

export interface RolloutPorts<M> {
  readonly clock: Clock;
  readonly link: Link;
  readonly registry: Registry;
  readonly profile: ModemProfile;
  acquire(imei: string): Modem;
  release(imei: string): void;
  /** The way by text message, looked up when it is needed; an error says why there is none. */
  sms(): Pick<SmsDispatch, 'ask'> | ReadError;
  readonly keys: KeyStore;
  readonly told: Told<M>;
  /** What stands for the asker's words after a restart. */
  bare(id: string): M;
}
