// The first octet of an APDU says what it is (Green Book 9.5, COSEMpdu).

/** Tags of APDUs that are told apart before they are decoded. */
export const TAG = {
  readResponse: 0x0c,
  confirmedServiceError: 0x0e,
  dataNotification: 0x0f,
  informationReport: 0x18,
  aarq: 0x60,
  aare: 0x61,
  rlrq: 0x62,
  rlre: 0x63,
  eventNotification: 0xc2,
  getResponse: 0xc4,
  actionResponse: 0xc7,
  exception: 0xd8,
  generalBlock: 0xe0,
} as const;

/** -1 for an APDU without any octet. */
export function apduTagOf(apdu: Uint8Array): number {
  return apdu[0] ?? -1;
}

/** For people: `APDU 0C`. */
export function tagText(apdu: Uint8Array): string {
  return apdu.length === 0 ? 'nothing' : `APDU ${apduTagOf(apdu).toString(16).padStart(2, '0').toUpperCase()}`;
}

/** Plain or ciphered answers to GET, ACTION and Read, and RLRE: what may still be under way from an earlier request. */
export function isLateAnswer(apdu: Uint8Array): boolean {
  return LATE_ANSWERS.has(apduTagOf(apdu));
}

const LATE_ANSWERS: ReadonlySet<number> = new Set([
  0x0c,
  0x2c,
  0x4c,
  TAG.rlre,
  0xc4,
  0xc7,
  0xcc,
  0xcf,
  0xd4,
  0xd7,
  0xda,
]);
