// Which reads of mtx-dlms-read follow which captured session, exchange by exchange. Law: what the meter says are the
// captured octets, unchanged. What this reader asks beyond a capture is answered by octets put together here from the
// standard, and stands as `made`.
import { createCipheriv } from 'node:crypto';
import type { MeterKnowledge } from '../../src/core/dlms/reading/meter-memory';

/** Exchanges are counted by what the foreign client said, from 0. A number = asked with its very octets. */
export type Step =
  | number
  /** Whatever is asked gets the answer of this exchange: this reader's request has other octets. */
  | { readonly any: number }
  /** Not in the capture. Without `request`: whatever is asked. */
  | { readonly made: string; readonly request?: string };

export interface Ask {
  readonly meter?: Readonly<Record<string, unknown>>;
  /** Set before this read. */
  readonly knows?: Partial<MeterKnowledge>;
  /**
   * Values in order (the code of an error in place of a value), rows, `! CODE stage`, or `objects`: the 18 of the
   * capture.
   */
  readonly gives: unknown;
}

export interface Play {
  readonly id: string;
  readonly shows: string;
  readonly meter: Readonly<Record<string, unknown>>;
  readonly script: readonly Step[];
  /** Octets said at last, beside those of the script. */
  readonly says?: string;
  readonly reads: readonly Ask[];
  /** All requests carry the invoke id of the captures, 1; else this reader counts on. */
  readonly countsInvokes?: true;
  /** Our challenge is the captured one, instead of a random one. */
  readonly challenge?: string;
  /** Takes its time by the waits that it is about: one way is enough. */
  readonly isSlow?: true;
  /** The invocation counter that stands in the context store. */
  readonly counter?: number;
}

const GREEN_BOOK = {
  encryptionKey: '000102030405060708090a0b0c0d0e0f',
  authenticationKey: 'd0d1d2d3d4d5d6d7d8d9dadbdcdddedf',
  clientTitle: '4d4d4d0000bc614e',
};
const LOW = { client: '17', auth: 'low', password: '12345678' };
const OBJECT_LIST = { obis: '0-0:40.0.0*255', class: 15, attribute: 2 };
const DEVICE_NAME = { obis: '0-0:42.0.0*255', class: 1, attribute: 2 };
const CLOCK = { obis: '0-0:1.0.0*255', class: 8 };
const ENERGY = { obis: '1-0:1.8.0*255', class: 3 };
/** The reader learned in an earlier association that this meter takes no lists. */
const NO_LISTS = { listLimit: 1 };

const wrapped = (apdu: string): string => `000100010011${(apdu.length / 2).toString(16).padStart(4, '0')}${apdu}`;
/** GET-response of invoke id 1 (Green Book 9.5): data, or data-access-result object-undefined. */
const made = (data: string): Step => ({ made: wrapped(`c401c100${data}`) });
const NO_SUCH_OBJECT: Step = { made: wrapped('c401c10104') };
/** AssociationSN object_list: {base name, class, version, logical name} of clock and register. */
const SHORT_NAMES = wrapped(`0c010001020204102bc01200081100090600${'00010000ff'}0204102000120003110009060100010800ff`);

const ROWS = [
  ['2025-01-01T00:00:00Z', [128, 1_000_000, 5000, null]],
  ['2025-01-01T00:15:00Z', [0, 1_000_013, 5001, null]],
  ['2025-01-01T00:30:00Z', [0, 1_000_026, 5002, null]],
  ['2025-01-01T00:45:00Z', [0, 1_000_039, 5003, null]],
];
const COLUMNS = [
  [8, '0-0:1.0.0'],
  [1, '0-0:96.10.1'],
  [3, '1-0:1.8.0'],
  [3, '1-0:2.8.0'],
  [3, '1-0:32.7.0'],
].map(([classId, code]) => ({ class_id: classId, logical_name: `${code}*255`, attribute_index: 2, data_index: 0 }));
/**
 * attribute 3 as captured; then period, sort method and device name; then scaler and unit of three registers, the last
 * refused.
 */
const DESCRIPTION: readonly Step[] = [
  { any: 0 },
  1,
  made('0600000384'),
  made('1601'),
  NO_SUCH_OBJECT,
  made('02020f00161e'),
  made('02020f00161e'),
  NO_SUCH_OBJECT,
];

const GMAC = { ...GREEN_BOOK, client: '1', auth: 'gmac', security: 'auth+encrypt' };
const GMAC_CHALLENGE = 'a2611879fad23a382e70463ba7d3ef30';
const DEDICATED = {
  ...GREEN_BOOK,
  client: '24',
  auth: 'high',
  highLevelFunction: 'gurux',
  security: 'auth+encrypt',
  dedicatedKey: '00112233445566778899aabbccddeeff',
};
const DEDICATED_CHALLENGE = '98e7ecb5e042d80956c6628a79a2c144';
const TWO_READS = (name: string, clock: string): readonly Ask[] => [
  { meter: { items: [CLOCK] }, gives: [clock] },
  { meter: { items: [DEVICE_NAME] }, gives: [name] },
];

export const PLAYS: readonly Play[] = [
  {
    id: 'echo-snrm',
    shows: 'an echo is no meter',
    meter: { client: '19', server: '16', physical: '1', addressBytes: '2', items: [ENERGY] },
    script: [{ any: 0 }],
    says: '7ea0082003279373857e',
    isSlow: true,
    reads: [{ gives: '! BAD_FRAME connect' }],
  },
  {
    id: 'sess-hdlc-segmented',
    shows: 'ten segments, each polled as captured; RLRE in place of a device name costs nothing',
    meter: { ...LOW, addressBytes: '1', items: [OBJECT_LIST] },
    script: [{ any: 0 }, { any: 1 }, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, { any: 12 }, 13],
    reads: [{ knows: NO_LISTS, gives: 'objects' }],
  },
  {
    id: 'sess-wrapper-blocks',
    shows: 'three blocks, asked for one by one',
    meter: { ...LOW, interface: 'wrapper', items: [OBJECT_LIST] },
    script: [{ any: 0 }, 1, 2, 3, NO_SUCH_OBJECT, 4],
    reads: [{ knows: NO_LISTS, gives: 'objects' }],
  },
  {
    id: 'sess-wrapper-profile',
    shows: 'rows by entry',
    meter: { ...LOW, interface: 'wrapper', request: 'profile', profile: '1-0:99.1.0*255', entries: '3' },
    script: [...DESCRIPTION, made('0600000003'), 3, 5],
    reads: [{ knows: NO_LISTS, gives: ROWS.slice(0, 3) }],
  },
  {
    id: 'sess-wrapper-profile',
    shows: 'rows of a range',
    meter: {
      ...LOW,
      interface: 'wrapper',
      request: 'profile',
      profile: '1-0:99.1.0*255',
      from: '2025-01-01T00:00',
      to: '2025-01-01T00:45',
    },
    script: [...DESCRIPTION, { any: 4 }, 5],
    reads: [{ knows: NO_LISTS, gives: ROWS }],
  },
  {
    id: 'sess-wrapper-profile',
    shows: 'capture objects twice, as captured',
    meter: {
      ...LOW,
      interface: 'wrapper',
      keepAlive: '1',
      items: [{ obis: '1-0:99.1.0*255', class: 7, attribute: 3 }],
    },
    script: [{ any: 0 }, 1, NO_SUCH_OBJECT, 2, 5],
    reads: [{ knows: NO_LISTS, gives: [COLUMNS] }, { gives: [COLUMNS] }],
  },
  {
    id: 'sess-wrapper-list',
    shows: 'lists of three and two, an object and an attribute that are not there',
    meter: { ...LOW, interface: 'wrapper', keepAlive: '1' },
    countsInvokes: true,
    script: [{ any: 0 }, 1, { made: wrapped('c401c20104') }, 2, { any: 3 }, 3, 4],
    reads: [
      { meter: { items: [{ ...CLOCK, attribute: 3 }, ENERGY] }, knows: { listLimit: 3 }, gives: [60, 1_038_987] },
      {
        meter: { items: [ENERGY, { obis: '1-0:9.9.9*255', class: 3 }] },
        knows: { listLimit: 2, invokeId: 1 },
        gives: [1_038_987, 'REQUEST_REFUSED'],
      },
      { meter: { items: [{ ...ENERGY, attribute: 9 }] }, knows: { invokeId: 2 }, gives: ['ACCESS_DENIED'] },
    ],
  },
  {
    id: 'sess-lls-refused',
    shows: 'the wrong password',
    meter: { ...LOW, password: 'wrong', addressBytes: '1', items: [ENERGY] },
    script: [{ any: 0 }, { any: 1 }],
    reads: [{ gives: '! ACCESS_DENIED authenticate' }],
  },
  {
    id: 'sess-ic-error',
    shows: 'the counter that the meter expects is used, and the meter still refuses',
    meter: { ...GMAC, addressBytes: '1', items: [ENERGY] },
    counter: 7,
    says: '30000186a5',
    // The same meter's goodbye, from sess-gmac-general-glo.
    script: [
      { any: 0 },
      { any: 1 },
      { request: '7ea00703035380d77e', made: '7ea01e03037340cc818012050180060180070400000001080400000001533b7e' },
    ],
    reads: [{ gives: '! SECURITY_FAILED authenticate' }],
  },
  {
    id: 'sess-gmac-general-glo',
    shows: 'a recording is no meter: its proof answers another challenge than ours',
    meter: { ...GMAC, addressBytes: '1', items: [CLOCK] },
    counter: 100_000,
    script: [{ any: 0 }, { any: 1 }, { any: 2 }, 6],
    reads: [{ gives: '! SECURITY_FAILED authenticate' }],
  },
  {
    id: 'sess-gmac-general-glo',
    shows: 'both values, general-glo',
    meter: { ...GMAC, addressBytes: '1', ciphering: 'general', keepAlive: '1' },
    challenge: GMAC_CHALLENGE,
    counter: 100_000,
    script: [{ any: 0 }, { any: 1 }, { any: 2 }, 3, 4, 6],
    reads: TWO_READS('GRX0000000123456', '2026-11-22T08:44:34Z'),
  },
  {
    id: 'sess-gmac-general-glo',
    shows: 'the proof as captured, then glo-get',
    meter: { ...GMAC, addressBytes: '1', keepAlive: '1' },
    challenge: GMAC_CHALLENGE,
    counter: 100_000,
    script: [{ any: 0 }, { any: 1 }, 2, { any: 3 }, { any: 4 }, 6],
    reads: TWO_READS('GRX0000000123456', '2026-11-22T08:44:34Z'),
  },
  {
    id: 'sess-dedicated',
    shows: 'a recording is no meter: its proof answers another challenge than ours',
    meter: { ...DEDICATED, addressBytes: '1', items: [CLOCK] },
    counter: 50_000,
    script: [{ any: 0 }, { any: 1 }, { any: 2 }, 6],
    reads: [{ gives: '! SECURITY_FAILED authenticate' }],
  },
  {
    id: 'sess-dedicated',
    shows: 'both values, general-ded',
    meter: { ...DEDICATED, addressBytes: '1', ciphering: 'general', keepAlive: '1' },
    challenge: DEDICATED_CHALLENGE,
    counter: 50_001,
    script: [{ any: 0 }, { any: 1 }, { any: 2 }, 3, 4, 6],
    reads: TWO_READS('GRX123456', '2026-11-22T08:44:40.860Z'),
  },
  {
    id: 'sess-dedicated',
    shows: 'the proof as captured, then ded-get',
    meter: { ...DEDICATED, addressBytes: '1', keepAlive: '1' },
    challenge: DEDICATED_CHALLENGE,
    counter: 50_001,
    script: [{ any: 0 }, { any: 1 }, 2, { any: 3 }, { any: 4 }, 6],
    reads: TWO_READS('GRX123456', '2026-11-22T08:44:40.860Z'),
  },
  {
    id: 'sess-sn-wrapper',
    shows: 'clock, value and scaler by short name',
    meter: { ...LOW, interface: 'wrapper', referencing: 'SN', keepAlive: '1' },
    script: [
      { any: 0 },
      { made: wrapped('0c010104') },
      { request: '00010011000100050501' + '02fa08', made: SHORT_NAMES },
      1,
      2,
      3,
      4,
    ],
    reads: [
      { meter: { items: [DEVICE_NAME] }, knows: NO_LISTS, gives: ['REQUEST_REFUSED'] },
      { meter: { items: [CLOCK, ENERGY] }, knows: NO_LISTS, gives: ['2026-11-22T08:44:34Z', 1_038_987] },
    ],
  },
  {
    id: 'sess-broadcast-7f',
    shows: 'a meter that answers the address of all',
    meter: { ...LOW, password: 'Gurux', server: '127', addressBytes: '1', items: [DEVICE_NAME] },
    script: [{ any: 0 }, { any: 1 }, 2, 4],
    reads: [{ gives: ['GRX0000000123456'] }],
  },
  {
    id: 'mode-e-handshake',
    shows: 'HDLC opens; what follows is not captured, and the meter says DM',
    meter: { ...LOW, interface: 'mode-e', baud: 'fixed', parity: 'none', addressBytes: '1', items: [ENERGY] },
    script: [0, 1, { any: 2 }, { made: '7ea00723031fd35c7e' }, { made: '7ea00723031fd35c7e' }],
    reads: [{ gives: '! DISCONNECTED authenticate' }],
  },
];

/** HLS 2 of Gurux meters: the challenge under AES-128-ECB, the password padded with zeros as key. */
export function guruxAnswer(challenge: Buffer): Buffer {
  const cipher = createCipheriv(
    'aes-128-ecb',
    Buffer.concat([Buffer.from('Gurux'), Buffer.alloc(11)]),
    null,
  ).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/**
 * Why this reader never says these octets of a foreign client; undefined = it has to, in one of the plays of its
 * session.
 */
export function ownWords(hex: string): string | undefined {
  if (/^7ea0(07|08)(..){2,3}93/.test(hex))
    return 'SNRM: this reader offers its lengths and windows; the captured client offered none';
  if (/^7e.*e6e60060/.test(hex) || /^000100110001....60/.test(hex))
    return 'AARQ: this reader proposes what it can, the captured client other conformance bits';
  if (/^7e.*e6e60062/.test(hex)) return 'RLRQ over HDLC: the DISC that follows releases as well';
  if (hex.includes('0204020412000809060000010000ff'))
    return 'GET of a range: local times carry no deviation (8000), and a range of UTC is asked for with an hour to spare; the captured one has deviation 0';
  return undefined;
}
