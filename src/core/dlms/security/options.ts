// What a DLMS reader is told. Parsed and checked by whoever builds it; secrets stand in `credentials` alone.
import type { Referencing } from '../apdu/acse';
import type { Protection } from './ciphering';
import type { CounterStore } from './counter';
import type { Suite } from './primitives';

/** Mechanisms 0 to 7 (Green Book 9.2.2). */
export type Authentication = 'none' | 'low' | 'high' | 'md5' | 'sha1' | 'gmac' | 'sha256' | 'ecdsa';

/** Secrets. Never in a label, a status, a trace or an error. */
export interface DlmsCredentials {
  /** LLS password, or the HLS secret of mechanisms 3, 4 and 6. */
  readonly password?: Uint8Array;
  readonly authenticationKey?: Uint8Array;
  readonly encryptionKey?: Uint8Array;
  readonly dedicatedKey?: Uint8Array;
  /** KEK that wraps the key of each APDU (`ciphering: 'wrapped'`). */
  readonly masterKey?: Uint8Array;
  /** Private scalars of this client, and public points x || y of the meter (suites 1 and 2). */
  readonly signingKey?: Uint8Array;
  readonly agreementKey?: Uint8Array;
  readonly meterSigningKey?: Uint8Array;
  readonly meterAgreementKey?: Uint8Array;
  /** HLS 2 is the manufacturer's own: the answer to a challenge, both ways. */
  readonly highLevel?: (challenge: Uint8Array) => Uint8Array;
}

/** How an association is opened and protected. */
export interface AssociationOptions {
  readonly referencing: Referencing;
  readonly authentication: Authentication;
  readonly security: 'none' | Protection;
  readonly suite: Suite;
  /** Client system title, 8 octets; needed by ciphering and by HLS 5, 6 and 7. */
  readonly clientTitle?: Uint8Array;
  /** The meter's system title, where its AARE does not tell it. */
  readonly meterTitle?: Uint8Array;
  /** How APDUs are wrapped; `service` (glo/ded by service) where nothing else is asked for. */
  readonly ciphering?: 'service' | 'general' | 'wrapped' | 'agreed-ephemeral' | 'agreed-static';
  /**
   * What general-ciphering authenticates leaves the header of the APDU out (Gurux libraries); the Green Book has it in
   * (9.2.7.2.4.2, table 36).
   */
  readonly hasBareAad?: boolean;
  /** APDUs are signed too (general-signing). */
  readonly isSigned?: boolean;
  readonly credentials: DlmsCredentials;
  readonly counter: CounterStore;
  /** The largest APDU this client takes; 65535 lets the meter answer in one. */
  readonly maxPdu: number;
  /** General block transfer: `auto` (left out) asks for it only where something does not fit without. */
  readonly blockTransfer?: 'auto' | 'off' | 'on';
  /** General blocks that this client takes in a row once one at a time has worked. */
  readonly blockWindow: number;
  /** The meter's time to begin an answer. */
  readonly meterMs: number;
  /** Whether to say RLRQ: over HDLC the DISC that follows releases as well, and costs no round trip more. */
  readonly hasRelease: boolean;
}
