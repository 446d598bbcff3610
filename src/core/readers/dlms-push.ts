// From a DLMS reader's properties to what hears its meter push.
import { PushStream } from '../dlms/push/push-stream';
import { TelegramStream } from '../iec62056/push';
import type { Readout } from '../meter/reading';
import { INTERFACES, parseSuite, parseTitle, SECURITIES } from './dlms-query';
import { parseCredentials, type Secrets } from './dlms-secrets';
import type { Fields } from './fields';

/**
 * `push`: what the meter sends by itself, whenever it comes; over HDLC also after a mode E sign-on of somebody else's.
 */
export function dlmsPushOf(fields: Fields, secrets: Secrets): PushStream | undefined {
  if (fields.text('request') !== 'push') return undefined;
  const [suite, clientTitle, meterTitle] = [
    parseSuite(fields),
    parseTitle(fields, 'clientTitle'),
    parseTitle(fields, 'meterTitle'),
  ];
  return new PushStream({
    interface: fields.choice('interface', INTERFACES, 'hdlc') === 'wrapper' ? 'wrapper' : 'hdlc',
    security: fields.choice('security', SECURITIES, 'none'),
    suite,
    credentials: parseCredentials(secrets, suite),
    language: fields.choice('language', ['en', 'es'], 'en'),
    readText: readTelegram,
    ...(clientTitle && { clientTitle }),
    ...(meterTitle && { meterTitle }),
  });
}

/** A P1 port that ciphers: the telegram inside is IEC 62056-21 (DSMR). */
function readTelegram(octets: Uint8Array): readonly Readout[] {
  return new TelegramStream().take(octets);
}
