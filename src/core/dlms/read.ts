// Reads a DLMS/COSEM meter: builds the transport and the session that the options ask for, reads, and says goodbye.
import { leaving, type Dialogue, type LineMemory } from '../wire/dialogue';
import { failure } from '../wire/errors';
import type { Readout } from '../meter/reading';
import { ProcessCounter, type CounterStore } from './security/counter';
import type { AddressSize } from './link/hdlc-address';
import { HdlcLink, type HdlcOptions } from './link/hdlc-link';
import type { CosemLink } from './link/cosem-link';
import type { ObjectCache } from './reading/object-list';
import type { Language } from './model/obis-names';
import type { AssociationOptions, DlmsCredentials } from './security/options';
import type { DlmsRequest } from './reading/requests';
import { DlmsSession } from './session';
import { WrapperLink } from './link/wrapper-link';

/** One meter, how to reach it, and what to read. Octets are Uint8Arrays, times ms. */
export interface DlmsOptions extends Pick<
  AssociationOptions,
  | 'referencing'
  | 'authentication'
  | 'security'
  | 'suite'
  | 'clientTitle'
  | 'meterTitle'
  | 'ciphering'
  | 'isSigned'
  | 'hasBareAad'
> {
  readonly interface: 'hdlc' | 'wrapper';
  readonly client: number;
  readonly server: number;
  /** HDLC lower address; 0 = none. */
  readonly physical: number;
  readonly addressBytes: AddressSize | 'auto';
  readonly credentials: DlmsCredentials;
  readonly request: DlmsRequest;
  /** Lasting storage of the invocation counter of this meter and key; without it, it lives as long as the line. */
  readonly counter?: CounterStore;
  readonly counterObject?: Uint8Array;
  readonly objectCache?: ObjectCache;
  readonly language?: Language;
  /** The meter's time to begin an answer, in ms. */
  readonly meterMs?: number;
  readonly maxPdu?: number;
  readonly blockWindow?: number;
  /** General block transfer: `auto` (left out) asks for it only where something does not fit without. */
  readonly blockTransfer?: AssociationOptions['blockTransfer'];
  /** Mode E: the sign-on of IEC 62056-21 that opens HDLC, said before each connection. */
  readonly signOn?: () => Dialogue<void>;
  readonly link?: Pick<HdlcOptions, 'maxInfo' | 'window' | 'linkMs' | 'quirks'>;
}

/** Opens, reads once and says goodbye in every case. Errors are ReadErrors with the stage they came in. */
export function* readDlms(options: DlmsOptions, memory: LineMemory): Dialogue<Readout> {
  const session = dlmsSession(options, memory);
  try {
    yield* session.open();
    return yield* session.read(options.request);
  } finally {
    yield* leaving(session.close());
  }
}

/** A session that stays open between the reads of one poll: open(), read() any number of times, close(). */
export function dlmsSession(options: DlmsOptions, memory: LineMemory): DlmsSession {
  const { client, server, physical } = options;
  const meter = `${options.interface} ${server}/${physical} client ${client} ${options.referencing}`;
  const linkFor = (sap: number): CosemLink => transport(options, sap, memory);
  return new DlmsSession(
    linkFor,
    {
      meter,
      client,
      referencing: options.referencing,
      authentication: options.authentication,
      security: options.security,
      suite: options.suite,
      credentials: options.credentials,
      ...(options.clientTitle && { clientTitle: options.clientTitle }),
      ...(options.meterTitle && { meterTitle: options.meterTitle }),
      ...(options.ciphering && { ciphering: options.ciphering }),
      ...(options.isSigned && { isSigned: true }),
      ...(options.hasBareAad && { hasBareAad: true }),
      ...(options.objectCache && { objectCache: options.objectCache }),
      ...(options.signOn && { signOn: options.signOn }),
      counter: options.counter ?? memory.recall(`dlms counter ${meter}`, () => new ProcessCounter()),
      counterObject: options.counterObject ?? INVOCATION_COUNTER,
      language: options.language ?? 'en',
      maxPdu: options.maxPdu ?? LARGEST_PDU,
      blockWindow: options.blockWindow ?? BLOCK_WINDOW,
      ...(options.blockTransfer && { blockTransfer: options.blockTransfer }),
      meterMs: options.meterMs ?? METER_MS,
      hasRelease: options.interface === 'wrapper',
    },
    memory,
  );
}

function transport(options: DlmsOptions, client: number, memory: LineMemory): CosemLink {
  switch (options.interface) {
    case 'hdlc':
      return new HdlcLink({
        client,
        server: options.server,
        physical: options.physical,
        addressBytes: options.addressBytes,
        memory,
        ...options.link,
      });
    case 'wrapper':
      return new WrapperLink({ client, server: options.server, memory });
    default: {
      const unknown: never = options.interface;
      throw failure('dlms.interface', { name: String(unknown) }, 'configure');
    }
  }
}

const INVOCATION_COUNTER = Uint8Array.of(0, 0, 43, 1, 0, 255);
const LARGEST_PDU = 0xffff;
const BLOCK_WINDOW = 16;
const METER_MS = 5000;
