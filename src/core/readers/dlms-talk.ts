// What the parts of a DLMS reader say to each other.
import type { DlmsRequest } from '../dlms/reading/requests';
import type { Readout } from '../meter/reading';
import type { Dialogue } from '../wire/dialogue';

/** One meter that can be read several times between hello and goodbye. */
export interface DlmsTalk {
  open(): Dialogue<void>;
  read(request: DlmsRequest): Dialogue<Readout>;
  close(): Dialogue<void>;
}

/** The nonce of a cipher is title and counter, so a counter belongs to a key and a title. */
export interface CounterOwner {
  readonly meter: string;
  readonly client: number;
  readonly key: Uint8Array | undefined;
  readonly title: Uint8Array | undefined;
}
