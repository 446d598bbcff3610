// What meters and server stacks in the field do differently: each quirk ends in the right value or in an error that
// says what it is. The octets are those of the vectors or of the report on the quirk, never made by our own codec
// alone.
import assert from 'node:assert/strict';
import { decodeAare } from '../../../src/core/dlms/apdu/acse';
import { ProcessCounter } from '../../../src/core/dlms/security/counter';
import { receiveInBlocks } from '../../../src/core/dlms/association/general-blocks';
import type { CosemLink } from '../../../src/core/dlms/link/cosem-link';
import { obisOctets } from '../../../src/core/meter/obis';
import { PushStream } from '../../../src/core/dlms/push/push-stream';
import { encodeGeneralBlock } from '../../../src/core/dlms/apdu/block';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { profileCells, PROFILE_START_MS } from '../../../src/simulator/meters/dlms/demo-objects';
import { AK, bench, EK, PASSWORD, run, thrown, type BenchOptions } from '../../support/dlms-bench';
import { vectorFile } from '../../support/vectors';
import { explainReason } from '../../../src/words/index';
import { said } from '../../support/said';

interface Row {
  readonly id: string;
  readonly hex: string;
  readonly expect: { readonly apdu?: string };
}
const ROWS = vectorFile<{ vectors: readonly Row[] }>('dlms.json').vectors;
const row = (id: string): Row => ROWS.find((one) => one.id === id) ?? assert.fail(id);

const ITEMS = ['1.8.0', '32.7.0', '0-0:1.0.0'].map((code) => ({ obis: obisOctets(code) }));
const VALUES = [1_043_677, 230.4, '2026-11-22T08:30:00+01:00'];
const values = (o: BenchOptions): unknown =>
  bench(o)
    .read({ kind: 'attributes', items: ITEMS })
    .readings.map((reading) => reading.value);
const failure = (o: BenchOptions): string => {
  const error = thrown(() => values(o));
  return `${error.code} ${error.stage}: ${said(error)}`;
};
/** The octets of an answer, rewritten as text. */
const rewritten =
  (rewrite: (hex: string) => string) =>
  (answer: Uint8Array): Uint8Array =>
    fromHex(rewrite(toHex(answer)));
const GMAC: BenchOptions = {
  client: 2,
  server: {
    clients: [
      { client: 16, mechanism: 0, policy: 0 },
      { client: 2, mechanism: 5, policy: 0x30 },
    ],
  },
  session: {
    authentication: 'gmac',
    security: 'auth+encrypt',
    credentials: { encryptionKey: EK, authenticationKey: AK },
  },
};

describe('quirks of GuruxDLMS.c', () => {
  it('the clock value comes twice, with 09 0F and garbage behind it: that attribute alone is refused', () => {
    const twice = rewritten((hex) => hex.replace(/(090c07ea0b16.{16})/, '$1$1090f000102'));
    for (const lists of [undefined, 'exception'] as const) {
      const { readings } = bench({ change: twice, ...(lists && { server: { quirks: { lists } } }) }).read({
        kind: 'attributes',
        items: ITEMS,
      });
      assert.deepEqual(
        readings.map(({ value, error }) => [value, error?.code]),
        [
          [VALUES[0], undefined],
          [VALUES[1], undefined],
          [undefined, 'BAD_VALUE'],
        ],
      );
      assert.match(explainReason(readings[2]?.error), /at octet \d+/);
    }
  });
  it('a port of short names that always answers 0E 01 03 02: the error says to change the referencing', () => {
    assert.match(
      failure({ server: { quirks: { aareInstead: fromHex('0e010302') } }, session: { referencing: 'SN' } }),
      /^ASSOCIATION_REFUSED authenticate: .*service-unsupported; .*change the referencing/,
    );
  });
  it('D8 01 02 to the RLRQ of a ciphered association: values stand, and the goodbye goes on with DISC, of the public client too', () => {
    const set = bench({
      ...GMAC,
      server: { ...GMAC.server, quirks: { refusesRelease: true } },
      session: { ...GMAC.session, hasRelease: true },
    });
    assert.deepEqual(
      set.read({ kind: 'attributes', items: ITEMS }).readings.map((reading) => reading.value),
      VALUES,
    );
    assert.deepEqual(
      set.links.map((link) => link.isOpen),
      [false, false],
    );
  });
  it('D8 01 06 000186A5: the invocation counter goes on from the value named', () => {
    const counter = new ProcessCounter();
    counter.atLeast(7n);
    const heard: string[] = [];
    const set = bench({
      ...GMAC,
      security: { lowestCounter: 0x186a5 },
      session: { ...GMAC.session, counter },
      change: (answer) => (heard.push(toHex(answer)), answer),
    });
    assert.deepEqual(
      set.read({ kind: 'attributes', items: ITEMS }).readings.map((reading) => reading.value),
      VALUES,
    );
    assert.equal(heard.filter((hex) => hex === 'd80106000186a5').length, 1);
    assert.ok(counter.next() > 0x186a5n);
  });
  it('the counter of each reply is that of its request', () => {
    const set = bench({ ...GMAC, security: { nextCounter: (): number => set.security.lowestCounter - 1 } });
    for (let i = 0; i < 2; i++)
      assert.deepEqual(
        set.read({ kind: 'attributes', items: ITEMS }).readings.map((reading) => reading.value),
        VALUES,
      );
  });
});

describe('quirks of Gurux Java', () => {
  it('every client of short names gets an AARE with confirmedServiceError 0E 01 06 02, the conformance emptied', () => {
    const aare = fromHex(row('aare-sn-error').hex);
    assert.equal(toHex(decodeAare(aare).userInformation ?? assert.fail()), '0e010602');
    assert.match(
      failure({ server: { quirks: { aareInstead: aare } }, session: { referencing: 'SN' } }),
      /^ASSOCIATION_REFUSED authenticate: .*incompatible-conformance; .*change the referencing/,
    );
  });
  it('a range is answered by its first moment alone: the one row is right, and none is made up', () => {
    const set = bench();
    const objects = set.server.options.objects.map((object) =>
      object.classId !== 7
        ? object
        : {
            ...object,
            select: (selector: number, parameter: Parameters<NonNullable<typeof object.select>>[1]) => {
              const range = parameter.type === 'structure' && selector === 1 ? parameter.value : assert.fail();
              return (
                object.select?.(selector, {
                  type: 'structure',
                  value: range.map((one, i) => (i === 2 ? (range[1] ?? one) : one)),
                }) ?? 250
              );
            },
          },
    );
    const at = Date.UTC(2026, 9, 2);
    const { rows } = bench({ server: { objects } }).read({
      kind: 'profile',
      profile: {
        obis: obisOctets('1-0:99.1.0'),
        from: { ms: at, isLocal: true },
        to: { ms: at + 86_400_000, isLocal: true },
      },
    });
    assert.deepEqual(
      rows?.map((one) => [one.at, one.values[1]]),
      [['2026-10-02T00:00:00+01:00', Number(profileCells((at - PROFILE_START_MS) / 900_000)[1]?.value)]],
    );
  });
  it('general blocks streamed one after the other without end: ended by a bound', () => {
    let block = 0;
    // eslint-disable-next-line require-yield -- a link that never waits
    const next = function* (): Generator<never, Uint8Array> {
      return encodeGeneralBlock({
        isLast: false,
        isStreaming: true,
        window: 1,
        block: ++block & 0xffff,
        acknowledged: 0,
        data: Uint8Array.of(1),
      });
    };
    const endless = { exchange: next, receive: next } as unknown as CosemLink;
    assert.match(
      said(thrown(() => run(receiveInBlocks(endless, run(next()), { window: 16, meterMs: 1000 }, 1)))),
      /exceeds 8192 blocks/,
    );
  });
  it('a low counter is called a deciphering error, D8 02 05: the counter is read anew, once', () => {
    const counter = new ProcessCounter();
    counter.atLeast(7n);
    const heard: string[] = [];
    const set = bench({
      ...GMAC,
      security: { lowestCounter: 700 },
      server: { ...GMAC.server, quirks: { counterAsDecipheringError: true } },
      session: { ...GMAC.session, counter },
      change: (answer) => (heard.push(toHex(answer)), answer),
    });
    assert.deepEqual(
      set.read({ kind: 'attributes', items: ITEMS }).readings.map((reading) => reading.value),
      VALUES,
    );
    assert.equal(heard.filter((hex) => hex === 'd80205').length, 1);
  });
});

describe('quirks of jDLMS', () => {
  const low: BenchOptions = { client: 1, session: { authentication: 'low', credentials: { password: PASSWORD } } };
  it('the AARE of LLS names the ciphered context 3, of short names too, and 0007 as their base', () => {
    const ciphered = rewritten((hex) => hex.replace(/^(61..a10906)076085740508010[12]/, '$10760857405080103'));
    assert.deepEqual(values({ ...low, change: ciphered }), VALUES);
    const heard: string[] = [];
    const set = bench({
      ...low,
      server: { referencing: 'SN', quirks: { wrongVaaName: true } },
      session: { ...low.session, referencing: 'SN' },
      change: (answer) => (heard.push(toHex(ciphered(answer))), ciphered(answer)),
    });
    assert.deepEqual(
      set.read({ kind: 'attributes', items: ITEMS }).readings.map((reading) => reading.value),
      VALUES,
    );
    assert.match(heard[0] ?? '', /^61..a109060760857405080103.*0007$/);
  });
  it('float32 with a length octet, 17 04 ..: refused, never a value, alone and in a list, whatever octet is its last', () => {
    const items = [{ obis: obisOctets('14.7.0') }, ...ITEMS];
    for (const lists of [undefined, 'exception'] as const) {
      for (const float of [row('neg-float-len').hex, '170442480000', '170442480101']) {
        const { readings } = bench({
          change: rewritten((hex) => hex.replace('174247eb85', float)),
          ...(lists && { server: { quirks: { lists } } }),
        }).read({ kind: 'attributes', items });
        assert.deepEqual([readings[0]?.value, readings[0]?.error?.code], [undefined, 'BAD_VALUE']);
        assert.deepEqual(
          readings.slice(1).map((reading) => reading.value),
          VALUES,
        );
      }
    }
  });
  it('an explicit protocol-version 80 02 07 80 in the AARE is legal', () => {
    assert.deepEqual(
      values({
        server: { quirks: { protocolVersion: true } },
        change: (answer) => {
          if (answer[0] === 0x61) assert.match(toHex(answer), /^61..80020780a1/);
          return answer;
        },
      }),
      VALUES,
    );
  });
  it('GMAC with a counter that begins at 1: a client without any history begins there', () => {
    const asked: string[] = [];
    const noPublicClient = {
      ...GMAC,
      server: { clients: [{ client: 2, mechanism: 5, policy: 0x30 }] },
      loses: (_n: number, apdu: Uint8Array) => (asked.push(toHex(apdu)), false),
    };
    assert.deepEqual(values(noPublicClient), VALUES);
    const ciphered = asked.filter((hex) => /^60.*4d4d4d0000bc614e/.test(hex) || !hex.startsWith('60'));
    const counters = ciphered.map((hex) =>
      Number.parseInt(/^(?:60.*be..04..21|c8|cb)..30([0-9a-f]{8})/.exec(hex)?.[1] ?? 'none', 16),
    );
    assert.deepEqual(counters, [1, 3, 4]); // 2 is in the proof, inside the second
  });
});

describe('quirks of real meters', () => {
  it('Elster EK240 and a short-name meter: lengths of user-information one octet short, the outer, the inner or both', () => {
    const ok = row('aare-ok').hex;
    const whole = decodeAare(fromHex(ok));
    for (const short of ['be0f040e', 'be10040d', 'be0f040d'])
      assert.deepEqual(decodeAare(fromHex(ok.replace('be10040e', short))), whole, short);
    for (const referencing of ['LN', 'SN'] as const) {
      for (const [outer, inner] of [
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        const shorter = rewritten((hex) =>
          hex.replace(
            /be10040e(?=0800065f1f)/,
            `be${(0x10 - outer).toString(16).padStart(2, '0')}04${(0x0e - inner).toString(16).padStart(2, '0')}`,
          ),
        );
        assert.deepEqual(
          values({ server: { referencing }, session: { referencing }, change: shorter }),
          VALUES,
          `${referencing} ${outer} ${inner}`,
        );
      }
    }
  });
  it('user-information cut shorter than that, or followed by more, is no association', () => {
    for (const broken of ['be0e040e', 'be10040c', 'be0f040c'])
      assert.match(
        failure({ server: { quirks: { aareInstead: fromHex(row('aare-ok').hex.replace('be10040e', broken)) } } }),
        /^BAD_VALUE authenticate/,
        broken,
      );
  });
  it('Landis+Gyr ZxQ rejects without user-information: refused, with the reason', () => {
    const aare = fromHex(row('hdlc-aare-no-user-info').expect.apdu ?? assert.fail());
    assert.match(
      failure({
        client: 1,
        session: { authentication: 'low', credentials: { password: PASSWORD } },
        server: { quirks: { aareInstead: aare } },
      }),
      /^ACCESS_DENIED authenticate: .*password or key is wrong/,
    );
  });
  const pushed = (id: string): ReturnType<PushStream['take']> =>
    new PushStream({ interface: 'hdlc', language: 'en', security: 'none', suite: 0, credentials: {} }).take(
      fromHex(row(id).hex),
    );
  it('Kaifa sends the time of a notification as 09 0C', () => {
    const [one] = pushed('push-kaifa-list1');
    assert.ok(one && 'readings' in one);
    assert.deepEqual(
      [one.identity, one.readings.map(({ value }) => value)],
      [{ notification: 'data', sentAt: '2023-03-22T03:28:42' }, [2277]],
    );
    const [list] = pushed('push-kaifa-list2b');
    assert.ok(list && 'readings' in list);
    assert.deepEqual(
      list.readings.map(({ value }) => value),
      ['KFM_001', '6970631403275928', 'MA304H3E', 4097, 0, 195, 0, 12056, 5754, 13412, 2392, 0, 2397],
    );
  });
  it('Landis+Gyr E450: general blocks 2 and above come without LLC', () => {
    const [one, ...more] = pushed('push-lgz-gbt');
    assert.ok(one && 'readings' in one && more.length === 0);
    assert.equal(one.identity?.['sentAt'], '2024-02-29T22:48:50');
    // The list of what is pushed stands first and names all: the meter number, powers, energies, currents.
    const [list, setup, ...rest] = one.readings;
    assert.ok(Array.isArray(list?.value) && list.value.length === 14);
    assert.deepEqual([setup?.id, setup?.value], ['0-8:25.9.0*255:1', '0-8:25.9.0*255']);
    assert.deepEqual(
      rest.map(({ id, value, raw }) => [id.replace('*255', ''), value ?? Number(raw)]),
      [
        ['0-0:96.1.0', '63326413'],
        ['1-0:1.7.0', 362],
        ['1-0:2.7.0', 0],
        ['1-1:1.8.0', 2302502],
        ['1-1:2.8.0', 1048],
        ['1-1:5.8.0', 34671],
        ['1-1:6.8.0', 0],
        ['1-1:7.8.0', 2675],
        ['1-1:8.8.0', 706216],
        ['1-0:31.7.0', 51],
        ['1-0:51.7.0', 105],
        ['1-0:71.7.0', 52],
      ],
    );
  });
  it('Elgama sends an empty system title: the one of the AARE, or the one that the user entered, stands in', () => {
    const general: BenchOptions = {
      ...GMAC,
      server: { ...GMAC.server, quirks: { emptyTitle: true } },
      session: { ...GMAC.session, ciphering: 'general' },
    };
    const heard: string[] = [];
    assert.deepEqual(values({ ...general, change: (answer) => (heard.push(toHex(answer)), answer) }), VALUES);
    assert.ok(
      heard.some((hex) => hex.startsWith('db00')),
      'no empty title was sent',
    );
    assert.match(
      failure({ ...GMAC, server: { ...GMAC.server, quirks: { hidesTitle: 'empty' } } }),
      /enter the meter's system title/,
    );
  });
});
