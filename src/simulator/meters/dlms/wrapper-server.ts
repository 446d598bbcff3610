// The meter's side of the wrapper (IEC 62056-47): answers each APDU to its own wPort under swapped ports.
import type { LineSettings } from '../../../core/wire/dialogue';
import { concatBytes } from '../../../core/wire/bytes';
import { Inbox } from '../../../core/wire/inbox';
import { encodeWrapper, scanWrapper } from '../../../core/dlms/link/wrapper';
import type { Application } from './hdlc-server';
import type { Meter, Reply } from '../../serial/meter';

export interface WrapperServerOptions {
  /** Logical devices that answer. */
  readonly servers: readonly number[];
  readonly line?: LineSettings;
  readonly answerMs?: number;
}

export class WrapperServer implements Meter {
  readonly line: LineSettings;
  private readonly inbox = new Inbox(1 << 20);

  constructor(
    private readonly options: WrapperServerOptions,
    private readonly application: Application,
  ) {
    this.line = options.line ?? { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };
  }

  hear(bytes: Uint8Array): readonly Reply[] {
    this.inbox.push(bytes);
    const said: Uint8Array[] = [];
    for (let asked = this.inbox.next(scanWrapper); asked; asked = this.inbox.next(scanWrapper)) {
      if (!this.options.servers.includes(asked.destination)) continue;
      const apdu = this.application(asked.apdu, asked.source, asked.destination);
      if (apdu) said.push(encodeWrapper({ source: asked.destination, destination: asked.source, apdu }));
    }
    return said.length === 0 ? [] : [{ afterMs: this.options.answerMs ?? 50, bytes: concatBytes(...said) }];
  }
}
