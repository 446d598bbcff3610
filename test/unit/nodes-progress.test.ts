// The badge of a long read: bytes heard, and a percentage where the whole is known. (Predicted ones:
// world/iec870-badge.)
import assert from 'node:assert/strict';
import { BadgeProgress, UsualBytes } from '../../nodes/shared/progress';
import type { TraceEvent } from '../../src/core/index';

const heard = (bytes: number): TraceEvent => ({ at: 0, kind: 'heard', bytes: new Uint8Array(bytes) }) as TraceEvent;
const sent: TraceEvent = { at: 0, kind: 'sent', bytes: new Uint8Array(5) } as TraceEvent;

function shown(events: readonly (TraceEvent | 'again')[], usualBytes?: number): string[] {
  const texts: string[] = [];
  const badge = {
    heard: (text: string) => void texts.push(text),
    progress: () => undefined,
    left: () => assert.fail('nothing was predicted'),
  };
  const read = new BadgeProgress(badge, usualBytes, undefined);
  for (const event of events) {
    if (event === 'again') read.progress({ at: 'running' } as Parameters<BadgeProgress['progress']>[0]);
    else read.trace(event);
  }
  return texts;
}

describe('progress of a read', () => {
  it('9.5 kB at 300 Bd: bytes at once, a percentage where the same read was done before', () => {
    assert.deepEqual(shown([sent, heard(50), heard(450), heard(4500), heard(4500)]), ['500 B', '5.0 kB', '9.5 kB']);
    assert.deepEqual(
      shown([sent, heard(500), heard(4250), heard(4750), heard(500)], 9500),
      ['500 B 5 %', '4.8 kB 50 %', '9.5 kB 99 %', '10.0 kB 99 %'],
      'never all before it is over',
    );
  });

  it('begins anew with each try', () => {
    assert.deepEqual(shown([heard(500), 'again', heard(300)], 1000), ['500 B 50 %', '300 B 30 %']);
  });

  it('keeps what each read of each modem brought, the last thousand of them', () => {
    const usual = new UsualBytes();
    usual.keep('1', 'a', 10);
    usual.keep('2', 'a', 20);
    usual.keep('1', undefined, 30);
    assert.deepEqual(
      [usual.of('1', 'a'), usual.of('2', 'a'), usual.of('1', 'b'), usual.of('1', undefined)],
      [10, 20, undefined, undefined],
    );
    for (let i = 0; i < 1000; i++) usual.keep('3', String(i), i);
    assert.deepEqual([usual.of('1', 'a'), usual.of('3', '999')], [undefined, 999]);
  });
});
