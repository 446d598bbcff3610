// The faults of the "link" vectors: what happens to the answer of the n-th request.
import { concatBytes, fromHex } from '../../src/core/wire/bytes';
import type { Behind } from './virtual-line';

export interface LinkRow {
  readonly id: string;
  readonly category: string;
  readonly name: string;
  readonly timeoutMs: number;
  readonly rttMs: number;
  readonly faults: readonly LinkFault[];
  readonly calls: readonly {
    readonly unit: number;
    readonly function: 1 | 2 | 3 | 4;
    readonly address: number;
    readonly quantity: number;
  }[];
  readonly expect: { readonly wrong: 0; readonly minCorrect: number };
}

interface LinkFault {
  readonly onRequest: number | string;
  readonly duplicateAfterMs?: number;
  readonly delayMs?: number;
  readonly chunkBytes?: number;
  readonly chunkGapMs?: number;
  readonly truncate?: number;
  readonly drop?: boolean;
  readonly prefixHex?: string;
  readonly stallMs?: number;
  readonly merge?: boolean;
}

export function linkTunnel(row: LinkRow, device: (adu: Uint8Array) => Uint8Array | undefined): Behind {
  let count = 0;
  let stalledUntil = 0;
  return (bytes, now) => {
    count += 1;
    const faults = row.faults.filter(
      ({ onRequest: on }) =>
        on === 'all' || on === count || (typeof on === 'string' && on.startsWith('>=') && count >= Number(on.slice(2))),
    );
    const fault: Omit<LinkFault, 'onRequest'> = Object.assign({}, ...faults) as LinkFault;
    let answer = device(bytes);
    if (!answer || fault.drop) return [];
    if (fault.truncate) answer = answer.slice(0, -fault.truncate);
    if (fault.prefixHex) answer = concatBytes(fromHex(fault.prefixHex), answer);
    if (fault.stallMs) stalledUntil = now + row.rttMs + fault.stallMs;
    const at = Math.max(stalledUntil, now + row.rttMs + (fault.delayMs ?? 0));
    const size = fault.chunkBytes ?? answer.length;
    const chunks = [];
    for (let from = 0; from < answer.length; from += size)
      chunks.push({ at: at + (from / size) * (fault.chunkGapMs ?? 0), bytes: answer.slice(from, from + size) });
    if (fault.duplicateAfterMs !== undefined) chunks.push({ at: at + fault.duplicateAfterMs, bytes: answer });
    return chunks;
  };
}
