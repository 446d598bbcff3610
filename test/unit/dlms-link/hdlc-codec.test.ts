// What vectors do not show: every control field, every address form, hostile lengths, and 7E wherever it can stand.
import assert from 'node:assert/strict';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import { crc16X25 } from '../../../src/core/wire/checksum';
import { ReadError } from '../../../src/core/wire/errors';
import { encodeHdlc, rejectionOf, scanHdlc, type HdlcFrame } from '../../../src/core/dlms/link/hdlc';
import {
  clientAddress,
  decodeAddress,
  encodeAddress,
  isAllStation,
  serverAddresses,
  type AddressSize,
} from '../../../src/core/dlms/link/hdlc-address';
import { HdlcInbox } from '../../../src/core/dlms/link/hdlc-inbox';
import { decodeParameters, encodeParameters } from '../../../src/core/dlms/link/hdlc-negotiation';
import { said } from '../../support/said';
import { failure } from '../../../src/core/wire/errors';
import { explainReason } from '../../../src/words/index';

const TO = { dest: { size: 1, upper: 16 }, src: { size: 1, upper: 1 } } as const;
const NOTHING = new Uint8Array(0);

function scanned(bytes: Uint8Array): HdlcFrame {
  const found = scanHdlc(bytes);
  assert.ok(found !== 'more' && 'frame' in found, `${toHex(bytes)}: ${JSON.stringify(found)}`);
  return found.frame;
}

function refuses(make: () => unknown, detail: RegExp): void {
  assert.throws(make, (e) => e instanceof ReadError && e.code === 'CONFIG_INVALID' && detail.test(said(e)));
}

describe('hdlc control field', () => {
  it('tells all 256 octets apart and gives each back', () => {
    for (let octet = 0; octet < 256; octet++) {
      const body = Uint8Array.of(0xa0, 7, 0x21, 0x03, octet);
      const fcs = crc16X25(body);
      const bytes = concatBytes(Uint8Array.of(0x7e), body, Uint8Array.of(fcs & 0xff, fcs >> 8, 0x7e));
      assert.equal(toHex(encodeHdlc(scanned(bytes))), toHex(bytes), octet.toString(16));
    }
  });
  it('names the values of the Green Book', () => {
    const octets: readonly [number, string][] = [
      [0x93, 'SNRM'],
      [0x53, 'DISC'],
      [0x73, 'UA'],
      [0x1f, 'DM'],
      [0x97, 'FRMR'],
      [0x13, 'UI'],
      [0x11, 'RR'],
      [0x15, 'RNR'],
      [0x19, 'REJ'],
      [0x10, 'I'],
      [0xbf, 'other'],
    ];
    for (const [octet, type] of octets) {
      const body = Uint8Array.of(0xa0, 7, 0x21, 0x03, octet);
      const fcs = crc16X25(body);
      assert.equal(
        scanned(concatBytes(Uint8Array.of(0x7e), body, Uint8Array.of(fcs & 0xff, fcs >> 8, 0x7e))).type,
        type,
      );
    }
  });
  it('says why a frame was rejected', () => {
    const rejected = (hex: string): string =>
      explainReason(failure('dlms.snrmRejected', { rejection: rejectionOf(fromHex(hex)) })).replace(
        /^.*FRMR: (.*)\), also.*$/,
        '$1',
      );
    assert.equal(rejected('10 20 08'), 'N(R) that answers nothing sent');
    assert.equal(rejected('10 20 05'), 'unknown control field, information field too long');
    assert.equal(rejected(''), 'no reason given');
  });
});

describe('hdlc scanner', () => {
  it('gives frames whose HCS, FCS, address, length and information contain 7E', () => {
    let [inHcs, inFcs] = [0, 0];
    for (let n = 0; n < 70_000 && (inHcs < 5 || inFcs < 5); n++) {
      const frame: HdlcFrame = {
        ...TO,
        src: { size: 2, upper: 63, lower: n & 0x7f },
        type: 'I',
        ns: n & 7,
        nr: (n >> 7) & 7,
        isFinal: true,
        isSegmented: n % 3 === 0,
        info: Uint8Array.of(n >> 8, n, 0x7e, 0x7e),
      };
      const bytes = encodeHdlc(frame);
      const [hcs, fcs] = [bytes.subarray(7, 9), bytes.subarray(13, 15)];
      if (!hcs.includes(0x7e) && !fcs.includes(0x7e)) continue;
      inHcs += hcs.includes(0x7e) ? 1 : 0;
      inFcs += fcs.includes(0x7e) ? 1 : 0;
      assert.deepEqual(scanned(bytes), frame);
      for (let cut = 1; cut < bytes.length; cut++) assert.equal(scanHdlc(bytes.subarray(0, cut)), 'more');
    }
    assert.ok(inHcs >= 5 && inFcs >= 5);
    const long: HdlcFrame = { ...TO, type: 'UI', isFinal: true, isSegmented: false, info: new Uint8Array(0x7e - 9) };
    assert.equal(encodeHdlc(long)[2], 0x7e);
    assert.deepEqual(scanned(encodeHdlc(long)), long);
  });
  it('takes fill between frames and one flag for two of them', () => {
    const rr = encodeHdlc({ ...TO, type: 'RR', nr: 1, isFinal: true, info: NOTHING });
    const inbox = new HdlcInbox();
    inbox.push(concatBytes(fromHex('7e7e7e7e'), rr, rr.subarray(1), fromHex('7e7e'), rr));
    let count = 0;
    while (inbox.next()) count += 1;
    assert.equal(count, 3);
    assert.equal(inbox.isBroken(), false);
    assert.equal(inbox.hasGap, false);
  });
  it('does not wait for a false length: a frame behind it is found', () => {
    const rr = encodeHdlc({ ...TO, type: 'RR', nr: 1, isFinal: true, info: NOTHING });
    for (const false_ of [
      '7ea7ff',
      '7ea7ff0321',
      '7ea7ff020200',
      '7ea000',
      '7ea0080321',
      '7e',
      '7eff',
      '7ea7ff00000000',
      '7ea7ff0002002303',
    ]) {
      const inbox = new HdlcInbox();
      inbox.push(concatBytes(fromHex(false_), rr, rr));
      assert.ok(inbox.next(), false_);
    }
  });
  it('refuses lengths between a frame without and with information, and other format types', () => {
    for (const length of [0, 6, 8, 9]) {
      const body = Uint8Array.from([0xa0, length, 0x21, 0x03, 0x11, 0x00, 0x00, 0x00]).subarray(
        0,
        Math.max(5, length - 2),
      );
      const fcs = crc16X25(body);
      const found = scanHdlc(concatBytes(Uint8Array.of(0x7e), body, Uint8Array.of(fcs & 0xff, fcs >> 8, 0x7e, 0x7e)));
      assert.ok(found !== 'more' && 'skip' in found, String(length));
    }
    const found = scanHdlc(fromHex('7e9007210311ffff7e'));
    assert.ok(found !== 'more' && 'skip' in found);
  });
  it('carries the largest information field, and no larger one than a length can tell', () => {
    const big: HdlcFrame = {
      dest: { size: 1, upper: 16 },
      src: { size: 4, upper: 1, lower: 9999 },
      type: 'I',
      ns: 1,
      nr: 2,
      isFinal: false,
      isSegmented: true,
      info: Uint8Array.from({ length: 2030 }, (_, i) => i),
    };
    assert.deepEqual(scanned(encodeHdlc(big)), big);
    assert.throws(
      () => encodeHdlc({ ...big, info: new Uint8Array(2048) }),
      (e) => e instanceof ReadError,
    );
  });
  it('tells damage from a stray octet', () => {
    const inbox = new HdlcInbox();
    inbox.push(fromHex('ff 00'));
    assert.equal(inbox.next(), undefined);
    assert.equal(inbox.isBroken(), false);
    inbox.push(fromHex('7ea00703'));
    assert.equal(inbox.next(), undefined);
    assert.equal(inbox.isBroken(), true);
    inbox.clear();
    inbox.push(fromHex('7ea00703235100007e'));
    assert.equal(inbox.next(), undefined);
    assert.equal(inbox.isBroken(), true);
  });
});

describe('hdlc addresses', () => {
  it('writes 1, 2 and 4 octets as the Green Book shows them', () => {
    assert.equal(toHex(encodeAddress({ size: 1, upper: 16 })), '21');
    assert.equal(toHex(encodeAddress({ size: 2, upper: 1, lower: 17 })), '0223');
    assert.equal(toHex(encodeAddress({ size: 4, upper: 1, lower: 17 })), '00020023');
    assert.equal(toHex(encodeAddress({ size: 4, upper: 0x1234, lower: 0x3fff })), '4868feff');
  });
  it('reads back every value at the edges', () => {
    for (const size of [2, 4] as const) {
      for (const upper of [0, 1, 0x7f, 0x80, 0x3fff]) {
        for (const lower of [0, 1, 0x7f, 0x80, 0x3fff]) {
          if (size === 2 && (upper > 0x7f || lower > 0x7f)) continue;
          assert.deepEqual(decodeAddress(encodeAddress({ size, upper, lower }), 0), { size, upper, lower });
        }
      }
    }
  });
  it('knows neither three octets nor five', () => {
    assert.equal(decodeAddress(fromHex('000003'), 0), undefined);
    assert.equal(decodeAddress(fromHex('0000000003'), 0), undefined);
    assert.equal(decodeAddress(fromHex('0000'), 0), 'more');
  });
  it('tries only the lengths that hold both numbers', () => {
    const sizes = (server: number, physical: number, bytes: AddressSize | 'auto'): number[] =>
      serverAddresses(server, physical, bytes).map(({ size }) => size);
    assert.deepEqual(sizes(1, 0, 'auto'), [1, 2, 4]);
    assert.deepEqual(sizes(1, 17, 'auto'), [2, 4]);
    assert.deepEqual(sizes(1, 2836, 'auto'), [4]);
    assert.deepEqual(sizes(200, 0, 'auto'), [4]);
    assert.deepEqual(serverAddresses(1, 0, 4), [{ size: 4, upper: 1, lower: 0 }]);
  });
  it('refuses what no address can hold, and says what to do', () => {
    refuses(() => serverAddresses(1, 2836, 2), /more address bytes/);
    refuses(() => serverAddresses(1, 17, 1), /more address bytes/);
    refuses(() => serverAddresses(-1, 0, 'auto'), /server -1/);
    refuses(() => serverAddresses(1, 16384, 'auto'), /physical 16384/);
    refuses(() => clientAddress(128), /1 to 127|0 to 127/);
    refuses(() => clientAddress(1.5), /client 1.5/);
  });
  it('knows the all-station addresses', () => {
    assert.ok(isAllStation({ size: 1, upper: 0x7f }));
    assert.ok(isAllStation({ size: 2, upper: 1, lower: 0x7f }));
    assert.ok(isAllStation({ size: 4, upper: 1, lower: 0x3fff }));
    assert.ok(!isAllStation({ size: 4, upper: 1, lower: 0x7f }));
    assert.ok(!isAllStation({ size: 2, upper: 0x7f, lower: 1 }));
  });
});

describe('hdlc negotiation', () => {
  it('reads the UAs of the vectors', () => {
    const all = { windowTransmit: 1, windowReceive: 1 };
    assert.deepEqual(decodeParameters(fromHex('8180140502008006020080070400000001080400000001')), {
      maxInfoTransmit: 128,
      maxInfoReceive: 128,
      ...all,
    });
    assert.deepEqual(decodeParameters(fromHex('81801205019a06019a070400000001080400000001')), {
      maxInfoTransmit: 154,
      maxInfoReceive: 154,
      ...all,
    });
    assert.deepEqual(decodeParameters(fromHex('81801205018006013e070400000001080400000001')), {
      maxInfoTransmit: 128,
      maxInfoReceive: 62,
      ...all,
    });
  });
  it('asks for 2030 octets and a window of 7', () => {
    assert.equal(
      toHex(encodeParameters({ maxInfoTransmit: 2030, maxInfoReceive: 2030, windowTransmit: 7, windowReceive: 7 })),
      '818014050207ee060207ee070400000007080400000007',
    );
  });
  it('lives with absent, strange and broken parameters', () => {
    const standard = { maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 };
    for (const hex of [
      '',
      '81',
      '818000',
      '820001',
      '818003050200',
      '81800305ff80',
      '8180030501 00',
      '818006070400000000',
      '818006070400000009',
      '81800399010a',
    ]) {
      assert.deepEqual(decodeParameters(fromHex(hex)), standard, hex);
    }
    assert.equal(decodeParameters(fromHex('818006 990101 050140')).maxInfoTransmit, 64);
    assert.equal(decodeParameters(fromHex('818003 050140 8300 ff')).maxInfoTransmit, 64);
  });
});
