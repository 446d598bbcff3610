// High level security, mechanisms 2 to 7 (Green Book 9.2.7.4): the answer f to the other side's challenge, and the
// check of its answer to ours. Both sides compute alike; only who is "own" changes.
import { concatBytes } from '../../wire/bytes';
import { failure, phrase, type Phrase, type Fact } from '../../wire/errors';
import { u32Octets, Cursor } from '../apdu/cursor';
import { digest, ecdsaSign, ecdsaVerify, gmac, isSameSecret, type Suite } from './primitives';

/** Both challenges and both titles, as one side sees them. */
export interface Challenges {
  readonly ownTitle: Uint8Array;
  readonly peerTitle: Uint8Array;
  readonly received: Uint8Array;
  readonly sent: Uint8Array;
}

/** What a mechanism needs of these. */
export interface HlsSecrets {
  readonly suite: Suite;
  readonly password?: Uint8Array;
  readonly encryptionKey?: Uint8Array;
  readonly authenticationKey?: Uint8Array;
  readonly ownSigningKey?: Uint8Array;
  readonly peerSigningKey?: Uint8Array;
  readonly highLevel?: (challenge: Uint8Array) => Uint8Array;
}

/** f(received challenge). `counter` is used by GMAC alone. */
export function answerChallenge(mechanism: number, c: Challenges, secrets: HlsSecrets, counter: number): Uint8Array {
  switch (mechanism) {
    case 2:
      return needed(secrets.highLevel, 'HLS 2', phrase('dlms.keyHighLevel', {}))(c.received);
    case 3:
      return digest('md5', c.received, password(secrets));
    case 4:
      return digest('sha1', c.received, password(secrets));
    case 5: {
      const head = concatBytes(Uint8Array.of(0x10 | secrets.suite), u32Octets(counter));
      return concatBytes(head, gmacOf(head, c.ownTitle, c.received, secrets));
    }
    case 6:
      return digest('sha256', password(secrets), c.ownTitle, c.peerTitle, c.received, c.sent);
    case 7:
      return ecdsaSign(
        needed(secrets.ownSigningKey, 'HLS 7', phrase('dlms.keySigning', {})),
        concatBytes(c.ownTitle, c.peerTitle, c.received, c.sent),
      );
    default:
      throw failure('wire.defect', { where: `challenge of mechanism ${mechanism}` });
  }
}

/** Whether `answer` is the other side's f(sent challenge). */
export function isRightAnswer(mechanism: number, c: Challenges, secrets: HlsSecrets, answer: Uint8Array): boolean {
  const peer: Challenges = { ownTitle: c.peerTitle, peerTitle: c.ownTitle, received: c.sent, sent: c.received };
  switch (mechanism) {
    case 5: {
      if (answer.length !== 17) return false;
      const cursor = new Cursor(answer);
      const head = cursor.take(5);
      return (
        head[0] === (0x10 | secrets.suite) &&
        isSameSecret(gmacOf(head, peer.ownTitle, peer.received, secrets), cursor.rest())
      );
    }
    case 7:
      return ecdsaVerify(
        needed(secrets.peerSigningKey, 'HLS 7', phrase('dlms.keyMeterSigning', {})),
        concatBytes(peer.ownTitle, peer.peerTitle, peer.received, peer.sent),
        answer,
      );
    default:
      return isSameSecret(answerChallenge(mechanism, peer, secrets, 0), answer);
  }
}

function gmacOf(head: Uint8Array, title: Uint8Array, challenge: Uint8Array, secrets: HlsSecrets): Uint8Array {
  const encryptionKey = needed(secrets.encryptionKey, 'HLS 5', phrase('dlms.keyEncryption', {}));
  const authenticationKey = needed(secrets.authenticationKey, 'HLS 5', phrase('dlms.keyAuthentication', {}));
  return gmac(
    encryptionKey,
    concatBytes(title, head.subarray(1)),
    concatBytes(head.subarray(0, 1), authenticationKey, challenge),
  );
}

const password = (secrets: HlsSecrets): Uint8Array =>
  needed(secrets.password, phrase('dlms.thisAuthentication', {}), phrase('dlms.keyPassword', {}));

function needed<T>(value: T | undefined, what: Fact, key: Phrase): T {
  if (value === undefined) throw failure('dlms.needsKey', { what, key });
  return value;
}
