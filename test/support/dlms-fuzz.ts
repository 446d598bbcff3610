// Hostile octets for the application layer: random ones, and vectors with damage. Shared by the property test and the
// bench.
import { decodeData } from '../../src/core/dlms/apdu/axdr';
import { decodeAare, decodeAarq, decodeRelease } from '../../src/core/dlms/apdu/acse';
import { decodeEnvelope, takeSecuredBody } from '../../src/core/dlms/security/ciphering';
import { decodeDate, decodeDateTime, decodeTime, isoOf, patternText } from '../../src/core/dlms/model/date-time';
import { meaningOf, plainValue, scaledMeaning } from '../../src/core/dlms/model/cosem';
import { objectsOfLn, objectsOfSn } from '../../src/core/dlms/model/objects';
import { rowsOf } from '../../src/core/dlms/reading/profile-rows';
import { pushOf } from '../../src/core/dlms/push/push';
import { decodeAccessRequest, decodeAccessResponse } from '../../src/core/dlms/apdu/access';
import { decodeActionRequest, decodeActionResponse } from '../../src/core/dlms/apdu/action';
import { decodeGeneralBlock } from '../../src/core/dlms/apdu/block';
import { decodeConfirmedServiceError, decodeException } from '../../src/core/dlms/apdu/exception';
import { decodeGetRequest, decodeGetResponse, decodeResultList } from '../../src/core/dlms/apdu/get';
import { decodeInitiateRequest, decodeInitiateResponse } from '../../src/core/dlms/apdu/initiate';
import { decodeNotification } from '../../src/core/dlms/apdu/notification';
import { decodeReadRequest, decodeReadResponse } from '../../src/core/dlms/apdu/sn-read';
import { fromHex } from '../../src/core/wire/bytes';
import { ReadError } from '../../src/core/wire/errors';
import type { Random } from './dlms-driver';
import { vectorFile } from './vectors';

const column = (classId: number) => ({
  classId,
  instance: Uint8Array.of(1, 0, 1, 8, 0, 255),
  attribute: 2,
  dataIndex: 0,
});
const RULES = { captured: [column(8), column(3)], scalerOf: () => ({ scaler: -2, unit: 30 }), stepS: 900 };

/** Everything that takes octets from a meter, down to values. */
export const DECODERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  (bytes) => {
    const data = decodeData(bytes);
    plainValue(data);
    scaledMeaning(data, { scaler: -3, unit: 27 });
    for (const [classId, attribute] of [
      [3, 3],
      [7, 3],
      [8, 2],
      [15, 3],
      [20, 5],
      [70, 3],
    ] as const)
      meaningOf(classId, attribute, data, { scaler: -1, unit: 30 });
    if (data.type === 'array') rowsOf(data.value, RULES);
  },
  (bytes) => objectsOfLn(decodeData(bytes)),
  (bytes) => objectsOfSn(decodeData(bytes)),
  (bytes) => pushOf(decodeNotification(bytes), 'en'),
  (bytes) => {
    const time = decodeDateTime(bytes);
    isoOf(time);
    patternText(time);
  },
  decodeDate,
  decodeTime,
  decodeAare,
  decodeAarq,
  (bytes) => decodeRelease(bytes, 0x63),
  decodeEnvelope,
  takeSecuredBody,
  decodeAccessRequest,
  decodeAccessResponse,
  decodeActionRequest,
  decodeActionResponse,
  decodeGeneralBlock,
  decodeConfirmedServiceError,
  decodeException,
  decodeGetRequest,
  decodeGetResponse,
  decodeResultList,
  decodeInitiateRequest,
  decodeInitiateResponse,
  decodeReadRequest,
  decodeReadResponse,
];

const SEEDS: readonly Uint8Array[] = vectorFile<{ vectors: readonly { layer: string; hex?: string }[] }>('dlms.json')
  .vectors.filter(({ layer, hex }) => hex && ['apdu', 'glo', 'data', 'datetime'].includes(layer) && hex.length < 1200)
  .map(({ hex }) => fromHex(hex ?? ''));

/** Random octets, or a vector with octets changed, cut, doubled or grafted onto another. */
export function hostile(random: Random): Uint8Array {
  const below = (n: number): number => Math.floor(random() * n);
  const seed = SEEDS[below(SEEDS.length)] ?? new Uint8Array(0);
  switch (below(5)) {
    case 0:
      return Uint8Array.from({ length: below(60) }, () => below(256));
    case 1:
      return seed.slice(0, below(seed.length + 1));
    case 2: {
      const other = SEEDS[below(SEEDS.length)] ?? seed;
      return Uint8Array.of(...seed.slice(0, below(seed.length + 1)), ...other.slice(below(other.length + 1)));
    }
    default: {
      const copy = seed.slice();
      for (let i = below(4); i >= 0; i--)
        if (copy.length > 0) copy[below(copy.length)] = random() < 0.5 ? below(256) : (HARD[below(HARD.length)] ?? 0);
      return copy;
    }
  }
}

/** Throws what is no ReadError, or an INTERNAL one: both would be defects. */
export function survives(bytes: Uint8Array): void {
  for (const decode of DECODERS) {
    try {
      decode(bytes);
    } catch (error) {
      if (!(error instanceof ReadError) || error.code === 'INTERNAL') throw error;
    }
  }
}

const HARD = [0x00, 0x01, 0x02, 0x13, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff];
