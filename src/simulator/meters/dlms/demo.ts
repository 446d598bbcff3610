// DLMS meters for demonstrations: one that anybody may read, with 35 days of quarter hours until now, and one that
// wants GMAC and encrypts. The keys are the Green Book's own examples: known to everyone, and secret to nobody.
import type { Clock } from '../../../core/transport/lane/clock';
import { fromHex, fromLatin1 } from '../../../core/wire/bytes';
import type { LineSettings } from '../../../core/wire/dialogue';
import { PROFILE_DAYS } from './demo-objects';
import type { Meter } from '../../serial/meter';
import { dlmsMeter } from './meter';

export interface DemoDlmsOptions {
  readonly clock: Clock;
  readonly line: LineSettings;
  /** Logical device addresses are 1; this is the lower HDLC address, 0 = none. */
  readonly serial: string;
  /** For client 1 with LLS; empty = that client is not known. */
  readonly password: string;
  readonly isSecured: boolean;
}

export const DEMO_ENCRYPTION_KEY = '000102030405060708090A0B0C0D0E0F';
export const DEMO_AUTHENTICATION_KEY = 'D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF';

export function demoDlmsMeter({ clock, line, serial, password, isSecured }: DemoDlmsOptions): Meter {
  const now = clock.date().getTime();
  const lastRow = Math.floor(now / QUARTER_MS) * QUARTER_MS;
  let counter = 0;
  return dlmsMeter({
    transport: 'hdlc',
    line,
    clients: [
      { client: 16, mechanism: 0, policy: 0 },
      ...(password === '' ? [] : [{ client: 1, mechanism: 1, password: fromLatin1(password), policy: 0 }]),
      ...(isSecured ? [{ client: 2, mechanism: 5, policy: 0x30 }] : []),
    ],
    security: {
      suite: 0,
      title: fromLatin1(serial.padStart(8, 'MTX00000').slice(-8)),
      encryptionKey: fromHex(DEMO_ENCRYPTION_KEY),
      authenticationKey: fromHex(DEMO_AUTHENTICATION_KEY),
      lowestCounter: 1, // a fresh key: none was used yet
      nextCounter: () => ++counter,
    },
    demo: {
      deviceName: `MTX${serial.padStart(13, '0')}`,
      client: 16,
      clockMs: () => clock.date().getTime(),
      deviation: DEVIATION,
      profile: { firstMs: lastRow - DEVIATION * 60_000 - (PROFILE_DAYS * 96 - 1) * QUARTER_MS }, // local fields
    },
  });
}

const QUARTER_MS = 900_000;
/** UTC+1 all year. */
const DEVIATION = -60;
