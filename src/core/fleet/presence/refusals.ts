// Messages that became no status: counted by reason, with the last one of each to look at. Bounded by construction.
import { toHex, toLatin1 } from '../../wire/bytes';
import type { Message } from '../../transport/mqtt/mqtt-link';
import type { StatusRefusal } from './status';

/** `foreign`: of another modem, on a shared topic; `retained`: stored by the broker and of no use any more;
 * `notListed`: not among those that are allowed; `full`: no place left for a newcomer. */
export type RefusalReason =
  StatusRefusal | 'noIdentity' | 'identityDiffers' | 'foreign' | 'notListed' | 'retained' | 'full';

export interface RefusalView {
  readonly count: number;
  readonly last: { readonly topic: string; readonly size: number; readonly start: string };
}

export class Refusals {
  private readonly known = new Map<RefusalReason, { count: number; topic: string; size: number; start: Uint8Array }>();

  add(reason: RefusalReason, { topic, payload }: Message): void {
    const count = (this.known.get(reason)?.count ?? 0) + 1;
    this.known.set(reason, {
      count,
      topic: topic.slice(0, SHOWN),
      size: payload.length,
      start: payload.slice(0, SHOWN),
    });
  }

  /** `start`: the first bytes, as text where they are printable, else in hex. */
  get all(): Readonly<Partial<Record<RefusalReason, RefusalView>>> {
    return Object.fromEntries(
      [...this.known].map(([reason, { count, topic, size, start }]) => {
        const isPrintable = start.every((byte) => byte >= 0x20 && byte < 0x7f);
        return [
          reason,
          {
            count,
            last: { topic, size, start: isPrintable ? toLatin1(start) : `hex ${toHex(start)}` },
          },
        ];
      }),
    );
  }
}

const SHOWN = 100;
