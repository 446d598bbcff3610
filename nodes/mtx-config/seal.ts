// What a rollout stores holds old and new passwords. With a key (a credential of the node, made by its dialog) it is
// sealed with AES-256-GCM; without one the secrets are left out, and a restarted rollout says which are missing.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { isParameterName, parameterOf } from '../../src/core/index';

export class Seal {
  private readonly key: Buffer | undefined;

  constructor(secret: string) {
    this.key = secret === '' ? undefined : createHash('sha256').update(secret).digest();
  }

  get isKeyed(): boolean {
    return this.key !== undefined;
  }

  close(value: unknown): string {
    if (!this.key) return JSON.stringify(value, withoutSecrets);
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return SEALED + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Undefined for what was sealed with another key, or is damaged. */
  open(text: unknown): unknown {
    if (typeof text !== 'string') return undefined;
    try {
      if (!text.startsWith(SEALED)) return JSON.parse(text) as unknown;
      if (!this.key) return undefined;
      const whole = Buffer.from(text.slice(SEALED.length), 'base64');
      const decipher = createDecipheriv('aes-256-gcm', this.key, whole.subarray(0, NONCE));
      decipher.setAuthTag(whole.subarray(NONCE, NONCE + TAG));
      return JSON.parse(
        Buffer.concat([decipher.update(whole.subarray(NONCE + TAG)), decipher.final()]).toString('utf8'),
      ) as unknown;
    } catch {
      return undefined;
    }
  }
}

/** Secrets stand under the name of their parameter, wherever they stand. */
function withoutSecrets(key: string, value: unknown): unknown {
  return typeof value === 'string' && value !== '' && isParameterName(key) && parameterOf(key).isSecret
    ? undefined
    : value;
}

const SEALED = 'sealed:';
const NONCE = 12;
const TAG = 16;
