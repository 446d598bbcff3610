// What the parts of a simulated COSEM server share: who may come in, what it can, what it does wrong, and what it knows
// of each association.
import type { Suite } from '../../../core/dlms/security/primitives';
import type { SimObject } from './model';

export interface ClientRule {
  readonly client: number;
  /** Mechanism id 0..7. */
  readonly mechanism: number;
  readonly password?: Uint8Array;
  /** Security control bits that requests need: 0x00, 0x10, 0x20, 0x30. */
  readonly policy: number;
}

export interface ServerQuirks {
  /** AARE without user-information. */
  readonly bareAare?: boolean;
  /** Every AARE is refused so: result, source, diagnostic. */
  readonly refuses?: readonly [result: number, source: 'user' | 'provider', diagnostic: number];
  /** AARQ is answered with these octets. */
  readonly aareInstead?: Uint8Array;
  /** HLS is asked for, but the AARE says "accepted" at once. */
  readonly skipsHls?: boolean;
  /** The answer to the client's challenge is wrong. */
  readonly wrongProof?: boolean;
  /** AARE with an explicit protocol-version. */
  readonly protocolVersion?: boolean;
  /** user-information one octet short (Elster EK240). */
  readonly shortUserInformation?: boolean;
  /** LLS AARE says context 3 (jDLMS). */
  readonly wrongContext?: boolean;
  /** RLRQ is answered with an exception-response (GuruxDLMS.c). */
  readonly refusesRelease?: boolean;
  /** SN: the AARE names 0007 as the association's base (jDLMS). */
  readonly wrongVaaName?: boolean;
  /** Lists are refused, or answered with one result. */
  readonly lists?: 'exception' | 'single' | 'silent';
  readonly longestList?: number;
  /** A low counter is answered with deciphering-error (Gurux Java) instead of the counter error. */
  readonly counterAsDecipheringError?: boolean;
  /** Counter errors name the last used value, not the next. */
  readonly namesLastCounter?: boolean;
  /** Answers: unprotected, with less protection, with a wrong tag, with the last counter again, compressed. */
  readonly answers?: 'plain' | 'weaker' | 'wrong-tag' | 'repeated' | 'compressed';
  /** general-glo with an empty system title (Elgama). */
  readonly emptyTitle?: boolean;
  /** general-glo with the title of another meter. */
  readonly foreignTitle?: boolean;
  /** Signed requests are answered without signature. */
  readonly forgetsSignature?: boolean;
  /** The AARE has no responding AP title, or an empty one. */
  readonly hidesTitle?: boolean | 'empty';
  /** Answers are preceded by a DataNotification. */
  readonly notifies?: Uint8Array;
  /** A late answer to the request before comes first. */
  readonly strays?: boolean;
  /** General blocks with these numbers are lost the first time. */
  readonly losesBlocks?: readonly number[];
  /** Stops answering after so many APDUs, once. */
  readonly deafAfter?: number;
}

export interface ServerOptions {
  readonly objects: readonly SimObject[];
  readonly clients: readonly ClientRule[];
  readonly referencing: 'LN' | 'SN';
  readonly conformance: number;
  readonly maxPdu: number;
  /** Largest APDU that this server sends, whatever the client takes. */
  readonly sendPdu: number;
  /** Long answers go in general blocks where both sides know them. */
  readonly generalBlocks?: boolean;
  readonly security: ServerSecurity;
  readonly quirks: ServerQuirks;
}

export interface ServerSecurity {
  readonly suite: Suite;
  readonly title: Uint8Array;
  readonly encryptionKey: Uint8Array;
  readonly authenticationKey: Uint8Array;
  readonly masterKey?: Uint8Array;
  readonly signingKey?: Uint8Array;
  readonly clientSigningKey?: Uint8Array;
  readonly agreementKey?: Uint8Array;
  readonly clientAgreementKey?: Uint8Array;
  readonly highLevel?: (challenge: Uint8Array) => Uint8Array;
  /** The lowest client counter still accepted; outlives associations, as in a real meter. */
  lowestCounter: number;
  nextCounter(): number;
}

export interface ServerAssociation {
  readonly client: number;
  readonly policy: number;
  readonly mechanism: number;
  readonly clientTitle: Uint8Array;
  readonly clientMaxPdu: number;
  readonly hasGeneralBlocks: boolean;
  dedicatedKey: Uint8Array | undefined;
  pendingHls: { readonly ctos: Uint8Array; readonly stoc: Uint8Array } | undefined;
  /** The rest of a long answer, and the block sent last. */
  long: { readonly raw: Uint8Array; at: number; block: number; readonly isList: boolean } | undefined;
  lastCounter: number;
}
