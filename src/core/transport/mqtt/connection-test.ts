// The trial of a broker's address and login: what the dialog's button does.
import { asReadError, failure, type ReadError } from '../../wire/errors';
import { type Clock, type Random, systemClock, systemRandom } from '../lane/clock';
import { dial } from './client';
import { failureOf } from './connect-errors';
import { type BrokerOptions, type BrokerTarget, isTls, parseBrokerOptions } from './connect-options';
import { BrokerConnection } from './connection';
import { type Failure, tlsOptionsInvalid } from './socket-errors';

export interface ConnectionTest {
  readonly ok: boolean;
  readonly ms: number;
  readonly failure?: ReadError;
}

/**
 * Connects and says goodbye, within ten seconds. Under a client id of its own, so that a running platform is not thrown
 * out.
 */
export async function testConnection(
  options: BrokerOptions,
  clock: Clock = systemClock,
  random: Random = systemRandom,
): Promise<ConnectionTest> {
  const started = clock.now();
  const took = (): number => Math.round(clock.now() - started);
  try {
    const target = parseBrokerOptions(options, random);
    const guest = target.isClientIdGenerated ? target : { ...target, clientId: `${target.clientId}-test` };
    const failure = await tryTarget(guest, clock);
    return failure ? { ok: false, ms: took(), failure } : { ok: true, ms: took() };
  } catch (thrown) {
    return { ok: false, ms: took(), failure: asReadError(thrown, 'configure') };
  }
}

async function tryTarget(target: BrokerTarget, clock: Clock): Promise<ReadError | undefined> {
  let connection: BrokerConnection;
  try {
    connection = new BrokerConnection(dial(target), target, clock, () => undefined, TEST_MS);
  } catch (thrown) {
    return isTls(target) ? tlsOptionsInvalid(thrown).error : failureOf(target, thrown, 'dialing').error;
  }
  const isOpen = await connection.opened;
  const done: Failure = { error: failure('mqtt.testOver', {}), isLasting: false };
  void connection.close(done);
  return isOpen ? undefined : (await connection.ended).error;
}

const TEST_MS = 8000;
