// Answers that no meter should give, and settings that cannot work, each with the reason it is told by.
import assert from 'node:assert/strict';
import type { Association } from '../../../src/core/dlms/association/association';
import { AnswerReader } from '../../../src/core/dlms/association/answer-reader';
import { freshAssociationMemory } from '../../../src/core/dlms/association/association-memory';
import { proveBoth } from '../../../src/core/dlms/association/hls-passes';
import type { CosemLink } from '../../../src/core/dlms/link/cosem-link';
import type { HdlcFrame } from '../../../src/core/dlms/link/hdlc';
import { HdlcLink } from '../../../src/core/dlms/link/hdlc-link';
import type { HdlcPort } from '../../../src/core/dlms/link/hdlc-port';
import { HdlcTalk } from '../../../src/core/dlms/link/hdlc-talk';
import { addLlc } from '../../../src/core/dlms/link/llc';
import { ReceiveWindow } from '../../../src/core/dlms/link/hdlc-window';
import { dlmsSession } from '../../../src/core/dlms/read';
import { notesOf, type MeterKnowledge } from '../../../src/core/dlms/reading/meter-memory';
import { rowsOf } from '../../../src/core/dlms/reading/profile-rows';
import { Services } from '../../../src/core/dlms/reading/services';
import { joinedBlocks } from '../../../src/core/dlms/reading/data-blocks';
import { encodeEnvelope, type GeneralHeader, type KeyInfo } from '../../../src/core/dlms/security/ciphering';
import { ProcessCounter } from '../../../src/core/dlms/security/counter';
import { answerChallenge } from '../../../src/core/dlms/security/hls';
import { keyTold, freshKey } from '../../../src/core/dlms/security/message-key';
import type { AssociationOptions } from '../../../src/core/dlms/security/options';
import { checkAssociationOptions } from '../../../src/core/dlms/security/check-options';
import { ephemeralPair, wrapKey } from '../../../src/core/dlms/security/primitives';
import { Protector } from '../../../src/core/dlms/security/protection';
import { parseDlms } from '../../../src/core/readers/dlms-query';
import { Fields } from '../../../src/core/readers/fields';
import { obisOctets } from '../../../src/core/meter/obis';
import { fromHex } from '../../../src/core/wire/bytes';
import type { Dialogue } from '../../../src/core/wire/dialogue';
import { AK, bench, CLIENT_TITLE, EK, memory, METER_TITLE, run, thrown } from '../../support/dlms-bench';

const reasonOf = (act: () => unknown): unknown => thrown(act).reason;
const ENERGY = { classId: 3, instance: obisOctets('1.8.0'), attribute: 2 };
const VOLTAGE = { classId: 3, instance: obisOctets('32.7.0'), attribute: 2 };

/**
 * An open association that answers each request with the next of these; `own` stands for the invoke id of the request.
 */
function answering(...answers: readonly string[]): Association {
  let invoke = 0;
  const left = [...answers];
  const next = (): Uint8Array => fromHex((left.shift() ?? '').replaceAll('own', (0xc0 | invoke).toString(16)));
  return {
    maxPdu: 0,
    vaaName: 0xfa00,
    unfinished: undefined,
    has: () => true,
    nextInvoke: () => 0xc0 | (invoke = (invoke + 1) & 0x0f),
    // eslint-disable-next-line require-yield -- nothing to wait for
    *request() {
      return next();
    },
    // eslint-disable-next-line require-yield -- nothing to wait for
    *await() {
      return next();
    },
  } as unknown as Association;
}
const known = (): MeterKnowledge => notesOf(memory(), 'meter');
const services = (isShortName: boolean, ...answers: readonly string[]): Services =>
  new Services(answering(...answers), known(), isShortName, 0);

describe('answers that no meter should give', () => {
  it('to one attribute: a list, another request, a list where a block is due', () => {
    const one = (...answers: readonly string[]): unknown =>
      reasonOf(() => run(services(false, ...answers).getOne(ENERGY)));
    assert.equal(one('c403own010005000000' + '00'), 'cosem.otherKind');
    assert.equal(one('c402own0000000001000101', 'c403own01000500000000'), 'cosem.otherKind');
    assert.equal(one(...Array<string>(5).fill('c401c80000')), 'cosem.otherAnswer');
  });
  it('to a list: fewer results than asked for, and then alone; a refusal in blocks', () => {
    const list = services(false, 'c403own01000500000001', 'c401own000500000001', 'c401own000500000002');
    assert.deepEqual(
      run(list.get([ENERGY, VOLTAGE])).map((result) => 'data' in result && result.data.value),
      [1, 2],
    );
    const blocks = services(false, 'c402own000000000101ff', 'c401own000500000001', 'c401own000500000002');
    assert.equal(run(blocks.get([ENERGY, VOLTAGE])).length, 2);
    const bare = answering('c402own0000000001010f');
    assert.equal(
      reasonOf(() => run(withList(bare))),
      'cosem.listRefused',
    );
    const short = answering('c403own01000500000001');
    assert.equal(
      reasonOf(() => run(withList(short))),
      'cosem.resultCount',
    );
  });
  it('by short names: no list of them', () => {
    assert.equal(
      reasonOf(() => run(services(true, '0c010103').getOne(ENERGY))),
      'cosem.noShortNames',
    );
  });
  it('blocks without end', () => {
    const raw = new Uint8Array(8 * 1024 * 1024);
    // eslint-disable-next-line require-yield -- nothing to wait for
    const next = function* (block: number): Dialogue<{ isLast: boolean; block: number; raw: Uint8Array }> {
      return { isLast: false, block: block + 1, raw };
    };
    assert.equal(
      reasonOf(() => run(joinedBlocks({ isLast: false, block: 1, raw }, [], next))),
      'cosem.endlessBlocks',
    );
  });
  it('a profile that captures nothing usable, and rows that are none', () => {
    const odd = bench({
      change: (answer) =>
        answer[0] === 0xc4 && answer[1] === 3
          ? fromHex(`c403${answer[2]?.toString(16)}04000600000001000600000384001601000901ff`)
          : answer,
    });
    assert.equal(
      reasonOf(() => odd.read({ kind: 'profile', profile: { obis: obisOctets('1-0:99.1.0') } })),
      'cosem.captureObjects',
    );
    const rules = { captured: [], scalerOf: () => undefined, stepS: undefined };
    assert.equal(
      reasonOf(() => rowsOf([{ type: 'unsigned', value: 1 }], rules)),
      'cosem.rowType',
    );
  });
  it('an HDLC answer larger than any, and a new one before the last ended', () => {
    const window = new ReceiveWindow();
    const info = new Uint8Array(2030);
    assert.equal(
      reasonOf(() => {
        for (let ns = 0; ; ns = (ns + 1) % 8) window.accept(ns, info, true);
      }),
      'dlms.answerLarge',
    );
  });
  it('a new HDLC answer where frames carry no number, before the last one ended', () => {
    const frame = (isSegmented: boolean): HdlcFrame => ({
      type: 'I',
      ns: 0,
      nr: 1,
      isFinal: !isSegmented,
      isSegmented,
      info: addLlc(fromHex('c401'), 'response'),
      dest: { size: 1, upper: 16 },
      src: { size: 1, upper: 1 },
    });
    const frames = [frame(true), frame(true)];
    const port = {
      memory: memory(),
      heardBytes: 1,
      *say(): Dialogue<void> {
        // Whatever is said.
      },
      // eslint-disable-next-line require-yield -- nothing to wait for
      *listen() {
        return frames.shift();
      },
    } as unknown as HdlcPort;
    const agreed = { maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 7 };
    const talk = new HdlcTalk(port, agreed, agreed, 1000, { frozenNs: true }, () => undefined);
    assert.equal(
      reasonOf(() => run(talk.ask(fromHex('c001'), 1000))),
      'dlms.frameLostBetween',
    );
  });
  it('nothing but notifications', () => {
    const link = {
      // eslint-disable-next-line require-yield -- nothing to wait for
      *receive() {
        return fromHex('0f00000001000600000001');
      },
    } as unknown as CosemLink;
    const reader = new AnswerReader(link, bench().options, undefined, freshAssociationMemory());
    assert.equal(
      reasonOf(() => run(reader.await())),
      'dlms.onlyNotifications',
    );
  });
  it('a proof that is no octet-string', () => {
    const association = {
      meterTitle: METER_TITLE,
      vaaName: 0xfa00,
      nextInvoke: () => 0xc1,
      // eslint-disable-next-line require-yield -- nothing to wait for
      *request() {
        return fromHex('c701c100010011ff');
      },
    };
    const o = { ...bench().options, authentication: 'md5', credentials: { password: EK } } as const;
    const aare = { context: undefined, result: 0, source: 'user', diagnostic: 0, authenticationValue: AK } as const;
    assert.equal(
      reasonOf(() => run(proveBoth(association, o, 3, EK, aare))),
      'dlms.challengeUnanswered',
    );
  });
});

/** The list service, without the halving around it. */
function* withList(association: Association): Dialogue<unknown> {
  const ln = (
    new Services(association, known(), false, 0) as unknown as { way: { getList(list: unknown): Dialogue<unknown> } }
  ).way;
  return yield* ln.getList([ENERGY, VOLTAGE]);
}

describe('keys that are missing or wrong', () => {
  const header: GeneralHeader = {
    transaction: fromHex('0000000000000001'),
    originator: METER_TITLE,
    recipient: CLIENT_TITLE,
    time: new Uint8Array(0),
    other: new Uint8Array(0),
  };
  const pair = ephemeralPair(1);
  const options = (more: Partial<AssociationOptions['credentials']> = {}): AssociationOptions => ({
    ...bench().options,
    security: 'auth+encrypt',
    suite: 1,
    clientTitle: CLIENT_TITLE,
    meterTitle: METER_TITLE,
    counter: new ProcessCounter(),
    credentials: { encryptionKey: EK, authenticationKey: AK, ...more },
  });
  const told = (info: KeyInfo, more: Partial<AssociationOptions['credentials']> = {}): unknown =>
    reasonOf(() => keyTold(options(more), EK, header, info));

  it('the meter wraps, agrees or signs, and what opens that was not entered', () => {
    const wrapped: KeyInfo = { kind: 'wrapped', kek: 0, wrapped: wrapKey(EK, AK) };
    assert.equal(told(wrapped), 'dlms.meterWraps');
    assert.equal(told(wrapped, { masterKey: AK }), 'dlms.wrappedUnopened');
    const agreed: KeyInfo = { kind: 'agreed', parameters: Uint8Array.of(1), keyData: new Uint8Array(128).fill(1) };
    assert.equal(told(agreed), 'dlms.meterAgrees');
    assert.equal(told(agreed, { agreementKey: pair.privateKey }), 'dlms.needsKey');
    assert.equal(
      told(agreed, { agreementKey: pair.privateKey, meterSigningKey: pair.publicKey }),
      'dlms.ephemeralUnsigned',
    );
    assert.equal(
      reasonOf(() => freshKey('agreed-static', options(), header)),
      'dlms.needsKey',
    );
  });
  it('a signature without a key to check it, and a wrong one', () => {
    const signed = encodeEnvelope({
      kind: 'signing',
      header,
      content: fromHex('c401c10000'),
      signature: new Uint8Array(64),
    });
    const opened = (more: Partial<AssociationOptions['credentials']>): unknown =>
      reasonOf(() => new Protector(options(more), 'auth+encrypt').unprotect(signed));
    assert.equal(opened({}), 'dlms.meterSigns');
    assert.equal(opened({ meterSigningKey: pair.publicKey }), 'dlms.wrongSignature');
  });
  it('a challenge without the secret, signing without its key', () => {
    const challenges = { ownTitle: EK, peerTitle: EK, received: EK, sent: AK };
    assert.equal(
      reasonOf(() => answerChallenge(3, challenges, { suite: 0 }, 0)),
      'dlms.needsKey',
    );
    assert.equal(
      reasonOf(() => checkAssociationOptions({ ...options(), isSigned: true })),
      'dlms.signingNeeds',
    );
  });
});

describe('settings that cannot work', () => {
  const base = {
    ...bench().options,
    client: 16,
    server: 1,
    physical: 0,
    addressBytes: 'auto',
    request: { kind: 'objects' },
  } as const;
  it('an interface that is none, a window that HDLC does not have, an item that is no object', () => {
    const open = (): unknown => run(dlmsSession({ ...base, interface: 'serial' as never }, memory()).open());
    assert.equal(reasonOf(open), 'dlms.interface');
    const { client, server, physical, addressBytes } = base;
    const link = (): HdlcLink => new HdlcLink({ client, server, physical, addressBytes, memory: memory(), window: 8 });
    assert.equal(reasonOf(link), 'dlms.range');
    assert.equal(
      reasonOf(() => parseDlms(new Fields({ items: [7] }), {})),
      'dlmsSettings.item',
    );
  });
});
