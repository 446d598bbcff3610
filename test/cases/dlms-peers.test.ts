// Foreign DLMS meters (Gurux C and Java, jDLMS) as recorded, octet for octet, each session by its id. What stands under
// `right` in the data was told by another client, or decoded by hand. A session plays through this palette word by
// word: unless a case says otherwise, every word of ours has to be the recorded one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeGetRequest, decodeGetResponse, encodeDataResult, type DataResult } from '../../src/core/dlms/apdu/get';
import { encodeHdlc, scanHdlc, type HdlcFrame } from '../../src/core/dlms/link/hdlc';
import { addLlc, stripLlc } from '../../src/core/dlms/link/llc';
import type { Reading, Readout } from '../../src/core/meter/reading';
import { concatBytes, fromHex, toHex } from '../../src/core/wire/bytes';
import { play, type Heard, type Made, type PeerSession, type PlayOptions } from '../support/dlms-peer';
import { said } from '../support/said';

const SESSIONS = JSON.parse(
  readFileSync(join(__dirname, '../vectors/dlms-peers.json'), 'utf8'),
) as readonly PeerSession[];
const sessionOf = (id: string): PeerSession => SESSIONS.find((one) => one.id === id) ?? assert.fail(id);

/** The recorded client always asked for general block transfer. */
const AS_RECORDED = { blockTransfer: 'on' };
const played = (id: string, { settings, ...o }: PlayOptions = {}): Heard =>
  play(sessionOf(id), { settings: { ...AS_RECORDED, ...settings }, ...o });

const tested = new Set<string>();
const peer = (id: string, what: string, test: () => void): void => {
  tested.add(id);
  it(`${id}: ${what}`, test);
};

// What is right

function isRight({ value, error }: Heard, right: unknown): void {
  assert.ok(value, `nothing was read: ${said(error)}`);
  const wanted = right as {
    objects?: readonly string[];
    rows?: readonly (readonly unknown[])[];
    columns?: readonly { id: string; unit?: string | null }[];
    readings?: Readonly<Record<string, unknown>>;
  };
  if (wanted.objects) assert.deepEqual(value.readings.map(objectText).sort(), [...wanted.objects].sort());
  else if (wanted.rows) isRightTable(value, wanted.columns ?? [], wanted.rows);
  else {
    assert.deepEqual(
      value.readings.map(({ id }) => id),
      Object.keys(wanted.readings ?? {}),
    );
    for (const reading of value.readings) isRightReading(reading, wanted.readings?.[reading.id]);
  }
}

const objectText = ({ id, value }: Reading): string => `${(value as { class: number }).class} ${id}`;

function isRightTable(
  { rows, columns }: Readout,
  wantedColumns: readonly { id: string; unit?: string | null }[],
  wantedRows: readonly (readonly unknown[])[],
): void {
  assert.deepEqual(
    columns?.map(({ id, unit }) => [id, unit ?? null]),
    wantedColumns.map(({ id, unit }) => [id, unit ?? null]),
  );
  assert.deepEqual(
    rows?.map(({ at, values }) => [at, ...values]),
    wantedRows,
  );
}

function isRightReading(reading: Reading, wanted: unknown): void {
  if (typeof wanted === 'string') return assert.equal(reading.value, wanted.replace(' (octet string)', ''));
  if (Array.isArray(wanted)) return assert.deepEqual(reading.value, wanted);
  const { value, unit, raw, at, error } = wanted as Readonly<Record<string, unknown>>;
  if (error !== undefined) return assert.equal(reading.error?.facts?.['name'], String(error).replace(/ \(.*/, ''));
  if (at !== undefined) {
    assert.equal(reading.raw, raw);
    return assert.equal(Date.parse(String(reading.value)), Date.parse(String(at)));
  }
  if (typeof value === 'number') assert.equal(Number(reading.value), value);
  else assert.equal(typeof reading.value, 'number'); // random at each read
  if (unit !== undefined) assert.equal(reading.unit ?? null, unit);
}

// What a recorded meter says beyond its recording

const wrapped = (apdu: string): string => `000100010010${(apdu.length / 2).toString(16).padStart(4, '0')}${apdu}`;
const overWrapper =
  (answer: (apdu: string) => string | undefined): Made =>
  (hex) => {
    const apdu = answer(hex.slice(16));
    return apdu === undefined ? undefined : [wrapped(apdu)];
  };

/** Over HDLC: I-frames whose numbers go on from ours. */
const overHdlc =
  (answer: (apdu: Uint8Array) => Uint8Array | undefined): Made =>
  (hex) => {
    const frame = frameOf(hex);
    const { src: dest, dest: src } = frame;
    if (frame.type === 'DISC')
      return [toHex(encodeHdlc({ type: 'UA', isFinal: true, dest, src, info: new Uint8Array(0) }))];
    const apdu = frame.type === 'I' ? answer(stripLlc(frame.info)) : undefined;
    if (frame.type !== 'I' || !apdu) return undefined;
    const info = addLlc(apdu, 'response');
    return [toHex(encodeHdlc({ type: 'I', ns: frame.nr, nr: (frame.ns + 1) % 8, isFinal: true, dest, src, info }))];
  };

function frameOf(hex: string): HdlcFrame {
  const found = scanHdlc(fromHex(hex));
  assert.ok(found !== 'more' && 'frame' in found, hex);
  return found.frame;
}

/** The APDU in a word of the wrapper, or of a single HDLC frame. */
const apduOf = (hex: string): string => (hex.startsWith('0001') ? hex.slice(16) : toHex(stripLlc(frameOf(hex).info)));

/** The AARQ without the conformance bit of general block transfer, all else as it is. */
const withoutBlockBit = (apdu: string): string =>
  apdu.replace(
    /5f1f0400(..)/,
    (_, octet: string) => `5f1f0400${(Number.parseInt(octet, 16) & ~0x20).toString(16).padStart(2, '0')}`,
  );
const isAlikeButBlockBit = (ours: string, recorded: string): boolean => {
  const isAarq = (hex: string): boolean => hex.includes('5f1f0400') && hex.includes('a109060760857405');
  return isAarq(ours) && isAarq(recorded) && withoutBlockBit(apduOf(ours)) === withoutBlockBit(apduOf(recorded));
};

/** Sessions that this palette plays word for word, with what they give. */
const WHOLE = [
  'withlist-c-three-good withlist-java-missing-middle f4b-java-sn-hdlc-good f4-java-sn-hdlc-objects',
  'f2-java-md5-objects-wrapper-w1 f6-c-profile-entries-hdlc f6-c-profile-entries-wrapper f6-c-gmac-profile-entries',
  'c-profile-range-hdlc c-profile-range-wrapper c-gmac-profile-range c-gmac-dedicated-key c-mode-e-attributes c-objects',
  'java-objects java-sha1 java-gmac-suite1 java-gmac-suite2 java-gmac-suite1-dedicated-key java-ecdsa-p256-plain',
  'java-ecdsa-p384-plain java-profile-range java-profile-entries f8-jdlms-raw-frozen-nr jdlms-gmac-ae jdlms-profile-range',
  'jdlms-profile-entries jdlms-profile-columns jdlms-objects f8-open-c-hdlc-gmac',
].flatMap((line) => line.split(' '));

const settingsOf = (id: string): Readonly<Record<string, unknown>> =>
  id === 'c-mode-e-attributes' ? { interface: 'mode-e' } : {};

describe('recorded DLMS meters', () => {
  for (const id of WHOLE)
    peer(id, 'every word as recorded, and what is right', () => {
      const heard = played(id, { settings: settingsOf(id) });
      assert.deepEqual(heard.said, heard.recorded);
      isRight(heard, sessionOf(id).right);
    });

  it('without general block transfer asked for, the same but for that bit of the AARQ', () => {
    const plain = WHOLE.filter((id) => sessionOf(id).options['security'] === 'none' && !id.startsWith('f2-'));
    assert.ok(plain.length > 15);
    for (const id of plain) {
      const settings = { blockTransfer: 'auto', ...settingsOf(id) };
      const heard = played(id, { settings, isAlike: isAlikeButBlockBit });
      assert.equal(heard.said.length, heard.recorded.length, id);
      heard.said.forEach((word, i) => {
        if (word === heard.recorded[i]) return;
        assert.ok(isAlikeButBlockBit(word, heard.recorded[i] ?? ''), id);
        assert.equal(withoutBlockBit(apduOf(word)), apduOf(word), id);
      });
      isRight(heard, sessionOf(id).right);
    }
  });

  peer('f1-c-silent-server-77', 'nobody there: four words, no goodbye', () => {
    const heard = played('f1-c-silent-server-77');
    assert.deepEqual(heard.said, heard.recorded.slice(0, 4));
    assert.equal(heard.error?.code, 'NO_REPLY');
    assert.ok(heard.ms < 22_500);
  });
  peer('f1-java-silent-server-77-auto', 'nobody there: each length once, DISC once, no goodbye', () => {
    const heard = played('f1-java-silent-server-77-auto');
    assert.deepEqual(heard.said.slice(0, 3), heard.recorded.slice(0, 3));
    assert.equal(heard.said.length, 4);
    assert.equal(heard.error?.code, 'NO_REPLY');
    assert.ok(heard.ms < 22_500);
  });
  for (const [id, same] of [
    ['f2-java-md5-objects-hdlc-w1', 22],
    ['f2-java-gmac-s2-objects-hdlc-w1', 12],
  ] as const)
    peer(id, 'the second block, streaming although the window is full, is acknowledged at once', () => {
      const heard = played(id);
      assert.equal(heard.same, same);
      assert.equal(toHex(stripLlc(frameOf(heard.said[same] ?? '').info)), 'e0810002000200');
      // The recorded meter was never told so: what it says to our polls is no answer, and no reading comes of it.
      assert.equal(heard.value, undefined);
      assert.ok(heard.ms < 120_000, `${heard.ms} ms`);
    });
  for (const [id, same] of [
    ['f2-java-md5-objects-hdlc-w16', 13],
    ['f2-java-md5-objects-wrapper-w16', 4],
    ['f2-java-gmac-s2-objects-hdlc-w16', 10],
  ] as const)
    peer(
      id,
      'a window of one is granted first; the flood that a larger one brought is cut off, whatever it says',
      () => {
        const isAck = (hex: string): boolean => /^e0[89].000/.test(apduOf(hex));
        const heard = played(id, { isAlike: (ours, recorded) => isAck(ours) && isAck(recorded) });
        assert.equal(heard.same, same);
        assert.equal(apduOf(heard.said[same] ?? ''), 'e0810001000100');
        assert.equal(heard.value, undefined);
        assert.ok(
          heard.said.length <= heard.recorded.length + 8 && heard.ms < 45_000,
          `${heard.said.length} ${heard.ms}`,
        );
      },
    );
});

describe('recorded DLMS meters: lists and short names', () => {
  /** What the same meter answers to single requests: values of its good list, or object-undefined. */
  const alone = (id: string): Made => {
    const good = sessionOf('withlist-c-three-good').exchange;
    const [asked, told] = [good[4]?.hex ?? '', good[5]?.hex ?? ''];
    const request = decodeGetRequest(fromHex(apduOf(asked)));
    const response = decodeGetResponse(fromHex(apduOf(told)));
    assert.ok(request.kind === 'with-list' && response.kind === 'with-list', id);
    const results = new Map<string, DataResult>(
      request.attributes.map((one, i) => [toHex(one.instance), response.results[i] ?? assert.fail()]),
    );
    return overHdlc((apdu) => {
      if (apdu[0] !== 0xc0) return undefined;
      const one = decodeGetRequest(apdu);
      if (one.kind !== 'normal') return undefined;
      const result = results.get(toHex(one.attribute.instance)) ?? { refused: 4 };
      return concatBytes(fromHex('c401'), Uint8Array.of(one.invoke), encodeDataResult(result));
    });
  };
  for (const id of ['f3-c-withlist-missing-middle', 'f3-c-withlist-missing-first'])
    peer(id, 'what a list refuses is asked one by one before anything is called missing', () => {
      const heard = played(id, { made: alone(id) });
      assert.equal(heard.same, 3);
      isRight(heard, sessionOf(id).right);
    });

  const list = sessionOf('f4a-java-sn-wrapper-objects').exchange[3]?.hex?.slice(16) ?? '';
  const NAME = '0909475258313233343536';
  peer('f4a-java-sn-wrapper-ldn', 'the logical device name is read by its name in the list of the meter', () => {
    const made = overWrapper((apdu) =>
      apdu === '050102fa08' ? list : apdu === '05010200d8' ? `0c0100${NAME}` : undefined,
    );
    const heard = played('f4a-java-sn-wrapper-ldn', { made });
    assert.equal(heard.same, 1);
    assert.ok(!heard.said.some((hex) => hex.includes('fd08')));
    isRight(heard, sessionOf('f4a-java-sn-wrapper-ldn').right);
  });
  peer('f4a-java-sn-wrapper-objects', 'the object list, without a name that the meter does not have', () => {
    const made = overWrapper((apdu) => (apdu === '05020200d80200e8' ? `0c0200${NAME}000a0131` : undefined));
    const heard = played('f4a-java-sn-wrapper-objects', { made });
    assert.equal(heard.same, 2);
    isRight(heard, sessionOf('f4a-java-sn-wrapper-objects').right);
    assert.ok(heard.ms < 8000);
  });
  peer('f4b-java-sn-hdlc-unknown-name', 'what the list does not hold is not asked for, and the rest is read', () => {
    const made = overHdlc((apdu) => {
      const names = /^05(..)(.*)$/.exec(toHex(apdu));
      const values: Readonly<Record<string, string>> = { '020120': '12009e', '020128': '02020f001600', '02fd08': NAME };
      const results = (names?.[2] ?? '').match(/.{6}/g)?.map((name) => values[name]);
      if (!names || !results || results.includes(undefined)) return fromHex('0c010109');
      return fromHex(`0c${names[1]}${results.map((data) => `00${data}`).join('')}`);
    });
    const heard = played('f4b-java-sn-hdlc-unknown-name', { made });
    assert.equal(heard.same, 6);
    assert.deepEqual(
      heard.value?.readings.map(({ id, value, error }) => [id, value, error?.facts?.['name']]),
      [
        ['1-0:9.9.9*255', undefined, 'object-undefined'],
        ['1-1:21.25.0*255', 158, undefined],
      ],
    );
    assert.ok(heard.said.length < 10, `${heard.said.length} words`);
  });
  peer(
    'f4c-java-sn-hdlc-profile',
    'a range stops at its end, says that the meter sends more, and keeps what was read',
    () => {
      const heard = played('f4c-java-sn-hdlc-profile');
      assert.equal(heard.same, 17); // the next block is no longer asked for
      assert.equal(heard.said.length, 18);
      isRight(heard, sessionOf('f4c-java-sn-hdlc-profile').right);
      assert.deepEqual(
        heard.value?.readings.map(({ error }) => error?.reason),
        ['cosem.moreThanAsked'],
      );
    },
  );
  peer('f4d-java-sn-wrapper-aarq-0c010109', 'a read response to an AARQ is an answer: a refusal', () => {
    const heard = played('f4d-java-sn-wrapper-aarq-0c010109');
    assert.deepEqual(heard.said, heard.recorded);
    assert.equal(heard.error?.reason, 'dlms.aarqUnheard');
    assert.match(said(heard.error), /refuses the association request: .*APDU 0C/);
  });
});

describe('recorded DLMS meters: openings that fail', () => {
  peer(
    'java-ecdsa-p256-doubled-llc',
    'both LLC headers are taken off; the AARE behind them lacks its length, and that is said',
    () => {
      const heard = played('java-ecdsa-p256-doubled-llc');
      assert.deepEqual(heard.said, heard.recorded);
      assert.equal(heard.error?.reason, 'dlms.aareBroken');
    },
  );
  peer('f9-java-aare-segmented-128', 'a meter that breaks its own AARE off: an error that says so', () => {
    const heard = played('f9-java-aare-segmented-128');
    assert.deepEqual(heard.said, heard.recorded);
    assert.match(said(heard.error), /broke off its answer to the association request \(125 octets\)/);
  });
  peer(
    'f8-jdlms-raw-no-quirk',
    'frames never acknowledged: the error names the quirk, and with it the meter is read',
    () => {
      const heard = played('f8-jdlms-raw-no-quirk');
      assert.deepEqual(heard.said, heard.recorded);
      assert.match(said(heard.error), /the quirk frozenNr/);
      assert.ok(heard.ms < 45_000);
    },
  );
  for (const id of ['f8-open-c-wrapper-other-client', 'f8-open-c-wrapper-gmac'])
    peer(id, "silence to an AARQ over the wrapper names another client's association", () => {
      const heard = played(id);
      assert.deepEqual(heard.said, heard.recorded);
      assert.equal(heard.error?.reason, 'dlms.aarqSilent');
      assert.match(said(heard.error), /may still hold an association that another client left open/);
    });
  peer('f8-open-c-wrapper-same-client', 'the association of the same client gives way', () => {
    const heard = played('f8-open-c-wrapper-same-client', { knows: { invokeId: 1 } });
    assert.deepEqual(heard.said, heard.recorded);
    isRight(heard, sessionOf('f8-open-c-wrapper-same-client').right);
  });
  peer('f8-open-java-hdlc', 'a meter mute to SNRM and DISC: four words, no goodbye', () => {
    const heard = played('f8-open-java-hdlc', { settings: { addressBytes: '1' } });
    assert.deepEqual(heard.said, heard.recorded.slice(0, 4));
    assert.equal(heard.error?.code, 'NO_REPLY');
  });
  peer('f8-open-jdlms-hdlc', 'a meter that closes at an SNRM is asked again, and read', () => {
    const heard = played('f8-open-jdlms-hdlc', { settings: { addressBytes: '1' }, knows: { invokeId: 1 } });
    assert.deepEqual(heard.said, heard.recorded);
    isRight(heard, sessionOf('f8-open-jdlms-hdlc').right);
  });
  it('leaves no recorded session out', () => {
    assert.deepEqual(
      SESSIONS.map(({ id }) => id).filter((id) => !tested.has(id)),
      [],
    );
    assert.equal(tested.size, 52);
  });
});
