// The application service data unit of IEC 60870-5-102 in the Spanish REE profile: a head of six bytes and objects.
// type, VSQ (SQ bit and number of objects), cause of transmission (T, P/N, cause), measuring point, register address.
import { failure, phrase, type Phrase } from '../wire/errors';
import { concatBytes } from '../wire/bytes';

/** An ASDU: its head, and the octets of its objects. */
export interface Asdu {
  readonly type: number;
  /** Number of information objects, VSQ bits 0-6. */
  readonly count: number;
  readonly cause: number;
  /** P/N: a negative confirmation. */
  readonly isNegative: boolean;
  /** Measuring point address. */
  readonly point: number;
  /** Record (register) address: which of the meter's registers. */
  readonly register: number;
  readonly objects: Uint8Array;
}

/** Throws BAD_VALUE for a head that is cut, and for the sequence form. */
export function decodeAsdu(bytes: Uint8Array): Asdu {
  const [type, vsq, cot, pointLow, pointHigh, register] = bytes;
  if (
    type === undefined ||
    vsq === undefined ||
    cot === undefined ||
    pointLow === undefined ||
    pointHigh === undefined ||
    register === undefined
  ) {
    throw failure('iec870.noHead', { size: bytes.length });
  }
  if (vsq & SEQUENCE) throw failure('iec870.sequenceForm', { type });
  return {
    type,
    count: vsq & 0x7f,
    cause: cot & 0x3f,
    isNegative: (cot & NEGATIVE) !== 0,
    point: pointLow | (pointHigh << 8),
    register,
    objects: bytes.slice(HEAD_SIZE),
  };
}

/** The octets of an ASDU. */
export function encodeAsdu(asdu: Asdu): Uint8Array {
  const head = Uint8Array.of(
    asdu.type,
    asdu.count,
    asdu.cause | (asdu.isNegative ? NEGATIVE : 0),
    asdu.point & 0xff,
    asdu.point >> 8,
    asdu.register,
  );
  return concatBytes(head, asdu.objects);
}

/** Type identifications, by the names of the profile. */
export const TYPE = {
  M_SP_TA_2: 1,
  M_IT_TG_2: 8,
  M_IT_TK_2: 11,
  P_MP_NA_2: 71,
  M_TI_TA_2: 72,
  C_RD_NA_2: 100,
  C_SP_NB_2: 102,
  C_TI_NA_2: 103,
  C_CI_NT_2: 122,
  C_CI_NU_2: 123,
  C_TA_VC_2: 133,
  C_TA_VM_2: 134,
  M_TA_VC_2: 135,
  M_TA_VM_2: 136,
  M_IB_TG_2: 139,
  M_IB_TK_2: 140,
  C_RM_NA_2: 141,
  M_RM_NA_2: 142,
  C_PC_NA_2: 144,
  M_PC_NA_2: 145,
  P_IN_VA_2: 162,
  R_IN_VA_2: 163,
  C_CS_TA_2: 181,
  C_AC_NA_2: 183,
  C_FS_NA_2: 187,
  C_CB_NT_2: 189,
  C_CB_UN_2: 190,
} as const;

/** Causes of transmission, 7.2.1.3 and the profile's error causes. */
export const CAUSE = {
  requested: 5,
  activation: 6,
  confirmation: 7,
  termination: 10,
  recordNotAvailable: 0x0d,
  typeNotAvailable: 0x0e,
  recordUnknown: 0x0f,
  addressUnknown: 0x10,
  objectNotAvailable: 0x11,
  periodNotAvailable: 0x12,
} as const;

/** Why a meter says no, in words. */
export const REFUSALS: Readonly<Record<number, Phrase>> = {
  [CAUSE.recordNotAvailable]: phrase('iec870.recordNotAvailable', {}),
  [CAUSE.typeNotAvailable]: phrase('iec870.typeNotKnown', {}),
  [CAUSE.recordUnknown]: phrase('iec870.registerNotKnown', {}),
  [CAUSE.addressUnknown]: phrase('iec870.pointNotKnown', {}),
  [CAUSE.objectNotAvailable]: phrase('iec870.objectNotAvailable', {}),
  [CAUSE.periodNotAvailable]: phrase('iec870.periodNotAvailable', {}),
};

/** Octets before the objects. */
export const HEAD_SIZE = 6;
const SEQUENCE = 0x80;
const NEGATIVE = 0x40;
