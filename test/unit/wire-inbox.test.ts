import assert from 'node:assert/strict';
import { Inbox, type PatientScan, type Scan } from '../../src/core/wire/inbox';
import type { Dialogue, Step } from '../../src/core/wire/dialogue';
import type { ReadError } from '../../src/core/wire/errors';

/** Toy framing: 0x02, length, that many bytes; anything before 0x02 is skipped. */
const scan: Scan<number[]> = (buf) => {
  if (buf[0] !== 0x02) return { skip: 1 };
  const size = buf[1];
  if (size === undefined || buf.length < size + 2) return 'more';
  return { frame: [...buf.subarray(2, size + 2)], size: size + 2 };
};

function talk<R>(dialogue: Dialogue<R>, chunks: readonly (number[] | undefined)[]): { result: R; steps: Step[] } {
  const steps: Step[] = [];
  const queue = [...chunks];
  let turn = dialogue.next();
  while (!turn.done) {
    steps.push(turn.value);
    const chunk = queue.shift();
    turn = dialogue.next(chunk && Uint8Array.from(chunk));
  }
  return { result: turn.value, steps };
}

describe('inbox', () => {
  it('gives frames whole, cut and joined', () => {
    const inbox = new Inbox();
    assert.deepEqual(talk(inbox.frame(scan, { first: 100 }), [[0xff, 0x02, 2], [7], [8, 0x02, 1, 9]]).result, [7, 8]);
    assert.deepEqual(talk(inbox.frame(scan, { first: 100 }), []).result, [9]);
    assert.equal(inbox.heard, 8);
  });
  it('counts the answer time from the send, so that noise cannot prolong it', () => {
    const { steps } = talk(new Inbox().frame(scan, { first: 100 }), [[0xff], [0xff], [0x02, 0]]);
    assert.deepEqual(steps, Array(3).fill({ do: 'receive', ms: 100, since: 'sent' }));
  });
  it('counts a gap from the last byte heard', () => {
    const { steps } = talk(new Inbox().frame(scan, { first: 100, gap: 20 }), [[0x02], [1], [5]]);
    assert.deepEqual(
      steps.map((s) => s.do === 'receive' && [s.ms, s.since]),
      [
        [100, 'sent'],
        [20, 'heard'],
        [20, 'heard'],
      ],
    );
  });
  it('tells silence from noise', () => {
    const code = (chunks: (number[] | undefined)[]): string => {
      try {
        talk(new Inbox().frame(scan, { first: 1 }), chunks);
      } catch (e) {
        return (e as ReadError).code;
      }
      return 'none';
    };
    assert.equal(code([undefined]), 'NO_REPLY');
    assert.equal(code([[0xff], undefined]), 'BAD_FRAME');
  });
  it('asks a scan that names its need again only when that many bytes are here', () => {
    const asked: number[] = [];
    const patient: PatientScan<number> = (buf) => {
      asked.push(buf.length);
      if (buf[0] !== 0x02) return { skip: 1 };
      return buf.length < 5 ? { need: 5 } : { frame: buf.length, size: 5 };
    };
    const inbox = new Inbox();
    const next = (...bytes: number[]): number | undefined => {
      inbox.push(Uint8Array.from(bytes));
      return inbox.next(patient);
    };
    assert.deepEqual([next(0xff, 0x02), next(1), next(2), next(3)], [undefined, undefined, undefined, undefined]);
    assert.deepEqual([next(4, 5), asked], [6, [2, 1, 6]]);
    assert.equal(next(0x02), undefined); // the 5 is skipped and the need counts from the new start
    assert.equal(inbox.next(scan), undefined); // another scan is asked at once
    inbox.clear();
    assert.deepEqual([next(0x02, 1, 2, 3, 4), asked], [5, [2, 1, 6, 2, 1, 5]]);
  });
  it('is bounded', () => {
    const inbox = new Inbox(1000);
    const never: Scan<never> = () => 'more';
    assert.throws(
      () => talk(inbox.frame(never, { first: 1, gap: 1 }), Array(100).fill(Array(11).fill(1))),
      (e: ReadError) => e.code === 'BAD_FRAME',
    );
    const noise = new Inbox(100);
    // skipped bytes take no room
    talk(noise.frame(scan, { first: 1 }), [...Array(5000).fill([0xff, 0xfe, 0xfd]), [0x02, 0]]);
    assert.equal(noise.heard, 15002);
  });
});
