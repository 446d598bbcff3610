// A complete simulated DLMS/COSEM meter: application server, object model and transport, as one Meter on the bus.
import type { LineSettings } from '../../../core/wire/dialogue';
import { DlmsServer } from './application';
import { demoObjects, type DemoOptions } from './demo-objects';
import type { ClientRule, ServerQuirks, ServerSecurity } from './server-types';
import { HdlcServer, type HdlcServerOptions } from './hdlc-server';
import { WrapperServer } from './wrapper-server';
import type { Meter } from '../../serial/meter';

export interface DlmsMeterOptions {
  readonly transport: 'hdlc' | 'wrapper';
  readonly line?: LineSettings;
  readonly clients: readonly ClientRule[];
  readonly security: ServerSecurity;
  readonly referencing?: 'LN' | 'SN';
  readonly conformance?: number;
  readonly maxPdu?: number;
  readonly sendPdu?: number;
  readonly demo: Omit<DemoOptions, 'counter'>;
  /** HDLC: addresses, limits and quirks of the link. */
  readonly hdlc?: Partial<HdlcServerOptions>;
  readonly quirks?: ServerQuirks;
}

export interface DlmsMeter extends Meter {
  readonly server: DlmsServer;
}

export function dlmsMeter(o: DlmsMeterOptions): DlmsMeter {
  const server = new DlmsServer({
    objects: demoObjects({ ...o.demo, counter: () => o.security.lowestCounter - 1 }),
    clients: o.clients,
    referencing: o.referencing ?? 'LN',
    conformance: o.conformance ?? DEFAULT_CONFORMANCE,
    maxPdu: o.maxPdu ?? 1024,
    sendPdu: o.sendPdu ?? 65_535,
    security: o.security,
    quirks: o.quirks ?? {},
  });
  const application = (apdu: Uint8Array, client: number): Uint8Array | undefined => server.hear(apdu, client)[0];
  const line = o.line ? { line: o.line } : {};
  const transport: Meter =
    o.transport === 'wrapper'
      ? new WrapperServer({ servers: [1], ...line }, application)
      : new HdlcServer(
          {
            addresses: [{ size: 1, upper: 1 }],
            limits: { maxInfoTransmit: 2030, maxInfoReceive: 2030, windowTransmit: 1, windowReceive: 1 },
            onReset: (client) => server.reset(client),
            ...line,
            ...o.hdlc,
          },
          application,
        );
  return {
    server,
    get line() {
      return transport.line;
    },
    hear: (bytes, now) => transport.hear(bytes, now),
  };
}

/** Everything but general block transfer, which no meter in the field was seen to do without fault. */
const DEFAULT_CONFORMANCE = 0x5fffff;
