// What the simulated IEC 62056-21 meter offers, by its bytes: each property of real meters and each fault of the field.
// No reader is involved; block checks are counted here. Parity in bit 7 and the pace of 300 Bd are the line's:
// line.test.ts.
import assert from 'node:assert/strict';
import { fromLatin1, toLatin1 } from '../../../src/core/wire/bytes';
import { Iec62056Meter } from '../../../src/simulator/meters/iec62056/meter';
import { VDEW_MODEL, type Iec62056Faults, type Iec62056Model } from '../../../src/simulator/meters/iec62056/data';

const sealed = (text: string): string =>
  text + String.fromCharCode([...text.slice(1)].reduce((bcc, c) => bcc ^ c.charCodeAt(0), 0));
const isSealed = (answer: string): boolean => sealed(answer.slice(0, -1)) === answer;

function bench(model: Partial<Iec62056Model> = {}, faults: Iec62056Faults = {}): (text: string) => string {
  let now = 0;
  const meter = new Iec62056Meter({ model, faults, now: () => now });
  return (text) => {
    now += 500;
    return meter
      .hear(fromLatin1(text), now)
      .filter(({ unlessHeard }) => !unlessHeard)
      .map(({ bytes }) => toLatin1(bytes))
      .join('|');
  };
}
/** Signed on in programming mode. */
function session(model: Partial<Iec62056Model> = {}, faults: Iec62056Faults = {}): (text: string) => string {
  const say = bench(model, faults);
  say('/?!\r\n');
  assert.match(say('\x06051\r\n'), /^\x01P0\x02/);
  return say;
}
const command = (name: string, set: string): string => sealed(`\x01${name}\x02${set}\x03`);
const readout = (model: Partial<Iec62056Model> = {}, faults: Iec62056Faults = {}): string => {
  const say = bench(model, faults);
  say('/?!\r\n');
  return say('\x06050\r\n');
};

describe('the simulated IEC 62056-21 meter', () => {
  it('identification, readout, and the fall-back of mode A when no option select comes', () => {
    assert.equal(bench()('/?!\r\n'), `/${VDEW_MODEL.identification}\r\n`);
    assert.ok(
      isSealed(readout()) &&
        readout().startsWith('\x02F.F(00000000)\r\n') &&
        readout().endsWith(`!\r\n\x03${readout().at(-1)}`),
    );
    const [, late] = new Iec62056Meter().hear(fromLatin1('/?!\r\n'), 0);
    assert.ok(late?.unlessHeard && isSealed(toLatin1(late.bytes)));
    assert.equal(bench()('/?999!\r\n'), '', 'another address');
  });

  it('echo, stray ACK, NAK, a lost request, a lost acknowledgement, a damaged block check', () => {
    assert.equal(bench({}, { echo: true })('/?!\r\n'), `/?!\r\n|/${VDEW_MODEL.identification}\r\n`);
    assert.equal(bench({}, { strayAck: true })('/?!\r\n')[0], '\x06');
    assert.equal(session({}, { naks: 1 })(command('R5', '1.8.0()')), '\x15');
    assert.equal(bench({}, { lostRequests: 1 })('/?!\r\n'), '');
    const say = bench({}, { lostOptions: 1 });
    say('/?!\r\n');
    assert.equal(say('\x06050\r\n').startsWith('\x02'), false, 'it goes on waiting');
    assert.equal(isSealed(readout({}, { damagedBlocks: 1 })), false);
    assert.equal(session()(`\x01R5\x021.8.0()\x03!`), '\x15', 'a command with a wrong check');
  });

  it('no ETX and BCC, no STX either, LF line ends, the sum as block check', () => {
    assert.match(readout({ framing: 'no-check' }), /^\x02[^\x03]*!\r\n$/);
    assert.match(readout({ framing: 'bare' }), /^F\.F[^\x02\x03]*!\r\n$/);
    assert.ok(!readout({ lineEnd: '\n' }).includes('\r'));
    const sum = readout({ bcc: 'sum' });
    assert.equal(
      sum.charCodeAt(sum.length - 1),
      [...sum.slice(1, -1)].reduce((all, c) => (all + c.charCodeAt(0)) & 0x7f, 0),
    );
  });

  it('P0 with operand, P1, P2, and each way to refuse', () => {
    const say = bench({ operand: '12345678' });
    say('/?!\r\n');
    assert.equal(say('\x06051\r\n'), sealed('\x01P0\x02(12345678)\x03'));
    assert.equal(say(command('P1', '(00000000)')), '\x06');
    assert.equal(session({ passwords: { P2: '7' } })(command('P2', '(7)')), '\x06');
    const refusals = {
      nak: '\x15',
      bell: '\x07',
      silence: '',
      break: sealed('\x01B0\x03'),
      error: sealed('\x02(ER02)\x03'),
    } as const;
    for (const [refusal, answer] of Object.entries(refusals))
      assert.equal(session({ refusal: refusal as keyof typeof refusals })(command('P1', '(1)')), answer, refusal);
    assert.equal(session({ needsPassword: true })(command('R5', '1.8.0()')), sealed('\x02(ER10)\x03'));
  });

  it('partial blocks: EOT, ACK for the next, NAK for the same, ETX at last', () => {
    const say = session({
      blockBytes: 20,
      profile: { ...(VDEW_MODEL.profile ?? assert.fail()), channels: [['1.5', 'kW']] },
    });
    const blocks = [say(command('R6', 'P.01(02611200000;02611200030)'))];
    assert.equal(say('\x15'), blocks[0]);
    while (blocks.at(-1)?.includes('\x04')) blocks.push(say('\x06'));
    assert.deepEqual(
      [blocks.length > 2, blocks.slice(0, -1).every((one) => one.at(-2) === '\x04'), blocks.at(-1)?.at(-2)],
      [true, true, '\x03'],
    );
    assert.ok(blocks.every(isSealed));
  });

  it('a profile with a new header at each change of status, ER answers, R1 acknowledged only, B0', () => {
    const say = session();
    const answer = say(command('R5', 'P.01(02611201100;02611201200)'));
    assert.deepEqual(
      [...answer.matchAll(/P\.01\((\d{13})\)\((\w+)\)/g)].map(([, stamp, status]) => [stamp, status]),
      [
        ['0261120110000', '00000000'],
        ['0261120111500', '00000080'],
        ['0261120114500', '00000040'],
        ['0261120120000', '00000000'],
      ],
    );
    assert.equal(say(command('R5', '9.9.9()')), sealed('\x02(ER07)\x03'));
    assert.equal(say(command('R1', '1.8.0()')), '\x06');
    assert.equal(say(sealed('\x01B0\x03')), '');
    assert.equal(say(command('R5', '1.8.0()')), '', 'the session is over');
    assert.equal(session({}, { breakAtRead: 1 })(command('R5', '1.8.0()')), sealed('\x01B0\x03'));
  });
});
